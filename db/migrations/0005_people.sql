create schema people;
grant usage on schema people to heyuan_app;
comment on schema people is '业主、租户、住户、车辆与缴费责任';

-- name and initials in byte order, as house labels are: prefixes are searched as ranges.
create table people.person (
  company_id bigint not null,
  person_id uuid not null,
  name text collate "C" not null,
  kind text not null default 'natural' check (kind in ('natural','org','developer')),
  initials text collate "C" not null default '',
  phone text,
  phone_tail text not null default '',
  phone2 text,
  id_kind text,
  id_number_sealed text,
  id_number_hash text,
  id_number_tail text,
  note text,
  merged_into uuid,
  created_at timestamptz not null,
  primary key (company_id, person_id)
);
create index person_name on people.person (company_id, name);
create index person_initials on people.person (company_id, initials);
create index person_phone on people.person (company_id, phone);
create index person_phone2 on people.person (company_id, phone2) where phone2 is not null;
create index person_tail on people.person (company_id, phone_tail);
create index person_id_hash on people.person (company_id, id_number_hash) where id_number_hash is not null;
select kernel.isolate('people.person', 'select, insert, update, delete');
comment on table people.person is '人或单位';
comment on column people.person.company_id is '公司';
comment on column people.person.person_id is '编号';
comment on column people.person.name is '姓名或单位名称';
comment on column people.person.kind is '类别:个人、单位、开发商';
comment on column people.person.initials is '拼音首字母';
comment on column people.person.phone is '手机号';
comment on column people.person.phone_tail is '手机末四位';
comment on column people.person.phone2 is '备用电话';
comment on column people.person.id_kind is '证件类型';
comment on column people.person.id_number_sealed is '证件号(加密)';
comment on column people.person.id_number_hash is '证件号摘要,用于查重';
comment on column people.person.id_number_tail is '证件号末四位';
comment on column people.person.note is '备注';
comment on column people.person.merged_into is '重复登记时并入的人,本条只留给旧账单显示姓名';
comment on column people.person.created_at is '建立时间';

create table people.ownership (
  company_id bigint not null,
  ownership_id uuid not null,
  house_id uuid not null,
  person_id uuid not null,
  share_num int not null default 1 check (share_num > 0),
  share_den int not null default 1 check (share_den > 0),
  is_primary boolean not null default true,
  from_on date not null,
  to_on date,
  cause text not null default 'initial',
  transfer_id uuid,
  primary key (company_id, ownership_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, person_id) references people.person
);
create index ownership_house on people.ownership (company_id, house_id, from_on);
create index ownership_person on people.ownership (company_id, person_id);
select kernel.isolate('people.ownership', 'select, insert, update, delete');
comment on table people.ownership is '产权份额,按日起止';
comment on column people.ownership.company_id is '公司';
comment on column people.ownership.ownership_id is '编号';
comment on column people.ownership.house_id is '房产';
comment on column people.ownership.person_id is '业主';
comment on column people.ownership.share_num is '份额分子';
comment on column people.ownership.share_den is '份额分母';
comment on column people.ownership.is_primary is '主要联系业主';
comment on column people.ownership.from_on is '起(含)';
comment on column people.ownership.to_on is '止(不含),空为至今';
comment on column people.ownership.cause is '来由:initial 初始,delivery 交付,transfer 过户,import 导入';
comment on column people.ownership.transfer_id is '过户单';

create table people.transfer (
  company_id bigint not null,
  transfer_id uuid not null,
  house_id uuid not null,
  on_day date not null,
  reason text,
  arrears_fen bigint not null default 0,
  arrears_to text not null default 'old' check (arrears_to in ('old','settled')),
  done_by uuid,
  done_at timestamptz not null,
  primary key (company_id, transfer_id),
  foreign key (company_id, house_id) references property.house
);
create index transfer_house on people.transfer (company_id, house_id, on_day);
select kernel.isolate('people.transfer', 'select, insert, update');
comment on table people.transfer is '过户';
comment on column people.transfer.company_id is '公司';
comment on column people.transfer.transfer_id is '编号';
comment on column people.transfer.house_id is '房产';
comment on column people.transfer.on_day is '过户日,新业主自该日起承担';
comment on column people.transfer.reason is '原因';
comment on column people.transfer.arrears_fen is '过户时原业主欠费';
comment on column people.transfer.arrears_to is '欠费处理:原业主继续承担、已结清';
comment on column people.transfer.done_by is '经办人';
comment on column people.transfer.done_at is '办理时间';

