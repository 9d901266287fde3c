-- Parking (停车): lots with dated rules, lanes, plate cameras, looks at plates, stays, who may park as what. A look and a step of a stay are
-- never changed or removed by the application; a stay's row is where the car is now. Plates are personal data: no table above keeps them in clear but these.
create schema parking;
grant usage on schema parking to heyuan_app;
comment on schema parking is '停车:车场、通道、车牌相机、识别记录、停车记录、车辆授权';

create table parking.lot (
  company_id bigint not null,
  lot_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payer_id uuid not null,
  name text not null,
  code text not null,
  belongs_to text not null check (belongs_to in ('service','company','public_income','trust')),
  keeper_id uuid not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  created_at timestamptz not null,
  primary key (company_id, lot_id),
  unique (company_id, code),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, payer_id) references people.person (company_id, person_id)
);
create unique index lot_name on parking.lot (company_id, community_id, name);
create index lot_building on parking.lot (company_id, building_id);
create index lot_house on parking.lot (company_id, house_id);
create index lot_payer on parking.lot (company_id, payer_id);
select kernel.isolate('parking.lot', 'select, insert, update');
comment on table parking.lot is '车场';
comment on column parking.lot.company_id is '公司';
comment on column parking.lot.lot_id is '编号';
comment on column parking.lot.community_id is '小区';
comment on column parking.lot.building_id is '所在楼栋(停车场)';
comment on column parking.lot.house_id is '临停收款户:临时停车的账单记在它名下';
comment on column parking.lot.payer_id is '临停账单的缴款人';
comment on column parking.lot.name is '名称';
comment on column parking.lot.code is '场内二维码上的车场代码';
comment on column parking.lot.belongs_to is '临停收入归属';
comment on column parking.lot.keeper_id is '负责人:线上临停账单以其名义制单';
comment on column parking.lot.retired_at is '停用时间';
comment on column parking.lot.changed_by is '修改人';
comment on column parking.lot.changed_at is '修改时间';
comment on column parking.lot.created_at is '建立时间';

create table parking.rule (
  company_id bigint not null,
  rule_id uuid not null,
  lot_id uuid not null,
  from_on date not null,
  capacity int not null check (capacity between 1 and 100000),
  reserved int not null check (reserved >= 0),
  tariff_id uuid,
  closed jsonb not null,
  visitors_when_closed boolean not null,
  full_stop boolean not null,
  overflow text not null check (overflow in ('temporary','refuse')),
  refused_kinds text[] not null default '{}',
  window_s int not null check (window_s between 3 and 600),
  no_entry_fen bigint not null check (no_entry_fen >= 0),
  lost_card_fen bigint not null check (lost_card_fen >= 0),
  remind_days int not null check (remind_days between 0 and 60),
  keep_days int not null check (keep_days between 30 and 1095),
  note text,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id),
  foreign key (company_id, tariff_id) references tariff.tariff (company_id, tariff_id),
  check (reserved <= capacity)
);
create index rule_now on parking.rule (company_id, lot_id, from_on desc, created_at desc);
create index rule_tariff on parking.rule (company_id, tariff_id);
select kernel.isolate('parking.rule', 'select, insert');
comment on table parking.rule is '车场规则,按生效日,只增';
comment on column parking.rule.company_id is '公司';
comment on column parking.rule.rule_id is '编号';
comment on column parking.rule.lot_id is '车场';
comment on column parking.rule.from_on is '生效日';
comment on column parking.rule.capacity is '总车位';
comment on column parking.rule.reserved is '为业主和月租预留的车位';
comment on column parking.rule.tariff_id is '临停价目,空为不收临停费';
comment on column parking.rule.closed is '外来车辆禁入时段 [{from,to}]';
comment on column parking.rule.visitors_when_closed is '禁入时段放行已登记访客';
comment on column parking.rule.full_stop is '满位后不再放入';
comment on column parking.rule.overflow is '同户超出车位数的车:temporary 按临停,refuse 不放入';
comment on column parking.rule.refused_kinds is '不准进入的车型:large 大型车,hazard 危险品车';
comment on column parking.rule.window_s is '同一通道同一车牌的去重秒数';
comment on column parking.rule.no_entry_fen is '没有入场记录的收费';
comment on column parking.rule.lost_card_fen is '补办车卡工本费';
comment on column parking.rule.remind_days is '月卡到期前多少天提醒';
comment on column parking.rule.keep_days is '识别照片和停车记录中车牌的保存天数';
comment on column parking.rule.note is '依据';
comment on column parking.rule.created_by is '设置人';
comment on column parking.rule.created_at is '设置时间';

