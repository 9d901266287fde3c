-- Spending under a budget, the owners' common income, and what is disclosed of both.
create schema spending;
grant usage on schema spending to heyuan_app;
comment on schema spending is '支出申请与预算、公共收益收支与公示';

create table spending.budget (
  company_id bigint not null,
  community_id uuid not null,
  book text not null,
  account_code text not null,
  year int not null check (year between 2000 and 2100),
  month_no int not null check (month_no between 0 and 12),
  amount_fen bigint not null check (amount_fen >= 0),
  note text,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, community_id, book, account_code, year, month_no),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('spending.budget', 'select, insert, update');
comment on table spending.budget is '预算:小区、科目、年或月';
comment on column spending.budget.company_id is '公司';
comment on column spending.budget.community_id is '小区';
comment on column spending.budget.book is '账簿';
comment on column spending.budget.account_code is '科目';
comment on column spending.budget.year is '年度';
comment on column spending.budget.month_no is '月份,0 为全年';
comment on column spending.budget.amount_fen is '预算金额';
comment on column spending.budget.note is '说明';
comment on column spending.budget.changed_by is '修改人';
comment on column spending.budget.changed_at is '修改时间';

create table spending.flag_rule (
  company_id bigint not null,
  rule_id uuid not null,
  code text not null check (code in ('over_budget','no_budget','split','same_supplier_day','weekend','round_sum')),
  enabled boolean not null,
  limit_fen bigint check (limit_fen > 0),
  days int check (days between 1 and 366),
  from_on date not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id)
);
create index flag_rule_code on spending.flag_rule (company_id, code, from_on desc, created_at desc);
select kernel.isolate('spending.flag_rule', 'select, insert');
comment on table spending.flag_rule is '异常支出的识别规则,按日生效';
comment on column spending.flag_rule.company_id is '公司';
comment on column spending.flag_rule.rule_id is '编号';
comment on column spending.flag_rule.code is '规则:超预算、无预算、拆分、同日同供应商、周末、整数';
comment on column spending.flag_rule.enabled is '启用';
comment on column spending.flag_rule.limit_fen is '金额界线';
comment on column spending.flag_rule.days is '天数';
comment on column spending.flag_rule.from_on is '生效日';
comment on column spending.flag_rule.created_by is '设置人';
comment on column spending.flag_rule.created_at is '设置时间';

create table spending.request (
  company_id bigint not null,
  spending_id uuid not null,
  community_id uuid not null,
  book text not null,
  account_code text not null,
  title text not null,
  supplier_name text not null,
  amount_fen bigint not null check (amount_fen > 0),
  reason text not null,
  state text not null check (state in ('asked','approved','refused','withdrawn','paid')),
  flags jsonb not null,
  approval_id uuid,
  asked_by uuid not null,
  asked_on date not null,
  asked_at timestamptz not null,
  decided_at timestamptz,
  paid_by uuid,
  paid_on date,
  paid_at timestamptz,
  pay_from text check (pay_from in ('1001','1002')),
  reference text,
  journal_id uuid,
  primary key (company_id, spending_id),
  foreign key (company_id, community_id) references property.community,
  check ((state = 'paid') = (journal_id is not null)),
  check (paid_by is null or paid_by <> asked_by)
);
create index request_list on spending.request (company_id, community_id, asked_at desc);
create index request_supplier on spending.request (company_id, supplier_name, asked_on);
create index request_state on spending.request (company_id, state, asked_at desc);
select kernel.isolate('spending.request', 'select, insert, update');
comment on table spending.request is '支出申请:申请、审批、付款,付款人不是申请人';
comment on column spending.request.company_id is '公司';
comment on column spending.request.spending_id is '编号';
comment on column spending.request.community_id is '小区';
comment on column spending.request.book is '账簿:用谁的钱';
comment on column spending.request.account_code is '支出科目';
comment on column spending.request.title is '事项';
comment on column spending.request.supplier_name is '收款单位';
comment on column spending.request.amount_fen is '金额';
comment on column spending.request.reason is '理由';
comment on column spending.request.state is '状态:asked 待审批,approved 待付款,refused 已驳回,withdrawn 已撤回,paid 已付款';
comment on column spending.request.flags is '申请时识别的异常';
comment on column spending.request.approval_id is '审批';
comment on column spending.request.asked_by is '申请人';
comment on column spending.request.asked_on is '申请日';
comment on column spending.request.asked_at is '申请时间';
comment on column spending.request.decided_at is '审批时间';
comment on column spending.request.paid_by is '付款人';
comment on column spending.request.paid_on is '付款日';
comment on column spending.request.paid_at is '付款时间';
comment on column spending.request.pay_from is '付款科目:现金、银行';
comment on column spending.request.reference is '付款凭证号';
comment on column spending.request.journal_id is '凭证';

