-- A company's WeChat official account (微信公众号): settings, the one access token, templates by day, bindings of residents, what was sent and
-- what WeChat reported. Reminders get the channel.
create table messages.wechat (
  company_id bigint not null,
  appid text not null,
  name text not null,
  config_sealed text not null,
  push_mode text not null check (push_mode in ('plain','aes')),
  web_origin text,
  enabled_at timestamptz,
  changed_by uuid not null,
  changed_by_name text not null,
  changed_at timestamptz not null,
  primary key (company_id)
);
select kernel.isolate('messages.wechat', 'select, insert, update');
comment on table messages.wechat is '微信公众号配置;密钥加密保存';
comment on column messages.wechat.company_id is '公司';
comment on column messages.wechat.appid is '公众号 AppID';
comment on column messages.wechat.name is '公众号名称';
comment on column messages.wechat.config_sealed is '密钥、令牌、消息加解密密钥与接口地址(加密)';
comment on column messages.wechat.push_mode is '消息推送方式:明文、安全';
comment on column messages.wechat.web_origin is '网页授权域名,业主端的公网网址';
comment on column messages.wechat.enabled_at is '启用时间,空为未启用';
comment on column messages.wechat.changed_by is '修改人';
comment on column messages.wechat.changed_by_name is '修改人姓名';
comment on column messages.wechat.changed_at is '修改时间';

create table messages.wechat_token (
  company_id bigint not null,
  appid text not null,
  token_sealed text,
  expires_at timestamptz,
  forced_at timestamptz,
  quota_until timestamptz,
  primary key (company_id, appid)
);
select kernel.isolate('messages.wechat_token', 'select, insert, update');
comment on table messages.wechat_token is '公众号接口凭据:只存一处,换取时加锁';
comment on column messages.wechat_token.company_id is '公司';
comment on column messages.wechat_token.appid is '公众号 AppID';
comment on column messages.wechat_token.token_sealed is '凭据(加密)';
comment on column messages.wechat_token.expires_at is '到期时间';
comment on column messages.wechat_token.forced_at is '最近一次强制换取';
comment on column messages.wechat_token.quota_until is '当日限额已满,到此时之前不再调用';

create table messages.wechat_template (
  company_id bigint not null,
  template text not null,
  from_on date not null,
  template_id text,
  fields jsonb not null default '{}',
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, template, from_on)
);
select kernel.isolate('messages.wechat_template', 'select, insert, update');
comment on table messages.wechat_template is '消息模板对应的微信模板消息,按生效日';
comment on column messages.wechat_template.company_id is '公司';
comment on column messages.wechat_template.template is '消息模板';
comment on column messages.wechat_template.from_on is '生效日';
comment on column messages.wechat_template.template_id is '微信模板编号,空为从该日起不发';
comment on column messages.wechat_template.fields is '微信模板的各字段填什么';
comment on column messages.wechat_template.created_by is '录入人';
comment on column messages.wechat_template.created_by_name is '录入人姓名';
comment on column messages.wechat_template.created_at is '录入时间';

create table messages.wechat_state (
  company_id bigint not null,
  state_hash text not null,
  account_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (company_id, state_hash)
);
create index wechat_state_account on messages.wechat_state (company_id, account_id, created_at desc);
create index wechat_state_expires on messages.wechat_state (company_id, expires_at);
select kernel.isolate('messages.wechat_state', 'select, insert, update, delete');
comment on table messages.wechat_state is '网页授权的一次性 state,只存摘要';
comment on column messages.wechat_state.company_id is '公司';
comment on column messages.wechat_state.state_hash is '摘要';
comment on column messages.wechat_state.account_id is '发起的业主账号';
comment on column messages.wechat_state.created_at is '发起时间';
comment on column messages.wechat_state.expires_at is '失效时间';
comment on column messages.wechat_state.used_at is '使用时间';

create table messages.wechat_binding (
  company_id bigint not null,
  binding_id uuid not null,
  account_id uuid not null,
  phone text not null,
  appid text not null,
  openid text not null,
  follows boolean,
  follows_at timestamptz,
  bound_at timestamptz not null,
  unbound_at timestamptz,
  unbound_by_name text,
  unbind_reason text,
  primary key (company_id, binding_id),
  check ((unbound_at is null) = (unbound_by_name is null))
);
create unique index wechat_binding_openid on messages.wechat_binding (company_id, appid, openid) where unbound_at is null;
create unique index wechat_binding_account on messages.wechat_binding (company_id, appid, account_id) where unbound_at is null;
create index wechat_binding_phone on messages.wechat_binding (company_id, phone);
create index wechat_binding_list on messages.wechat_binding (company_id, bound_at desc, binding_id desc);
select kernel.isolate('messages.wechat_binding', 'select, insert, update');
comment on table messages.wechat_binding is '业主绑定的微信:一个微信一个账号';
comment on column messages.wechat_binding.company_id is '公司';
comment on column messages.wechat_binding.binding_id is '编号';
comment on column messages.wechat_binding.account_id is '业主账号';
comment on column messages.wechat_binding.phone is '绑定时的手机号,消息按它寻找';
comment on column messages.wechat_binding.appid is '公众号 AppID';
comment on column messages.wechat_binding.openid is '业主在该公众号的 openid';
comment on column messages.wechat_binding.follows is '是否关注公众号,空为不知道';
comment on column messages.wechat_binding.follows_at is '得知关注情况的时间';
comment on column messages.wechat_binding.bound_at is '绑定时间';
comment on column messages.wechat_binding.unbound_at is '解绑时间';
comment on column messages.wechat_binding.unbound_by_name is '解绑人';
comment on column messages.wechat_binding.unbind_reason is '解绑原因';

