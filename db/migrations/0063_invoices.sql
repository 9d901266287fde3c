-- Electronic invoices (数电票): what is taxed how, who issues, and one state machine from application to red note.
create table payment.tax_item (
  company_id bigint not null,
  tax_item_id uuid not null,
  fee_item_id uuid not null,
  goods_code text not null,
  goods_name text not null,
  tax_rate numeric(5,4) not null check (tax_rate >= 0 and tax_rate < 1),
  from_on date not null,
  created_at timestamptz not null,
  primary key (company_id, tax_item_id),
  unique (company_id, fee_item_id, from_on),
  foreign key (company_id, fee_item_id) references billing.fee_item
);
select kernel.isolate('payment.tax_item', 'select, insert, update');
comment on table payment.tax_item is '收费项目的开票税目,按生效日分版本';
comment on column payment.tax_item.company_id is '公司';
comment on column payment.tax_item.tax_item_id is '编号';
comment on column payment.tax_item.fee_item_id is '收费项目';
comment on column payment.tax_item.goods_code is '税收分类编码(19 位)';
comment on column payment.tax_item.goods_name is '货物或应税劳务名称';
comment on column payment.tax_item.tax_rate is '税率,0.06 为 6%';
comment on column payment.tax_item.from_on is '生效日';
comment on column payment.tax_item.created_at is '建立时间';

create table payment.invoice_issuer (
  company_id bigint not null,
  issuer_id uuid not null,
  kind text not null check (kind in ('http')),
  name text not null,
  seller_name text not null,
  seller_tax_no text not null,
  simulated boolean not null default false,
  config_sealed text not null,
  enabled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, issuer_id)
);
create unique index invoice_issuer_on on payment.invoice_issuer (company_id) where enabled_at is not null;
select kernel.isolate('payment.invoice_issuer', 'select, insert, update');
comment on table payment.invoice_issuer is '开票通道,同时只启用一个';
comment on column payment.invoice_issuer.company_id is '公司';
comment on column payment.invoice_issuer.issuer_id is '编号';
comment on column payment.invoice_issuer.kind is '种类';
comment on column payment.invoice_issuer.name is '名称';
comment on column payment.invoice_issuer.seller_name is '销售方名称';
comment on column payment.invoice_issuer.seller_tax_no is '销售方纳税人识别号';
comment on column payment.invoice_issuer.simulated is '模拟通道(仅样例)';
comment on column payment.invoice_issuer.config_sealed is '接口配置(加密)';
comment on column payment.invoice_issuer.enabled_at is '启用时间';
comment on column payment.invoice_issuer.created_at is '建立时间';

create table payment.invoice (
  company_id bigint not null,
  invoice_id uuid not null,
  request_no text collate "C" not null,
  kind text not null check (kind in ('blue','red')),
  red_of uuid,
  issuer_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  title_kind text not null check (title_kind in ('person','company')),
  title text not null,
  tax_no text,
  email text,
  phone text,
  amount_fen bigint not null check (amount_fen > 0),
  tax_fen bigint not null check (tax_fen >= 0),
  state text not null check (state in ('asked','issuing','issued','failed','cancelled','red')),
  invoice_no text,
  issued_at timestamptz,
  delivered_at timestamptz,
  reason text,
  failure text,
  tries int not null default 0,
  next_try_at timestamptz,
  asked_by uuid,
  asked_at timestamptz not null,
  primary key (company_id, invoice_id),
  unique (company_id, request_no),
  unique (company_id, red_of),
  check ((kind = 'red') = (red_of is not null)),
  check (tax_fen <= amount_fen),
  check ((state in ('issued','red')) = (invoice_no is not null)),
  foreign key (company_id, issuer_id) references payment.invoice_issuer,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, red_of) references payment.invoice (company_id, invoice_id)
);
create index invoice_list on payment.invoice (company_id, asked_at desc);
create index invoice_house on payment.invoice (company_id, house_id, asked_at desc);
create index invoice_issuer_of on payment.invoice (company_id, issuer_id);
create index invoice_due on payment.invoice (company_id, next_try_at) where state in ('asked','issuing','failed');
select kernel.isolate('payment.invoice', 'select, insert, update');
comment on table payment.invoice is '电子发票:申请、开具、交付、红冲';
comment on column payment.invoice.company_id is '公司';
comment on column payment.invoice.invoice_id is '编号';
comment on column payment.invoice.request_no is '开票请求号,一张发票永远只用一个';
comment on column payment.invoice.kind is '蓝票 blue,红票 red';
comment on column payment.invoice.red_of is '所红冲的发票';
comment on column payment.invoice.issuer_id is '开票通道';
comment on column payment.invoice.community_id is '小区';
comment on column payment.invoice.building_id is '楼栋';
comment on column payment.invoice.house_id is '房产';
comment on column payment.invoice.title_kind is '抬头类型:个人、单位';
comment on column payment.invoice.title is '抬头';
comment on column payment.invoice.tax_no is '纳税人识别号';
comment on column payment.invoice.email is '接收邮箱';
comment on column payment.invoice.phone is '接收手机号';
comment on column payment.invoice.amount_fen is '价税合计';
comment on column payment.invoice.tax_fen is '税额';
comment on column payment.invoice.state is '状态:asked 已申请,issuing 开具中,issued 已开具,failed 失败待重试,cancelled 已取消,red 已红冲';
comment on column payment.invoice.invoice_no is '发票号码(20 位)';
comment on column payment.invoice.issued_at is '开具时间';
comment on column payment.invoice.delivered_at is '交付时间';
comment on column payment.invoice.reason is '红冲原因';
comment on column payment.invoice.failure is '失败原因';
comment on column payment.invoice.tries is '已提交次数';
comment on column payment.invoice.next_try_at is '下次提交或查询';
comment on column payment.invoice.asked_by is '申请人账号';
comment on column payment.invoice.asked_at is '申请时间';

