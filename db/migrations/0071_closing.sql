-- Closing of days. Months are closed in the ledger (0070).
create schema closing;
grant usage on schema closing to heyuan_app;
comment on schema closing is '日结、结账、对账与凭证导出';

create table closing.day_close (
  company_id bigint not null,
  community_id uuid not null,
  business_day date not null,
  payment_count int not null,
  reversal_count int not null,
  received_fen bigint not null,
  reversed_fen bigint not null,
  cash_fen bigint not null,
  booked_fen bigint not null,
  figures jsonb not null,
  figures_hash text not null,
  note text,
  closed_by uuid,
  closed_at timestamptz not null,
  primary key (company_id, community_id, business_day),
  foreign key (company_id, community_id) references property.community
);
create index day_close_list on closing.day_close (company_id, business_day desc, community_id);
select kernel.isolate('closing.day_close', 'select, insert');
comment on table closing.day_close is '日结:一小区一天的收款定格,只增';
comment on column closing.day_close.company_id is '公司';
comment on column closing.day_close.community_id is '小区';
comment on column closing.day_close.business_day is '业务日';
comment on column closing.day_close.payment_count is '收款笔数';
comment on column closing.day_close.reversal_count is '冲销笔数';
comment on column closing.day_close.received_fen is '实收(不含预存抵扣)';
comment on column closing.day_close.reversed_fen is '冲销';
comment on column closing.day_close.cash_fen is '现金净收';
comment on column closing.day_close.booked_fen is '总账当日收款净额';
comment on column closing.day_close.figures is '按来源与方式的明细';
comment on column closing.day_close.figures_hash is '明细摘要,事后重算须一致';
comment on column closing.day_close.note is '说明';
comment on column closing.day_close.closed_by is '日结人';
comment on column closing.day_close.closed_at is '日结时间';
