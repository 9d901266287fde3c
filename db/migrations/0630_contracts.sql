-- The ledger of contracts (合同台账, REG-05): kinds with dated rules, contracts with parties and houses, papers by version, signatures house by house.
create schema contracts;
grant usage on schema contracts to heyuan_app;
comment on schema contracts is '合同台账:合同种类与规则、合同、当事人、所涉房产、文件版本、逐户签署、到期提醒';

create table contracts.kind (
  company_id bigint not null,
  kind_id uuid not null,
  code text not null,
  name text not null,
  signed_by text not null check (signed_by in ('parties','all_houses','some_houses')),
  is_public boolean not null,
  sort_no int not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, code),
  unique (company_id, name)
);
select kernel.isolate('contracts.kind', 'select, insert, update');
comment on table contracts.kind is '合同种类';
comment on column contracts.kind.company_id is '公司';
comment on column contracts.kind.kind_id is '编号';
comment on column contracts.kind.code is '代码';
comment on column contracts.kind.name is '名称';
comment on column contracts.kind.signed_by is '签署方式:当事人签署、全体业户逐户签署、有关业户逐户签署';
comment on column contracts.kind.is_public is '是否向业主公示';
comment on column contracts.kind.sort_no is '排序';
comment on column contracts.kind.retired_at is '停用时间';
comment on column contracts.kind.changed_by is '修改人,空为系统初始';
comment on column contracts.kind.changed_at is '修改时间';

create table contracts.kind_rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind_id uuid not null,
  from_on date not null,
  ladder int[] not null check (cardinality(ladder) between 1 and 10),
  needs_approval boolean not null,
  needs_paper boolean not null,
  house_kinds text[] not null check (cardinality(house_kinds) between 1 and 6),
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, kind_id) references contracts.kind (company_id, kind_id)
);
create index kind_rule_now on contracts.kind_rule (company_id, kind_id, from_on desc, created_at desc);
select kernel.isolate('contracts.kind_rule', 'select, insert');
comment on table contracts.kind_rule is '合同种类的规则,按生效日,只增';
comment on column contracts.kind_rule.company_id is '公司';
comment on column contracts.kind_rule.rule_id is '编号';
comment on column contracts.kind_rule.kind_id is '合同种类';
comment on column contracts.kind_rule.from_on is '生效日';
comment on column contracts.kind_rule.ladder is '到期前几天提醒';
comment on column contracts.kind_rule.needs_approval is '送签前须审批';
comment on column contracts.kind_rule.needs_paper is '生效须有签署件';
comment on column contracts.kind_rule.house_kinds is '全体逐户签署时计入哪些类别的房产';
comment on column contracts.kind_rule.basis is '依据';
comment on column contracts.kind_rule.created_by is '设定人,空为系统初始';
comment on column contracts.kind_rule.created_at is '设定时间';

create table contracts.series (
  company_id bigint not null,
  series text not null,
  last_no int not null,
  primary key (company_id, series)
);
select kernel.isolate('contracts.series', 'select, insert, update');
comment on table contracts.series is '合同编号的号段';
comment on column contracts.series.company_id is '公司';
comment on column contracts.series.series is '号段,如 HT-2026';
comment on column contracts.series.last_no is '已用到';

