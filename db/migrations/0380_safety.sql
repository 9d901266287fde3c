-- Safety (SEC-06, SEC-09): what happened, who was told of it and when, who answers for it and what is done so that it does not happen again; the signs that warn.
create schema safety;
grant usage on schema safety to heyuan_app;
comment on schema safety is '安全管理:安全事件、警示标识';

create table safety.kind (
  company_id bigint not null,
  kind_id uuid not null,
  name text not null,
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, name)
);
select kernel.isolate('safety.kind', 'select, insert, update');
comment on table safety.kind is '安全事件种类';
comment on column safety.kind.company_id is '公司';
comment on column safety.kind.kind_id is '编号';
comment on column safety.kind.name is '名称';
comment on column safety.kind.sort_no is '排序';
comment on column safety.kind.retired_at is '停用时间';
comment on column safety.kind.changed_by is '修改人,空为出厂';
comment on column safety.kind.changed_at is '修改时间';


create table safety.kind_rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind_id uuid not null,
  from_on date not null,
  report_minutes int check (report_minutes between 1 and 10080),
  report_to text not null,
  basis text not null,
  close_days int not null check (close_days between 1 and 365),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, kind_id) references safety.kind (company_id, kind_id)
);
create index kind_rule_of on safety.kind_rule (company_id, kind_id, from_on desc);
select kernel.isolate('safety.kind_rule', 'select, insert');
comment on table safety.kind_rule is '安全事件种类的上报时限与处理期限,按生效日分版本';
comment on column safety.kind_rule.company_id is '公司';
comment on column safety.kind_rule.rule_id is '编号';
comment on column safety.kind_rule.kind_id is '种类';
comment on column safety.kind_rule.from_on is '生效日';
comment on column safety.kind_rule.report_minutes is '发现后多少分钟内上报,空为不强制';
comment on column safety.kind_rule.report_to is '向谁上报';
comment on column safety.kind_rule.basis is '依据';
comment on column safety.kind_rule.close_days is '几天内结案';
comment on column safety.kind_rule.created_by is '设置人,空为出厂';
comment on column safety.kind_rule.created_at is '设置时间';


create table safety.level_rule (
  company_id bigint not null,
  from_on date not null,
  limits jsonb not null,
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, from_on, created_at)
);
select kernel.isolate('safety.level_rule', 'select, insert');
comment on table safety.level_rule is '事故等级的人数与损失界限,按生效日分版本';
comment on column safety.level_rule.company_id is '公司';
comment on column safety.level_rule.from_on is '生效日';
comment on column safety.level_rule.limits is '各等级的界限:死亡、重伤人数与直接损失(分)';
comment on column safety.level_rule.basis is '依据';
comment on column safety.level_rule.created_by is '设置人';
comment on column safety.level_rule.created_at is '设置时间';


create table safety.series (
  company_id bigint not null,
  series text not null,
  last_no bigint not null,
  primary key (company_id, series)
);
select kernel.isolate('safety.series', 'select, insert, update');
comment on table safety.series is '编号序列';
comment on column safety.series.company_id is '公司';
comment on column safety.series.series is '序列';
comment on column safety.series.last_no is '最后一个号';


