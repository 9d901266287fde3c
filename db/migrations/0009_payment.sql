create schema payment;
grant usage on schema payment to heyuan_app;
comment on schema payment is '收款、收据、预存与支付渠道';

-- receipt_no and payer_name in byte order: beginnings are searched as ranges.
create table payment.payment (
  company_id bigint not null,
  payment_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payer_name text collate "C" not null,
  source text not null check (source in ('desk','online','import')),
  total_fen bigint not null check (total_fen > 0),
  applied_fen bigint not null,
  prepaid_fen bigint not null default 0,
  change_fen bigint not null default 0,
  taken_by uuid,
  taken_at timestamptz not null,
  taken_on date not null,
  receipt_no text collate "C" not null,
  remark text,
  reversed_at timestamptz,
  primary key (company_id, payment_id),
  unique (company_id, receipt_no),
  check (applied_fen + prepaid_fen = total_fen),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, house_id) references property.house
);
create index payment_day on payment.payment (company_id, community_id, taken_on, taken_at);
create index payment_house on payment.payment (company_id, house_id, taken_at desc);
create index payment_building on payment.payment (company_id, building_id, taken_on);
create index payment_list on payment.payment (company_id, taken_at desc);
create index payment_collector on payment.payment (company_id, taken_by, taken_on);
create index payment_reversed on payment.payment (company_id, reversed_at) where reversed_at is not null;
create index payment_payer on payment.payment (company_id, payer_name);
select kernel.isolate('payment.payment', 'select, insert, update');
comment on table payment.payment is '收款';
comment on column payment.payment.company_id is '公司';
comment on column payment.payment.payment_id is '编号';
comment on column payment.payment.community_id is '小区';
comment on column payment.payment.building_id is '楼栋';
comment on column payment.payment.house_id is '房产';
comment on column payment.payment.payer_name is '缴款人';
comment on column payment.payment.source is '来源:收费台、线上、导入';
comment on column payment.payment.total_fen is '实收合计(含用预存抵扣)';
comment on column payment.payment.applied_fen is '冲抵账单';
comment on column payment.payment.prepaid_fen is '转入预存';
comment on column payment.payment.change_fen is '找零';
comment on column payment.payment.taken_by is '收费员';
comment on column payment.payment.taken_at is '收款时间';
comment on column payment.payment.taken_on is '收款日';
comment on column payment.payment.receipt_no is '收据号';
comment on column payment.payment.remark is '备注';
comment on column payment.payment.reversed_at is '冲销时间';

create table payment.tender (
  company_id bigint not null,
  payment_id uuid not null,
  line_no int not null,
  method text not null check (method in ('cash','card','transfer','wechat','alipay','wallet','other')),
  amount_fen bigint not null check (amount_fen > 0),
  reference text,
  primary key (company_id, payment_id, line_no),
  foreign key (company_id, payment_id) references payment.payment
);
select kernel.isolate('payment.tender', 'select, insert');
comment on table payment.tender is '收款方式';
comment on column payment.tender.company_id is '公司';
comment on column payment.tender.payment_id is '收款';
comment on column payment.tender.line_no is '行';
comment on column payment.tender.method is '方式:现金、刷卡、转账、微信、支付宝、预存抵扣、其他';
comment on column payment.tender.amount_fen is '金额';
comment on column payment.tender.reference is '流水号或凭证号';

create table payment.allocation (
  company_id bigint not null,
  payment_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, payment_id, bill_id),
  foreign key (company_id, payment_id) references payment.payment
);
create index allocation_bill on payment.allocation (company_id, bill_id);
select kernel.isolate('payment.allocation', 'select, insert');
comment on table payment.allocation is '冲抵明细';
comment on column payment.allocation.company_id is '公司';
comment on column payment.allocation.payment_id is '收款';
comment on column payment.allocation.bill_id is '账单';
comment on column payment.allocation.period_on is '账期';
comment on column payment.allocation.amount_fen is '金额';

create table payment.wallet (
  company_id bigint not null,
  house_id uuid not null,
  balance_fen bigint not null default 0 check (balance_fen >= 0),
  primary key (company_id, house_id),
  foreign key (company_id, house_id) references property.house
);
select kernel.isolate('payment.wallet', 'select, insert, update');
comment on table payment.wallet is '预存账户,每户一个';
comment on column payment.wallet.company_id is '公司';
comment on column payment.wallet.house_id is '房产';
comment on column payment.wallet.balance_fen is '余额';

create table payment.wallet_entry (
  company_id bigint not null,
  entry_id uuid not null,
  house_id uuid not null,
  amount_fen bigint not null check (amount_fen <> 0),
  cause text not null,
  payment_id uuid,
  at timestamptz not null,
  primary key (company_id, entry_id)
);
create index wallet_entry_house on payment.wallet_entry (company_id, house_id, at);
create index wallet_entry_payment on payment.wallet_entry (company_id, payment_id);
select kernel.isolate('payment.wallet_entry', 'select, insert');
comment on table payment.wallet_entry is '预存流水,只增';
comment on column payment.wallet_entry.company_id is '公司';
comment on column payment.wallet_entry.entry_id is '编号';
comment on column payment.wallet_entry.house_id is '房产';
comment on column payment.wallet_entry.amount_fen is '增为正,减为负';
comment on column payment.wallet_entry.cause is '来由:prepay 预存,use 抵扣,reversal 冲销';
comment on column payment.wallet_entry.payment_id is '收款';
comment on column payment.wallet_entry.at is '时间';

