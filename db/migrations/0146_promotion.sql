-- Promotions (优惠活动): what prepaying earns, as dated data of a community; published by a second person. Every use is a row that says how it was
-- reckoned; the gift is prepayment of the house and less income of the company; what goes back when prepayment is refunded stands line by line.
create table payment.promotion (
  company_id bigint not null,
  promotion_id uuid not null,
  community_id uuid not null,
  fee_item_id uuid not null,
  name text not null,
  kind text not null check (kind in ('months','percent','amount')),
  from_on date not null,
  to_on date not null,
  pay_months int check (pay_months between 1 and 60),
  gift_months int check (gift_months between 1 and 12),
  percent_bp int check (percent_bp between 1 and 5000),
  min_fen bigint check (min_fen > 0),
  gift_fen bigint check (gift_fen > 0),
  house_kinds text[] not null default '{}',
  per_house int not null check (per_house between 1 and 100),
  max_uses int check (max_uses > 0),
  budget_fen bigint check (budget_fen > 0),
  alone boolean not null,
  refund_rule text not null check (refund_rule in ('gift_first','pro_rata','keep')),
  basis text not null,
  state text not null check (state in ('draft','asked','live','ended')),
  approval_id uuid,
  made_by uuid not null,
  made_at timestamptz not null,
  published_by uuid,
  published_at timestamptz,
  ended_by uuid,
  ended_at timestamptz,
  used_count int not null default 0,
  given_fen bigint not null default 0,
  primary key (company_id, promotion_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, fee_item_id) references billing.fee_item,
  check (from_on <= to_on),
  check (case kind when 'months' then pay_months is not null and gift_months is not null when 'percent' then pay_months is not null and percent_bp is not null else min_fen is not null and gift_fen is not null and gift_fen < min_fen end),
  check (used_count >= 0 and (max_uses is null or used_count <= max_uses)),
  check (given_fen >= 0 and (budget_fen is null or given_fen <= budget_fen)),
  check (published_by is null or published_by <> made_by)
);
create index promotion_community on payment.promotion (company_id, community_id, from_on desc, promotion_id);
create index promotion_item on payment.promotion (company_id, fee_item_id);
select kernel.isolate('payment.promotion', 'select, insert, update');
comment on table payment.promotion is '优惠活动:预存得赠送,按小区设定,另一人审批后发布';
comment on column payment.promotion.company_id is '公司';
comment on column payment.promotion.promotion_id is '编号';
comment on column payment.promotion.community_id is '小区';
comment on column payment.promotion.fee_item_id is '收费项目,预存与赠送都只用于它';
comment on column payment.promotion.name is '名称';
comment on column payment.promotion.kind is '办法:months 预存几月赠几月,percent 预存几月按折扣,amount 满额赠送';
comment on column payment.promotion.from_on is '起';
comment on column payment.promotion.to_on is '止,含当天';
comment on column payment.promotion.pay_months is '预存月数';
comment on column payment.promotion.gift_months is '赠送月数';
comment on column payment.promotion.percent_bp is '优惠,万分之几';
comment on column payment.promotion.min_fen is '满额';
comment on column payment.promotion.gift_fen is '赠送金额';
comment on column payment.promotion.house_kinds is '适用房产类型,空为全部';
comment on column payment.promotion.per_house is '每户最多几次';
comment on column payment.promotion.max_uses is '总份数,空为不限';
comment on column payment.promotion.budget_fen is '赠送总额上限,空为不限';
comment on column payment.promotion.alone is '不与其他活动同享:一户享受过同项目的其他活动就不能再用';
comment on column payment.promotion.refund_rule is '退预存时:gift_first 先收回全部赠送,pro_rata 按退款比例收回,keep 不收回';
comment on column payment.promotion.basis is '依据与对业主的说明';
comment on column payment.promotion.state is '状态:draft 草稿,asked 待审批,live 已发布,ended 已停止';
comment on column payment.promotion.approval_id is '审批';
comment on column payment.promotion.made_by is '制定人';
comment on column payment.promotion.made_at is '制定时间';
comment on column payment.promotion.published_by is '审批发布人';
comment on column payment.promotion.published_at is '发布时间';
comment on column payment.promotion.ended_by is '停止人';
comment on column payment.promotion.ended_at is '停止时间';
comment on column payment.promotion.used_count is '有效份数,冲销的不计';
comment on column payment.promotion.given_fen is '有效份数的赠送合计';