create table spending.income (
  company_id bigint not null,
  income_id uuid not null,
  community_id uuid not null,
  account_code text not null,
  payer_name text not null,
  contract_no text not null default '',
  covers text not null default '',
  amount_fen bigint not null check (amount_fen > 0),
  share_bp int not null check (share_bp between 0 and 10000),
  share_fen bigint not null check (share_fen >= 0 and share_fen <= amount_fen),
  received_on date not null,
  received_in text not null check (received_in in ('1001','1002')),
  note text,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  journal_id uuid not null,
  reversed_by uuid,
  reversed_at timestamptz,
  reverse_reason text,
  primary key (company_id, income_id),
  foreign key (company_id, community_id) references property.community,
  check (reversed_by is null or reversed_by <> recorded_by)
);
create index income_list on spending.income (company_id, community_id, received_on desc);
select kernel.isolate('spending.income', 'select, insert, update');
comment on table spending.income is '公共收益收入:广告、场地、公共用房等,附合同';
comment on column spending.income.company_id is '公司';
comment on column spending.income.income_id is '编号';
comment on column spending.income.community_id is '小区';
comment on column spending.income.account_code is '收入科目';
comment on column spending.income.payer_name is '付款单位';
comment on column spending.income.contract_no is '合同编号';
comment on column spending.income.covers is '所属期间';
comment on column spending.income.amount_fen is '收入金额';
comment on column spending.income.share_bp is '物业公司分成,万分比,按合同或业主大会决议';
comment on column spending.income.share_fen is '物业公司分成';
comment on column spending.income.received_on is '收款日';
comment on column spending.income.received_in is '收款科目:现金、银行';
comment on column spending.income.note is '说明';
comment on column spending.income.recorded_by is '登记人';
comment on column spending.income.recorded_at is '登记时间';
comment on column spending.income.journal_id is '凭证';
comment on column spending.income.reversed_by is '冲销人,不是登记人';
comment on column spending.income.reversed_at is '冲销时间';
comment on column spending.income.reverse_reason is '冲销原因';

create table spending.disclosure (
  company_id bigint not null,
  disclosure_id uuid not null,
  community_id uuid not null,
  book text not null check (book in ('public_income','owners')),
  from_month text not null,
  to_month text not null,
  figures jsonb not null,
  note text,
  posted_by uuid,
  posted_on date not null,
  posted_at timestamptz not null,
  primary key (company_id, disclosure_id),
  foreign key (company_id, community_id) references property.community
);
create index disclosure_list on spending.disclosure (company_id, community_id, posted_at desc);
select kernel.isolate('spending.disclosure', 'select, insert');
comment on table spending.disclosure is '向业主公示的收支表,按公示时的账定格,只增';
comment on column spending.disclosure.company_id is '公司';
comment on column spending.disclosure.disclosure_id is '编号';
comment on column spending.disclosure.community_id is '小区';
comment on column spending.disclosure.book is '账簿:public_income 公共收益,owners 业主资金';
comment on column spending.disclosure.from_month is '起月';
comment on column spending.disclosure.to_month is '止月';
comment on column spending.disclosure.figures is '收支表';
comment on column spending.disclosure.note is '说明';
comment on column spending.disclosure.posted_by is '公示人';
comment on column spending.disclosure.posted_on is '公示日';
comment on column spending.disclosure.posted_at is '公示时间';
