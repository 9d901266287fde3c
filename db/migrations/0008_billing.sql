create schema billing;
grant usage on schema billing to heyuan_app;
comment on schema billing is '收费项目、单价、出账与账单';

create table billing.fee_item (
  company_id bigint not null,
  fee_item_id uuid not null,
  community_id uuid not null,
  code text not null,
  name text not null,
  shape text not null check (shape in ('area','fixed','quantity','meter')),
  area_kind text check (area_kind in ('built','inner','heated')),
  meter_kind text check (meter_kind in ('water','electricity','gas','heat')),
  unit_name text not null default '月',
  house_kinds text[] not null,
  applies text not null default 'all' check (applies in ('all','assigned')),
  fee_class text not null default 'property' check (fee_class in ('property','use')),
  cycle text not null default 'month' check (cycle in ('month','quarter','half_year','year','season')),
  season_from text,
  season_to text,
  proration text not null default 'real_days' check (proration in ('real_days','thirty_days','whole_month')),
  bill_unsold boolean not null default true,
  due_days int not null default 30 check (due_days between 0 and 365),
  account_code text not null default '6001',
  sort_no int not null default 0,
  disabled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, fee_item_id),
  unique (company_id, community_id, code),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('billing.fee_item', 'select, insert, update');
comment on table billing.fee_item is '收费项目';
comment on column billing.fee_item.company_id is '公司';
comment on column billing.fee_item.fee_item_id is '编号';
comment on column billing.fee_item.community_id is '小区';
comment on column billing.fee_item.code is '代码';
comment on column billing.fee_item.name is '名称,如 物业服务费';
comment on column billing.fee_item.shape is '计价方式:按面积、固定、按数量、按表';
comment on column billing.fee_item.area_kind is '面积口径';
comment on column billing.fee_item.meter_kind is '表计种类';
comment on column billing.fee_item.unit_name is '单价单位,如 元/㎡·月';
comment on column billing.fee_item.house_kinds is '适用房产类别';
comment on column billing.fee_item.applies is '适用方式:全部符合类别的、逐户指定的';
comment on column billing.fee_item.fee_class is '费用类别,决定由谁承担';
comment on column billing.fee_item.cycle is '周期';
comment on column billing.fee_item.season_from is '季节起 MM-DD';
comment on column billing.fee_item.season_to is '季节止 MM-DD(含)';
comment on column billing.fee_item.proration is '不足一月的算法';
comment on column billing.fee_item.bill_unsold is '未售未交付是否计费(由开发商承担)';
comment on column billing.fee_item.due_days is '出账后多少天到期';
comment on column billing.fee_item.account_code is '收入科目';
comment on column billing.fee_item.sort_no is '排序';
comment on column billing.fee_item.disabled_at is '停用时间';
comment on column billing.fee_item.created_at is '建立时间';

create table billing.price (
  company_id bigint not null,
  price_id uuid not null,
  fee_item_id uuid not null,
  house_kind text,
  unit_price numeric(18,6) not null check (unit_price >= 0),
  from_on date not null,
  to_on date,
  basis text,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, price_id),
  foreign key (company_id, fee_item_id) references billing.fee_item,
  exclude using gist (company_id with =, fee_item_id with =, coalesce(house_kind, '') with =, daterange(from_on, to_on) with &&)
);
create index price_item on billing.price (company_id, fee_item_id, from_on);
select kernel.isolate('billing.price', 'select, insert, update');
comment on table billing.price is '单价版本,按日生效';
comment on column billing.price.company_id is '公司';
comment on column billing.price.price_id is '编号';
comment on column billing.price.fee_item_id is '收费项目';
comment on column billing.price.house_kind is '房产类别,空为全部';
comment on column billing.price.unit_price is '单价(元)';
comment on column billing.price.from_on is '生效日(含)';
comment on column billing.price.to_on is '失效日(不含)';
comment on column billing.price.basis is '依据:合同、文号';
comment on column billing.price.created_by is '录入人';
comment on column billing.price.created_at is '录入时间';

create table billing.assignment (
  company_id bigint not null,
  assignment_id uuid not null,
  fee_item_id uuid not null,
  house_id uuid not null,
  quantity numeric(14,4) not null default 1 check (quantity >= 0),
  from_on date not null,
  to_on date,
  note text,
  primary key (company_id, assignment_id),
  foreign key (company_id, fee_item_id) references billing.fee_item,
  foreign key (company_id, house_id) references property.house,
  exclude using gist (company_id with =, fee_item_id with =, house_id with =, daterange(from_on, to_on) with &&)
);
create index assignment_house on billing.assignment (company_id, house_id);
create index assignment_item on billing.assignment (company_id, fee_item_id);
select kernel.isolate('billing.assignment', 'select, insert, update, delete');
comment on table billing.assignment is '逐户指定:数量或不适用';
comment on column billing.assignment.company_id is '公司';
comment on column billing.assignment.assignment_id is '编号';
comment on column billing.assignment.fee_item_id is '收费项目';
comment on column billing.assignment.house_id is '房产';
comment on column billing.assignment.quantity is '数量';
comment on column billing.assignment.from_on is '起(含)';
comment on column billing.assignment.to_on is '止(不含)';
comment on column billing.assignment.note is '说明';

