-- What a bill lost because its open part went over to another bill (拆分、合并、过户) is no reduction of anybody's debt: it is kept apart, on the bill
-- and in the sums, so that 减免 is what was really given away. It stays part of reduced_fen: amount = paid + reduced + open holds as before.
alter table billing.bill add column moved_fen bigint not null default 0;
comment on column billing.bill.moved_fen is '减免中因拆并转到其他账单的部分';
alter table billing.bill add constraint bill_moved_fen_check check (moved_fen >= 0 and moved_fen <= reduced_fen);
grant update (moved_fen) on billing.bill to heyuan_app;
alter table billing.bill_move add column moved_fen bigint not null default 0;
comment on column billing.bill_move.moved_fen is '减免变动中的拆并转出';
alter table billing.building_sum add column moved_fen bigint not null default 0;
comment on column billing.building_sum.moved_fen is '减免中的拆并转出';
alter table billing.community_sum add column moved_fen bigint not null default 0;
comment on column billing.community_sum.moved_fen is '减免中的拆并转出';

-- What was there before, company by company: row-level security is forced for whoever migrates without being a superuser.
do $$
declare c bigint;
begin
  for c in select company_id from identity.company order by 1 loop
    perform set_config('app.company_id', c::text, true);
    update billing.bill b set moved_fen = x.fen
      from (select period_on, bill_id, sum(amount_fen)::bigint as fen from billing.reduction where company_id = c and kind = 'moved' group by 1, 2 having sum(amount_fen) <> 0) x
      where b.company_id = c and b.period_on = x.period_on and b.bill_id = x.bill_id;
    insert into billing.bill_move (company_id, community_id, building_id, fee_item_id, period_on, month_on, moved_fen)
    select c, community_id, building_id, fee_item_id, period_on, month_on, sum(fen) from (
      select b.community_id, b.building_id, b.fee_item_id, b.period_on, date_trunc('month', n.booked_on)::date as month_on, n.amount_fen as fen
        from billing.reduction n join billing.bill b on b.company_id = c and b.period_on = n.period_on and b.bill_id = n.bill_id where n.company_id = c and n.kind = 'moved'
      union all
      select community_id, building_id, fee_item_id, period_on, date_trunc('month', voided_at at time zone 'Asia/Shanghai')::date, -moved_fen from billing.bill where company_id = c and voided_at is not null and moved_fen <> 0
    ) x group by 2, 3, 4, 5, 6 having sum(fen) <> 0;
  end loop;
  perform set_config('app.company_id', '', true);
end $$;
