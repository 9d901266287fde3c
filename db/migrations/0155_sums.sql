-- Sums of bills, kept with them (docs/adr): statistics of 12 million lines answer without reading them. What changes a bill appends a move in the same
-- transaction, without a lock anybody could wait for; a job folds the moves into the sums; readers add what is not folded yet.
create table billing.bill_move (
  company_id bigint not null,
  move_id bigint generated always as identity,
  community_id uuid not null,
  building_id uuid not null,
  fee_item_id uuid not null,
  period_on date not null,
  month_on date not null,
  taken_by uuid not null default '00000000-0000-0000-0000-000000000000',
  bill_count bigint not null default 0,
  amount_fen bigint not null default 0,
  paid_fen bigint not null default 0,
  reduced_fen bigint not null default 0,
  primary key (company_id, move_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
select kernel.isolate('billing.bill_move', 'select, insert, update, delete');
comment on table billing.bill_move is '尚未并入统计汇总的账单变动:与账单的变动同一事务写入,由后台任务并入后删除';
comment on column billing.bill_move.company_id is '公司';
comment on column billing.bill_move.move_id is '序号';
comment on column billing.bill_move.community_id is '小区';
comment on column billing.bill_move.building_id is '楼栋';
comment on column billing.bill_move.fee_item_id is '收费项目';
comment on column billing.bill_move.period_on is '账期(月首日)';
comment on column billing.bill_move.month_on is '发生月(月首日)';
comment on column billing.bill_move.taken_by is '收费员,全零为线上、自动抵扣或非收款的变动';
comment on column billing.bill_move.bill_count is '账单数变动';
comment on column billing.bill_move.amount_fen is '应收变动';
comment on column billing.bill_move.paid_fen is '已收变动';
comment on column billing.bill_move.reduced_fen is '减免变动';

create table billing.building_sum (
  company_id bigint not null,
  community_id uuid not null,
  building_id uuid not null,
  fee_item_id uuid not null,
  period_on date not null,
  month_on date not null,
  taken_by uuid not null,
  bill_count bigint not null,
  amount_fen bigint not null,
  paid_fen bigint not null,
  reduced_fen bigint not null,
  primary key (company_id, community_id, building_id, fee_item_id, period_on, month_on, taken_by)
) with (fillfactor = 80);
select kernel.isolate('billing.building_sum', 'select, insert, update, delete');
comment on table billing.building_sum is '账单统计汇总:楼栋、项目、账期、发生月、收费员,恒等于账单与收款明细(每夜核验)';
comment on column billing.building_sum.company_id is '公司';
comment on column billing.building_sum.community_id is '小区';
comment on column billing.building_sum.building_id is '楼栋';
comment on column billing.building_sum.fee_item_id is '收费项目';
comment on column billing.building_sum.period_on is '账期(月首日)';
comment on column billing.building_sum.month_on is '发生月(月首日)';
comment on column billing.building_sum.taken_by is '收费员,全零为线上、自动抵扣或非收款的变动';
comment on column billing.building_sum.bill_count is '账单数';
comment on column billing.building_sum.amount_fen is '应收';
comment on column billing.building_sum.paid_fen is '已收';
comment on column billing.building_sum.reduced_fen is '减免';

create table billing.community_sum (
  company_id bigint not null,
  community_id uuid not null,
  fee_item_id uuid not null,
  period_on date not null,
  month_on date not null,
  taken_by uuid not null,
  bill_count bigint not null,
  amount_fen bigint not null,
  paid_fen bigint not null,
  reduced_fen bigint not null,
  primary key (company_id, community_id, fee_item_id, period_on, month_on, taken_by)
) with (fillfactor = 80);
select kernel.isolate('billing.community_sum', 'select, insert, update, delete');
comment on table billing.community_sum is '账单统计汇总到小区:楼栋汇总之和,供全公司的统计';
comment on column billing.community_sum.company_id is '公司';
comment on column billing.community_sum.community_id is '小区';
comment on column billing.community_sum.fee_item_id is '收费项目';
comment on column billing.community_sum.period_on is '账期(月首日)';
comment on column billing.community_sum.month_on is '发生月(月首日)';
comment on column billing.community_sum.taken_by is '收费员,全零为线上、自动抵扣或非收款的变动';
comment on column billing.community_sum.bill_count is '账单数';
comment on column billing.community_sum.amount_fen is '应收';
comment on column billing.community_sum.paid_fen is '已收';
comment on column billing.community_sum.reduced_fen is '减免';

-- What was there before, company by company: row-level security is forced for whoever migrates without being a superuser.
do $$
declare c bigint; nil constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  for c in select company_id from identity.company order by 1 loop
    perform set_config('app.company_id', c::text, true);
    insert into billing.bill_move (company_id, community_id, building_id, fee_item_id, period_on, month_on, taken_by, bill_count, amount_fen, paid_fen, reduced_fen)
    select c, community_id, building_id, fee_item_id, period_on, month_on, taken_by, sum(n), sum(amount), sum(paid), sum(reduced) from (
      select community_id, building_id, fee_item_id, period_on, date_trunc('month', issued_on)::date as month_on, nil as taken_by, 1 as n, amount_fen as amount, 0::bigint as paid, 0::bigint as reduced from billing.bill where company_id = c
      union all
      select community_id, building_id, fee_item_id, period_on, date_trunc('month', voided_at at time zone 'Asia/Shanghai')::date, nil, -1, -amount_fen, 0, -reduced_fen from billing.bill where company_id = c and voided_at is not null
      union all
      select b.community_id, b.building_id, b.fee_item_id, b.period_on, date_trunc('month', n.booked_on)::date, nil, 0, 0, 0, n.amount_fen from billing.reduction n join billing.bill b on b.company_id = c and b.period_on = n.period_on and b.bill_id = n.bill_id where n.company_id = c
      union all
      select b.community_id, b.building_id, b.fee_item_id, b.period_on, date_trunc('month', p.taken_on)::date, coalesce(p.taken_by, nil), 0, 0, a.amount_fen, 0
        from payment.allocation a join payment.payment p on p.company_id = c and p.payment_id = a.payment_id join billing.bill b on b.company_id = c and b.period_on = a.period_on and b.bill_id = a.bill_id where a.company_id = c
      union all
      select b.community_id, b.building_id, b.fee_item_id, b.period_on, date_trunc('month', p.reversed_at at time zone 'Asia/Shanghai')::date, coalesce(p.taken_by, nil), 0, 0, -a.amount_fen, 0
        from payment.allocation a join payment.payment p on p.company_id = c and p.payment_id = a.payment_id and p.reversed_at is not null join billing.bill b on b.company_id = c and b.period_on = a.period_on and b.bill_id = a.bill_id where a.company_id = c
      union all
      select b.community_id, b.building_id, b.fee_item_id, b.period_on, date_trunc('month', f.decided_at at time zone 'Asia/Shanghai')::date, coalesce(p.taken_by, nil), 0, 0, -l.amount_fen, 0
        from payment.refund_line l join payment.refund f on f.company_id = c and f.refund_id = l.refund_id and f.decided_at is not null and f.state <> 'refused'
        left join payment.payment p on p.company_id = c and p.payment_id = f.payment_id join billing.bill b on b.company_id = c and b.period_on = l.period_on and b.bill_id = l.bill_id where l.company_id = c
    ) x group by 2, 3, 4, 5, 6, 7;
  end loop;
  perform set_config('app.company_id', '', true);
end $$;
