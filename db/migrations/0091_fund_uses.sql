-- 维修资金的使用: proposal, vote, approval, contract, works, settlement, the split per house; every step dated.
create table funds.use (
  company_id bigint not null,
  use_id uuid not null,
  community_id uuid not null,
  path text not null check (path in ('ordinary','emergency')),
  title text not null,
  plan text not null,
  danger text,
  scope_kind text not null check (scope_kind in ('community','building','unit','houses')),
  scope_ids uuid[] not null,
  scope_text text not null,
  budget_fen bigint not null check (budget_fen > 0),
  supplier_name text,
  contract_no text,
  contract_fen bigint check (contract_fen > 0),
  invoice_no text,
  invoice_fen bigint check (invoice_fen > 0),
  audit_no text,
  vote jsonb,
  paid_fen bigint not null default 0 check (paid_fen >= 0),
  state text not null default 'draft' check (state in ('draft','posted','passed','failed','asked','approved','contracted','accepted','settled','shared','booked','cancelled')),
  approval_id uuid,
  shares_posted_on date,
  shares_by uuid,
  booked_by uuid,
  created_by uuid not null,
  created_at timestamptz not null,
  check ((path = 'emergency') = (danger is not null)),
  check (booked_by is null or booked_by <> shares_by),
  primary key (company_id, use_id),
  foreign key (company_id, community_id) references property.community
);
create index use_list on funds.use (company_id, community_id, created_at desc, use_id);
select kernel.isolate('funds.use', 'select, insert, update');
comment on table funds.use is '使用项目:一次维修从立项到分摊入账';
comment on column funds.use.company_id is '公司';
comment on column funds.use.use_id is '编号';
comment on column funds.use.community_id is '小区';
comment on column funds.use.path is '程序:ordinary 一般,emergency 应急';
comment on column funds.use.title is '名称';
comment on column funds.use.plan is '维修方案';
comment on column funds.use.danger is '应急情形';
comment on column funds.use.scope_kind is '分摊范围:community 全小区,building 楼栋,unit 单元,houses 指定房产';
comment on column funds.use.scope_ids is '范围内的楼栋、单元或房产';
comment on column funds.use.scope_text is '范围说明';
comment on column funds.use.budget_fen is '预算';
comment on column funds.use.supplier_name is '施工单位';
comment on column funds.use.contract_no is '合同号';
comment on column funds.use.contract_fen is '合同金额';
comment on column funds.use.invoice_no is '发票号';
comment on column funds.use.invoice_fen is '决算金额';
comment on column funds.use.audit_no is '审计报告';
comment on column funds.use.vote is '表决结果';
comment on column funds.use.paid_fen is '已付';
comment on column funds.use.state is '状态';
comment on column funds.use.approval_id is '最近的审批';
comment on column funds.use.shares_posted_on is '分摊公示日';
comment on column funds.use.shares_by is '分摊公示人';
comment on column funds.use.booked_by is '入账人';
comment on column funds.use.created_by is '立项人';
comment on column funds.use.created_at is '立项时间';

create table funds.use_step (
  company_id bigint not null,
  step_id uuid not null,
  use_id uuid not null,
  action text not null,
  on_day date not null,
  note text,
  detail jsonb,
  attachments jsonb not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, step_id),
  foreign key (company_id, use_id) references funds.use
);
create index use_step_use on funds.use_step (company_id, use_id, created_at);
select kernel.isolate('funds.use_step', 'select, insert');
comment on table funds.use_step is '使用项目的步骤记录:每一步的日期、说明和附件,只增不改';
comment on column funds.use_step.company_id is '公司';
comment on column funds.use_step.step_id is '编号';
comment on column funds.use_step.use_id is '项目';
comment on column funds.use_step.action is '步骤';
comment on column funds.use_step.on_day is '日期';
comment on column funds.use_step.note is '说明';
comment on column funds.use_step.detail is '内容';
comment on column funds.use_step.attachments is '附件';
comment on column funds.use_step.created_by is '经办人';
comment on column funds.use_step.created_at is '登记时间';

create table funds.use_payment (
  company_id bigint not null,
  payment_id uuid not null,
  use_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  paid_on date not null,
  voucher_no text not null,
  note text,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, payment_id),
  foreign key (company_id, use_id) references funds.use,
  unique (company_id, use_id, voucher_no)
);
select kernel.isolate('funds.use_payment', 'select, insert');
comment on table funds.use_payment is '工程付款:可分次,只增不改';
comment on column funds.use_payment.company_id is '公司';
comment on column funds.use_payment.payment_id is '编号';
comment on column funds.use_payment.use_id is '项目';
comment on column funds.use_payment.amount_fen is '金额';
comment on column funds.use_payment.paid_on is '付款日';
comment on column funds.use_payment.voucher_no is '付款凭证号';
comment on column funds.use_payment.note is '说明';
comment on column funds.use_payment.created_by is '经办人';
comment on column funds.use_payment.created_at is '登记时间';

create table funds.use_share (
  company_id bigint not null,
  use_id uuid not null,
  house_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  area_m2 numeric(12,2) not null,
  share_fen bigint not null check (share_fen >= 0),
  drawn_fen bigint,
  owed_fen bigint,
  paid_fen bigint not null default 0,
  check (drawn_fen + owed_fen = share_fen),
  check (paid_fen between 0 and coalesce(owed_fen, 0)),
  primary key (company_id, use_id, house_id),
  foreign key (company_id, use_id) references funds.use,
  foreign key (company_id, house_id) references property.house
);
create index use_share_house on funds.use_share (company_id, house_id);
select kernel.isolate('funds.use_share', 'select, insert, update, delete');
comment on table funds.use_share is '分摊清单:每户分摊多少,入账时从分户账支出多少、由业主补交多少';
comment on column funds.use_share.company_id is '公司';
comment on column funds.use_share.use_id is '项目';
comment on column funds.use_share.house_id is '房产';
comment on column funds.use_share.community_id is '小区';
comment on column funds.use_share.building_id is '楼栋';
comment on column funds.use_share.area_m2 is '建筑面积';
comment on column funds.use_share.share_fen is '分摊金额';
comment on column funds.use_share.drawn_fen is '从分户账支出';
comment on column funds.use_share.owed_fen is '应由业主补交';
comment on column funds.use_share.paid_fen is '已补交';

create table funds.share_payment (
  company_id bigint not null,
  payment_id uuid not null,
  use_id uuid not null,
  house_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  paid_on date not null,
  voucher_no text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, payment_id),
  foreign key (company_id, use_id, house_id) references funds.use_share
);
create index share_payment_share on funds.share_payment (company_id, use_id, house_id);
select kernel.isolate('funds.share_payment', 'select, insert');
comment on table funds.share_payment is '业主补交分摊款,只增不改';
comment on column funds.share_payment.company_id is '公司';
comment on column funds.share_payment.payment_id is '编号';
comment on column funds.share_payment.use_id is '项目';
comment on column funds.share_payment.house_id is '房产';
comment on column funds.share_payment.amount_fen is '金额';
comment on column funds.share_payment.paid_on is '缴款日';
comment on column funds.share_payment.voucher_no is '凭证号';
comment on column funds.share_payment.created_by is '经办人';
comment on column funds.share_payment.created_at is '登记时间';
