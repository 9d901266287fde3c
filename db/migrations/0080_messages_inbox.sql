-- Messages in the app, texts as data, quiet hours and preferences. An SMS of a message carries its number.
create table messages.message (
  company_id bigint not null,
  message_id uuid not null,
  phone text,
  account_id uuid,
  template text not null,
  category text not null check (category in ('fee','work','notice','security','system')),
  title text not null,
  body text not null,
  link text,
  house_id uuid,
  dedupe_key text,
  created_at timestamptz not null,
  read_at timestamptz,
  primary key (company_id, message_id),
  check (num_nonnulls(phone, account_id) = 1)
);
create unique index message_dedupe on messages.message (company_id, dedupe_key) where dedupe_key is not null;
create index message_phone on messages.message (company_id, phone, created_at desc, message_id desc) where phone is not null;
create index message_account on messages.message (company_id, account_id, created_at desc, message_id desc) where account_id is not null;
create index message_unread_phone on messages.message (company_id, phone) where phone is not null and read_at is null;
create index message_unread_account on messages.message (company_id, account_id) where account_id is not null and read_at is null;
select kernel.isolate('messages.message', 'select, insert, update');
comment on table messages.message is '站内消息:写给业主(按手机号)或员工(按账号)';
comment on column messages.message.company_id is '公司';
comment on column messages.message.message_id is '编号';
comment on column messages.message.phone is '收信业主的手机号';
comment on column messages.message.account_id is '收信员工的账号';
comment on column messages.message.template is '模板';
comment on column messages.message.category is '类别:费用、工单、通知、安全、系统';
comment on column messages.message.title is '标题';
comment on column messages.message.body is '正文';
comment on column messages.message.link is '点开后去的页面';
comment on column messages.message.house_id is '有关的房产';
comment on column messages.message.dedupe_key is '防重键:同一事情只发一次';
comment on column messages.message.created_at is '时间';
comment on column messages.message.read_at is '阅读时间';

alter table messages.sms add column message_id uuid;
comment on column messages.sms.message_id is '对应的站内消息';
create index sms_message on messages.sms (company_id, message_id) where message_id is not null;

create table messages.template_text (
  company_id bigint not null,
  template_text_id uuid not null,
  template text not null,
  title text not null,
  app_text text not null,
  sms_text text not null,
  from_at timestamptz not null,
  created_by uuid not null,
  created_by_name text not null,
  primary key (company_id, template_text_id)
);
create index template_text_now on messages.template_text (company_id, template, from_at desc);
select kernel.isolate('messages.template_text', 'select, insert');
comment on table messages.template_text is '公司自己的消息文字,按版本;没有时用系统文字';
comment on column messages.template_text.company_id is '公司';
comment on column messages.template_text.template_text_id is '编号';
comment on column messages.template_text.template is '模板';
comment on column messages.template_text.title is '标题';
comment on column messages.template_text.app_text is '站内正文';
comment on column messages.template_text.sms_text is '短信正文';
comment on column messages.template_text.from_at is '启用时间';
comment on column messages.template_text.created_by is '修改人';
comment on column messages.template_text.created_by_name is '修改人姓名';

create table messages.quiet (
  company_id bigint not null,
  from_on date not null,
  quiet_from text not null check (quiet_from ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  quiet_to text not null check (quiet_to ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, from_on)
);
select kernel.isolate('messages.quiet', 'select, insert, update');
comment on table messages.quiet is '免打扰时段,按生效日';
comment on column messages.quiet.company_id is '公司';
comment on column messages.quiet.from_on is '生效日';
comment on column messages.quiet.quiet_from is '免打扰起,时:分';
comment on column messages.quiet.quiet_to is '免打扰止,时:分';
comment on column messages.quiet.created_by is '录入人';
comment on column messages.quiet.created_at is '录入时间';

create table messages.preference (
  company_id bigint not null,
  phone text not null,
  sms_off text[] not null default '{}',
  changed_at timestamptz not null,
  primary key (company_id, phone)
);
select kernel.isolate('messages.preference', 'select, insert, update');
comment on table messages.preference is '业主的接收设置';
comment on column messages.preference.company_id is '公司';
comment on column messages.preference.phone is '手机号';
comment on column messages.preference.sms_off is '不收短信的类别';
comment on column messages.preference.changed_at is '修改时间';
alter table messages.sms drop constraint sms_state_check;
alter table messages.sms add constraint sms_state_check check (state in ('sending','sent','failed','cancelled'));
