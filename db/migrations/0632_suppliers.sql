-- Suppliers (供应商, OPS-01): the file of a company, its qualifications, its work with acceptance and score, yearly evaluation by dated weights, the blacklist.
create schema suppliers;
grant usage on schema suppliers to heyuan_app;
comment on schema suppliers is '供应商:档案、联系人、资质、合同、验收与评分、年度评价、黑名单';

create table suppliers.supplier (
  company_id bigint not null,
  supplier_id uuid not null,
  name text not null,
  credit_code text,
  categories text[] not null check (cardinality(categories) between 1 and 5),
  address text,
  bank_name text,
  bank_account_sealed text,
  bank_account_tail text,
  keeper_id uuid,
  note text,
  retired_at timestamptz,
  import_id uuid,
  created_at timestamptz not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, supplier_id),
  unique (company_id, name),
  check ((bank_account_sealed is null) = (bank_account_tail is null))
);
create unique index supplier_code on suppliers.supplier (company_id, credit_code) where credit_code is not null;
select kernel.isolate('suppliers.supplier', 'select, insert, update, delete');
comment on table suppliers.supplier is '供应商档案';
comment on column suppliers.supplier.company_id is '公司';
comment on column suppliers.supplier.supplier_id is '编号';
comment on column suppliers.supplier.name is '名称';
comment on column suppliers.supplier.credit_code is '统一社会信用代码';
comment on column suppliers.supplier.categories is '供应类别';
comment on column suppliers.supplier.address is '地址';
comment on column suppliers.supplier.bank_name is '开户行';
comment on column suppliers.supplier.bank_account_sealed is '银行账号(加密)';
comment on column suppliers.supplier.bank_account_tail is '银行账号末四位';
comment on column suppliers.supplier.keeper_id is '对接人账号';
comment on column suppliers.supplier.note is '备注';
comment on column suppliers.supplier.retired_at is '停用时间';
comment on column suppliers.supplier.import_id is '由哪次导入';
comment on column suppliers.supplier.created_at is '建立时间';
comment on column suppliers.supplier.changed_by is '修改人';
comment on column suppliers.supplier.changed_at is '修改时间';

create table suppliers.contact (
  company_id bigint not null,
  contact_id uuid not null,
  supplier_id uuid not null,
  name text not null,
  phone text not null,
  post text,
  ended_at timestamptz,
  primary key (company_id, contact_id),
  foreign key (company_id, supplier_id) references suppliers.supplier (company_id, supplier_id)
);
create index contact_of on suppliers.contact (company_id, supplier_id);
select kernel.isolate('suppliers.contact', 'select, insert, update, delete');
comment on table suppliers.contact is '供应商联系人';
comment on column suppliers.contact.company_id is '公司';
comment on column suppliers.contact.contact_id is '编号';
comment on column suppliers.contact.supplier_id is '供应商';
comment on column suppliers.contact.name is '姓名';
comment on column suppliers.contact.phone is '电话';
comment on column suppliers.contact.post is '职务';
comment on column suppliers.contact.ended_at is '不再联系的时间';

create table suppliers.paper (
  company_id bigint not null,
  paper_id uuid not null,
  supplier_id uuid not null,
  name text not null,
  no text,
  issuer text,
  valid_from_on date not null,
  valid_to_on date,
  file_id uuid not null,
  file_name text not null,
  made_by_name text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by_name text,
  end_reason text,
  primary key (company_id, paper_id),
  check (valid_to_on is null or valid_to_on >= valid_from_on),
  check ((ended_at is null) = (end_reason is null)),
  foreign key (company_id, supplier_id) references suppliers.supplier (company_id, supplier_id)
);
create index paper_of on suppliers.paper (company_id, supplier_id);
create index paper_due on suppliers.paper (company_id, valid_to_on) where ended_at is null;
select kernel.isolate('suppliers.paper', 'select, insert, update');
comment on table suppliers.paper is '供应商资质证照';
comment on column suppliers.paper.company_id is '公司';
comment on column suppliers.paper.paper_id is '编号';
comment on column suppliers.paper.supplier_id is '供应商';
comment on column suppliers.paper.name is '名称';
comment on column suppliers.paper.no is '证号';
comment on column suppliers.paper.issuer is '发证机关';
comment on column suppliers.paper.valid_from_on is '有效期起';
comment on column suppliers.paper.valid_to_on is '有效期止(含当天),空为长期';
comment on column suppliers.paper.file_id is '证照文件';
comment on column suppliers.paper.file_name is '文件名';
comment on column suppliers.paper.made_by_name is '登记人';
comment on column suppliers.paper.made_at is '登记时间';
comment on column suppliers.paper.ended_at is '作废时间';
comment on column suppliers.paper.ended_by_name is '作废人';
comment on column suppliers.paper.end_reason is '作废原因';

