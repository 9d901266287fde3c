-- What a member of the staff has reported himself, newest first.
create index work_order_reported on orders.work_order (company_id, created_by, created_at desc, order_id) where source = 'staff';
