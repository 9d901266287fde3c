-- Scenes (IOT-02): groups of commands given together, by hand, by schedule, by rule; what each device answered. Rules may speak of several devices (IOT-06).

create table iot.scene (
  company_id bigint not null,
  scene_id uuid not null,
  community_id uuid not null,
  name text not null,
  body jsonb not null,
  version_no int not null,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, scene_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('iot.scene', 'select, insert, update');
comment on table iot.scene is '场景:一组设备各自的命令,一次执行';
comment on column iot.scene.company_id is '公司';
comment on column iot.scene.scene_id is '编号';
comment on column iot.scene.community_id is '小区';
comment on column iot.scene.name is '名称';
comment on column iot.scene.body is '内容:product_id 产品,device_ids 设备(空为该小区该产品全部),command 命令,arg 参数';
comment on column iot.scene.version_no is '版本';
comment on column iot.scene.stopped_at is '停用时间';
comment on column iot.scene.changed_by is '修改人';
comment on column iot.scene.changed_at is '修改时间';

create table iot.schedule (
  company_id bigint not null,
  schedule_id uuid not null,
  scene_id uuid not null,
  from_on date not null,
  to_on date,
  days text not null check (days in ('all','work','rest','week')),
  weekdays int[] not null,
  times text[] not null,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, schedule_id),
  foreign key (company_id, scene_id) references iot.scene
);
create index schedule_scene on iot.schedule (company_id, scene_id);
select kernel.isolate('iot.schedule', 'select, insert, update');
comment on table iot.schedule is '场景的定时执行';
comment on column iot.schedule.company_id is '公司';
comment on column iot.schedule.schedule_id is '编号';
comment on column iot.schedule.scene_id is '场景';
comment on column iot.schedule.from_on is '起';
comment on column iot.schedule.to_on is '止(含),空为长期';
comment on column iot.schedule.days is '哪些天:all 每天,work 工作日,rest 休息日与节假日,week 按星期';
comment on column iot.schedule.weekdays is '星期:0 周日至 6 周六';
comment on column iot.schedule.times is '时刻,如 18:30';
comment on column iot.schedule.stopped_at is '停用时间';
comment on column iot.schedule.changed_by is '修改人';
comment on column iot.schedule.changed_at is '修改时间';

create table iot.scene_run (
  company_id bigint not null,
  run_id uuid not null,
  scene_id uuid not null,
  version_no int not null,
  source text not null check (source in ('hand','schedule','rule')),
  schedule_id uuid,
  slot_at timestamptz,
  missed boolean not null,
  rule_id uuid,
  reason text,
  asked_by uuid,
  asked_by_name text not null,
  at timestamptz not null,
  primary key (company_id, run_id),
  unique (company_id, schedule_id, slot_at),
  foreign key (company_id, scene_id) references iot.scene,
  foreign key (company_id, schedule_id) references iot.schedule,
  foreign key (company_id, rule_id) references iot.rule
);
create index scene_run_scene on iot.scene_run (company_id, scene_id, at desc);
create index scene_run_rule on iot.scene_run (company_id, rule_id);
select kernel.isolate('iot.scene_run', 'select, insert');
comment on table iot.scene_run is '场景的一次执行';
comment on column iot.scene_run.company_id is '公司';
comment on column iot.scene_run.run_id is '编号';
comment on column iot.scene_run.scene_id is '场景';
comment on column iot.scene_run.version_no is '场景的版本';
comment on column iot.scene_run.source is '来源:hand 人工,schedule 定时,rule 联动';
comment on column iot.scene_run.schedule_id is '定时';
comment on column iot.scene_run.slot_at is '定时的时刻,每个时刻只执行一次';
comment on column iot.scene_run.missed is '系统当时没有运行,已错过,没有执行';
comment on column iot.scene_run.rule_id is '联动规则';
comment on column iot.scene_run.reason is '原因';
comment on column iot.scene_run.asked_by is '执行人';
comment on column iot.scene_run.asked_by_name is '执行人姓名';
comment on column iot.scene_run.at is '时间';

create table iot.scene_item (
  company_id bigint not null,
  run_id uuid not null,
  item_no int not null,
  device_id uuid not null,
  name text not null,
  arg numeric,
  command_id uuid,
  why text,
  primary key (company_id, run_id, item_no),
  foreign key (company_id, run_id) references iot.scene_run,
  foreign key (company_id, device_id) references iot.device,
  foreign key (company_id, command_id) references iot.command
);
create index scene_item_device on iot.scene_item (company_id, device_id);
create index scene_item_command on iot.scene_item (company_id, command_id);
select kernel.isolate('iot.scene_item', 'select, insert');
comment on table iot.scene_item is '场景执行的逐台结果:已发出的命令,或没有发出的原因';
comment on column iot.scene_item.company_id is '公司';
comment on column iot.scene_item.run_id is '执行';
comment on column iot.scene_item.item_no is '序号';
comment on column iot.scene_item.device_id is '设备';
comment on column iot.scene_item.name is '命令名称';
comment on column iot.scene_item.arg is '参数';
comment on column iot.scene_item.command_id is '命令;空为没有发出';
comment on column iot.scene_item.why is '没有发出的原因';

alter table iot.command drop constraint command_source_check;
alter table iot.command add constraint command_source_check check (source in ('hand','rule','scene','fire'));
comment on column iot.command.source is '来源:hand 人工,rule 联动,scene 场景,fire 消防联动';