create table safety.incident (
  company_id bigint not null,
  incident_id uuid not null,
  no text not null,
  kind_id uuid not null,
  level text not null check (level in ('minor','general','larger','major','extreme')),
  community_id uuid not null,
  building_id uuid,
  place text not null,
  occurred_at timestamptz not null,
  found_at timestamptz not null,
  words text not null,
  dead_count int not null default 0 check (dead_count between 0 and 9999),
  badly_count int not null default 0 check (badly_count between 0 and 9999),
  hurt_count int not null default 0 check (hurt_count between 0 and 9999),
  loss_fen bigint check (loss_fen between 0 and 100000000000000),
  source text not null check (source in ('staff','patrol','resident','camera','alarm','other')),
  created_by uuid not null,
  created_at timestamptz not null,
  state text not null check (state in ('reported','handling','review','closed','void')),
  assignee_id uuid,
  report_due_at timestamptz,
  reported_at timestamptz,
  close_due_at timestamptz not null,
  cause text,
  duty text,
  submitted_by uuid,
  submitted_at timestamptz,
  reviewed_by uuid,
  closed_at timestamptz,
  told_stage int not null default 0,
  step_no int not null default 1,
  primary key (company_id, incident_id),
  unique (company_id, no),
  foreign key (company_id, kind_id) references safety.kind (company_id, kind_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  check (state not in ('handling','review') or assignee_id is not null),
  check (state not in ('review','closed') or (cause is not null and submitted_by is not null)),
  check (state <> 'closed' or reviewed_by is not null),
  check (reviewed_by is null or reviewed_by <> submitted_by),
  check (occurred_at <= found_at)
);
create index incident_list on safety.incident (company_id, occurred_at desc, incident_id);
create index incident_open on safety.incident (company_id, community_id, close_due_at) where state in ('reported','handling','review');
create index incident_report on safety.incident (company_id, report_due_at) where reported_at is null and told_stage < 2 and state <> 'void';
create index incident_community on safety.incident (company_id, community_id, occurred_at desc);
create index incident_building on safety.incident (company_id, building_id, occurred_at desc);
create index incident_kind on safety.incident (company_id, kind_id, occurred_at desc);
create index incident_assignee on safety.incident (company_id, assignee_id, state);
create index incident_creator on safety.incident (company_id, created_by, created_at desc);
select kernel.isolate('safety.incident', 'select, insert, update');
comment on table safety.incident is '安全事件';
comment on column safety.incident.company_id is '公司';
comment on column safety.incident.incident_id is '编号';
comment on column safety.incident.no is '事件编号';
comment on column safety.incident.kind_id is '种类';
comment on column safety.incident.level is '等级:minor 轻微,general 一般,larger 较大,major 重大,extreme 特别重大';
comment on column safety.incident.community_id is '小区';
comment on column safety.incident.building_id is '楼栋';
comment on column safety.incident.place is '地点';
comment on column safety.incident.occurred_at is '发生时间';
comment on column safety.incident.found_at is '发现时间';
comment on column safety.incident.words is '经过';
comment on column safety.incident.dead_count is '死亡人数';
comment on column safety.incident.badly_count is '重伤人数';
comment on column safety.incident.hurt_count is '轻伤人数';
comment on column safety.incident.loss_fen is '直接经济损失(分),空为未估';
comment on column safety.incident.source is '来源:staff 员工发现,patrol 巡查,resident 业户报告,camera 监控,alarm 报警,other 其他';
comment on column safety.incident.created_by is '报告人';
comment on column safety.incident.created_at is '登记时间';
comment on column safety.incident.state is '状态:reported 待处理,handling 处理中,review 待审核,closed 已结案,void 误报作废';
comment on column safety.incident.assignee_id is '处理人';
comment on column safety.incident.report_due_at is '上报时限';
comment on column safety.incident.reported_at is '首次上报时间';
comment on column safety.incident.close_due_at is '结案期限';
comment on column safety.incident.cause is '原因';
comment on column safety.incident.duty is '责任认定';
comment on column safety.incident.submitted_by is '提交审核人';
comment on column safety.incident.submitted_at is '提交时间';
comment on column safety.incident.reviewed_by is '审核人';
comment on column safety.incident.closed_at is '结束时间';
comment on column safety.incident.told_stage is '上报时限已提醒到第几步:0 未提醒,1 临近,2 已过';
comment on column safety.incident.step_no is '步数,并发时以此为准';


create table safety.step (
  company_id bigint not null,
  incident_id uuid not null,
  step_no int not null,
  action text not null,
  from_state text,
  to_state text not null,
  by_account uuid,
  by_name text not null,
  to_name text,
  note text,
  detail jsonb not null default '{}',
  at timestamptz not null,
  primary key (company_id, incident_id, step_no),
  foreign key (company_id, incident_id) references safety.incident (company_id, incident_id)
);
select kernel.isolate('safety.step', 'select, insert');
comment on table safety.step is '安全事件的每一步,只增';
comment on column safety.step.company_id is '公司';
comment on column safety.step.incident_id is '事件';
comment on column safety.step.step_no is '第几步';
comment on column safety.step.action is '动作';
comment on column safety.step.from_state is '之前的状态';
comment on column safety.step.to_state is '之后的状态';
comment on column safety.step.by_account is '账号,系统为空';
comment on column safety.step.by_name is '姓名';
comment on column safety.step.to_name is '派给谁';
comment on column safety.step.note is '说明';
comment on column safety.step.detail is '其他内容';
comment on column safety.step.at is '时间';


create table safety.photo (
  company_id bigint not null,
  incident_id uuid not null,
  file_id uuid not null,
  step_no int not null,
  primary key (company_id, incident_id, file_id),
  foreign key (company_id, incident_id) references safety.incident (company_id, incident_id)
);
select kernel.isolate('safety.photo', 'select, insert');
comment on table safety.photo is '现场照片:随步骤';
comment on column safety.photo.company_id is '公司';
comment on column safety.photo.incident_id is '事件';
comment on column safety.photo.file_id is '文件';
comment on column safety.photo.step_no is '哪一步';


create table safety.party (
  company_id bigint not null,
  party_id uuid not null,
  incident_id uuid not null,
  role text not null check (role in ('victim','hurt','witness','suspect','staff','other')),
  name text not null,
  phone text,
  words text,
  created_by uuid not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (company_id, party_id),
  foreign key (company_id, incident_id) references safety.incident (company_id, incident_id)
);
create index party_of on safety.party (company_id, incident_id);
select kernel.isolate('safety.party', 'select, insert, update');
comment on table safety.party is '涉及的人:当事人、伤者、目击者、嫌疑人;电话与说明按权限显示';
comment on column safety.party.company_id is '公司';
comment on column safety.party.party_id is '编号';
comment on column safety.party.incident_id is '事件';
comment on column safety.party.role is '身份:victim 受害人,hurt 伤者,witness 目击者,suspect 嫌疑人,staff 员工,other 其他';
comment on column safety.party.name is '姓名';
comment on column safety.party.phone is '电话';
comment on column safety.party.words is '说明';
comment on column safety.party.created_by is '登记人';
comment on column safety.party.created_at is '登记时间';
comment on column safety.party.removed_at is '删除时间';


create table safety.report (
  company_id bigint not null,
  report_id uuid not null,
  incident_id uuid not null,
  authority text not null check (authority in ('police','fire','ambulance','emergency','housing','market','street','utility','other')),
  receiver text not null,
  way text not null check (way in ('phone','online','paper','door')),
  outside_no text,
  words text,
  reported_at timestamptz not null,
  arrived_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, report_id),
  foreign key (company_id, incident_id) references safety.incident (company_id, incident_id),
  check (arrived_at is null or arrived_at >= reported_at)
);
create index report_of on safety.report (company_id, incident_id, reported_at);
select kernel.isolate('safety.report', 'select, insert');
comment on table safety.report is '向公安、消防、应急、主管部门的报告,只增';
comment on column safety.report.company_id is '公司';
comment on column safety.report.report_id is '编号';
comment on column safety.report.incident_id is '事件';
comment on column safety.report.authority is '单位:police 公安,fire 消防,ambulance 急救,emergency 应急管理,housing 住建,market 市场监管,street 街道社区,utility 供水供电供气,other 其他';
comment on column safety.report.receiver is '接报单位或接警人';
comment on column safety.report.way is '方式:phone 电话,online 网上,paper 书面,door 当面';
comment on column safety.report.outside_no is '回执或案号';
comment on column safety.report.words is '报告内容与回复';
comment on column safety.report.reported_at is '报告时间';
comment on column safety.report.arrived_at is '到场时间';
comment on column safety.report.created_by is '登记人';
comment on column safety.report.created_at is '登记时间';


