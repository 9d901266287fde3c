-- Customer service (客服), first part: complaints and suggestions from whoever brings them, each step of them, return visits, transfers of the
-- city hotline. Nothing of a row of an unnamed reporter says who he is: no account, phone, person or house, and the code to follow is kept as a hash.
create schema care;
grant usage on schema care to heyuan_app;
comment on schema care is '客户服务:投诉建议、来电来访、服务申请、满意度调查';

create table care.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  warn_hours int not null check (warn_hours between 1 and 240),
  visit_days int not null check (visit_days between 1 and 60),
  visit_tries int not null check (visit_tries between 1 and 10),
  reopen_days int not null check (reopen_days between 1 and 180),
  satisfied_from int not null check (satisfied_from between 1 and 5),
  goal_percent int not null check (goal_percent between 0 and 100),
  unnamed_open boolean not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on care.policy (company_id, from_on desc, created_at desc);
select kernel.isolate('care.policy', 'select, insert');
comment on table care.policy is '投诉规则:提醒、回访、重开,按日生效,只增';
comment on column care.policy.company_id is '公司';
comment on column care.policy.policy_id is '编号';
comment on column care.policy.from_on is '生效日';
comment on column care.policy.warn_hours is '时限前多少小时提醒';
comment on column care.policy.visit_days is '答复后多少天内回访';
comment on column care.policy.visit_tries is '联系不上几次后可以办结';
comment on column care.policy.reopen_days is '答复后多少天内可重开';
comment on column care.policy.satisfied_from is '几分以上算满意';
comment on column care.policy.goal_percent is '满意率目标';
comment on column care.policy.unnamed_open is '开放匿名投诉';
comment on column care.policy.created_by is '设置人';
comment on column care.policy.created_at is '设置时间';


create table care.department (
  company_id bigint not null,
  department_id uuid not null,
  name text not null,
  sort_no int not null default 0,
  account_ids uuid[] not null default '{}',
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, department_id)
);
select kernel.isolate('care.department', 'select, insert, update');
comment on table care.department is '处理部门:投诉派给它,成员都可受理';
comment on column care.department.company_id is '公司';
comment on column care.department.department_id is '编号';
comment on column care.department.name is '名称';
comment on column care.department.sort_no is '排序';
comment on column care.department.account_ids is '成员账号';
comment on column care.department.retired_at is '停用时间';
comment on column care.department.changed_by is '修改人,空为出厂';
comment on column care.department.changed_at is '修改时间';


create table care.kind (
  company_id bigint not null,
  kind_id uuid not null,
  nature text not null check (nature in ('complaint','suggestion','praise')),
  name text not null,
  pauses boolean not null,
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, kind_id)
);
select kernel.isolate('care.kind', 'select, insert, update');
comment on table care.kind is '投诉建议类别,公司自己的数据';
comment on column care.kind.company_id is '公司';
comment on column care.kind.kind_id is '编号';
comment on column care.kind.nature is '性质:complaint 投诉,suggestion 建议,praise 表扬';
comment on column care.kind.name is '名称';
comment on column care.kind.pauses is '未办结时暂停该户催缴';
comment on column care.kind.sort_no is '排序';
comment on column care.kind.retired_at is '停用时间';
comment on column care.kind.changed_by is '修改人,空为出厂';
comment on column care.kind.changed_at is '修改时间';


create table care.kind_rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind_id uuid not null,
  from_on date not null,
  accept_n int not null check (accept_n between 1 and 999),
  accept_unit text not null check (accept_unit in ('minute','hour','day')),
  answer_n int not null check (answer_n between 1 and 999),
  answer_unit text not null check (answer_unit in ('minute','hour','day')),
  clock text not null check (clock in ('calendar','working')),
  department_id uuid,
  visit boolean not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, kind_id) references care.kind (company_id, kind_id),
  foreign key (company_id, department_id) references care.department (company_id, department_id)
);
create index kind_rule_of on care.kind_rule (company_id, kind_id, from_on desc, created_at desc);
create index kind_rule_department on care.kind_rule (company_id, department_id);
select kernel.isolate('care.kind_rule', 'select, insert');
comment on table care.kind_rule is '类别的时限与默认部门,按日生效,只增';
comment on column care.kind_rule.company_id is '公司';
comment on column care.kind_rule.rule_id is '编号';
comment on column care.kind_rule.kind_id is '类别';
comment on column care.kind_rule.from_on is '生效日';
comment on column care.kind_rule.accept_n is '受理时限';
comment on column care.kind_rule.accept_unit is '受理时限单位';
comment on column care.kind_rule.answer_n is '答复时限';
comment on column care.kind_rule.answer_unit is '答复时限单位';
comment on column care.kind_rule.clock is '计时:calendar 自然时间,working 工作时间';
comment on column care.kind_rule.department_id is '登记后直接派给的部门,空为待分派';
comment on column care.kind_rule.visit is '答复后必须回访';
comment on column care.kind_rule.created_by is '设置人,空为出厂';
comment on column care.kind_rule.created_at is '设置时间';


