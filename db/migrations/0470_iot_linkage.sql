-- Linkage (IOT-06) with what lies above iot: groups of doors, cameras, other systems. They say here what a rule may act on, hear of a firing as an event, and write back what came of it.
create table iot.target (
  company_id bigint not null,
  kind text not null check (kind in ('doors','camera')),
  target_id uuid not null,
  community_id uuid not null,
  name text not null,
  detail text not null,
  may text not null,
  no_hold text,
  gone boolean not null,
  changed_at timestamptz not null,
  primary key (company_id, kind, target_id),
  foreign key (company_id, community_id) references property.community
);
create index target_place on iot.target (company_id, community_id, kind);
select kernel.isolate('iot.target', 'select, insert, update');
comment on table iot.target is '联动规则可以动作的对象(门组、摄像机),由门禁、视频模块登记';
comment on column iot.target.company_id is '公司';
comment on column iot.target.kind is '种类:doors 门组,camera 摄像机';
comment on column iot.target.target_id is '在原模块中的编号';
comment on column iot.target.community_id is '小区';
comment on column iot.target.name is '名称';
comment on column iot.target.detail is '说明,如门组里的门';
comment on column iot.target.may is '把它用在规则里要有的权限';
comment on column iot.target.no_hold is '不能由规则释放的原因,空为可以';
comment on column iot.target.gone is '已停用或删除';
comment on column iot.target.changed_at is '登记时间';

create table iot.rule_act (
  company_id bigint not null,
  fire_id uuid not null,
  act_no int not null check (act_no between 1 and 20),
  kind text not null check (kind in ('alarm','command','scene','order','notify','doors','clip','webhook')),
  what text not null,
  state text not null check (state in ('done','sent','failed')),
  told text,
  told_at timestamptz,
  command_id uuid,
  run_id uuid,
  primary key (company_id, fire_id, act_no),
  foreign key (company_id, fire_id) references iot.rule_fire
);
create index rule_act_sent on iot.rule_act (company_id, kind, fire_id) where state = 'sent';
select kernel.isolate('iot.rule_act', 'select, insert, update');
comment on table iot.rule_act is '规则触发后的每个动作和它的结果,结果由执行的模块报回';
comment on column iot.rule_act.company_id is '公司';
comment on column iot.rule_act.fire_id is '触发';
comment on column iot.rule_act.act_no is '序号';
comment on column iot.rule_act.kind is '动作:alarm 报警,command 命令,scene 场景,order 工单,notify 通知,doors 门组,clip 录像片段,webhook 推送';
comment on column iot.rule_act.what is '要做什么';
comment on column iot.rule_act.state is '状态:done 已完成,sent 已发出等结果,failed 没有做成';
comment on column iot.rule_act.told is '结果';
comment on column iot.rule_act.told_at is '结果时间';
comment on column iot.rule_act.command_id is '命令';
comment on column iot.rule_act.run_id is '场景执行';

alter table doors.command drop constraint command_cause_check;
alter table doors.command add constraint command_cause_check check (cause in ('hand','fire','rule'));
alter table doors.command add column fire_id uuid;
create index command_rule on doors.command (company_id, fire_id) where fire_id is not null;
comment on column doors.command.cause is 'hand 人工,fire 消防联动,rule 联动规则';
comment on column doors.command.fire_id is '联动规则的触发';

alter table video.clip drop constraint clip_why_check;
alter table video.clip add constraint clip_why_check check (why in ('alarm','passage','hand','rule'));
comment on column video.clip.why is 'alarm 报警,passage 通行,hand 人工,rule 联动规则';
comment on column video.clip.source_id is '报警、通行记录或规则触发';
