-- Attendance (HR-02): shifts, teams and rosters, places, punches with both clocks, forgotten punches, months that are confirmed and closed.
create schema attendance;
grant usage on schema attendance to heyuan_app;
comment on schema attendance is '考勤:班次、考勤组、排班、打卡、补卡、月表';

create table attendance.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  early_open_minutes int not null check (early_open_minutes between 0 and 720),
  late_open_minutes int not null check (late_open_minutes between 0 and 720),
  fix_month_max int not null check (fix_month_max between 0 and 62),
  fix_back_days int not null check (fix_back_days between 0 and 62),
  skew_minutes int not null check (skew_minutes between 1 and 60),
  offline_days int not null check (offline_days between 0 and 31),
  out_counts boolean not null,
  missing_counts boolean not null,
  accuracy_max_m int not null check (accuracy_max_m between 10 and 5000),
  overtime_max_minutes int not null check (overtime_max_minutes between 0 and 20000),
  day_minutes int not null check (day_minutes between 60 and 1440),
  run_max_days int not null check (run_max_days between 1 and 31),
  position_keep_days int not null check (position_keep_days between 1 and 366),
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on attendance.policy (company_id, from_on desc, made_at desc);
select kernel.isolate('attendance.policy', 'select, insert');
comment on table attendance.policy is '考勤规则,按生效日,只增';
comment on column attendance.policy.company_id is '公司';
comment on column attendance.policy.policy_id is '编号';
comment on column attendance.policy.from_on is '生效日';
comment on column attendance.policy.early_open_minutes is '上班前几分钟起可打上班卡';
comment on column attendance.policy.late_open_minutes is '下班后几分钟内可打下班卡';
comment on column attendance.policy.fix_month_max is '每月补卡次数上限';
comment on column attendance.policy.fix_back_days is '补几天内的卡';
comment on column attendance.policy.skew_minutes is '手机时间误差(分钟)';
comment on column attendance.policy.offline_days is '断网打卡几天内可上传';
comment on column attendance.policy.out_counts is '不在打卡范围的打卡算数';
comment on column attendance.policy.missing_counts is '缺卡日照计工时';
comment on column attendance.policy.accuracy_max_m is '定位误差超过几米不判断';
comment on column attendance.policy.overtime_max_minutes is '每月加班上限(分钟)';
comment on column attendance.policy.day_minutes is '标准日工时(分钟)';
comment on column attendance.policy.run_max_days is '最多连续上班天数';
comment on column attendance.policy.position_keep_days is '定位和照片保留(天)';
comment on column attendance.policy.basis is '依据';
comment on column attendance.policy.made_by is '登记人账号';
comment on column attendance.policy.made_by_name is '登记人';
comment on column attendance.policy.made_at is '登记时间';

create table attendance.shift (
  company_id bigint not null,
  shift_id uuid not null,
  code text not null check (length(code) between 1 and 4),
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by_name text not null,
  changed_at timestamptz not null,
  primary key (company_id, shift_id),
  unique (company_id, code)
);
select kernel.isolate('attendance.shift', 'select, insert, update');
comment on table attendance.shift is '班次';
comment on column attendance.shift.company_id is '公司';
comment on column attendance.shift.shift_id is '编号';
comment on column attendance.shift.code is '简称,考勤表里显示';
comment on column attendance.shift.sort_no is '排序';
comment on column attendance.shift.retired_at is '停用时间';
comment on column attendance.shift.changed_by_name is '修改人';
comment on column attendance.shift.changed_at is '修改时间';

