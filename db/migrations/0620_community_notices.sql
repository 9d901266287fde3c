-- Notices to residents (公告): written, where the company wants it approved by a second person, published at once or at a time, sent in batches, read and confirmed per person and house.
create schema community;
grant usage on schema community to heyuan_app;
comment on schema community is '社区:公告、活动、志愿服务';

create table community.kind (
  company_id bigint not null,
  kind_id uuid not null,
  name text not null,
  urgent boolean not null,
  must_confirm boolean not null,
  valid_days int check (valid_days between 1 and 366),
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, name)
);
select kernel.isolate('community.kind', 'select, insert, update');
comment on table community.kind is '公告类别';
comment on column community.kind.company_id is '公司';
comment on column community.kind.kind_id is '编号';
comment on column community.kind.name is '名称,公司内唯一';
comment on column community.kind.urgent is '新公告默认为紧急';
comment on column community.kind.must_confirm is '新公告默认要求确认';
comment on column community.kind.valid_days is '新公告默认的有效天数,空为长期';
comment on column community.kind.sort_no is '排序';
comment on column community.kind.retired_at is '停用时间';
comment on column community.kind.changed_by is '修改人';
comment on column community.kind.changed_at is '修改时间';

create table community.series (
  company_id bigint not null,
  series text not null,
  last_no int not null check (last_no >= 1),
  primary key (company_id, series)
);
select kernel.isolate('community.series', 'select, insert, update');
comment on table community.series is '公告号的流水';
comment on column community.series.company_id is '公司';
comment on column community.series.series is '系列,每年一个';
comment on column community.series.last_no is '已用到的号';

create table community.notice (
  company_id bigint not null,
  notice_id uuid not null,
  community_id uuid not null,
  kind_id uuid not null,
  no text,
  title text not null,
  body text not null,
  roles text[] not null check (roles <@ array['owner', 'tenant', 'household'] and cardinality(roles) >= 1),
  house_kinds text[] not null,
  urgent boolean not null,
  by_sms boolean not null,
  must_confirm boolean not null,
  pinned boolean not null,
  publish_at timestamptz,
  valid_until_on date,
  state text not null check (state in ('draft', 'asked', 'scheduled', 'published', 'replaced', 'withdrawn')),
  replaces_id uuid,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  published_at timestamptz,
  published_by_name text,
  ended_at timestamptz,
  ended_by_name text,
  ended_reason text,
  send_after uuid,
  sent_at timestamptz,
  reminded_on date,
  kept_counts jsonb,
  primary key (company_id, notice_id),
  unique (company_id, no),
  check (by_sms = false or urgent),
  check ((state in ('published', 'replaced', 'withdrawn')) = (published_at is not null)),
  check ((published_at is null) = (no is null)),
  check ((state in ('replaced', 'withdrawn')) = (ended_at is not null)),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, kind_id) references community.kind (company_id, kind_id),
  foreign key (company_id, replaces_id) references community.notice (company_id, notice_id)
);
create unique index notice_replaces on community.notice (company_id, replaces_id) where replaces_id is not null and state <> 'withdrawn';
create index notice_list on community.notice (company_id, made_at desc);
create index notice_community on community.notice (company_id, community_id, published_at desc);
create index notice_kind on community.notice (company_id, kind_id);
create index notice_due on community.notice (company_id, publish_at) where state = 'scheduled';
select kernel.isolate('community.notice', 'select, insert, update, delete');
comment on table community.notice is '公告;发布后内容不改,更正是另一条代替它的公告';
comment on column community.notice.company_id is '公司';
comment on column community.notice.notice_id is '编号';
comment on column community.notice.community_id is '小区';
comment on column community.notice.kind_id is '类别';
comment on column community.notice.no is '公告号,发布时取';
comment on column community.notice.title is '标题';
comment on column community.notice.body is '正文:# 小标题,- 列项,**粗体**,其余为段落';
comment on column community.notice.roles is '发给:owner 业主,tenant 租户,household 住户成员';
comment on column community.notice.house_kinds is '只发给这些种类的房产,空为全部';
comment on column community.notice.urgent is '紧急';
comment on column community.notice.by_sms is '同时发短信,限紧急公告';
comment on column community.notice.must_confirm is '要求确认「我已知晓」';
comment on column community.notice.pinned is '置顶';
comment on column community.notice.publish_at is '定时发布,空为立即';
comment on column community.notice.valid_until_on is '有效至这一天(含),空为长期';
comment on column community.notice.state is '状态:draft 草稿,asked 待批准,scheduled 待发布,published 已发布,replaced 已更正,withdrawn 已撤回';
comment on column community.notice.replaces_id is '代替哪一条公告';
comment on column community.notice.made_by is '拟稿人';
comment on column community.notice.made_by_name is '拟稿人姓名';
comment on column community.notice.made_at is '拟稿时间';
comment on column community.notice.published_at is '发布时间';
comment on column community.notice.published_by_name is '发布人';
comment on column community.notice.ended_at is '撤回或被代替的时间';
comment on column community.notice.ended_by_name is '撤回人';
comment on column community.notice.ended_reason is '撤回原因,业户看得到';
comment on column community.notice.send_after is '发送已到哪一户';
comment on column community.notice.sent_at is '发送完成时间';
comment on column community.notice.reminded_on is '最近一次提醒未读的日期';
comment on column community.notice.kept_counts is '阅读记录到期删除后留下的数字';

