-- Which doors the gateway has opened for devices, plain and TLS, with the state of its certificate: pages name what is there (IOT-01).
alter table iot.gateway add column doors jsonb not null default '{}';
comment on column iot.gateway.doors is '网关已开的接入端口(MQTT、HTTP,明文与加密)和证书情况';