create table payment.series (
  company_id bigint not null,
  series text not null,
  last_no bigint not null,
  primary key (company_id, series)
);
select kernel.isolate('payment.series', 'select, insert, update');
comment on table payment.series is '收据号段:与收据同一语句取号,不断号';
comment on column payment.series.company_id is '公司';
comment on column payment.series.series is '号段,如 收据-2026';
comment on column payment.series.last_no is '已用到的序号';

create table payment.receipt (
  company_id bigint not null,
  payment_id uuid not null,
  series text not null,
  no bigint not null,
  receipt_no text not null,
  total_fen bigint not null,
  lines jsonb not null,
  print_count int not null default 0,
  voided_at timestamptz,
  primary key (company_id, payment_id),
  unique (company_id, series, no),
  foreign key (company_id, payment_id) references payment.payment
);
select kernel.isolate('payment.receipt', 'select, insert, update');
comment on table payment.receipt is '收据,号段连续';
comment on column payment.receipt.company_id is '公司';
comment on column payment.receipt.payment_id is '收款';
comment on column payment.receipt.series is '号段';
comment on column payment.receipt.no is '序号';
comment on column payment.receipt.receipt_no is '收据号';
comment on column payment.receipt.total_fen is '金额';
comment on column payment.receipt.lines is '开具时的内容';
comment on column payment.receipt.print_count is '已打印次数';
comment on column payment.receipt.voided_at is '作废时间';

create table payment.receipt_print (
  company_id bigint not null,
  payment_id uuid not null,
  print_no int not null,
  form text not null,
  printed_by uuid,
  printed_at timestamptz not null,
  primary key (company_id, payment_id, print_no),
  foreign key (company_id, payment_id) references payment.receipt
);
select kernel.isolate('payment.receipt_print', 'select, insert');
comment on table payment.receipt_print is '打印记录';
comment on column payment.receipt_print.company_id is '公司';
comment on column payment.receipt_print.payment_id is '收款';
comment on column payment.receipt_print.print_no is '第几次';
comment on column payment.receipt_print.form is '版式';
comment on column payment.receipt_print.printed_by is '打印人';
comment on column payment.receipt_print.printed_at is '时间';

create table payment.reversal (
  company_id bigint not null,
  reversal_id uuid not null,
  payment_id uuid not null,
  reason text not null,
  state text not null check (state in ('asked','approved','refused')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decide_note text,
  check (decided_by is null or decided_by <> asked_by),
  primary key (company_id, reversal_id),
  foreign key (company_id, payment_id) references payment.payment
);
create unique index reversal_live on payment.reversal (company_id, payment_id) where state <> 'refused';
create index reversal_list on payment.reversal (company_id, state, asked_at desc);
select kernel.isolate('payment.reversal', 'select, insert, update');
comment on table payment.reversal is '冲销:一人申请,另一人批准';
comment on column payment.reversal.company_id is '公司';
comment on column payment.reversal.reversal_id is '编号';
comment on column payment.reversal.payment_id is '收款';
comment on column payment.reversal.reason is '原因';
comment on column payment.reversal.state is '状态';
comment on column payment.reversal.asked_by is '申请人';
comment on column payment.reversal.asked_at is '申请时间';
comment on column payment.reversal.decided_by is '审批人';
comment on column payment.reversal.decided_at is '审批时间';
comment on column payment.reversal.decide_note is '审批意见';

create table payment.channel (
  company_id bigint not null,
  channel_id uuid not null,
  kind text not null check (kind in ('wechat')),
  name text not null,
  simulated boolean not null default false,
  config_sealed text not null,
  mch_id text not null,
  enabled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, channel_id),
  unique (company_id, kind, mch_id)
);
select kernel.isolate('payment.channel', 'select, insert, update');
comment on table payment.channel is '支付渠道,逐个启用';
comment on column payment.channel.company_id is '公司';
comment on column payment.channel.channel_id is '编号';
comment on column payment.channel.kind is '渠道';
comment on column payment.channel.name is '名称';
comment on column payment.channel.simulated is '模拟渠道(仅样例)';
comment on column payment.channel.config_sealed is '商户配置(加密)';
comment on column payment.channel.mch_id is '商户号';
comment on column payment.channel.enabled_at is '启用时间';
comment on column payment.channel.created_at is '建立时间';

