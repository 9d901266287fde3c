-- The cashier's shift (班次): what a drawer began with, what came in and went out, what was counted and handed in. Closed is frozen: entries are
-- append-only, and the code that writes one holds the shift's row against closing.
create table payment.rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind text not null,
  community_id uuid,
  value jsonb not null,
  from_on date not null,
  note text,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, community_id) references property.community
);
create index rule_kind on payment.rule (company_id, kind, community_id, from_on desc, created_at desc);
create index rule_community on payment.rule (company_id, community_id);
select kernel.isolate('payment.rule', 'select, insert');
comment on table payment.rule is '收款规则,按小区与生效日分版本,只增';
comment on column payment.rule.company_id is '公司';
comment on column payment.rule.rule_id is '编号';
comment on column payment.rule.kind is '规则';
comment on column payment.rule.community_id is '小区,空为全公司';
comment on column payment.rule.value is '内容';
comment on column payment.rule.from_on is '生效日';
comment on column payment.rule.note is '说明';
comment on column payment.rule.created_by is '设定人';
comment on column payment.rule.created_at is '设定时间';

create table payment.shift (
  company_id bigint not null,
  shift_id uuid not null,
  shift_no text collate "C" not null,
  community_id uuid not null,
  cashier_id uuid not null,
  state text not null check (state in ('open','counted','recount','closed')),
  opened_at timestamptz not null,
  opened_on date not null,
  float_fen bigint not null check (float_fen >= 0),
  counted_at timestamptz,
  expected_fen bigint,
  counted_fen bigint check (counted_fen >= 0),
  difference_fen bigint,
  difference_reason text,
  pieces jsonb,
  hand_ins jsonb,
  kept_fen bigint check (kept_fen >= 0),
  decided_by uuid,
  closed_at timestamptz,
  primary key (company_id, shift_id),
  unique (company_id, shift_no),
  foreign key (company_id, community_id) references property.community,
  check (decided_by is null or decided_by <> cashier_id),
  check ((state = 'open') = (counted_at is null)),
  check ((state = 'closed') = (closed_at is not null)),
  check (counted_at is null or difference_fen = counted_fen - expected_fen)
);
create unique index shift_open on payment.shift (company_id, cashier_id) where state = 'open';
create index shift_list on payment.shift (company_id, opened_at desc);
create index shift_cashier on payment.shift (company_id, cashier_id, opened_at desc);
create index shift_community on payment.shift (company_id, community_id, opened_at desc);
create index shift_difference on payment.shift (company_id, opened_at desc) where difference_fen <> 0;
select kernel.isolate('payment.shift', 'select, insert, update');
comment on table payment.shift is '收费班次:一名收费员同时只有一个未点钞的班次';
comment on column payment.shift.company_id is '公司';
comment on column payment.shift.shift_id is '编号';
comment on column payment.shift.shift_no is '班次号';
comment on column payment.shift.community_id is '小区(收费点所在)';
comment on column payment.shift.cashier_id is '收费员';
comment on column payment.shift.state is '状态:open 当班,counted 已点钞待审批差额,recount 差额被驳回待重点,closed 已交班';
comment on column payment.shift.opened_at is '开班时间';
comment on column payment.shift.opened_on is '开班日';
comment on column payment.shift.float_fen is '备用金';
comment on column payment.shift.counted_at is '点钞时间';
comment on column payment.shift.expected_fen is '应有现金';
comment on column payment.shift.counted_fen is '实点现金';
comment on column payment.shift.difference_fen is '长短款(实点减应有)';
comment on column payment.shift.difference_reason is '差额原因';
comment on column payment.shift.pieces is '点钞明细:面额与张数';
comment on column payment.shift.hand_ins is '交款:去向、金额、凭条号';
comment on column payment.shift.kept_fen is '留存现金';
comment on column payment.shift.decided_by is '差额审批人';
comment on column payment.shift.closed_at is '交班时间';

create table payment.shift_entry (
  company_id bigint not null,
  entry_id uuid not null,
  shift_id uuid not null,
  source_type text not null,
  source_id uuid not null,
  method text not null,
  book text not null check (book in ('company','trust')),
  amount_fen bigint not null check (amount_fen <> 0),
  at timestamptz not null,
  primary key (company_id, entry_id),
  unique (company_id, source_type, source_id, method),
  foreign key (company_id, shift_id) references payment.shift
);
create index shift_entry_shift on payment.shift_entry (company_id, shift_id, at);
select kernel.isolate('payment.shift_entry', 'select, insert');
comment on table payment.shift_entry is '班次收支,按方式,只增:每笔收付只进一个班次';
comment on column payment.shift_entry.company_id is '公司';
comment on column payment.shift_entry.entry_id is '编号';
comment on column payment.shift_entry.shift_id is '班次';
comment on column payment.shift_entry.source_type is '来源:payment 收款,reversal 冲销,refund 退款,deposit 押金';
comment on column payment.shift_entry.source_id is '来源编号';
comment on column payment.shift_entry.method is '方式';
comment on column payment.shift_entry.book is '账簿';
comment on column payment.shift_entry.amount_fen is '收为正,付为负';
comment on column payment.shift_entry.at is '时间';

create table payment.day_close (
  company_id bigint not null,
  close_id uuid not null,
  cashier_id uuid not null,
  on_day date not null,
  community_id uuid not null,
  totals jsonb not null,
  closed_at timestamptz not null,
  reopened_by uuid,
  reopened_at timestamptz,
  reopen_reason text,
  primary key (company_id, close_id),
  foreign key (company_id, community_id) references property.community,
  check (reopened_by is null or reopened_by <> cashier_id)
);
create unique index day_close_live on payment.day_close (company_id, cashier_id, on_day) where reopened_at is null;
create index day_close_list on payment.day_close (company_id, on_day desc);
create index day_close_community on payment.day_close (company_id, community_id);
select kernel.isolate('payment.day_close', 'select, insert, update');
comment on table payment.day_close is '收费员日结:结后当日不能再收款,重开留痕';
comment on column payment.day_close.company_id is '公司';
comment on column payment.day_close.close_id is '编号';
comment on column payment.day_close.cashier_id is '收费员';
comment on column payment.day_close.on_day is '收款日';
comment on column payment.day_close.community_id is '小区(收费点所在)';
comment on column payment.day_close.totals is '结时的合计';
comment on column payment.day_close.closed_at is '日结时间';
comment on column payment.day_close.reopened_by is '重开人';
comment on column payment.day_close.reopened_at is '重开时间';
comment on column payment.day_close.reopen_reason is '重开原因';