create table community.notice_target (
  company_id bigint not null,
  notice_id uuid not null,
  scope text not null check (scope in ('community', 'zone', 'building', 'unit', 'house')),
  target_id uuid not null,
  primary key (company_id, notice_id, scope, target_id),
  foreign key (company_id, notice_id) references community.notice (company_id, notice_id) on delete cascade
);
select kernel.isolate('community.notice_target', 'select, insert, delete');
comment on table community.notice_target is '公告发给哪些范围';
comment on column community.notice_target.company_id is '公司';
comment on column community.notice_target.notice_id is '公告';
comment on column community.notice_target.scope is '范围:community 小区,zone 分区,building 楼栋,unit 单元,house 房产';
comment on column community.notice_target.target_id is '哪一个';

create table community.notice_file (
  company_id bigint not null,
  notice_id uuid not null,
  file_id uuid not null,
  sort_no int not null,
  name text not null,
  picture boolean not null,
  primary key (company_id, notice_id, file_id),
  foreign key (company_id, notice_id) references community.notice (company_id, notice_id) on delete cascade
);
select kernel.isolate('community.notice_file', 'select, insert, delete');
comment on table community.notice_file is '公告的图片和附件';
comment on column community.notice_file.company_id is '公司';
comment on column community.notice_file.notice_id is '公告';
comment on column community.notice_file.file_id is '文件';
comment on column community.notice_file.sort_no is '次序';
comment on column community.notice_file.name is '文件名';
comment on column community.notice_file.picture is '图片,在正文下显示';

create table community.notice_reader (
  company_id bigint not null,
  notice_id uuid not null,
  house_id uuid not null,
  person_id uuid not null,
  role text not null check (role in ('owner', 'tenant', 'household')),
  sent_at timestamptz,
  read_at timestamptz,
  confirmed_at timestamptz,
  reminded_at timestamptz,
  primary key (company_id, notice_id, house_id, person_id),
  check (confirmed_at is null or read_at is not null),
  foreign key (company_id, notice_id) references community.notice (company_id, notice_id)
);
select kernel.isolate('community.notice_reader', 'select, insert, update, delete');
comment on table community.notice_reader is '公告的阅读记录:发给谁,谁何时读了、确认了;到期删除';
comment on column community.notice_reader.company_id is '公司';
comment on column community.notice_reader.notice_id is '公告';
comment on column community.notice_reader.house_id is '哪一户';
comment on column community.notice_reader.person_id is '谁';
comment on column community.notice_reader.role is '身份';
comment on column community.notice_reader.sent_at is '发送时间;没有手机号或后来才迁入的没有';
comment on column community.notice_reader.read_at is '阅读时间';
comment on column community.notice_reader.confirmed_at is '确认「我已知晓」的时间';
comment on column community.notice_reader.reminded_at is '最近提醒时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['community.notice.read', 'community.notice.write', 'community.notice.decide', 'community.kind.write', 'community.reader.read', 'community.reader.export']::text[] where built_in and code in ('manager') and not permissions && array['*', 'community.notice.read'];
update identity.role set permissions = permissions || array['community.notice.read', 'community.notice.write', 'community.reader.read', 'community.reader.export']::text[] where built_in and code in ('service', 'steward') and not permissions && array['*', 'community.notice.read'];
update identity.role set permissions = permissions || array['community.notice.read', 'community.reader.read', 'community.reader.export']::text[] where built_in and code in ('finance') and not permissions && array['*', 'community.notice.read'];
update identity.role set permissions = permissions || array['community.notice.read', 'community.reader.read']::text[] where built_in and code in ('inspector', 'visitor') and not permissions && array['*', 'community.notice.read'];
update identity.role set permissions = permissions || array['community.notice.read']::text[] where built_in and code in ('cashier', 'foreman', 'repairer', 'guard_head', 'guard', 'cleaning_head', 'cleaner', 'reader') and not permissions && array['*', 'community.notice.read'];
alter table identity.role force row level security;
