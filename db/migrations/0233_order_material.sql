-- Spare parts from a simple store and ad hoc material on orders; an order of a public place linked to the budget or the fund that pays for it.
create table orders.stock_item (
  company_id bigint not null,
  item_id uuid not null,
  community_id uuid not null,
  name text not null,
  spec text not null default '',
  unit text not null,
  reorder_level numeric(12,3) not null default 0 check (reorder_level >= 0),
  on_hand numeric(14,3) not null default 0 check (on_hand >= 0),
  value_fen bigint not null default 0 check (value_fen >= 0),
  move_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, item_id),
  unique (company_id, community_id, name, spec),
  foreign key (company_id, community_id) references property.community,
  check (on_hand > 0 or value_fen = 0)
);
select kernel.isolate('orders.stock_item', 'select, insert, update');
comment on table orders.stock_item is '备件库存:每小区一个库房,移动加权平均计价;结存恒等于流水之和';
comment on column orders.stock_item.company_id is '公司';
comment on column orders.stock_item.item_id is '编号';
comment on column orders.stock_item.community_id is '小区';
comment on column orders.stock_item.name is '名称';
comment on column orders.stock_item.spec is '规格';
comment on column orders.stock_item.unit is '单位';
comment on column orders.stock_item.reorder_level is '低于此数提醒补货';
comment on column orders.stock_item.on_hand is '结存数量';
comment on column orders.stock_item.value_fen is '结存金额';
comment on column orders.stock_item.move_no is '流水号,并发时以此为准';
comment on column orders.stock_item.retired_at is '停用时间';
comment on column orders.stock_item.changed_by is '修改人';
comment on column orders.stock_item.changed_at is '修改时间';

create table orders.stock_move (
  company_id bigint not null,
  item_id uuid not null,
  move_no int not null,
  kind text not null check (kind in ('in','out','back','count')),
  quantity numeric(12,3) not null check (quantity <> 0),
  cost_fen bigint not null,
  order_id uuid,
  back_of int,
  paper text,
  note text,
  by_account uuid,
  by_name text not null,
  at timestamptz not null,
  primary key (company_id, item_id, move_no),
  foreign key (company_id, item_id) references orders.stock_item,
  foreign key (company_id, order_id) references orders.work_order,
  foreign key (company_id, item_id, back_of) references orders.stock_move,
  check ((kind in ('out','back')) = (order_id is not null)),
  check ((kind = 'back') = (back_of is not null)),
  check ((kind in ('in','back')) <= (quantity > 0 and cost_fen >= 0)),
  check ((kind = 'out') <= (quantity < 0 and cost_fen <= 0))
);
create index stock_move_order on orders.stock_move (company_id, order_id);
create index stock_move_back on orders.stock_move (company_id, item_id, back_of);
select kernel.isolate('orders.stock_move', 'select, insert');
comment on table orders.stock_move is '备件流水:入库、工单领用、退库、盘点,只增';
comment on column orders.stock_move.company_id is '公司';
comment on column orders.stock_move.item_id is '备件';
comment on column orders.stock_move.move_no is '该备件的第几笔';
comment on column orders.stock_move.kind is '类别:in 入库,out 领用,back 退库,count 盘点';
comment on column orders.stock_move.quantity is '数量,出为负';
comment on column orders.stock_move.cost_fen is '金额,出为负';
comment on column orders.stock_move.order_id is '工单';
comment on column orders.stock_move.back_of is '退的是哪一笔领用';
comment on column orders.stock_move.paper is '单据号:采购单、发票';
comment on column orders.stock_move.note is '说明';
comment on column orders.stock_move.by_account is '经办人账号';
comment on column orders.stock_move.by_name is '经办人';
comment on column orders.stock_move.at is '时间';

create table orders.material (
  company_id bigint not null,
  material_id uuid not null,
  order_id uuid not null,
  name text not null,
  unit text not null,
  quantity numeric(12,3) not null check (quantity > 0),
  cost_fen bigint not null check (cost_fen > 0),
  paper text,
  by_account uuid not null,
  by_name text not null,
  at timestamptz not null,
  undone_at timestamptz,
  undone_by uuid,
  undo_reason text,
  primary key (company_id, material_id),
  foreign key (company_id, order_id) references orders.work_order,
  check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undo_reason is null))
);
create index material_order on orders.material (company_id, order_id);
select kernel.isolate('orders.material', 'select, insert, update');
comment on table orders.material is '工单的零星材料:不经库房、随工单购买的';
comment on column orders.material.company_id is '公司';
comment on column orders.material.material_id is '编号';
comment on column orders.material.order_id is '工单';
comment on column orders.material.name is '名称';
comment on column orders.material.unit is '单位';
comment on column orders.material.quantity is '数量';
comment on column orders.material.cost_fen is '金额';
comment on column orders.material.paper is '发票或小票号';
comment on column orders.material.by_account is '登记人账号';
comment on column orders.material.by_name is '登记人';
comment on column orders.material.at is '登记时间';
comment on column orders.material.undone_at is '撤销时间';
comment on column orders.material.undone_by is '撤销人';
comment on column orders.material.undo_reason is '撤销原因';

create table orders.charge_link (
  company_id bigint not null,
  order_id uuid not null,
  kind text not null check (kind in ('spending','fund')),
  target_id uuid not null,
  made_by uuid not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (company_id, order_id, kind, target_id),
  foreign key (company_id, order_id) references orders.work_order
);
create index charge_link_target on orders.charge_link (company_id, target_id);
select kernel.isolate('orders.charge_link', 'select, insert, update');
comment on table orders.charge_link is '公共区域工单的费用由哪笔支出申请或维修资金项目列支';
comment on column orders.charge_link.company_id is '公司';
comment on column orders.charge_link.order_id is '工单';
comment on column orders.charge_link.kind is '类别:spending 支出申请(预算),fund 维修资金项目';
comment on column orders.charge_link.target_id is '支出申请或维修资金项目';
comment on column orders.charge_link.made_by is '关联人';
comment on column orders.charge_link.made_at is '关联时间';
comment on column orders.charge_link.ended_at is '解除时间';
comment on column orders.charge_link.ended_by is '解除人';
