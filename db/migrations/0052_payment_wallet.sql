-- Prepayment bound to a fee item (专项预存), transfers between houses of one owner, and automatic deduction as numbered runs: a run pays a house
-- once (unique key), and every deduction is a payment like any other, with its receipt, its journal and its reversal.
create table payment.bound_wallet (
  company_id bigint not null,
  house_id uuid not null,
  fee_item_id uuid not null,
  balance_fen bigint not null default 0 check (balance_fen >= 0),
  primary key (company_id, house_id, fee_item_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, fee_item_id) references billing.fee_item
);
create index bound_wallet_item on payment.bound_wallet (company_id, fee_item_id);
select kernel.isolate('payment.bound_wallet', 'select, insert, update');
comment on table payment.bound_wallet is '专项预存:只用于一个收费项目,每户每项一个';
comment on column payment.bound_wallet.company_id is '公司';
comment on column payment.bound_wallet.house_id is '房产';
comment on column payment.bound_wallet.fee_item_id is '收费项目';
comment on column payment.bound_wallet.balance_fen is '余额';

alter table payment.wallet_entry add column fee_item_id uuid, add column other_house_id uuid, add column transfer_id uuid, add column refund_id uuid, add column note text, add column by_id uuid;
comment on column payment.wallet_entry.fee_item_id is '专项预存的收费项目,空为通用预存';
comment on column payment.wallet_entry.other_house_id is '划转的对方房产';
comment on column payment.wallet_entry.transfer_id is '划转编号,一出一入相同';
comment on column payment.wallet_entry.refund_id is '退款';
comment on column payment.wallet_entry.note is '说明';
comment on column payment.wallet_entry.by_id is '经办人';

comment on column payment.wallet_entry.cause is '来由:prepay 预存,use 抵扣,reversal 冲销,transfer_in 转入,transfer_out 转出,refund 退款,refund_back 退款取消退回,deposit 押金转入';
create index wallet_entry_transfer on payment.wallet_entry (company_id, transfer_id) where transfer_id is not null;
create index wallet_entry_refund on payment.wallet_entry (company_id, refund_id) where refund_id is not null;

create table payment.deduct_run (
  company_id bigint not null,
  run_id uuid not null,
  community_id uuid not null,
  on_day date not null,
  rule jsonb not null,
  state text not null check (state in ('running','done')),
  started_by uuid,
  started_at timestamptz not null,
  ended_at timestamptz,
  house_count int not null default 0,
  bill_count int not null default 0,
  amount_fen bigint not null default 0,
  primary key (company_id, run_id),
  foreign key (company_id, community_id) references property.community
);
create unique index deduct_run_day on payment.deduct_run (company_id, community_id, on_day) where started_by is null;
create index deduct_run_list on payment.deduct_run (company_id, started_at desc);
create index deduct_run_community on payment.deduct_run (company_id, community_id, started_at desc);
select kernel.isolate('payment.deduct_run', 'select, insert, update');
comment on table payment.deduct_run is '预存自动抵扣批次,每小区每天一次';
comment on column payment.deduct_run.company_id is '公司';
comment on column payment.deduct_run.run_id is '编号';
comment on column payment.deduct_run.community_id is '小区';
comment on column payment.deduct_run.on_day is '抵扣日';
comment on column payment.deduct_run.rule is '执行的规则';
comment on column payment.deduct_run.state is '状态';
comment on column payment.deduct_run.started_by is '手动发起人,空为自动';
comment on column payment.deduct_run.started_at is '开始时间';
comment on column payment.deduct_run.ended_at is '结束时间';
comment on column payment.deduct_run.house_count is '户数';
comment on column payment.deduct_run.bill_count is '账单数';
comment on column payment.deduct_run.amount_fen is '抵扣金额';

alter table payment.payment drop constraint payment_source_check;
alter table payment.payment add constraint payment_source_check check (source in ('desk','online','import','auto'));
comment on column payment.payment.source is '来源:收费台、线上、导入、自动抵扣';
alter table payment.payment add column deduct_run_id uuid, add column prepay_item_id uuid;
comment on column payment.payment.deduct_run_id is '自动抵扣批次';
comment on column payment.payment.prepay_item_id is '转入的专项预存的收费项目';

create unique index payment_deduct on payment.payment (company_id, deduct_run_id, house_id) where deduct_run_id is not null;