create table people.tenancy (
  company_id bigint not null,
  tenancy_id uuid not null,
  house_id uuid not null,
  person_id uuid not null,
  pays text not null default 'none' check (pays in ('none','use','all')),
  from_on date not null,
  to_on date,
  contract_no text,
  primary key (company_id, tenancy_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, person_id) references people.person
);
create index tenancy_house on people.tenancy (company_id, house_id, from_on);
create index tenancy_person on people.tenancy (company_id, person_id);
select kernel.isolate('people.tenancy', 'select, insert, update, delete');
comment on table people.tenancy is '租住';
comment on column people.tenancy.company_id is '公司';
comment on column people.tenancy.tenancy_id is '编号';
comment on column people.tenancy.house_id is '房产';
comment on column people.tenancy.person_id is '租户';
comment on column people.tenancy.pays is '租户承担:不承担、使用类费用、全部';
comment on column people.tenancy.from_on is '起(含)';
comment on column people.tenancy.to_on is '止(不含)';
comment on column people.tenancy.contract_no is '合同号';

create table people.household (
  company_id bigint not null,
  household_id uuid not null,
  house_id uuid not null,
  person_id uuid not null,
  relation text not null,
  from_on date not null,
  to_on date,
  primary key (company_id, household_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, person_id) references people.person
);
create index household_house on people.household (company_id, house_id);
create index household_person on people.household (company_id, person_id);
select kernel.isolate('people.household', 'select, insert, update, delete');
comment on table people.household is '住户成员';
comment on column people.household.company_id is '公司';
comment on column people.household.household_id is '编号';
comment on column people.household.house_id is '房产';
comment on column people.household.person_id is '人';
comment on column people.household.relation is '与业主关系';
comment on column people.household.from_on is '入住日';
comment on column people.household.to_on is '迁出日';

create table people.payer (
  company_id bigint not null,
  payer_id uuid not null,
  house_id uuid not null,
  fee_class text not null check (fee_class in ('property','use')),
  person_id uuid not null,
  role text not null check (role in ('developer','owner','tenant')),
  from_on date not null,
  to_on date,
  primary key (company_id, payer_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, person_id) references people.person,
  exclude using gist (company_id with =, house_id with =, fee_class with =, daterange(from_on, to_on) with &&)
);
create index payer_house on people.payer (company_id, house_id, fee_class, from_on);
create index payer_person on people.payer (company_id, person_id);
select kernel.isolate('people.payer', 'select, insert, update, delete');
comment on table people.payer is '缴费责任区间:每户每类费用每一天恰有一个责任人';
comment on column people.payer.company_id is '公司';
comment on column people.payer.payer_id is '编号';
comment on column people.payer.house_id is '房产';
comment on column people.payer.fee_class is '费用类别:物业类、使用类';
comment on column people.payer.person_id is '责任人';
comment on column people.payer.role is '身份:开发商、业主、租户';
comment on column people.payer.from_on is '起(含)';
comment on column people.payer.to_on is '止(不含)';

create table people.vehicle (
  company_id bigint not null,
  vehicle_id uuid not null,
  house_id uuid,
  person_id uuid,
  plate text collate "C" not null,
  plate_tail text collate "C" not null default '',
  kind text not null default 'small' check (kind in ('small','large','new_energy','motorbike','ebike')),
  brand text,
  to_on date,
  created_at timestamptz not null,
  primary key (company_id, vehicle_id),
  unique (company_id, plate),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, person_id) references people.person
);
create index vehicle_house on people.vehicle (company_id, house_id);
create index vehicle_person on people.vehicle (company_id, person_id);
create index vehicle_tail on people.vehicle (company_id, plate_tail);
select kernel.isolate('people.vehicle', 'select, insert, update, delete');
comment on table people.vehicle is '车辆';
comment on column people.vehicle.company_id is '公司';
comment on column people.vehicle.vehicle_id is '编号';
comment on column people.vehicle.house_id is '房产';
comment on column people.vehicle.person_id is '车主';
comment on column people.vehicle.plate is '车牌';
comment on column people.vehicle.plate_tail is '车牌末四位';
comment on column people.vehicle.kind is '车型';
comment on column people.vehicle.brand is '品牌颜色';
comment on column people.vehicle.to_on is '注销日';
comment on column people.vehicle.created_at is '建立时间';
