-- Sharing of public utilities (公摊): groups of houses, dated rules, splits that sum to the fen, and their way into bills.
create table meters.share_group (
  company_id bigint not null,
  group_id uuid not null,
  community_id uuid not null,
  name text not null,
  kind text not null check (kind in ('water','electricity','gas','heat','other')),
  place text not null check (place in ('community','building','unit','list')),
  building_id uuid,
  unit_id uuid,
  house_kinds text[] not null,
  disabled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, group_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, unit_id) references property.unit,
  check ((place in ('building','unit')) = (building_id is not null)),
  check ((place = 'unit') = (unit_id is not null))
);
create index share_group_building on meters.share_group (company_id, building_id);
create index share_group_unit on meters.share_group (company_id, unit_id);
select kernel.isolate('meters.share_group', 'select, insert, update');
comment on table meters.share_group is '公摊组:哪些户分摊一笔公共水电';
comment on column meters.share_group.company_id is '公司';
comment on column meters.share_group.group_id is '编号';
comment on column meters.share_group.community_id is '小区';
comment on column meters.share_group.name is '名称,如 1栋楼梯照明';
comment on column meters.share_group.kind is '种类:水、电、气、热、其他';
comment on column meters.share_group.place is '范围:小区、楼栋、单元、指定户';
comment on column meters.share_group.building_id is '楼栋';
comment on column meters.share_group.unit_id is '单元';
comment on column meters.share_group.house_kinds is '适用房产类别';
comment on column meters.share_group.disabled_at is '停用时间';
comment on column meters.share_group.created_at is '建立时间';

create table meters.share_rule (
  company_id bigint not null,
  rule_id uuid not null,
  group_id uuid not null,
  from_on date not null,
  method text not null check (method in ('area','household','usage','weight')),
  area_kind text check (area_kind in ('built','inner','heated')),
  usage_kind text check (usage_kind in ('water','electricity','gas','heat')),
  floors jsonb not null default '[]',
  vacant_percent numeric(5,2) not null default 100 check (vacant_percent >= 0 and vacant_percent <= 100),
  unsold_percent numeric(5,2) not null default 100 check (unsold_percent >= 0 and unsold_percent <= 100),
  source text not null check (source in ('price','invoice')),
  unit_price numeric(18,6) check (unit_price >= 0),
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  unique (company_id, group_id, from_on),
  foreign key (company_id, group_id) references meters.share_group,
  check ((method = 'area') = (area_kind is not null)),
  check ((method = 'usage') = (usage_kind is not null)),
  check ((source = 'price') = (unit_price is not null))
);
select kernel.isolate('meters.share_rule', 'select, insert');
comment on table meters.share_rule is '公摊规则,按生效日分版本,只增不改';
comment on column meters.share_rule.company_id is '公司';
comment on column meters.share_rule.rule_id is '编号';
comment on column meters.share_rule.group_id is '公摊组';
comment on column meters.share_rule.from_on is '生效日';
comment on column meters.share_rule.method is '分摊方法:面积、户数、用量、指定权重';
comment on column meters.share_rule.area_kind is '面积口径';
comment on column meters.share_rule.usage_kind is '按哪种表的用量';
comment on column meters.share_rule.floors is '楼层系数:[{from_floor, to_floor, coefficient}],未列出的楼层为 1';
comment on column meters.share_rule.vacant_percent is '空置户承担百分比';
comment on column meters.share_rule.unsold_percent is '未售户承担百分比';
comment on column meters.share_rule.source is '金额来源:用量乘单价、供应商账单';
comment on column meters.share_rule.unit_price is '单价(元)';
comment on column meters.share_rule.basis is '依据:合同、业主大会决定、文号';
comment on column meters.share_rule.created_by is '录入人';
comment on column meters.share_rule.created_at is '录入时间';

create table meters.share_source (
  company_id bigint not null,
  rule_id uuid not null,
  point_id uuid not null,
  take text not null check (take in ('usage','less','loss')),
  primary key (company_id, rule_id, point_id),
  foreign key (company_id, rule_id) references meters.share_rule
);
select kernel.isolate('meters.share_source', 'select, insert');
comment on table meters.share_source is '公摊用量的来源';
comment on column meters.share_source.company_id is '公司';
comment on column meters.share_source.rule_id is '规则';
comment on column meters.share_source.point_id is '计量点';
comment on column meters.share_source.take is '取法:计入用量、扣除用量、总表与分表之差(公共用量与损耗)';

create table meters.share_member (
  company_id bigint not null,
  group_id uuid not null,
  house_id uuid not null,
  from_on date not null,
  to_on date,
  coefficient numeric(12,4) not null check (coefficient >= 0),
  note text,
  primary key (company_id, group_id, house_id, from_on),
  foreign key (company_id, group_id) references meters.share_group,
  foreign key (company_id, house_id) references property.house,
  exclude using gist (company_id with =, group_id with =, house_id with =, daterange(from_on, to_on) with &&)
);
create index share_member_house on meters.share_member (company_id, house_id);
select kernel.isolate('meters.share_member', 'select, insert, update, delete');
comment on table meters.share_member is '公摊组的指定户、权重与系数';
comment on column meters.share_member.company_id is '公司';
comment on column meters.share_member.group_id is '公摊组';
comment on column meters.share_member.house_id is '房产';
comment on column meters.share_member.from_on is '起(含)';
comment on column meters.share_member.to_on is '止(不含)';
comment on column meters.share_member.coefficient is '按权重分摊时为权重,否则为系数;0 为不参加';
comment on column meters.share_member.note is '说明';

