-- Cameras of other makers (海康 ISAPI, 大华 ITSAPI): which protocol a camera speaks, and what came of asking one to open.
alter table parking.camera drop constraint camera_dialect_check;
alter table parking.camera add constraint camera_dialect_check check (dialect in ('vzenith', 'hikvision', 'dahua'));
comment on column parking.camera.dialect is '协议:vzenith 臻识 HTTP,hikvision 海康 ISAPI,dahua 大华 ITSAPI';
alter table parking.camera add column channel integer not null default 1;
alter table parking.camera add constraint camera_channel_check check (channel between 1 and 64);
comment on column parking.camera.channel is '相机通道号,主动访问相机时用';
comment on column parking.camera.reach_sealed is '相机网页地址和账号(加密),空为平台不能主动访问';

-- Asked by the platform, besides what it pushes.
alter table parking.camera_state add column reached_at timestamptz, add column asked_at timestamptz, add column ask_wanted_at timestamptz, add column ask_fault text, add column about jsonb;
comment on column parking.camera_state.reached_at is '最近一次主动访问得到应答';
comment on column parking.camera_state.asked_at is '最近一次主动访问';
comment on column parking.camera_state.ask_wanted_at is '有人要求测试连接';
comment on column parking.camera_state.ask_fault is '最近一次主动访问没有成功的原因';
comment on column parking.camera_state.about is '相机自报:型号、序列号、版本、监听地址';

alter table parking.command add column outcome text, add column outcome_note text, add column ended_at timestamptz;
alter table parking.command add constraint command_outcome_known check (outcome in ('opened', 'accepted', 'refused', 'unreachable', 'unknown'));
alter table parking.command add constraint command_ended check ((outcome is null) = (ended_at is null));
comment on column parking.command.outcome is '主动开闸的结果:opened 已开到位,accepted 相机已接受,refused 相机拒绝,unreachable 连不上,unknown 没有应答、不知是否开了';
comment on column parking.command.outcome_note is '结果说明';
comment on column parking.command.ended_at is '得到结果的时间';
