-- Fee items priced by a tariff: one item a component, so that each is posted and shown by itself. A bill keeps what its amount was computed from.
alter table billing.fee_item drop constraint fee_item_shape_check;
alter table billing.fee_item add constraint fee_item_shape_check check (shape in ('area','fixed','quantity','meter','tariff'));
alter table billing.fee_item add column tariff_id uuid, add column component text;
alter table billing.fee_item add constraint fee_item_tariff foreign key (company_id, tariff_id) references tariff.tariff (company_id, tariff_id);
alter table billing.fee_item add constraint fee_item_tariff_check check ((shape = 'tariff') = (tariff_id is not null and component is not null));
create index fee_item_tariff on billing.fee_item (company_id, tariff_id);
comment on column billing.fee_item.tariff_id is '按价目计价时的价目';
comment on column billing.fee_item.component is '价目中的费项代码';

alter table billing.bill add column used_before numeric(14,3), add column inputs jsonb;
comment on column billing.bill.used_before is '阶梯计价:本周期此前已用量';
comment on column billing.bill.inputs is '按价目计价时的全部输入,据以重算与说明';

create table billing.run_line (
  company_id bigint not null,
  run_id uuid not null,
  line_no bigint not null,
  house_id uuid not null,
  fee_item_id uuid not null,
  payer_id uuid,
  from_on date not null,
  to_on date not null,
  price_id uuid not null,
  quantity numeric(14,4) not null,
  days int not null,
  days_of int not null,
  reading_id uuid,
  amount_fen bigint check (amount_fen >= 0),
  inputs jsonb not null,
  fault text,
  check ((amount_fen is null) = (fault is not null)),
  primary key (company_id, run_id, line_no)
);
create index run_line_house on billing.run_line (company_id, run_id, house_id);
select kernel.isolate('billing.run_line', 'select, insert, delete');
comment on table billing.run_line is '出账草稿中按价目算出的行,发布或取消后删去';
comment on column billing.run_line.company_id is '公司';
comment on column billing.run_line.run_id is '批次';
comment on column billing.run_line.line_no is '行号';
comment on column billing.run_line.house_id is '房产';
comment on column billing.run_line.fee_item_id is '收费项目';
comment on column billing.run_line.payer_id is '责任人';
comment on column billing.run_line.from_on is '计费起(含)';
comment on column billing.run_line.to_on is '计费止(不含)';
comment on column billing.run_line.price_id is '价目版本';
comment on column billing.run_line.quantity is '数量:面积、用量、个数';
comment on column billing.run_line.days is '分摊天数,0 为整期';
comment on column billing.run_line.days_of is '分摊的分母天数';
comment on column billing.run_line.reading_id is '读数';
comment on column billing.run_line.amount_fen is '金额,算不出的为空';
comment on column billing.run_line.inputs is '计价的全部输入';
comment on column billing.run_line.fault is '算不出的原因';
