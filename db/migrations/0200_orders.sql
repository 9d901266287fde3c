-- Repair orders (报修工单): categories with dated limits, the order and each of its steps, who works on it, what was told when.
create schema orders;
grant usage on schema orders to heyuan_app;
comment on schema orders is '报修工单:分类与时限、工单及每一步、接单人员、提醒';

create table orders.series (
  company_id bigint not null,
  series text not null,
  last_no int not null,
  primary key (company_id, series)
);
select kernel.isolate('orders.series', 'select, insert, update');
comment on table orders.series is '工单编号:每年一行,取号时加一,不跳号';
comment on column orders.series.company_id is '公司';
comment on column orders.series.series is '单据与年份';
comment on column orders.series.last_no is '已用到的号';

create table orders.category (
  company_id bigint not null,
  category_id uuid not null,
  parent_id uuid,
  name text not null,
  place text not null check (place in ('house','public')),
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, category_id),
  foreign key (company_id, parent_id) references orders.category
);
create index category_parent on orders.category (company_id, parent_id);
select kernel.isolate('orders.category', 'select, insert, update');
comment on table orders.category is '报修分类:大类与小类两级,公司自己的数据';
comment on column orders.category.company_id is '公司';
comment on column orders.category.category_id is '编号';
comment on column orders.category.parent_id is '上级分类,空为大类';
comment on column orders.category.name is '名称';
comment on column orders.category.place is '位置:house 户内,public 公共区域';
comment on column orders.category.sort_no is '排序';
comment on column orders.category.retired_at is '停用时间';
comment on column orders.category.changed_by is '修改人,空为出厂';
comment on column orders.category.changed_at is '修改时间';

create table orders.category_rule (
  company_id bigint not null,
  rule_id uuid not null,
  category_id uuid not null,
  from_on date not null,
  urgent boolean not null,
  respond_n int not null check (respond_n between 1 and 999),
  respond_unit text not null check (respond_unit in ('minute','hour','day')),
  finish_n int not null check (finish_n between 1 and 999),
  finish_unit text not null check (finish_unit in ('minute','hour','day')),
  clock text not null check (clock in ('calendar','working')),
  skill text,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, category_id) references orders.category
);
create index category_rule_of on orders.category_rule (company_id, category_id, from_on desc, created_at desc);
select kernel.isolate('orders.category_rule', 'select, insert');
comment on table orders.category_rule is '分类的时限,按日生效,只增';
comment on column orders.category_rule.company_id is '公司';
comment on column orders.category_rule.rule_id is '编号';
comment on column orders.category_rule.category_id is '分类';
comment on column orders.category_rule.from_on is '生效日';
comment on column orders.category_rule.urgent is '紧急';
comment on column orders.category_rule.respond_n is '到场时限';
comment on column orders.category_rule.respond_unit is '到场时限单位';
comment on column orders.category_rule.finish_n is '完工时限';
comment on column orders.category_rule.finish_unit is '完工时限单位';
comment on column orders.category_rule.clock is '计时:calendar 自然时间,working 工作时间';
comment on column orders.category_rule.skill is '所需工种';
comment on column orders.category_rule.created_by is '设置人';
comment on column orders.category_rule.created_at is '设置时间';

create table orders.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  work_from text not null,
  work_to text not null,
  warn_minutes int not null check (warn_minutes between 1 and 1440),
  reopen_days int not null check (reopen_days between 1 and 90),
  hall boolean not null,
  auto_assign boolean not null,
  visit_percent int not null check (visit_percent between 0 and 100),
  visit_below int not null check (visit_below between 0 and 5),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on orders.policy (company_id, from_on desc, created_at desc);
select kernel.isolate('orders.policy', 'select, insert');
comment on table orders.policy is '工单规则:工作时段、提醒、重开、回访,按日生效,只增';
comment on column orders.policy.company_id is '公司';
comment on column orders.policy.policy_id is '编号';
comment on column orders.policy.from_on is '生效日';
comment on column orders.policy.work_from is '上班时刻';
comment on column orders.policy.work_to is '下班时刻';
comment on column orders.policy.warn_minutes is '时限前多少分钟提醒';
comment on column orders.policy.reopen_days is '完工后多少天内可重开,过后自动办结';
comment on column orders.policy.hall is '开放抢单';
comment on column orders.policy.auto_assign is '按规则自动派单';
comment on column orders.policy.visit_percent is '普通报修的回访比例';
comment on column orders.policy.visit_below is '评分不高于此必回访';
comment on column orders.policy.created_by is '设置人';
comment on column orders.policy.created_at is '设置时间';

