-- A guard who takes parking fees in cash keeps a shift like a cashier: opening, counting and handing in are a right of their own, no longer that of the whole desk.
-- The owner of the tables may be a plain role: forced row security would hide every row from this statement.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || 'payment.shift.work'::text where permissions && array['payment.payment.take', 'parking.money.take'] and not permissions && array['*', 'payment.shift.work'];
alter table identity.role force row level security;
