-- 住宅专项维修资金: rules as dated data, special bank accounts, one sub-account a house (分户账) with append-only entries.
create schema funds;
grant usage on schema funds to heyuan_app;
comment on schema funds is '住宅专项维修资金:分户账、使用分摊、计息、续筹';

create table funds.policy (
  company_id bigint not null,
  policy_id uuid not null,
  community_id uuid,
  from_on date not null,
  data jsonb not null,
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id),
  foreign key (company_id, community_id) references property.community
);
create index policy_in_force on funds.policy (company_id, community_id, from_on desc, created_at desc);
select kernel.isolate('funds.policy', 'select, insert');
comment on table funds.policy is '维修资金管理办法:各项比例、天数、限额、利率,按生效日分版本,只增不改';
comment on column funds.policy.company_id is '公司';
comment on column funds.policy.policy_id is '编号';
comment on column funds.policy.community_id is '小区,空为全公司';
comment on column funds.policy.from_on is '生效日';
comment on column funds.policy.data is '各项规定';
comment on column funds.policy.basis is '依据';
comment on column funds.policy.created_by is '经办人';
comment on column funds.policy.created_at is '登记时间';

create table funds.standard (
  company_id bigint not null,
  standard_id uuid not null,
  community_id uuid not null,
  name text not null,
  has_lift boolean,
  floors_min int not null,
  floors_max int,
  house_kinds text[] not null,
  unit_price numeric(12,2) not null check (unit_price > 0),
  from_on date not null,
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  check (floors_max is null or floors_max >= floors_min),
  primary key (company_id, standard_id),
  foreign key (company_id, community_id) references property.community
);
create index standard_list on funds.standard (company_id, community_id, from_on desc);
select kernel.isolate('funds.standard', 'select, insert');
comment on table funds.standard is '首次缴存标准:每平方米多少元,按有无电梯、层数、房产类别,按生效日分版本,只增不改';
comment on column funds.standard.company_id is '公司';
comment on column funds.standard.standard_id is '编号';
comment on column funds.standard.community_id is '小区';
comment on column funds.standard.name is '名称';
comment on column funds.standard.has_lift is '有无电梯,空为不论';
comment on column funds.standard.floors_min is '地上层数不少于';
comment on column funds.standard.floors_max is '地上层数不多于';
comment on column funds.standard.house_kinds is '适用房产类别';
comment on column funds.standard.unit_price is '每平方米元';
comment on column funds.standard.from_on is '生效日';
comment on column funds.standard.basis is '依据';
comment on column funds.standard.created_by is '经办人';
comment on column funds.standard.created_at is '登记时间';

create table funds.bank (
  company_id bigint not null,
  bank_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  bank_name text not null,
  account_name text not null,
  account_no text not null,
  opened_on date not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, bank_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, building_id) references property.building,
  unique nulls not distinct (company_id, community_id, building_id)
);
create index bank_building on funds.bank (company_id, building_id);
select kernel.isolate('funds.bank', 'select, insert, update');
comment on table funds.bank is '维修资金专户:小区一个,或每栋一个';
comment on column funds.bank.company_id is '公司';
comment on column funds.bank.bank_id is '编号';
comment on column funds.bank.community_id is '小区';
comment on column funds.bank.building_id is '楼栋,空为全小区';
comment on column funds.bank.bank_name is '开户银行';
comment on column funds.bank.account_name is '户名';
comment on column funds.bank.account_no is '账号';
comment on column funds.bank.opened_on is '开户日';
comment on column funds.bank.created_by is '经办人';
comment on column funds.bank.created_at is '登记时间';

create table funds.house_account (
  company_id bigint not null,
  house_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  bank_id uuid not null,
  first_fen bigint not null default 0 check (first_fen >= 0),
  balance_fen bigint not null default 0 check (balance_fen >= 0),
  opened_on date not null,
  closed_on date,
  primary key (company_id, house_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, bank_id) references funds.bank,
  check (closed_on is null or balance_fen = 0)
);
create index house_account_list on funds.house_account (company_id, community_id, building_id);
create index house_account_bank on funds.house_account (company_id, bank_id);
select kernel.isolate('funds.house_account', 'select, insert, update');
comment on table funds.house_account is '分户账:每户一个,余额随每笔变动;房产过户时账户随房转移';
comment on column funds.house_account.company_id is '公司';
comment on column funds.house_account.house_id is '房产';
comment on column funds.house_account.community_id is '小区';
comment on column funds.house_account.building_id is '楼栋';
comment on column funds.house_account.bank_id is '专户';
comment on column funds.house_account.first_fen is '首次缴存额';
comment on column funds.house_account.balance_fen is '余额';
comment on column funds.house_account.opened_on is '立户日';
comment on column funds.house_account.closed_on is '销户日(房屋灭失退还)';

