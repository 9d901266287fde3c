-- Paying for somebody else: a link that pays named bills and nothing else, and runs out.
create table payment.pay_link (
  company_id bigint not null,
  link_id uuid not null,
  token_hash text not null,
  community_id uuid not null,
  house_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  made_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  opened_count int not null default 0,
  opened_at timestamptz,
  primary key (company_id, link_id),
  unique (company_id, token_hash),
  foreign key (company_id, house_id) references property.house
);
create index pay_link_maker on payment.pay_link (company_id, made_by, created_at desc);
create index pay_link_house on payment.pay_link (company_id, house_id);
select kernel.isolate('payment.pay_link', 'select, insert, update');
comment on table payment.pay_link is '代缴链接:只能缴指定账单,限时有效';
comment on column payment.pay_link.company_id is '公司';
comment on column payment.pay_link.link_id is '编号';
comment on column payment.pay_link.token_hash is '链接口令摘要,口令本身不保存';
comment on column payment.pay_link.community_id is '小区';
comment on column payment.pay_link.house_id is '房产';
comment on column payment.pay_link.amount_fen is '生成时金额';
comment on column payment.pay_link.made_by is '生成人账号';
comment on column payment.pay_link.created_at is '生成时间';
comment on column payment.pay_link.expires_at is '失效时间';
comment on column payment.pay_link.revoked_at is '作废时间';
comment on column payment.pay_link.opened_count is '打开次数';
comment on column payment.pay_link.opened_at is '最近打开时间';

create table payment.pay_link_bill (
  company_id bigint not null,
  link_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  primary key (company_id, link_id, bill_id),
  foreign key (company_id, link_id) references payment.pay_link
);
create index pay_link_bill_bill on payment.pay_link_bill (company_id, bill_id);
select kernel.isolate('payment.pay_link_bill', 'select, insert');
comment on table payment.pay_link_bill is '代缴链接所缴账单';
comment on column payment.pay_link_bill.company_id is '公司';
comment on column payment.pay_link_bill.link_id is '代缴链接';
comment on column payment.pay_link_bill.bill_id is '账单';
comment on column payment.pay_link_bill.period_on is '账期';

alter table payment.intent alter column account_id drop not null;
alter table payment.intent add column link_id uuid;
alter table payment.intent drop constraint intent_source_check;
alter table payment.intent add constraint intent_source_check check (source in ('online','desk','link')), add constraint intent_begun_by check ((source = 'link') = (account_id is null)), add constraint intent_of_link check ((source = 'link') = (link_id is not null)),
  add constraint intent_link foreign key (company_id, link_id) references payment.pay_link;
create index intent_link on payment.intent (company_id, link_id);
comment on column payment.intent.link_id is '代缴链接';
