-- Tariffs (价目) as data: one open draft each, versions that are only ever added, and what the register does not know about a house.
create schema tariff;
grant usage on schema tariff to heyuan_app;
comment on schema tariff is '价目:计价规则的版本、草稿与逐户属性';

create table tariff.tariff (
  company_id bigint not null,
  tariff_id uuid not null,
  community_id uuid not null,
  name text not null,
  meter_kind text check (meter_kind in ('water','electricity','gas','heat')),
  version_change text not null default 'by_days' check (version_change in ('by_days','by_reading','next_bill','at_end')),
  note text,
  disabled_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, tariff_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('tariff.tariff', 'select, insert, update');
comment on table tariff.tariff is '价目';
comment on column tariff.tariff.company_id is '公司';
comment on column tariff.tariff.tariff_id is '编号';
comment on column tariff.tariff.community_id is '小区';
comment on column tariff.tariff.name is '名称';
comment on column tariff.tariff.meter_kind is '用量取自哪种表,不按表计量的为空';
comment on column tariff.tariff.version_change is '账期内变更版本的算法:按天、按读数、自下期起、按期末';
comment on column tariff.tariff.note is '说明';
comment on column tariff.tariff.disabled_at is '停用时间';
comment on column tariff.tariff.created_by is '建立人';
comment on column tariff.tariff.created_at is '建立时间';

create table tariff.draft (
  company_id bigint not null,
  tariff_id uuid not null,
  from_on date not null,
  basis text not null,
  spec jsonb not null,
  hash text not null,
  saved_by uuid not null,
  saved_at timestamptz not null,
  primary key (company_id, tariff_id),
  foreign key (company_id, tariff_id) references tariff.tariff
);
select kernel.isolate('tariff.draft', 'select, insert, update, delete');
comment on table tariff.draft is '价目草稿,每个价目至多一份,发布后删去';
comment on column tariff.draft.company_id is '公司';
comment on column tariff.draft.tariff_id is '价目';
comment on column tariff.draft.from_on is '拟生效日';
comment on column tariff.draft.basis is '依据:文号、合同、业主大会决定';
comment on column tariff.draft.spec is '计价规则';
comment on column tariff.draft.hash is '内容摘要,发布人送回所见的摘要';
comment on column tariff.draft.saved_by is '编制人';
comment on column tariff.draft.saved_at is '保存时间';

create table tariff.version (
  company_id bigint not null,
  version_id uuid not null,
  tariff_id uuid not null,
  from_on date not null,
  basis text not null,
  spec jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null,
  published_by uuid not null,
  published_at timestamptz not null,
  check (published_by <> created_by),
  primary key (company_id, version_id),
  unique (company_id, tariff_id, from_on),
  foreign key (company_id, tariff_id) references tariff.tariff
);
select kernel.isolate('tariff.version', 'select, insert');
comment on table tariff.version is '价目版本,只增不改';
comment on column tariff.version.company_id is '公司';
comment on column tariff.version.version_id is '编号';
comment on column tariff.version.tariff_id is '价目';
comment on column tariff.version.from_on is '生效日';
comment on column tariff.version.basis is '依据:文号、合同、业主大会决定';
comment on column tariff.version.spec is '计价规则';
comment on column tariff.version.created_by is '编制人';
comment on column tariff.version.created_at is '编制时间';
comment on column tariff.version.published_by is '发布人,须与编制人不同';
comment on column tariff.version.published_at is '发布时间';

create table tariff.house_attribute (
  company_id bigint not null,
  attribute_id uuid not null,
  house_id uuid not null,
  name text not null,
  value text not null,
  from_on date not null,
  to_on date,
  note text,
  saved_by uuid not null,
  saved_at timestamptz not null,
  primary key (company_id, attribute_id),
  foreign key (company_id, house_id) references property.house,
  check (to_on is null or to_on > from_on),
  exclude using gist (company_id with =, house_id with =, name with =, daterange(from_on, to_on) with &&)
);
create index house_attribute_house on tariff.house_attribute (company_id, house_id, name);
create index house_attribute_name on tariff.house_attribute (company_id, name, from_on);
select kernel.isolate('tariff.house_attribute', 'select, insert, update, delete');
comment on table tariff.house_attribute is '计价要用而房产档案里没有的逐户属性:层高、报停、低保等';
comment on column tariff.house_attribute.company_id is '公司';
comment on column tariff.house_attribute.attribute_id is '编号';
comment on column tariff.house_attribute.house_id is '房产';
comment on column tariff.house_attribute.name is '属性名,如 height_m、status';
comment on column tariff.house_attribute.value is '值';
comment on column tariff.house_attribute.from_on is '起(含)';
comment on column tariff.house_attribute.to_on is '止(不含)';
comment on column tariff.house_attribute.note is '说明';
comment on column tariff.house_attribute.saved_by is '录入人';
comment on column tariff.house_attribute.saved_at is '录入时间';
