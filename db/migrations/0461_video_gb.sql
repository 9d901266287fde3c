-- GB/T 28181: the product as a small platform. Devices register with a number of 20 digits and a password of their own; their channels become cameras only when somebody picks them.
-- What is open (gb_call) stands here so that a service that was killed can say good-bye when it comes back.
alter table video.camera drop constraint camera_source_check;
alter table video.camera add constraint camera_source_check check (source in ('rtsp', 'onvif', 'gb'));
comment on column video.camera.source is '接入方式:rtsp 直接取流,onvif 按 ONVIF 问地址,gb 国标设备的通道';

create table video.gb_setting (
  company_id bigint not null primary key,
  server_code text not null check (server_code ~ '^\d{20}$'),
  host text not null,
  changed_by uuid,
  changed_at timestamptz not null
);
select kernel.isolate('video.gb_setting', 'select, insert, update');
comment on table video.gb_setting is '国标接入:本平台的编号和地址,抄到设备里';
comment on column video.gb_setting.company_id is '公司';
comment on column video.gb_setting.server_code is 'SIP 服务器编号,20 位;前 10 位是域';
comment on column video.gb_setting.host is '设备连得到的本机地址';
comment on column video.gb_setting.changed_by is '修改人';
comment on column video.gb_setting.changed_at is '修改时间';

