-- Letting residents in without SMS: a code that staff hand over at the desk, and a password of the resident's own. Both belong to one company: what its
-- staff hand out must not open the homes that the same phone has with another company.
alter table identity.code add column company_id bigint;
alter table identity.code add column issued_by uuid;
alter table identity.code add constraint code_company_id_fkey foreign key (company_id) references identity.company not valid;
alter table identity.code validate constraint code_company_id_fkey;
alter table identity.code add constraint code_issued_by_fkey foreign key (issued_by) references identity.account not valid;
alter table identity.code validate constraint code_issued_by_fkey;
create index code_company on identity.code (company_id);
create index code_issued_by on identity.code (issued_by);
comment on column identity.code.company_id is '开具登录码的公司;空为短信验证码';
comment on column identity.code.issued_by is '开具登录码的员工';
comment on column identity.code.expires_at is '到期:短信验证码 5 分钟,登录码按开具天数';
alter table identity.seat add column password_hash text;
grant update (password_hash) on identity.seat to heyuan_app;
comment on column identity.seat.password_hash is '业主自设口令的摘要(argon2id),只开本公司';
alter table identity.session add column only_here boolean not null default false;
comment on column identity.session.only_here is '只限本公司:以登录码或口令登录的业主';
