-- Deposits (押金、保证金): money held for others, in the trust book. What was taken is always held, refunded, forfeited or moved: a check says so.
create table payment.deposit_kind (
  company_id bigint not null,
  kind_id uuid not null,
  community_id uuid not null,
  name text not null,
  amount_fen bigint not null default 0 check (amount_fen >= 0),
  max_fen bigint check (max_fen > 0),
  return_days int check (return_days between 1 and 3650),
  basis text,
  disabled_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community,
  check (max_fen is null or amount_fen <= max_fen)
);
select kernel.isolate('payment.deposit_kind', 'select, insert, update');
comment on table payment.deposit_kind is '押金种类:装修、门禁卡、出入证等,按小区';
comment on column payment.deposit_kind.company_id is '公司';
comment on column payment.deposit_kind.kind_id is '编号';
comment on column payment.deposit_kind.community_id is '小区';
comment on column payment.deposit_kind.name is '名称';
comment on column payment.deposit_kind.amount_fen is '通常金额,0 为面议';
comment on column payment.deposit_kind.max_fen is '每户每次上限(当地规定)';
comment on column payment.deposit_kind.return_days is '约定多少天后退还';
comment on column payment.deposit_kind.basis is '收取依据';
comment on column payment.deposit_kind.disabled_at is '停用时间';
comment on column payment.deposit_kind.created_by is '设定人';
comment on column payment.deposit_kind.created_at is '设定时间';

create table payment.deposit (
  company_id bigint not null,
  deposit_id uuid not null,
  deposit_no text collate "C" not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  kind_id uuid not null,
  payer_name text collate "C" not null,
  amount_fen bigint not null check (amount_fen > 0),
  held_fen bigint not null check (held_fen >= 0),
  pending_fen bigint not null default 0,
  refunded_fen bigint not null default 0 check (refunded_fen >= 0),
  forfeited_fen bigint not null default 0 check (forfeited_fen >= 0),
  moved_fen bigint not null default 0 check (moved_fen >= 0),
  method text not null check (method in ('cash','card','transfer','wechat','alipay','other')),
  reference text,
  taken_by uuid not null,
  taken_at timestamptz not null,
  taken_on date not null,
  return_on date,
  note text,
  print_count int not null default 0,
  primary key (company_id, deposit_id),
  unique (company_id, deposit_no),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, kind_id) references payment.deposit_kind,
  check (amount_fen = held_fen + refunded_fen + forfeited_fen + moved_fen),
  check (pending_fen between 0 and held_fen)
);
create index deposit_list on payment.deposit (company_id, taken_at desc);
create index deposit_house on payment.deposit (company_id, house_id, taken_at desc);
create index deposit_kind_of on payment.deposit (company_id, kind_id);
create index deposit_held on payment.deposit (company_id, community_id, taken_on) where held_fen > 0;
create index deposit_payer on payment.deposit (company_id, payer_name);
select kernel.isolate('payment.deposit', 'select, insert, update');
comment on table payment.deposit is '押金,代管资金';
comment on column payment.deposit.company_id is '公司';
comment on column payment.deposit.deposit_id is '编号';
comment on column payment.deposit.deposit_no is '押金收据号';
comment on column payment.deposit.community_id is '小区';
comment on column payment.deposit.building_id is '楼栋';
comment on column payment.deposit.house_id is '房产';
comment on column payment.deposit.kind_id is '种类';
comment on column payment.deposit.payer_name is '交款人';
comment on column payment.deposit.amount_fen is '收取金额';
comment on column payment.deposit.held_fen is '在押金额';
comment on column payment.deposit.pending_fen is '其中申请退还或罚没、尚未办结';
comment on column payment.deposit.refunded_fen is '已退';
comment on column payment.deposit.forfeited_fen is '已罚没';
comment on column payment.deposit.moved_fen is '已转预存或抵账单';
comment on column payment.deposit.method is '收款方式';
comment on column payment.deposit.reference is '流水号';
comment on column payment.deposit.taken_by is '收款人';
comment on column payment.deposit.taken_at is '收款时间';
comment on column payment.deposit.taken_on is '收款日';
comment on column payment.deposit.return_on is '约定退还日';
comment on column payment.deposit.note is '说明';
comment on column payment.deposit.print_count is '打印次数';

create table payment.deposit_move (
  company_id bigint not null,
  move_id uuid not null,
  deposit_id uuid not null,
  kind text not null check (kind in ('refund','forfeit','to_wallet','to_bills')),
  amount_fen bigint not null check (amount_fen > 0),
  reason text not null,
  payment_id uuid,
  refund_id uuid,
  approval_id uuid,
  by_id uuid,
  at timestamptz not null,
  primary key (company_id, move_id),
  foreign key (company_id, deposit_id) references payment.deposit
);
create index deposit_move_deposit on payment.deposit_move (company_id, deposit_id, at);
create unique index deposit_move_refund on payment.deposit_move (company_id, refund_id) where refund_id is not null;
select kernel.isolate('payment.deposit_move', 'select, insert');
comment on table payment.deposit_move is '押金变动,只增';
comment on column payment.deposit_move.company_id is '公司';
comment on column payment.deposit_move.move_id is '编号';
comment on column payment.deposit_move.deposit_id is '押金';
comment on column payment.deposit_move.kind is '变动:refund 退还,forfeit 罚没,to_wallet 转预存,to_bills 抵账单';
comment on column payment.deposit_move.amount_fen is '金额';
comment on column payment.deposit_move.reason is '原因';
comment on column payment.deposit_move.payment_id is '抵账单的收款';
comment on column payment.deposit_move.refund_id is '退款';
comment on column payment.deposit_move.approval_id is '审批';
comment on column payment.deposit_move.by_id is '经办人';
comment on column payment.deposit_move.at is '时间';

alter table payment.refund add foreign key (company_id, deposit_id) references payment.deposit;
