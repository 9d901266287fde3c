-- Maintenance fund: receipts of deposits, plans of the top-up (续筹), statements disclosed to owners; the vote on raising becomes a dated rule.
-- 民法典 278: raising the fund is matter 6, at least 3/4 of those who take part; a policy written before this landing gets the law's numbers.
update funds.policy set data = data || '{"raise_quorum_num":2,"raise_quorum_den":3,"raise_num":3,"raise_den":4,"topup_target_bp":10000}'::jsonb where not data ? 'raise_num';

create table funds.series (
  company_id bigint not null,
  series text not null,
  last_no int not null,
  primary key (company_id, series)
);
select kernel.isolate('funds.series', 'select, insert, update');
comment on table funds.series is '单据编号:每种单据每年一行,取号时加一';
comment on column funds.series.company_id is '公司';
comment on column funds.series.series is '单据与年份';
comment on column funds.series.last_no is '已用到的号';

create table funds.receipt (
  company_id bigint not null,
  receipt_id uuid not null,
  entry_id uuid not null,
  receipt_no text not null,
  print_count int not null default 1 check (print_count >= 1),
  issued_by uuid,
  issued_at timestamptz not null,
  primary key (company_id, receipt_id),
  unique (company_id, entry_id),
  unique (company_id, receipt_no),
  foreign key (company_id, entry_id) references funds.entry
);
select kernel.isolate('funds.receipt', 'select, insert, update');
comment on table funds.receipt is '缴存收据:一笔缴存一张,号码连续,补打不换号';
comment on column funds.receipt.company_id is '公司';
comment on column funds.receipt.receipt_id is '编号';
comment on column funds.receipt.entry_id is '缴存明细';
comment on column funds.receipt.receipt_no is '收据号';
comment on column funds.receipt.print_count is '打印次数';
comment on column funds.receipt.issued_by is '开具人';
comment on column funds.receipt.issued_at is '开具时间';

create table funds.topup_plan (
  company_id bigint not null,
  plan_id uuid not null,
  plan_no text not null,
  community_id uuid not null,
  title text not null,
  way text not null check (way in ('vote','covenant')),
  target_bp int not null check (target_bp between 1 and 20000),
  threshold_bp int not null,
  basis text not null,
  vote jsonb,
  voted_on date,
  state text not null default 'draft' check (state in ('draft','passed','failed','issued','closed','cancelled')),
  due_on date,
  total_fen bigint not null check (total_fen > 0),
  house_count int not null check (house_count > 0),
  created_by uuid not null,
  created_at timestamptz not null,
  issued_by uuid,
  issued_at timestamptz,
  closed_by uuid,
  closed_at timestamptz,
  end_note text,
  primary key (company_id, plan_id),
  unique (company_id, plan_no),
  foreign key (company_id, community_id) references property.community,
  check ((state in ('issued','closed')) = (issued_at is not null))
);
create index topup_plan_list on funds.topup_plan (company_id, community_id, created_at desc, plan_id);
select kernel.isolate('funds.topup_plan', 'select, insert, update');
comment on table funds.topup_plan is '续筹方案:低于续筹线的房屋补足到首次缴存的一定比例';
comment on column funds.topup_plan.company_id is '公司';
comment on column funds.topup_plan.plan_id is '编号';
comment on column funds.topup_plan.plan_no is '方案号';
comment on column funds.topup_plan.community_id is '小区';
comment on column funds.topup_plan.title is '名称';
comment on column funds.topup_plan.way is '依据方式:vote 业主表决,covenant 管理规约已约定';
comment on column funds.topup_plan.target_bp is '补足到首次缴存的万分之';
comment on column funds.topup_plan.threshold_bp is '当时的续筹线(首次缴存的万分之)';
comment on column funds.topup_plan.basis is '依据';
comment on column funds.topup_plan.vote is '表决结果';
comment on column funds.topup_plan.voted_on is '表决日';
comment on column funds.topup_plan.state is '状态';
comment on column funds.topup_plan.due_on is '缴款期限';
comment on column funds.topup_plan.total_fen is '应补合计';
comment on column funds.topup_plan.house_count is '户数';
comment on column funds.topup_plan.created_by is '拟定人';
comment on column funds.topup_plan.created_at is '拟定时间';
comment on column funds.topup_plan.issued_by is '通知人';
comment on column funds.topup_plan.issued_at is '通知时间';
comment on column funds.topup_plan.closed_by is '结束人';
comment on column funds.topup_plan.closed_at is '结束时间';
comment on column funds.topup_plan.end_note is '结束说明';

create table funds.topup_line (
  company_id bigint not null,
  plan_id uuid not null,
  house_id uuid not null,
  line_no int not null,
  community_id uuid not null,
  building_id uuid not null,
  first_fen bigint not null,
  balance_fen bigint not null,
  due_fen bigint not null check (due_fen > 0),
  told_count int not null default 0,
  primary key (company_id, plan_id, house_id),
  foreign key (company_id, plan_id) references funds.topup_plan,
  foreign key (company_id, house_id) references funds.house_account
);
create index topup_line_house on funds.topup_line (company_id, house_id);
select kernel.isolate('funds.topup_line', 'select, insert, update, delete');
comment on table funds.topup_line is '续筹明细:方案里的一户,应补金额按当时余额算出';
comment on column funds.topup_line.company_id is '公司';
comment on column funds.topup_line.plan_id is '方案';
comment on column funds.topup_line.house_id is '房产';
comment on column funds.topup_line.line_no is '序号';
comment on column funds.topup_line.community_id is '小区';
comment on column funds.topup_line.building_id is '楼栋';
comment on column funds.topup_line.first_fen is '首次缴存';
comment on column funds.topup_line.balance_fen is '当时余额';
comment on column funds.topup_line.due_fen is '应补';
comment on column funds.topup_line.told_count is '已通知的业主人数';

create table funds.disclosure (
  company_id bigint not null,
  disclosure_id uuid not null,
  community_id uuid not null,
  from_on date not null,
  to_on date not null,
  version int not null,
  figures jsonb not null,
  note text,
  posted_on date not null,
  posted_by uuid,
  posted_at timestamptz not null,
  primary key (company_id, disclosure_id),
  unique (company_id, community_id, from_on, to_on, version),
  foreign key (company_id, community_id) references property.community,
  check (to_on >= from_on)
);
create index disclosure_list on funds.disclosure (company_id, community_id, posted_at desc, disclosure_id);
select kernel.isolate('funds.disclosure', 'select, insert');
comment on table funds.disclosure is '维修资金公示:公示当时的收支表,同一期间再公示另成一版,不可更改';
comment on column funds.disclosure.company_id is '公司';
comment on column funds.disclosure.disclosure_id is '编号';
comment on column funds.disclosure.community_id is '小区';
comment on column funds.disclosure.from_on is '起(含)';
comment on column funds.disclosure.to_on is '止(含)';
comment on column funds.disclosure.version is '版次';
comment on column funds.disclosure.figures is '公示内容';
comment on column funds.disclosure.note is '说明';
comment on column funds.disclosure.posted_on is '公示日';
comment on column funds.disclosure.posted_by is '公示人';
comment on column funds.disclosure.posted_at is '公示时间';
