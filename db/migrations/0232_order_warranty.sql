-- Warranty route: periods per part as dated data, who built what and when it was accepted, claims against the builder with deadlines, and the
-- builder's deposit as it is taken and drawn.
create table orders.warranty_term (
  company_id bigint not null,
  term_id uuid not null,
  part text not null,
  from_on date not null,
  n int not null check (n between 1 and 100),
  unit text not null check (unit in ('year','season')),
  season_from text,
  season_to text,
  category_ids uuid[] not null default '{}',
  basis text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, term_id),
  check ((unit = 'season') = (season_from is not null and season_to is not null))
);
create index warranty_term_of on orders.warranty_term (company_id, part, from_on desc, created_at desc);
select kernel.isolate('orders.warranty_term', 'select, insert');
comment on table orders.warranty_term is '各部位的保修期限,按竣工验收日生效分版本,只增';
comment on column orders.warranty_term.company_id is '公司';
comment on column orders.warranty_term.term_id is '编号';
comment on column orders.warranty_term.part is '部位';
comment on column orders.warranty_term.from_on is '此日起竣工验收的适用';
comment on column orders.warranty_term.n is '期限数';
comment on column orders.warranty_term.unit is '期限单位:year 年,season 采暖期或供冷期';
comment on column orders.warranty_term.season_from is '一季的起 MM-DD';
comment on column orders.warranty_term.season_to is '一季的止 MM-DD';
comment on column orders.warranty_term.category_ids is '属于此部位的报修分类';
comment on column orders.warranty_term.basis is '依据';
comment on column orders.warranty_term.created_by is '设定人';
comment on column orders.warranty_term.created_at is '设定时间';

create table orders.builder (
  company_id bigint not null,
  builder_id uuid not null,
  community_id uuid not null,
  building_ids uuid[] not null default '{}',
  name text not null,
  contact_name text,
  contact_phone text,
  accepted_on date not null,
  answer_days int not null check (answer_days between 1 and 90),
  repair_days int not null check (repair_days between 1 and 365),
  note text,
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, builder_id),
  foreign key (company_id, community_id) references property.community
);
create index builder_community on orders.builder (company_id, community_id);
select kernel.isolate('orders.builder', 'select, insert, update');
comment on table orders.builder is '建设单位:负责哪些楼栋的保修,何日竣工验收';
comment on column orders.builder.company_id is '公司';
comment on column orders.builder.builder_id is '编号';
comment on column orders.builder.community_id is '小区';
comment on column orders.builder.building_ids is '楼栋,空为整个小区';
comment on column orders.builder.name is '单位名称';
comment on column orders.builder.contact_name is '联系人';
comment on column orders.builder.contact_phone is '联系电话';
comment on column orders.builder.accepted_on is '竣工验收日,保修期由此起算';
comment on column orders.builder.answer_days is '通知后几天内答复';
comment on column orders.builder.repair_days is '通知后几天内修复';
comment on column orders.builder.note is '说明';
comment on column orders.builder.retired_at is '停用时间';
comment on column orders.builder.changed_by is '修改人';
comment on column orders.builder.changed_at is '修改时间';

