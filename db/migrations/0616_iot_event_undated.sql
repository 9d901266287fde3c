-- An event without a time that comes right after an outage may be old: it is told, and nothing is moved by it (IOT-06).
alter table iot.event drop constraint event_src_check;
alter table iot.event add constraint event_src_check check (src in ('live', 'replay', 'undated'));
comment on column iot.event.src is '来源:live 实时,replay 补传,undated 时间不明(设备没有给出时间,刚恢复通信)';
