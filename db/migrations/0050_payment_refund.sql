-- Refunds (退款): one table and one state machine for money that goes back, whoever pays it out: the desk in cash, the accountant by transfer,
-- the channel to where it came from. Cap by constraint: what a payment has given back or is giving back never exceeds what it brought.
alter table payment.payment add column refunded_fen bigint not null default 0, add column refunding_fen bigint not null default 0,
  add constraint payment_refund_check check (refunded_fen >= 0 and refunding_fen >= 0 and refunded_fen + refunding_fen <= total_fen);
comment on column payment.payment.refunded_fen is '已退金额';
comment on column payment.payment.refunding_fen is '退款中金额(已申请未付出)';

create table payment.refund (
  company_id bigint not null,
  refund_id uuid not null,
  refund_no text collate "C" not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  source text not null check (source in ('payment','wallet','deposit')),
  payment_id uuid,
  deposit_id uuid,
  fee_item_id uuid,
  amount_fen bigint not null check (amount_fen > 0),
  wallet_fen bigint not null default 0 check (wallet_fen >= 0),
  method text not null check (method in ('cash','transfer','card','wechat','alipay','other','original')),
  settlement_id uuid,
  out_refund_no text collate "C",
  payee_name text not null,
  payee_bank text,
  payee_account_sealed text,
  payee_account_tail text,
  reason text not null,
  state text not null check (state in ('asked','approved','paying','done','failed','refused','cancelled')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decide_note text,
  paid_by uuid,
  paid_at timestamptz,
  paid_on date,
  reference text,
  failure text,
  tries int not null default 0,
  next_try_at timestamptz,
  primary key (company_id, refund_id),
  unique (company_id, refund_no),
  unique (company_id, out_refund_no),
  check (decided_by is null or decided_by <> asked_by),
  check ((method = 'original') = (settlement_id is not null)),
  check (settlement_id is null or payment_id is not null),
  check (source <> 'payment' or payment_id is not null),
  check ((source = 'deposit') = (deposit_id is not null)),
  foreign key (company_id, payment_id) references payment.payment,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, settlement_id) references payment.settlement,
  foreign key (company_id, fee_item_id) references billing.fee_item
);
create index refund_list on payment.refund (company_id, state, asked_at desc);
create index refund_time on payment.refund (company_id, asked_at desc);
create index refund_payment on payment.refund (company_id, payment_id);
create index refund_house on payment.refund (company_id, house_id);
create index refund_settlement on payment.refund (company_id, settlement_id);
create index refund_item on payment.refund (company_id, fee_item_id);
create index refund_deposit on payment.refund (company_id, deposit_id);
create index refund_due on payment.refund (company_id, next_try_at) where state in ('approved','paying','failed');
select kernel.isolate('payment.refund', 'select, insert, update');
comment on table payment.refund is '退款:申请、审批、付出,一笔一条';
comment on column payment.refund.company_id is '公司';
comment on column payment.refund.refund_id is '编号';
comment on column payment.refund.refund_no is '退款单号';
comment on column payment.refund.community_id is '小区';
comment on column payment.refund.building_id is '楼栋';
comment on column payment.refund.house_id is '房产';
comment on column payment.refund.source is '退的是什么:payment 收款,wallet 预存,deposit 押金';
comment on column payment.refund.payment_id is '退哪一笔收款的钱;退预存到原渠道时也要指明';
comment on column payment.refund.deposit_id is '押金';
comment on column payment.refund.fee_item_id is '专项预存的收费项目';
comment on column payment.refund.amount_fen is '退款金额';
comment on column payment.refund.wallet_fen is '其中从预存退出';
comment on column payment.refund.method is '退款方式,original 为原渠道退回';
comment on column payment.refund.settlement_id is '原渠道到账';
comment on column payment.refund.out_refund_no is '商户退款单号,一笔退款永远只用一个';
comment on column payment.refund.payee_name is '收款人';
comment on column payment.refund.payee_bank is '开户行';
comment on column payment.refund.payee_account_sealed is '收款账号(加密)';
comment on column payment.refund.payee_account_tail is '收款账号末四位';
comment on column payment.refund.reason is '原因';
comment on column payment.refund.state is '状态:asked 待审批,approved 待付,paying 付款中,done 已退,failed 失败待重试,refused 已驳回,cancelled 已取消';
comment on column payment.refund.asked_by is '申请人';
comment on column payment.refund.asked_at is '申请时间';
comment on column payment.refund.decided_by is '审批人';
comment on column payment.refund.decided_at is '审批时间';
comment on column payment.refund.decide_note is '审批意见';
comment on column payment.refund.paid_by is '付款人';
comment on column payment.refund.paid_at is '付出时间';
comment on column payment.refund.paid_on is '付出日';
comment on column payment.refund.reference is '付款凭证号或渠道退款单号';
comment on column payment.refund.failure is '失败原因';
comment on column payment.refund.tries is '向渠道提交的次数';
comment on column payment.refund.next_try_at is '下次提交或查询渠道的时间';

create table payment.refund_line (
  company_id bigint not null,
  refund_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, refund_id, bill_id),
  foreign key (company_id, refund_id) references payment.refund
);
create index refund_line_bill on payment.refund_line (company_id, bill_id);
select kernel.isolate('payment.refund_line', 'select, insert');
comment on table payment.refund_line is '退款所退的账单:批准时账单的已收相应减少,只增';
comment on column payment.refund_line.company_id is '公司';
comment on column payment.refund_line.refund_id is '退款';
comment on column payment.refund_line.bill_id is '账单';
comment on column payment.refund_line.period_on is '账期';
comment on column payment.refund_line.amount_fen is '金额';
