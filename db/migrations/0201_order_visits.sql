-- Return visits (回访) of repair orders: what a resident said when asked, each asking a row of its own.
create table orders.visit (
  company_id bigint not null,
  visit_id uuid not null,
  order_id uuid not null,
  round_no int not null,
  way text not null check (way in ('phone','door','message')),
  reached boolean not null,
  solved boolean,
  satisfaction int check (satisfaction between 1 and 5),
  words text,
  visited_by uuid,
  visited_at timestamptz not null,
  primary key (company_id, visit_id),
  foreign key (company_id, order_id) references orders.work_order,
  check (reached or (solved is null and satisfaction is null))
);
create index visit_order on orders.visit (company_id, order_id, visited_at);
select kernel.isolate('orders.visit', 'select, insert');
comment on table orders.visit is '回访:每问一次一行,只增';
comment on column orders.visit.company_id is '公司';
comment on column orders.visit.visit_id is '编号';
comment on column orders.visit.order_id is '工单';
comment on column orders.visit.round_no is '第几轮';
comment on column orders.visit.way is '方式:phone 电话,door 上门,message 消息';
comment on column orders.visit.reached is '联系到了';
comment on column orders.visit.solved is '问题解决了';
comment on column orders.visit.satisfaction is '满意程度,1 至 5';
comment on column orders.visit.words is '业户的话';
comment on column orders.visit.visited_by is '回访人';
comment on column orders.visit.visited_at is '回访时间';
create index work_order_visit on orders.work_order (company_id, finished_at, order_id) where visit_wanted and visited_at is null;