create table video.gb_device (
  company_id bigint not null,
  gb_device_id uuid not null,
  community_id uuid not null,
  code text not null check (code ~ '^\d{20}$'),
  name text not null,
  password_sealed text not null,
  media text not null check (media in ('udp', 'tcp')),
  keep_s int not null check (keep_s between 5 and 300),
  alarms boolean not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, gb_device_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index gb_device_code on video.gb_device (company_id, code);
create index gb_device_community on video.gb_device (company_id, community_id);
select kernel.isolate('video.gb_device', 'select, insert, update');
comment on table video.gb_device is '国标设备:摄像机、录像机或下级平台';
comment on column video.gb_device.company_id is '公司';
comment on column video.gb_device.gb_device_id is '编号';
comment on column video.gb_device.community_id is '小区';
comment on column video.gb_device.code is '国标编号,20 位,公司内唯一';
comment on column video.gb_device.name is '名称';
comment on column video.gb_device.password_sealed is '注册口令,加密';
comment on column video.gb_device.media is '取流方式:udp,tcp 由设备连过来';
comment on column video.gb_device.keep_s is '设备里设的心跳周期(秒),三次没有即离线';
comment on column video.gb_device.alarms is '订阅报警';
comment on column video.gb_device.retired_at is '停用时间';
comment on column video.gb_device.changed_by is '修改人';
comment on column video.gb_device.changed_at is '修改时间';

create table video.gb_device_state (
  company_id bigint not null,
  gb_device_id uuid not null,
  online boolean,
  peer text,
  registered_at timestamptz,
  expires_at timestamptz,
  heard_at timestamptz,
  maker text,
  model text,
  firmware text,
  catalog_at timestamptz,
  catalog_fault text,
  primary key (company_id, gb_device_id),
  foreign key (company_id, gb_device_id) references video.gb_device (company_id, gb_device_id)
);
select kernel.isolate('video.gb_device_state', 'select, insert, update');
comment on table video.gb_device_state is '国标设备现况,由视频服务写';
comment on column video.gb_device_state.company_id is '公司';
comment on column video.gb_device_state.gb_device_id is '设备';
comment on column video.gb_device_state.online is '在线;空为还没有注册过';
comment on column video.gb_device_state.peer is '注册时的来处:方式、地址和端口';
comment on column video.gb_device_state.registered_at is '最近注册';
comment on column video.gb_device_state.expires_at is '注册到何时';
comment on column video.gb_device_state.heard_at is '最近听到';
comment on column video.gb_device_state.maker is '厂家';
comment on column video.gb_device_state.model is '型号';
comment on column video.gb_device_state.firmware is '固件';
comment on column video.gb_device_state.catalog_at is '最近取到目录';
comment on column video.gb_device_state.catalog_fault is '最近一次取目录的问题代码';

create table video.gb_channel (
  company_id bigint not null,
  gb_channel_id uuid not null,
  gb_device_id uuid not null,
  code text not null check (code ~ '^\d{20}$'),
  name text not null,
  maker text not null,
  model text not null,
  has_ptz boolean not null,
  is_on boolean not null,
  seen_at timestamptz not null,
  gone_at timestamptz,
  primary key (company_id, gb_channel_id),
  foreign key (company_id, gb_device_id) references video.gb_device (company_id, gb_device_id)
);
create unique index gb_channel_code on video.gb_channel (company_id, gb_device_id, code);
select kernel.isolate('video.gb_channel', 'select, insert, update');
comment on table video.gb_channel is '国标设备报来的通道;选入摄像机之前没有人看得到';
comment on column video.gb_channel.company_id is '公司';
comment on column video.gb_channel.gb_channel_id is '编号';
comment on column video.gb_channel.gb_device_id is '设备';
comment on column video.gb_channel.code is '通道的国标编号,20 位';
comment on column video.gb_channel.name is '设备里的名称';
comment on column video.gb_channel.maker is '厂家';
comment on column video.gb_channel.model is '型号';
comment on column video.gb_channel.has_ptz is '能转动(云台)';
comment on column video.gb_channel.is_on is '设备说它在线';
comment on column video.gb_channel.seen_at is '最近一次在目录里';
comment on column video.gb_channel.gone_at is '从哪一次目录起没有了';

alter table video.camera add column gb_channel_id uuid;
alter table video.camera add constraint camera_gb_channel_fkey foreign key (company_id, gb_channel_id) references video.gb_channel (company_id, gb_channel_id);
create index camera_gb_channel_all on video.camera (company_id, gb_channel_id);
create unique index camera_gb_channel on video.camera (company_id, gb_channel_id) where gb_channel_id is not null and retired_at is null;
comment on column video.camera.gb_channel_id is '国标通道;空为别的接入方式';

create table video.gb_refusal (
  company_id bigint not null,
  code text not null,
  host text not null,
  reason text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  times_count int not null,
  primary key (company_id, code, host, reason)
);
create index gb_refusal_last on video.gb_refusal (company_id, last_at desc);
select kernel.isolate('video.gb_refusal', 'select, insert, update, delete');
comment on table video.gb_refusal is '被拒绝的国标注册,同一来处同一原因只记一行并计数';
comment on column video.gb_refusal.company_id is '公司';
comment on column video.gb_refusal.code is '设备自报的编号';
comment on column video.gb_refusal.host is '来自';
comment on column video.gb_refusal.reason is '原因代码';
comment on column video.gb_refusal.first_at is '第一次';
comment on column video.gb_refusal.last_at is '最近一次';
comment on column video.gb_refusal.times_count is '次数';

create table video.gb_task (
  company_id bigint not null,
  task_id uuid not null,
  kind text not null check (kind in ('catalog', 'records')),
  gb_device_id uuid not null,
  camera_id uuid,
  on_day date,
  by_id uuid,
  created_at timestamptz not null,
  taken_at timestamptz,
  done_at timestamptz,
  fault text,
  result jsonb,
  primary key (company_id, task_id),
  foreign key (company_id, gb_device_id) references video.gb_device (company_id, gb_device_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
create index gb_task_waiting on video.gb_task (company_id, created_at) where done_at is null;
create index gb_task_camera on video.gb_task (company_id, camera_id, on_day, created_at desc) where camera_id is not null;
create index gb_task_device on video.gb_task (company_id, gb_device_id, created_at desc);
select kernel.isolate('video.gb_task', 'select, insert, update, delete');
comment on table video.gb_task is '要视频服务去问国标设备的事,一天后删除';
comment on column video.gb_task.company_id is '公司';
comment on column video.gb_task.task_id is '编号';
comment on column video.gb_task.kind is '种类:catalog 取目录,records 问一天的录像';
comment on column video.gb_task.gb_device_id is '设备';
comment on column video.gb_task.camera_id is '摄像机';
comment on column video.gb_task.on_day is '哪一天的录像';
comment on column video.gb_task.by_id is '谁要问';
comment on column video.gb_task.created_at is '提出时间';
comment on column video.gb_task.taken_at is '开始时间';
comment on column video.gb_task.done_at is '问完时间';
comment on column video.gb_task.fault is '没有问到的原因代码';
comment on column video.gb_task.result is '结果';

create table video.gb_call (
  company_id bigint not null,
  call_id text not null,
  gb_device_id uuid not null,
  channel_code text not null,
  peer text not null,
  uri text not null,
  from_line text not null,
  to_line text not null,
  cseq int not null,
  begun_at timestamptz not null,
  primary key (company_id, call_id),
  foreign key (company_id, gb_device_id) references video.gb_device (company_id, gb_device_id)
);
create index gb_call_device on video.gb_call (company_id, gb_device_id);
select kernel.isolate('video.gb_call', 'select, insert, delete');
comment on table video.gb_call is '正在取流的呼叫;视频服务被杀后重来时,按这里逐个挂断';
comment on column video.gb_call.company_id is '公司';
comment on column video.gb_call.call_id is '呼叫标识';
comment on column video.gb_call.gb_device_id is '设备';
comment on column video.gb_call.channel_code is '通道';
comment on column video.gb_call.peer is '设备的地址';
comment on column video.gb_call.uri is '对方标识';
comment on column video.gb_call.from_line is '主叫行';
comment on column video.gb_call.to_line is '被叫行';
comment on column video.gb_call.cseq is '序号';
comment on column video.gb_call.begun_at is '开始时间';

alter table video.service add column gb_port int;
alter table video.service add column gb_fault text;
comment on column video.service.gb_port is '国标端口,设备里要填';
comment on column video.service.gb_fault is '国标端口没有打开的原因代码';
