-- The ledger of equipment (EQ-01): a tree of systems with typed fields, devices with their place, papers, states and costs, running hours.
create schema equipment;
grant usage on schema equipment to heyuan_app;
comment on schema equipment is '设备设施:台账、法定检验、值班室、应急预案';

create table equipment.category (
  company_id bigint not null,
  category_id uuid not null,
  parent_id uuid,
  code text not null,
  name text not null,
  sort_no int not null,
  fields jsonb not null,
  standards jsonb not null,
  life_years int check (life_years between 1 and 100),
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, category_id),
  unique (company_id, code),
  unique (company_id, parent_id, name),
  foreign key (company_id, parent_id) references equipment.category
);
create index category_parent on equipment.category (company_id, parent_id);
select kernel.isolate('equipment.category', 'select, insert, update');
comment on table equipment.category is '设备分类:系统与其下的类别,各有技术参数与标准';
comment on column equipment.category.company_id is '公司';
comment on column equipment.category.category_id is '编号';
comment on column equipment.category.parent_id is '所属系统,空为系统';
comment on column equipment.category.code is '代码,设备编号的前缀';
comment on column equipment.category.name is '名称';
comment on column equipment.category.sort_no is '排序';
comment on column equipment.category.fields is '技术参数项';
comment on column equipment.category.standards is '技术标准:install 安装,repair 维修,replace 更换';
comment on column equipment.category.life_years is '设计使用年限';
comment on column equipment.category.retired_at is '停用时间';
comment on column equipment.category.changed_by is '修改人,空为出厂';
comment on column equipment.category.changed_at is '修改时间';

create table equipment.series (
  company_id bigint not null,
  prefix text not null,
  last_no int not null,
  primary key (company_id, prefix)
);
select kernel.isolate('equipment.series', 'select, insert, update');
comment on table equipment.series is '设备编号的流水';
comment on column equipment.series.company_id is '公司';
comment on column equipment.series.prefix is '前缀';
comment on column equipment.series.last_no is '已用到';

create table equipment.device (
  company_id bigint not null,
  equipment_id uuid not null,
  community_id uuid not null,
  zone_id uuid,
  building_id uuid,
  unit_id uuid,
  area_id uuid,
  place text not null,
  code text not null,
  no text not null,
  name text not null,
  category_id uuid not null,
  parent_id uuid,
  maker text,
  model text,
  serial text,
  made_on date,
  installed_on date,
  used_on date,
  warranty_on date,
  supplier text,
  supplier_phone text,
  keeper_id uuid,
  purchase_fen bigint check (purchase_fen >= 0),
  details jsonb not null,
  standards jsonb not null,
  note text,
  state text not null check (state in ('in_use','stopped','repair','scrapped')),
  state_no int not null default 1,
  import_id uuid,
  created_at timestamptz not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, equipment_id),
  unique (company_id, no),
  unique (company_id, code),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, zone_id) references property.zone,
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, unit_id) references property.unit,
  foreign key (company_id, area_id) references property.public_area,
  foreign key (company_id, category_id) references equipment.category,
  foreign key (company_id, parent_id) references equipment.device
);
create index device_place on equipment.device (company_id, community_id, category_id, no);
create index device_category on equipment.device (company_id, category_id);
create index device_building on equipment.device (company_id, building_id);
create index device_parent on equipment.device (company_id, parent_id);
create index device_zone on equipment.device (company_id, zone_id) where zone_id is not null;
create index device_unit on equipment.device (company_id, unit_id) where unit_id is not null;
create index device_area on equipment.device (company_id, area_id) where area_id is not null;
select kernel.isolate('equipment.device', 'select, insert, update, delete');
comment on table equipment.device is '设备台账,一台一行';
comment on column equipment.device.company_id is '公司';
comment on column equipment.device.equipment_id is '编号';
comment on column equipment.device.community_id is '小区';
comment on column equipment.device.zone_id is '分区';
comment on column equipment.device.building_id is '楼栋';
comment on column equipment.device.unit_id is '单元';
comment on column equipment.device.area_id is '公共部位';
comment on column equipment.device.place is '安装位置';
comment on column equipment.device.code is '二维码上的码,不变';
comment on column equipment.device.no is '设备编号';
comment on column equipment.device.name is '名称';
comment on column equipment.device.category_id is '分类';
comment on column equipment.device.parent_id is '上级设备';
comment on column equipment.device.maker is '生产厂家';
comment on column equipment.device.model is '规格型号';
comment on column equipment.device.serial is '出厂编号';
comment on column equipment.device.made_on is '出厂日期';
comment on column equipment.device.installed_on is '安装日期';
comment on column equipment.device.used_on is '投用日期';
comment on column equipment.device.warranty_on is '质保到期日';
comment on column equipment.device.supplier is '供应商';
comment on column equipment.device.supplier_phone is '供应商电话';
comment on column equipment.device.keeper_id is '责任人账号';
comment on column equipment.device.purchase_fen is '购置金额';
comment on column equipment.device.details is '技术参数';
comment on column equipment.device.standards is '本台的技术标准,空随分类';
comment on column equipment.device.note is '备注';
comment on column equipment.device.state is '状态:in_use 在用,stopped 停用,repair 维修,scrapped 报废';
comment on column equipment.device.state_no is '状态变更次数';
comment on column equipment.device.import_id is '由哪次导入建立';
comment on column equipment.device.created_at is '建档时间';
comment on column equipment.device.changed_by is '修改人';
comment on column equipment.device.changed_at is '修改时间';

