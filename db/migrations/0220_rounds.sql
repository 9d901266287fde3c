-- Rounds (巡查): places that are walked to, checklists, routes, plans with rules of the calendar, the tasks made from them, what was found.
-- A task is one walk of one route: 1,000 communities x 150 points a day are 4.5 million checks a month but half a million tasks of ten points;
-- a row a point is written when somebody stood there.
create schema rounds;
grant usage on schema rounds to heyuan_app;
comment on schema rounds is '巡查:点位、检查表、路线、计划、任务、检查、问题';

create table rounds.kind (
  company_id bigint not null,
  kind_id uuid not null,
  code text not null,
  name text not null,
  department text not null,
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, code)
);
select kernel.isolate('rounds.kind', 'select, insert, update');
comment on table rounds.kind is '巡查种类:设施巡检、秩序巡逻、保洁、消杀、垃圾、绿化、品质、值班等,公司自己的数据';
comment on column rounds.kind.company_id is '公司';
comment on column rounds.kind.kind_id is '编号';
comment on column rounds.kind.code is '代码';
comment on column rounds.kind.name is '名称';
comment on column rounds.kind.department is '责任部门,统计与得分归它';
comment on column rounds.kind.sort_no is '排序';
comment on column rounds.kind.retired_at is '停用时间';
comment on column rounds.kind.changed_by is '修改人,空为出厂';
comment on column rounds.kind.changed_at is '修改时间';

create table rounds.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  ahead_days int not null check (ahead_days between 1 and 62),
  early_minutes int not null check (early_minutes between 0 and 240),
  accept_days int not null check (accept_days between 0 and 31),
  skew_minutes int not null check (skew_minutes between 1 and 60),
  rotate_seconds int not null check (rotate_seconds between 15 and 600),
  fix_days int not null check (fix_days between 1 and 60),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on rounds.policy (company_id, from_on desc, created_at desc);
select kernel.isolate('rounds.policy', 'select, insert');
comment on table rounds.policy is '巡查规则,按日生效,只增';
comment on column rounds.policy.company_id is '公司';
comment on column rounds.policy.policy_id is '编号';
comment on column rounds.policy.from_on is '生效日';
comment on column rounds.policy.ahead_days is '提前排多少天的任务';
comment on column rounds.policy.early_minutes is '可提前多少分钟开始';
comment on column rounds.policy.accept_days is '无网络完成的记录多少天内补传有效';
comment on column rounds.policy.skew_minutes is '手机时间与服务器相差多少分钟以上算异常';
comment on column rounds.policy.rotate_seconds is '动态码多少秒换一次';
comment on column rounds.policy.fix_days is '限期整改默认天数';
comment on column rounds.policy.created_by is '设置人';
comment on column rounds.policy.created_at is '设置时间';

create table rounds.point (
  company_id bigint not null,
  point_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  name text not null,
  place text not null default '',
  code text not null,
  proof text not null check (proof in ('scan','nfc','screen','none')),
  nfc_id text,
  secret text not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, point_id),
  unique (company_id, code),
  foreign key (company_id, community_id) references property.community
);
create index point_place on rounds.point (company_id, community_id, name);
create unique index point_nfc on rounds.point (company_id, nfc_id) where nfc_id is not null;
select kernel.isolate('rounds.point', 'select, insert, update');
comment on table rounds.point is '点位:要走到的地方,贴二维码、装 NFC 或放动态码屏';
comment on column rounds.point.company_id is '公司';
comment on column rounds.point.point_id is '编号';
comment on column rounds.point.community_id is '小区';
comment on column rounds.point.building_id is '楼栋';
comment on column rounds.point.name is '名称';
comment on column rounds.point.place is '具体位置';
comment on column rounds.point.code is '点位码,印在标签上';
comment on column rounds.point.proof is '到位证明:scan 扫码,nfc 碰卡,screen 动态码屏,none 不验证';
comment on column rounds.point.nfc_id is 'NFC 卡号';
comment on column rounds.point.secret is '动态码密钥(加密)';
comment on column rounds.point.retired_at is '停用时间';
comment on column rounds.point.changed_by is '修改人,空为出厂';
comment on column rounds.point.changed_at is '修改时间';

