-- Interest of the maintenance fund: a run a community and period, a line a house, booked by a second person.
create table funds.interest_run (
  company_id bigint not null,
  run_id uuid not null,
  community_id uuid not null,
  from_on date not null,
  to_on date not null,
  current_rate numeric(9,6) not null,
  term_rate numeric(9,6) not null,
  day_base int not null,
  bank_fen bigint check (bank_fen > 0),
  total_fen bigint not null check (total_fen > 0),
  house_count int not null,
  state text not null default 'draft' check (state in ('draft','booked','cancelled')),
  voucher_no text,
  created_by uuid not null,
  created_at timestamptz not null,
  booked_by uuid,
  booked_at timestamptz,
  check (to_on > from_on),
  check (booked_by is null or booked_by <> created_by),
  primary key (company_id, run_id),
  foreign key (company_id, community_id) references property.community,
  exclude using gist (company_id with =, community_id with =, daterange(from_on, to_on) with &&) where (state <> 'cancelled')
);
create index interest_run_list on funds.interest_run (company_id, community_id, from_on desc);
select kernel.isolate('funds.interest_run', 'select, insert, update');
comment on table funds.interest_run is '维修资金计息:一个小区一段期间一次,先试算,由另一人入账';
comment on column funds.interest_run.company_id is '公司';
comment on column funds.interest_run.run_id is '编号';
comment on column funds.interest_run.community_id is '小区';
comment on column funds.interest_run.from_on is '起(含)';
comment on column funds.interest_run.to_on is '结息日(不含)';
comment on column funds.interest_run.current_rate is '活期年利率(%)';
comment on column funds.interest_run.term_rate is '定期年利率(%)';
comment on column funds.interest_run.day_base is '计息天数基数';
comment on column funds.interest_run.bank_fen is '银行实际结息,空为按利率计算';
comment on column funds.interest_run.total_fen is '合计';
comment on column funds.interest_run.house_count is '户数';
comment on column funds.interest_run.state is '状态';
comment on column funds.interest_run.voucher_no is '结息凭证号';
comment on column funds.interest_run.created_by is '试算人';
comment on column funds.interest_run.created_at is '试算时间';
comment on column funds.interest_run.booked_by is '入账人';
comment on column funds.interest_run.booked_at is '入账时间';

create table funds.interest_line (
  company_id bigint not null,
  run_id uuid not null,
  house_id uuid not null,
  carried_fen bigint not null,
  kept_fen bigint not null,
  interest_fen bigint not null check (interest_fen >= 0),
  primary key (company_id, run_id, house_id),
  foreign key (company_id, run_id) references funds.interest_run,
  foreign key (company_id, house_id) references funds.house_account
);
create index interest_line_house on funds.interest_line (company_id, house_id);
select kernel.isolate('funds.interest_line', 'select, insert');
comment on table funds.interest_line is '计息明细:每户按定期与活期计息的金额,合计等于计息合计,只增不改';
comment on column funds.interest_line.company_id is '公司';
comment on column funds.interest_line.run_id is '计息';
comment on column funds.interest_line.house_id is '房产';
comment on column funds.interest_line.carried_fen is '期初余额';
comment on column funds.interest_line.kept_fen is '整期留存(按定期)';
comment on column funds.interest_line.interest_fen is '利息';
