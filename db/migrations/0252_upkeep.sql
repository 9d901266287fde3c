-- Upkeep of equipment is a round (ADR 0245): a point may be a device; a plan says its parts and how early its crew hears of it; a task may be put off.
alter table rounds.point add column equipment_id uuid, add foreign key (company_id, equipment_id) references equipment.device;
create unique index point_equipment on rounds.point (company_id, equipment_id) where equipment_id is not null;
comment on column rounds.point.equipment_id is '设备,点位是台账中的设备时';
alter table rounds.plan add column notice_days int not null default 0, add column parts text, add column hours_done numeric(12,1),
  add constraint plan_notice_days_check check (notice_days between 0 and 60);
comment on column rounds.plan.notice_days is '提前几天通知班组';
comment on column rounds.plan.parts is '所需备件与工具';
comment on column rounds.plan.hours_done is '按运行小时的计划:上次保养时的累计小时';
alter table rounds.task add column notice_told_at timestamptz;
create index task_notice on rounds.task (company_id, starts_at) where state = 'waiting' and notice_told_at is null;
comment on column rounds.task.notice_told_at is '已提前通知班组';
