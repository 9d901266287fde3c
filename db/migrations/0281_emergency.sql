-- Emergencies (应急预案与演练, EQ-07): plans by version published by a second person, drills with signatures and improvements, emergencies started from a plan.
create schema emergency;
grant usage on schema emergency to heyuan_app;
comment on schema emergency is '应急:预案、演练、应急处置';
create table emergency.kind (
  company_id bigint not null,
  kind_id uuid not null,
  code text not null,
  name text not null,
  sort_no int not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, code),
  unique (company_id, name)
);
select kernel.isolate('emergency.kind', 'select, insert, update');
comment on table emergency.kind is '突发事件种类';
comment on column emergency.kind.company_id is '公司';
comment on column emergency.kind.kind_id is '编号';
comment on column emergency.kind.code is '代码';
comment on column emergency.kind.name is '名称';
comment on column emergency.kind.sort_no is '排序';
comment on column emergency.kind.retired_at is '停用时间';
comment on column emergency.kind.changed_by is '修改人,空为出厂';
comment on column emergency.kind.changed_at is '修改时间';

create table emergency.drill_rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind_id uuid not null,
  from_on date not null,
  per_year int not null check (per_year between 0 and 12),
  source text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, kind_id) references emergency.kind (company_id, kind_id)
);
create index drill_rule_of on emergency.drill_rule (company_id, kind_id, from_on desc);
select kernel.isolate('emergency.drill_rule', 'select, insert');
comment on table emergency.drill_rule is '每年演练次数,按日生效,只增';
comment on column emergency.drill_rule.company_id is '公司';
comment on column emergency.drill_rule.rule_id is '编号';
comment on column emergency.drill_rule.kind_id is '种类';
comment on column emergency.drill_rule.from_on is '生效日';
comment on column emergency.drill_rule.per_year is '每年次数';
comment on column emergency.drill_rule.source is '依据';
comment on column emergency.drill_rule.created_by is '设定人,空为出厂';
comment on column emergency.drill_rule.created_at is '设定时间';

create table emergency.plan (
  company_id bigint not null,
  plan_id uuid not null,
  community_id uuid not null,
  kind_id uuid not null,
  name text not null,
  live_no int,
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, plan_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, kind_id) references emergency.kind (company_id, kind_id)
);
create unique index plan_name on emergency.plan (company_id, community_id, name) where (retired_at is null);
create index plan_kind on emergency.plan (company_id, kind_id);
select kernel.isolate('emergency.plan', 'select, insert, update');
comment on table emergency.plan is '应急预案';
comment on column emergency.plan.company_id is '公司';
comment on column emergency.plan.plan_id is '编号';
comment on column emergency.plan.community_id is '小区';
comment on column emergency.plan.kind_id is '种类';
comment on column emergency.plan.name is '名称';
comment on column emergency.plan.live_no is '现行版本';
comment on column emergency.plan.retired_at is '停用时间';
comment on column emergency.plan.changed_by is '修改人';
comment on column emergency.plan.changed_at is '修改时间';

create table emergency.version (
  company_id bigint not null,
  plan_id uuid not null,
  version_no int not null,
  state text not null check (state in ('draft','submitted','published','replaced')),
  content jsonb not null,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  submitted_by uuid,
  submitted_at timestamptz,
  decided_by_name text,
  decided_at timestamptz,
  reason text,
  primary key (company_id, plan_id, version_no),
  foreign key (company_id, plan_id) references emergency.plan (company_id, plan_id)
);
create unique index version_open on emergency.version (company_id, plan_id) where (state in ('draft','submitted'));
create unique index version_live on emergency.version (company_id, plan_id) where (state = 'published');
select kernel.isolate('emergency.version', 'select, insert, update');
comment on table emergency.version is '预案的版本';
comment on column emergency.version.company_id is '公司';
comment on column emergency.version.plan_id is '预案';
comment on column emergency.version.version_no is '版本';
comment on column emergency.version.state is '状态:draft 草稿,submitted 待审,published 现行,replaced 旧版';
comment on column emergency.version.content is '内容:概要、人员与电话、物资、步骤';
comment on column emergency.version.made_by is '编制人';
comment on column emergency.version.made_by_name is '编制人姓名';
comment on column emergency.version.made_at is '编制时间';
comment on column emergency.version.submitted_by is '提交人';
comment on column emergency.version.submitted_at is '提交时间';
comment on column emergency.version.decided_by_name is '审核人';
comment on column emergency.version.decided_at is '审核时间';
comment on column emergency.version.reason is '退回原因';

