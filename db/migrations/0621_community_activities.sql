-- Activities with sign-up (社区活动) and volunteers (志愿者): places counted by persons, a waiting list that moves up by itself, check-in, and hours recorded by one and confirmed by another.
create table community.activity (
  company_id bigint not null,
  activity_id uuid not null,
  community_id uuid not null,
  kind text not null check (kind in ('activity', 'volunteer')),
  title text not null,
  body text not null,
  place text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  sign_until_at timestamptz not null,
  capacity int check (capacity between 1 and 5000),
  party_max int not null check (party_max between 1 and 20),
  roles text[] not null check (roles <@ array['owner', 'tenant', 'household'] and cardinality(roles) >= 1),
  state text not null check (state in ('draft', 'open', 'cancelled')),
  taken_count int not null default 0 check (taken_count >= 0),
  last_no int not null default 0,
  ended_reason text,
  report text,
  report_at timestamptz,
  report_by_name text,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, activity_id),
  check (from_at < to_at),
  check (sign_until_at <= to_at),
  check (kind = 'activity' or party_max = 1),
  constraint activity_full check (capacity is null or taken_count <= capacity),
  check ((state = 'cancelled') = (ended_reason is not null)),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index activity_at on community.activity (company_id, from_at desc);
create index activity_community on community.activity (company_id, community_id, from_at desc);
select kernel.isolate('community.activity', 'select, insert, update');
comment on table community.activity is '社区活动和志愿服务;只有免费的';
comment on column community.activity.company_id is '公司';
comment on column community.activity.activity_id is '编号';
comment on column community.activity.community_id is '小区';
comment on column community.activity.kind is '种类:activity 活动,volunteer 志愿服务';
comment on column community.activity.title is '名称';
comment on column community.activity.body is '说明,格式同公告';
comment on column community.activity.place is '地点';
comment on column community.activity.from_at is '开始';
comment on column community.activity.to_at is '结束';
comment on column community.activity.sign_until_at is '报名截止';
comment on column community.activity.capacity is '名额(人),空为不限';
comment on column community.activity.party_max is '一次报名最多几人';
comment on column community.activity.roles is '谁可以报名:owner 业主,tenant 租户,household 住户成员';
comment on column community.activity.state is '状态:draft 草稿,open 已发布,cancelled 已取消';
comment on column community.activity.taken_count is '已占名额(人),不能多于名额';
comment on column community.activity.last_no is '报名的先后已用到几号';
comment on column community.activity.ended_reason is '取消原因,业户看得到';
comment on column community.activity.report is '活动回顾';
comment on column community.activity.report_at is '回顾时间';
comment on column community.activity.report_by_name is '回顾人';
comment on column community.activity.made_by_name is '发起人';
comment on column community.activity.made_at is '建立时间';

create table community.activity_photo (
  company_id bigint not null,
  activity_id uuid not null,
  file_id uuid not null,
  sort_no int not null,
  primary key (company_id, activity_id, file_id),
  foreign key (company_id, activity_id) references community.activity (company_id, activity_id)
);
select kernel.isolate('community.activity_photo', 'select, insert, delete');
comment on table community.activity_photo is '活动回顾的照片';
comment on column community.activity_photo.company_id is '公司';
comment on column community.activity_photo.activity_id is '活动';
comment on column community.activity_photo.file_id is '照片';
comment on column community.activity_photo.sort_no is '次序';

create table community.signup (
  company_id bigint not null,
  signup_id uuid not null,
  activity_id uuid not null,
  no int not null check (no >= 1),
  house_id uuid not null,
  person_id uuid,
  contact_name text not null,
  contact_phone text,
  people_count int not null check (people_count between 1 and 20),
  state text not null check (state in ('in', 'waiting', 'cancelled')),
  code text not null,
  source text not null check (source in ('app', 'desk')),
  came_at timestamptz,
  came_by_name text,
  ended_reason text,
  ended_by_name text,
  minutes int check (minutes between 1 and 1440),
  minutes_by uuid,
  minutes_by_name text,
  minutes_at timestamptz,
  confirmed_by uuid,
  confirmed_by_name text,
  confirmed_at timestamptz,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, signup_id),
  unique (company_id, activity_id, no),
  check (came_at is null or state = 'in'),
  check (minutes is null or came_at is not null),
  check ((minutes is null) = (minutes_by is null)),
  constraint signup_two_persons check (confirmed_by is null or confirmed_by <> minutes_by),
  check ((confirmed_by is null) = (confirmed_at is null)),
  foreign key (company_id, activity_id) references community.activity (company_id, activity_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id)
);
create unique index signup_once on community.signup (company_id, activity_id, person_id) where person_id is not null and state in ('in', 'waiting');
create unique index signup_code on community.signup (company_id, activity_id, code);
create index signup_person on community.signup (company_id, person_id);
create index signup_house on community.signup (company_id, house_id);
select kernel.isolate('community.signup', 'select, insert, update');
comment on table community.signup is '活动报名';
comment on column community.signup.company_id is '公司';
comment on column community.signup.signup_id is '编号';
comment on column community.signup.activity_id is '活动';
comment on column community.signup.no is '先后';
comment on column community.signup.house_id is '哪一户';
comment on column community.signup.person_id is '报名人;到期或代报未指定的没有';
comment on column community.signup.contact_name is '姓名;到期删为「已删除」';
comment on column community.signup.contact_phone is '电话;到期删除';
comment on column community.signup.people_count is '几人';
comment on column community.signup.state is '状态:in 已报名,waiting 候补,cancelled 已取消';
comment on column community.signup.code is '签到码';
comment on column community.signup.source is '来源:app 业户手机,desk 员工代报';
comment on column community.signup.came_at is '签到时间';
comment on column community.signup.came_by_name is '签到人';
comment on column community.signup.ended_reason is '取消原因';
comment on column community.signup.ended_by_name is '取消人';
comment on column community.signup.minutes is '志愿服务分钟';
comment on column community.signup.minutes_by is '登记时长的人';
comment on column community.signup.minutes_by_name is '登记时长的人姓名';
comment on column community.signup.minutes_at is '登记时长的时间';
comment on column community.signup.confirmed_by is '确认时长的人,不能是登记的人';
comment on column community.signup.confirmed_by_name is '确认时长的人姓名';
comment on column community.signup.confirmed_at is '确认时长的时间';
comment on column community.signup.made_by_name is '报名人或代报员工';
comment on column community.signup.made_at is '报名时间';

alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['community.activity.read', 'community.activity.write', 'community.activity.check', 'community.activity.export', 'community.hours.confirm']::text[] where built_in and code in ('manager') and not permissions && array['*', 'community.activity.read'];
update identity.role set permissions = permissions || array['community.activity.read', 'community.activity.write', 'community.activity.check', 'community.activity.export', 'community.hours.confirm']::text[] where built_in and code in ('service', 'steward') and not permissions && array['*', 'community.activity.read'];
update identity.role set permissions = permissions || array['community.activity.read', 'community.activity.export']::text[] where built_in and code in ('finance') and not permissions && array['*', 'community.activity.read'];
update identity.role set permissions = permissions || array['community.activity.read']::text[] where built_in and code in ('inspector', 'visitor') and not permissions && array['*', 'community.activity.read'];
update identity.role set permissions = permissions || array['community.activity.check']::text[] where built_in and code in ('guard_head', 'guard') and not permissions && array['*', 'community.activity.check'];
alter table identity.role force row level security;