create table funds.entry (
  company_id bigint not null,
  entry_id uuid not null,
  house_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  bank_id uuid not null,
  kind text not null check (kind in ('first','topup','opening','interest','use','refund','reversal')),
  amount_fen bigint not null check (amount_fen <> 0),
  first_fen bigint not null default 0,
  balance_fen bigint not null,
  value_on date not null,
  booked_on date not null,
  voucher_no text,
  payer_name text,
  note text,
  source_type text not null,
  source_id uuid not null,
  reverses uuid,
  created_by uuid,
  created_at timestamptz not null,
  check ((kind = 'reversal') = (reverses is not null)),
  primary key (company_id, entry_id),
  foreign key (company_id, house_id) references funds.house_account,
  foreign key (company_id, bank_id) references funds.bank
);
create unique index entry_source on funds.entry (company_id, source_type, source_id, house_id, kind, voucher_no, reverses) nulls not distinct;
create unique index entry_reverses on funds.entry (company_id, reverses) where reverses is not null;
create index entry_house on funds.entry (company_id, house_id, created_at desc, entry_id);
create index entry_list on funds.entry (company_id, community_id, booked_on desc, entry_id);
create index entry_voucher on funds.entry (company_id, voucher_no);
create index entry_bank on funds.entry (company_id, bank_id);
select kernel.isolate('funds.entry', 'select, insert');
comment on table funds.entry is '分户账明细:缴存、续筹、期初、利息、使用分摊、退还、更正,只增不改,更正为反向记录';
comment on column funds.entry.company_id is '公司';
comment on column funds.entry.entry_id is '编号';
comment on column funds.entry.house_id is '房产';
comment on column funds.entry.community_id is '小区';
comment on column funds.entry.building_id is '楼栋';
comment on column funds.entry.bank_id is '专户';
comment on column funds.entry.kind is '类别:first 首次缴存,topup 续筹,opening 期初余额,interest 利息,use 使用分摊,refund 退还,reversal 更正';
comment on column funds.entry.amount_fen is '金额,支出为负';
comment on column funds.entry.first_fen is '其中计入首次缴存额的';
comment on column funds.entry.balance_fen is '记账后余额';
comment on column funds.entry.value_on is '起息日(缴存日)';
comment on column funds.entry.booked_on is '记账日';
comment on column funds.entry.voucher_no is '凭证号';
comment on column funds.entry.payer_name is '交款人';
comment on column funds.entry.note is '说明';
comment on column funds.entry.source_type is '来源:deposit 缴存,import 导入,use 使用,interest 计息,refund 退还,entry 更正';
comment on column funds.entry.source_id is '来源编号';
comment on column funds.entry.reverses is '所更正的记录';
comment on column funds.entry.created_by is '经办人';
comment on column funds.entry.created_at is '登记时间';

create table funds.refund (
  company_id bigint not null,
  refund_id uuid not null,
  house_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  payee_name text not null,
  payee_account text not null,
  voucher_no text not null,
  reason text not null,
  state text not null default 'asked' check (state in ('asked','done','refused','withdrawn')),
  approval_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  done_by uuid,
  done_at timestamptz,
  check (done_by is null or done_by <> asked_by),
  primary key (company_id, refund_id),
  foreign key (company_id, house_id) references funds.house_account
);
create index refund_house on funds.refund (company_id, house_id);
select kernel.isolate('funds.refund', 'select, insert, update');
comment on table funds.refund is '房屋灭失退还申请:退还分户账余额并销户,经另一人审批';
comment on column funds.refund.company_id is '公司';
comment on column funds.refund.refund_id is '编号';
comment on column funds.refund.house_id is '房产';
comment on column funds.refund.amount_fen is '金额';
comment on column funds.refund.payee_name is '收款人';
comment on column funds.refund.payee_account is '收款账户';
comment on column funds.refund.voucher_no is '付款凭证号';
comment on column funds.refund.reason is '原因与证明';
comment on column funds.refund.state is '状态';
comment on column funds.refund.approval_id is '审批';
comment on column funds.refund.asked_by is '申请人';
comment on column funds.refund.asked_at is '申请时间';
comment on column funds.refund.done_by is '审批通过的人';
comment on column funds.refund.done_at is '生效时间';