create table rounds.checklist (
  company_id bigint not null,
  checklist_id uuid not null,
  kind_id uuid not null,
  name text not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, checklist_id),
  foreign key (company_id, kind_id) references rounds.kind
);
create index checklist_kind on rounds.checklist (company_id, kind_id);
select kernel.isolate('rounds.checklist', 'select, insert, update');
comment on table rounds.checklist is '检查表';
comment on column rounds.checklist.company_id is '公司';
comment on column rounds.checklist.checklist_id is '编号';
comment on column rounds.checklist.kind_id is '种类';
comment on column rounds.checklist.name is '名称';
comment on column rounds.checklist.retired_at is '停用时间';
comment on column rounds.checklist.changed_by is '修改人,空为出厂';
comment on column rounds.checklist.changed_at is '修改时间';

create table rounds.checklist_version (
  company_id bigint not null,
  version_id uuid not null,
  checklist_id uuid not null,
  version_no int not null,
  items jsonb not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, version_id),
  unique (company_id, checklist_id, version_no),
  foreign key (company_id, checklist_id) references rounds.checklist
);
select kernel.isolate('rounds.checklist_version', 'select, insert');
comment on table rounds.checklist_version is '检查表的版本,只增;任务用检查那一刻的最新版';
comment on column rounds.checklist_version.company_id is '公司';
comment on column rounds.checklist_version.version_id is '编号';
comment on column rounds.checklist_version.checklist_id is '检查表';
comment on column rounds.checklist_version.version_no is '版本号';
comment on column rounds.checklist_version.items is '检查项:文字、答法、限值、拍照要求、分值';
comment on column rounds.checklist_version.created_by is '设置人';
comment on column rounds.checklist_version.created_at is '设置时间';

create table rounds.crew (
  company_id bigint not null,
  crew_id uuid not null,
  community_id uuid not null,
  name text not null,
  account_ids uuid[] not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, crew_id),
  foreign key (company_id, community_id) references property.community
);
create index crew_place on rounds.crew (company_id, community_id);
select kernel.isolate('rounds.crew', 'select, insert, update');
comment on table rounds.crew is '班组:谁去走';
comment on column rounds.crew.company_id is '公司';
comment on column rounds.crew.crew_id is '编号';
comment on column rounds.crew.community_id is '小区';
comment on column rounds.crew.name is '名称';
comment on column rounds.crew.account_ids is '成员账号';
comment on column rounds.crew.retired_at is '停用时间';
comment on column rounds.crew.changed_by is '修改人,空为出厂';
comment on column rounds.crew.changed_at is '修改时间';

create table rounds.route (
  company_id bigint not null,
  route_id uuid not null,
  community_id uuid not null,
  name text not null,
  ordered boolean not null,
  version_no int not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, route_id),
  foreign key (company_id, community_id) references property.community
);
create index route_place on rounds.route (company_id, community_id);
select kernel.isolate('rounds.route', 'select, insert, update');
comment on table rounds.route is '路线:按顺序的点位';
comment on column rounds.route.company_id is '公司';
comment on column rounds.route.route_id is '编号';
comment on column rounds.route.community_id is '小区';
comment on column rounds.route.name is '名称';
comment on column rounds.route.ordered is '必须按顺序走';
comment on column rounds.route.version_no is '当前版本';
comment on column rounds.route.retired_at is '停用时间';
comment on column rounds.route.changed_by is '修改人,空为出厂';
comment on column rounds.route.changed_at is '修改时间';