create table suppliers.told (
  company_id bigint not null,
  paper_id uuid not null,
  step text not null,
  told_count int not null,
  told_at timestamptz not null,
  primary key (company_id, paper_id, step),
  foreign key (company_id, paper_id) references suppliers.paper (company_id, paper_id)
);
select kernel.isolate('suppliers.told', 'select, insert');
comment on table suppliers.told is '资质到期提醒,每级一次';
comment on column suppliers.told.company_id is '公司';
comment on column suppliers.told.paper_id is '资质';
comment on column suppliers.told.step is '哪一级';
comment on column suppliers.told.told_count is '通知几人';
comment on column suppliers.told.told_at is '时间';

create table suppliers.contract_link (
  company_id bigint not null,
  supplier_id uuid not null,
  contract_id uuid not null,
  primary key (company_id, supplier_id, contract_id),
  foreign key (company_id, supplier_id) references suppliers.supplier (company_id, supplier_id),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id)
);
create index contract_link_contract on suppliers.contract_link (company_id, contract_id);
select kernel.isolate('suppliers.contract_link', 'select, insert, delete');
comment on table suppliers.contract_link is '供应商的合同';
comment on column suppliers.contract_link.company_id is '公司';
comment on column suppliers.contract_link.supplier_id is '供应商';
comment on column suppliers.contract_link.contract_id is '合同';

create table suppliers.work (
  company_id bigint not null,
  work_id uuid not null,
  no text not null,
  supplier_id uuid not null,
  community_id uuid not null,
  contract_id uuid,
  title text not null,
  asked_on date not null,
  due_on date not null,
  amount_fen bigint check (amount_fen >= 0),
  state text not null check (state in ('open','done','accepted','rework','void')),
  done_on date,
  done_words text,
  accepted_on date,
  score int check (score between 1 and 100),
  words text,
  file_id uuid,
  file_name text,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  decided_by uuid,
  decided_by_name text,
  primary key (company_id, work_id),
  unique (company_id, no),
  check ((state = 'accepted') = (score is not null)),
  check (state <> 'accepted' or decided_by is distinct from made_by),
  foreign key (company_id, supplier_id) references suppliers.supplier (company_id, supplier_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id)
);
create index work_of on suppliers.work (company_id, supplier_id, asked_on desc);
create index work_list on suppliers.work (company_id, community_id, asked_on desc);
create index work_newest on suppliers.work (company_id, asked_on desc, work_id);
create index work_contract on suppliers.work (company_id, contract_id) where contract_id is not null;
select kernel.isolate('suppliers.work', 'select, insert, update');
comment on table suppliers.work is '供应商承接的工作';
comment on column suppliers.work.company_id is '公司';
comment on column suppliers.work.work_id is '编号';
comment on column suppliers.work.no is '单号';
comment on column suppliers.work.supplier_id is '供应商';
comment on column suppliers.work.community_id is '小区';
comment on column suppliers.work.contract_id is '依据的合同';
comment on column suppliers.work.title is '事项';
comment on column suppliers.work.asked_on is '委托日';
comment on column suppliers.work.due_on is '应完成日';
comment on column suppliers.work.amount_fen is '金额,分';
comment on column suppliers.work.state is '状态:进行中、待验收、已验收、返工、作废';
comment on column suppliers.work.done_on is '完工日';
comment on column suppliers.work.done_words is '完工说明';
comment on column suppliers.work.accepted_on is '验收日';
comment on column suppliers.work.score is '验收评分';
comment on column suppliers.work.words is '验收意见或作废原因';
comment on column suppliers.work.file_id is '验收单';
comment on column suppliers.work.file_name is '文件名';
comment on column suppliers.work.made_by is '委托人';
comment on column suppliers.work.made_by_name is '委托人姓名';
comment on column suppliers.work.made_at is '登记时间';
comment on column suppliers.work.decided_by is '验收人';
comment on column suppliers.work.decided_by_name is '验收人姓名';

create table suppliers.series (
  company_id bigint not null,
  series text not null,
  last_no int not null,
  primary key (company_id, series)
);
select kernel.isolate('suppliers.series', 'select, insert, update');
comment on table suppliers.series is '工作单号';
comment on column suppliers.series.company_id is '公司';
comment on column suppliers.series.series is '号段';
comment on column suppliers.series.last_no is '已用到';

