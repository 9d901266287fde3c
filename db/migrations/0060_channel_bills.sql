-- The channels' own daily bills, as rows: what the three-way reconciliation compares our settlements and the bank with.
create table payment.channel_bill (
  company_id bigint not null,
  channel_bill_id uuid not null,
  channel_id uuid not null,
  kind text not null check (kind in ('trade','fund')),
  bill_on date not null,
  state text not null check (state in ('waiting','fetched','none','failed')),
  file_hash text,
  line_count int not null default 0,
  in_count int not null default 0,
  in_fen bigint not null default 0,
  out_count int not null default 0,
  out_fen bigint not null default 0,
  fee_fen bigint not null default 0,
  tries int not null default 0,
  next_try_at timestamptz not null,
  failure text,
  fetched_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, channel_bill_id),
  unique (company_id, channel_id, kind, bill_on),
  foreign key (company_id, channel_id) references payment.channel
);
create index channel_bill_list on payment.channel_bill (company_id, bill_on desc, channel_id, kind);
create index channel_bill_due on payment.channel_bill (company_id, next_try_at) where state = 'waiting';
select kernel.isolate('payment.channel_bill', 'select, insert, update');
comment on table payment.channel_bill is '渠道账单,每个渠道每天每种一份';
comment on column payment.channel_bill.company_id is '公司';
comment on column payment.channel_bill.channel_bill_id is '编号';
comment on column payment.channel_bill.channel_id is '渠道';
comment on column payment.channel_bill.kind is '种类:trade 交易账单,fund 资金账单';
comment on column payment.channel_bill.bill_on is '账单日(北京时间)';
comment on column payment.channel_bill.state is '状态:waiting 待取,fetched 已取,none 渠道当日无账单,failed 多次未取到';
comment on column payment.channel_bill.file_hash is '原文件 sha256';
comment on column payment.channel_bill.line_count is '行数';
comment on column payment.channel_bill.in_count is '收入笔数';
comment on column payment.channel_bill.in_fen is '收入金额';
comment on column payment.channel_bill.out_count is '支出(退款)笔数';
comment on column payment.channel_bill.out_fen is '支出(退款)金额,正数';
comment on column payment.channel_bill.fee_fen is '手续费合计';
comment on column payment.channel_bill.tries is '已取次数';
comment on column payment.channel_bill.next_try_at is '下次取账单';
comment on column payment.channel_bill.failure is '未取到的原因';
comment on column payment.channel_bill.fetched_at is '取到时间';
comment on column payment.channel_bill.created_at is '登记时间';

create table payment.channel_bill_line (
  company_id bigint not null,
  channel_bill_id uuid not null,
  line_no int not null,
  channel_id uuid not null,
  bill_on date not null,
  kind text not null check (kind in ('pay','refund','fee','payout','other')),
  at timestamptz not null,
  provider_txn text,
  out_trade_no text,
  provider_refund text,
  out_refund_no text,
  amount_fen bigint not null,
  fee_fen bigint not null,
  balance_fen bigint,
  business text not null,
  raw jsonb not null,
  primary key (company_id, channel_bill_id, line_no),
  foreign key (company_id, channel_bill_id) references payment.channel_bill
);
create index channel_bill_line_txn on payment.channel_bill_line (company_id, channel_id, provider_txn);
create index channel_bill_line_order on payment.channel_bill_line (company_id, channel_id, out_trade_no);
select kernel.isolate('payment.channel_bill_line', 'select, insert');
comment on table payment.channel_bill_line is '渠道账单明细,只增';
comment on column payment.channel_bill_line.company_id is '公司';
comment on column payment.channel_bill_line.channel_bill_id is '渠道账单';
comment on column payment.channel_bill_line.line_no is '行';
comment on column payment.channel_bill_line.channel_id is '渠道';
comment on column payment.channel_bill_line.bill_on is '账单日';
comment on column payment.channel_bill_line.kind is '种类:pay 支付,refund 退款,fee 手续费,payout 提现,other 其他';
comment on column payment.channel_bill_line.at is '渠道记账时间';
comment on column payment.channel_bill_line.provider_txn is '渠道流水号';
comment on column payment.channel_bill_line.out_trade_no is '商户订单号';
comment on column payment.channel_bill_line.provider_refund is '渠道退款号';
comment on column payment.channel_bill_line.out_refund_no is '商户退款号';
comment on column payment.channel_bill_line.amount_fen is '金额:收为正,退、支为负';
comment on column payment.channel_bill_line.fee_fen is '手续费,收取为正';
comment on column payment.channel_bill_line.balance_fen is '账户余额(资金账单)';
comment on column payment.channel_bill_line.business is '渠道的业务说明';
comment on column payment.channel_bill_line.raw is '原文各列';