create table equipment.device_state (
  company_id bigint not null,
  equipment_id uuid not null,
  state_no int not null,
  state text not null check (state in ('in_use','stopped','repair','scrapped')),
  from_at timestamptz not null,
  reason text,
  order_id uuid,
  by_account uuid,
  by_name text not null,
  at timestamptz not null,
  primary key (company_id, equipment_id, state_no),
  foreign key (company_id, equipment_id) references equipment.device
);
select kernel.isolate('equipment.device_state', 'select, insert, delete');
comment on table equipment.device_state is '设备状态的历史:从何时起是什么状态,只增;随误导入的设备一并删除';
comment on column equipment.device_state.company_id is '公司';
comment on column equipment.device_state.equipment_id is '设备';
comment on column equipment.device_state.state_no is '第几次';
comment on column equipment.device_state.state is '状态';
comment on column equipment.device_state.from_at is '从何时起';
comment on column equipment.device_state.reason is '原因';
comment on column equipment.device_state.order_id is '由哪张报修工单';
comment on column equipment.device_state.by_account is '办理人,空为系统';
comment on column equipment.device_state.by_name is '办理人姓名';
comment on column equipment.device_state.at is '登记时间';

create table equipment.document (
  company_id bigint not null,
  document_id uuid not null,
  equipment_id uuid not null,
  kind text not null check (kind in ('manual','drawing','certificate','acceptance','contract','photo','other')),
  title text not null,
  file_id uuid not null,
  added_by uuid not null,
  added_by_name text not null,
  added_at timestamptz not null,
  removed_at timestamptz,
  removed_by uuid,
  primary key (company_id, document_id),
  foreign key (company_id, equipment_id) references equipment.device
);
create index document_of on equipment.document (company_id, equipment_id);
select kernel.isolate('equipment.document', 'select, insert, update');
comment on table equipment.document is '设备的资料:说明书、图纸、合格证、合同、照片';
comment on column equipment.document.company_id is '公司';
comment on column equipment.document.document_id is '编号';
comment on column equipment.document.equipment_id is '设备';
comment on column equipment.document.kind is '种类';
comment on column equipment.document.title is '名称';
comment on column equipment.document.file_id is '文件';
comment on column equipment.document.added_by is '上传人';
comment on column equipment.document.added_by_name is '上传人姓名';
comment on column equipment.document.added_at is '上传时间';
comment on column equipment.document.removed_at is '移除时间';
comment on column equipment.document.removed_by is '移除人';

create table equipment.cost (
  company_id bigint not null,
  cost_id uuid not null,
  equipment_id uuid not null,
  kind text not null check (kind in ('maintenance','inspection','overhaul','repair','labour','other')),
  on_day date not null,
  amount_fen bigint not null check (amount_fen > 0),
  payee text,
  note text,
  by_account uuid not null,
  by_name text not null,
  at timestamptz not null,
  undone_at timestamptz,
  undone_by uuid,
  undo_reason text,
  primary key (company_id, cost_id),
  foreign key (company_id, equipment_id) references equipment.device
);
create index cost_of on equipment.cost (company_id, equipment_id, on_day);
select kernel.isolate('equipment.cost', 'select, insert, update');
comment on table equipment.cost is '设备的费用登记:保养、检验、大修等;维修工单的材料不在此重复登记';
comment on column equipment.cost.company_id is '公司';
comment on column equipment.cost.cost_id is '编号';
comment on column equipment.cost.equipment_id is '设备';
comment on column equipment.cost.kind is '种类';
comment on column equipment.cost.on_day is '日期';
comment on column equipment.cost.amount_fen is '金额';
comment on column equipment.cost.payee is '收款单位';
comment on column equipment.cost.note is '说明';
comment on column equipment.cost.by_account is '登记人';
comment on column equipment.cost.by_name is '登记人姓名';
comment on column equipment.cost.at is '登记时间';
comment on column equipment.cost.undone_at is '撤销时间';
comment on column equipment.cost.undone_by is '撤销人';
comment on column equipment.cost.undo_reason is '撤销原因';

create table equipment.running (
  company_id bigint not null,
  equipment_id uuid not null,
  running_no int not null,
  read_at timestamptz not null,
  hours numeric(12,1) not null check (hours >= 0),
  total_hours numeric(12,1) not null check (total_hours >= 0),
  replaced boolean not null,
  source text not null check (source in ('hand','device')),
  by_account uuid,
  by_name text not null,
  primary key (company_id, equipment_id, running_no),
  foreign key (company_id, equipment_id) references equipment.device
);
select kernel.isolate('equipment.running', 'select, insert');
comment on table equipment.running is '运行小时读数,只增;累计小时不因换表而减少';
comment on column equipment.running.company_id is '公司';
comment on column equipment.running.equipment_id is '设备';
comment on column equipment.running.running_no is '第几次';
comment on column equipment.running.read_at is '读数时间';
comment on column equipment.running.hours is '表上小时数';
comment on column equipment.running.total_hours is '累计运行小时';
comment on column equipment.running.replaced is '换过计时器,从零起';
comment on column equipment.running.source is '来源:hand 手抄,device 设备上报';
comment on column equipment.running.by_account is '抄表人';
comment on column equipment.running.by_name is '抄表人姓名';
