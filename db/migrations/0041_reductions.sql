-- Reductions of bills (减免): what was waived, discounted, written off, line by line; requests; vacancy discounts (空置折扣) with their proof.
-- Bills made by other ways than a charge run say how they came about, and from which bill.
alter table billing.bill add column note text;
alter table billing.bill add column of_bill_id uuid;
alter table billing.bill add column part_no int not null default 0;
comment on column billing.bill.note is '计算过程的文字,用于违约金、拆分与合并的账单';
comment on column billing.bill.of_bill_id is '来源账单:违约金的本金账单,拆分前的原账单';
comment on column billing.bill.part_no is '来源账单的第几份,0 为整条';
drop index billing.bill_live;
create unique index bill_live on billing.bill (company_id, house_id, fee_item_id, from_on, period_on, reading_id, of_bill_id, part_no) nulls not distinct where voided_at is null;

create table billing.waiver (
  company_id bigint not null,
  waiver_id uuid not null,
  community_id uuid not null,
  kind text not null check (kind in ('waiver','write_off')),
  how text not null check (how in ('whole','percent','sum')),
  percent_bp int check (percent_bp between 1 and 10000),
  amount_fen bigint not null check (amount_fen > 0),
  bill_count int not null,
  house_count int not null,
  house_label text not null,
  reason text not null,
  state text not null default 'asked' check (state in ('asked','done','refused','withdrawn','reversed')),
  approval_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  done_by uuid,
  done_at timestamptz,
  reversed_by uuid,
  reversed_at timestamptz,
  reverse_reason text,
  check (done_by is null or done_by <> asked_by),
  check ((state = 'reversed') = (reversed_at is not null)),
  primary key (company_id, waiver_id),
  foreign key (company_id, community_id) references property.community
);
create index waiver_list on billing.waiver (company_id, community_id, asked_at desc, waiver_id);
create index waiver_approval on billing.waiver (company_id, approval_id);
select kernel.isolate('billing.waiver', 'select, insert, update');
comment on table billing.waiver is '减免与核销申请:对一条或多条账单,经另一人审批后生效';
comment on column billing.waiver.company_id is '公司';
comment on column billing.waiver.waiver_id is '编号';
comment on column billing.waiver.community_id is '小区';
comment on column billing.waiver.kind is '类别:waiver 减免,write_off 坏账核销';
comment on column billing.waiver.how is '方式:whole 全部未收,percent 按比例,sum 按金额';
comment on column billing.waiver.percent_bp is '比例,万分之几';
comment on column billing.waiver.amount_fen is '合计金额';
comment on column billing.waiver.bill_count is '账单数';
comment on column billing.waiver.house_count is '户数';
comment on column billing.waiver.house_label is '房号,多户时为首户等几户';
comment on column billing.waiver.reason is '理由';
comment on column billing.waiver.state is '状态';
comment on column billing.waiver.approval_id is '审批';
comment on column billing.waiver.asked_by is '申请人';
comment on column billing.waiver.asked_at is '申请时间';
comment on column billing.waiver.done_by is '审批通过的人';
comment on column billing.waiver.done_at is '生效时间';
comment on column billing.waiver.reversed_by is '撤销人';
comment on column billing.waiver.reversed_at is '撤销时间';
comment on column billing.waiver.reverse_reason is '撤销原因';

create table billing.waiver_line (
  company_id bigint not null,
  waiver_id uuid not null,
  bill_id uuid not null,
  period_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (company_id, waiver_id, bill_id),
  foreign key (company_id, waiver_id) references billing.waiver
);
create index waiver_line_bill on billing.waiver_line (company_id, bill_id);
select kernel.isolate('billing.waiver_line', 'select, insert');
comment on table billing.waiver_line is '减免申请的逐条账单';
comment on column billing.waiver_line.company_id is '公司';
comment on column billing.waiver_line.waiver_id is '申请';
comment on column billing.waiver_line.bill_id is '账单';
comment on column billing.waiver_line.period_on is '账期';
comment on column billing.waiver_line.amount_fen is '金额';

create table billing.discount_rule (
  company_id bigint not null,
  rule_id uuid not null,
  community_id uuid not null,
  name text not null,
  fee_item_ids uuid[] not null,
  pay_bp int not null check (pay_bp between 0 and 9999),
  from_on date not null,
  to_on date,
  basis text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  check (to_on is null or to_on > from_on),
  primary key (company_id, rule_id),
  foreign key (company_id, community_id) references property.community
);
create index discount_rule_list on billing.discount_rule (company_id, community_id, from_on desc);
select kernel.isolate('billing.discount_rule', 'select, insert, update');
comment on table billing.discount_rule is '折扣办法:空置等情形按应收的百分之几缴纳,按日期生效';
comment on column billing.discount_rule.company_id is '公司';
comment on column billing.discount_rule.rule_id is '编号';
comment on column billing.discount_rule.community_id is '小区';
comment on column billing.discount_rule.name is '名称';
comment on column billing.discount_rule.fee_item_ids is '适用的收费项目';
comment on column billing.discount_rule.pay_bp is '按应收的万分之几缴纳';
comment on column billing.discount_rule.from_on is '起(含)';
comment on column billing.discount_rule.to_on is '止(不含)';
comment on column billing.discount_rule.basis is '依据';
comment on column billing.discount_rule.created_by is '制定人';
comment on column billing.discount_rule.created_at is '制定时间';