create table payment.promotion_use (
  company_id bigint not null,
  use_id uuid not null,
  promotion_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  fee_item_id uuid not null,
  payment_id uuid not null,
  paid_fen bigint not null check (paid_fen > 0),
  gift_fen bigint not null check (gift_fen > 0),
  refunded_fen bigint not null default 0 check (refunded_fen between 0 and paid_fen),
  taken_fen bigint not null default 0 check (taken_fen between 0 and gift_fen),
  working text not null,
  used_by uuid,
  used_at timestamptz not null,
  used_on date not null,
  reversed_at timestamptz,
  primary key (company_id, use_id),
  unique (company_id, payment_id),
  foreign key (company_id, promotion_id) references payment.promotion,
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, fee_item_id) references billing.fee_item,
  foreign key (company_id, payment_id) references payment.payment
);
create index promotion_use_list on payment.promotion_use (company_id, promotion_id, used_at desc, use_id);
create index promotion_use_house on payment.promotion_use (company_id, house_id, fee_item_id, used_at desc);
create index promotion_use_community on payment.promotion_use (company_id, community_id, used_at desc);
create index promotion_use_item on payment.promotion_use (company_id, fee_item_id);
select kernel.isolate('payment.promotion_use', 'select, insert, update');
comment on table payment.promotion_use is '优惠活动的每一次享受:哪笔收款,赠送多少,怎么算的';
comment on column payment.promotion_use.company_id is '公司';
comment on column payment.promotion_use.use_id is '编号';
comment on column payment.promotion_use.promotion_id is '活动';
comment on column payment.promotion_use.community_id is '小区';
comment on column payment.promotion_use.building_id is '楼栋';
comment on column payment.promotion_use.house_id is '房产';
comment on column payment.promotion_use.fee_item_id is '收费项目';
comment on column payment.promotion_use.payment_id is '收款';
comment on column payment.promotion_use.paid_fen is '实缴预存';
comment on column payment.promotion_use.gift_fen is '赠送';
comment on column payment.promotion_use.refunded_fen is '其中已退与在退';
comment on column payment.promotion_use.taken_fen is '已收回与在收回的赠送';
comment on column payment.promotion_use.working is '计算过程';
comment on column payment.promotion_use.used_by is '经办人';
comment on column payment.promotion_use.used_at is '时间';
comment on column payment.promotion_use.used_on is '日期';
comment on column payment.promotion_use.reversed_at is '收款冲销时间';

create table payment.promotion_back (
  company_id bigint not null,
  refund_id uuid not null,
  use_id uuid not null,
  refund_fen bigint not null check (refund_fen > 0),
  gift_fen bigint not null check (gift_fen >= 0),
  working text not null,
  primary key (company_id, refund_id, use_id),
  foreign key (company_id, refund_id) references payment.refund,
  foreign key (company_id, use_id) references payment.promotion_use
);
create index promotion_back_use on payment.promotion_back (company_id, use_id);
select kernel.isolate('payment.promotion_back', 'select, insert');
comment on table payment.promotion_back is '退预存时收回的赠送,只增';
comment on column payment.promotion_back.company_id is '公司';
comment on column payment.promotion_back.refund_id is '退款';
comment on column payment.promotion_back.use_id is '哪一次享受';
comment on column payment.promotion_back.refund_fen is '退的是其中多少';
comment on column payment.promotion_back.gift_fen is '收回赠送';
comment on column payment.promotion_back.working is '计算过程';

alter table payment.refund add column gift_back_fen bigint not null default 0;
alter table payment.refund add constraint refund_gift_back check (gift_back_fen >= 0);
comment on column payment.refund.gift_back_fen is '同时收回的活动赠送,不付给任何人';
comment on column payment.wallet_entry.cause is '来由:prepay 预存,use 抵扣,reversal 冲销,transfer_in 转入,transfer_out 转出,refund 退款,refund_back 退款取消退回,deposit 押金转入,gift 活动赠送,gift_back 收回赠送';
