-- Statutory files (EQ-04, EQ-05): kinds of inspections and certificates with dated rules, certificates with their evidence, who was told when, water tests.
create table equipment.cert_kind (
  company_id bigint not null,
  kind_id uuid not null,
  code text not null,
  name text not null,
  subject text not null check (subject in ('device','person','community')),
  category_ids uuid[] not null,
  sort_no int not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, code),
  unique (company_id, name)
);
select kernel.isolate('equipment.cert_kind', 'select, insert, update');
comment on table equipment.cert_kind is '法定检验与证件的种类';
comment on column equipment.cert_kind.company_id is '公司';
comment on column equipment.cert_kind.kind_id is '编号';
comment on column equipment.cert_kind.code is '代码';
comment on column equipment.cert_kind.name is '名称';
comment on column equipment.cert_kind.subject is '对象:device 设备,person 人员,community 小区';
comment on column equipment.cert_kind.category_ids is '适用的设备分类(系统或类别),空为登记了才管';
comment on column equipment.cert_kind.sort_no is '排序';
comment on column equipment.cert_kind.retired_at is '停用时间';
comment on column equipment.cert_kind.changed_by is '修改人,空为出厂';
comment on column equipment.cert_kind.changed_at is '修改时间';

create table equipment.cert_rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind_id uuid not null,
  from_on date not null,
  period_n int not null check (period_n between 1 and 600),
  period_unit text not null check (period_unit in ('day','month')),
  law text,
  evidence text,
  stops boolean not null,
  ladder int[],
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, kind_id) references equipment.cert_kind
);
create index cert_rule_of on equipment.cert_rule (company_id, kind_id, from_on desc);
select kernel.isolate('equipment.cert_rule', 'select, insert');
comment on table equipment.cert_rule is '种类的规则,按日生效,只增';
comment on column equipment.cert_rule.company_id is '公司';
comment on column equipment.cert_rule.rule_id is '编号';
comment on column equipment.cert_rule.kind_id is '种类';
comment on column equipment.cert_rule.from_on is '生效日';
comment on column equipment.cert_rule.period_n is '周期';
comment on column equipment.cert_rule.period_unit is '周期单位';
comment on column equipment.cert_rule.law is '法规与标准';
comment on column equipment.cert_rule.evidence is '要留的凭证';
comment on column equipment.cert_rule.stops is '过期须停用';
comment on column equipment.cert_rule.ladder is '到期前几天提醒,空随公司';
comment on column equipment.cert_rule.created_by is '设定人,空为出厂';
comment on column equipment.cert_rule.created_at is '设定时间';

create table equipment.cert_policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  ladder int[] not null,
  daily boolean not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index cert_policy_on on equipment.cert_policy (company_id, from_on desc);
select kernel.isolate('equipment.cert_policy', 'select, insert');
comment on table equipment.cert_policy is '到期提醒的阶梯,按日生效,只增';
comment on column equipment.cert_policy.company_id is '公司';
comment on column equipment.cert_policy.policy_id is '编号';
comment on column equipment.cert_policy.from_on is '生效日';
comment on column equipment.cert_policy.ladder is '到期前几天提醒';
comment on column equipment.cert_policy.daily is '过期后每天升级提醒';
comment on column equipment.cert_policy.created_by is '设定人';
comment on column equipment.cert_policy.created_at is '设定时间';

create table equipment.cert (
  company_id bigint not null,
  cert_id uuid not null,
  kind_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  equipment_id uuid,
  account_id uuid,
  holder text,
  no text,
  issuer text not null,
  result text not null check (result in ('pass','conditional','fail')),
  valid_from_on date not null,
  valid_to_on date not null,
  note text,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by_name text,
  end_reason text,
  primary key (company_id, cert_id),
  foreign key (company_id, kind_id) references equipment.cert_kind,
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, equipment_id) references equipment.device,
  check (valid_to_on >= valid_from_on)
);
create index cert_device on equipment.cert (company_id, equipment_id, kind_id, valid_to_on desc) where equipment_id is not null;
create index cert_place on equipment.cert (company_id, community_id, kind_id, valid_to_on desc);
create index cert_due on equipment.cert (company_id, valid_to_on) where ended_at is null;
create index cert_kind_of on equipment.cert (company_id, kind_id);
select kernel.isolate('equipment.cert', 'select, insert, update');
comment on table equipment.cert is '检验与证件:每次一行,新的不覆盖旧的';
comment on column equipment.cert.company_id is '公司';
comment on column equipment.cert.cert_id is '编号';
comment on column equipment.cert.kind_id is '种类';
comment on column equipment.cert.community_id is '小区';
comment on column equipment.cert.building_id is '楼栋,随设备';
comment on column equipment.cert.equipment_id is '设备';
comment on column equipment.cert.account_id is '持证员工账号';
comment on column equipment.cert.holder is '持证人,不是员工账号时';
comment on column equipment.cert.no is '证书或报告编号';
comment on column equipment.cert.issuer is '检验、发证、维保或清洗单位';
comment on column equipment.cert.result is '结论:pass 合格,conditional 整改后合格,fail 不合格';
comment on column equipment.cert.valid_from_on is '检验日或有效期起';
comment on column equipment.cert.valid_to_on is '有效期至(含)';
comment on column equipment.cert.note is '说明';
comment on column equipment.cert.made_by is '登记人';
comment on column equipment.cert.made_by_name is '登记人姓名';
comment on column equipment.cert.made_at is '登记时间';
comment on column equipment.cert.ended_at is '注销时间';
comment on column equipment.cert.ended_by_name is '注销人';
comment on column equipment.cert.end_reason is '注销原因';