create table suppliers.scheme (
  company_id bigint not null,
  scheme_id uuid not null,
  from_on date not null,
  items jsonb not null,
  grades jsonb not null,
  ladder int[] not null check (cardinality(ladder) between 1 and 10),
  basis text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, scheme_id)
);
create index scheme_now on suppliers.scheme (company_id, from_on desc, made_at desc);
select kernel.isolate('suppliers.scheme', 'select, insert');
comment on table suppliers.scheme is '评价办法,按生效日,只增';
comment on column suppliers.scheme.company_id is '公司';
comment on column suppliers.scheme.scheme_id is '编号';
comment on column suppliers.scheme.from_on is '生效日';
comment on column suppliers.scheme.items is '项目与权重,合计 100';
comment on column suppliers.scheme.grades is '等级与最低分';
comment on column suppliers.scheme.ladder is '资质到期前几天提醒';
comment on column suppliers.scheme.basis is '依据';
comment on column suppliers.scheme.made_by is '设定人';
comment on column suppliers.scheme.made_at is '设定时间';

create table suppliers.evaluation (
  company_id bigint not null,
  evaluation_id uuid not null,
  supplier_id uuid not null,
  year int not null check (year between 2000 and 2100),
  items jsonb not null,
  total numeric(5,2) not null,
  grade text not null,
  words text not null,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  void_at timestamptz,
  void_by_name text,
  void_reason text,
  primary key (company_id, evaluation_id),
  check ((void_at is null) = (void_reason is null)),
  foreign key (company_id, supplier_id) references suppliers.supplier (company_id, supplier_id)
);
create unique index evaluation_once on suppliers.evaluation (company_id, supplier_id, year) where void_at is null;
select kernel.isolate('suppliers.evaluation', 'select, insert, update');
comment on table suppliers.evaluation is '年度评价';
comment on column suppliers.evaluation.company_id is '公司';
comment on column suppliers.evaluation.evaluation_id is '编号';
comment on column suppliers.evaluation.supplier_id is '供应商';
comment on column suppliers.evaluation.year is '年度';
comment on column suppliers.evaluation.items is '各项权重与得分';
comment on column suppliers.evaluation.total is '总分';
comment on column suppliers.evaluation.grade is '等级';
comment on column suppliers.evaluation.words is '评语';
comment on column suppliers.evaluation.made_by is '评价人';
comment on column suppliers.evaluation.made_by_name is '评价人姓名';
comment on column suppliers.evaluation.made_at is '评价时间';
comment on column suppliers.evaluation.void_at is '作废时间';
comment on column suppliers.evaluation.void_by_name is '作废人';
comment on column suppliers.evaluation.void_reason is '作废原因';

create table suppliers.ban (
  company_id bigint not null,
  ban_id uuid not null,
  supplier_id uuid not null,
  from_on date not null,
  to_on date,
  reason text not null,
  made_by_name text not null,
  made_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by_name text,
  lift_reason text,
  primary key (company_id, ban_id),
  check (to_on is null or to_on >= from_on),
  check ((lifted_at is null) = (lift_reason is null)),
  foreign key (company_id, supplier_id) references suppliers.supplier (company_id, supplier_id)
);
create index ban_of on suppliers.ban (company_id, supplier_id) where lifted_at is null;
select kernel.isolate('suppliers.ban', 'select, insert, update');
comment on table suppliers.ban is '黑名单';
comment on column suppliers.ban.company_id is '公司';
comment on column suppliers.ban.ban_id is '编号';
comment on column suppliers.ban.supplier_id is '供应商';
comment on column suppliers.ban.from_on is '起';
comment on column suppliers.ban.to_on is '止(含当天),空为不定期';
comment on column suppliers.ban.reason is '原因';
comment on column suppliers.ban.made_by_name is '列入人';
comment on column suppliers.ban.made_at is '列入时间';
comment on column suppliers.ban.lifted_at is '解除时间';
comment on column suppliers.ban.lifted_by_name is '解除人';
comment on column suppliers.ban.lift_reason is '解除原因';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['suppliers.supplier.read']::text[] where built_in and code in ('manager','finance','foreman','inspector','visitor') and not permissions && array['*', 'suppliers.supplier.read'];
update identity.role set permissions = permissions || array['suppliers.supplier.export']::text[] where built_in and code in ('manager','finance') and not permissions && array['*', 'suppliers.supplier.export'];
update identity.role set permissions = permissions || array['suppliers.work.write']::text[] where built_in and code in ('manager','foreman') and not permissions && array['*', 'suppliers.work.write'];
update identity.role set permissions = permissions || array['suppliers.bank.reveal']::text[] where built_in and code in ('manager','finance') and not permissions && array['*', 'suppliers.bank.reveal'];
update identity.role set permissions = permissions || array['suppliers.supplier.write','suppliers.contact.reveal','suppliers.evaluation.write','suppliers.setup.write']::text[] where built_in and code = 'manager' and not permissions && array['*', 'suppliers.supplier.write'];
alter table identity.role force row level security;