create table orders.claim (
  company_id bigint not null,
  claim_id uuid not null,
  no text not null,
  order_id uuid not null,
  community_id uuid not null,
  builder_id uuid not null,
  part text not null,
  accepted_on date not null,
  covered_until_on date not null,
  defect text not null,
  answer_by_on date not null,
  repair_by_on date not null,
  state text not null check (state in ('sent','promised','repaired','refused','own','deducting','deducted','dropped')),
  cost_fen bigint check (cost_fen > 0),
  deduct_fen bigint check (deduct_fen > 0),
  step_no int not null default 1,
  told_late_at timestamptz,
  sent_at timestamptz not null,
  ended_at timestamptz,
  primary key (company_id, claim_id),
  unique (company_id, no),
  foreign key (company_id, order_id) references orders.work_order,
  foreign key (company_id, builder_id) references orders.builder,
  check ((state in ('own','deducting','deducted')) <= (cost_fen is not null)),
  check (deduct_fen is null or deduct_fen <= cost_fen)
);
create unique index claim_live on orders.claim (company_id, order_id) where state in ('sent','promised','refused','own','deducting');
create index claim_order on orders.claim (company_id, order_id, sent_at);
create index claim_builder on orders.claim (company_id, builder_id, sent_at);
create index claim_list on orders.claim (company_id, sent_at desc, claim_id);
select kernel.isolate('orders.claim', 'select, insert, update');
comment on table orders.claim is '保修通知:向建设单位要求保修,一张工单同时只有一份未了结';
comment on column orders.claim.company_id is '公司';
comment on column orders.claim.claim_id is '编号';
comment on column orders.claim.no is '通知书号';
comment on column orders.claim.order_id is '工单';
comment on column orders.claim.community_id is '小区';
comment on column orders.claim.builder_id is '建设单位';
comment on column orders.claim.part is '部位';
comment on column orders.claim.accepted_on is '竣工验收日';
comment on column orders.claim.covered_until_on is '保修至(含)';
comment on column orders.claim.defect is '问题';
comment on column orders.claim.answer_by_on is '答复期限';
comment on column orders.claim.repair_by_on is '修复期限';
comment on column orders.claim.state is '状态:sent 待答复,promised 已答应,repaired 已修复,refused 拒修,own 自行维修,deducting 扣款待批,deducted 已扣保修金,dropped 已撤销';
comment on column orders.claim.cost_fen is '自行维修的费用';
comment on column orders.claim.deduct_fen is '从保修金扣除';
comment on column orders.claim.step_no is '步数,并发时以此为准';
comment on column orders.claim.told_late_at is '逾期提醒时间';
comment on column orders.claim.sent_at is '通知时间';
comment on column orders.claim.ended_at is '了结时间';

create table orders.claim_step (
  company_id bigint not null,
  claim_id uuid not null,
  step_no int not null,
  action text not null,
  note text,
  file_ids uuid[] not null default '{}',
  by_account uuid,
  by_name text not null,
  at timestamptz not null,
  primary key (company_id, claim_id, step_no),
  foreign key (company_id, claim_id) references orders.claim
);
select kernel.isolate('orders.claim_step', 'select, insert');
comment on table orders.claim_step is '保修通知的每一步,只增';
comment on column orders.claim_step.company_id is '公司';
comment on column orders.claim_step.claim_id is '保修通知';
comment on column orders.claim_step.step_no is '第几步';
comment on column orders.claim_step.action is '动作';
comment on column orders.claim_step.note is '说明';
comment on column orders.claim_step.file_ids is '往来函件与证明';
comment on column orders.claim_step.by_account is '账号,空为系统';
comment on column orders.claim_step.by_name is '姓名';
comment on column orders.claim_step.at is '时间';

create table orders.builder_move (
  company_id bigint not null,
  move_id uuid not null,
  builder_id uuid not null,
  kind text not null check (kind in ('paid_in','deducted','returned')),
  amount_fen bigint not null check (amount_fen > 0),
  done_on date not null,
  paper text not null,
  claim_id uuid,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, move_id),
  foreign key (company_id, builder_id) references orders.builder,
  foreign key (company_id, claim_id) references orders.claim,
  unique (company_id, claim_id),
  check ((kind = 'deducted') = (claim_id is not null))
);
create index builder_move_of on orders.builder_move (company_id, builder_id, done_on);
select kernel.isolate('orders.builder_move', 'select, insert');
comment on table orders.builder_move is '建设单位保修金台账:交存、扣除、退还,只增;钱在监管账户或主管部门,不入公司账';
comment on column orders.builder_move.company_id is '公司';
comment on column orders.builder_move.move_id is '编号';
comment on column orders.builder_move.builder_id is '建设单位';
comment on column orders.builder_move.kind is '类别:paid_in 交存,deducted 扣除,returned 退还';
comment on column orders.builder_move.amount_fen is '金额';
comment on column orders.builder_move.done_on is '日期';
comment on column orders.builder_move.paper is '凭证或文号';
comment on column orders.builder_move.claim_id is '因哪份保修通知扣除';
comment on column orders.builder_move.created_by is '登记人';
comment on column orders.builder_move.created_at is '登记时间';
