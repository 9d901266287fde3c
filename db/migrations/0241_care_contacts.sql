-- Customer service, second part: calls and visits (来电来访), what was wanted and what came of it; things lodged and borrowed stand in the same log.
create table care.contact (
  company_id bigint not null,
  contact_id uuid not null,
  no text not null,
  way text not null check (way in ('phone','counter','wechat','other')),
  topic text not null check (topic in ('consult','fee','repair','complaint','suggestion','request','help','lodge','borrow','other')),
  community_id uuid not null,
  building_id uuid,
  house_id uuid,
  person_id uuid,
  caller_name text,
  caller_phone text,
  words text not null,
  outcome text not null check (outcome in ('answered','order','complaint','callback','lodged','passed')),
  answer text,
  order_id uuid,
  complaint_id uuid,
  item text,
  due_on date,
  call_back_at timestamptz,
  done_at timestamptz,
  done_by uuid,
  done_note text,
  seconds int check (seconds between 0 and 86400),
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, contact_id),
  unique (company_id, no),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, person_id) references people.person (company_id, person_id),
  foreign key (company_id, order_id) references orders.work_order (company_id, order_id),
  foreign key (company_id, complaint_id) references care.complaint (company_id, complaint_id),
  check ((outcome = 'order') = (order_id is not null)),
  check ((outcome = 'complaint') = (complaint_id is not null)),
  check ((outcome = 'lodged') = (item is not null) and (outcome = 'lodged') = (topic in ('lodge','borrow'))),
  check ((outcome = 'callback') = (call_back_at is not null)),
  check (outcome <> 'answered' or answer is not null),
  check ((done_at is null) = (done_by is null))
);
create index contact_list on care.contact (company_id, created_at desc, contact_id);
create index contact_community on care.contact (company_id, community_id, created_at desc);
create index contact_building on care.contact (company_id, building_id);
create index contact_house on care.contact (company_id, house_id, created_at desc);
create index contact_person on care.contact (company_id, person_id);
create index contact_phone on care.contact (company_id, caller_phone);
create index contact_order on care.contact (company_id, order_id);
create index contact_complaint on care.contact (company_id, complaint_id);
create index contact_open on care.contact (company_id, created_at) where done_at is null and outcome in ('callback','lodged');
select kernel.isolate('care.contact', 'select, insert, update');
comment on table care.contact is '来电来访登记:谁、为何事、结果,寄存与借用也在此';
comment on column care.contact.company_id is '公司';
comment on column care.contact.contact_id is '编号';
comment on column care.contact.no is '登记号';
comment on column care.contact.way is '方式:phone 来电,counter 来访,wechat 微信,other 其他';
comment on column care.contact.topic is '事由:consult 咨询,fee 费用,repair 报修,complaint 投诉,suggestion 建议,request 办事,help 求助,lodge 寄存,borrow 借用,other 其他';
comment on column care.contact.community_id is '小区';
comment on column care.contact.building_id is '楼栋';
comment on column care.contact.house_id is '房产';
comment on column care.contact.person_id is '来人档案';
comment on column care.contact.caller_name is '姓名';
comment on column care.contact.caller_phone is '电话';
comment on column care.contact.words is '内容';
comment on column care.contact.outcome is '结果:answered 当场答复,order 转维修工单,complaint 转投诉,callback 待回电,lodged 寄存或借用,passed 转告他人';
comment on column care.contact.answer is '答复';
comment on column care.contact.order_id is '维修工单';
comment on column care.contact.complaint_id is '投诉';
comment on column care.contact.item is '寄存或借用的物品';
comment on column care.contact.due_on is '应取走或归还的日子';
comment on column care.contact.call_back_at is '约定回电时间';
comment on column care.contact.done_at is '回电、取走或归还的时间';
comment on column care.contact.done_by is '经办人';
comment on column care.contact.done_note is '说明';
comment on column care.contact.seconds is '用时(秒)';
comment on column care.contact.created_by is '登记人';
comment on column care.contact.created_at is '登记时间';
