-- Rules and SOPs of the company (制度与作业规程, OPS-03): documents with versions, approved by a second person, read and confirmed, opened from the work they are for.
create schema office;
grant usage on schema office to heyuan_app;
comment on schema office is '行政办公:制度与作业规程、培训、会议与报告';

create table office.series (
  company_id bigint not null,
  series text not null,
  last_no int not null check (last_no >= 1),
  primary key (company_id, series)
);
select kernel.isolate('office.series', 'select, insert, update');
comment on table office.series is '编号的取号';
comment on column office.series.company_id is '公司';
comment on column office.series.series is '系列';
comment on column office.series.last_no is '最后一号';

create table office.rule_class (
  company_id bigint not null,
  class_id uuid not null,
  name text not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by_name text not null,
  changed_at timestamptz not null,
  primary key (company_id, class_id),
  unique (company_id, name)
);
select kernel.isolate('office.rule_class', 'select, insert, update');
comment on table office.rule_class is '制度分类';
comment on column office.rule_class.company_id is '公司';
comment on column office.rule_class.class_id is '编号';
comment on column office.rule_class.name is '分类';
comment on column office.rule_class.sort_no is '排序';
comment on column office.rule_class.retired_at is '停用时间';
comment on column office.rule_class.changed_by_name is '修改人';
comment on column office.rule_class.changed_at is '修改时间';

create table office.rule_policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  read_days int not null check (read_days between 1 and 90),
  remind_days int not null check (remind_days between 1 and 30),
  keep_days int not null check (keep_days between 365 and 36500),
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index rule_policy_now on office.rule_policy (company_id, from_on desc, made_at desc);
select kernel.isolate('office.rule_policy', 'select, insert');
comment on table office.rule_policy is '制度阅读规则,按生效日,只增';
comment on column office.rule_policy.company_id is '公司';
comment on column office.rule_policy.policy_id is '编号';
comment on column office.rule_policy.from_on is '生效日';
comment on column office.rule_policy.read_days is '几天内要读完并确认';
comment on column office.rule_policy.remind_days is '过期未读几天提醒一次';
comment on column office.rule_policy.keep_days is '版本失效后阅读记录保留几天';
comment on column office.rule_policy.basis is '依据';
comment on column office.rule_policy.made_by is '设定人';
comment on column office.rule_policy.made_by_name is '设定人姓名';
comment on column office.rule_policy.made_at is '设定时间';