create table safety.measure (
  company_id bigint not null,
  measure_id uuid not null,
  incident_id uuid not null,
  words text not null,
  account_id uuid not null,
  due_on date not null,
  done_at timestamptz,
  done_by uuid,
  done_words text,
  told_on date,
  removed_at timestamptz,
  primary key (company_id, measure_id),
  foreign key (company_id, incident_id) references safety.incident (company_id, incident_id),
  check ((done_at is null) = (done_words is null))
);
create index measure_of on safety.measure (company_id, incident_id);
create index measure_open on safety.measure (company_id, due_on) where done_at is null and removed_at is null;
select kernel.isolate('safety.measure', 'select, insert, update');
comment on table safety.measure is '整改与防范措施,有责任人和期限';
comment on column safety.measure.company_id is '公司';
comment on column safety.measure.measure_id is '编号';
comment on column safety.measure.incident_id is '事件';
comment on column safety.measure.words is '措施';
comment on column safety.measure.account_id is '责任人';
comment on column safety.measure.due_on is '期限';
comment on column safety.measure.done_at is '完成时间';
comment on column safety.measure.done_by is '登记完成的人';
comment on column safety.measure.done_words is '完成情况';
comment on column safety.measure.told_on is '最近一次提醒日';
comment on column safety.measure.removed_at is '退回时撤下';


