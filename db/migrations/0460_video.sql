-- Video (视频监控): cameras with their sealed addresses, how they are, what is recorded of them, clips kept for a reason, and who looked at what when.
-- Pictures are bytes in the data folder; here stands where they are and until when. Nothing here is for residents or the public.
create schema video;
grant usage on schema video to heyuan_app;
comment on schema video is '视频监控:摄像机、录像、留存片段、观看记录';

create table video.camera (
  company_id bigint not null,
  camera_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  no int not null check (no between 1 and 9999),
  name text not null,
  place text not null,
  source text not null check (source in ('rtsp', 'onvif')),
  address_sealed text not null,
  host text not null,
  has_ptz boolean not null default false,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, camera_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id)
);
create unique index camera_no on video.camera (company_id, community_id, no);
create index camera_building on video.camera (company_id, building_id);
select kernel.isolate('video.camera', 'select, insert, update');
comment on table video.camera is '摄像机';
comment on column video.camera.company_id is '公司';
comment on column video.camera.camera_id is '编号';
comment on column video.camera.community_id is '小区';
comment on column video.camera.building_id is '楼栋;空为小区公共';
comment on column video.camera.no is '机位号,小区内唯一';
comment on column video.camera.name is '名称';
comment on column video.camera.place is '安装位置';
comment on column video.camera.source is '接入方式:rtsp 直接取流,onvif 按 ONVIF 问地址';
comment on column video.camera.address_sealed is '地址、账号与口令,加密';
comment on column video.camera.host is '主机与端口,供查找';
comment on column video.camera.has_ptz is '能转动(云台)';
comment on column video.camera.retired_at is '停用时间';
comment on column video.camera.changed_by is '修改人';
comment on column video.camera.changed_at is '修改时间';