create table parking.zone (
  company_id bigint not null,
  zone_id uuid not null,
  lot_id uuid not null,
  name text not null,
  capacity int not null check (capacity between 1 and 100000),
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, zone_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id)
);
create unique index zone_name on parking.zone (company_id, lot_id, name);
select kernel.isolate('parking.zone', 'select, insert, update');
comment on table parking.zone is '车场分区';
comment on column parking.zone.company_id is '公司';
comment on column parking.zone.zone_id is '编号';
comment on column parking.zone.lot_id is '车场';
comment on column parking.zone.name is '名称';
comment on column parking.zone.capacity is '车位数';
comment on column parking.zone.retired_at is '停用时间';
comment on column parking.zone.changed_by is '修改人';
comment on column parking.zone.changed_at is '修改时间';

create table parking.lane (
  company_id bigint not null,
  lane_id uuid not null,
  lot_id uuid not null,
  zone_id uuid,
  name text not null,
  direction text not null check (direction in ('in','out','both')),
  fail_mode text not null check (fail_mode in ('open','closed')),
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, lane_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id),
  foreign key (company_id, zone_id) references parking.zone (company_id, zone_id)
);
create unique index lane_name on parking.lane (company_id, lot_id, name);
create index lane_zone on parking.lane (company_id, zone_id);
select kernel.isolate('parking.lane', 'select, insert, update');
comment on table parking.lane is '出入口通道';
comment on column parking.lane.company_id is '公司';
comment on column parking.lane.lane_id is '编号';
comment on column parking.lane.lot_id is '车场';
comment on column parking.lane.zone_id is '通向的分区';
comment on column parking.lane.name is '名称';
comment on column parking.lane.direction is '方向:in 入口,out 出口,both 混合';
comment on column parking.lane.fail_mode is '断网断电时:open 常开,closed 由相机名单决定';
comment on column parking.lane.retired_at is '停用时间';
comment on column parking.lane.changed_by is '修改人';
comment on column parking.lane.changed_at is '修改时间';

create table parking.camera (
  company_id bigint not null,
  camera_id uuid not null,
  lane_id uuid not null,
  name text not null,
  direction text not null check (direction in ('in','out')),
  dialect text not null check (dialect in ('vzenith')),
  serial_no text,
  secret_no int not null default 1,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, camera_id),
  foreign key (company_id, lane_id) references parking.lane (company_id, lane_id)
);
create index camera_lane on parking.camera (company_id, lane_id);
select kernel.isolate('parking.camera', 'select, insert, update');
comment on table parking.camera is '车牌相机';
comment on column parking.camera.company_id is '公司';
comment on column parking.camera.camera_id is '编号';
comment on column parking.camera.lane_id is '通道';
comment on column parking.camera.name is '名称';
comment on column parking.camera.direction is '看的方向';
comment on column parking.camera.dialect is '推送协议:vzenith 臻识 HTTP';
comment on column parking.camera.serial_no is '出厂序列号,填写后与推送核对';
comment on column parking.camera.secret_no is '地址口令的代次,更换后旧地址失效';
comment on column parking.camera.retired_at is '停用时间';
comment on column parking.camera.changed_by is '修改人';
comment on column parking.camera.changed_at is '修改时间';

create table parking.camera_state (
  company_id bigint not null,
  camera_id uuid not null,
  seen_at timestamptz,
  clock_off_s int,
  list_at timestamptz,
  list_left int,
  primary key (company_id, camera_id),
  foreign key (company_id, camera_id) references parking.camera (company_id, camera_id)
);
select kernel.isolate('parking.camera_state', 'select, insert, update');
comment on table parking.camera_state is '相机现状';
comment on column parking.camera_state.company_id is '公司';
comment on column parking.camera_state.camera_id is '相机';
comment on column parking.camera_state.seen_at is '最近一次心跳或推送';
comment on column parking.camera_state.clock_off_s is '本机时间减相机时间(秒),由在线推送测得';
comment on column parking.camera_state.list_at is '最近核对名单时间';
comment on column parking.camera_state.list_left is '核对后还没有下发的条数';