create table payment.intent (
  company_id bigint not null,
  intent_id uuid not null,
  out_trade_no text not null,
  channel_id uuid not null,
  community_id uuid not null,
  house_id uuid not null,
  account_id uuid not null,
  payer_name text not null,
  amount_fen bigint not null check (amount_fen > 0),
  prepay_fen bigint not null default 0 check (prepay_fen >= 0),
  state text not null check (state in ('created','pending','succeeded','closed','failed','unknown')),
  pay_url text,
  failure text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  checked_at timestamptz,
  checks int not null default 0,
  next_check_at timestamptz not null,
  primary key (company_id, intent_id),
  unique (company_id, out_trade_no),
  foreign key (company_id, channel_id) references payment.channel
);
create index intent_channel on payment.intent (company_id, channel_id);
create index intent_due on payment.intent (company_id, next_check_at) where state in ('created','pending','unknown');
create index intent_house on payment.intent (company_id, house_id, created_at desc);
create index intent_list on payment.intent (company_id, created_at desc);
create index intent_account on payment.intent (company_id, account_id, created_at desc);
select kernel.isolate('payment.intent', 'select, insert, update');
comment on table payment.intent is '线上支付意向,先于调用渠道落库';
comment on column payment.intent.company_id is '公司';
comment on column payment.intent.intent_id is '编号';
comment on column payment.intent.out_trade_no is '商户订单号';
comment on column payment.intent.channel_id is '渠道';
comment on column payment.intent.community_id is '小区';
comment on column payment.intent.house_id is '房产';
comment on column payment.intent.account_id is '发起账号';
comment on column payment.intent.payer_name is '缴款人';
comment on column payment.intent.amount_fen is '金额';
comment on column payment.intent.prepay_fen is '其中转入预存';
comment on column payment.intent.state is '状态';
comment on column payment.intent.pay_url is '支付链接';
comment on column payment.intent.failure is '失败原因';
comment on column payment.intent.created_at is '时间';
comment on column payment.intent.expires_at is '过期';
comment on column payment.intent.checked_at is '最近查单';
comment on column payment.intent.checks is '查单次数';
comment on column payment.intent.next_check_at is '下次查单';

create table payment.intent_bill (
  company_id bigint not null,
  intent_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, intent_id, bill_id),
  foreign key (company_id, intent_id) references payment.intent
);
create index intent_bill_bill on payment.intent_bill (company_id, bill_id);
select kernel.isolate('payment.intent_bill', 'select, insert');
comment on table payment.intent_bill is '意向所付账单';
comment on column payment.intent_bill.company_id is '公司';
comment on column payment.intent_bill.intent_id is '意向';
comment on column payment.intent_bill.bill_id is '账单';
comment on column payment.intent_bill.period_on is '账期';
comment on column payment.intent_bill.amount_fen is '金额';

create table payment.settlement (
  company_id bigint not null,
  settlement_id uuid not null,
  channel_id uuid not null,
  provider_txn text not null,
  intent_id uuid not null,
  captured_fen bigint not null check (captured_fen > 0),
  paid_at timestamptz not null,
  payment_id uuid not null,
  settled_at timestamptz not null,
  primary key (company_id, settlement_id),
  unique (company_id, channel_id, provider_txn),
  foreign key (company_id, channel_id) references payment.channel,
  foreign key (company_id, intent_id) references payment.intent
);
create index settlement_intent on payment.settlement (company_id, intent_id);
create index settlement_payment on payment.settlement (company_id, payment_id);
select kernel.isolate('payment.settlement', 'select, insert');
comment on table payment.settlement is '渠道到账,每笔渠道流水一条';
comment on column payment.settlement.company_id is '公司';
comment on column payment.settlement.settlement_id is '编号';
comment on column payment.settlement.channel_id is '渠道';
comment on column payment.settlement.provider_txn is '渠道流水号';
comment on column payment.settlement.intent_id is '意向';
comment on column payment.settlement.captured_fen is '到账金额';
comment on column payment.settlement.paid_at is '支付时间';
comment on column payment.settlement.payment_id is '生成的收款';
comment on column payment.settlement.settled_at is '入账时间';

create table payment.channel_event (
  company_id bigint not null,
  event_id uuid not null,
  channel_id uuid not null,
  event_key text not null,
  headers jsonb not null,
  body text not null,
  verdict text not null check (verdict in ('received','accepted','duplicate','bad_signature','mismatch','ignored')),
  note text,
  received_at timestamptz not null,
  primary key (company_id, event_id)
);
create unique index channel_event_key on payment.channel_event (company_id, channel_id, event_key) where verdict = 'accepted';
create index channel_event_eye on payment.channel_event (company_id, verdict, received_at desc);
create index channel_event_time on payment.channel_event (company_id, received_at desc);
select kernel.isolate('payment.channel_event', 'select, insert, update');
comment on table payment.channel_event is '渠道通知证据,先存后办';
comment on column payment.channel_event.company_id is '公司';
comment on column payment.channel_event.event_id is '编号';
comment on column payment.channel_event.channel_id is '渠道';
comment on column payment.channel_event.event_key is '渠道通知号';
comment on column payment.channel_event.headers is '报头';
comment on column payment.channel_event.body is '原文';
comment on column payment.channel_event.verdict is '结论';
comment on column payment.channel_event.note is '说明';
comment on column payment.channel_event.received_at is '收到时间';
