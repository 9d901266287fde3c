-- Paid service (有偿服务): the price list as dated data, quotes with their lines, the customer's signature, the bill that follows.
create table orders.service_item (
  company_id bigint not null,
  item_id uuid not null,
  kind text not null check (kind in ('labour','material')),
  name text not null,
  unit text not null,
  note text,
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, item_id),
  unique (company_id, kind, name)
);
select kernel.isolate('orders.service_item', 'select, insert, update');
comment on table orders.service_item is '有偿服务价目的项目:人工与材料';
comment on column orders.service_item.company_id is '公司';
comment on column orders.service_item.item_id is '编号';
comment on column orders.service_item.kind is '类别:labour 人工,material 材料';
comment on column orders.service_item.name is '名称';
comment on column orders.service_item.unit is '单位,如 次、个、米';
comment on column orders.service_item.note is '说明,如 不含材料';
comment on column orders.service_item.sort_no is '排序';
comment on column orders.service_item.retired_at is '停用时间';
comment on column orders.service_item.changed_by is '修改人';
comment on column orders.service_item.changed_at is '修改时间';

create table orders.service_price (
  company_id bigint not null,
  price_id uuid not null,
  item_id uuid not null,
  community_id uuid,
  from_on date not null,
  unit_price numeric(12,4) not null check (unit_price >= 0),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, price_id),
  foreign key (company_id, item_id) references orders.service_item,
  foreign key (company_id, community_id) references property.community
);
create index service_price_of on orders.service_price (company_id, item_id, from_on desc, created_at desc);
create index service_price_community on orders.service_price (company_id, community_id);
select kernel.isolate('orders.service_price', 'select, insert');
comment on table orders.service_price is '有偿服务单价,按日生效,只增;小区自己的先于公司的';
comment on column orders.service_price.company_id is '公司';
comment on column orders.service_price.price_id is '编号';
comment on column orders.service_price.item_id is '项目';
comment on column orders.service_price.community_id is '小区,空为全公司';
comment on column orders.service_price.from_on is '生效日';
comment on column orders.service_price.unit_price is '单价(元)';
comment on column orders.service_price.created_by is '设定人';
comment on column orders.service_price.created_at is '设定时间';

create table orders.quote (
  company_id bigint not null,
  quote_id uuid not null,
  no text not null,
  order_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  round_no int not null,
  payer_id uuid not null,
  state text not null check (state in ('offered','consented','billed','refused','replaced','withdrawn','voided')),
  amount_fen bigint not null check (amount_fen > 0),
  note text,
  content_hash text not null,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  signer_name text,
  signed_on text check (signed_on in ('own_phone','staff_phone')),
  signed_at timestamptz,
  signature_file_id uuid,
  end_reason text,
  ended_at timestamptz,
  bill_id uuid,
  bill_period_on date,
  billed_at timestamptz,
  approval_id uuid,
  primary key (company_id, quote_id),
  unique (company_id, no),
  foreign key (company_id, order_id) references orders.work_order,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, payer_id) references people.person,
  check ((state in ('consented','billed','voided')) <= (signed_at is not null and signer_name is not null and signature_file_id is not null)),
  check ((state in ('billed','voided')) = (bill_id is not null)),
  check ((bill_id is null) = (bill_period_on is null))
);
create unique index quote_live on orders.quote (company_id, order_id, round_no) where state in ('offered','consented','billed');
create index quote_order on orders.quote (company_id, order_id, made_at);
create index quote_list on orders.quote (company_id, made_at desc, quote_id);
create index quote_house on orders.quote (company_id, house_id);
create index quote_payer on orders.quote (company_id, payer_id);
select kernel.isolate('orders.quote', 'select, insert, update');
comment on table orders.quote is '有偿服务报价:一张工单一轮同时只有一份有效;业户签字后随完工出账';
comment on column orders.quote.company_id is '公司';
comment on column orders.quote.quote_id is '编号';
comment on column orders.quote.no is '报价单号';
comment on column orders.quote.order_id is '工单';
comment on column orders.quote.community_id is '小区';
comment on column orders.quote.building_id is '楼栋';
comment on column orders.quote.house_id is '房产';
comment on column orders.quote.round_no is '工单第几轮';
comment on column orders.quote.payer_id is '付费人';
comment on column orders.quote.state is '状态:offered 待签字,consented 已同意,billed 已出账,refused 业户不同意,replaced 已被新报价取代,withdrawn 已撤回,voided 已作废';
comment on column orders.quote.amount_fen is '合计';
comment on column orders.quote.note is '说明';
comment on column orders.quote.content_hash is '内容摘要,签字时核对看到的与签的是同一份';
comment on column orders.quote.made_by is '报价人';
comment on column orders.quote.made_by_name is '报价人姓名';
comment on column orders.quote.made_at is '报价时间';
comment on column orders.quote.signer_name is '签字人';
comment on column orders.quote.signed_on is '在哪里签:own_phone 业户自己的手机,staff_phone 维修人员的手机';
comment on column orders.quote.signed_at is '签字时间';
comment on column orders.quote.signature_file_id is '签名图片';
comment on column orders.quote.end_reason is '不同意、撤回或作废的原因';
comment on column orders.quote.ended_at is '结束时间';
comment on column orders.quote.bill_id is '账单';
comment on column orders.quote.bill_period_on is '账单的账期';
comment on column orders.quote.billed_at is '出账时间';
comment on column orders.quote.approval_id is '作废审批';

create table orders.quote_line (
  company_id bigint not null,
  quote_id uuid not null,
  line_no int not null,
  item_id uuid,
  price_id uuid,
  kind text not null check (kind in ('labour','material')),
  name text not null,
  unit text not null,
  quantity numeric(12,3) not null check (quantity > 0),
  unit_price numeric(12,4) not null check (unit_price >= 0),
  amount_fen bigint not null check (amount_fen >= 0),
  primary key (company_id, quote_id, line_no),
  foreign key (company_id, quote_id) references orders.quote,
  foreign key (company_id, item_id) references orders.service_item,
  foreign key (company_id, price_id) references orders.service_price,
  check ((item_id is null) = (price_id is null))
);
create index quote_line_item on orders.quote_line (company_id, item_id);
create index quote_line_price on orders.quote_line (company_id, price_id);
select kernel.isolate('orders.quote_line', 'select, insert');
comment on table orders.quote_line is '报价明细:价目上的项目按当日单价,价目以外的为临时项目,只增';
comment on column orders.quote_line.company_id is '公司';
comment on column orders.quote_line.quote_id is '报价';
comment on column orders.quote_line.line_no is '行号';
comment on column orders.quote_line.item_id is '价目项目,空为临时项目';
comment on column orders.quote_line.price_id is '单价版本';
comment on column orders.quote_line.kind is '类别:labour 人工,material 材料';
comment on column orders.quote_line.name is '名称';
comment on column orders.quote_line.unit is '单位';
comment on column orders.quote_line.quantity is '数量';
comment on column orders.quote_line.unit_price is '单价(元)';
comment on column orders.quote_line.amount_fen is '金额';

comment on column billing.bill.reading_id is '读数;公摊账单为公摊编号;一次性收费为来源单据编号';