create table safety.sign (
  company_id bigint not null,
  sign_id uuid not null,
  no text not null,
  community_id uuid not null,
  building_id uuid,
  place text not null,
  kind text not null,
  words text not null,
  set_on date not null,
  state text not null check (state in ('good','damaged','missing','removed')),
  check_months int not null check (check_months between 1 and 36),
  checked_on date,
  due_on date not null,
  file_id uuid,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, sign_id),
  unique (company_id, community_id, no),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id)
);
create index sign_list on safety.sign (company_id, community_id, state, due_on);
create index sign_building on safety.sign (company_id, building_id);
select kernel.isolate('safety.sign', 'select, insert, update');
comment on table safety.sign is '警示标识台账';
comment on column safety.sign.company_id is '公司';
comment on column safety.sign.sign_id is '编号';
comment on column safety.sign.no is '标识编号';
comment on column safety.sign.community_id is '小区';
comment on column safety.sign.building_id is '楼栋';
comment on column safety.sign.place is '位置';
comment on column safety.sign.kind is '种类';
comment on column safety.sign.words is '标识内容';
comment on column safety.sign.set_on is '设置日';
comment on column safety.sign.state is '状态:good 完好,damaged 破损,missing 缺失,removed 已撤除';
comment on column safety.sign.check_months is '几个月查一次';
comment on column safety.sign.checked_on is '最近检查日';
comment on column safety.sign.due_on is '下次检查日';
comment on column safety.sign.file_id is '照片';
comment on column safety.sign.changed_by is '修改人';
comment on column safety.sign.changed_at is '修改时间';


create table safety.sign_check (
  company_id bigint not null,
  check_id uuid not null,
  sign_id uuid not null,
  state text not null check (state in ('good','damaged','missing','removed')),
  words text,
  file_id uuid,
  checked_by uuid not null,
  checked_at timestamptz not null,
  primary key (company_id, check_id),
  foreign key (company_id, sign_id) references safety.sign (company_id, sign_id)
);
create index sign_check_of on safety.sign_check (company_id, sign_id, checked_at desc);
select kernel.isolate('safety.sign_check', 'select, insert');
comment on table safety.sign_check is '警示标识的检查,只增';
comment on column safety.sign_check.company_id is '公司';
comment on column safety.sign_check.check_id is '编号';
comment on column safety.sign_check.sign_id is '标识';
comment on column safety.sign_check.state is '查到的状态';
comment on column safety.sign_check.words is '说明';
comment on column safety.sign_check.file_id is '照片';
comment on column safety.sign_check.checked_by is '检查人';
comment on column safety.sign_check.checked_at is '检查时间';
