-- Bank statements (银行流水): every line once (natural key), proposed to a house by code, name or amount, confirmed by a person; what nobody knows
-- stands in suspense (暂收) with its age until it is identified or returned. And the payment code of a house (缴费码) that people write into transfers.
create table payment.bank_account (
  company_id bigint not null,
  account_id uuid not null,
  community_id uuid not null,
  name text not null,
  bank text not null,
  account_no text not null,
  disabled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, account_id),
  unique (company_id, account_no),
  foreign key (company_id, community_id) references property.community
);
create index bank_account_community on payment.bank_account (company_id, community_id);
select kernel.isolate('payment.bank_account', 'select, insert, update');
comment on table payment.bank_account is '收款银行账户';
comment on column payment.bank_account.company_id is '公司';
comment on column payment.bank_account.account_id is '编号';
comment on column payment.bank_account.community_id is '小区';
comment on column payment.bank_account.name is '户名';
comment on column payment.bank_account.bank is '开户行';
comment on column payment.bank_account.account_no is '账号(公司自己的)';
comment on column payment.bank_account.disabled_at is '停用时间';
comment on column payment.bank_account.created_at is '建立时间';

create table payment.bank_line (
  company_id bigint not null,
  line_id uuid not null,
  account_id uuid not null,
  community_id uuid not null,
  import_id uuid,
  line_key text not null,
  booked_on date not null,
  amount_fen bigint not null check (amount_fen <> 0),
  balance_fen bigint,
  counter_name text,
  counter_tail text,
  memo text,
  reference text,
  state text not null check (state in ('new','suspense','matched','linked','returning','returned','ignored')),
  note text,
  decided_by uuid,
  decided_at timestamptz,
  suspended_on date,
  created_at timestamptz not null,
  primary key (company_id, line_id),
  unique (company_id, account_id, line_key),
  foreign key (company_id, account_id) references payment.bank_account,
  foreign key (company_id, community_id) references property.community
);
create index bank_line_list on payment.bank_line (company_id, booked_on desc, line_id);
create index bank_line_state on payment.bank_line (company_id, state, booked_on);
create index bank_line_community on payment.bank_line (company_id, community_id, booked_on desc);
select kernel.isolate('payment.bank_line', 'select, insert, update, delete');
comment on table payment.bank_line is '银行流水,一行一条';
comment on column payment.bank_line.company_id is '公司';
comment on column payment.bank_line.line_id is '编号';
comment on column payment.bank_line.account_id is '银行账户';
comment on column payment.bank_line.community_id is '小区';
comment on column payment.bank_line.import_id is '导入批次';
comment on column payment.bank_line.line_key is '自然键:流水号,或日期、金额、余额与对方';
comment on column payment.bank_line.booked_on is '交易日';
comment on column payment.bank_line.amount_fen is '收入为正,支出为负';
comment on column payment.bank_line.balance_fen is '余额';
comment on column payment.bank_line.counter_name is '对方户名';
comment on column payment.bank_line.counter_tail is '对方账号末四位';
comment on column payment.bank_line.memo is '摘要与附言';
comment on column payment.bank_line.reference is '流水号';
comment on column payment.bank_line.state is '状态:new 待认领,suspense 暂收,matched 已入账,linked 与已有收款对上,returning 退回审批中,returned 已退回,ignored 无需认领';
comment on column payment.bank_line.note is '说明';
comment on column payment.bank_line.decided_by is '处理人';
comment on column payment.bank_line.decided_at is '处理时间';
comment on column payment.bank_line.suspended_on is '转暂收日';
comment on column payment.bank_line.created_at is '导入时间';

create table payment.bank_match (
  company_id bigint not null,
  line_id uuid not null,
  payment_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  at timestamptz not null,
  primary key (company_id, line_id, payment_id),
  foreign key (company_id, line_id) references payment.bank_line,
  foreign key (company_id, payment_id) references payment.payment
);
create index bank_match_payment on payment.bank_match (company_id, payment_id);
select kernel.isolate('payment.bank_match', 'select, insert, delete');
comment on table payment.bank_match is '银行流水对应的收款,只增';
comment on column payment.bank_match.company_id is '公司';
comment on column payment.bank_match.line_id is '银行流水';
comment on column payment.bank_match.payment_id is '收款';
comment on column payment.bank_match.amount_fen is '金额';
comment on column payment.bank_match.at is '时间';

create table payment.house_code (
  company_id bigint not null,
  house_id uuid not null,
  code text not null,
  primary key (company_id, house_id),
  unique (company_id, code),
  foreign key (company_id, house_id) references property.house
);
select kernel.isolate('payment.house_code', 'select, insert');
comment on table payment.house_code is '缴费码:每户一个,写在转账附言中';
comment on column payment.house_code.company_id is '公司';
comment on column payment.house_code.house_id is '房产';
comment on column payment.house_code.code is '八位数字,末位为校验';

create table payment.slip_used (
  company_id bigint not null,
  method text not null,
  reference text not null,
  payment_id uuid not null,
  primary key (company_id, method, reference),
  foreign key (company_id, payment_id) references payment.payment
);
create index slip_used_payment on payment.slip_used (company_id, payment_id);
select kernel.isolate('payment.slip_used', 'select, insert, delete');
comment on table payment.slip_used is '刷卡与转账的流水号,每个只收一次;冲销后可再用';
comment on column payment.slip_used.company_id is '公司';
comment on column payment.slip_used.method is '方式';
comment on column payment.slip_used.reference is '流水号';
comment on column payment.slip_used.payment_id is '收款';

-- Slips taken before this rule: the earliest payment keeps the number.
insert into payment.slip_used (company_id, method, reference, payment_id)
  select distinct on (t.company_id, t.method, t.reference) t.company_id, t.method, t.reference, t.payment_id from payment.tender t join payment.payment p on p.company_id = t.company_id and p.payment_id = t.payment_id and p.reversed_at is null and p.source = 'desk'
  where t.method in ('card','transfer') and t.reference is not null order by t.company_id, t.method, t.reference, p.taken_at
  on conflict do nothing;
