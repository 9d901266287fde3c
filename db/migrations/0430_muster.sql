-- Muster (集合点名): who was last where, in an emergency or a drill alone; what beacons say is kept for hours, names on a roll for days.
create schema muster;
grant usage on schema muster to heyuan_app;
comment on schema muster is '集合点名:应急和演练时谁最后在哪里、谁到了集合点';

create table muster.rule (
  company_id bigint not null,
  rule_id uuid not null,
  from_on date not null,
  keep_hours int not null check (keep_hours between 1 and 168),
  roll_days int not null check (roll_days between 1 and 365),
  seen_hours int not null check (seen_hours between 1 and 72),
  credible_min int not null check (credible_min between 5 and 1440),
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  check (seen_hours <= keep_hours)
);
create index rule_now on muster.rule (company_id, from_on desc, created_at desc);
select kernel.isolate('muster.rule', 'select, insert');
comment on table muster.rule is '点名规则,按生效日,只增';
comment on column muster.rule.company_id is '公司';
comment on column muster.rule.rule_id is '编号';
comment on column muster.rule.from_on is '生效日';
comment on column muster.rule.keep_hours is '信标定位保存小时,过后删除';
comment on column muster.rule.roll_days is '点名册姓名保存天数,过后只留人数';
comment on column muster.rule.seen_hours is '点名时往前看多少小时';
comment on column muster.rule.credible_min is '多少分钟以内的位置可信';
comment on column muster.rule.basis is '依据';
comment on column muster.rule.created_by is '设定人';
comment on column muster.rule.created_at is '设定时间';

