create schema identity;
grant usage on schema identity to heyuan_app;
comment on schema identity is '公司、账号、登录、角色与范围';

-- Platform tables: sign-in happens before a company is known. They hold no business data; the list of tables without
-- company isolation is kept in tools/tidy and only shrinks.
create table identity.company (
  company_id bigint generated always as identity primary key, name text not null unique, short_name text not null, credit_code text, phone text, founded_on date,
  capital_fen bigint, disabled_at timestamptz, created_at timestamptz not null);
grant select, insert, update on identity.company to heyuan_app;
comment on table identity.company is '物业公司(租户)';
comment on column identity.company.company_id is '公司编号';
comment on column identity.company.name is '公司全称';
comment on column identity.company.short_name is '简称';
comment on column identity.company.credit_code is '统一社会信用代码';
comment on column identity.company.phone is '服务电话';
comment on column identity.company.founded_on is '成立日期';
comment on column identity.company.capital_fen is '注册资本(分)';
comment on column identity.company.disabled_at is '停用时间';
comment on column identity.company.created_at is '建立时间';

create table identity.account (
  account_id uuid primary key, login text unique, phone text unique, name text not null, password_hash text, failed_count int not null default 0,
  locked_until timestamptz, must_change boolean not null default false, disabled_at timestamptz, created_at timestamptz not null,
  check (login is not null or phone is not null));
grant select, insert, update on identity.account to heyuan_app;
comment on table identity.account is '登录账号';
comment on column identity.account.account_id is '账号编号';
comment on column identity.account.login is '登录名(员工)';
comment on column identity.account.phone is '手机号(业主以验证码登录)';
comment on column identity.account.name is '姓名';
comment on column identity.account.password_hash is '口令摘要(argon2id)';
comment on column identity.account.failed_count is '连续失败次数';
comment on column identity.account.locked_until is '锁定至';
comment on column identity.account.must_change is '下次登录须改口令';
comment on column identity.account.disabled_at is '停用时间';
comment on column identity.account.created_at is '建立时间';

create table identity.seat (
  account_id uuid not null references identity.account, company_id bigint not null references identity.company, kind text not null check (kind in ('staff','resident')),
  created_at timestamptz not null, primary key (account_id, company_id, kind));
create index seat_company on identity.seat (company_id, kind);
grant select, insert, delete on identity.seat to heyuan_app;
comment on table identity.seat is '账号在公司的席位';
comment on column identity.seat.account_id is '账号';
comment on column identity.seat.company_id is '公司';
comment on column identity.seat.kind is '员工或业主';
comment on column identity.seat.created_at is '建立时间';

create table identity.resident_phone (
  phone text not null, company_id bigint not null references identity.company, primary key (phone, company_id));
create index resident_phone_company on identity.resident_phone (company_id);
grant select, insert, delete on identity.resident_phone to heyuan_app;
comment on table identity.resident_phone is '各公司登记的业户手机号,决定验证码登录可进入哪些公司';
comment on column identity.resident_phone.phone is '手机号';
comment on column identity.resident_phone.company_id is '公司';

create table identity.session (
  token_hash text primary key, account_id uuid not null references identity.account, company_id bigint not null references identity.company, kind text not null, face text not null,
  created_at timestamptz not null, seen_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz, ip text, agent text);
create index session_account on identity.session (account_id, created_at desc);
create index session_company on identity.session (company_id);
grant select, insert, update on identity.session to heyuan_app;
comment on table identity.session is '登录会话,只存令牌摘要';
comment on column identity.session.token_hash is '令牌摘要';
comment on column identity.session.account_id is '账号';
comment on column identity.session.company_id is '当前公司';
comment on column identity.session.kind is '员工或业主';
comment on column identity.session.face is '端';
comment on column identity.session.created_at is '登录时间';
comment on column identity.session.seen_at is '最近使用';
comment on column identity.session.expires_at is '到期';
comment on column identity.session.ended_at is '退出或被强制下线';
comment on column identity.session.ip is '来源地址';
comment on column identity.session.agent is '浏览器';

create table identity.code (
  code_id uuid primary key, phone text not null, code_hash text not null, tries int not null default 0, created_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz, ip text);
create index code_phone on identity.code (phone, created_at desc);
grant select, insert, update on identity.code to heyuan_app;
comment on table identity.code is '一次性验证码,只存摘要';
comment on column identity.code.code_id is '编号';
comment on column identity.code.phone is '手机号';
comment on column identity.code.code_hash is '验证码摘要';
comment on column identity.code.tries is '已试次数,至多 5 次';
comment on column identity.code.created_at is '发出时间';
comment on column identity.code.expires_at is '到期,5 分钟';
comment on column identity.code.used_at is '使用时间';
comment on column identity.code.ip is '来源地址';

create table identity.role (
  company_id bigint not null, role_id uuid not null, code text not null, name text not null, permissions text[] not null, built_in boolean not null default false, created_at timestamptz not null,
  primary key (company_id, role_id), unique (company_id, code));
select kernel.isolate('identity.role', 'select, insert, update, delete');
comment on table identity.role is '角色:一组功能权限,对应岗位';
comment on column identity.role.company_id is '公司';
comment on column identity.role.role_id is '角色编号';
comment on column identity.role.code is '代码';
comment on column identity.role.name is '名称';
comment on column identity.role.permissions is '功能权限';
comment on column identity.role.built_in is '系统预置';
comment on column identity.role.created_at is '建立时间';

create table identity.member (
  company_id bigint not null, account_id uuid not null, name text not null, phone text, post text, disabled_at timestamptz, created_at timestamptz not null,
  primary key (company_id, account_id));
select kernel.isolate('identity.member', 'select, insert, update');
comment on table identity.member is '公司的员工账号';
comment on column identity.member.company_id is '公司';
comment on column identity.member.account_id is '账号';
comment on column identity.member.name is '姓名';
comment on column identity.member.phone is '电话';
comment on column identity.member.post is '岗位';
comment on column identity.member.disabled_at is '停用时间';
comment on column identity.member.created_at is '建立时间';

create table identity.access_grant (
  company_id bigint not null, grant_id uuid not null, account_id uuid not null, role_id uuid not null, scope_kind text not null check (scope_kind in ('company','community','building')),
  scope_ids uuid[] not null default '{}', created_at timestamptz not null,
  primary key (company_id, grant_id), foreign key (company_id, account_id) references identity.member, foreign key (company_id, role_id) references identity.role);
create index access_grant_account on identity.access_grant (company_id, account_id);
create index access_grant_role on identity.access_grant (company_id, role_id);
select kernel.isolate('identity.access_grant', 'select, insert, update, delete');
comment on table identity.access_grant is '授权:某人以某角色管某范围';
comment on column identity.access_grant.company_id is '公司';
comment on column identity.access_grant.grant_id is '授权编号';
comment on column identity.access_grant.account_id is '账号';
comment on column identity.access_grant.role_id is '角色';
comment on column identity.access_grant.scope_kind is '范围:公司、小区、楼栋';
comment on column identity.access_grant.scope_ids is '小区或楼栋编号';
comment on column identity.access_grant.created_at is '建立时间';
