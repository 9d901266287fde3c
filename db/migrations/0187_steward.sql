-- Who looks after a building (管家): from a day, until another takes over. Statistics and arrears are grouped by it.
create table property.steward (
  company_id bigint not null,
  building_id uuid not null,
  from_on date not null,
  to_on date,
  account_id uuid not null,
  community_id uuid not null,
  assigned_by uuid not null,
  assigned_by_name text not null,
  assigned_at timestamptz not null,
  primary key (company_id, building_id, from_on),
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, account_id) references identity.member,
  check (to_on is null or to_on > from_on),
  exclude using gist (company_id with =, building_id with =, daterange(from_on, to_on) with &&)
);
create index steward_account on property.steward (company_id, account_id, from_on desc);
create index steward_community on property.steward (company_id, community_id, from_on desc);
select kernel.isolate('property.steward', 'select, insert, update, delete');
comment on table property.steward is '管家分工:某楼栋某日起由谁负责';
comment on column property.steward.company_id is '公司';
comment on column property.steward.building_id is '楼栋';
comment on column property.steward.from_on is '起';
comment on column property.steward.to_on is '止(不含),空为至今';
comment on column property.steward.account_id is '管家的员工账号';
comment on column property.steward.community_id is '小区';
comment on column property.steward.assigned_by is '安排人';
comment on column property.steward.assigned_by_name is '安排人姓名';
comment on column property.steward.assigned_at is '安排时间';
