-- Push to the lock screen (Web Push, RFC 8030/8291/8292): the company's key pair, the browsers that want it, what was pushed to which.
create table messages.push_key (
  company_id bigint not null,
  public_key text not null,
  private_sealed text not null,
  made_at timestamptz not null,
  primary key (company_id)
);
select kernel.isolate('messages.push_key', 'select, insert');
comment on table messages.push_key is '消息推送的密钥(VAPID),每家公司一对';
comment on column messages.push_key.company_id is '公司';
comment on column messages.push_key.public_key is '公钥,浏览器订阅时使用';
comment on column messages.push_key.private_sealed is '私钥(加密)';
comment on column messages.push_key.made_at is '生成时间';

create table messages.push_device (
  company_id bigint not null,
  device_id uuid not null,
  account_id uuid not null,
  phone text,
  endpoint_hash text not null,
  service text not null,
  address_sealed text not null,
  browser text not null,
  show_text boolean not null,
  created_at timestamptz not null,
  last_sent_at timestamptz,
  ended_at timestamptz,
  ended_why text,
  primary key (company_id, device_id),
  check ((ended_at is null) = (ended_why is null))
);
create unique index push_device_endpoint on messages.push_device (company_id, endpoint_hash) where ended_at is null;
create index push_device_account on messages.push_device (company_id, account_id) where ended_at is null;
create index push_device_phone on messages.push_device (company_id, phone) where ended_at is null and phone is not null;
select kernel.isolate('messages.push_device', 'select, insert, update');
comment on table messages.push_device is '接收推送的浏览器:本人在自己的手机上开启';
comment on column messages.push_device.company_id is '公司';
comment on column messages.push_device.device_id is '编号';
comment on column messages.push_device.account_id is '账号';
comment on column messages.push_device.phone is '业主的手机号,消息按它寻找;员工为空';
comment on column messages.push_device.endpoint_hash is '推送地址的摘要,同一浏览器只有一个';
comment on column messages.push_device.service is '浏览器的推送服务';
comment on column messages.push_device.address_sealed is '推送地址与加密参数(加密)';
comment on column messages.push_device.browser is '浏览器与系统';
comment on column messages.push_device.show_text is '锁屏上是否显示内容';
comment on column messages.push_device.created_at is '开启时间';
comment on column messages.push_device.last_sent_at is '最近一次推送';
comment on column messages.push_device.ended_at is '停用时间';
comment on column messages.push_device.ended_why is '停用原因';

create table messages.push_send (
  company_id bigint not null,
  send_id uuid not null,
  message_id uuid not null,
  device_id uuid not null,
  state text not null check (state in ('sending','sent','failed','gone','unknown')),
  status int,
  failure text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (company_id, send_id),
  foreign key (company_id, device_id) references messages.push_device (company_id, device_id)
);
create unique index push_send_once on messages.push_send (company_id, device_id, message_id);
create index push_send_list on messages.push_send (company_id, created_at desc, send_id desc);
create index push_send_message on messages.push_send (company_id, message_id);
create index push_send_open on messages.push_send (company_id, created_at) where state = 'sending';
select kernel.isolate('messages.push_send', 'select, insert, update');
comment on table messages.push_send is '推送记录:一条消息到一个浏览器一次';
comment on column messages.push_send.company_id is '公司';
comment on column messages.push_send.send_id is '编号';
comment on column messages.push_send.message_id is '站内消息;与浏览器编号相同的是开启时的试推送';
comment on column messages.push_send.device_id is '浏览器';
comment on column messages.push_send.state is '状态:推送中、已交推送服务、失败、已失效、没有应答';
comment on column messages.push_send.status is '推送服务的应答码';
comment on column messages.push_send.failure is '原因';
comment on column messages.push_send.created_at is '时间';
comment on column messages.push_send.ended_at is '应答时间';
