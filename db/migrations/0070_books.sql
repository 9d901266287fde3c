-- Separate books on the one posting table: a source may have one journal a book, joined by clearing accounts; accounts become data; a
-- month of a book can be closed; each community has its fee model (包干制 or 酬金制) by date.

alter table ledger.account add column kind text, add column built_in boolean not null default true, add column note text, add column disabled_at timestamptz;
-- The owner of the tables may be a plain role: forced row security would hide every row from these statements.
alter table ledger.account no force row level security;
update ledger.account set kind = case
  when code like '3%' then 'clearing' when code like '1%' then 'asset' when code like '2%' then 'liability' when code like '4%' then 'equity'
  when code in ('6001','6051','6301') then 'income' else 'expense' end;
alter table ledger.account force row level security;
alter table ledger.account alter column kind set not null;
alter table ledger.account add constraint account_kind_check check (kind in ('asset','liability','clearing','equity','income','expense'));
grant update (name, note, disabled_at) on ledger.account to heyuan_app;
comment on column ledger.account.book is '账簿:company 公司,public_income 公共收益,fund 维修资金,trust 代管资金,owners 业主资金(酬金制)';
comment on column ledger.account.kind is '类别:资产、负债、共同(账簿往来)、权益、收入、支出';
comment on column ledger.account.built_in is '系统预置';
comment on column ledger.account.note is '说明';
comment on column ledger.account.disabled_at is '停用时间';

alter table ledger.journal add column note text;
comment on column ledger.journal.note is '摘要';
alter table ledger.journal drop constraint journal_company_id_source_type_source_id_kind_key;
alter table ledger.journal add constraint journal_source_key unique (company_id, source_type, source_id, kind, book);
create index journal_list on ledger.journal (company_id, booked_on desc, journal_id desc);

create index posting_account on ledger.posting (company_id, book, account_code, booked_on);

create table ledger.period (
  company_id bigint not null,
  book text not null,
  period_on date not null check (extract(day from period_on) = 1),
  state text not null default 'open' check (state in ('open','closed')),
  closing_id uuid,
  primary key (company_id, book, period_on),
  check ((state = 'closed') = (closing_id is not null))
);
select kernel.isolate('ledger.period', 'select, insert, update');
alter table ledger.period no force row level security;
alter table ledger.journal no force row level security;
insert into ledger.period (company_id, book, period_on) select distinct company_id, book, date_trunc('month', booked_on)::date from ledger.journal;
alter table ledger.period force row level security;
alter table ledger.journal force row level security;
comment on table ledger.period is '会计期间:每本账簿每月一行,入账时共享锁定,结账时独占';
comment on column ledger.period.company_id is '公司';
comment on column ledger.period.book is '账簿';
comment on column ledger.period.period_on is '期间(月首日)';
comment on column ledger.period.state is '状态:open 未结,closed 已结';
comment on column ledger.period.closing_id is '有效的结账';

create table ledger.closing (
  company_id bigint not null,
  closing_id uuid not null,
  book text not null,
  period_on date not null,
  closed_by uuid,
  closed_at timestamptz not null,
  balance_hash text not null,
  journal_count int not null,
  line_count bigint not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  note text,
  primary key (company_id, closing_id)
);
create index closing_period on ledger.closing (company_id, book, period_on, closed_at desc);
select kernel.isolate('ledger.closing', 'select, insert');
comment on table ledger.closing is '结账记录,只增;重开后再结是新的一条';
comment on column ledger.closing.company_id is '公司';
comment on column ledger.closing.closing_id is '编号';
comment on column ledger.closing.book is '账簿';
comment on column ledger.closing.period_on is '期间(月首日)';
comment on column ledger.closing.closed_by is '结账人';
comment on column ledger.closing.closed_at is '结账时间';
comment on column ledger.closing.balance_hash is '余额表摘要,事后重算须一致';
comment on column ledger.closing.journal_count is '凭证张数';
comment on column ledger.closing.line_count is '分录行数';
comment on column ledger.closing.debit_fen is '本期借方';
comment on column ledger.closing.credit_fen is '本期贷方';
comment on column ledger.closing.note is '说明';

create table ledger.closing_balance (
  company_id bigint not null,
  closing_id uuid not null,
  account_code text not null,
  community_key text not null,
  community_id uuid,
  opening_fen bigint not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  closing_fen bigint not null,
  primary key (company_id, closing_id, account_code, community_key),
  foreign key (company_id, closing_id) references ledger.closing,
  check (closing_fen = opening_fen + debit_fen - credit_fen)
);
select kernel.isolate('ledger.closing_balance', 'select, insert');
comment on table ledger.closing_balance is '结账时的科目余额,按小区,只增';
comment on column ledger.closing_balance.company_id is '公司';
comment on column ledger.closing_balance.closing_id is '结账';
comment on column ledger.closing_balance.account_code is '科目';
comment on column ledger.closing_balance.community_key is '小区键,无小区为 -';
comment on column ledger.closing_balance.community_id is '小区';
comment on column ledger.closing_balance.opening_fen is '期初,借减贷';
comment on column ledger.closing_balance.debit_fen is '本期借方';
comment on column ledger.closing_balance.credit_fen is '本期贷方';
comment on column ledger.closing_balance.closing_fen is '期末,借减贷';

