create schema property;
grant usage on schema property to heyuan_app;
comment on schema property is '小区、分区、楼栋、单元、房产与公共部位';

create table property.community (
  company_id bigint not null,
  community_id uuid not null,
  name text not null,
  kind text not null default 'estate' check (kind in ('estate','park')),
  address text,
  district text,
  land_mu numeric(12,2),
  built_area_m2 numeric(14,2),
  green_area_m2 numeric(14,2),
  service_phone text,
  start_rule text not null default 'delivery_day' check (start_rule in ('delivery_day','next_month')),
  plan jsonb,
  disabled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, community_id),
  unique (company_id, name)
);
select kernel.isolate('property.community', 'select, insert, update');
comment on table property.community is '小区或园区';
comment on column property.community.company_id is '公司';
comment on column property.community.community_id is '小区编号';
comment on column property.community.name is '名称';
comment on column property.community.kind is '类别:小区、园区';
comment on column property.community.address is '地址';
comment on column property.community.district is '行政区';
comment on column property.community.land_mu is '占地(亩)';
comment on column property.community.built_area_m2 is '总建筑面积';
comment on column property.community.green_area_m2 is '绿化面积';
comment on column property.community.service_phone is '服务电话';
comment on column property.community.start_rule is '业主起费规则:交付日起、交付次月起';
comment on column property.community.plan is '平面图:底图与各图形';
comment on column property.community.disabled_at is '停用时间';
comment on column property.community.created_at is '建立时间';

create table property.zone (
  company_id bigint not null,
  zone_id uuid not null,
  community_id uuid not null,
  name text not null,
  sort_no int not null default 0,
  primary key (company_id, zone_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('property.zone', 'select, insert, update, delete');
comment on table property.zone is '分区';
comment on column property.zone.company_id is '公司';
comment on column property.zone.zone_id is '分区编号';
comment on column property.zone.community_id is '小区';
comment on column property.zone.name is '名称';
comment on column property.zone.sort_no is '排序';

create table property.building (
  company_id bigint not null,
  building_id uuid not null,
  community_id uuid not null,
  zone_id uuid,
  no text not null,
  name text not null,
  kind text not null default 'residential' check (kind in ('residential','commercial','mixed','car_park','service')),
  floors_above int not null default 1,
  floors_below int not null default 0,
  has_lift boolean not null default false,
  sort_no int not null default 0,
  primary key (company_id, building_id),
  unique (company_id, community_id, no),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, zone_id) references property.zone
);
create index building_zone on property.building (company_id, zone_id);
select kernel.isolate('property.building', 'select, insert, update, delete');
comment on table property.building is '楼栋,停车场也是一栋';
comment on column property.building.company_id is '公司';
comment on column property.building.building_id is '楼栋编号';
comment on column property.building.community_id is '小区';
comment on column property.building.zone_id is '分区';
comment on column property.building.no is '栋号,如 1';
comment on column property.building.name is '名称,如 1栋';
comment on column property.building.kind is '类别:住宅、商业、商住、停车场、配套';
comment on column property.building.floors_above is '地上层数';
comment on column property.building.floors_below is '地下层数';
comment on column property.building.has_lift is '有无电梯';
comment on column property.building.sort_no is '排序';

create table property.unit (
  company_id bigint not null,
  unit_id uuid not null,
  building_id uuid not null,
  no text not null,
  sort_no int not null default 0,
  primary key (company_id, unit_id),
  unique (company_id, building_id, no),
  foreign key (company_id, building_id) references property.building
);
select kernel.isolate('property.unit', 'select, insert, update, delete');
comment on table property.unit is '单元';
comment on column property.unit.company_id is '公司';
comment on column property.unit.unit_id is '单元编号';
comment on column property.unit.building_id is '楼栋';
comment on column property.unit.no is '单元号,如 1';
comment on column property.unit.sort_no is '排序';

-- label and room_no are compared byte by byte (collate "C"): prefixes are searched as ranges, because LIKE cannot use an index under
-- row-level security, and a range of a linguistic collation is not a prefix.
create table property.house (
  company_id bigint not null,
  house_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  unit_id uuid,
  kind text not null check (kind in ('dwelling','shop','office','garage','storage','bay')),
  room_no text collate "C" not null,
  floor_no int not null default 1,
  label text collate "C" not null,
  built_area_m2 numeric(12,2) not null default 0,
  inner_area_m2 numeric(12,2),
  heated_area_m2 numeric(12,2),
  state text not null default 'vacant' check (state in ('unsold','vacant','lived_in','let','renovating','disabled')),
  delivered_on date,
  usage text,
  note text,
  sort_no int not null default 0,
  created_at timestamptz not null,
  primary key (company_id, house_id),
  unique (company_id, community_id, label),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, unit_id) references property.unit
);
create index house_building on property.house (company_id, building_id, floor_no, sort_no);
create index house_unit on property.house (company_id, unit_id);
create index house_room on property.house (company_id, room_no);
create index house_label on property.house (company_id, label);
create index house_list on property.house (company_id, community_id, sort_no, label);
select kernel.isolate('property.house', 'select, insert, update, delete');
comment on table property.house is '房产:住宅、商铺、车库、储藏室、车位等可计费的户';
comment on column property.house.company_id is '公司';
comment on column property.house.house_id is '房产编号';
comment on column property.house.community_id is '小区';
comment on column property.house.building_id is '楼栋';
comment on column property.house.unit_id is '单元';
comment on column property.house.kind is '类别:住宅、商铺、办公、车库、储藏室、车位';
comment on column property.house.room_no is '室号,如 301';
comment on column property.house.floor_no is '所在层';
comment on column property.house.label is '房号全称,如 1-2-301,小区内唯一';
comment on column property.house.built_area_m2 is '建筑面积';
comment on column property.house.inner_area_m2 is '套内面积';
comment on column property.house.heated_area_m2 is '供热面积';
comment on column property.house.state is '状态:未售、空置、已住、出租、装修、停用';
comment on column property.house.delivered_on is '交付日';
comment on column property.house.usage is '用途';
comment on column property.house.note is '备注';
comment on column property.house.sort_no is '排序:楼内自下而上';
comment on column property.house.created_at is '建立时间';

