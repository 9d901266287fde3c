-- BACnet/IP (ASHRAE 135 annex J) as a bus: its devices are found by Who-Is and asked one after another.
alter table iot.bus drop constraint bus_protocol_check;
alter table iot.bus add constraint bus_protocol_check check (protocol in ('dlt645_2007','dlt645_1997','cjt188','modbus_tcp','modbus_rtu','bacnet_ip'));
alter table iot.product drop constraint product_link_check;
alter table iot.product add constraint product_link_check check (link in ('mqtt','http','dlt645_2007','dlt645_1997','cjt188','modbus','gb26875','hj212','nbiot','bacnet'));
comment on column iot.bus_task.ask is '内容:what 试读 read、扫描 scan、对象清单 objects,addresses 地址,where_text 数据标识';
