-- A bus may hang on a serial port of the gateway's own machine (ADR 0577); which ports there are the gateway says with its heartbeat.
alter table iot.bus add column serial jsonb;
alter table iot.bus alter column host drop not null;
alter table iot.bus alter column port drop not null;
alter table iot.bus add constraint bus_line_check check ((serial is null) = (host is not null and port is not null));
create unique index bus_serial on iot.bus (company_id, (serial->>'path')) where serial is not null and stopped_at is null;
alter table iot.gateway add column serial_ports jsonb not null default '[]';
comment on column iot.bus.serial is '本机串口:path 设备,baud 波特率,data_bits 数据位,parity 校验,stop_bits 停止位;空为经 TCP';
comment on column iot.bus.host is '主机地址,本机串口为空';
comment on column iot.bus.port is '端口,本机串口为空';
comment on column iot.gateway.serial_ports is '网关所在机器的串口:path 设备,name 名称';
