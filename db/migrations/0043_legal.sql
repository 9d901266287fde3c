-- Legal steps against a debtor (法务催收): cases over the bills of one payer, steps with day, document and proof, the limitation clock. Nothing here
-- cuts a service (民法典 944).
create table billing.legal_case (
  company_id bigint not null,
  case_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payer_id uuid not null,
  state text not null default 'open' check (state in ('open','closed')),
  opened_on date not null,
  note text,
  created_by uuid not null,
  created_at timestamptz not null,
  closed_on date,
  closed_by uuid,
  outcome text check (outcome in ('paid','settled','withdrawn','uncollectable')),
  close_note text,
  check ((state = 'closed') = (closed_on is not null)),
  primary key (company_id, case_id),
  foreign key (company_id, house_id) references property.house
);
create unique index legal_case_open on billing.legal_case (company_id, house_id, payer_id) where state = 'open';
create index legal_case_list on billing.legal_case (company_id, community_id, state, opened_on desc);
create index legal_case_house on billing.legal_case (company_id, house_id);
select kernel.isolate('billing.legal_case', 'select, insert, update');
comment on table billing.legal_case is '法务催收案:一户一名欠费人的若干账单';
comment on column billing.legal_case.company_id is '公司';
comment on column billing.legal_case.case_id is '编号';
comment on column billing.legal_case.community_id is '小区';
comment on column billing.legal_case.building_id is '楼栋';
comment on column billing.legal_case.house_id is '房产';
comment on column billing.legal_case.payer_id is '欠费人';
comment on column billing.legal_case.state is '状态';
comment on column billing.legal_case.opened_on is '立案日';
comment on column billing.legal_case.note is '说明';
comment on column billing.legal_case.created_by is '经办人';
comment on column billing.legal_case.created_at is '登记时间';
comment on column billing.legal_case.closed_on is '结案日';
comment on column billing.legal_case.closed_by is '结案人';
comment on column billing.legal_case.outcome is '结果:paid 缴清,settled 和解,withdrawn 撤回,uncollectable 无法收回';
comment on column billing.legal_case.close_note is '结案说明';

create table billing.legal_bill (
  company_id bigint not null,
  case_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  open_fen bigint not null,
  primary key (company_id, case_id, bill_id),
  foreign key (company_id, case_id) references billing.legal_case
);
create index legal_bill_of on billing.legal_bill (company_id, bill_id);
select kernel.isolate('billing.legal_bill', 'select, insert');
comment on table billing.legal_bill is '法务催收案所含账单';
comment on column billing.legal_bill.company_id is '公司';
comment on column billing.legal_bill.case_id is '案';
comment on column billing.legal_bill.bill_id is '账单';
comment on column billing.legal_bill.period_on is '账期';
comment on column billing.legal_bill.open_fen is '立案时未收';

create table billing.legal_step (
  company_id bigint not null,
  step_id uuid not null,
  case_id uuid not null,
  kind text not null check (kind in ('contact','demand','lawyer','acknowledged','payment_order','suit','mediation','judgment','enforcement')),
  done_on date not null,
  person text not null,
  document_no text,
  office text,
  delivery text check (delivery in ('in_person','post','posted','electronic','court','refused')),
  delivered_on date,
  note text,
  files jsonb not null default '[]',
  created_by uuid not null,
  created_at timestamptz not null,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text,
  check (delivered_on is null or delivered_on >= done_on),
  check ((delivery is null) = (delivered_on is null)),
  primary key (company_id, step_id),
  foreign key (company_id, case_id) references billing.legal_case
);
create index legal_step_case on billing.legal_step (company_id, case_id, done_on);
select kernel.isolate('billing.legal_step', 'select, insert, update');
comment on table billing.legal_step is '法务步骤:何日、何人、何文书、如何送达与证明';
comment on column billing.legal_step.company_id is '公司';
comment on column billing.legal_step.step_id is '编号';
comment on column billing.legal_step.case_id is '案';
comment on column billing.legal_step.kind is '步骤';
comment on column billing.legal_step.done_on is '日期';
comment on column billing.legal_step.person is '经办人或律师';
comment on column billing.legal_step.document_no is '文书号、案号';
comment on column billing.legal_step.office is '律所、法院';
comment on column billing.legal_step.delivery is '送达方式';
comment on column billing.legal_step.delivered_on is '送达日';
comment on column billing.legal_step.note is '说明';
comment on column billing.legal_step.files is '证明材料';
comment on column billing.legal_step.created_by is '登记人';
comment on column billing.legal_step.created_at is '登记时间';
comment on column billing.legal_step.voided_at is '作废时间';
comment on column billing.legal_step.voided_by is '作废人';
comment on column billing.legal_step.void_reason is '作废原因';