create table billing.run (
  company_id bigint not null,
  run_id uuid not null,
  community_id uuid not null,
  period_on date not null,
  fee_item_ids uuid[] not null,
  house_id uuid,
  state text not null check (state in ('draft','publishing','published','cancelled')),
  preview jsonb,
  input_hash text,
  line_count int,
  amount_fen bigint,
  created_by uuid not null,
  created_at timestamptz not null,
  published_by uuid,
  published_at timestamptz,
  job_id bigint,
  primary key (company_id, run_id),
  check (published_by is null or published_by <> created_by),
  foreign key (company_id, community_id) references property.community
);
create index run_list on billing.run (company_id, community_id, period_on desc, created_at desc);
select kernel.isolate('billing.run', 'select, insert, update');
comment on table billing.run is '出账批次';
comment on column billing.run.company_id is '公司';
comment on column billing.run.run_id is '编号';
comment on column billing.run.community_id is '小区';
comment on column billing.run.period_on is '账期(月首日)';
comment on column billing.run.fee_item_ids is '收费项目';
comment on column billing.run.house_id is '单户出账时的房产';
comment on column billing.run.state is '状态';
comment on column billing.run.preview is '预览合计与摘要';
comment on column billing.run.input_hash is '预览时输入的摘要,发布时须一致';
comment on column billing.run.line_count is '账单数';
comment on column billing.run.amount_fen is '金额';
comment on column billing.run.created_by is '制单人';
comment on column billing.run.created_at is '制单时间';
comment on column billing.run.published_by is '发布人,须与制单人不同';
comment on column billing.run.published_at is '发布时间';
comment on column billing.run.job_id is '后台任务';

create table billing.run_exclusion (
  company_id bigint not null,
  run_id uuid not null,
  house_id uuid not null,
  fee_item_id uuid not null,
  reason text not null,
  excluded_by uuid not null,
  excluded_at timestamptz not null,
  primary key (company_id, run_id, house_id, fee_item_id),
  foreign key (company_id, run_id) references billing.run
);
select kernel.isolate('billing.run_exclusion', 'select, insert, delete');
comment on table billing.run_exclusion is '本次出账排除的户与原因';
comment on column billing.run_exclusion.company_id is '公司';
comment on column billing.run_exclusion.run_id is '批次';
comment on column billing.run_exclusion.house_id is '房产';
comment on column billing.run_exclusion.fee_item_id is '收费项目';
comment on column billing.run_exclusion.reason is '原因';
comment on column billing.run_exclusion.excluded_by is '操作人';
comment on column billing.run_exclusion.excluded_at is '时间';

create table billing.bill (
  company_id bigint not null,
  period_on date not null,
  bill_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  fee_item_id uuid not null,
  payer_id uuid not null,
  run_id uuid not null,
  from_on date not null,
  to_on date not null,
  price_id uuid not null,
  shape text not null,
  quantity numeric(14,4) not null,
  unit_price numeric(18,6) not null,
  months numeric(12,8) not null default 1,
  days int not null default 0,
  days_of int not null default 0,
  reading_id uuid,
  amount_fen bigint not null check (amount_fen >= 0),
  paid_fen bigint not null default 0 check (paid_fen >= 0),
  reduced_fen bigint not null default 0 check (reduced_fen >= 0),
  issued_on date not null,
  due_on date not null,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text,
  check (paid_fen + reduced_fen <= amount_fen),
  check (voided_at is null or paid_fen = 0),
  primary key (company_id, period_on, bill_id)
) partition by range (period_on);
-- A house may have two meters of a kind, hence the reading in the key.
create unique index bill_live on billing.bill (company_id, house_id, fee_item_id, from_on, period_on, reading_id) nulls not distinct where voided_at is null;
create index bill_open on billing.bill (company_id, community_id, house_id) include (building_id, fee_item_id, amount_fen, paid_fen, reduced_fen, due_on, payer_id) where voided_at is null and paid_fen + reduced_fen < amount_fen;
-- No index on run_id: a bill's id begins with the first 12 bytes of its run's, so the bills of a run are one range of the primary key.
select kernel.isolate('billing.bill', 'select, insert, update');
comment on table billing.bill is '账单:一户一项一期一责任区间的应收';
comment on column billing.bill.company_id is '公司';
comment on column billing.bill.period_on is '账期(月首日)';
comment on column billing.bill.bill_id is '编号';
comment on column billing.bill.community_id is '小区';
comment on column billing.bill.building_id is '楼栋';
comment on column billing.bill.house_id is '房产';
comment on column billing.bill.fee_item_id is '收费项目';
comment on column billing.bill.payer_id is '责任人(people.person)';
comment on column billing.bill.run_id is '出账批次';
comment on column billing.bill.from_on is '计费起(含)';
comment on column billing.bill.to_on is '计费止(不含)';
comment on column billing.bill.price_id is '单价版本';
comment on column billing.bill.shape is '计价方式';
comment on column billing.bill.quantity is '数量:面积、用量、个数';
comment on column billing.bill.unit_price is '单价';
comment on column billing.bill.months is '月数或系数';
comment on column billing.bill.days is '不足月时的计费天数,0 为整期';
comment on column billing.bill.days_of is '不足月时的分母天数';
comment on column billing.bill.reading_id is '读数';
comment on column billing.bill.amount_fen is '应收';
comment on column billing.bill.paid_fen is '已收';
comment on column billing.bill.reduced_fen is '减免';
comment on column billing.bill.issued_on is '出账日';
comment on column billing.bill.due_on is '到期日';
comment on column billing.bill.voided_at is '作废时间';
comment on column billing.bill.voided_by is '作废人';
comment on column billing.bill.void_reason is '作废原因';
select kernel.ensure_month('billing.bill', m::date) from generate_series(date '2025-01-01', date '2027-06-01', interval '1 month') m;