create table property.house_change (
  company_id bigint not null,
  change_id uuid not null,
  house_id uuid not null,
  field text not null,
  before text,
  after text,
  on_day date not null,
  reason text,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, change_id)
);
create index house_change_house on property.house_change (company_id, house_id, changed_at desc);
select kernel.isolate('property.house_change', 'select, insert');
comment on table property.house_change is '房产状态与面积的变更历史';
comment on column property.house_change.company_id is '公司';
comment on column property.house_change.change_id is '编号';
comment on column property.house_change.house_id is '房产';
comment on column property.house_change.field is '改了什么';
comment on column property.house_change.before is '原值';
comment on column property.house_change.after is '新值';
comment on column property.house_change.on_day is '生效日';
comment on column property.house_change.reason is '原因';
comment on column property.house_change.changed_by is '操作人';
comment on column property.house_change.changed_at is '时间';

create table property.public_area (
  company_id bigint not null,
  area_id uuid not null,
  community_id uuid not null,
  zone_id uuid,
  category text not null,
  name text not null,
  place text,
  quantity numeric(14,2) not null default 1,
  unit_name text not null default '处',
  area_m2 numeric(14,2),
  species text,
  state text not null default 'normal' check (state in ('normal','repairing','disabled')),
  note text,
  created_at timestamptz not null,
  primary key (company_id, area_id),
  unique (company_id, community_id, category, name),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('property.public_area', 'select, insert, update, delete');
comment on table property.public_area is '公共部位与共用设施台账';
comment on column property.public_area.company_id is '公司';
comment on column property.public_area.area_id is '编号';
comment on column property.public_area.community_id is '小区';
comment on column property.public_area.zone_id is '分区';
comment on column property.public_area.category is '类别:广场、停车场、车棚、化粪池、配电室、加压站、消防栓、路灯、绿地、树木等';
comment on column property.public_area.name is '名称';
comment on column property.public_area.place is '位置';
comment on column property.public_area.quantity is '数量';
comment on column property.public_area.unit_name is '计量单位';
comment on column property.public_area.area_m2 is '面积';
comment on column property.public_area.species is '植物品种';
comment on column property.public_area.state is '状态';
comment on column property.public_area.note is '备注';
comment on column property.public_area.created_at is '建立时间';
