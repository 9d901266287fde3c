-- A repair order may be about a device of the ledger; whether it stood still meanwhile is kept for availability.
alter table orders.work_order add column equipment_id uuid, add column equipment_stopped boolean not null default false,
  add foreign key (company_id, equipment_id) references equipment.device;
create index work_order_equipment on orders.work_order (company_id, equipment_id, created_at desc) where equipment_id is not null;
comment on column orders.work_order.equipment_id is '设备,报修的是台账中的设备时';
comment on column orders.work_order.equipment_stopped is '报修时设备已停机';