create table rounds.route_stop (
  company_id bigint not null,
  route_id uuid not null,
  version_no int not null,
  stop_no int not null check (stop_no between 1 and 300),
  point_id uuid not null,
  checklist_id uuid,
  travel_seconds int not null check (travel_seconds between 0 and 7200),
  primary key (company_id, route_id, version_no, stop_no),
  foreign key (company_id, route_id) references rounds.route,
  foreign key (company_id, point_id) references rounds.point,
  foreign key (company_id, checklist_id) references rounds.checklist
);
create index route_stop_point on rounds.route_stop (company_id, point_id);
create index route_stop_checklist on rounds.route_stop (company_id, checklist_id);
select kernel.isolate('rounds.route_stop', 'select, insert');
comment on table rounds.route_stop is '路线各版本的点位、检查表与最短路程,只增';
comment on column rounds.route_stop.company_id is '公司';
comment on column rounds.route_stop.route_id is '路线';
comment on column rounds.route_stop.version_no is '版本';
comment on column rounds.route_stop.stop_no is '第几站';
comment on column rounds.route_stop.point_id is '点位';
comment on column rounds.route_stop.checklist_id is '检查表';
comment on column rounds.route_stop.travel_seconds is '从上一站走来最少多少秒';

create table rounds.work_plan (
  company_id bigint not null,
  work_plan_id uuid not null,
  community_id uuid not null,
  level text not null check (level in ('year','month','week')),
  period_on date not null,
  department text not null,
  title text not null,
  parent_id uuid,
  state text not null check (state in ('draft','published')),
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, work_plan_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, parent_id) references rounds.work_plan
);
create index work_plan_place on rounds.work_plan (company_id, community_id, period_on);
create index work_plan_parent on rounds.work_plan (company_id, parent_id);
select kernel.isolate('rounds.work_plan', 'select, insert, update, delete');
comment on table rounds.work_plan is '工作计划:年、月、周,分部门';
comment on column rounds.work_plan.company_id is '公司';
comment on column rounds.work_plan.work_plan_id is '编号';
comment on column rounds.work_plan.community_id is '小区';
comment on column rounds.work_plan.level is 'year 年,month 月,week 周';
comment on column rounds.work_plan.period_on is '期间首日';
comment on column rounds.work_plan.department is '部门';
comment on column rounds.work_plan.title is '标题';
comment on column rounds.work_plan.parent_id is '上级计划';
comment on column rounds.work_plan.state is 'draft 编制中,published 已发布';
comment on column rounds.work_plan.changed_by is '修改人,空为出厂';
comment on column rounds.work_plan.changed_at is '修改时间';

create table rounds.plan (
  company_id bigint not null,
  plan_id uuid not null,
  community_id uuid not null,
  kind_id uuid not null,
  name text not null,
  route_id uuid,
  checklist_id uuid,
  crew_id uuid,
  work_plan_id uuid,
  rule jsonb not null,
  rule_key text not null,
  from_on date not null,
  to_on date,
  grace_minutes int not null check (grace_minutes between 0 and 10080),
  photo boolean not null,
  state text not null check (state in ('draft','active','stopped')),
  planned_on date,
  source text,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, plan_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, kind_id) references rounds.kind,
  foreign key (company_id, route_id) references rounds.route,
  foreign key (company_id, checklist_id) references rounds.checklist,
  foreign key (company_id, crew_id) references rounds.crew,
  foreign key (company_id, work_plan_id) references rounds.work_plan,
  check (to_on is null or to_on >= from_on)
);
create index plan_place on rounds.plan (company_id, community_id, state);
create index plan_kind on rounds.plan (company_id, kind_id);
create index plan_route on rounds.plan (company_id, route_id);
create index plan_checklist on rounds.plan (company_id, checklist_id);
create index plan_crew on rounds.plan (company_id, crew_id);
create index plan_work on rounds.plan (company_id, work_plan_id);
create index plan_due on rounds.plan (company_id, rule_key) where state = 'active';
select kernel.isolate('rounds.plan', 'select, insert, update, delete');
comment on table rounds.plan is '巡查计划:什么路线(或一件事)、按什么规律、谁去';
comment on column rounds.plan.company_id is '公司';
comment on column rounds.plan.plan_id is '编号';
comment on column rounds.plan.community_id is '小区';
comment on column rounds.plan.kind_id is '种类';
comment on column rounds.plan.name is '名称';
comment on column rounds.plan.route_id is '路线,空为不分点位的一件事';
comment on column rounds.plan.checklist_id is '没有路线时的检查表';
comment on column rounds.plan.crew_id is '班组,空为该小区有权的人';
comment on column rounds.plan.work_plan_id is '所属工作计划';
comment on column rounds.plan.rule is '时间规律';
comment on column rounds.plan.rule_key is '规律的摘要,相同规律一次展开';
comment on column rounds.plan.from_on is '起';
comment on column rounds.plan.to_on is '止(含),空为长期';
comment on column rounds.plan.grace_minutes is '到时后多少分钟内补上算迟到,过后算漏';
comment on column rounds.plan.photo is '每次必须拍照';
comment on column rounds.plan.state is 'draft 草稿,active 执行中,stopped 已停';
comment on column rounds.plan.planned_on is '任务已排到哪天(含)';
comment on column rounds.plan.source is '来自哪套标准';
comment on column rounds.plan.changed_by is '修改人,空为出厂';
comment on column rounds.plan.changed_at is '修改时间';

