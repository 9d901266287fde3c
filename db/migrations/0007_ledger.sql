create schema ledger;
grant usage on schema ledger to heyuan_app;
comment on schema ledger is '总账:只增的复式分录';

create table ledger.account (
  company_id bigint not null,
  book text not null,
  code text not null,
  name text not null,
  normal text not null check (normal in ('debit','credit')),
  primary key (company_id, book, code)
);
select kernel.isolate('ledger.account', 'select, insert');
comment on table ledger.account is '科目';
comment on column ledger.account.company_id is '公司';
comment on column ledger.account.book is '账簿:company 公司,public_income 公共收益,fund 维修资金,trust 代管';
comment on column ledger.account.code is '科目代码';
comment on column ledger.account.name is '科目名称';
comment on column ledger.account.normal is '余额方向';

create table ledger.journal (
  company_id bigint not null,
  journal_id uuid not null,
  book text not null,
  booked_on date not null,
  kind text not null,
  source_type text not null,
  source_id text not null,
  reverses uuid,
  actor_id uuid,
  request_id uuid,
  posted_at timestamptz not null,
  primary key (company_id, journal_id),
  unique (company_id, source_type, source_id, kind)
);
create index journal_day on ledger.journal (company_id, book, booked_on);
create unique index journal_reverses on ledger.journal (company_id, reverses) where reverses is not null;
select kernel.isolate('ledger.journal', 'select, insert');
comment on table ledger.journal is '凭证';
comment on column ledger.journal.company_id is '公司';
comment on column ledger.journal.journal_id is '编号';
comment on column ledger.journal.book is '账簿';
comment on column ledger.journal.booked_on is '记账日';
comment on column ledger.journal.kind is '业务:charge 出账,charge_void 作废,payment 收款,payment_reversal 冲销,wallet 预存,...';
comment on column ledger.journal.source_type is '来源类型';
comment on column ledger.journal.source_id is '来源编号';
comment on column ledger.journal.reverses is '被冲销的凭证';
comment on column ledger.journal.actor_id is '经办人';
comment on column ledger.journal.request_id is '请求编号';
comment on column ledger.journal.posted_at is '入账时间';

create table ledger.posting (
  company_id bigint not null,
  booked_on date not null,
  journal_id uuid not null,
  line_no int not null,
  book text not null,
  account_code text not null,
  amount_fen bigint not null check (amount_fen <> 0),
  community_id uuid,
  subject_type text,
  subject_id uuid,
  primary key (company_id, booked_on, journal_id, line_no)
) partition by range (booked_on);
create index posting_subject on ledger.posting (company_id, subject_type, subject_id);
select kernel.isolate('ledger.posting', 'select, insert');
comment on table ledger.posting is '分录,同一凭证借贷合计为零';
comment on column ledger.posting.company_id is '公司';
comment on column ledger.posting.booked_on is '记账日';
comment on column ledger.posting.journal_id is '凭证';
comment on column ledger.posting.line_no is '行号';
comment on column ledger.posting.book is '账簿';
comment on column ledger.posting.account_code is '科目';
comment on column ledger.posting.amount_fen is '金额(分),借为正,贷为负';
comment on column ledger.posting.community_id is '小区';
comment on column ledger.posting.subject_type is '辅助核算类型:house 房产,run 出账批次,fee_item 收费项目,payment 收款';
comment on column ledger.posting.subject_id is '辅助核算对象';
select kernel.ensure_month('ledger.posting', m::date) from generate_series(date '2025-01-01', date '2027-06-01', interval '1 month') m;