create table office.rule_doc (
  company_id bigint not null,
  doc_id uuid not null,
  no text not null,
  class_id uuid not null,
  community_id uuid,
  ended_on date,
  ended_reason text,
  ended_by_name text,
  ended_at timestamptz,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, doc_id),
  unique (company_id, no),
  check ((ended_on is null) = (ended_reason is null)),
  foreign key (company_id, class_id) references office.rule_class (company_id, class_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index rule_doc_list on office.rule_doc (company_id, class_id, no);
create index rule_doc_community on office.rule_doc (company_id, community_id);
select kernel.isolate('office.rule_doc', 'select, insert, update, delete');
comment on table office.rule_doc is '制度与作业规程(SOP)';
comment on column office.rule_doc.company_id is '公司';
comment on column office.rule_doc.doc_id is '编号';
comment on column office.rule_doc.no is '制度编号';
comment on column office.rule_doc.class_id is '分类';
comment on column office.rule_doc.community_id is '小区;空为全公司';
comment on column office.rule_doc.ended_on is '废止日:当日起不再执行';
comment on column office.rule_doc.ended_reason is '废止原因';
comment on column office.rule_doc.ended_by_name is '批准废止的人';
comment on column office.rule_doc.ended_at is '批准废止的时间';
comment on column office.rule_doc.made_by is '建立人';
comment on column office.rule_doc.made_by_name is '建立人姓名';
comment on column office.rule_doc.made_at is '建立时间';

create table office.rule_version (
  company_id bigint not null,
  version_id uuid not null,
  doc_id uuid not null,
  version_no int not null check (version_no between 1 and 999),
  title text not null,
  body text not null check (length(body) between 1 and 20000),
  change_note text not null,
  from_on date not null,
  must_confirm boolean not null,
  state text not null check (state in ('draft','asked','agreed')),
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  agreed_by_name text,
  agreed_at timestamptz,
  kept_counts jsonb,
  primary key (company_id, version_id),
  unique (company_id, doc_id, version_no),
  check ((state = 'agreed') = (agreed_at is not null)),
  foreign key (company_id, doc_id) references office.rule_doc (company_id, doc_id)
);
create unique index rule_version_open on office.rule_version (company_id, doc_id) where state <> 'agreed';
create index rule_version_now on office.rule_version (company_id, doc_id, version_no desc) where state = 'agreed';
select kernel.isolate('office.rule_version', 'select, insert, update, delete');
comment on table office.rule_version is '制度的版本;批准后内容不变';
comment on column office.rule_version.company_id is '公司';
comment on column office.rule_version.version_id is '编号';
comment on column office.rule_version.doc_id is '制度';
comment on column office.rule_version.version_no is '版次';
comment on column office.rule_version.title is '名称';
comment on column office.rule_version.body is '正文';
comment on column office.rule_version.change_note is '修订说明';
comment on column office.rule_version.from_on is '生效日';
comment on column office.rule_version.must_confirm is '要求阅读人确认';
comment on column office.rule_version.state is '状态:草稿、待批准、已批准';
comment on column office.rule_version.made_by is '拟稿人';
comment on column office.rule_version.made_by_name is '拟稿人姓名';
comment on column office.rule_version.made_at is '拟稿时间';
comment on column office.rule_version.agreed_by_name is '批准人';
comment on column office.rule_version.agreed_at is '批准时间';
comment on column office.rule_version.kept_counts is '阅读记录到期删除后留下的人数';

create table office.rule_target (
  company_id bigint not null,
  version_id uuid not null,
  kind text not null check (kind in ('all','post','department','community','role')),
  target_id uuid not null,
  primary key (company_id, version_id, kind, target_id),
  foreign key (company_id, version_id) references office.rule_version (company_id, version_id) on delete cascade
);
select kernel.isolate('office.rule_target', 'select, insert, update, delete');
comment on table office.rule_target is '一个版本要谁读';
comment on column office.rule_target.company_id is '公司';
comment on column office.rule_target.version_id is '版本';
comment on column office.rule_target.kind is '按全体、岗位、部门、小区、角色';
comment on column office.rule_target.target_id is '岗位、部门、小区或角色;全体为零';

create table office.rule_file (
  company_id bigint not null,
  version_id uuid not null,
  file_id uuid not null,
  sort_no int not null check (sort_no between 0 and 99),
  name text not null,
  primary key (company_id, version_id, file_id),
  foreign key (company_id, version_id) references office.rule_version (company_id, version_id) on delete cascade
);
select kernel.isolate('office.rule_file', 'select, insert, delete');
comment on table office.rule_file is '版本的附件';
comment on column office.rule_file.company_id is '公司';
comment on column office.rule_file.version_id is '版本';
comment on column office.rule_file.file_id is '文件';
comment on column office.rule_file.sort_no is '次序';
comment on column office.rule_file.name is '文件名';

create table office.rule_reading (
  company_id bigint not null,
  version_id uuid not null,
  account_id uuid not null,
  told_at timestamptz,
  reminded_at timestamptz,
  read_at timestamptz,
  confirmed_at timestamptz,
  primary key (company_id, version_id, account_id),
  check (confirmed_at is null or read_at is not null),
  foreign key (company_id, version_id) references office.rule_version (company_id, version_id),
  foreign key (company_id, account_id) references identity.member (company_id, account_id)
);
create index rule_reading_account on office.rule_reading (company_id, account_id);
select kernel.isolate('office.rule_reading', 'select, insert, update, delete');
comment on table office.rule_reading is '谁何时被告知、读过、确认过哪个版本';
comment on column office.rule_reading.company_id is '公司';
comment on column office.rule_reading.version_id is '版本';
comment on column office.rule_reading.account_id is '员工账号';
comment on column office.rule_reading.told_at is '第一次告知时间';
comment on column office.rule_reading.reminded_at is '最近一次提醒时间';
comment on column office.rule_reading.read_at is '阅读时间';
comment on column office.rule_reading.confirmed_at is '确认时间';

create table office.rule_link (
  company_id bigint not null,
  doc_id uuid not null,
  at text not null check (at in ('order_category','round_kind','round_plan','equipment_category')),
  target_id uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, at, target_id, doc_id),
  foreign key (company_id, doc_id) references office.rule_doc (company_id, doc_id)
);
create index rule_link_doc on office.rule_link (company_id, doc_id);
select kernel.isolate('office.rule_link', 'select, insert, delete');
comment on table office.rule_link is '制度用在哪些工作上:做这项工作的人在手机上打开现行版本';
comment on column office.rule_link.company_id is '公司';
comment on column office.rule_link.doc_id is '制度';
comment on column office.rule_link.at is '工作:报修分类、巡查种类、巡查与保养计划、设备分类';
comment on column office.rule_link.target_id is '分类、种类或计划';
comment on column office.rule_link.made_by_name is '关联人';
comment on column office.rule_link.made_at is '关联时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['office.rule.read']::text[] where built_in and code in ('manager','foreman','guard_head','cleaning_head','finance','service','steward','inspector','visitor') and not permissions && array['*', 'office.rule.read'];
update identity.role set permissions = permissions || array['office.rule.write']::text[] where built_in and code in ('manager','foreman','guard_head','cleaning_head') and not permissions && array['*', 'office.rule.write'];
update identity.role set permissions = permissions || array['office.rule.decide']::text[] where built_in and code in ('manager') and not permissions && array['*', 'office.rule.decide'];
update identity.role set permissions = permissions || array['office.rule.export']::text[] where built_in and code in ('manager','finance') and not permissions && array['*', 'office.rule.export'];
update identity.role set permissions = permissions || array['office.setup.write']::text[] where built_in and code in ('manager') and not permissions && array['*', 'office.setup.write'];
alter table identity.role force row level security;
