-- Settlement when somebody leaves a house (过户结算、退租结算): opened on a day, completed once, kept as it stood.
create schema handover;
grant usage on schema handover to heyuan_app;
comment on schema handover is '交接结算:过户结算与退租结算';
create table handover.sheet (
  company_id bigint not null,
  sheet_id uuid not null,
  no text not null,
  kind text not null check (kind in ('transfer','move_out')),
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  tenancy_id uuid,
  on_day date not null,
  state text not null default 'draft' check (state in ('draft','done','cancelled')),
  leaver_ids uuid[] not null,
  note text,
  created_by uuid not null,
  created_at timestamptz not null,
  done_by uuid,
  done_at timestamptz,
  frozen jsonb,
  outcome jsonb,
  rework_id uuid,
  cancelled_by uuid,
  cancelled_at timestamptz,
  cancel_reason text,
  primary key (company_id, sheet_id),
  unique (company_id, no),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, tenancy_id) references people.tenancy,
  check ((kind = 'move_out') = (tenancy_id is not null)),
  check ((state = 'done') = (frozen is not null)),
  check ((state = 'done') = (outcome is not null))
);
create unique index sheet_draft on handover.sheet (company_id, house_id, kind) where state = 'draft';
create index sheet_house on handover.sheet (company_id, house_id, created_at desc);
create index sheet_tenancy on handover.sheet (company_id, tenancy_id);
create index sheet_list on handover.sheet (company_id, community_id, state, created_at desc);
select kernel.isolate('handover.sheet', 'select, insert, update');
comment on table handover.sheet is '交接结算单:过户或退租时与离开的人结清到日';
comment on column handover.sheet.company_id is '公司';
comment on column handover.sheet.sheet_id is '编号';
comment on column handover.sheet.no is '结算单号';
comment on column handover.sheet.kind is '种类:transfer 过户,move_out 退租';
comment on column handover.sheet.community_id is '小区';
comment on column handover.sheet.building_id is '楼栋';
comment on column handover.sheet.house_id is '房产';
comment on column handover.sheet.tenancy_id is '退租的租约';
comment on column handover.sheet.on_day is '结算日:此前由离开的人承担,当日起由接手的人承担';
comment on column handover.sheet.state is '状态:draft 办理中,done 已办结,cancelled 已取消';
comment on column handover.sheet.leaver_ids is '离开的人:原业主或租户';
comment on column handover.sheet.note is '说明';
comment on column handover.sheet.created_by is '开单人';
comment on column handover.sheet.created_at is '开单时间';
comment on column handover.sheet.done_by is '办结人';
comment on column handover.sheet.done_at is '办结时间';
comment on column handover.sheet.frozen is '办结时的结算内容';
comment on column handover.sheet.outcome is '办结结果:承接、留存、退款与约定';
comment on column handover.sheet.rework_id is '承接账单的拆并(billing.rework)';
comment on column handover.sheet.cancelled_by is '取消人';
comment on column handover.sheet.cancelled_at is '取消时间';
comment on column handover.sheet.cancel_reason is '取消原因';