create table video.camera_state (
  company_id bigint not null,
  camera_id uuid not null,
  online boolean,
  checked_at timestamptz,
  seen_at timestamptz,
  fault text,
  codec text,
  width int,
  height int,
  fps numeric(5, 1),
  recording boolean not null default false,
  viewer_count int not null default 0,
  primary key (company_id, camera_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
select kernel.isolate('video.camera_state', 'select, insert, update');
comment on table video.camera_state is '摄像机现况,由视频服务写';
comment on column video.camera_state.company_id is '公司';
comment on column video.camera_state.camera_id is '摄像机';
comment on column video.camera_state.online is '在线;空为还没有检查';
comment on column video.camera_state.checked_at is '最近检查';
comment on column video.camera_state.seen_at is '最近有画面或应答';
comment on column video.camera_state.fault is '故障代码';
comment on column video.camera_state.codec is '编码';
comment on column video.camera_state.width is '宽';
comment on column video.camera_state.height is '高';
comment on column video.camera_state.fps is '帧率';
comment on column video.camera_state.recording is '正在录像';
comment on column video.camera_state.viewer_count is '正在看的人数';

create table video.looks_at (
  company_id bigint not null,
  camera_id uuid not null,
  kind text not null check (kind in ('door', 'device')),
  subject_id uuid not null,
  primary key (company_id, camera_id, kind, subject_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
create index looks_at_subject on video.looks_at (company_id, kind, subject_id);
select kernel.isolate('video.looks_at', 'select, insert, delete');
comment on table video.looks_at is '摄像机对着的门和智能设备:报警与通行由此找到画面';
comment on column video.looks_at.company_id is '公司';
comment on column video.looks_at.camera_id is '摄像机';
comment on column video.looks_at.kind is 'door 门,device 智能设备';
comment on column video.looks_at.subject_id is '门或设备';

create table video.recording (
  company_id bigint not null,
  recording_id uuid not null,
  camera_id uuid not null,
  from_on date not null,
  mode text not null check (mode in ('none', 'event', 'always')),
  stream text not null check (stream in ('main', 'sub')),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, recording_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
create index recording_now on video.recording (company_id, camera_id, from_on desc, created_at desc);
select kernel.isolate('video.recording', 'select, insert');
comment on table video.recording is '录像方式,按生效日,只增';
comment on column video.recording.company_id is '公司';
comment on column video.recording.recording_id is '编号';
comment on column video.recording.camera_id is '摄像机';
comment on column video.recording.from_on is '生效日';
comment on column video.recording.mode is 'none 不录(由录像机录),event 保持取流、只留事件前后,always 连续录像';
comment on column video.recording.stream is '录哪一路:main 主码流,sub 子码流';
comment on column video.recording.created_by is '设置人';
comment on column video.recording.created_at is '设置时间';

create table video.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  keep_days int not null check (keep_days between 30 and 365),
  clip_days int not null check (clip_days between 30 and 1095),
  view_days int not null check (view_days between 180 and 1095),
  before_s int not null check (before_s between 0 and 60),
  after_s int not null check (after_s between 5 and 300),
  alarm_level text not null check (alarm_level in ('notice', 'minor', 'major', 'critical')),
  passages boolean not null,
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on video.policy (company_id, from_on desc, created_at desc);
select kernel.isolate('video.policy', 'select, insert');
comment on table video.policy is '视频规则,按生效日,只增';
comment on column video.policy.company_id is '公司';
comment on column video.policy.policy_id is '编号';
comment on column video.policy.from_on is '生效日';
comment on column video.policy.keep_days is '录像保存天数';
comment on column video.policy.clip_days is '留存片段保存天数';
comment on column video.policy.view_days is '观看记录保存天数';
comment on column video.policy.before_s is '片段从事件前多少秒起';
comment on column video.policy.after_s is '片段到事件后多少秒止';
comment on column video.policy.alarm_level is '达到这一级的设备报警自动留片段';
comment on column video.policy.passages is '强行开门、开门超时、被拒绝的通行自动留片段';
comment on column video.policy.basis is '依据';
comment on column video.policy.created_by is '设置人';
comment on column video.policy.created_at is '设置时间';

create table video.segment (
  company_id bigint not null,
  segment_id uuid not null,
  camera_id uuid not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  size_bytes bigint not null,
  primary key (company_id, segment_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
create index segment_time on video.segment (company_id, camera_id, from_at);
create index segment_old on video.segment (company_id, from_at);
select kernel.isolate('video.segment', 'select, insert, delete');
comment on table video.segment is '连续录像的一段,文件在数据目录';
comment on column video.segment.company_id is '公司';
comment on column video.segment.segment_id is '编号,也是文件名';
comment on column video.segment.camera_id is '摄像机';
comment on column video.segment.from_at is '起';
comment on column video.segment.to_at is '止';
comment on column video.segment.size_bytes is '大小';

create table video.clip (
  company_id bigint not null,
  clip_id uuid not null,
  community_id uuid not null,
  camera_id uuid not null,
  kind text not null check (kind in ('clip', 'picture')),
  why text not null check (why in ('alarm', 'passage', 'hand')),
  source_id uuid,
  title text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  state text not null check (state in ('waiting', 'kept', 'failed', 'deleted')),
  fault text,
  size_bytes bigint,
  seconds int,
  held boolean not null default false,
  held_reason text,
  expires_at timestamptz not null,
  by_id uuid,
  by_name text not null,
  created_at timestamptz not null,
  done_at timestamptz,
  primary key (company_id, clip_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
create unique index clip_source on video.clip (company_id, camera_id, source_id) where source_id is not null;
create index clip_newest on video.clip (company_id, from_at desc);
create index clip_waiting on video.clip (company_id, to_at) where state = 'waiting';
create index clip_old on video.clip (company_id, expires_at) where state in ('kept', 'failed') and not held;
select kernel.isolate('video.clip', 'select, insert, update');
comment on table video.clip is '留存的片段和截图,文件在数据目录,到期删除';
comment on column video.clip.company_id is '公司';
comment on column video.clip.clip_id is '编号,也是文件名';
comment on column video.clip.community_id is '小区';
comment on column video.clip.camera_id is '摄像机';
comment on column video.clip.kind is 'clip 片段,picture 截图';
comment on column video.clip.why is 'alarm 报警,passage 通行,hand 人工';
comment on column video.clip.source_id is '报警或通行记录';
comment on column video.clip.title is '事由';
comment on column video.clip.from_at is '起';
comment on column video.clip.to_at is '止';
comment on column video.clip.state is 'waiting 等待取录像,kept 已留存,failed 没有录像,deleted 已到期删除';
comment on column video.clip.fault is '没有留成的原因代码';
comment on column video.clip.size_bytes is '大小';
comment on column video.clip.seconds is '时长(秒)';
comment on column video.clip.held is '长期保全,不随到期删除';
comment on column video.clip.held_reason is '保全或解除的原因';
comment on column video.clip.expires_at is '到期时间';
comment on column video.clip.by_id is '留存人';
comment on column video.clip.by_name is '留存人姓名';
comment on column video.clip.created_at is '登记时间';
comment on column video.clip.done_at is '留成、失败或删除的时间';

create table video.view (
  company_id bigint not null,
  view_id uuid not null,
  community_id uuid not null,
  camera_id uuid not null,
  clip_id uuid,
  what text not null check (what in ('live', 'playback', 'clip')),
  stream text not null check (stream in ('main', 'sub')),
  from_at timestamptz,
  account_id uuid,
  name text not null,
  ip text,
  asked_at timestamptz not null,
  token_hash text not null,
  expires_at timestamptz not null,
  may_ptz boolean not null default false,
  started_at timestamptz,
  ended_at timestamptz,
  way text,
  size_bytes bigint,
  fault text,
  primary key (company_id, view_id),
  foreign key (company_id, camera_id) references video.camera (company_id, camera_id)
);
create index view_newest on video.view (company_id, asked_at desc, view_id);
create index view_camera on video.view (company_id, camera_id, asked_at desc);
select kernel.isolate('video.view', 'select, insert, update, delete');
comment on table video.view is '观看记录:谁在何时看了哪台摄像机,看了多久';
comment on column video.view.company_id is '公司';
comment on column video.view.view_id is '编号';
comment on column video.view.community_id is '小区';
comment on column video.view.camera_id is '摄像机';
comment on column video.view.clip_id is '片段';
comment on column video.view.what is 'live 实时,playback 回放,clip 留存片段';
comment on column video.view.stream is '码流';
comment on column video.view.from_at is '回放从何时起';
comment on column video.view.account_id is '观看人';
comment on column video.view.name is '观看人姓名';
comment on column video.view.ip is '来自';
comment on column video.view.asked_at is '申请时间';
comment on column video.view.token_hash is '一次性凭据的摘要';
comment on column video.view.expires_at is '凭据失效时间';
comment on column video.view.may_ptz is '可以转动';
comment on column video.view.started_at is '开始观看';
comment on column video.view.ended_at is '结束观看';
comment on column video.view.way is '播放方式';
comment on column video.view.size_bytes is '送出字节';
comment on column video.view.fault is '没有画面的原因代码';

create table video.probe (
  company_id bigint not null,
  probe_id uuid not null,
  community_id uuid not null,
  camera_id uuid,
  address_sealed text not null,
  by_id uuid not null,
  created_at timestamptz not null,
  taken_at timestamptz,
  done_at timestamptz,
  result jsonb,
  primary key (company_id, probe_id)
);
create index probe_waiting on video.probe (company_id, created_at) where done_at is null;
select kernel.isolate('video.probe', 'select, insert, update, delete');
comment on table video.probe is '连接测试:由视频服务去问摄像机,一天后删除';
comment on column video.probe.company_id is '公司';
comment on column video.probe.probe_id is '编号';
comment on column video.probe.community_id is '小区';
comment on column video.probe.camera_id is '摄像机;空为还没有登记';
comment on column video.probe.address_sealed is '要测试的地址,加密';
comment on column video.probe.by_id is '谁要测试';
comment on column video.probe.created_at is '提出时间';
comment on column video.probe.taken_at is '开始测试的时间';
comment on column video.probe.done_at is '测完的时间';
comment on column video.probe.result is '结果';

create table video.service (
  company_id bigint not null,
  beat_at timestamptz not null,
  started_at timestamptz not null,
  primary key (company_id)
);
select kernel.isolate('video.service', 'select, insert, update');
comment on table video.service is '视频服务在不在:每十秒一次';
comment on column video.service.company_id is '公司';
comment on column video.service.beat_at is '最近报到';
comment on column video.service.started_at is '启动时间';
