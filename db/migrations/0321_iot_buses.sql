-- Buses at work: what each slave answers, what a person asks of a bus, and remote reading of meters into the readings of the month.

create table iot.bus_state (
  company_id bigint not null,
  bus_id uuid not null,
  line text not null check (line in ('open','closed')),
  line_why text,
  waiting_count int not null,
  figures jsonb not null,
  frames jsonb not null,
  changed_at timestamptz not null,
  primary key (company_id, bus_id),
  foreign key (company_id, bus_id) references iot.bus
);
select kernel.isolate('iot.bus_state', 'select, insert, update');
comment on table iot.bus_state is '总线现状:线路、各地址的统计、最近的报文,由网关进程写入';
comment on column iot.bus_state.company_id is '公司';
comment on column iot.bus_state.bus_id is '总线';
comment on column iot.bus_state.line is '线路:open 连通,closed 断开';
comment on column iot.bus_state.line_why is '断开的原因';
comment on column iot.bus_state.waiting_count is '排队的问答';
comment on column iot.bus_state.figures is '各地址:应答、超时、错帧、迟到、耗时';
comment on column iot.bus_state.frames is '最近的报文';
comment on column iot.bus_state.changed_at is '写入时间';

create table iot.bus_task (
  company_id bigint not null,
  task_id uuid not null,
  bus_id uuid not null,
  ask jsonb not null,
  state text not null check (state in ('waiting','running','done','failed')),
  result jsonb,
  made_by uuid,
  made_at timestamptz not null,
  ended_at timestamptz,
  primary key (company_id, task_id),
  foreign key (company_id, bus_id) references iot.bus
);
create index bus_task_bus on iot.bus_task (company_id, bus_id, made_at desc);
create index bus_task_waiting on iot.bus_task (company_id, made_at) where state = 'waiting';
select kernel.isolate('iot.bus_task', 'select, insert, update');
comment on table iot.bus_task is '总线上的测试:有人要求试读,网关执行后写回';
comment on column iot.bus_task.company_id is '公司';
comment on column iot.bus_task.task_id is '编号';
comment on column iot.bus_task.bus_id is '总线';
comment on column iot.bus_task.ask is '内容:addresses 地址,where_text 数据标识';
comment on column iot.bus_task.state is '状态:waiting 等待,running 执行中,done 完成,failed 失败';
comment on column iot.bus_task.result is '结果:逐地址';
comment on column iot.bus_task.made_by is '发起人';
comment on column iot.bus_task.made_at is '发起时间';
comment on column iot.bus_task.ended_at is '结束时间';

create table iot.read_plan (
  company_id bigint not null,
  plan_id uuid not null,
  community_id uuid not null,
  kind text not null,
  from_on date not null,
  day_no int not null check (day_no between 1 and 28),
  hour_no int not null check (hour_no between 0 and 23),
  stopped boolean not null,
  made_by uuid,
  made_at timestamptz not null,
  primary key (company_id, plan_id),
  unique (company_id, community_id, kind, from_on),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('iot.read_plan', 'select, insert, update');
comment on table iot.read_plan is '远传抄表计划:每月哪天几点取数,按生效日分版本';
comment on column iot.read_plan.company_id is '公司';
comment on column iot.read_plan.plan_id is '编号';
comment on column iot.read_plan.community_id is '小区';
comment on column iot.read_plan.kind is '表种';
comment on column iot.read_plan.from_on is '生效日';
comment on column iot.read_plan.day_no is '每月几日';
comment on column iot.read_plan.hour_no is '几点';
comment on column iot.read_plan.stopped is '自该日起停止';
comment on column iot.read_plan.made_by is '制定人';
comment on column iot.read_plan.made_at is '制定时间';

create table iot.remote_read (
  company_id bigint not null,
  period_on date not null,
  device_id uuid not null,
  meter_id uuid not null,
  state text not null check (state in ('done','suspect','failed')),
  reading numeric,
  taken_at timestamptz,
  why text,
  tried_at timestamptz not null,
  primary key (company_id, period_on, device_id),
  foreign key (company_id, device_id) references iot.device,
  foreign key (company_id, meter_id) references meters.meter
);
create index remote_read_device on iot.remote_read (company_id, device_id);
create index remote_read_meter on iot.remote_read (company_id, meter_id);
select kernel.isolate('iot.remote_read', 'select, insert, update');
comment on table iot.remote_read is '远传抄表结果:每月每台一条';
comment on column iot.remote_read.company_id is '公司';
comment on column iot.remote_read.period_on is '账期';
comment on column iot.remote_read.device_id is '设备';
comment on column iot.remote_read.meter_id is '表计';
comment on column iot.remote_read.state is '结果:done 已取数,suspect 存疑,failed 未取到';
comment on column iot.remote_read.reading is '读数';
comment on column iot.remote_read.taken_at is '读数时间';
comment on column iot.remote_read.why is '未取到或存疑的原因';
comment on column iot.remote_read.tried_at is '最近一次取数';

