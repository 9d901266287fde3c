-- Quote, signature and material are done in the basement too: when it was done, and when it came in.
alter table orders.quote add column made_received_at timestamptz;
alter table orders.quote add column signed_received_at timestamptz;
alter table orders.stock_move add column done_at timestamptz;
alter table orders.material add column received_at timestamptz;
comment on column orders.quote.made_received_at is '无网时报价的,补传时间';
comment on column orders.quote.signed_received_at is '无网时签字的,补传时间';
comment on column orders.stock_move.done_at is '无网时领用的,实际领用时间;时间一栏是记账时间';
comment on column orders.material.received_at is '无网时登记的,补传时间';
