-- Late fees (违约金): rules as dated data, days off for the shift of a last day, and instalment plans (分期) that suspend them.
create table billing.late_rule (
  company_id bigint not null,
  rule_id uuid not null,
  community_id uuid not null,
  fee_item_ids uuid[] not null,
  daily_rate numeric(12,8) not null check (daily_rate > 0 and daily_rate < 1),
  grace_days int not null check (grace_days between 0 and 365),
  counts_from text not null check (counts_from in ('grace','due')),
  cap_bp int check (cap_bp between 1 and 100000),
  lpr_rate numeric(8,6),
  lpr_multiple numeric(6,3),
  shift boolean not null default false,
  from_on date not null,
  to_on date,
  basis text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  check (to_on is null or to_on > from_on),
  check ((lpr_rate is null) = (lpr_multiple is null)),
  primary key (company_id, rule_id),
  foreign key (company_id, community_id) references property.community
);
create index late_rule_list on billing.late_rule (company_id, community_id, from_on desc);
select kernel.isolate('billing.late_rule', 'select, insert, update');
comment on table billing.late_rule is '违约金规则:按合同约定,按生效日分版本';
comment on column billing.late_rule.company_id is '公司';
comment on column billing.late_rule.rule_id is '编号';
comment on column billing.late_rule.community_id is '小区';
comment on column billing.late_rule.fee_item_ids is '适用的收费项目';
comment on column billing.late_rule.daily_rate is '日利率,0.0005 为万分之五';
comment on column billing.late_rule.grace_days is '宽限天数';
comment on column billing.late_rule.counts_from is '起算:grace 宽限期满次日,due 到期日次日';
comment on column billing.late_rule.cap_bp is '上限:本金的万分之几';
comment on column billing.late_rule.lpr_rate is '贷款市场报价利率(年)';
comment on column billing.late_rule.lpr_multiple is '不超过该利率的倍数';
comment on column billing.late_rule.shift is '最后一天遇休息日顺延到下一个工作日';
comment on column billing.late_rule.from_on is '起(含)';
comment on column billing.late_rule.to_on is '止(不含)';
comment on column billing.late_rule.basis is '依据';
comment on column billing.late_rule.created_by is '制定人';
comment on column billing.late_rule.created_at is '制定时间';

create table billing.day_off (
  company_id bigint not null,
  day_on date not null,
  works boolean not null,
  primary key (company_id, day_on)
);
select kernel.isolate('billing.day_off', 'select, insert, update, delete');
comment on table billing.day_off is '节假日安排:放假的日子与调休上班的周末;未列出的周六周日为休息日';
comment on column billing.day_off.company_id is '公司';
comment on column billing.day_off.day_on is '日期';
comment on column billing.day_off.works is '是否上班';

create table billing.plan (
  company_id bigint not null,
  plan_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payer_id uuid not null,
  no text not null,
  amount_fen bigint not null check (amount_fen > 0),
  signed_on date not null,
  grace_days int not null check (grace_days between 0 and 60),
  suspends_late_fee boolean not null,
  note text,
  state text not null default 'active' check (state in ('active','kept','broken','cancelled')),
  created_by uuid not null,
  created_at timestamptz not null,
  ended_on date,
  ended_by uuid,
  end_reason text,
  check ((state = 'active') = (ended_on is null)),
  primary key (company_id, plan_id),
  unique (company_id, no),
  foreign key (company_id, house_id) references property.house
);
create index plan_list on billing.plan (company_id, community_id, state, signed_on desc);
create index plan_house on billing.plan (company_id, house_id);
select kernel.isolate('billing.plan', 'select, insert, update');
comment on table billing.plan is '分期协议:对一户的若干账单约定分期缴纳';
comment on column billing.plan.company_id is '公司';
comment on column billing.plan.plan_id is '编号';
comment on column billing.plan.community_id is '小区';
comment on column billing.plan.building_id is '楼栋';
comment on column billing.plan.house_id is '房产';
comment on column billing.plan.payer_id is '缴费人';
comment on column billing.plan.no is '协议号';
comment on column billing.plan.amount_fen is '分期总额';
comment on column billing.plan.signed_on is '签订日';
comment on column billing.plan.grace_days is '逾期几天视为违约';
comment on column billing.plan.suspends_late_fee is '履行期间不计违约金、不催缴';
comment on column billing.plan.note is '说明';
comment on column billing.plan.state is '状态:active 履行中,kept 已履行,broken 已违约,cancelled 已取消';
comment on column billing.plan.created_by is '经办人';
comment on column billing.plan.created_at is '登记时间';
comment on column billing.plan.ended_on is '结束日';
comment on column billing.plan.ended_by is '结束操作人,到期自动判定时为空';
comment on column billing.plan.end_reason is '结束原因';

create table billing.plan_part (
  company_id bigint not null,
  plan_id uuid not null,
  part_no int not null,
  due_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, plan_id, part_no),
  foreign key (company_id, plan_id) references billing.plan
);
create index plan_part_due on billing.plan_part (company_id, due_on);
select kernel.isolate('billing.plan_part', 'select, insert');
comment on table billing.plan_part is '分期协议的各期';
comment on column billing.plan_part.company_id is '公司';
comment on column billing.plan_part.plan_id is '协议';
comment on column billing.plan_part.part_no is '第几期';
comment on column billing.plan_part.due_on is '应缴日';
comment on column billing.plan_part.amount_fen is '金额';

create table billing.plan_bill (
  company_id bigint not null,
  plan_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  open_fen bigint not null,
  live boolean not null default true,
  primary key (company_id, plan_id, bill_id),
  foreign key (company_id, plan_id) references billing.plan
);
create unique index plan_bill_live on billing.plan_bill (company_id, bill_id) where live;
create index plan_bill_of on billing.plan_bill (company_id, bill_id);
select kernel.isolate('billing.plan_bill', 'select, insert, update');
comment on table billing.plan_bill is '分期协议所含的账单,一条账单同时只在一份履行中的协议里';
comment on column billing.plan_bill.company_id is '公司';
comment on column billing.plan_bill.plan_id is '协议';
comment on column billing.plan_bill.bill_id is '账单';
comment on column billing.plan_bill.period_on is '账期';
comment on column billing.plan_bill.open_fen is '签订时未收';
comment on column billing.plan_bill.live is '协议履行中';
