-- A scan of a bus runs for minutes: how far it is, what stopped it, and that somebody wants it to stop (IOT-01, commissioning).
alter table iot.bus_task add column asked_count integer;
alter table iot.bus_task add column planned_count integer;
alter table iot.bus_task add column note text;
alter table iot.bus_task add column stop_at timestamptz;
comment on column iot.bus_task.asked_count is '扫描已问的次数';
comment on column iot.bus_task.planned_count is '扫描预计要问的次数,应答冲突时随查找增加';
comment on column iot.bus_task.note is '扫描没有做完的原因';
comment on column iot.bus_task.stop_at is '有人要求停止的时间';
