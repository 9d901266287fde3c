-- Visitors (访客): announced by residents with a pass code, or registered at the gate; kept no longer than the company's rule says.
create schema access;
grant usage on schema access to heyuan_app;
comment on schema access is '访客:邀请、登记、核验';

create table access.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  keep_days int not null check (keep_days between 1 and 365),
  max_hours int not null check (max_hours between 1 and 720),
  max_open int not null check (max_open between 1 and 50),
  early_minutes int not null check (early_minutes between 0 and 240),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on access.policy (company_id, from_on desc, created_at desc);
select kernel.isolate('access.policy', 'select, insert');
comment on table access.policy is '访客规则,按生效日,只增';
comment on column access.policy.company_id is '公司';
comment on column access.policy.policy_id is '编号';
comment on column access.policy.from_on is '生效日';
comment on column access.policy.keep_days is '访客记录保存天数,过期自动删除';
comment on column access.policy.max_hours is '业主邀请最长有效小时';
comment on column access.policy.max_open is '每户同时有效的邀请数';
comment on column access.policy.early_minutes is '可提前到达的分钟';
comment on column access.policy.created_by is '设置人';
comment on column access.policy.created_at is '设置时间';

create table access.visit (
  company_id bigint not null,
  visit_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  source text not null check (source in ('app','desk')),
  person_id uuid,
  host_name text not null,
  visitor_name text not null,
  visitor_phone text,
  plate text,
  people_count int not null check (people_count between 1 and 50),
  purpose text,
  id_masked text,
  id_index text,
  code text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  state text not null check (state in ('waiting','arrived','left','cancelled')),
  arrived_at timestamptz,
  arrived_by text,
  left_at timestamptz,
  left_by text,
  left_by_lane boolean not null default false,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, visit_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, person_id) references people.person (company_id, person_id),
  check (to_at > from_at)
);
create unique index visit_code on access.visit (company_id, code) where state in ('waiting', 'arrived');
create index visit_list on access.visit (company_id, community_id, created_at desc, visit_id);
create index visit_building on access.visit (company_id, building_id);
create index visit_house on access.visit (company_id, house_id, created_at desc);
create index visit_person on access.visit (company_id, person_id);
create index visit_plate on access.visit (company_id, plate, to_at) where plate is not null;
create index visit_here on access.visit (company_id, community_id, to_at) where state = 'arrived';
create index visit_old on access.visit (company_id, to_at);
select kernel.isolate('access.visit', 'select, insert, update, delete');
comment on table access.visit is '访客登记,过保存期删除';
comment on column access.visit.company_id is '公司';
comment on column access.visit.visit_id is '编号';
comment on column access.visit.community_id is '小区';
comment on column access.visit.building_id is '楼栋';
comment on column access.visit.house_id is '受访房产';
comment on column access.visit.source is '来源:app 业主邀请,desk 门岗登记';
comment on column access.visit.person_id is '邀请的业主或住户';
comment on column access.visit.host_name is '受访人';
comment on column access.visit.visitor_name is '访客';
comment on column access.visit.visitor_phone is '电话';
comment on column access.visit.plate is '车牌';
comment on column access.visit.people_count is '人数';
comment on column access.visit.purpose is '事由';
comment on column access.visit.id_masked is '核对过的证件号,只留头三位和末四位';
comment on column access.visit.id_index is '证件号的加密摘要,只用于核对黑名单';
comment on column access.visit.code is '通行码';
comment on column access.visit.from_at is '起';
comment on column access.visit.to_at is '止';
comment on column access.visit.state is '状态:waiting 待到访,arrived 已到访,left 已离开,cancelled 已取消';
comment on column access.visit.arrived_at is '到访时间';
comment on column access.visit.arrived_by is '核验人';
comment on column access.visit.left_at is '离开时间';
comment on column access.visit.left_by is '登记离开的人';
comment on column access.visit.left_by_lane is '随车经通道离开,有效期内同车可再次进入';
comment on column access.visit.created_by is '登记人';
comment on column access.visit.created_at is '登记时间';

create table access.barred (
  company_id bigint not null,
  barred_id uuid not null,
  community_id uuid not null,
  name text not null,
  phone text,
  plate text,
  id_masked text,
  id_index text,
  reason text not null,
  from_on date not null,
  to_on date not null,
  lifted_at timestamptz,
  lifted_by text,
  lifted_reason text,
  created_by uuid,
  created_name text not null,
  created_at timestamptz not null,
  primary key (company_id, barred_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  check (to_on > from_on),
  check (phone is not null or plate is not null or id_index is not null)
);
create index barred_list on access.barred (company_id, community_id, created_at desc, barred_id);
create index barred_phone on access.barred (company_id, phone) where phone is not null;
create index barred_plate on access.barred (company_id, plate) where plate is not null;
create index barred_id on access.barred (company_id, id_index) where id_index is not null;
select kernel.isolate('access.barred', 'select, insert, update, delete');
comment on table access.barred is '访客黑名单,按电话、车牌或证件认人,到期失效,过保存期删除';
comment on column access.barred.company_id is '公司';
comment on column access.barred.barred_id is '编号';
comment on column access.barred.community_id is '小区';
comment on column access.barred.name is '姓名';
comment on column access.barred.phone is '电话';
comment on column access.barred.plate is '车牌';
comment on column access.barred.id_masked is '证件号,只留头三位和末四位';
comment on column access.barred.id_index is '证件号的加密摘要';
comment on column access.barred.reason is '原因';
comment on column access.barred.from_on is '起';
comment on column access.barred.to_on is '止(不含)';
comment on column access.barred.lifted_at is '解除时间';
comment on column access.barred.lifted_by is '解除人';
comment on column access.barred.lifted_reason is '解除原因';
comment on column access.barred.created_by is '登记人';
comment on column access.barred.created_name is '登记人姓名';
comment on column access.barred.created_at is '登记时间';
