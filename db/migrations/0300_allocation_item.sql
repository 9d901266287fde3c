-- What a part of a payment was for stands beside it: the statistics by item, month of taking and collector are proved over twelve million
-- allocations without looking each one's bill up (ADR 0300). The proofs P5 and P14 hold it against the bill.
alter table payment.allocation add column fee_item_id uuid;
comment on column payment.allocation.fee_item_id is '收费项目,同账单';
do $$
declare c bigint;
begin
  for c in select company_id from identity.company order by 1 loop
    perform set_config('app.company_id', c::text, true);
    update payment.allocation a set fee_item_id = b.fee_item_id from billing.bill b where a.company_id = c and b.company_id = c and b.period_on = a.period_on and b.bill_id = a.bill_id;
  end loop;
  perform set_config('app.company_id', '', true);
end $$;
alter table payment.allocation alter column fee_item_id set not null;
