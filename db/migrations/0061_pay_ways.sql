-- More than one channel, more than one way to pay: Alipay beside WeChat Pay, codes at the desk, and orders of several houses.
alter table payment.channel drop constraint channel_kind_check;
alter table payment.channel add constraint channel_kind_check check (kind in ('wechat','alipay'));

alter table payment.intent add column way text not null default 'h5' check (way in ('h5','native','jsapi','page','wap','code')),
  add column source text not null default 'online' check (source in ('online','desk'));
comment on column payment.intent.way is '方式:h5、page、wap 网页,native 扫码,jsapi 公众号内,code 付款码';
comment on column payment.intent.source is '来源:online 业主线上,desk 收费台';
create index intent_source on payment.intent (company_id, source, created_at desc);

-- One order may pay for several houses of one resident: a part, a settlement row and a payment for each of them.
create table payment.intent_part (
  company_id bigint not null,
  intent_id uuid not null,
  part_no int not null check (part_no >= 1),
  house_id uuid not null,
  community_id uuid not null,
  payer_name text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, intent_id, part_no),
  unique (company_id, intent_id, house_id),
  foreign key (company_id, intent_id) references payment.intent,
  foreign key (company_id, house_id) references property.house
);
create index intent_part_house on payment.intent_part (company_id, house_id);
select kernel.isolate('payment.intent_part', 'select, insert');
comment on table payment.intent_part is '合并支付的各户金额;只付一户的没有';
comment on column payment.intent_part.company_id is '公司';
comment on column payment.intent_part.intent_id is '意向';
comment on column payment.intent_part.part_no is '第几户';
comment on column payment.intent_part.house_id is '房产';
comment on column payment.intent_part.community_id is '小区';
comment on column payment.intent_part.payer_name is '缴款人';
comment on column payment.intent_part.amount_fen is '金额';

alter table payment.settlement add column part_no int not null default 1;
comment on column payment.settlement.part_no is '合并支付中的第几户,只付一户为 1';
alter table payment.settlement drop constraint settlement_company_id_channel_id_provider_txn_key;
alter table payment.settlement add constraint settlement_txn unique (company_id, channel_id, provider_txn, part_no);
