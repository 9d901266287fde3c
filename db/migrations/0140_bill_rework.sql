-- Bills split, merged or taken over by another payer: what was, what became of it, and the way back. The old bills are void (or, where something
-- is paid, keep the paid part), the new ones stand in runs of their own.
create table billing.rework (
  company_id bigint not null,
  rework_id uuid not null,
  kind text not null check (kind in ('split','merge','takeover')),
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  reason text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  undone_by uuid,
  undone_at timestamptz,
  undo_reason text,
  primary key (company_id, rework_id),
  foreign key (company_id, house_id) references property.house,
  check ((undone_at is null) = (undo_reason is null))
);
create index rework_house on billing.rework (company_id, house_id, created_at desc);
select kernel.isolate('billing.rework', 'select, insert, update');
comment on table billing.rework is '账单拆分、合并与承接';
comment on column billing.rework.company_id is '公司';
comment on column billing.rework.rework_id is '编号';
comment on column billing.rework.kind is '种类:split 拆分,merge 合并,takeover 由他人承接';
comment on column billing.rework.community_id is '小区';
comment on column billing.rework.building_id is '楼栋';
comment on column billing.rework.house_id is '房产';
comment on column billing.rework.amount_fen is '转出的未收金额';
comment on column billing.rework.reason is '原因';
comment on column billing.rework.created_by is '经办人';
comment on column billing.rework.created_at is '办理时间';
comment on column billing.rework.undone_by is '撤销人';
comment on column billing.rework.undone_at is '撤销时间';
comment on column billing.rework.undo_reason is '撤销原因';

create table billing.rework_bill (
  company_id bigint not null,
  rework_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  side text not null check (side in ('from','to')),
  house_id uuid not null,
  fee_item_id uuid not null,
  from_on date not null,
  to_on date not null,
  reading_id uuid,
  amount_fen bigint not null check (amount_fen > 0),
  live boolean not null default true,
  primary key (company_id, rework_id, bill_id),
  foreign key (company_id, rework_id) references billing.rework
);
create unique index rework_bill_live on billing.rework_bill (company_id, bill_id, side) where live;
create index rework_bill_of on billing.rework_bill (company_id, bill_id);
create index rework_bill_key on billing.rework_bill (company_id, house_id, fee_item_id, period_on) where live and side = 'from';
select kernel.isolate('billing.rework_bill', 'select, insert, update');
comment on table billing.rework_bill is '拆分、合并、承接前后的账单;from 一方的房产、项目、期间由新账单占用,出账不再重出';
comment on column billing.rework_bill.company_id is '公司';
comment on column billing.rework_bill.rework_id is '拆并';
comment on column billing.rework_bill.bill_id is '账单';
comment on column billing.rework_bill.period_on is '账期';
comment on column billing.rework_bill.side is '一方:from 原账单,to 新账单';
comment on column billing.rework_bill.house_id is '房产';
comment on column billing.rework_bill.fee_item_id is '收费项目';
comment on column billing.rework_bill.from_on is '计费起(含)';
comment on column billing.rework_bill.to_on is '计费止(不含)';
comment on column billing.rework_bill.reading_id is '读数;公摊账单为公摊编号';
comment on column billing.rework_bill.amount_fen is '转出或转入的金额';
comment on column billing.rework_bill.live is '未撤销';

alter table billing.run add column rework_id uuid;
comment on column billing.run.rework_id is '拆分、合并产生的批次';
alter table billing.run add constraint run_rework foreign key (company_id, rework_id) references billing.rework;
create index run_rework on billing.run (company_id, rework_id) where rework_id is not null;

alter table billing.reduction drop constraint reduction_kind_check;
alter table billing.reduction add constraint reduction_kind_check check (kind in ('waiver','write_off','vacancy','moved'));
alter table billing.reduction add column rework_id uuid;
comment on column billing.reduction.rework_id is '拆分、合并';
comment on column billing.reduction.kind is '类别:waiver 减免,write_off 核销,vacancy 空置等折扣,moved 部分已收的账单转出未收部分';
alter table billing.reduction add constraint reduction_rework foreign key (company_id, rework_id) references billing.rework;
create index reduction_rework on billing.reduction (company_id, rework_id) where rework_id is not null;