create table care.cause (
  company_id bigint not null,
  cause_id uuid not null,
  name text not null,
  from_on date not null,
  to_on date check (to_on > from_on),
  sort_no int not null default 0,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, cause_id)
);
select kernel.isolate('care.cause', 'select, insert, update');
comment on table care.cause is '投诉原因,答复时选定,统计用;有起止日';
comment on column care.cause.company_id is '公司';
comment on column care.cause.cause_id is '编号';
comment on column care.cause.name is '名称';
comment on column care.cause.from_on is '启用日';
comment on column care.cause.to_on is '停用日(不含),空为在用';
comment on column care.cause.sort_no is '排序';
comment on column care.cause.changed_by is '修改人,空为出厂';
comment on column care.cause.changed_at is '修改时间';


create table care.series (
  company_id bigint not null,
  series text not null,
  last_no bigint not null,
  primary key (company_id, series)
);
select kernel.isolate('care.series', 'select, insert, update');
comment on table care.series is '编号序列';
comment on column care.series.company_id is '公司';
comment on column care.series.series is '序列';
comment on column care.series.last_no is '最后一个号';


create table care.complaint (
  company_id bigint not null,
  complaint_id uuid not null,
  no text not null,
  kind_id uuid not null,
  source text not null check (source in ('app','counter','phone','wechat','letter','box','city_hotline','street','other')),
  unnamed boolean not null,
  community_id uuid not null,
  building_id uuid,
  house_id uuid,
  place text,
  words text not null,
  reporter_name text,
  reporter_phone text,
  person_id uuid,
  follow_hash text,
  created_by uuid,
  created_at timestamptz not null,
  state text not null check (state in ('new','assigned','handling','answered','closed','merged','withdrawn','rejected')),
  department_id uuid,
  assignee_id uuid,
  accept_due_at timestamptz not null,
  answer_due_at timestamptz not null,
  visit_due_at timestamptz,
  accepted_at timestamptz,
  answered_at timestamptz,
  answer text,
  answered_by uuid,
  cause_id uuid,
  visit_wanted boolean not null default false,
  visited_at timestamptz,
  visit_tries int not null default 0,
  satisfaction int check (satisfaction between 1 and 5),
  satisfied boolean,
  rated_at timestamptz,
  closed_at timestamptz,
  merged_into_id uuid,
  round_no int not null default 1,
  step_no int not null default 1,
  primary key (company_id, complaint_id),
  unique (company_id, no),
  unique (company_id, follow_hash),
  foreign key (company_id, kind_id) references care.kind (company_id, kind_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, person_id) references people.person (company_id, person_id),
  foreign key (company_id, department_id) references care.department (company_id, department_id),
  foreign key (company_id, cause_id) references care.cause (company_id, cause_id),
  foreign key (company_id, merged_into_id) references care.complaint (company_id, complaint_id),
  check (not unnamed or (reporter_name is null and reporter_phone is null and person_id is null and house_id is null)),
  check (not (unnamed and source = 'app') or (created_by is null and follow_hash is not null)),
  check ((state = 'merged') = (merged_into_id is not null)),
  check (state <> 'new' or (assignee_id is null and department_id is null)),
  check (state not in ('handling','answered') or assignee_id is not null),
  check (state <> 'answered' or (answer is not null and cause_id is not null and answered_at is not null))
);
create index complaint_list on care.complaint (company_id, created_at desc, complaint_id);
create index complaint_open on care.complaint (company_id, community_id, answer_due_at) where state in ('new','assigned','handling');
create index complaint_waits on care.complaint (company_id, answered_at) where state = 'answered';
create index complaint_community on care.complaint (company_id, community_id, created_at desc);
create index complaint_building on care.complaint (company_id, building_id, created_at desc);
create index complaint_house on care.complaint (company_id, house_id, created_at desc);
create index complaint_person on care.complaint (company_id, person_id);
create index complaint_phone on care.complaint (company_id, reporter_phone, created_at desc);
create index complaint_assignee on care.complaint (company_id, assignee_id, state);
create index complaint_department on care.complaint (company_id, department_id, state);
create index complaint_kind on care.complaint (company_id, kind_id);
create index complaint_cause on care.complaint (company_id, cause_id);
create index complaint_merged on care.complaint (company_id, merged_into_id);
select kernel.isolate('care.complaint', 'select, insert, update');
comment on table care.complaint is '投诉、建议与表扬';
comment on column care.complaint.company_id is '公司';
comment on column care.complaint.complaint_id is '编号';
comment on column care.complaint.no is '受理编号';
comment on column care.complaint.kind_id is '类别';
comment on column care.complaint.source is '来源:app 业主端,counter 前台,phone 电话,wechat 微信,letter 信函,box 意见箱,city_hotline 12345 热线,street 街道社区,other 其他';
comment on column care.complaint.unnamed is '匿名:没有任何一列记录是谁';
comment on column care.complaint.community_id is '小区';
comment on column care.complaint.building_id is '楼栋';
comment on column care.complaint.house_id is '房产';
comment on column care.complaint.place is '地点';
comment on column care.complaint.words is '内容';
comment on column care.complaint.reporter_name is '反映人';
comment on column care.complaint.reporter_phone is '联系电话';
comment on column care.complaint.person_id is '反映人档案';
comment on column care.complaint.follow_hash is '匿名查询码的摘要';
comment on column care.complaint.created_by is '登记人账号,匿名的为空';
comment on column care.complaint.created_at is '登记时间';
comment on column care.complaint.state is '状态:new 待分派,assigned 待受理,handling 处理中,answered 已答复,closed 已办结,merged 已并入,withdrawn 已撤回,rejected 不受理';
comment on column care.complaint.department_id is '责任部门';
comment on column care.complaint.assignee_id is '处理人';
comment on column care.complaint.accept_due_at is '受理时限';
comment on column care.complaint.answer_due_at is '答复时限';
comment on column care.complaint.visit_due_at is '回访时限';
comment on column care.complaint.accepted_at is '受理时间';
comment on column care.complaint.answered_at is '答复时间';
comment on column care.complaint.answer is '答复';
comment on column care.complaint.answered_by is '答复人';
comment on column care.complaint.cause_id is '原因';
comment on column care.complaint.visit_wanted is '应回访';
comment on column care.complaint.visited_at is '回访时间';
comment on column care.complaint.visit_tries is '没有联系上的次数';
comment on column care.complaint.satisfaction is '满意程度,最后一次评价或回访';
comment on column care.complaint.satisfied is '满意,按当时规则';
comment on column care.complaint.rated_at is '业户评价时间';
comment on column care.complaint.closed_at is '结束时间';
comment on column care.complaint.merged_into_id is '并入哪一件';
comment on column care.complaint.round_no is '轮次,重开加一';
comment on column care.complaint.step_no is '步数,并发时以此为准';


