-- Energy (IOT-08): what a community may use in a month by kind, and which hours are night, both by dated setting.
create table iot.energy_target (
  company_id bigint not null,
  target_id uuid not null,
  community_id uuid not null,
  kind text not null check (kind in ('electricity','water','gas','heat')),
  from_on date not null,
  month_use numeric(16,3) check (month_use > 0),
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, target_id),
  unique (company_id, community_id, kind, from_on),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('iot.energy_target', 'select, insert, update');
comment on table iot.energy_target is '能耗指标:小区公共用量每月不超过多少,按生效月分版本';
comment on column iot.energy_target.company_id is '公司';
comment on column iot.energy_target.target_id is '编号';
comment on column iot.energy_target.community_id is '小区';
comment on column iot.energy_target.kind is '种类:electricity 电,water 水,gas 气,heat 热';
comment on column iot.energy_target.from_on is '生效月首日';
comment on column iot.energy_target.month_use is '每月用量上限,空为自该月起不设';
comment on column iot.energy_target.made_by is '制定人';
comment on column iot.energy_target.made_by_name is '制定人姓名';
comment on column iot.energy_target.made_at is '制定时间';

create table iot.energy_night (
  company_id bigint not null,
  from_on date not null,
  from_h int not null check (from_h between 0 and 23),
  to_h int not null check (to_h between 1 and 24),
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, from_on),
  constraint energy_night_hours check (from_h <> to_h)
);
select kernel.isolate('iot.energy_night', 'select, insert, update');
comment on table iot.energy_night is '能耗分析的夜间时段,按生效日分版本';
comment on column iot.energy_night.company_id is '公司';
comment on column iot.energy_night.from_on is '生效日';
comment on column iot.energy_night.from_h is '起(点),晚于止为跨零点';
comment on column iot.energy_night.to_h is '止(点)';
comment on column iot.energy_night.made_by is '制定人';
comment on column iot.energy_night.made_by_name is '制定人姓名';
comment on column iot.energy_night.made_at is '制定时间';