create table ledger.reopening (
  company_id bigint not null,
  reopening_id uuid not null,
  closing_id uuid not null,
  reason text not null,
  state text not null check (state in ('asked','approved','refused')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decide_note text,
  primary key (company_id, reopening_id),
  foreign key (company_id, closing_id) references ledger.closing,
  check (decided_by is null or decided_by <> asked_by),
  check ((state = 'asked') = (decided_by is null))
);
create unique index reopening_live on ledger.reopening (company_id, closing_id) where state <> 'refused';
create index reopening_closing on ledger.reopening (company_id, closing_id);
select kernel.isolate('ledger.reopening', 'select, insert, update');
comment on table ledger.reopening is '反结账:一人申请,另一人批准';
comment on column ledger.reopening.company_id is '公司';
comment on column ledger.reopening.reopening_id is '编号';
comment on column ledger.reopening.closing_id is '被撤销的结账';
comment on column ledger.reopening.reason is '原因';
comment on column ledger.reopening.state is '状态:asked 待批,approved 已重开,refused 已驳回';
comment on column ledger.reopening.asked_by is '申请人';
comment on column ledger.reopening.asked_at is '申请时间';
comment on column ledger.reopening.decided_by is '批准人';
comment on column ledger.reopening.decided_at is '批准时间';
comment on column ledger.reopening.decide_note is '意见';

create table ledger.fee_model (
  company_id bigint not null,
  fee_model_id uuid not null,
  community_id uuid not null,
  model text not null check (model in ('lump','commission')),
  from_on date not null check (extract(day from from_on) = 1),
  to_on date,
  commission_base text check (commission_base in ('receivable','received','cost','fixed')),
  commission_rate numeric(9,6) check (commission_rate >= 0 and commission_rate <= 1),
  commission_fen bigint check (commission_fen >= 0),
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, fee_model_id),
  foreign key (company_id, community_id) references property.community,
  exclude using gist (company_id with =, community_id with =, daterange(from_on, to_on) with &&),
  check (model = 'lump' or (commission_base is not null and (commission_base = 'fixed') = (commission_fen is not null) and (commission_base <> 'fixed') = (commission_rate is not null)))
);
create index fee_model_community on ledger.fee_model (company_id, community_id, from_on);
select kernel.isolate('ledger.fee_model', 'select, insert, update');
comment on table ledger.fee_model is '小区的收费模式,按日生效:包干制的物业费是公司收入,酬金制的物业费是业主的钱';
comment on column ledger.fee_model.company_id is '公司';
comment on column ledger.fee_model.fee_model_id is '编号';
comment on column ledger.fee_model.community_id is '小区';
comment on column ledger.fee_model.model is '模式:lump 包干制,commission 酬金制';
comment on column ledger.fee_model.from_on is '起(月首日)';
comment on column ledger.fee_model.to_on is '止(不含)';
comment on column ledger.fee_model.commission_base is '酬金基数:应收、实收、支出、定额';
comment on column ledger.fee_model.commission_rate is '酬金比例,0.08 为 8%';
comment on column ledger.fee_model.commission_fen is '每月定额酬金';
comment on column ledger.fee_model.basis is '依据:合同条款';
comment on column ledger.fee_model.created_by is '录入人';
comment on column ledger.fee_model.created_at is '录入时间';

create table ledger.manual_entry (
  company_id bigint not null,
  entry_id uuid not null,
  book text not null,
  booked_on date not null,
  note text not null,
  lines jsonb not null,
  amount_fen bigint not null check (amount_fen > 0),
  reverses uuid,
  state text not null check (state in ('asked','approved','refused')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decide_note text,
  journal_id uuid,
  primary key (company_id, entry_id),
  check (decided_by is null or decided_by <> asked_by),
  check ((state = 'asked') = (decided_by is null)),
  check ((state = 'approved') = (journal_id is not null))
);
create index manual_entry_list on ledger.manual_entry (company_id, state, asked_at desc);
create unique index manual_entry_reverses on ledger.manual_entry (company_id, reverses) where reverses is not null and state <> 'refused';
select kernel.isolate('ledger.manual_entry', 'select, insert, update');
comment on table ledger.manual_entry is '手工凭证与调整:一人填制,另一人审核后入账';
comment on column ledger.manual_entry.company_id is '公司';
comment on column ledger.manual_entry.entry_id is '编号';
comment on column ledger.manual_entry.book is '账簿';
comment on column ledger.manual_entry.booked_on is '记账日';
comment on column ledger.manual_entry.note is '摘要';
comment on column ledger.manual_entry.lines is '分录';
comment on column ledger.manual_entry.amount_fen is '借方合计';
comment on column ledger.manual_entry.reverses is '被红字冲销的凭证';
comment on column ledger.manual_entry.state is '状态:asked 待审,approved 已入账,refused 已驳回';
comment on column ledger.manual_entry.asked_by is '制单人';
comment on column ledger.manual_entry.asked_at is '制单时间';
comment on column ledger.manual_entry.decided_by is '审核人';
comment on column ledger.manual_entry.decided_at is '审核时间';
comment on column ledger.manual_entry.decide_note is '审核意见';
comment on column ledger.manual_entry.journal_id is '凭证';

-- Whose money an item collects. What was billed before stays in the company's book, where its receivables are.
alter table billing.fee_item add column belongs_to text not null default 'company' check (belongs_to in ('service','company','public_income','trust'));
alter table billing.fee_item no force row level security;
update billing.fee_item set belongs_to = 'service' where account_code = '6001';
alter table billing.fee_item force row level security;
alter table billing.fee_item alter column belongs_to set default 'service';
comment on column billing.fee_item.belongs_to is '款项归属:service 物业服务费(包干制归公司,酬金制归业主),company 公司,public_income 公共收益,trust 代收代管';
