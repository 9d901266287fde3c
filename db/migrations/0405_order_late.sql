-- What is late is asked by every list of orders and is little; read in order of its limit it costs what it finds, not what is open.
create index work_order_late on orders.work_order (company_id, (case when arrived_at is null then respond_due_at else finish_due_at end))
  where state in ('waiting','assigned','accepted','working','suspended') and state <> 'suspended' and finished_at is null and ended_at is null;
