-- The open interface (IOT-07, SYS-08): keys of other systems, and what is told to them.
create schema open;
grant usage on schema open to heyuan_app;
comment on schema open is '开放接口:接口密钥、事件推送';

create table open.api_key (
  company_id bigint not null,
  key_id uuid not null,
  account_id uuid not null,
  name text not null,
  key_hash text not null,
  key_hint text not null,
  permissions text[] not null,
  community_ids uuid[] not null,
  per_minute int not null check (per_minute between 1 and 6000),
  expires_at timestamptz not null,
  minute_at timestamptz,
  minute_count int not null default 0,
  used_at timestamptz,
  used_ip text,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by_name text,
  primary key (company_id, key_id),
  unique (company_id, key_hash)
);
create unique index api_key_name on open.api_key (company_id, name) where revoked_at is null;
select kernel.isolate('open.api_key', 'select, insert, update');
comment on table open.api_key is '接口密钥:只存摘要';
comment on column open.api_key.company_id is '公司';
comment on column open.api_key.key_id is '编号';
comment on column open.api_key.account_id is '以此账号留痕;没有口令,不能登录';
comment on column open.api_key.name is '名称:哪个系统';
comment on column open.api_key.key_hash is '密钥的摘要';
comment on column open.api_key.key_hint is '密钥的末四位';
comment on column open.api_key.permissions is '功能权限';
comment on column open.api_key.community_ids is '小区;空为全公司';
comment on column open.api_key.per_minute is '每分钟最多调用';
comment on column open.api_key.expires_at is '到期';
comment on column open.api_key.minute_at is '计数的那一分钟';
comment on column open.api_key.minute_count is '那一分钟的调用次数';
comment on column open.api_key.used_at is '最近使用';
comment on column open.api_key.used_ip is '最近使用的来源地址';
comment on column open.api_key.made_by is '开具人';
comment on column open.api_key.made_by_name is '开具人姓名';
comment on column open.api_key.made_at is '开具时间';
comment on column open.api_key.revoked_at is '吊销时间';
comment on column open.api_key.revoked_by_name is '吊销人';

create table open.hook (
  company_id bigint not null,
  hook_id uuid not null,
  name text not null,
  url text not null,
  events text[] not null,
  community_ids uuid[] not null,
  secret text not null,
  old_secret text,
  old_until timestamptz,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, hook_id),
  unique (company_id, name)
);
select kernel.isolate('open.hook', 'select, insert, update');
comment on table open.hook is '事件推送:发生的事按签名推到对方的地址';
comment on column open.hook.company_id is '公司';
comment on column open.hook.hook_id is '编号';
comment on column open.hook.name is '名称';
comment on column open.hook.url is '对方的地址';
comment on column open.hook.events is '推送的事件';
comment on column open.hook.community_ids is '小区;空为全公司';
comment on column open.hook.secret is '签名密钥(加密保存)';
comment on column open.hook.old_secret is '更换前的签名密钥(加密保存)';
comment on column open.hook.old_until is '旧密钥同时签名至';
comment on column open.hook.stopped_at is '停用时间';
comment on column open.hook.changed_by is '修改人';
comment on column open.hook.changed_at is '修改时间';

create table open.delivery (
  company_id bigint not null,
  delivery_id uuid not null,
  hook_id uuid not null,
  event_id uuid not null,
  event text not null,
  payload jsonb not null,
  made_at timestamptz not null,
  state text not null check (state in ('waiting','done','failed')),
  tries_count int not null,
  tried_at timestamptz,
  status_code int,
  took_ms int,
  why text,
  primary key (company_id, delivery_id),
  unique (company_id, hook_id, event_id),
  foreign key (company_id, hook_id) references open.hook
);
create index delivery_at on open.delivery (company_id, hook_id, made_at desc);
select kernel.isolate('open.delivery', 'select, insert, update');
comment on table open.delivery is '推送记录:每条事件对每个地址一条';
comment on column open.delivery.company_id is '公司';
comment on column open.delivery.delivery_id is '编号';
comment on column open.delivery.hook_id is '推送';
comment on column open.delivery.event_id is '事件编号,对方据此去重';
comment on column open.delivery.event is '事件';
comment on column open.delivery.payload is '内容';
comment on column open.delivery.made_at is '事件时间';
comment on column open.delivery.state is '状态:waiting 待送,done 已送达,failed 未送达';
comment on column open.delivery.tries_count is '已试次数';
comment on column open.delivery.tried_at is '最近一次';
comment on column open.delivery.status_code is '对方的应答码';
comment on column open.delivery.took_ms is '耗时(毫秒)';
comment on column open.delivery.why is '未送达的原因';