create table orders.worker (
  company_id bigint not null,
  account_id uuid not null,
  skills text[] not null default '{}',
  building_ids uuid[] not null default '{}',
  weekdays int[] not null default '{}',
  duty_from text,
  duty_to text,
  open_max int not null default 10 check (open_max between 1 and 100),
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, account_id),
  foreign key (company_id, account_id) references identity.member
);
select kernel.isolate('orders.worker', 'select, insert, update');
comment on table orders.worker is '接单人员:工种、责任楼栋、当班时段';
comment on column orders.worker.company_id is '公司';
comment on column orders.worker.account_id is '账号';
comment on column orders.worker.skills is '工种';
comment on column orders.worker.building_ids is '责任楼栋,空为全部';
comment on column orders.worker.weekdays is '当班的星期(1 至 7),空为每天';
comment on column orders.worker.duty_from is '当班起';
comment on column orders.worker.duty_to is '当班止';
comment on column orders.worker.open_max is '手上最多几单';
comment on column orders.worker.changed_by is '修改人';
comment on column orders.worker.changed_at is '修改时间';

create table orders.work_order (
  company_id bigint not null,
  order_id uuid not null,
  no text not null,
  community_id uuid not null,
  building_id uuid,
  house_id uuid,
  area_id uuid,
  place text not null,
  category_id uuid not null,
  urgent boolean not null,
  skill text,
  words text not null,
  source text not null check (source in ('resident','desk','hotline','staff')),
  reporter_phone text,
  reporter_name text,
  person_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  wished_at timestamptz,
  state text not null check (state in ('waiting','assigned','accepted','working','suspended','finished','closed','cancelled','declined')),
  assignee_id uuid,
  assigned_at timestamptz,
  accepted_at timestamptz,
  arrived_at timestamptz,
  suspended_at timestamptz,
  finished_at timestamptz,
  ended_at timestamptz,
  respond_due_at timestamptz not null,
  finish_due_at timestamptz not null,
  round_no int not null default 1,
  rating int check (rating between 1 and 5),
  rating_words text,
  rated_at timestamptz,
  visit_wanted boolean not null default false,
  visited_at timestamptz,
  step_no int not null default 1,
  primary key (company_id, order_id),
  unique (company_id, no),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, category_id) references orders.category,
  check ((assignee_id is null) or state not in ('waiting','declined')),
  check (state not in ('assigned','accepted','working','suspended') or assignee_id is not null)
);
create index work_order_list on orders.work_order (company_id, created_at desc, order_id);
create index work_order_place on orders.work_order (company_id, community_id, created_at desc, order_id);
create index work_order_open on orders.work_order (company_id, state, community_id) where state in ('waiting','assigned','accepted','working','suspended','finished');
create index work_order_assignee on orders.work_order (company_id, assignee_id, created_at desc);
create index work_order_house on orders.work_order (company_id, house_id, created_at desc);
create index work_order_phone on orders.work_order (company_id, reporter_phone, created_at desc);
create index work_order_category on orders.work_order (company_id, category_id, created_at desc);
select kernel.isolate('orders.work_order', 'select, insert, update');
comment on table orders.work_order is '报修工单';
comment on column orders.work_order.company_id is '公司';
comment on column orders.work_order.order_id is '编号';
comment on column orders.work_order.no is '工单号';
comment on column orders.work_order.community_id is '小区';
comment on column orders.work_order.building_id is '楼栋';
comment on column orders.work_order.house_id is '房产';
comment on column orders.work_order.area_id is '公共部位';
comment on column orders.work_order.place is '位置的文字';
comment on column orders.work_order.category_id is '分类';
comment on column orders.work_order.urgent is '紧急';
comment on column orders.work_order.skill is '所需工种';
comment on column orders.work_order.words is '报修内容';
comment on column orders.work_order.source is '来源:resident 业主端,desk 前台,hotline 电话,staff 员工';
comment on column orders.work_order.reporter_phone is '报修人电话';
comment on column orders.work_order.reporter_name is '报修人';
comment on column orders.work_order.person_id is '报修人档案';
comment on column orders.work_order.created_by is '登记人账号';
comment on column orders.work_order.created_at is '报修时间';
comment on column orders.work_order.wished_at is '预约上门时间';
comment on column orders.work_order.state is '状态:waiting 待派单,assigned 待接单,accepted 待上门,working 处理中,suspended 已挂起,finished 待评价,closed 已办结,cancelled 已取消,declined 不受理';
comment on column orders.work_order.assignee_id is '处理人';
comment on column orders.work_order.assigned_at is '派单时间';
comment on column orders.work_order.accepted_at is '接单时间';
comment on column orders.work_order.arrived_at is '到场时间';
comment on column orders.work_order.suspended_at is '挂起时间';
comment on column orders.work_order.finished_at is '完工时间';
comment on column orders.work_order.ended_at is '结束时间';
comment on column orders.work_order.respond_due_at is '到场时限';
comment on column orders.work_order.finish_due_at is '完工时限';
comment on column orders.work_order.round_no is '第几轮,重开加一';
comment on column orders.work_order.rating is '评分';
comment on column orders.work_order.rating_words is '评价';
comment on column orders.work_order.rated_at is '评价时间';
comment on column orders.work_order.visit_wanted is '要回访';
comment on column orders.work_order.visited_at is '回访时间';
comment on column orders.work_order.step_no is '步数,并发时以此为准';