create table equipment.cert_file (
  company_id bigint not null,
  cert_id uuid not null,
  file_id uuid not null,
  name text not null,
  primary key (company_id, cert_id, file_id),
  foreign key (company_id, cert_id) references equipment.cert
);
select kernel.isolate('equipment.cert_file', 'select, insert');
comment on table equipment.cert_file is '证件的附件,只增';
comment on column equipment.cert_file.company_id is '公司';
comment on column equipment.cert_file.cert_id is '证件';
comment on column equipment.cert_file.file_id is '文件';
comment on column equipment.cert_file.name is '文件名';

create table equipment.cert_told (
  company_id bigint not null,
  cert_id uuid not null,
  step text not null,
  days_left int not null,
  told_count int not null,
  told_at timestamptz not null,
  primary key (company_id, cert_id, step),
  foreign key (company_id, cert_id) references equipment.cert
);
select kernel.isolate('equipment.cert_told', 'select, insert');
comment on table equipment.cert_told is '到期提醒已发的每一级,只增';
comment on column equipment.cert_told.company_id is '公司';
comment on column equipment.cert_told.cert_id is '证件';
comment on column equipment.cert_told.step is '哪一级:到期前天数,或过期后的日期';
comment on column equipment.cert_told.days_left is '当时剩余天数';
comment on column equipment.cert_told.told_count is '通知人数';
comment on column equipment.cert_told.told_at is '时间';

create table equipment.water_limit (
  company_id bigint not null,
  limit_id uuid not null,
  from_on date not null,
  basis text not null,
  items jsonb not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, limit_id)
);
create index water_limit_on on equipment.water_limit (company_id, from_on desc);
select kernel.isolate('equipment.water_limit', 'select, insert');
comment on table equipment.water_limit is '水质检测项目与限值,按日生效,只增';
comment on column equipment.water_limit.company_id is '公司';
comment on column equipment.water_limit.limit_id is '编号';
comment on column equipment.water_limit.from_on is '生效日';
comment on column equipment.water_limit.basis is '依据';
comment on column equipment.water_limit.items is '项目、下限、上限、单位';
comment on column equipment.water_limit.created_by is '设定人';
comment on column equipment.water_limit.created_at is '设定时间';

create table equipment.water_test (
  company_id bigint not null,
  test_id uuid not null,
  community_id uuid not null,
  equipment_id uuid,
  sampled_on date not null,
  place text not null,
  lab text not null,
  report_no text,
  results jsonb not null,
  passed boolean not null,
  file_id uuid,
  note text,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  published_at timestamptz,
  published_by_name text,
  withdrawn_at timestamptz,
  withdraw_reason text,
  primary key (company_id, test_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, equipment_id) references equipment.device
);
create index water_test_place on equipment.water_test (company_id, community_id, sampled_on desc);
create index water_test_device on equipment.water_test (company_id, equipment_id) where equipment_id is not null;
select kernel.isolate('equipment.water_test', 'select, insert, update');
comment on table equipment.water_test is '二次供水水质检测:逐项结果与结论';
comment on column equipment.water_test.company_id is '公司';
comment on column equipment.water_test.test_id is '编号';
comment on column equipment.water_test.community_id is '小区';
comment on column equipment.water_test.equipment_id is '水箱';
comment on column equipment.water_test.sampled_on is '采样日';
comment on column equipment.water_test.place is '采样点';
comment on column equipment.water_test.lab is '检测单位';
comment on column equipment.water_test.report_no is '报告编号';
comment on column equipment.water_test.results is '各项结果,含当时的限值';
comment on column equipment.water_test.passed is '全部合格';
comment on column equipment.water_test.file_id is '报告文件';
comment on column equipment.water_test.note is '说明';
comment on column equipment.water_test.made_by is '登记人';
comment on column equipment.water_test.made_by_name is '登记人姓名';
comment on column equipment.water_test.made_at is '登记时间';
comment on column equipment.water_test.published_at is '公示时间';
comment on column equipment.water_test.published_by_name is '公示人';
comment on column equipment.water_test.withdrawn_at is '撤下时间';
comment on column equipment.water_test.withdraw_reason is '撤下原因';
