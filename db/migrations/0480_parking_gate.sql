-- What a lot refuses by size and load, cars turned away, how the list on a camera is read back, where a car was left, tickets of cars without a plate.
alter table parking.rule add column max_height_cm integer, add column max_weight_kg integer;
alter table parking.rule add constraint rule_height_check check (max_height_cm between 100 and 600), add constraint rule_weight_check check (max_weight_kg between 500 and 60000);
comment on column parking.rule.max_height_cm is '限高(厘米),空为不限';
comment on column parking.rule.max_weight_kg is '限重(千克),空为不限';

-- A camera's own page on the local network, by which its list can be read: address, user, password, sealed as one.
alter table parking.camera add column reach_sealed text, add column reach_host text;
comment on column parking.camera.reach_sealed is '读回名单用的相机网页地址和账号(加密),空为不能读回';
comment on column parking.camera.reach_host is '相机网页的主机,显示用';
alter table parking.camera_state add column read_at timestamptz, add column read_asked_at timestamptz, add column read_count integer, add column missing_count integer, add column extra_count integer, add column wrong_count integer, add column unequal_count integer not null default 0, add column verified_at timestamptz, add column read_fault text;
comment on column parking.camera_state.read_at is '最近一次读回名单';
comment on column parking.camera_state.read_asked_at is '有人要求读回';
comment on column parking.camera_state.read_count is '相机上的条数';
comment on column parking.camera_state.missing_count is '读回时相机上缺的条数';
comment on column parking.camera_state.extra_count is '读回时相机上多出的条数';
comment on column parking.camera_state.wrong_count is '读回时有效期不符的条数';
comment on column parking.camera_state.unequal_count is '连续几次读回不一致';
comment on column parking.camera_state.verified_at is '最近一次读回一致';
comment on column parking.camera_state.read_fault is '最近一次没读成的原因';

create table parking.turned_away (
  company_id bigint not null,
  turned_id uuid not null,
  lot_id uuid not null,
  lane_id uuid,
  look_id uuid,
  plate text,
  kind text not null check (kind in ('over_height','over_weight','hazard','vehicle','closed_hours','full','black','other')),
  detail text,
  by_id uuid not null,
  by_name text not null,
  at timestamptz not null,
  primary key (company_id, turned_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id)
);
create index turned_away_list on parking.turned_away (company_id, lot_id, at desc);
create unique index turned_away_look on parking.turned_away (company_id, look_id) where look_id is not null;
select kernel.isolate('parking.turned_away', 'select, insert');
grant update (plate, detail) on parking.turned_away to heyuan_app;
comment on table parking.turned_away is '不准进入的车,只增(过保存期隐去车牌)';
comment on column parking.turned_away.company_id is '公司';
comment on column parking.turned_away.turned_id is '编号';
comment on column parking.turned_away.lot_id is '车场';
comment on column parking.turned_away.lane_id is '通道';
comment on column parking.turned_away.look_id is '识别,空为没有识别';
comment on column parking.turned_away.plate is '车牌,空为看不清或无牌';
comment on column parking.turned_away.kind is '原因:over_height 超高,over_weight 超重,hazard 危险品,vehicle 车型不准,closed_hours 禁入时段,full 车位已满,black 黑名单,other 其他';
comment on column parking.turned_away.detail is '说明';
comment on column parking.turned_away.by_id is '登记人';
comment on column parking.turned_away.by_name is '登记人姓名';
comment on column parking.turned_away.at is '时间';

create table parking.spot (
  company_id bigint not null,
  stay_id uuid not null,
  place text not null,
  noted_by uuid,
  noted_at timestamptz not null,
  primary key (company_id, stay_id),
  foreign key (company_id, stay_id) references parking.stay (company_id, stay_id)
);
select kernel.isolate('parking.spot', 'select, insert, update, delete');
comment on table parking.spot is '车主记下的停放位置,离场后删除';
comment on column parking.spot.company_id is '公司';
comment on column parking.spot.stay_id is '停车记录';
comment on column parking.spot.place is '停放位置';
comment on column parking.spot.noted_by is '记录人,空为持票人';
comment on column parking.spot.noted_at is '时间';