create table care.step (
  company_id bigint not null,
  complaint_id uuid not null,
  step_no int not null,
  action text not null,
  from_state text,
  to_state text not null,
  by_kind text not null check (by_kind in ('staff','resident','system')),
  by_account uuid,
  by_name text not null,
  to_name text,
  note text,
  detail jsonb not null default '{}',
  at timestamptz not null,
  primary key (company_id, complaint_id, step_no),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id)
);
select kernel.isolate('care.step', 'select, insert');
comment on table care.step is '投诉的每一步,只增';
comment on column care.step.company_id is '公司';
comment on column care.step.complaint_id is '投诉';
comment on column care.step.step_no is '第几步';
comment on column care.step.action is '动作';
comment on column care.step.from_state is '之前的状态';
comment on column care.step.to_state is '之后的状态';
comment on column care.step.by_kind is '谁:staff 员工,resident 业户,system 系统';
comment on column care.step.by_account is '账号,匿名业户与系统为空';
comment on column care.step.by_name is '姓名';
comment on column care.step.to_name is '派给谁';
comment on column care.step.note is '说明';
comment on column care.step.detail is '其他内容';
comment on column care.step.at is '时间';


create table care.photo (
  company_id bigint not null,
  complaint_id uuid not null,
  file_id uuid not null,
  step_no int not null,
  primary key (company_id, complaint_id, file_id),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id)
);
select kernel.isolate('care.photo', 'select, insert');
comment on table care.photo is '投诉照片与答复凭证:随步骤';
comment on column care.photo.company_id is '公司';
comment on column care.photo.complaint_id is '投诉';
comment on column care.photo.file_id is '文件';
comment on column care.photo.step_no is '哪一步';


