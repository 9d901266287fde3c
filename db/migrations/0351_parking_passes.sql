-- Terms of passes with the bill each of them stands on, prices of passes by date, coupons that shops buy and give.
create table parking.pass_price (
  company_id bigint not null,
  price_id uuid not null,
  lot_id uuid not null,
  from_on date not null,
  month_fen bigint not null check (month_fen >= 0),
  note text,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, price_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id)
);
create index pass_price_now on parking.pass_price (company_id, lot_id, from_on desc, created_at desc);
select kernel.isolate('parking.pass_price', 'select, insert');
comment on table parking.pass_price is '月卡价格,按生效日,只增';
comment on column parking.pass_price.company_id is '公司';
comment on column parking.pass_price.price_id is '编号';
comment on column parking.pass_price.lot_id is '车场';
comment on column parking.pass_price.from_on is '生效日';
comment on column parking.pass_price.month_fen is '每月';
comment on column parking.pass_price.note is '依据';
comment on column parking.pass_price.created_by is '发布人';
comment on column parking.pass_price.created_at is '发布时间';

create table parking.term (
  company_id bigint not null,
  term_id uuid not null,
  permit_id uuid not null,
  from_on date not null,
  to_on date not null,
  months int not null check (months between 1 and 36),
  amount_fen bigint not null check (amount_fen >= 0),
  bill_id uuid,
  period_on date,
  made_by uuid,
  made_at timestamptz not null,
  primary key (company_id, term_id),
  foreign key (company_id, permit_id) references parking.permit (company_id, permit_id),
  check (to_on > from_on),
  check ((bill_id is null) = (period_on is null))
);
create index term_of on parking.term (company_id, permit_id, to_on desc);
create index term_bill on parking.term (company_id, bill_id);
select kernel.isolate('parking.term', 'select, insert');
comment on table parking.term is '月卡租期:对应账单缴清后生效,只增';
comment on column parking.term.company_id is '公司';
comment on column parking.term.term_id is '编号';
comment on column parking.term.permit_id is '授权';
comment on column parking.term.from_on is '起';
comment on column parking.term.to_on is '止(不含)';
comment on column parking.term.months is '月数';
comment on column parking.term.amount_fen is '租费';
comment on column parking.term.bill_id is '账单,空为免费';
comment on column parking.term.period_on is '账期';
comment on column parking.term.made_by is '经办人';
comment on column parking.term.made_at is '时间';

create table parking.coupon_pack (
  company_id bigint not null,
  pack_id uuid not null,
  lot_id uuid not null,
  house_id uuid not null,
  shop_name text not null,
  kind text not null check (kind in ('minutes','amount','free')),
  minutes int check (minutes > 0),
  amount_fen bigint check (amount_fen > 0),
  count int not null check (count > 0),
  price_fen bigint not null check (price_fen >= 0),
  until_on date not null,
  bill_id uuid,
  period_on date,
  sold_by uuid,
  bought_at timestamptz not null,
  primary key (company_id, pack_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  check ((kind = 'minutes') = (minutes is not null)),
  check ((kind = 'amount') = (amount_fen is not null))
);
create index coupon_pack_list on parking.coupon_pack (company_id, lot_id, bought_at desc);
create index coupon_pack_house on parking.coupon_pack (company_id, house_id);
select kernel.isolate('parking.coupon_pack', 'select, insert');
comment on table parking.coupon_pack is '商户购买的停车券';
comment on column parking.coupon_pack.company_id is '公司';
comment on column parking.coupon_pack.pack_id is '编号';
comment on column parking.coupon_pack.lot_id is '车场';
comment on column parking.coupon_pack.house_id is '商铺';
comment on column parking.coupon_pack.shop_name is '商户';
comment on column parking.coupon_pack.kind is '种类:minutes 减时,amount 减额,free 全免';
comment on column parking.coupon_pack.minutes is '每张减免分钟';
comment on column parking.coupon_pack.amount_fen is '每张面额';
comment on column parking.coupon_pack.count is '张数';
comment on column parking.coupon_pack.price_fen is '购券款';
comment on column parking.coupon_pack.until_on is '有效至(含)';
comment on column parking.coupon_pack.bill_id is '账单';
comment on column parking.coupon_pack.period_on is '账期';
comment on column parking.coupon_pack.sold_by is '经办人';
comment on column parking.coupon_pack.bought_at is '购买时间';

create table parking.coupon_use (
  company_id bigint not null,
  pack_id uuid not null,
  stay_id uuid not null,
  given_at timestamptz not null,
  primary key (company_id, pack_id, stay_id),
  foreign key (company_id, pack_id) references parking.coupon_pack (company_id, pack_id),
  foreign key (company_id, stay_id) references parking.stay (company_id, stay_id)
);
create index coupon_use_stay on parking.coupon_use (company_id, stay_id);
select kernel.isolate('parking.coupon_use', 'select, insert');
comment on table parking.coupon_use is '发给一次停车的券,只增';
comment on column parking.coupon_use.company_id is '公司';
comment on column parking.coupon_use.pack_id is '券包';
comment on column parking.coupon_use.stay_id is '停车记录';
comment on column parking.coupon_use.given_at is '发券时间';

-- What is older than the lot keeps it loses plate and picture (个人信息保护法 19, 47); the fact that a car passed stays. Only these columns may be changed.
grant update (plate, picture, detail) on parking.look to heyuan_app;
grant update (detail) on parking.stay_step to heyuan_app;

alter table parking.permit add column asked_months int;
alter table parking.permit add constraint permit_asked_months check (asked_months between 1 and 36);
comment on column parking.permit.asked_months is '业主申请的月数,审批通过即按它出账';
