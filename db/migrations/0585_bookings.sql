-- Bookings of shared places (场地预约): courts, meeting rooms, party rooms, places for guests. V4: nothing is given away twice, by constraint.
create schema bookings;
grant usage on schema bookings to heyuan_app;
comment on schema bookings is '场地预约:可预约的场地、规则、价格、停用时段和预约';

create table bookings.resource (
  company_id bigint not null,
  resource_id uuid not null,
  community_id uuid not null,
  name text not null,
  kind text not null check (kind in ('court', 'gym', 'meeting', 'party', 'seat', 'parking', 'other')),
  place text not null,
  unit_word text not null,
  unit_count int not null check (unit_count between 1 and 200),
  belongs_to text not null check (belongs_to in ('service', 'company', 'public_income', 'trust')),
  account_code text not null,
  note text,
  photo_id uuid,
  keeper_id uuid not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (company_id, resource_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
select kernel.isolate('bookings.resource', 'select, insert, update');
comment on table bookings.resource is '可预约的场地';
comment on column bookings.resource.company_id is '公司';
comment on column bookings.resource.resource_id is '编号';
comment on column bookings.resource.community_id is '小区';
comment on column bookings.resource.name is '名称,小区内唯一';
comment on column bookings.resource.kind is '种类:court 球场,gym 健身房,meeting 会议室,party 活动室,seat 座位,parking 临时车位,other 其他';
comment on column bookings.resource.place is '位置';
comment on column bookings.resource.unit_word is '计量单位:片、间、桌、座、位';
comment on column bookings.resource.unit_count is '同时可预约的数量,1 为独占';
comment on column bookings.resource.belongs_to is '收入归属:service 物业服务,company 公司,public_income 公共收益,trust 代收';
comment on column bookings.resource.account_code is '收入科目';
comment on column bookings.resource.note is '使用须知';
comment on column bookings.resource.photo_id is '照片';
comment on column bookings.resource.keeper_id is '负责人账号:线上预约的账单和退款以其名义办理';
comment on column bookings.resource.sort_no is '排序';
comment on column bookings.resource.retired_at is '停用时间';
comment on column bookings.resource.changed_by is '修改人';
comment on column bookings.resource.changed_at is '修改时间';

create table bookings.unit (
  company_id bigint not null,
  resource_id uuid not null,
  unit_no int not null check (unit_no between 1 and 200),
  retired_at timestamptz,
  primary key (company_id, resource_id, unit_no),
  foreign key (company_id, resource_id) references bookings.resource (company_id, resource_id)
);
select kernel.isolate('bookings.unit', 'select, insert, update');
comment on table bookings.unit is '场地里可以单独预约的一份:一片场、一张桌、一个座;预约只能落在这些号上,所以不会超过数量';
comment on column bookings.unit.company_id is '公司';
comment on column bookings.unit.resource_id is '场地';
comment on column bookings.unit.unit_no is '第几号';
comment on column bookings.unit.retired_at is '撤下时间';

create table bookings.rule (
  company_id bigint not null,
  rule_id uuid not null,
  resource_id uuid not null,
  from_on date not null,
  hours jsonb not null check (jsonb_typeof(hours) = 'array'),
  slot_min int not null check (slot_min between 15 and 1440),
  min_slots int not null check (min_slots between 1 and 48),
  max_slots int not null check (max_slots between 1 and 48),
  max_units int not null check (max_units between 1 and 200),
  ahead_days int not null check (ahead_days between 0 and 180),
  live_max int not null check (live_max between 1 and 100),
  cancel_hours int not null check (cancel_hours between 0 and 720),
  late_keep_percent int not null check (late_keep_percent between 0 and 100),
  approval boolean not null,
  who text[] not null check (who <@ array['owner', 'tenant', 'household'] and cardinality(who) >= 1),
  pay_within_min int not null check (pay_within_min between 0 and 1440),
  remind_hours int not null check (remind_hours between 0 and 168),
  basis text not null,
  made_by text not null,
  made_at timestamptz not null,
  primary key (company_id, rule_id),
  check (min_slots <= max_slots),
  foreign key (company_id, resource_id) references bookings.resource (company_id, resource_id)
);
create index rule_now on bookings.rule (company_id, resource_id, from_on desc, made_at desc);
select kernel.isolate('bookings.rule', 'select, insert');
comment on table bookings.rule is '预约规则,按生效日,只增;某天用的是生效日不晚于它的最后一版';
comment on column bookings.rule.company_id is '公司';
comment on column bookings.rule.rule_id is '编号';
comment on column bookings.rule.resource_id is '场地';
comment on column bookings.rule.from_on is '生效日:从这天的使用起';
comment on column bookings.rule.hours is '开放时段:星期、从、到';
comment on column bookings.rule.slot_min is '每段分钟';
comment on column bookings.rule.min_slots is '一次最少几段';
comment on column bookings.rule.max_slots is '一次最多几段';
comment on column bookings.rule.max_units is '一次最多几份';
comment on column bookings.rule.ahead_days is '最多提前几天';
comment on column bookings.rule.live_max is '每户同时有效的预约';
comment on column bookings.rule.cancel_hours is '开始前几小时可免费取消';
comment on column bookings.rule.late_keep_percent is '过了免费取消时间仍收取的百分比';
comment on column bookings.rule.approval is '须审核';
comment on column bookings.rule.who is '谁可以预约:owner 业主,tenant 租户,household 住户成员';
comment on column bookings.rule.pay_within_min is '几分钟内付款,逾时释放;0 为出账后按期缴费';
comment on column bookings.rule.remind_hours is '开始前几小时提醒,0 为不提醒';
comment on column bookings.rule.basis is '依据';
comment on column bookings.rule.made_by is '设定人';
comment on column bookings.rule.made_at is '设定时间';

create table bookings.price (
  company_id bigint not null,
  price_id uuid not null,
  resource_id uuid not null,
  from_on date not null,
  slot_fen bigint not null check (slot_fen between 0 and 1000000),
  bands jsonb not null check (jsonb_typeof(bands) = 'array'),
  basis text not null,
  made_by text not null,
  made_at timestamptz not null,
  primary key (company_id, price_id),
  foreign key (company_id, resource_id) references bookings.resource (company_id, resource_id)
);
create index price_now on bookings.price (company_id, resource_id, from_on desc, made_at desc);
select kernel.isolate('bookings.price', 'select, insert');
comment on table bookings.price is '场地价格,按生效日,只增;没有价格的场地不收费';
comment on column bookings.price.company_id is '公司';
comment on column bookings.price.price_id is '编号';
comment on column bookings.price.resource_id is '场地';
comment on column bookings.price.from_on is '生效日:从这天的使用起';
comment on column bookings.price.slot_fen is '每段每份价格(分),没有另定的时段用它';
comment on column bookings.price.bands is '另定的时段:星期、从、到、每段每份价格;先列的先用';
comment on column bookings.price.basis is '依据';
comment on column bookings.price.made_by is '设定人';
comment on column bookings.price.made_at is '设定时间';

create table bookings.closure (
  company_id bigint not null,
  closure_id uuid not null,
  resource_id uuid not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  reason text not null,
  made_by text not null,
  made_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text,
  lifted_reason text,
  primary key (company_id, closure_id),
  check (from_at < to_at),
  check ((lifted_at is null) = (lifted_by is null)),
  foreign key (company_id, resource_id) references bookings.resource (company_id, resource_id)
);
create index closure_at on bookings.closure (company_id, resource_id, to_at) where lifted_at is null;
create index closure_resource on bookings.closure (company_id, resource_id);
select kernel.isolate('bookings.closure', 'select, insert, update');
comment on table bookings.closure is '停用时段';
comment on column bookings.closure.company_id is '公司';
comment on column bookings.closure.closure_id is '编号';
comment on column bookings.closure.resource_id is '场地';
comment on column bookings.closure.from_at is '起';
comment on column bookings.closure.to_at is '止(不含)';
comment on column bookings.closure.reason is '原因,业户看得到';
comment on column bookings.closure.made_by is '设定人';
comment on column bookings.closure.made_at is '设定时间';
comment on column bookings.closure.lifted_at is '解除时间';
comment on column bookings.closure.lifted_by is '解除人';
comment on column bookings.closure.lifted_reason is '解除原因';

create table bookings.series (
  company_id bigint not null,
  series text not null,
  last_no int not null check (last_no >= 1),
  primary key (company_id, series)
);
select kernel.isolate('bookings.series', 'select, insert, update');
comment on table bookings.series is '预约号的流水';
comment on column bookings.series.company_id is '公司';
comment on column bookings.series.series is '系列,每年一个';
comment on column bookings.series.last_no is '已用到的号';

create table bookings.booking (
  company_id bigint not null,
  booking_id uuid not null,
  no text not null,
  resource_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  person_id uuid,
  contact_name text not null,
  contact_phone text,
  source text not null check (source in ('app', 'desk')),
  from_at timestamptz not null,
  to_at timestamptz not null,
  slot_count int not null check (slot_count between 1 and 48),
  unit_count int not null check (unit_count between 1 and 200),
  note text,
  state text not null check (state in ('asked', 'held', 'confirmed', 'used', 'no_show', 'cancelled', 'refused', 'expired')),
  code text not null,
  rule_id uuid not null,
  price_id uuid,
  lines jsonb not null,
  amount_fen bigint not null check (amount_fen >= 0),
  kept_fen bigint not null default 0 check (kept_fen >= 0 and kept_fen <= amount_fen),
  hold_until timestamptz,
  ended_at timestamptz,
  ended_by text,
  ended_reason text,
  refund_state text check (refund_state in ('asked', 'by_hand', 'done', 'refused')),
  used_at timestamptz,
  used_by text,
  reminded_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  primary key (company_id, booking_id),
  unique (company_id, no),
  check (from_at < to_at),
  check ((state = 'held') = (hold_until is not null)),
  check ((state = 'used') = (used_at is not null)),
  foreign key (company_id, resource_id) references bookings.resource (company_id, resource_id),
  foreign key (company_id, rule_id) references bookings.rule (company_id, rule_id),
  foreign key (company_id, price_id) references bookings.price (company_id, price_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id)
);
create unique index booking_code on bookings.booking (company_id, code) where state in ('asked', 'held', 'confirmed');
create index booking_resource on bookings.booking (company_id, resource_id, from_at);
create index booking_house on bookings.booking (company_id, house_id, from_at);
create index booking_at on bookings.booking (company_id, from_at);
create index booking_held on bookings.booking (company_id, hold_until) where state = 'held';
create index booking_rule on bookings.booking (company_id, rule_id);
create index booking_price on bookings.booking (company_id, price_id);
select kernel.isolate('bookings.booking', 'select, insert, update');
comment on table bookings.booking is '预约';
comment on column bookings.booking.company_id is '公司';
comment on column bookings.booking.booking_id is '编号';
comment on column bookings.booking.no is '预约号';
comment on column bookings.booking.resource_id is '场地';
comment on column bookings.booking.community_id is '小区';
comment on column bookings.booking.building_id is '房产所在楼栋';
comment on column bookings.booking.house_id is '哪一户';
comment on column bookings.booking.person_id is '预约人,员工代约未指定的没有';
comment on column bookings.booking.contact_name is '联系人';
comment on column bookings.booking.contact_phone is '电话';
comment on column bookings.booking.source is '来源:app 业户手机,desk 员工代约';
comment on column bookings.booking.from_at is '起';
comment on column bookings.booking.to_at is '止(不含)';
comment on column bookings.booking.slot_count is '几段';
comment on column bookings.booking.unit_count is '几份';
comment on column bookings.booking.note is '备注';
comment on column bookings.booking.state is '状态:asked 待审核,held 待付款,confirmed 已预约,used 已签到,no_show 未到,cancelled 已取消,refused 未通过,expired 未付款已释放';
comment on column bookings.booking.code is '签到码';
comment on column bookings.booking.rule_id is '按哪一版规则';
comment on column bookings.booking.price_id is '按哪一版价格,免费的没有';
comment on column bookings.booking.lines is '费用怎样算出:每行单价、段数、份数、金额';
comment on column bookings.booking.amount_fen is '费用(分)';
comment on column bookings.booking.kept_fen is '过了免费取消时间取消仍收取的部分(分)';
comment on column bookings.booking.hold_until is '最迟付款时间';
comment on column bookings.booking.ended_at is '取消、未通过、释放、未到的时间';
comment on column bookings.booking.ended_by is '谁';
comment on column bookings.booking.ended_reason is '原因';
comment on column bookings.booking.refund_state is '已付款的退还:asked 已申请,by_hand 由收款处办理,done 已退,refused 未批准';
comment on column bookings.booking.used_at is '签到时间';
comment on column bookings.booking.used_by is '签到人';
comment on column bookings.booking.reminded_at is '提醒时间';
comment on column bookings.booking.created_by is '预约人或代约员工';
comment on column bookings.booking.created_at is '预约时间';

-- V4: one unit is in one live booking at a time, and a unit is one of those that the place has.
create table bookings.booking_unit (
  company_id bigint not null,
  booking_id uuid not null,
  resource_id uuid not null,
  unit_no int not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  live boolean not null,
  primary key (company_id, booking_id, unit_no),
  check (from_at < to_at),
  foreign key (company_id, booking_id) references bookings.booking (company_id, booking_id),
  foreign key (company_id, resource_id, unit_no) references bookings.unit (company_id, resource_id, unit_no),
  constraint booking_unit_once exclude using gist (company_id with =, resource_id with =, unit_no with =, tstzrange(from_at, to_at) with &&) where (live)
);
create index booking_unit_of on bookings.booking_unit (company_id, resource_id, unit_no);
select kernel.isolate('bookings.booking_unit', 'select, insert, update, delete');
comment on table bookings.booking_unit is '预约占用的号;同一号的有效预约在时间上不能重叠';
comment on column bookings.booking_unit.company_id is '公司';
comment on column bookings.booking_unit.booking_id is '预约';
comment on column bookings.booking_unit.resource_id is '场地';
comment on column bookings.booking_unit.unit_no is '第几号';
comment on column bookings.booking_unit.from_at is '起';
comment on column bookings.booking_unit.to_at is '止(不含)';
comment on column bookings.booking_unit.live is '有效:待审核、待付款、已预约、已签到';

create table bookings.booking_bill (
  company_id bigint not null,
  booking_id uuid not null,
  part text not null check (part in ('fee', 'kept')),
  bill_id uuid not null,
  period_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  given_back boolean not null default false,
  refund_id uuid,
  made_at timestamptz not null,
  primary key (company_id, bill_id),
  foreign key (company_id, booking_id) references bookings.booking (company_id, booking_id)
);
create index booking_bill_of on bookings.booking_bill (company_id, booking_id);
create index booking_bill_refund on bookings.booking_bill (company_id, refund_id) where refund_id is not null;
select kernel.isolate('bookings.booking_bill', 'select, insert, update');
comment on table bookings.booking_bill is '预约的账单';
comment on column bookings.booking_bill.company_id is '公司';
comment on column bookings.booking_bill.booking_id is '预约';
comment on column bookings.booking_bill.part is '部分:fee 取消可退,kept 过了免费取消时间不退';
comment on column bookings.booking_bill.bill_id is '账单';
comment on column bookings.booking_bill.period_on is '账期';
comment on column bookings.booking_bill.amount_fen is '金额(分)';
comment on column bookings.booking_bill.given_back is '预约取消后不再收取:未付的作废,已付的退还后作废';
comment on column bookings.booking_bill.refund_id is '退款单';
comment on column bookings.booking_bill.made_at is '出账时间';

create table bookings.step (
  company_id bigint not null,
  step_id uuid not null,
  booking_id uuid not null,
  kind text not null check (kind in ('booked', 'agreed', 'refused', 'paid', 'moved', 'cancelled', 'expired', 'used', 'no_show', 'reminded', 'refund')),
  text text not null,
  by_name text not null,
  at timestamptz not null,
  primary key (company_id, step_id),
  foreign key (company_id, booking_id) references bookings.booking (company_id, booking_id)
);
create index step_of on bookings.step (company_id, booking_id, at);
select kernel.isolate('bookings.step', 'select, insert');
comment on table bookings.step is '预约的经过,只增';
comment on column bookings.step.company_id is '公司';
comment on column bookings.step.step_id is '编号';
comment on column bookings.step.booking_id is '预约';
comment on column bookings.step.kind is '事项:预约、通过、未通过、付款、改期、取消、释放、签到、未到、提醒、退款';
comment on column bookings.step.text is '说明';
comment on column bookings.step.by_name is '谁';
comment on column bookings.step.at is '时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['bookings.booking.read', 'bookings.booking.write', 'bookings.booking.check', 'bookings.booking.export', 'bookings.resource.write']::text[] where built_in and code in ('manager') and not permissions && array['*', 'bookings.booking.read'];
update identity.role set permissions = permissions || array['bookings.booking.read', 'bookings.booking.write', 'bookings.booking.check', 'bookings.booking.export']::text[] where built_in and code in ('service', 'steward') and not permissions && array['*', 'bookings.booking.read'];
update identity.role set permissions = permissions || array['bookings.booking.read', 'bookings.booking.export']::text[] where built_in and code in ('finance') and not permissions && array['*', 'bookings.booking.read'];
update identity.role set permissions = permissions || array['bookings.booking.read']::text[] where built_in and code in ('inspector', 'visitor', 'cashier') and not permissions && array['*', 'bookings.booking.read'];
update identity.role set permissions = permissions || array['bookings.booking.check']::text[] where built_in and code in ('guard_head', 'guard') and not permissions && array['*', 'bookings.booking.check'];
alter table identity.role force row level security;