create table contracts.contract (
  company_id bigint not null,
  contract_id uuid not null,
  no text not null,
  kind_id uuid not null,
  community_id uuid,
  title text not null,
  state text not null check (state in ('draft','asked','signing','active','renewed','terminated','void')),
  from_on date not null,
  to_on date,
  signed_on date,
  amount_fen bigint check (amount_fen >= 0),
  pay_terms text,
  note text,
  keeper_id uuid not null,
  renews_id uuid,
  approval_id uuid,
  ended_on date,
  end_reason text,
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (company_id, contract_id),
  unique (company_id, no),
  check (to_on is null or to_on >= from_on),
  check (state not in ('active','renewed','terminated') or signed_on is not null),
  check ((state = 'terminated') = (ended_on is not null)),
  check (state not in ('terminated','void') or end_reason is not null),
  foreign key (company_id, kind_id) references contracts.kind (company_id, kind_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, renews_id) references contracts.contract (company_id, contract_id)
);
create unique index contract_renewed_once on contracts.contract (company_id, renews_id) where renews_id is not null and state <> 'void';
create index contract_list on contracts.contract (company_id, created_at desc, contract_id);
create index contract_place on contracts.contract (company_id, community_id, created_at desc);
create index contract_due on contracts.contract (company_id, to_on) where state = 'active';
create index contract_kind on contracts.contract (company_id, kind_id, community_id);
create index contract_title on contracts.contract (company_id, title);
select kernel.isolate('contracts.contract', 'select, insert, update');
comment on table contracts.contract is '合同';
comment on column contracts.contract.company_id is '公司';
comment on column contracts.contract.contract_id is '编号';
comment on column contracts.contract.no is '合同编号';
comment on column contracts.contract.kind_id is '种类';
comment on column contracts.contract.community_id is '小区,空为全公司';
comment on column contracts.contract.title is '名称';
comment on column contracts.contract.state is '状态:草拟、审批中、待签、生效、已续签、已终止、已作废';
comment on column contracts.contract.from_on is '起';
comment on column contracts.contract.to_on is '止(含当天),空为不定期';
comment on column contracts.contract.signed_on is '签署日';
comment on column contracts.contract.amount_fen is '合同金额,分';
comment on column contracts.contract.pay_terms is '付款方式';
comment on column contracts.contract.note is '备注';
comment on column contracts.contract.keeper_id is '责任人账号';
comment on column contracts.contract.renews_id is '续签的是哪一份';
comment on column contracts.contract.approval_id is '审批单';
comment on column contracts.contract.ended_on is '终止日';
comment on column contracts.contract.end_reason is '终止或作废原因';
comment on column contracts.contract.created_by is '建立人';
comment on column contracts.contract.created_by_name is '建立人姓名';
comment on column contracts.contract.created_at is '建立时间';
comment on column contracts.contract.changed_at is '最近修改时间';

create table contracts.party (
  company_id bigint not null,
  contract_id uuid not null,
  party_no int not null check (party_no between 1 and 10),
  side text not null check (side in ('a','b','c')),
  name text not null,
  person_id uuid,
  primary key (company_id, contract_id, party_no),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id)
);
create index party_person on contracts.party (company_id, person_id) where person_id is not null;
create index party_name on contracts.party (company_id, name);
select kernel.isolate('contracts.party', 'select, insert, delete, update');
comment on table contracts.party is '合同当事人';
comment on column contracts.party.company_id is '公司';
comment on column contracts.party.contract_id is '合同';
comment on column contracts.party.party_no is '序号';
comment on column contracts.party.side is '哪一方:甲、乙、丙';
comment on column contracts.party.name is '名称';
comment on column contracts.party.person_id is '登记的业户,空为自由填写的单位';

create table contracts.contract_house (
  company_id bigint not null,
  contract_id uuid not null,
  house_id uuid not null,
  primary key (company_id, contract_id, house_id),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id)
);
create index contract_house_house on contracts.contract_house (company_id, house_id);
select kernel.isolate('contracts.contract_house', 'select, insert, delete');
comment on table contracts.contract_house is '合同所涉房产';
comment on column contracts.contract_house.company_id is '公司';
comment on column contracts.contract_house.contract_id is '合同';
comment on column contracts.contract_house.house_id is '房产';

create table contracts.paper (
  company_id bigint not null,
  paper_id uuid not null,
  contract_id uuid not null,
  role text not null check (role in ('text','signed','annex','end')),
  title text not null,
  version_no int not null check (version_no between 1 and 999),
  file_id uuid not null,
  file_name text not null,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  posted_at timestamptz,
  posted_by_name text,
  post_note text,
  withdrawn_at timestamptz,
  withdrawn_by_name text,
  withdraw_reason text,
  primary key (company_id, paper_id),
  unique (company_id, contract_id, role, title, version_no),
  check (withdrawn_at is null or (posted_at is not null and withdraw_reason is not null)),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id)
);
create index paper_posted on contracts.paper (company_id, contract_id) where posted_at is not null and withdrawn_at is null;
select kernel.isolate('contracts.paper', 'select, insert, update');
comment on table contracts.paper is '合同文件,同名文件按版本';
comment on column contracts.paper.company_id is '公司';
comment on column contracts.paper.paper_id is '编号';
comment on column contracts.paper.contract_id is '合同';
comment on column contracts.paper.role is '类别:正文、签署件、附件、终止文件';
comment on column contracts.paper.title is '名称';
comment on column contracts.paper.version_no is '版本';
comment on column contracts.paper.file_id is '文件';
comment on column contracts.paper.file_name is '文件名';
comment on column contracts.paper.made_by is '上传人';
comment on column contracts.paper.made_by_name is '上传人姓名';
comment on column contracts.paper.made_at is '上传时间';
comment on column contracts.paper.posted_at is '公示时间';
comment on column contracts.paper.posted_by_name is '公示人';
comment on column contracts.paper.post_note is '公示说明,如服务标准摘要';
comment on column contracts.paper.withdrawn_at is '撤下时间';
comment on column contracts.paper.withdrawn_by_name is '撤下人';
comment on column contracts.paper.withdraw_reason is '撤下原因';