create table meters.share_split (
  company_id bigint not null,
  split_id uuid not null,
  group_id uuid not null,
  rule_id uuid not null,
  period_on date not null,
  on_day date not null,
  state text not null check (state in ('draft','published','void')),
  quantity numeric(18,4),
  unit_price numeric(18,6),
  total_fen bigint not null check (total_fen >= 0),
  invoice_no text,
  weight_sum numeric not null,
  house_count int not null,
  parts_hash text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  published_by uuid,
  published_at timestamptz,
  voided_by uuid,
  voided_at timestamptz,
  void_reason text,
  primary key (company_id, split_id),
  foreign key (company_id, group_id) references meters.share_group,
  foreign key (company_id, rule_id) references meters.share_rule,
  check (published_by is null or published_by <> created_by)
);
create unique index share_split_live on meters.share_split (company_id, group_id, period_on) where state <> 'void';
create index share_split_group on meters.share_split (company_id, group_id, period_on desc);
create index share_split_rule on meters.share_split (company_id, rule_id);
create index share_split_period on meters.share_split (company_id, period_on desc, state);
select kernel.isolate('meters.share_split', 'select, insert, update');
comment on table meters.share_split is '一个公摊组一个账期的分摊';
comment on column meters.share_split.company_id is '公司';
comment on column meters.share_split.split_id is '编号';
comment on column meters.share_split.group_id is '公摊组';
comment on column meters.share_split.rule_id is '规则版本';
comment on column meters.share_split.period_on is '账期(月首日)';
comment on column meters.share_split.on_day is '取户、取责任人的日子';
comment on column meters.share_split.state is '状态:草稿、已发布、已作废';
comment on column meters.share_split.quantity is '公摊用量';
comment on column meters.share_split.unit_price is '单价(元)';
comment on column meters.share_split.total_fen is '公摊总额';
comment on column meters.share_split.invoice_no is '供应商账单号';
comment on column meters.share_split.weight_sum is '权重合计';
comment on column meters.share_split.house_count is '分摊户数';
comment on column meters.share_split.parts_hash is '各户份额的摘要,发布时须一致';
comment on column meters.share_split.created_by is '制单人';
comment on column meters.share_split.created_at is '制单时间';
comment on column meters.share_split.published_by is '发布人,须与制单人不同';
comment on column meters.share_split.published_at is '发布时间';
comment on column meters.share_split.voided_by is '作废人';
comment on column meters.share_split.voided_at is '作废时间';
comment on column meters.share_split.void_reason is '作废原因';

create table meters.share_part (
  company_id bigint not null,
  split_id uuid not null,
  house_id uuid not null,
  base numeric(16,4) not null,
  floor_coefficient numeric(12,4) not null,
  coefficient numeric(12,4) not null,
  percent numeric(5,2) not null,
  weight numeric not null check (weight >= 0),
  amount_fen bigint not null check (amount_fen >= 0),
  primary key (company_id, split_id, house_id),
  foreign key (company_id, split_id) references meters.share_split,
  foreign key (company_id, house_id) references property.house
);
create index share_part_house on meters.share_part (company_id, house_id);
select kernel.isolate('meters.share_part', 'select, insert');
comment on table meters.share_part is '一次分摊中一户的份额,只增不改';
comment on column meters.share_part.company_id is '公司';
comment on column meters.share_part.split_id is '分摊';
comment on column meters.share_part.house_id is '房产';
comment on column meters.share_part.base is '面积、户数、用量或权重';
comment on column meters.share_part.floor_coefficient is '楼层系数';
comment on column meters.share_part.coefficient is '本户系数';
comment on column meters.share_part.percent is '承担百分比(空置、未售)';
comment on column meters.share_part.weight is '权重:前四项之积';
comment on column meters.share_part.amount_fen is '份额';

create table billing.share_item (
  company_id bigint not null,
  group_id uuid not null,
  fee_item_id uuid not null,
  primary key (company_id, group_id),
  foreign key (company_id, fee_item_id) references billing.fee_item
);
create index share_item_item on billing.share_item (company_id, fee_item_id);
select kernel.isolate('billing.share_item', 'select, insert, update');
comment on table billing.share_item is '公摊组最近出账用的收费项目';
comment on column billing.share_item.company_id is '公司';
comment on column billing.share_item.group_id is '公摊组';
comment on column billing.share_item.fee_item_id is '收费项目';

-- Fee items may share an amount. Whatever other shapes there are by now stay allowed.
do $$ declare d text; begin
  select pg_get_constraintdef(oid) into d from pg_constraint where conrelid = 'billing.fee_item'::regclass and conname = 'fee_item_shape_check';
  execute 'alter table billing.fee_item drop constraint fee_item_shape_check';
  execute 'alter table billing.fee_item add constraint fee_item_shape_check ' || replace(d, '''meter''::text', '''meter''::text, ''share''::text');
end $$;
comment on column billing.fee_item.shape is '计价方式:按面积、固定、按数量、按表、公摊等';
comment on column billing.bill.reading_id is '读数;公摊账单为公摊编号';
comment on column billing.bill.price_id is '单价版本;公摊账单为公摊规则版本';