create table rounds.weather (
  company_id bigint not null,
  community_id uuid not null,
  day_on date not null,
  weather text not null check (weather in ('dry','rain','snow','ice','heat','wind','flood')),
  note text,
  noted_by uuid,
  noted_at timestamptz not null,
  primary key (company_id, community_id, day_on, weather),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('rounds.weather', 'select, insert, update, delete');
comment on table rounds.weather is '天气:降雨、降雪、高温等,触发天气任务、决定干旱天数';
comment on column rounds.weather.company_id is '公司';
comment on column rounds.weather.community_id is '小区';
comment on column rounds.weather.day_on is '日期';
comment on column rounds.weather.weather is '天气';
comment on column rounds.weather.note is '说明';
comment on column rounds.weather.noted_by is '记录人';
comment on column rounds.weather.noted_at is '记录时间';

create table rounds.task (
  company_id bigint not null,
  on_day date not null,
  task_id uuid not null,
  plan_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  kind_id uuid not null,
  route_id uuid,
  crew_id uuid,
  starts_at timestamptz not null,
  due_at timestamptz not null,
  miss_at timestamptz not null,
  point_count int not null,
  state text not null,
  route_version int,
  started_at timestamptz,
  ended_at timestamptz,
  done_by uuid,
  in_time boolean,
  checked_count int not null default 0,
  abnormal_count int not null default 0,
  skip_count int not null default 0,
  flags text[] not null default '{}',
  score_got int not null default 0,
  score_max int not null default 0,
  round_no int not null default 1,
  step_no int not null default 0,
  late_told_at timestamptz,
  primary key (company_id, on_day, task_id)
) partition by range (on_day);
create index task_board on rounds.task (company_id, on_day, community_id, state);
create index task_open on rounds.task (company_id, due_at) where state in ('waiting','doing');
create index task_plan on rounds.task (company_id, plan_id, on_day);
create index task_review on rounds.task (company_id, community_id, due_at) where state = 'review';
create index task_by on rounds.task (company_id, done_by, on_day) where done_by is not null;
select kernel.isolate('rounds.task', 'select, insert, update, delete');
comment on table rounds.task is '巡查任务:一次走一条路线为一行,点位完成时才各成一行;按月分区';
comment on column rounds.task.company_id is '公司';
comment on column rounds.task.on_day is '所属日(班次开始那天)';
comment on column rounds.task.task_id is '编号,由计划与开始时间算出';
comment on column rounds.task.plan_id is '计划';
comment on column rounds.task.community_id is '小区';
comment on column rounds.task.building_id is '楼栋';
comment on column rounds.task.kind_id is '种类';
comment on column rounds.task.route_id is '路线';
comment on column rounds.task.crew_id is '班组';
comment on column rounds.task.starts_at is '可以开始';
comment on column rounds.task.due_at is '应完成';
comment on column rounds.task.miss_at is '过此算漏';
comment on column rounds.task.point_count is '点位数';
comment on column rounds.task.state is '状态:waiting 待执行,doing 进行中,done 已完成,review 待审核,missed 漏检,rejected 不合格,waived 免做,cancelled 已取消';
comment on column rounds.task.route_version is '开始时路线的版本';
comment on column rounds.task.started_at is '开始时间';
comment on column rounds.task.ended_at is '结束时间';
comment on column rounds.task.done_by is '执行人';
comment on column rounds.task.in_time is '按时';
comment on column rounds.task.checked_count is '已查点位数';
comment on column rounds.task.abnormal_count is '异常点位数';
comment on column rounds.task.skip_count is '跳过点位数';
comment on column rounds.task.flags is '可疑之处';
comment on column rounds.task.score_got is '得分';
comment on column rounds.task.score_max is '满分';
comment on column rounds.task.round_no is '第几次做,责令重做加一';
comment on column rounds.task.step_no is '步数';
comment on column rounds.task.late_told_at is '已提醒迟到';
select kernel.ensure_month('rounds.task', m::date) from generate_series(date '2026-01-01', date '2027-06-01', interval '1 month') m;

create table rounds.step (
  company_id bigint not null,
  on_day date not null,
  task_id uuid not null,
  step_no int not null,
  action text not null,
  from_state text not null,
  to_state text not null,
  by_account uuid,
  by_name text not null,
  note text,
  at timestamptz not null,
  primary key (company_id, on_day, task_id, step_no)
) partition by range (on_day);
select kernel.isolate('rounds.step', 'select, insert');
comment on table rounds.step is '任务上由人或时钟做的每一步,只增';
comment on column rounds.step.company_id is '公司';
comment on column rounds.step.on_day is '所属日';
comment on column rounds.step.task_id is '任务';
comment on column rounds.step.step_no is '第几步';
comment on column rounds.step.action is '动作';
comment on column rounds.step.from_state is '原状态';
comment on column rounds.step.to_state is '新状态';
comment on column rounds.step.by_account is '账号,空为系统';
comment on column rounds.step.by_name is '姓名';
comment on column rounds.step.note is '文字';
comment on column rounds.step.at is '时间';
select kernel.ensure_month('rounds.step', m::date) from generate_series(date '2026-01-01', date '2027-06-01', interval '1 month') m;

create table rounds.record (
  company_id bigint not null,
  on_day date not null,
  record_id uuid not null,
  task_id uuid not null,
  round_no int not null,
  stop_no int not null,
  point_id uuid,
  version_id uuid,
  account_id uuid not null,
  by_name text not null,
  device_at timestamptz not null,
  done_at timestamptz not null,
  received_at timestamptz not null,
  device jsonb not null,
  proof text not null check (proof in ('scan','nfc','screen','typed','none')),
  proof_ok boolean not null,
  outcome text not null check (outcome in ('ok','abnormal','skipped')),
  answers jsonb not null,
  note text,
  flags text[] not null default '{}',
  score_got int not null default 0,
  score_max int not null default 0,
  primary key (company_id, on_day, record_id),
  unique (company_id, on_day, task_id, round_no, stop_no)
) partition by range (on_day);
create index record_point on rounds.record (company_id, point_id, done_at desc);
create index record_by on rounds.record (company_id, account_id, received_at desc);
select kernel.isolate('rounds.record', 'select, insert');
comment on table rounds.record is '到点检查:一站一行,编号由手机给出,只增;按月分区';
comment on column rounds.record.company_id is '公司';
comment on column rounds.record.on_day is '任务所属日';
comment on column rounds.record.record_id is '编号,由手机给出';
comment on column rounds.record.task_id is '任务';
comment on column rounds.record.round_no is '第几次做';
comment on column rounds.record.stop_no is '第几站';
comment on column rounds.record.point_id is '点位';
comment on column rounds.record.version_id is '检查表版本';
comment on column rounds.record.account_id is '检查人';
comment on column rounds.record.by_name is '姓名';
comment on column rounds.record.device_at is '手机上的时间';
comment on column rounds.record.done_at is '校正后的时间';
comment on column rounds.record.received_at is '服务器收到的时间';
comment on column rounds.record.device is '手机时钟:本次开机、单调时间、序号、最近对时';
comment on column rounds.record.proof is '到位方式:scan 扫码,nfc 碰卡,screen 动态码,typed 手输,none 没有';
comment on column rounds.record.proof_ok is '到位证明成立';
comment on column rounds.record.outcome is '结果:ok 正常,abnormal 异常,skipped 跳过';
comment on column rounds.record.answers is '各项答案';
comment on column rounds.record.note is '文字';
comment on column rounds.record.flags is '可疑之处';
comment on column rounds.record.score_got is '得分';
comment on column rounds.record.score_max is '满分';
select kernel.ensure_month('rounds.record', m::date) from generate_series(date '2026-01-01', date '2027-06-01', interval '1 month') m;

create table rounds.photo (
  company_id bigint not null,
  record_id uuid not null,
  file_id uuid not null,
  on_day date not null,
  task_id uuid not null,
  part text not null,
  sha256 text not null,
  taken_by uuid not null,
  taken_at timestamptz not null,
  primary key (company_id, record_id, file_id)
);
create index photo_same on rounds.photo (company_id, sha256, taken_at);
create index photo_task on rounds.photo (company_id, task_id);
select kernel.isolate('rounds.photo', 'select, insert');
comment on table rounds.photo is '检查照片,按内容摘要找出重复使用的,只增';
comment on column rounds.photo.company_id is '公司';
comment on column rounds.photo.record_id is '检查';
comment on column rounds.photo.file_id is '文件';
comment on column rounds.photo.on_day is '任务所属日';
comment on column rounds.photo.task_id is '任务';
comment on column rounds.photo.part is '用处:before 整改前,after 整改后,或检查项编号';
comment on column rounds.photo.sha256 is '内容摘要';
comment on column rounds.photo.taken_by is '拍照人';
comment on column rounds.photo.taken_at is '收到时间';

create table rounds.finding (
  company_id bigint not null,
  finding_id uuid not null,
  on_day date not null,
  task_id uuid not null,
  record_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  kind_id uuid not null,
  department text not null,
  place text not null,
  words text not null,
  way text not null check (way in ('fixed','order','deadline')),
  order_id uuid,
  state text not null check (state in ('open','mended','closed')),
  due_at timestamptz,
  points int not null default 0,
  found_by uuid not null,
  found_at timestamptz not null,
  mended_by uuid,
  mended_at timestamptz,
  mend_note text,
  closed_by uuid,
  closed_at timestamptz,
  back_count int not null default 0,
  primary key (company_id, finding_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, kind_id) references rounds.kind
);
create index finding_list on rounds.finding (company_id, community_id, found_at desc);
create index finding_open on rounds.finding (company_id, due_at) where state <> 'closed';
create index finding_kind on rounds.finding (company_id, kind_id);
create index finding_order on rounds.finding (company_id, order_id) where order_id is not null;
create index finding_task on rounds.finding (company_id, task_id);
select kernel.isolate('rounds.finding', 'select, insert, update');
comment on table rounds.finding is '发现的问题:当场整改、转工单,或限期整改后复查';
comment on column rounds.finding.company_id is '公司';
comment on column rounds.finding.finding_id is '编号';
comment on column rounds.finding.on_day is '任务所属日';
comment on column rounds.finding.task_id is '任务';
comment on column rounds.finding.record_id is '检查';
comment on column rounds.finding.community_id is '小区';
comment on column rounds.finding.building_id is '楼栋';
comment on column rounds.finding.kind_id is '种类';
comment on column rounds.finding.department is '责任部门';
comment on column rounds.finding.place is '位置';
comment on column rounds.finding.words is '问题';
comment on column rounds.finding.way is '处理:fixed 当场整改,order 转工单,deadline 限期整改';
comment on column rounds.finding.order_id is '工单';
comment on column rounds.finding.state is 'open 待整改,mended 待复查,closed 已销项';
comment on column rounds.finding.due_at is '整改期限';
comment on column rounds.finding.points is '扣分';
comment on column rounds.finding.found_by is '发现人';
comment on column rounds.finding.found_at is '发现时间';
comment on column rounds.finding.mended_by is '整改人';
comment on column rounds.finding.mended_at is '整改时间';
comment on column rounds.finding.mend_note is '整改说明';
comment on column rounds.finding.closed_by is '复查人';
comment on column rounds.finding.closed_at is '销项时间';
comment on column rounds.finding.back_count is '复查不合格次数';
