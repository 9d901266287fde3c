-- The company's own SMS provider: credentials sealed, switched on by a person.
create table messages.provider (
  company_id bigint not null,
  kind text not null check (kind in ('aliyun')),
  sign_name text not null,
  access_key_id text not null,
  config_sealed text not null,
  template_codes jsonb not null default '{}',
  enabled_at timestamptz,
  changed_by uuid not null,
  changed_by_name text not null,
  changed_at timestamptz not null,
  primary key (company_id)
);
select kernel.isolate('messages.provider', 'select, insert, update');
comment on table messages.provider is '短信通道配置;密钥加密保存';
comment on column messages.provider.company_id is '公司';
comment on column messages.provider.kind is '通道:阿里云短信';
comment on column messages.provider.sign_name is '已审核的短信签名';
comment on column messages.provider.access_key_id is '访问密钥编号';
comment on column messages.provider.config_sealed is '密钥与服务地址(加密)';
comment on column messages.provider.template_codes is '模板对应的通道模板号';
comment on column messages.provider.enabled_at is '启用时间,空为未启用';
comment on column messages.provider.changed_by is '修改人';
comment on column messages.provider.changed_by_name is '修改人姓名';
comment on column messages.provider.changed_at is '修改时间';
