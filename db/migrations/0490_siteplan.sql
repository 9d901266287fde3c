-- Site plans (平面图): pictures of a place by version, what stands where on them, and the ways out.
create schema siteplan;
grant usage on schema siteplan to heyuan_app;
comment on schema siteplan is '平面图:小区、楼层、车库、机房的图,图上的设备、门、摄像机和疏散路线';

create table siteplan.plan (
  company_id bigint not null,
  plan_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  kind text not null check (kind in ('site','floor','garage','room')),
  name text not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, plan_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id)
);
create index plan_building on siteplan.plan (company_id, building_id);
select kernel.isolate('siteplan.plan', 'select, insert, update');
comment on table siteplan.plan is '平面图';
comment on column siteplan.plan.company_id is '公司';
comment on column siteplan.plan.plan_id is '编号';
comment on column siteplan.plan.community_id is '小区';
comment on column siteplan.plan.building_id is '楼栋,整个小区的图没有';
comment on column siteplan.plan.kind is '种类:全区、楼层、车库、机房';
comment on column siteplan.plan.name is '名称';
comment on column siteplan.plan.sort_no is '排序';
comment on column siteplan.plan.retired_at is '停用时间';
comment on column siteplan.plan.changed_by is '修改人';
comment on column siteplan.plan.changed_at is '修改时间';

create table siteplan.version (
  company_id bigint not null,
  version_id uuid not null,
  plan_id uuid not null,
  version_no int not null check (version_no >= 1),
  from_on date not null,
  file_id uuid not null,
  width_px int not null check (width_px between 1 and 20000),
  height_px int not null check (height_px between 1 and 20000),
  note text,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, version_id),
  unique (company_id, plan_id, version_no),
  foreign key (company_id, plan_id) references siteplan.plan (company_id, plan_id)
);
create index version_now on siteplan.version (company_id, plan_id, from_on desc, version_no desc);
select kernel.isolate('siteplan.version', 'select, insert');
comment on table siteplan.version is '平面图的版本,只增;某天用的是生效日不晚于它的最后一版';
comment on column siteplan.version.company_id is '公司';
comment on column siteplan.version.version_id is '编号';
comment on column siteplan.version.plan_id is '平面图';
comment on column siteplan.version.version_no is '第几版';
comment on column siteplan.version.from_on is '生效日';
comment on column siteplan.version.file_id is '图片';
comment on column siteplan.version.width_px is '图片宽(像素)';
comment on column siteplan.version.height_px is '图片高(像素)';
comment on column siteplan.version.note is '这一版改了什么';
comment on column siteplan.version.made_by is '上传人';
comment on column siteplan.version.made_by_name is '上传人姓名';
comment on column siteplan.version.made_at is '上传时间';

create table siteplan.pin (
  company_id bigint not null,
  version_id uuid not null,
  pin_id uuid not null,
  kind text not null check (kind in ('device','door','camera','lane','equipment','sign','point','building','mark')),
  subject_id uuid,
  mark text check (mark in ('exit','stairs','control','phone','here','text')),
  label text,
  x_permille int not null check (x_permille between 0 and 1000),
  y_permille int not null check (y_permille between 0 and 1000),
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, pin_id),
  check ((kind = 'mark') = (subject_id is null) and (kind = 'mark') = (mark is not null)),
  foreign key (company_id, version_id) references siteplan.version (company_id, version_id)
);
create unique index pin_once on siteplan.pin (company_id, version_id, kind, subject_id) where subject_id is not null;
create index pin_subject on siteplan.pin (company_id, kind, subject_id);
create index pin_version on siteplan.pin (company_id, version_id);
select kernel.isolate('siteplan.pin', 'select, insert, update, delete');
comment on table siteplan.pin is '图上的点';
comment on column siteplan.pin.company_id is '公司';
comment on column siteplan.pin.version_id is '在哪一版上';
comment on column siteplan.pin.pin_id is '编号';
comment on column siteplan.pin.kind is '种类:智能设备、门、摄像机、车行通道、设备、警示标识、集合点、楼栋、图例';
comment on column siteplan.pin.subject_id is '对象编号,图例没有';
comment on column siteplan.pin.mark is '图例:安全出口、疏散楼梯、消防控制室、消防电话、当前位置、文字';
comment on column siteplan.pin.label is '图例的文字';
comment on column siteplan.pin.x_permille is '从左起,图宽的千分之几';
comment on column siteplan.pin.y_permille is '从上起,图高的千分之几';
comment on column siteplan.pin.changed_by is '修改人';
comment on column siteplan.pin.changed_at is '修改时间';

create table siteplan.line (
  company_id bigint not null,
  version_id uuid not null,
  line_id uuid not null,
  kind text not null check (kind in ('escape','fire_lane')),
  label text,
  points jsonb not null check (jsonb_typeof(points) = 'array'),
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, line_id),
  foreign key (company_id, version_id) references siteplan.version (company_id, version_id)
);
create index line_version on siteplan.line (company_id, version_id);
select kernel.isolate('siteplan.line', 'select, insert, update, delete');
comment on table siteplan.line is '图上的路线';
comment on column siteplan.line.company_id is '公司';
comment on column siteplan.line.version_id is '在哪一版上';
comment on column siteplan.line.line_id is '编号';
comment on column siteplan.line.kind is '种类:疏散路线、消防车通道';
comment on column siteplan.line.label is '说明';
comment on column siteplan.line.points is '折点,每点是图宽、图高的千分之几,按行走方向';
comment on column siteplan.line.changed_by is '修改人';
comment on column siteplan.line.changed_at is '修改时间';

-- Posts that exist already see plans, and draw them, as those of a new company do. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['siteplan.plan.read']::text[] where built_in and code in ('manager','foreman','guard_head','guard','repairer','inspector','finance','visitor') and not permissions && array['*', 'siteplan.plan.read'];
update identity.role set permissions = permissions || array['siteplan.plan.write']::text[] where built_in and code in ('manager','foreman','guard_head') and not permissions && array['*', 'siteplan.plan.write'];
alter table identity.role force row level security;
