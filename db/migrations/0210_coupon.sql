-- Coupons (优惠券): issued in batches to houses or as codes, above a limit by two people; one use is one payment. What a coupon takes off is a
-- reduction of the bill, so that receivable, income, invoice and statistics say what was really paid.
create table payment.coupon_batch (
  company_id bigint not null,
  batch_id uuid not null,
  community_id uuid not null,
  name text not null,
  way text not null check (way in ('house','code')),
  fee_item_id uuid,
  amount_fen bigint not null check (amount_fen > 0),
  min_fen bigint not null,
  from_on date not null,
  to_on date not null,
  refund_rule text not null check (refund_rule in ('return','return_reversal','forfeit')),
  count int not null check (count > 0),
  basis text not null,
  state text not null check (state in ('asked','live','refused','ended')),
  approval_id uuid,
  issued_by uuid not null,
  issued_at timestamptz not null,
  approved_by uuid,
  approved_at timestamptz,
  ended_by uuid,
  ended_at timestamptz,
  end_reason text,
  primary key (company_id, batch_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, fee_item_id) references billing.fee_item,
  check (min_fen > amount_fen),
  check (from_on <= to_on),
  check (approved_by is null or approved_by <> issued_by),
  check ((ended_at is null) = (state <> 'ended'))
);
create index coupon_batch_list on payment.coupon_batch (company_id, community_id, issued_at desc, batch_id);
create index coupon_batch_item on payment.coupon_batch (company_id, fee_item_id);
select kernel.isolate('payment.coupon_batch', 'select, insert, update');
comment on table payment.coupon_batch is '优惠券批次:面额、满额、有效期与退回规则,超过限额须另一人批准';
comment on column payment.coupon_batch.company_id is '公司';
comment on column payment.coupon_batch.batch_id is '编号';
comment on column payment.coupon_batch.community_id is '小区';
comment on column payment.coupon_batch.name is '名称';
comment on column payment.coupon_batch.way is '发放方式:house 直接发给房产,code 券码';
comment on column payment.coupon_batch.fee_item_id is '只抵这个收费项目,空为本公司收入的任何项目';
comment on column payment.coupon_batch.amount_fen is '面额';
comment on column payment.coupon_batch.min_fen is '满多少可用';
comment on column payment.coupon_batch.from_on is '有效期起';
comment on column payment.coupon_batch.to_on is '有效期止,含当天';
comment on column payment.coupon_batch.refund_rule is '退回规则:return 冲销退款都退回,return_reversal 冲销退回、退款作废,forfeit 都作废';
comment on column payment.coupon_batch.count is '张数';
comment on column payment.coupon_batch.basis is '依据与说明';
comment on column payment.coupon_batch.state is '状态:asked 待审批,live 可用,refused 未批准,ended 已停用';
comment on column payment.coupon_batch.approval_id is '审批';
comment on column payment.coupon_batch.issued_by is '发放人';
comment on column payment.coupon_batch.issued_at is '发放时间';
comment on column payment.coupon_batch.approved_by is '批准人';
comment on column payment.coupon_batch.approved_at is '批准时间';
comment on column payment.coupon_batch.ended_by is '停用人';
comment on column payment.coupon_batch.ended_at is '停用时间';
comment on column payment.coupon_batch.end_reason is '停用原因';

create table payment.coupon (
  company_id bigint not null,
  coupon_id uuid not null,
  batch_id uuid not null,
  community_id uuid not null,
  code text not null,
  house_id uuid,
  state text not null check (state in ('live','used','forfeited')),
  redeemed_by uuid,
  redeemed_at timestamptz,
  primary key (company_id, coupon_id),
  unique (company_id, code),
  foreign key (company_id, batch_id) references payment.coupon_batch,
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, house_id) references property.house,
  check (state = 'live' or house_id is not null)
);
create index coupon_batch_coupons on payment.coupon (company_id, batch_id, code);
create index coupon_house on payment.coupon (company_id, house_id, state);
create index coupon_community on payment.coupon (company_id, community_id);
select kernel.isolate('payment.coupon', 'select, insert, update');
comment on table payment.coupon is '优惠券:一张一行,券码兑换后归一户';
comment on column payment.coupon.company_id is '公司';
comment on column payment.coupon.coupon_id is '编号';
comment on column payment.coupon.batch_id is '批次';
comment on column payment.coupon.community_id is '小区';
comment on column payment.coupon.code is '券码';
comment on column payment.coupon.house_id is '房产,空为尚未兑换的券码';
comment on column payment.coupon.state is '状态:live 未用,used 已用,forfeited 已作废';
comment on column payment.coupon.redeemed_by is '兑换人';
comment on column payment.coupon.redeemed_at is '兑换时间';