create table parking.camera_list (
  company_id bigint not null,
  camera_id uuid not null,
  plate text not null,
  until_on date not null,
  sent_at timestamptz not null,
  primary key (company_id, camera_id, plate),
  foreign key (company_id, camera_id) references parking.camera (company_id, camera_id)
);
select kernel.isolate('parking.camera_list', 'select, insert, update, delete');
comment on table parking.camera_list is '相机上已有的白名单';
comment on column parking.camera_list.company_id is '公司';
comment on column parking.camera_list.camera_id is '相机';
comment on column parking.camera_list.plate is '车牌';
comment on column parking.camera_list.until_on is '写在相机上的有效期末日';
comment on column parking.camera_list.sent_at is '下发时间';

create table parking.permit (
  company_id bigint not null,
  permit_id uuid not null,
  lot_id uuid not null,
  kind text not null check (kind in ('owner_bay','lease','monthly','free','black')),
  house_id uuid,
  holder_name text not null,
  holder_phone text,
  places int not null check (places between 1 and 200),
  card_no text,
  state text not null check (state in ('asked','live','refused','ended')),
  from_on date not null,
  to_on date,
  reason text,
  account_id uuid,
  decided_by uuid,
  decided_at timestamptz,
  ended_by uuid,
  ended_at timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, permit_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  check (to_on is null or to_on > from_on)
);
create index permit_list on parking.permit (company_id, lot_id, created_at desc, permit_id);
create index permit_house on parking.permit (company_id, house_id);
create unique index permit_card on parking.permit (company_id, card_no) where card_no is not null;
select kernel.isolate('parking.permit', 'select, insert, update');
comment on table parking.permit is '车辆授权:哪些车可以怎样停';
comment on column parking.permit.company_id is '公司';
comment on column parking.permit.permit_id is '编号';
comment on column parking.permit.lot_id is '车场';
comment on column parking.permit.kind is '类别:owner_bay 产权车位,lease 租用车位,monthly 月租,free 免费车,black 黑名单';
comment on column parking.permit.house_id is '房产';
comment on column parking.permit.holder_name is '持有人';
comment on column parking.permit.holder_phone is '电话';
comment on column parking.permit.places is '可同时停放的车位数';
comment on column parking.permit.card_no is '车卡号';
comment on column parking.permit.state is '状态:asked 待审批,live 有效,refused 未通过,ended 已注销';
comment on column parking.permit.from_on is '起始日';
comment on column parking.permit.to_on is '截止日(不含),空为长期;月租以缴费的租期为准';
comment on column parking.permit.reason is '原因或备注';
comment on column parking.permit.account_id is '申请的业主账号';
comment on column parking.permit.decided_by is '审批人';
comment on column parking.permit.decided_at is '审批时间';
comment on column parking.permit.ended_by is '注销人';
comment on column parking.permit.ended_at is '注销时间';
comment on column parking.permit.created_by is '登记人';
comment on column parking.permit.created_at is '登记时间';

create table parking.permit_plate (
  company_id bigint not null,
  permit_id uuid not null,
  plate text not null,
  lot_id uuid not null,
  from_on date not null,
  to_on date,
  primary key (company_id, permit_id, plate, from_on),
  foreign key (company_id, permit_id) references parking.permit (company_id, permit_id)
);
create index permit_plate_find on parking.permit_plate (company_id, lot_id, plate);
select kernel.isolate('parking.permit_plate', 'select, insert, update');
comment on table parking.permit_plate is '授权的车牌';
comment on column parking.permit_plate.company_id is '公司';
comment on column parking.permit_plate.permit_id is '授权';
comment on column parking.permit_plate.plate is '车牌';
comment on column parking.permit_plate.lot_id is '车场';
comment on column parking.permit_plate.from_on is '起始日';
comment on column parking.permit_plate.to_on is '移除日(不含)';