create table orders.step (
  company_id bigint not null,
  order_id uuid not null,
  step_no int not null,
  action text not null,
  from_state text,
  to_state text not null,
  by_kind text not null check (by_kind in ('staff','resident','system')),
  by_account uuid,
  by_name text not null,
  to_account uuid,
  note text,
  detail jsonb not null default '{}',
  at timestamptz not null,
  primary key (company_id, order_id, step_no),
  foreign key (company_id, order_id) references orders.work_order
);
select kernel.isolate('orders.step', 'select, insert');
comment on table orders.step is '工单的每一步,只增';
comment on column orders.step.company_id is '公司';
comment on column orders.step.order_id is '工单';
comment on column orders.step.step_no is '第几步';
comment on column orders.step.action is '动作';
comment on column orders.step.from_state is '原状态';
comment on column orders.step.to_state is '新状态';
comment on column orders.step.by_kind is '谁:staff 员工,resident 业户,system 系统';
comment on column orders.step.by_account is '账号';
comment on column orders.step.by_name is '姓名';
comment on column orders.step.to_account is '派给、转给或求助的人';
comment on column orders.step.note is '文字';
comment on column orders.step.detail is '其他';
comment on column orders.step.at is '时间';

create table orders.photo (
  company_id bigint not null,
  order_id uuid not null,
  file_id uuid not null,
  step_no int not null,
  primary key (company_id, order_id, file_id),
  foreign key (company_id, order_id) references orders.work_order
);
select kernel.isolate('orders.photo', 'select, insert');
comment on table orders.photo is '工单照片:随报修、到场、完工等步骤';
comment on column orders.photo.company_id is '公司';
comment on column orders.photo.order_id is '工单';
comment on column orders.photo.file_id is '文件';
comment on column orders.photo.step_no is '哪一步';

create table orders.helper (
  company_id bigint not null,
  order_id uuid not null,
  account_id uuid not null,
  added_at timestamptz not null,
  primary key (company_id, order_id, account_id),
  foreign key (company_id, order_id) references orders.work_order
);
create index helper_account on orders.helper (company_id, account_id);
select kernel.isolate('orders.helper', 'select, insert, delete');
comment on table orders.helper is '协助人';
comment on column orders.helper.company_id is '公司';
comment on column orders.helper.order_id is '工单';
comment on column orders.helper.account_id is '协助人';
comment on column orders.helper.added_at is '时间';

create table orders.escalation (
  company_id bigint not null,
  order_id uuid not null,
  round_no int not null,
  limit_kind text not null check (limit_kind in ('respond','finish')),
  stage text not null check (stage in ('before','after')),
  due_at timestamptz not null,
  told_at timestamptz not null,
  primary key (company_id, order_id, round_no, limit_kind, stage),
  foreign key (company_id, order_id) references orders.work_order
);
select kernel.isolate('orders.escalation', 'select, insert');
comment on table orders.escalation is '已催过的时限:每轮每种时限前后各一次';
comment on column orders.escalation.company_id is '公司';
comment on column orders.escalation.order_id is '工单';
comment on column orders.escalation.round_no is '轮次';
comment on column orders.escalation.limit_kind is '时限:respond 到场,finish 完工';
comment on column orders.escalation.stage is 'before 之前,after 之后';
comment on column orders.escalation.due_at is '当时的时限';
comment on column orders.escalation.told_at is '提醒时间';