create table payment.invoice_payment (
  company_id bigint not null,
  invoice_id uuid not null,
  payment_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  live boolean not null default true,
  primary key (company_id, invoice_id, payment_id),
  foreign key (company_id, invoice_id) references payment.invoice,
  foreign key (company_id, payment_id) references payment.payment
);
create unique index invoice_payment_live on payment.invoice_payment (company_id, payment_id) where live;
create index invoice_payment_of on payment.invoice_payment (company_id, payment_id);
select kernel.isolate('payment.invoice_payment', 'select, insert, update');
comment on table payment.invoice_payment is '发票所开的收款;一笔收款同时只在一张有效发票上';
comment on column payment.invoice_payment.company_id is '公司';
comment on column payment.invoice_payment.invoice_id is '发票';
comment on column payment.invoice_payment.payment_id is '收款';
comment on column payment.invoice_payment.amount_fen is '开票金额';
comment on column payment.invoice_payment.live is '有效:未取消、未红冲';

create table payment.invoice_line (
  company_id bigint not null,
  invoice_id uuid not null,
  line_no int not null,
  fee_item_id uuid not null,
  goods_code text not null,
  goods_name text not null,
  detail text not null,
  amount_fen bigint not null check (amount_fen > 0),
  tax_rate numeric(5,4) not null,
  tax_fen bigint not null check (tax_fen >= 0),
  primary key (company_id, invoice_id, line_no),
  foreign key (company_id, invoice_id) references payment.invoice,
  foreign key (company_id, fee_item_id) references billing.fee_item
);
create index invoice_line_item on payment.invoice_line (company_id, fee_item_id);
select kernel.isolate('payment.invoice_line', 'select, insert');
comment on table payment.invoice_line is '发票明细行,只增';
comment on column payment.invoice_line.company_id is '公司';
comment on column payment.invoice_line.invoice_id is '发票';
comment on column payment.invoice_line.line_no is '行';
comment on column payment.invoice_line.fee_item_id is '收费项目';
comment on column payment.invoice_line.goods_code is '税收分类编码';
comment on column payment.invoice_line.goods_name is '名称';
comment on column payment.invoice_line.detail is '说明';
comment on column payment.invoice_line.amount_fen is '含税金额';
comment on column payment.invoice_line.tax_rate is '税率';
comment on column payment.invoice_line.tax_fen is '税额';

create table payment.invoice_file (
  company_id bigint not null,
  invoice_id uuid not null,
  sha256 text not null,
  body bytea not null,
  primary key (company_id, invoice_id),
  foreign key (company_id, invoice_id) references payment.invoice
);
select kernel.isolate('payment.invoice_file', 'select, insert');
comment on table payment.invoice_file is '发票 PDF';
comment on column payment.invoice_file.company_id is '公司';
comment on column payment.invoice_file.invoice_id is '发票';
comment on column payment.invoice_file.sha256 is '摘要';
comment on column payment.invoice_file.body is '文件内容';