create table billing.house_discount (
  company_id bigint not null,
  discount_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  rule_id uuid not null,
  from_on date not null,
  to_on date,
  proof text not null,
  state text not null default 'asked' check (state in ('asked','active','refused','withdrawn')),
  approval_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  done_by uuid,
  done_at timestamptz,
  ended_by uuid,
  end_reason text,
  check (to_on is null or to_on > from_on),
  check (done_by is null or done_by <> asked_by),
  primary key (company_id, discount_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, rule_id) references billing.discount_rule,
  exclude using gist (company_id with =, house_id with =, daterange(from_on, to_on) with &&) where (state in ('asked','active'))
);
create index house_discount_list on billing.house_discount (company_id, community_id, state, from_on);
create index house_discount_house on billing.house_discount (company_id, house_id);
create index house_discount_rule on billing.house_discount (company_id, rule_id);
select kernel.isolate('billing.house_discount', 'select, insert, update');
comment on table billing.house_discount is '逐户折扣:空置等情形,有证明、起止日期,经另一人审批';
comment on column billing.house_discount.company_id is '公司';
comment on column billing.house_discount.discount_id is '编号';
comment on column billing.house_discount.community_id is '小区';
comment on column billing.house_discount.building_id is '楼栋';
comment on column billing.house_discount.house_id is '房产';
comment on column billing.house_discount.rule_id is '折扣办法';
comment on column billing.house_discount.from_on is '起(含)';
comment on column billing.house_discount.to_on is '止(不含)';
comment on column billing.house_discount.proof is '证明材料与查验情况';
comment on column billing.house_discount.state is '状态';
comment on column billing.house_discount.approval_id is '审批';
comment on column billing.house_discount.asked_by is '申请人';
comment on column billing.house_discount.asked_at is '申请时间';
comment on column billing.house_discount.done_by is '审批通过的人';
comment on column billing.house_discount.done_at is '生效时间';
comment on column billing.house_discount.ended_by is '提前结束的人';
comment on column billing.house_discount.end_reason is '提前结束的原因';

create table billing.reduction (
  company_id bigint not null,
  reduction_id uuid not null,
  period_on date not null,
  bill_id uuid not null,
  community_id uuid not null,
  house_id uuid not null,
  fee_item_id uuid not null,
  kind text not null check (kind in ('waiver','write_off','vacancy')),
  amount_fen bigint not null check (amount_fen <> 0),
  account_code text not null,
  waiver_id uuid,
  discount_id uuid,
  reverses uuid,
  explanation text not null,
  booked_on date not null,
  created_by uuid,
  created_at timestamptz not null,
  check ((reverses is null) = (amount_fen > 0)),
  primary key (company_id, reduction_id),
  foreign key (company_id, waiver_id) references billing.waiver,
  foreign key (company_id, discount_id) references billing.house_discount
);
create index reduction_bill on billing.reduction (company_id, bill_id);
create index reduction_waiver on billing.reduction (company_id, waiver_id);
create index reduction_discount on billing.reduction (company_id, discount_id);
create index reduction_house on billing.reduction (company_id, house_id, booked_on desc);
create unique index reduction_reverses on billing.reduction (company_id, reverses) where reverses is not null;
select kernel.isolate('billing.reduction', 'select, insert');
comment on table billing.reduction is '减免明细:每条账单减了多少、为什么,只增不改,撤销为负数';
comment on column billing.reduction.company_id is '公司';
comment on column billing.reduction.reduction_id is '编号';
comment on column billing.reduction.period_on is '账期';
comment on column billing.reduction.bill_id is '账单';
comment on column billing.reduction.community_id is '小区';
comment on column billing.reduction.house_id is '房产';
comment on column billing.reduction.fee_item_id is '收费项目';
comment on column billing.reduction.kind is '类别:waiver 减免,write_off 核销,vacancy 空置等折扣';
comment on column billing.reduction.amount_fen is '金额,撤销为负';
comment on column billing.reduction.account_code is '对方科目';
comment on column billing.reduction.waiver_id is '减免申请';
comment on column billing.reduction.discount_id is '逐户折扣';
comment on column billing.reduction.reverses is '所撤销的明细';
comment on column billing.reduction.explanation is '说明';
comment on column billing.reduction.booked_on is '记账日';
comment on column billing.reduction.created_by is '经办人';
comment on column billing.reduction.created_at is '时间';