create table emergency.drill (
  company_id bigint not null,
  drill_id uuid not null,
  community_id uuid not null,
  plan_id uuid not null,
  version_no int,
  due_on date not null,
  state text not null check (state in ('planned','held','closed','cancelled')),
  held_at timestamptz,
  place text,
  leader_name text,
  summary text,
  score int check (score between 0 and 100),
  evaluation text,
  closed_by_name text,
  closed_at timestamptz,
  end_reason text,
  told_at timestamptz,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, drill_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, plan_id, version_no) references emergency.version (company_id, plan_id, version_no),
  foreign key (company_id, plan_id) references emergency.plan (company_id, plan_id),
  check ((state in ('held','closed')) = (held_at is not null))
);
create index drill_due on emergency.drill (company_id, community_id, due_on);
create index drill_plan on emergency.drill (company_id, plan_id, version_no);
select kernel.isolate('emergency.drill', 'select, insert, update');
comment on table emergency.drill is '演练';
comment on column emergency.drill.company_id is '公司';
comment on column emergency.drill.drill_id is '编号';
comment on column emergency.drill.community_id is '小区';
comment on column emergency.drill.plan_id is '预案';
comment on column emergency.drill.version_no is '演练时的版本';
comment on column emergency.drill.due_on is '应在此日前完成';
comment on column emergency.drill.state is '状态:planned 待演练,held 已演练,closed 已总结,cancelled 已取消';
comment on column emergency.drill.held_at is '演练时间';
comment on column emergency.drill.place is '地点';
comment on column emergency.drill.leader_name is '总指挥';
comment on column emergency.drill.summary is '经过';
comment on column emergency.drill.score is '评分';
comment on column emergency.drill.evaluation is '评估';
comment on column emergency.drill.closed_by_name is '总结人';
comment on column emergency.drill.closed_at is '总结时间';
comment on column emergency.drill.end_reason is '取消原因';
comment on column emergency.drill.told_at is '已提醒逾期';
comment on column emergency.drill.made_by is '安排人';
comment on column emergency.drill.made_at is '安排时间';

create table emergency.drill_person (
  company_id bigint not null,
  drill_id uuid not null,
  account_id uuid not null,
  name text not null,
  signed_at timestamptz,
  file_id uuid,
  primary key (company_id, drill_id, account_id),
  foreign key (company_id, drill_id) references emergency.drill (company_id, drill_id),
  check ((signed_at is null) = (file_id is null))
);
create index drill_person_of on emergency.drill_person (company_id, account_id);
select kernel.isolate('emergency.drill_person', 'select, insert, update');
comment on table emergency.drill_person is '演练参加人,签到签字';
comment on column emergency.drill_person.company_id is '公司';
comment on column emergency.drill_person.drill_id is '演练';
comment on column emergency.drill_person.account_id is '参加人';
comment on column emergency.drill_person.name is '姓名';
comment on column emergency.drill_person.signed_at is '签字时间';
comment on column emergency.drill_person.file_id is '签名';

create table emergency.photo (
  company_id bigint not null,
  subject_id uuid not null,
  file_id uuid not null,
  taken_by_name text not null,
  taken_at timestamptz not null,
  primary key (company_id, subject_id, file_id)
);
select kernel.isolate('emergency.photo', 'select, insert');
comment on table emergency.photo is '演练与处置的照片';
comment on column emergency.photo.company_id is '公司';
comment on column emergency.photo.subject_id is '演练或处置';
comment on column emergency.photo.file_id is '文件';
comment on column emergency.photo.taken_by_name is '上传人';
comment on column emergency.photo.taken_at is '上传时间';