create table care.visit (
  company_id bigint not null,
  visit_id uuid not null,
  complaint_id uuid not null,
  round_no int not null,
  way text not null check (way in ('phone','door','message')),
  reached boolean not null,
  satisfaction int check (satisfaction between 1 and 5),
  solved boolean,
  words text,
  visited_by uuid not null,
  visited_at timestamptz not null,
  primary key (company_id, visit_id),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id),
  check (reached = (solved is not null) and reached = (satisfaction is not null))
);
create index visit_of on care.visit (company_id, complaint_id, visited_at);
select kernel.isolate('care.visit', 'select, insert');
comment on table care.visit is '回访记录,只增';
comment on column care.visit.company_id is '公司';
comment on column care.visit.visit_id is '编号';
comment on column care.visit.complaint_id is '投诉';
comment on column care.visit.round_no is '轮次';
comment on column care.visit.way is '方式:phone 电话,door 上门,message 消息';
comment on column care.visit.reached is '联系上了';
comment on column care.visit.satisfaction is '满意程度';
comment on column care.visit.solved is '问题解决了';
comment on column care.visit.words is '业户的话';
comment on column care.visit.visited_by is '回访人';
comment on column care.visit.visited_at is '回访时间';


create table care.escalation (
  company_id bigint not null,
  complaint_id uuid not null,
  round_no int not null,
  limit_kind text not null check (limit_kind in ('accept','answer','visit','outside')),
  stage text not null check (stage in ('before','after')),
  due_at timestamptz not null,
  told_at timestamptz not null,
  primary key (company_id, complaint_id, round_no, limit_kind, stage, due_at),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id)
);
select kernel.isolate('care.escalation', 'select, insert');
comment on table care.escalation is '已提醒过的时限:每轮每种时限前后各一次';
comment on column care.escalation.company_id is '公司';
comment on column care.escalation.complaint_id is '投诉';
comment on column care.escalation.round_no is '轮次';
comment on column care.escalation.limit_kind is '时限:accept 受理,answer 答复,visit 回访,outside 来文期限';
comment on column care.escalation.stage is 'before 之前,after 之后';
comment on column care.escalation.due_at is '当时的时限';
comment on column care.escalation.told_at is '提醒时间';


create table care.complaint_order (
  company_id bigint not null,
  complaint_id uuid not null,
  order_id uuid not null,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, complaint_id, order_id),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id),
  foreign key (company_id, order_id) references orders.work_order (company_id, order_id)
);
create index complaint_order_order on care.complaint_order (company_id, order_id);
select kernel.isolate('care.complaint_order', 'select, insert');
comment on table care.complaint_order is '由投诉派生的维修工单';
comment on column care.complaint_order.company_id is '公司';
comment on column care.complaint_order.complaint_id is '投诉';
comment on column care.complaint_order.order_id is '工单';
comment on column care.complaint_order.made_by is '派生人';
comment on column care.complaint_order.made_at is '时间';


create table care.outside (
  company_id bigint not null,
  complaint_id uuid not null,
  channel text not null check (channel in ('city_hotline','street','other')),
  outside_no text not null,
  sender text not null,
  sent_at timestamptz not null,
  due_at timestamptz not null,
  first_due_at timestamptz not null,
  extend_paper text,
  contacted_at timestamptz,
  reply text,
  replied_at timestamptz,
  replied_by uuid,
  caller_satisfied text check (caller_satisfied in ('satisfied','basic','unsatisfied','unknown')),
  caller_solved boolean,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, complaint_id),
  unique (company_id, channel, outside_no),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id),
  check ((replied_at is null) = (reply is null) and (replied_at is null) = (replied_by is null))
);
create index outside_due on care.outside (company_id, due_at) where replied_at is null;
select kernel.isolate('care.outside', 'select, insert, update');
comment on table care.outside is '12345 热线与街道转办:来文编号、期限与回复';
comment on column care.outside.company_id is '公司';
comment on column care.outside.complaint_id is '投诉';
comment on column care.outside.channel is '来源:city_hotline 12345 热线,street 街道社区,other 其他部门';
comment on column care.outside.outside_no is '来文编号';
comment on column care.outside.sender is '转办单位';
comment on column care.outside.sent_at is '来文时间';
comment on column care.outside.due_at is '来文要求的回复期限';
comment on column care.outside.first_due_at is '延期前的期限';
comment on column care.outside.extend_paper is '同意延期的凭据';
comment on column care.outside.contacted_at is '首次联系诉求人的时间';
comment on column care.outside.reply is '回复来文单位的内容';
comment on column care.outside.replied_at is '回复时间';
comment on column care.outside.replied_by is '回复人';
comment on column care.outside.caller_satisfied is '诉求人满意程度:satisfied 满意,basic 基本满意,unsatisfied 不满意,unknown 未评价';
comment on column care.outside.caller_solved is '诉求人认可已解决';
comment on column care.outside.changed_by is '修改人';
comment on column care.outside.changed_at is '修改时间';