create table parking.stay (
  company_id bigint not null,
  stay_id uuid not null,
  lot_id uuid not null,
  zone_id uuid,
  plate text not null,
  no_plate boolean not null default false,
  vehicle text not null,
  class text not null check (class in ('owner_bay','lease','monthly','free','visitor','temporary','overflow')),
  permit_id uuid,
  visit_id uuid,
  entered_at timestamptz not null,
  no_entry boolean not null default false,
  entry_lane_id uuid,
  entry_look_id uuid,
  left_at timestamptz,
  exit_lane_id uuid,
  exit_look_id uuid,
  state text not null check (state in ('in','left','void')),
  due_fen bigint,
  debt boolean not null default false,
  primary key (company_id, stay_id),
  foreign key (company_id, lot_id) references parking.lot (company_id, lot_id),
  foreign key (company_id, permit_id) references parking.permit (company_id, permit_id),
  check ((state = 'left') = (left_at is not null))
);
create unique index stay_inside on parking.stay (company_id, lot_id, plate) where state = 'in';
create index stay_plate on parking.stay (company_id, plate, entered_at desc);
create index stay_list on parking.stay (company_id, lot_id, entered_at desc, stay_id);
create index stay_left on parking.stay (company_id, lot_id, left_at desc) where state = 'left';
create index stay_debt on parking.stay (company_id, plate) where debt;
create index stay_permit on parking.stay (company_id, permit_id, state);
select kernel.isolate('parking.stay', 'select, insert, update');
comment on table parking.stay is '停车记录:一次进出';
comment on column parking.stay.company_id is '公司';
comment on column parking.stay.stay_id is '编号';
comment on column parking.stay.lot_id is '车场';
comment on column parking.stay.zone_id is '分区';
comment on column parking.stay.plate is '车牌;无牌车为票号';
comment on column parking.stay.no_plate is '无牌车';
comment on column parking.stay.vehicle is '车型';
comment on column parking.stay.class is '入场时按什么车';
comment on column parking.stay.permit_id is '授权';
comment on column parking.stay.visit_id is '访客登记';
comment on column parking.stay.entered_at is '入场时间';
comment on column parking.stay.no_entry is '没有入场识别,时间为估计';
comment on column parking.stay.entry_lane_id is '入口';
comment on column parking.stay.entry_look_id is '入场识别';
comment on column parking.stay.left_at is '离场时间';
comment on column parking.stay.exit_lane_id is '出口';
comment on column parking.stay.exit_look_id is '离场识别';
comment on column parking.stay.state is '状态:in 在场,left 已离场,void 已作废';
comment on column parking.stay.due_fen is '离场时应收';
comment on column parking.stay.debt is '未缴离场';

create table parking.stay_step (
  company_id bigint not null,
  step_id uuid not null,
  stay_id uuid not null,
  kind text not null,
  at timestamptz not null,
  by_id uuid,
  by_name text,
  reason text,
  detail jsonb,
  primary key (company_id, step_id),
  foreign key (company_id, stay_id) references parking.stay (company_id, stay_id)
);
create index stay_step_of on parking.stay_step (company_id, stay_id, at);
select kernel.isolate('parking.stay_step', 'select, insert');
comment on table parking.stay_step is '停车记录的每一步,只增';
comment on column parking.stay_step.company_id is '公司';
comment on column parking.stay_step.step_id is '编号';
comment on column parking.stay_step.stay_id is '停车记录';
comment on column parking.stay_step.kind is '入场 entered、改牌 corrected、离场 left、作废 void、未缴放行 debt、优惠 coupon、补录入场 entry_put、收款 paid';
comment on column parking.stay_step.at is '时间';
comment on column parking.stay_step.by_id is '经办人,空为系统';
comment on column parking.stay_step.by_name is '经办人姓名';
comment on column parking.stay_step.reason is '原因';
comment on column parking.stay_step.detail is '内容';

create table parking.look (
  company_id bigint not null,
  look_id uuid not null,
  lot_id uuid not null,
  lane_id uuid not null,
  camera_id uuid not null,
  direction text not null,
  look_key text not null,
  plate text not null,
  no_plate boolean not null,
  vehicle text not null,
  confidence int,
  device_at timestamptz not null,
  received_at timestamptz not null,
  replay boolean not null,
  by_camera boolean not null,
  decision text not null check (decision in ('open','hold','ignore','recorded')),
  why text not null,
  class text,
  stay_id uuid,
  amount_fen bigint,
  picture text,
  detail jsonb,
  primary key (company_id, look_id),
  unique (company_id, camera_id, look_key),
  foreign key (company_id, camera_id) references parking.camera (company_id, camera_id)
);
create index look_lane on parking.look (company_id, lane_id, received_at desc);
create index look_lot on parking.look (company_id, lot_id, received_at desc);
create index look_stay on parking.look (company_id, stay_id);
select kernel.isolate('parking.look', 'select, insert');
comment on table parking.look is '相机的一次识别,只增';
comment on column parking.look.company_id is '公司';
comment on column parking.look.look_id is '编号';
comment on column parking.look.lot_id is '车场';
comment on column parking.look.lane_id is '通道';
comment on column parking.look.camera_id is '相机';
comment on column parking.look.direction is '方向';
comment on column parking.look.look_key is '相机的识别号与时间,去重用';
comment on column parking.look.plate is '识别的车牌';
comment on column parking.look.no_plate is '没有识别到车牌';
comment on column parking.look.vehicle is '车型';
comment on column parking.look.confidence is '可信度';
comment on column parking.look.device_at is '相机时间校正后';
comment on column parking.look.received_at is '收到时间';
comment on column parking.look.replay is '断网后补传';
comment on column parking.look.by_camera is '相机按自己的名单开了闸';
comment on column parking.look.decision is '处置:open 放行,hold 等人处理,ignore 不处理,recorded 仅记录';
comment on column parking.look.why is '原因';
comment on column parking.look.class is '车辆类别';
comment on column parking.look.stay_id is '停车记录';
comment on column parking.look.amount_fen is '应收';
comment on column parking.look.picture is '照片内容摘要(sha256)';
comment on column parking.look.detail is '其他';