create table attendance.shift_version (
  company_id bigint not null,
  version_id uuid not null,
  shift_id uuid not null,
  from_on date not null,
  name text not null,
  from_time text not null check (from_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  to_time text not null check (to_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  break_from text check (break_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  break_to text check (break_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  late_grace_minutes int not null check (late_grace_minutes between 0 and 240),
  early_grace_minutes int not null check (early_grace_minutes between 0 and 240),
  absent_after_minutes int check (absent_after_minutes between 1 and 720),
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, version_id),
  check ((break_from is null) = (break_to is null)),
  foreign key (company_id, shift_id) references attendance.shift (company_id, shift_id)
);
create index shift_version_now on attendance.shift_version (company_id, shift_id, from_on desc, made_at desc);
select kernel.isolate('attendance.shift_version', 'select, insert');
comment on table attendance.shift_version is '班次的时间和规则,按生效日,只增';
comment on column attendance.shift_version.company_id is '公司';
comment on column attendance.shift_version.version_id is '编号';
comment on column attendance.shift_version.shift_id is '班次';
comment on column attendance.shift_version.from_on is '生效日';
comment on column attendance.shift_version.name is '名称';
comment on column attendance.shift_version.from_time is '上班';
comment on column attendance.shift_version.to_time is '下班,不晚于上班的为次日';
comment on column attendance.shift_version.break_from is '休息起';
comment on column attendance.shift_version.break_to is '休息止';
comment on column attendance.shift_version.late_grace_minutes is '迟到宽限(分钟)';
comment on column attendance.shift_version.early_grace_minutes is '早退宽限(分钟)';
comment on column attendance.shift_version.absent_after_minutes is '迟到或早退超过几分钟算旷工半天';
comment on column attendance.shift_version.basis is '依据';
comment on column attendance.shift_version.made_by is '登记人账号';
comment on column attendance.shift_version.made_by_name is '登记人';
comment on column attendance.shift_version.made_at is '登记时间';

create table attendance.place (
  company_id bigint not null,
  place_id uuid not null,
  community_id uuid,
  name text not null,
  lat numeric(9,6) not null check (lat between -90 and 90),
  lon numeric(9,6) not null check (lon between -180 and 180),
  radius_m int not null check (radius_m between 20 and 5000),
  retired_at timestamptz,
  changed_by_name text not null,
  changed_at timestamptz not null,
  primary key (company_id, place_id),
  unique (company_id, name),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index place_community on attendance.place (company_id, community_id);
select kernel.isolate('attendance.place', 'select, insert, update');
comment on table attendance.place is '打卡地点';
comment on column attendance.place.company_id is '公司';
comment on column attendance.place.place_id is '编号';
comment on column attendance.place.community_id is '小区,空为公司本部';
comment on column attendance.place.name is '名称';
comment on column attendance.place.lat is '纬度';
comment on column attendance.place.lon is '经度';
comment on column attendance.place.radius_m is '范围(米)';
comment on column attendance.place.retired_at is '停用时间';
comment on column attendance.place.changed_by_name is '修改人';
comment on column attendance.place.changed_at is '修改时间';

create table attendance.team (
  company_id bigint not null,
  team_id uuid not null,
  community_id uuid,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, team_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index team_community on attendance.team (company_id, community_id);
select kernel.isolate('attendance.team', 'select, insert, update');
comment on table attendance.team is '考勤组';
comment on column attendance.team.company_id is '公司';
comment on column attendance.team.team_id is '编号';
comment on column attendance.team.community_id is '小区,空为公司本部';
comment on column attendance.team.sort_no is '排序';
comment on column attendance.team.retired_at is '停用时间';
comment on column attendance.team.created_at is '建立时间';

create table attendance.team_version (
  company_id bigint not null,
  version_id uuid not null,
  team_id uuid not null,
  from_on date not null,
  name text not null,
  hours text not null check (hours in ('standard','comprehensive','flexible')),
  permit text,
  place_ids uuid[] not null check (cardinality(place_ids) <= 20),
  doors boolean not null,
  photo boolean not null,
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, version_id),
  check (hours = 'standard' or permit is not null),
  foreign key (company_id, team_id) references attendance.team (company_id, team_id)
);
create index team_version_now on attendance.team_version (company_id, team_id, from_on desc, made_at desc);
select kernel.isolate('attendance.team_version', 'select, insert');
comment on table attendance.team_version is '考勤组的名称、工时制和打卡方式,按生效日,只增';
comment on column attendance.team_version.company_id is '公司';
comment on column attendance.team_version.version_id is '编号';
comment on column attendance.team_version.team_id is '考勤组';
comment on column attendance.team_version.from_on is '生效日';
comment on column attendance.team_version.name is '名称';
comment on column attendance.team_version.hours is '工时制:standard 标准,comprehensive 综合计算,flexible 不定时';
comment on column attendance.team_version.permit is '综合计算或不定时工时的批准文号';
comment on column attendance.team_version.place_ids is '打卡地点,空为不限地点';
comment on column attendance.team_version.doors is '门禁通行算打卡';
comment on column attendance.team_version.photo is '打卡须拍照';
comment on column attendance.team_version.basis is '依据';
comment on column attendance.team_version.made_by is '登记人账号';
comment on column attendance.team_version.made_by_name is '登记人';
comment on column attendance.team_version.made_at is '登记时间';

create table attendance.member (
  company_id bigint not null,
  member_id uuid not null,
  team_id uuid not null,
  employee_id uuid not null,
  from_on date not null,
  to_on date,
  ended_by_name text,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, member_id),
  check (to_on is null or to_on >= from_on),
  foreign key (company_id, team_id) references attendance.team (company_id, team_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  constraint member_once exclude using gist (company_id with =, employee_id with =, daterange(from_on, to_on, '[]') with &&)
);
create index member_team on attendance.member (company_id, team_id, from_on);
create index member_employee on attendance.member (company_id, employee_id, from_on desc);
select kernel.isolate('attendance.member', 'select, insert, update, delete');
comment on table attendance.member is '谁从哪天到哪天在哪个考勤组,同一天只在一组';
comment on column attendance.member.company_id is '公司';
comment on column attendance.member.member_id is '编号';
comment on column attendance.member.team_id is '考勤组';
comment on column attendance.member.employee_id is '员工';
comment on column attendance.member.from_on is '起';
comment on column attendance.member.to_on is '止(含)';
comment on column attendance.member.ended_by_name is '移出人';
comment on column attendance.member.made_by is '登记人账号';
comment on column attendance.member.made_by_name is '登记人';
comment on column attendance.member.made_at is '登记时间';

create table attendance.calendar_day (
  company_id bigint not null,
  entry_id uuid not null,
  on_day date not null,
  kind text not null check (kind in ('holiday','rest','work','plain')),
  name text not null,
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, entry_id)
);
create index calendar_day_now on attendance.calendar_day (company_id, on_day, made_at desc);
select kernel.isolate('attendance.calendar_day', 'select, insert');
comment on table attendance.calendar_day is '放假安排,某天用的是最后登记的一条';
comment on column attendance.calendar_day.company_id is '公司';
comment on column attendance.calendar_day.entry_id is '编号';
comment on column attendance.calendar_day.on_day is '日期';
comment on column attendance.calendar_day.kind is 'holiday 法定节假日,rest 放假或调休,work 调休上班,plain 取消安排';
comment on column attendance.calendar_day.name is '名称';
comment on column attendance.calendar_day.basis is '依据';
comment on column attendance.calendar_day.made_by is '登记人账号';
comment on column attendance.calendar_day.made_by_name is '登记人';
comment on column attendance.calendar_day.made_at is '登记时间';

create table attendance.roster (
  company_id bigint not null,
  employee_id uuid not null,
  on_day date not null,
  shift_id uuid,
  how text not null check (how in ('hand','rule','copy')),
  reason text,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, employee_id, on_day),
  foreign key (company_id, shift_id) references attendance.shift (company_id, shift_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id)
);
create index roster_shift on attendance.roster (company_id, shift_id);
create index roster_day on attendance.roster (company_id, on_day);
select kernel.isolate('attendance.roster', 'select, insert, update, delete');
comment on table attendance.roster is '排班:每人每天一格';
comment on column attendance.roster.company_id is '公司';
comment on column attendance.roster.employee_id is '员工';
comment on column attendance.roster.on_day is '日期';
comment on column attendance.roster.shift_id is '班次,空为休息';
comment on column attendance.roster.how is '怎样排的:hand 手工,rule 按规律,copy 复制';
comment on column attendance.roster.reason is '补排或改过去的原因';
comment on column attendance.roster.made_by is '登记人账号';
comment on column attendance.roster.made_by_name is '登记人';
comment on column attendance.roster.made_at is '登记时间';

create table attendance.punch (
  company_id bigint not null,
  punch_id uuid not null,
  employee_id uuid not null,
  at timestamptz not null,
  way text not null check (way in ('phone','door')),
  which text check (which in ('in','out')),
  device_at timestamptz,
  received_at timestamptz not null,
  clock text not null check (clock in ('server','moved','doubt','door')),
  place_id uuid,
  place_state text not null check (place_state in ('in','out','unknown','free','door')),
  place_name text,
  lat numeric(9,6),
  lon numeric(9,6),
  accuracy_m int check (accuracy_m between 0 and 100000),
  distance_m int,
  community_id uuid,
  file_id uuid,
  passage_id uuid,
  cleared_at timestamptz,
  primary key (company_id, punch_id),
  unique (company_id, passage_id),
  check ((way = 'phone') = (which is not null)),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index punch_employee on attendance.punch (company_id, employee_id, at desc);
create index punch_list on attendance.punch (company_id, at desc, punch_id);
create index punch_community on attendance.punch (company_id, community_id, at desc);
create index punch_keep on attendance.punch (company_id, at) where cleared_at is null and (lat is not null or file_id is not null);
select kernel.isolate('attendance.punch', 'select, insert, update');
comment on table attendance.punch is '打卡,只增;定位和照片到期删除';
comment on column attendance.punch.company_id is '公司';
comment on column attendance.punch.punch_id is '编号';
comment on column attendance.punch.employee_id is '员工';
comment on column attendance.punch.at is '计入的时间';
comment on column attendance.punch.way is 'phone 手机,door 门禁';
comment on column attendance.punch.which is 'in 上班,out 下班;门禁不分';
comment on column attendance.punch.device_at is '手机时间';
comment on column attendance.punch.received_at is '收到时间';
comment on column attendance.punch.clock is '时间依据:server 服务器,moved 断网按手机推算,doubt 手机时间可疑,door 控制器';
comment on column attendance.punch.place_id is '打卡地点';
comment on column attendance.punch.place_state is 'in 范围内,out 范围外,unknown 无法判断,free 不限地点,door 门禁';
comment on column attendance.punch.place_name is '地点或门';
comment on column attendance.punch.lat is '纬度';
comment on column attendance.punch.lon is '经度';
comment on column attendance.punch.accuracy_m is '定位误差(米)';
comment on column attendance.punch.distance_m is '离地点(米)';
comment on column attendance.punch.community_id is '当时所在小区,空为公司本部';
comment on column attendance.punch.file_id is '照片';
comment on column attendance.punch.passage_id is '门禁通行';
comment on column attendance.punch.cleared_at is '定位和照片删除时间';

create table attendance.fix (
  company_id bigint not null,
  fix_id uuid not null,
  employee_id uuid not null,
  community_id uuid,
  on_day date not null,
  which text not null check (which in ('in','out')),
  at timestamptz not null,
  reason text not null,
  state text not null check (state in ('asked','agreed','refused','withdrawn')),
  approval_id uuid not null,
  asked_by uuid not null,
  asked_by_name text not null,
  asked_at timestamptz not null,
  decided_at timestamptz,
  primary key (company_id, fix_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index fix_once on attendance.fix (company_id, employee_id, on_day, which) where state in ('asked','agreed');
create index fix_list on attendance.fix (company_id, on_day desc, fix_id);
create index fix_community on attendance.fix (company_id, community_id);
create index fix_employee on attendance.fix (company_id, employee_id, on_day desc);
select kernel.isolate('attendance.fix', 'select, insert, update');
comment on table attendance.fix is '补卡申请';
comment on column attendance.fix.company_id is '公司';
comment on column attendance.fix.fix_id is '编号';
comment on column attendance.fix.employee_id is '员工';
comment on column attendance.fix.community_id is '申请时所在小区,空为公司本部';
comment on column attendance.fix.on_day is '哪天的班';
comment on column attendance.fix.which is 'in 上班,out 下班';
comment on column attendance.fix.at is '实际时间';
comment on column attendance.fix.reason is '原因';
comment on column attendance.fix.state is '状态';
comment on column attendance.fix.approval_id is '审批';
comment on column attendance.fix.asked_by is '申请人账号';
comment on column attendance.fix.asked_by_name is '申请人';
comment on column attendance.fix.asked_at is '申请时间';
comment on column attendance.fix.decided_at is '批复时间';

create table attendance.month (
  company_id bigint not null,
  month_id uuid not null,
  community_id uuid,
  month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  state text not null check (state in ('open','issued','closed')),
  close_no int not null check (close_no >= 0),
  changed_at timestamptz not null,
  primary key (company_id, month_id),
  unique nulls not distinct (company_id, community_id, month),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index month_list on attendance.month (company_id, month desc);
select kernel.isolate('attendance.month', 'select, insert, update');
comment on table attendance.month is '一个小区一个月的考勤:编制、发员工确认、关账';
comment on column attendance.month.company_id is '公司';
comment on column attendance.month.month_id is '编号';
comment on column attendance.month.community_id is '小区,空为公司本部';
comment on column attendance.month.month is '月份';
comment on column attendance.month.state is 'open 编制中,issued 已发确认,closed 已关账';
comment on column attendance.month.close_no is '第几次关账';
comment on column attendance.month.changed_at is '修改时间';

create table attendance.month_event (
  company_id bigint not null,
  event_id uuid not null,
  month_id uuid not null,
  what text not null check (what in ('issued','closed','reopened')),
  note text,
  people_count int not null,
  unconfirmed_count int not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, event_id),
  foreign key (company_id, month_id) references attendance.month (company_id, month_id)
);
create index month_event_of on attendance.month_event (company_id, month_id, made_at);
select kernel.isolate('attendance.month_event', 'select, insert');
comment on table attendance.month_event is '月表的办理记录,只增';
comment on column attendance.month_event.company_id is '公司';
comment on column attendance.month_event.event_id is '编号';
comment on column attendance.month_event.month_id is '月表';
comment on column attendance.month_event.what is 'issued 发确认,closed 关账,reopened 重新打开';
comment on column attendance.month_event.note is '说明';
comment on column attendance.month_event.people_count is '人数';
comment on column attendance.month_event.unconfirmed_count is '当时未确认人数';
comment on column attendance.month_event.made_by is '登记人账号';
comment on column attendance.month_event.made_by_name is '登记人';
comment on column attendance.month_event.made_at is '登记时间';

create table attendance.month_row (
  company_id bigint not null,
  month_id uuid not null,
  close_no int not null,
  employee_id uuid not null,
  row jsonb not null,
  digest text not null,
  primary key (company_id, month_id, close_no, employee_id),
  foreign key (company_id, month_id) references attendance.month (company_id, month_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id)
);
create index month_row_employee on attendance.month_row (company_id, employee_id);
select kernel.isolate('attendance.month_row', 'select, insert');
comment on table attendance.month_row is '关账时每人的考勤,只增';
comment on column attendance.month_row.company_id is '公司';
comment on column attendance.month_row.month_id is '月表';
comment on column attendance.month_row.close_no is '第几次关账';
comment on column attendance.month_row.employee_id is '员工';
comment on column attendance.month_row.row is '一行:逐日和合计';
comment on column attendance.month_row.digest is '内容摘要';

create table attendance.confirmation (
  company_id bigint not null,
  confirmation_id uuid not null,
  employee_id uuid not null,
  month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  digest text not null,
  state text not null check (state in ('confirmed','objected')),
  words text,
  at timestamptz not null,
  primary key (company_id, confirmation_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id)
);
create index confirmation_of on attendance.confirmation (company_id, employee_id, month, at desc);
select kernel.isolate('attendance.confirmation', 'select, insert');
comment on table attendance.confirmation is '员工对月表的确认或异议,最后一条为准,只增';
comment on column attendance.confirmation.company_id is '公司';
comment on column attendance.confirmation.confirmation_id is '编号';
comment on column attendance.confirmation.employee_id is '员工';
comment on column attendance.confirmation.month is '月份';
comment on column attendance.confirmation.digest is '所见内容的摘要';
comment on column attendance.confirmation.state is 'confirmed 确认,objected 有异议';
comment on column attendance.confirmation.words is '异议';
comment on column attendance.confirmation.at is '时间';

create table attendance.adjustment (
  company_id bigint not null,
  adjustment_id uuid not null,
  employee_id uuid not null,
  month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  of_day date not null,
  item text not null check (item in ('work_minutes','late_minutes','early_minutes','absent_halves','overtime_work','overtime_rest','overtime_holiday')),
  change int not null check (change <> 0 and change between -20000 and 20000),
  reason text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, adjustment_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id)
);
create index adjustment_of on attendance.adjustment (company_id, month, employee_id);
create index adjustment_employee on attendance.adjustment (company_id, employee_id);
select kernel.isolate('attendance.adjustment', 'select, insert');
comment on table attendance.adjustment is '更正:计入一个未关账的月份,只增';
comment on column attendance.adjustment.company_id is '公司';
comment on column attendance.adjustment.adjustment_id is '编号';
comment on column attendance.adjustment.employee_id is '员工';
comment on column attendance.adjustment.month is '计入的月份';
comment on column attendance.adjustment.of_day is '更正的是哪天';
comment on column attendance.adjustment.item is '项目';
comment on column attendance.adjustment.change is '增减:分钟或半天';
comment on column attendance.adjustment.reason is '原因';
comment on column attendance.adjustment.made_by is '登记人账号';
comment on column attendance.adjustment.made_by_name is '登记人';
comment on column attendance.adjustment.made_at is '登记时间';
