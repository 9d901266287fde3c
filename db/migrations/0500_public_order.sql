-- Public order (秩序问题): what a finding is about is data of the company, dated; a finding may also be reported without a round, at the desk or on a phone.
create table rounds.subject (
  company_id bigint not null,
  subject_id uuid not null,
  name text not null,
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, subject_id),
  unique (company_id, name)
);
select kernel.isolate('rounds.subject', 'select, insert, update');
comment on table rounds.subject is '秩序问题种类:摊贩、小广告、乱停乱放、占用通道等,公司自己的数据';
comment on column rounds.subject.company_id is '公司';
comment on column rounds.subject.subject_id is '编号';
comment on column rounds.subject.name is '种类';
comment on column rounds.subject.sort_no is '排序';
comment on column rounds.subject.retired_at is '停用时间';
comment on column rounds.subject.changed_by is '修改人,空为出厂';
comment on column rounds.subject.changed_at is '修改时间';

create table rounds.subject_rule (
  company_id bigint not null,
  rule_id uuid not null,
  subject_id uuid not null,
  from_on date not null,
  department text not null,
  fix_hours int not null check (fix_hours between 1 and 2160),
  authority text not null,
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, subject_id) references rounds.subject (company_id, subject_id)
);
create index subject_rule_of on rounds.subject_rule (company_id, subject_id, from_on desc, created_at desc);
select kernel.isolate('rounds.subject_rule', 'select, insert');
comment on table rounds.subject_rule is '秩序问题的责任部门、处理时限与应报告的部门,按生效日分版本,只增';
comment on column rounds.subject_rule.company_id is '公司';
comment on column rounds.subject_rule.rule_id is '编号';
comment on column rounds.subject_rule.subject_id is '秩序问题种类';
comment on column rounds.subject_rule.from_on is '生效日';
comment on column rounds.subject_rule.department is '责任部门';
comment on column rounds.subject_rule.fix_hours is '几小时内处理好';
comment on column rounds.subject_rule.authority is '制止不了时向哪个主管部门报告,可空文';
comment on column rounds.subject_rule.basis is '依据,可空文';
comment on column rounds.subject_rule.created_by is '设定人,空为出厂';
comment on column rounds.subject_rule.created_at is '设定时间';

alter table rounds.finding alter column task_id drop not null;
alter table rounds.finding alter column record_id drop not null;
alter table rounds.finding add column subject_id uuid;
alter table rounds.finding add column source text not null default 'round';
alter table rounds.finding add constraint finding_source check (source in ('round','desk','phone'));
alter table rounds.finding add column told_to text;
alter table rounds.finding add column told_no text;
alter table rounds.finding add column told_at timestamptz;
alter table rounds.finding add column told_by uuid;
alter table rounds.finding add constraint finding_subject_fkey foreign key (company_id, subject_id) references rounds.subject (company_id, subject_id);
alter table rounds.finding add constraint finding_of_round check ((source = 'round') = (task_id is not null) and (task_id is null) = (record_id is null));
alter table rounds.finding add constraint finding_about check (task_id is not null or subject_id is not null);
alter table rounds.finding add constraint finding_told check ((told_to is null) = (told_at is null) and (told_to is null) = (told_by is null));
create index finding_subject on rounds.finding (company_id, subject_id, found_at desc) where subject_id is not null;
create index finding_by on rounds.finding (company_id, found_by, found_at desc) where subject_id is not null;
comment on column rounds.finding.on_day is '任务所属日;不是巡查发现的为发现日';
comment on column rounds.finding.task_id is '任务;不是巡查发现的为空';
comment on column rounds.finding.record_id is '检查;不是巡查发现的为空';
comment on column rounds.finding.subject_id is '秩序问题种类;不是秩序问题的为空';
comment on column rounds.finding.source is '来源:round 巡查,desk 前台登记,phone 员工手机上报';
comment on column rounds.finding.told_to is '已向哪个主管部门报告';
comment on column rounds.finding.told_no is '回执或受理号';
comment on column rounds.finding.told_at is '向主管部门报告的时间';
comment on column rounds.finding.told_by is '谁报告的';

create table rounds.finding_photo (
  company_id bigint not null,
  finding_id uuid not null,
  file_id uuid not null,
  part text not null check (part in ('before','after')),
  sha256 text not null,
  taken_by uuid not null,
  taken_at timestamptz not null,
  primary key (company_id, finding_id, file_id),
  foreign key (company_id, finding_id) references rounds.finding (company_id, finding_id)
);
select kernel.isolate('rounds.finding_photo', 'select, insert');
comment on table rounds.finding_photo is '不是巡查发现的问题的照片,只增;巡查发现的在检查照片里';
comment on column rounds.finding_photo.company_id is '公司';
comment on column rounds.finding_photo.finding_id is '问题';
comment on column rounds.finding_photo.file_id is '文件';
comment on column rounds.finding_photo.part is '用处:before 处理前,after 处理后';
comment on column rounds.finding_photo.sha256 is '内容摘要';
comment on column rounds.finding_photo.taken_by is '拍照人';
comment on column rounds.finding_photo.taken_at is '收到时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['rounds.finding.report']::text[] where built_in and code in ('manager','service','steward','foreman','repairer','guard_head','guard','cleaning_head','cleaner','inspector') and not permissions && array['*', 'rounds.finding.report'];
alter table identity.role force row level security;