create table muster.point (
  company_id bigint not null,
  point_id uuid not null,
  community_id uuid not null,
  name text not null,
  place text not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, point_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index point_name on muster.point (company_id, community_id, name);
select kernel.isolate('muster.point', 'select, insert, update');
comment on table muster.point is '集合点';
comment on column muster.point.company_id is '公司';
comment on column muster.point.point_id is '编号';
comment on column muster.point.community_id is '小区';
comment on column muster.point.name is '名称';
comment on column muster.point.place is '位置';
comment on column muster.point.retired_at is '停用时间';
comment on column muster.point.changed_by is '修改人';
comment on column muster.point.changed_at is '修改时间';

create table muster.gateway (
  company_id bigint not null,
  gateway_id uuid not null,
  community_id uuid not null,
  name text not null,
  zone text not null,
  secret_no int not null default 1,
  heard_at timestamptz,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, gateway_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index gateway_name on muster.gateway (company_id, community_id, name);
select kernel.isolate('muster.gateway', 'select, insert, update');
comment on table muster.gateway is '信标网关:收到员工工牌信号的地方';
comment on column muster.gateway.company_id is '公司';
comment on column muster.gateway.gateway_id is '编号';
comment on column muster.gateway.community_id is '小区';
comment on column muster.gateway.name is '名称';
comment on column muster.gateway.zone is '所在区域';
comment on column muster.gateway.secret_no is '接入地址的口令版本';
comment on column muster.gateway.heard_at is '最近上报';
comment on column muster.gateway.retired_at is '停用时间';
comment on column muster.gateway.changed_by is '修改人';
comment on column muster.gateway.changed_at is '修改时间';

create table muster.tag (
  company_id bigint not null,
  tag_id uuid not null,
  no text not null,
  account_id uuid not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, tag_id)
);
create unique index tag_no on muster.tag (company_id, no) where retired_at is null;
create index tag_account on muster.tag (company_id, account_id);
select kernel.isolate('muster.tag', 'select, insert, update');
comment on table muster.tag is '信标工牌:员工佩戴,住户不佩戴';
comment on column muster.tag.company_id is '公司';
comment on column muster.tag.tag_id is '编号';
comment on column muster.tag.no is '工牌编号';
comment on column muster.tag.account_id is '员工';
comment on column muster.tag.retired_at is '停用时间';
comment on column muster.tag.changed_by is '修改人';
comment on column muster.tag.changed_at is '修改时间';

create table muster.sighting (
  company_id bigint not null,
  sighting_id uuid not null,
  community_id uuid not null,
  gateway_id uuid not null,
  account_id uuid not null,
  zone text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  primary key (company_id, sighting_id),
  foreign key (company_id, gateway_id) references muster.gateway (company_id, gateway_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index sighting_once on muster.sighting (company_id, gateway_id, account_id, at);
create index sighting_last on muster.sighting (company_id, community_id, account_id, at desc);
create index sighting_old on muster.sighting (company_id, at);
select kernel.isolate('muster.sighting', 'select, insert, delete');
comment on table muster.sighting is '信标定位:只在应急和演练点名时读取,过保存小时删除';
comment on column muster.sighting.company_id is '公司';
comment on column muster.sighting.sighting_id is '编号';
comment on column muster.sighting.community_id is '小区';
comment on column muster.sighting.gateway_id is '网关';
comment on column muster.sighting.account_id is '员工';
comment on column muster.sighting.zone is '区域';
comment on column muster.sighting.at is '时间';
comment on column muster.sighting.received_at is '收到时间';

create table muster.roll (
  company_id bigint not null,
  roll_id uuid not null,
  community_id uuid not null,
  cause text not null check (cause in ('drill','emergency','fire')),
  subject_id uuid,
  title text not null,
  state text not null check (state in ('open','closed')),
  started_name text not null,
  started_at timestamptz not null,
  closed_name text,
  closed_at timestamptz,
  note text,
  total_count int not null default 0,
  safe_count int not null default 0,
  help_count int not null default 0,
  forgotten_at timestamptz,
  primary key (company_id, roll_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index roll_list on muster.roll (company_id, community_id, started_at desc, roll_id);
create unique index roll_subject on muster.roll (company_id, subject_id) where subject_id is not null;
create index roll_open on muster.roll (company_id, community_id) where state = 'open';
select kernel.isolate('muster.roll', 'select, insert, update');
comment on table muster.roll is '点名:一次应急或演练';
comment on column muster.roll.company_id is '公司';
comment on column muster.roll.roll_id is '编号';
comment on column muster.roll.community_id is '小区';
comment on column muster.roll.cause is '缘由:drill 演练,emergency 应急,fire 火警';
comment on column muster.roll.subject_id is '应急处置或火警';
comment on column muster.roll.title is '标题';
comment on column muster.roll.state is '状态:open 进行中,closed 已结束';
comment on column muster.roll.started_name is '发起人';
comment on column muster.roll.started_at is '开始时间';
comment on column muster.roll.closed_name is '结束人';
comment on column muster.roll.closed_at is '结束时间';
comment on column muster.roll.note is '结束说明';
comment on column muster.roll.total_count is '名单人数';
comment on column muster.roll.safe_count is '到集合点或已找到人数';
comment on column muster.roll.help_count is '请求帮助人数';
comment on column muster.roll.forgotten_at is '姓名删除时间';

create table muster.entry (
  company_id bigint not null,
  roll_id uuid not null,
  entry_id uuid not null,
  key text not null,
  kind text not null check (kind in ('staff','visitor','resident','helper','other')),
  name text not null,
  about text,
  zone text not null,
  at timestamptz,
  source text not null check (source in ('passage','patrol','beacon','visit','duty','hand')),
  gate boolean not null default false,
  sure boolean not null default true,
  point_id uuid,
  mark text check (mark in ('safe','found','help')),
  mark_how text check (mark_how in ('scan','hand')),
  marked_name text,
  marked_at timestamptz,
  note text,
  primary key (company_id, roll_id, entry_id),
  foreign key (company_id, roll_id) references muster.roll (company_id, roll_id),
  foreign key (company_id, point_id) references muster.point (company_id, point_id)
);
create unique index entry_once on muster.entry (company_id, roll_id, key);
create index entry_point on muster.entry (company_id, point_id) where point_id is not null;
select kernel.isolate('muster.entry', 'select, insert, update, delete');
comment on table muster.entry is '点名册:每人一行,过保存天数删除';
comment on column muster.entry.company_id is '公司';
comment on column muster.entry.roll_id is '点名';
comment on column muster.entry.entry_id is '编号';
comment on column muster.entry.key is '同一人只有一行';
comment on column muster.entry.kind is '身份:staff 员工,visitor 访客,resident 住户,helper 编外人员,other 其他';
comment on column muster.entry.name is '姓名';
comment on column muster.entry.about is '房号或岗位';
comment on column muster.entry.zone is '最后位置';
comment on column muster.entry.at is '最后时间';
comment on column muster.entry.source is '来源:passage 门禁,patrol 巡更,beacon 信标,visit 访客登记,duty 值班表,hand 人工';
comment on column muster.entry.gate is '最后在小区大门,可能已离开';
comment on column muster.entry.sure is '到位有证明';
comment on column muster.entry.point_id is '到了哪个集合点';
comment on column muster.entry.mark is '结果:safe 到集合点,found 已找到,help 请求帮助';
comment on column muster.entry.mark_how is '登记方式:scan 扫码,hand 手工';
comment on column muster.entry.marked_name is '登记人';
comment on column muster.entry.marked_at is '登记时间';
comment on column muster.entry.note is '说明';

create table muster.look (
  company_id bigint not null,
  roll_id uuid not null,
  account_id uuid not null,
  until_at timestamptz not null,
  primary key (company_id, roll_id, account_id),
  foreign key (company_id, roll_id) references muster.roll (company_id, roll_id)
);
select kernel.isolate('muster.look', 'select, insert, update');
comment on table muster.look is '谁打开了点名册,到何时止可以看;每次打开都有审计';
comment on column muster.look.company_id is '公司';
comment on column muster.look.roll_id is '点名';
comment on column muster.look.account_id is '账号';
comment on column muster.look.until_at is '到何时止';