create table payment.coupon_use (
  company_id bigint not null,
  use_id uuid not null,
  coupon_id uuid not null,
  batch_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payment_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  working text not null,
  used_by uuid,
  used_at timestamptz not null,
  used_on date not null,
  ended_at timestamptz,
  end_how text check (end_how in ('reversal','refund')),
  returned boolean,
  primary key (company_id, use_id),
  foreign key (company_id, coupon_id) references payment.coupon,
  foreign key (company_id, batch_id) references payment.coupon_batch,
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, payment_id) references payment.payment,
  check ((ended_at is null) = (end_how is null) and (ended_at is null) = (returned is null))
);
create unique index coupon_use_live on payment.coupon_use (company_id, coupon_id) where ended_at is null;
create index coupon_use_coupon on payment.coupon_use (company_id, coupon_id);
create index coupon_use_batch on payment.coupon_use (company_id, batch_id, used_at desc, use_id);
create index coupon_use_community on payment.coupon_use (company_id, community_id, used_at desc, use_id);
create index coupon_use_house on payment.coupon_use (company_id, house_id, used_at desc);
create index coupon_use_payment on payment.coupon_use (company_id, payment_id);
select kernel.isolate('payment.coupon_use', 'select, insert, update');
comment on table payment.coupon_use is '优惠券的每一次使用:哪笔收款,抵减多少,怎么算的,退回还是作废';
comment on column payment.coupon_use.company_id is '公司';
comment on column payment.coupon_use.use_id is '编号';
comment on column payment.coupon_use.coupon_id is '优惠券';
comment on column payment.coupon_use.batch_id is '批次';
comment on column payment.coupon_use.community_id is '小区';
comment on column payment.coupon_use.building_id is '楼栋';
comment on column payment.coupon_use.house_id is '房产';
comment on column payment.coupon_use.payment_id is '收款';
comment on column payment.coupon_use.amount_fen is '抵减金额';
comment on column payment.coupon_use.working is '计算过程';
comment on column payment.coupon_use.used_by is '经办人,线上为空';
comment on column payment.coupon_use.used_at is '使用时间';
comment on column payment.coupon_use.used_on is '使用日';
comment on column payment.coupon_use.ended_at is '冲销或退款时间';
comment on column payment.coupon_use.end_how is '结束方式:reversal 冲销,refund 退款';
comment on column payment.coupon_use.returned is '券是否退回可再用';

-- An order by phone or code that uses coupons: what each takes off which bill; the order's own bills and amount are less by it.
create table payment.intent_coupon (
  company_id bigint not null,
  intent_id uuid not null,
  coupon_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, intent_id, coupon_id, bill_id),
  foreign key (company_id, intent_id) references payment.intent,
  foreign key (company_id, coupon_id) references payment.coupon
);
create index intent_coupon_coupon on payment.intent_coupon (company_id, coupon_id);
select kernel.isolate('payment.intent_coupon', 'select, insert');
comment on table payment.intent_coupon is '线上订单所用的优惠券及其抵减的账单';
comment on column payment.intent_coupon.company_id is '公司';
comment on column payment.intent_coupon.intent_id is '订单';
comment on column payment.intent_coupon.coupon_id is '优惠券';
comment on column payment.intent_coupon.bill_id is '账单';
comment on column payment.intent_coupon.period_on is '账期';
comment on column payment.intent_coupon.amount_fen is '抵减金额';
alter table payment.intent add column coupon_missed text;
comment on column payment.intent.coupon_missed is '到账时优惠券没有用上的原因';

alter table billing.reduction add column coupon_use_id uuid;
alter table billing.reduction drop constraint reduction_kind_check;
alter table billing.reduction add constraint reduction_kind_check check (kind in ('waiver','write_off','vacancy','moved','coupon')), add constraint reduction_coupon check ((kind = 'coupon') = (coupon_use_id is not null));
create index reduction_coupon_use on billing.reduction (company_id, coupon_use_id) where coupon_use_id is not null;
comment on column billing.reduction.coupon_use_id is '优惠券的使用';
comment on column billing.reduction.kind is '类别:waiver 减免,write_off 核销,vacancy 空置等折扣,moved 部分已收的账单转出未收部分,coupon 优惠券抵减';