create table parking.look_done (
  company_id bigint not null,
  look_id uuid not null,
  at timestamptz not null,
  by_id uuid,
  by_name text not null,
  what text not null,
  reason text,
  stay_id uuid,
  primary key (company_id, look_id),
  foreign key (company_id, look_id) references parking.look (company_id, look_id)
);
select kernel.isolate('parking.look_done', 'select, insert');
comment on table parking.look_done is '等人处理的识别,由谁怎样处理了,只增';
comment on column parking.look_done.company_id is '公司';
comment on column parking.look_done.look_id is '识别';
comment on column parking.look_done.at is '时间';
comment on column parking.look_done.by_id is '经办人';
comment on column parking.look_done.by_name is '经办人姓名';
comment on column parking.look_done.what is '处理:admit 放入,release 放出,dismiss 不放行,second_look 第二次识别更正';
comment on column parking.look_done.reason is '原因';
comment on column parking.look_done.stay_id is '停车记录';

create table parking.command (
  company_id bigint not null,
  command_id uuid not null,
  lot_id uuid not null,
  lane_id uuid not null,
  camera_id uuid not null,
  reason text not null,
  by_id uuid,
  by_name text not null,
  stay_id uuid,
  look_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  sent_at timestamptz,
  primary key (company_id, command_id),
  foreign key (company_id, camera_id) references parking.camera (company_id, camera_id),
  check (expires_at > created_at)
);
create index command_due on parking.command (company_id, camera_id, created_at) where sent_at is null;
create index command_list on parking.command (company_id, lot_id, created_at desc);
select kernel.isolate('parking.command', 'select, insert, update');
comment on table parking.command is '开闸命令:有时限,只发给在线的相机,过期不发';
comment on column parking.command.company_id is '公司';
comment on column parking.command.command_id is '编号';
comment on column parking.command.lot_id is '车场';
comment on column parking.command.lane_id is '通道';
comment on column parking.command.camera_id is '相机';
comment on column parking.command.reason is '原因';
comment on column parking.command.by_id is '经办人,空为业主扫码';
comment on column parking.command.by_name is '经办人姓名';
comment on column parking.command.stay_id is '停车记录';
comment on column parking.command.look_id is '识别';
comment on column parking.command.created_at is '下令时间';
comment on column parking.command.expires_at is '过期时间';
comment on column parking.command.sent_at is '发出时间';

create table parking.stay_bill (
  company_id bigint not null,
  bill_id uuid not null,
  period_on date not null,
  stay_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  quote jsonb not null,
  made_at timestamptz not null,
  primary key (company_id, bill_id),
  foreign key (company_id, stay_id) references parking.stay (company_id, stay_id)
);
create index stay_bill_of on parking.stay_bill (company_id, stay_id);
select kernel.isolate('parking.stay_bill', 'select, insert');
comment on table parking.stay_bill is '停车记录的账单,只增';
comment on column parking.stay_bill.company_id is '公司';
comment on column parking.stay_bill.bill_id is '账单';
comment on column parking.stay_bill.period_on is '账期';
comment on column parking.stay_bill.stay_id is '停车记录';
comment on column parking.stay_bill.amount_fen is '金额';
comment on column parking.stay_bill.quote is '计费过程';
comment on column parking.stay_bill.made_at is '时间';
