-- A voice note and a short video with a repair report, stored like photos and reached only through their order.
create table orders.clip (
  company_id bigint not null,
  order_id uuid not null,
  file_id uuid not null,
  step_no int not null,
  kind text not null check (kind in ('voice','video')),
  seconds int not null check (seconds between 1 and 60),
  primary key (company_id, order_id, file_id),
  foreign key (company_id, order_id) references orders.work_order
);
select kernel.isolate('orders.clip', 'select, insert');
comment on table orders.clip is '报修的语音和短视频';
comment on column orders.clip.company_id is '公司';
comment on column orders.clip.order_id is '工单';
comment on column orders.clip.file_id is '文件';
comment on column orders.clip.step_no is '哪一步';
comment on column orders.clip.kind is '类别:voice 语音,video 视频';
comment on column orders.clip.seconds is '时长(秒),录制的手机所报';
