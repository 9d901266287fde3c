-- Fire panels that have only a printer line, over a serial server.
alter table iot.product drop constraint product_link_check;
alter table iot.product add constraint product_link_check check (link in ('mqtt','http','dlt645_2007','dlt645_1997','cjt188','modbus','gb26875','fire_printer','hj212','nbiot','bacnet'));
