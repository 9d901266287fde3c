create schema messages;
grant usage on schema messages to heyuan_app;
comment on schema messages is '消息:短信模板、发送与送达';

create table messages.sms (
  company_id bigint not null,
  sms_id uuid not null,
  job_id bigint,
  phone text not null,
  template text not null,
  body text,
  body_sealed text,
  secret boolean not null,
  provider text,
  provider_ref text,
  state text not null check (state in ('sending','sent','failed')),
  failure text,
  created_at timestamptz not null,
  sent_at timestamptz,
  expires_at timestamptz not null,
  primary key (company_id, sms_id),
  check (not secret or body is null)
);
create index sms_list on messages.sms (company_id, created_at desc);
create index sms_phone on messages.sms (company_id, phone, created_at desc);
create index sms_expires on messages.sms (company_id, expires_at) where body is not null or body_sealed is not null;
create unique index sms_job on messages.sms (company_id, job_id) where job_id is not null;
select kernel.isolate('messages.sms', 'select, insert, update');
comment on table messages.sms is '短信发送记录;含验证码的正文只存密文,七天后清除正文';
comment on column messages.sms.company_id is '公司;0 为平台(登录验证码)';
comment on column messages.sms.sms_id is '编号';
comment on column messages.sms.job_id is '发送任务,同一任务只发一条';
comment on column messages.sms.phone is '手机号';
comment on column messages.sms.template is '模板';
comment on column messages.sms.body is '正文';
comment on column messages.sms.body_sealed is '正文(加密)';
comment on column messages.sms.secret is '含验证码';
comment on column messages.sms.provider is '通道';
comment on column messages.sms.provider_ref is '通道回执号';
comment on column messages.sms.state is '状态';
comment on column messages.sms.failure is '失败原因';
comment on column messages.sms.created_at is '时间';
comment on column messages.sms.sent_at is '发送时间';
comment on column messages.sms.expires_at is '正文清除时间';