create table contracts.signature (
  company_id bigint not null,
  signature_id uuid not null,
  contract_id uuid not null,
  house_id uuid not null,
  signed_on date not null,
  signer_name text not null,
  file_id uuid,
  file_name text,
  note text,
  import_id uuid,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  void_at timestamptz,
  void_by_name text,
  void_reason text,
  primary key (company_id, signature_id),
  check ((void_at is null) = (void_reason is null)),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id)
);
create unique index signature_once on contracts.signature (company_id, contract_id, house_id) where void_at is null;
create index signature_house on contracts.signature (company_id, house_id);
select kernel.isolate('contracts.signature', 'select, insert, update, delete');
comment on table contracts.signature is '逐户签署';
comment on column contracts.signature.company_id is '公司';
comment on column contracts.signature.signature_id is '编号';
comment on column contracts.signature.contract_id is '合同';
comment on column contracts.signature.house_id is '房产';
comment on column contracts.signature.signed_on is '签署日';
comment on column contracts.signature.signer_name is '签署人';
comment on column contracts.signature.file_id is '签署件扫描';
comment on column contracts.signature.file_name is '文件名';
comment on column contracts.signature.note is '说明';
comment on column contracts.signature.import_id is '由哪次导入';
comment on column contracts.signature.made_by is '登记人';
comment on column contracts.signature.made_by_name is '登记人姓名';
comment on column contracts.signature.made_at is '登记时间';
comment on column contracts.signature.void_at is '作废时间';
comment on column contracts.signature.void_by_name is '作废人';
comment on column contracts.signature.void_reason is '作废原因';

create table contracts.step (
  company_id bigint not null,
  step_id uuid not null,
  contract_id uuid not null,
  kind text not null,
  text text not null,
  by_name text not null,
  at timestamptz not null,
  primary key (company_id, step_id),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id)
);
create index step_list on contracts.step (company_id, contract_id, at);
select kernel.isolate('contracts.step', 'select, insert');
comment on table contracts.step is '合同经过';
comment on column contracts.step.company_id is '公司';
comment on column contracts.step.step_id is '编号';
comment on column contracts.step.contract_id is '合同';
comment on column contracts.step.kind is '事项';
comment on column contracts.step.text is '说明';
comment on column contracts.step.by_name is '谁';
comment on column contracts.step.at is '时间';

create table contracts.told (
  company_id bigint not null,
  contract_id uuid not null,
  step text not null,
  days_left int not null,
  told_count int not null,
  told_at timestamptz not null,
  primary key (company_id, contract_id, step),
  foreign key (company_id, contract_id) references contracts.contract (company_id, contract_id)
);
select kernel.isolate('contracts.told', 'select, insert');
comment on table contracts.told is '到期提醒,每级一次';
comment on column contracts.told.company_id is '公司';
comment on column contracts.told.contract_id is '合同';
comment on column contracts.told.step is '哪一级:到期前天数,或 over';
comment on column contracts.told.days_left is '当时还有几天';
comment on column contracts.told.told_count is '通知几人';
comment on column contracts.told.told_at is '时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['contracts.contract.read']::text[] where built_in and code in ('manager','finance','service','steward','inspector','visitor') and not permissions && array['*', 'contracts.contract.read'];
update identity.role set permissions = permissions || array['contracts.contract.export']::text[] where built_in and code in ('manager','finance','service') and not permissions && array['*', 'contracts.contract.export'];
update identity.role set permissions = permissions || array['contracts.signature.write']::text[] where built_in and code in ('manager','service','steward') and not permissions && array['*', 'contracts.signature.write'];
update identity.role set permissions = permissions || array['contracts.contract.write','contracts.contract.decide','contracts.contract.publish','contracts.kind.write']::text[] where built_in and code = 'manager' and not permissions && array['*', 'contracts.contract.write'];
alter table identity.role force row level security;
