-- The fire-safety file of a community (消防安全档案): what no other register holds. The rest is read from the registers that have it.
create schema firefile;
grant usage on schema firefile to heyuan_app;
comment on schema firefile is '消防安全档案:基本情况、重点部位、文书与培训;其余章节从各台账读出';

create table firefile.profile (
  company_id bigint not null,
  profile_id uuid not null,
  community_id uuid not null,
  from_on date not null,
  responsible text not null,
  manager text not null,
  phone text not null,
  use_words text not null,
  organisation text not null,
  note text,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, profile_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index profile_now on firefile.profile (company_id, community_id, from_on desc, made_at desc);
select kernel.isolate('firefile.profile', 'select, insert');
comment on table firefile.profile is '消防安全基本情况,按生效日,只增';
comment on column firefile.profile.company_id is '公司';
comment on column firefile.profile.profile_id is '编号';
comment on column firefile.profile.community_id is '小区';
comment on column firefile.profile.from_on is '生效日';
comment on column firefile.profile.responsible is '消防安全责任人';
comment on column firefile.profile.manager is '消防安全管理人';
comment on column firefile.profile.phone is '管理人电话';
comment on column firefile.profile.use_words is '使用性质与规模';
comment on column firefile.profile.organisation is '管理组织:志愿消防队、微型消防站';
comment on column firefile.profile.note is '说明';
comment on column firefile.profile.made_by is '登记人';
comment on column firefile.profile.made_by_name is '登记人姓名';
comment on column firefile.profile.made_at is '登记时间';

create table firefile.key_part (
  company_id bigint not null,
  part_id uuid not null,
  community_id uuid not null,
  name text not null,
  place text not null,
  reason text not null,
  keeper text not null,
  measures text not null,
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, part_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
select kernel.isolate('firefile.key_part', 'select, insert, update');
comment on table firefile.key_part is '消防安全重点部位';
comment on column firefile.key_part.company_id is '公司';
comment on column firefile.key_part.part_id is '编号';
comment on column firefile.key_part.community_id is '小区';
comment on column firefile.key_part.name is '部位';
comment on column firefile.key_part.place is '位置';
comment on column firefile.key_part.reason is '为何是重点';
comment on column firefile.key_part.keeper is '责任人';
comment on column firefile.key_part.measures is '防火措施';
comment on column firefile.key_part.retired_at is '不再是重点的时间';
comment on column firefile.key_part.changed_by is '修改人';
comment on column firefile.key_part.changed_at is '修改时间';

create table firefile.paper (
  company_id bigint not null,
  paper_id uuid not null,
  community_id uuid not null,
  kind text not null check (kind in ('approval','inspect','order','penalty','rule','training','contract','insurance','other')),
  title text not null,
  no text,
  issuer text not null,
  on_day date not null,
  people_count int check (people_count between 1 and 9999),
  due_on date,
  done_on date,
  done_words text,
  words text,
  file_id uuid,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by_name text,
  end_reason text,
  primary key (company_id, paper_id),
  check ((done_on is null) = (done_words is null)),
  check ((ended_at is null) = (end_reason is null)),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index paper_list on firefile.paper (company_id, community_id, on_day desc);
select kernel.isolate('firefile.paper', 'select, insert, update');
comment on table firefile.paper is '消防文书、制度、合同与培训记录';
comment on column firefile.paper.company_id is '公司';
comment on column firefile.paper.paper_id is '编号';
comment on column firefile.paper.community_id is '小区';
comment on column firefile.paper.kind is '种类:审核验收、监督检查、责令改正、处罚、制度、培训、维保合同、保险、其他';
comment on column firefile.paper.title is '名称';
comment on column firefile.paper.no is '文号';
comment on column firefile.paper.issuer is '出具或组织单位';
comment on column firefile.paper.on_day is '日期';
comment on column firefile.paper.people_count is '参加人数,培训才有';
comment on column firefile.paper.due_on is '应办结日,或合同、保险到期日';
comment on column firefile.paper.done_on is '办结日';
comment on column firefile.paper.done_words is '办结情况';
comment on column firefile.paper.words is '内容摘要';
comment on column firefile.paper.file_id is '原件';
comment on column firefile.paper.made_by is '登记人';
comment on column firefile.paper.made_by_name is '登记人姓名';
comment on column firefile.paper.made_at is '登记时间';
comment on column firefile.paper.ended_at is '作废时间';
comment on column firefile.paper.ended_by_name is '作废人';
comment on column firefile.paper.end_reason is '作废原因';

create table firefile.rule (
  company_id bigint not null,
  rule_id uuid not null,
  from_on date not null,
  drill_months int not null check (drill_months between 1 and 60),
  training_months int not null check (training_months between 1 and 60),
  patrol_days int not null check (patrol_days between 1 and 366),
  fire_words text[] not null check (cardinality(fire_words) between 1 and 30),
  basis text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, rule_id)
);
create index rule_now on firefile.rule (company_id, from_on desc, created_at desc);
select kernel.isolate('firefile.rule', 'select, insert');
comment on table firefile.rule is '消防档案规则,按生效日,只增';
comment on column firefile.rule.company_id is '公司';
comment on column firefile.rule.rule_id is '编号';
comment on column firefile.rule.from_on is '生效日';
comment on column firefile.rule.drill_months is '几个月内至少一次灭火疏散演练';
comment on column firefile.rule.training_months is '几个月内至少一次消防培训';
comment on column firefile.rule.patrol_days is '几天内至少一次防火巡查';
comment on column firefile.rule.fire_words is '巡查、问题、标识、事件含有其中一个词就归入消防';
comment on column firefile.rule.basis is '依据';
comment on column firefile.rule.created_by is '设定人';
comment on column firefile.rule.created_at is '设定时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['firefile.file.read']::text[] where built_in and code in ('manager','foreman','guard_head','inspector','finance','visitor') and not permissions && array['*', 'firefile.file.read'];
update identity.role set permissions = permissions || array['firefile.file.write']::text[] where built_in and code in ('manager','guard_head') and not permissions && array['*', 'firefile.file.write'];
update identity.role set permissions = permissions || array['firefile.rule.write']::text[] where built_in and code = 'manager' and not permissions && array['*', 'firefile.rule.write'];
alter table identity.role force row level security;