create table emergency.task (
  company_id bigint not null,
  task_id uuid not null,
  subject_id uuid not null,
  community_id uuid not null,
  words text not null,
  owner_id uuid not null,
  owner_name text not null,
  due_on date not null,
  state text not null check (state in ('open','done','checked')),
  done_note text,
  done_at timestamptz,
  checked_by_name text,
  checked_at timestamptz,
  back_reason text,
  told_at timestamptz,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, task_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index task_subject on emergency.task (company_id, subject_id);
create index task_open on emergency.task (company_id, community_id, due_on);
create index task_owner on emergency.task (company_id, owner_id);
select kernel.isolate('emergency.task', 'select, insert, update');
comment on table emergency.task is '演练与处置后的改进';
comment on column emergency.task.company_id is '公司';
comment on column emergency.task.task_id is '编号';
comment on column emergency.task.subject_id is '演练或处置';
comment on column emergency.task.community_id is '小区';
comment on column emergency.task.words is '改进事项';
comment on column emergency.task.owner_id is '负责人';
comment on column emergency.task.owner_name is '负责人姓名';
comment on column emergency.task.due_on is '期限';
comment on column emergency.task.state is '状态:open 待改进,done 待验收,checked 已验收';
comment on column emergency.task.done_note is '完成说明';
comment on column emergency.task.done_at is '完成时间';
comment on column emergency.task.checked_by_name is '验收人';
comment on column emergency.task.checked_at is '验收时间';
comment on column emergency.task.back_reason is '退回原因';
comment on column emergency.task.told_at is '已提醒逾期';
comment on column emergency.task.made_by is '提出人';
comment on column emergency.task.made_at is '提出时间';

create table emergency.incident (
  company_id bigint not null,
  incident_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  plan_id uuid not null,
  version_no int not null,
  place text not null,
  words text not null,
  state text not null check (state in ('running','ended','closed')),
  started_by uuid not null,
  started_by_name text not null,
  started_at timestamptz not null,
  ended_by_name text,
  ended_at timestamptz,
  end_note text,
  review text,
  reviewed_by_name text,
  closed_at timestamptz,
  primary key (company_id, incident_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, plan_id, version_no) references emergency.version (company_id, plan_id, version_no),
  check ((state = 'running') = (ended_at is null)),
  check ((state = 'closed') = (closed_at is not null))
);
create index incident_list on emergency.incident (company_id, community_id, started_at desc);
create index incident_plan on emergency.incident (company_id, plan_id, version_no);
select kernel.isolate('emergency.incident', 'select, insert, update');
comment on table emergency.incident is '应急处置:按预案启动的一次';
comment on column emergency.incident.company_id is '公司';
comment on column emergency.incident.incident_id is '编号';
comment on column emergency.incident.community_id is '小区';
comment on column emergency.incident.building_id is '楼栋';
comment on column emergency.incident.plan_id is '预案';
comment on column emergency.incident.version_no is '启动时的版本';
comment on column emergency.incident.place is '地点';
comment on column emergency.incident.words is '情况';
comment on column emergency.incident.state is '状态:running 处置中,ended 已解除,closed 已复盘';
comment on column emergency.incident.started_by is '启动人';
comment on column emergency.incident.started_by_name is '启动人姓名';
comment on column emergency.incident.started_at is '启动时间';
comment on column emergency.incident.ended_by_name is '解除人';
comment on column emergency.incident.ended_at is '解除时间';
comment on column emergency.incident.end_note is '解除说明';
comment on column emergency.incident.review is '复盘';
comment on column emergency.incident.reviewed_by_name is '复盘人';
comment on column emergency.incident.closed_at is '复盘时间';

create table emergency.incident_step (
  company_id bigint not null,
  incident_id uuid not null,
  step_id text not null,
  done_by uuid not null,
  by_name text not null,
  done_at timestamptz not null,
  received_at timestamptz not null,
  note text,
  primary key (company_id, incident_id, step_id),
  foreign key (company_id, incident_id) references emergency.incident (company_id, incident_id)
);
select kernel.isolate('emergency.incident_step', 'select, insert');
comment on table emergency.incident_step is '处置清单上做完的步骤,只增';
comment on column emergency.incident_step.company_id is '公司';
comment on column emergency.incident_step.incident_id is '处置';
comment on column emergency.incident_step.step_id is '步骤';
comment on column emergency.incident_step.done_by is '完成人';
comment on column emergency.incident_step.by_name is '姓名';
comment on column emergency.incident_step.done_at is '完成时间';
comment on column emergency.incident_step.received_at is '收到时间';
comment on column emergency.incident_step.note is '说明';

create table emergency.informed (
  company_id bigint not null,
  incident_id uuid not null,
  account_id uuid not null,
  name text not null,
  role text not null,
  told_at timestamptz not null,
  seen_at timestamptz,
  primary key (company_id, incident_id, account_id),
  foreign key (company_id, incident_id) references emergency.incident (company_id, incident_id)
);
create index informed_person on emergency.informed (company_id, account_id);
select kernel.isolate('emergency.informed', 'select, insert, update');
comment on table emergency.informed is '启动时通知的人';
comment on column emergency.informed.company_id is '公司';
comment on column emergency.informed.incident_id is '处置';
comment on column emergency.informed.account_id is '被通知人';
comment on column emergency.informed.name is '姓名';
comment on column emergency.informed.role is '职责';
comment on column emergency.informed.told_at is '通知时间';
comment on column emergency.informed.seen_at is '回复收到的时间';
