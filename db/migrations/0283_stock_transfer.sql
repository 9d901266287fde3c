-- Parts move from the store of one community to that of another (调拨): one row out of the one, one into the other, each naming the other.
alter table orders.stock_move add column other_item_id uuid;
comment on column orders.stock_move.other_item_id is '调拨的另一头:调出到、调入自哪个备件';
alter table orders.stock_move add foreign key (company_id, other_item_id) references orders.stock_item (company_id, item_id);
create index stock_move_other on orders.stock_move (company_id, other_item_id) where other_item_id is not null;
alter table orders.stock_move drop constraint stock_move_kind_check;
alter table orders.stock_move add constraint stock_move_kind_check check (kind in ('in','out','back','count','give','get'));
alter table orders.stock_move add constraint stock_move_other_check check ((kind in ('give','get')) = (other_item_id is not null));
alter table orders.stock_move add constraint stock_move_give_check check ((kind = 'give') <= (quantity < 0 and cost_fen <= 0));
alter table orders.stock_move add constraint stock_move_get_check check ((kind = 'get') <= (quantity > 0 and cost_fen >= 0));
comment on column orders.stock_move.kind is '类别:in 入库,out 领用,back 退库,count 盘点,give 调出,get 调入';