create table messages.wechat_send (
  company_id bigint not null,
  send_id uuid not null,
  job_id bigint,
  message_id uuid,
  phone text not null,
  appid text not null,
  openid text,
  template text not null,
  template_id text,
  state text not null check (state in ('sending','sent','delivered','undeliverable','failed','unknown')),
  code int,
  failure text,
  msgid text,
  report text,
  created_at timestamptz not null,
  sent_at timestamptz,
  ended_at timestamptz,
  primary key (company_id, send_id)
);
create unique index wechat_send_job on messages.wechat_send (company_id, job_id) where job_id is not null;
create index wechat_send_list on messages.wechat_send (company_id, created_at desc, send_id desc);
create index wechat_send_message on messages.wechat_send (company_id, message_id) where message_id is not null;
create index wechat_send_msgid on messages.wechat_send (company_id, msgid) where msgid is not null;
create index wechat_send_phone on messages.wechat_send (company_id, phone, created_at desc);
create index wechat_send_open on messages.wechat_send (company_id, created_at) where state in ('sending','sent');
select kernel.isolate('messages.wechat_send', 'select, insert, update');
comment on table messages.wechat_send is '微信模板消息的发送记录与送达凭据';
comment on column messages.wechat_send.company_id is '公司';
comment on column messages.wechat_send.send_id is '编号,也是微信的防重编号';
comment on column messages.wechat_send.job_id is '发送任务,同一任务只发一条';
comment on column messages.wechat_send.message_id is '对应的站内消息';
comment on column messages.wechat_send.phone is '手机号';
comment on column messages.wechat_send.appid is '公众号 AppID';
comment on column messages.wechat_send.openid is '收信人的 openid';
comment on column messages.wechat_send.template is '消息模板';
comment on column messages.wechat_send.template_id is '微信模板编号';
comment on column messages.wechat_send.state is '状态';
comment on column messages.wechat_send.code is '微信的返回码';
comment on column messages.wechat_send.failure is '没有送达的原因';
comment on column messages.wechat_send.msgid is '微信的消息编号';
comment on column messages.wechat_send.report is '微信推送的送达结果';
comment on column messages.wechat_send.created_at is '时间';
comment on column messages.wechat_send.sent_at is '微信受理时间';
comment on column messages.wechat_send.ended_at is '得知结果的时间';

create table messages.wechat_event (
  company_id bigint not null,
  event_id uuid not null,
  event_key text not null,
  appid text not null,
  event text not null,
  openid text,
  msgid text,
  status text,
  mode text not null check (mode in ('plain','aes')),
  raw text not null,
  received_at timestamptz not null,
  primary key (company_id, event_id),
  unique (company_id, event_key)
);
create index wechat_event_msgid on messages.wechat_event (company_id, msgid) where msgid is not null;
select kernel.isolate('messages.wechat_event', 'select, insert');
comment on table messages.wechat_event is '微信推送的事件原文,验签后保存,只增';
comment on column messages.wechat_event.company_id is '公司';
comment on column messages.wechat_event.event_id is '编号';
comment on column messages.wechat_event.event_key is '防重键';
comment on column messages.wechat_event.appid is '公众号 AppID';
comment on column messages.wechat_event.event is '事件';
comment on column messages.wechat_event.openid is '业主的 openid';
comment on column messages.wechat_event.msgid is '微信的消息编号';
comment on column messages.wechat_event.status is '送达结果';
comment on column messages.wechat_event.mode is '明文或安全方式';
comment on column messages.wechat_event.raw is '原文(解密后)';
comment on column messages.wechat_event.received_at is '收到时间';

alter table reminders.step drop constraint step_channels_check, add constraint step_channels_check check (cardinality(channels) > 0 and channels <@ array['app','wechat','sms','letter','call','visit']);
alter table reminders.reminder drop constraint reminder_channel_check, add constraint reminder_channel_check check (channel in ('app','wechat','sms','letter','call','visit'));
alter table reminders.reminder drop constraint reminder_cause_check, add constraint reminder_cause_check check (cause in ('paid','paused','no_phone','promised','withdrawn','undeliverable','told'));
create index reminder_message on reminders.reminder (company_id, message_id) where message_id is not null;
comment on column reminders.step.channels is '方式:站内、微信、短信、催缴单、电话、上门';
