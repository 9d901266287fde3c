create schema forms;
grant usage on schema forms to heyuan_app;
comment on schema forms is '单据模板:票据与通知单的版式,按版本生效';

create table forms.template (
  company_id bigint not null,
  template_id uuid not null,
  kind text not null,
  paper text not null check (paper in ('a4','a5','half','third','roll')),
  community_id uuid,
  name text not null,
  sole boolean not null,
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by_name text,
  primary key (company_id, template_id)
);
-- Of a paper that is printed without asking there is one template a place; notices are chosen by name.
create unique index template_sole on forms.template (company_id, kind, paper, coalesce(community_id, '00000000-0000-0000-0000-000000000000'::uuid)) where sole and ended_at is null;
create unique index template_name on forms.template (company_id, kind, coalesce(community_id, '00000000-0000-0000-0000-000000000000'::uuid), name) where ended_at is null;
create index template_list on forms.template (company_id, kind, paper, community_id, created_at);
select kernel.isolate('forms.template', 'select, insert, update');
comment on table forms.template is '单据模板:小区的优先,没有时用公司的,再没有用内置版式';
comment on column forms.template.company_id is '公司';
comment on column forms.template.template_id is '编号';
comment on column forms.template.kind is '单据';
comment on column forms.template.paper is '纸张:a4、a5、half 241 毫米二等分、third 三等分、roll 80 毫米卷纸';
comment on column forms.template.community_id is '小区,空为全公司';
comment on column forms.template.name is '名称';
comment on column forms.template.sole is '同一范围内这种单据这种纸张只用一个';
comment on column forms.template.created_by is '建立人';
comment on column forms.template.created_by_name is '建立人姓名';
comment on column forms.template.created_at is '建立时间';
comment on column forms.template.ended_at is '停用时间';
comment on column forms.template.ended_by_name is '停用人';

create table forms.draft (
  company_id bigint not null,
  template_id uuid not null,
  design jsonb not null,
  note text,
  asked_at timestamptz,
  made_by uuid not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, template_id),
  foreign key (company_id, template_id) references forms.template
);
select kernel.isolate('forms.draft', 'select, insert, update, delete');
comment on table forms.draft is '正在修改的版式,每个模板至多一份';
comment on column forms.draft.company_id is '公司';
comment on column forms.draft.template_id is '模板';
comment on column forms.draft.design is '版式';
comment on column forms.draft.note is '修改说明';
comment on column forms.draft.asked_at is '提交审批的时间,审批期间不能修改';
comment on column forms.draft.made_by is '修改人';
comment on column forms.draft.made_by_name is '修改人姓名';
comment on column forms.draft.made_at is '修改时间';

create table forms.version (
  company_id bigint not null,
  template_id uuid not null,
  version_no int not null check (version_no >= 1),
  design jsonb not null,
  note text,
  from_on date not null,
  made_by_name text not null,
  published_by uuid,
  published_by_name text not null,
  published_at timestamptz not null,
  primary key (company_id, template_id, version_no),
  foreign key (company_id, template_id) references forms.template
);
select kernel.isolate('forms.version', 'select, insert');
comment on table forms.version is '已发布的版式,只增不改:补打用当日生效的一版';
comment on column forms.version.company_id is '公司';
comment on column forms.version.template_id is '模板';
comment on column forms.version.version_no is '第几版';
comment on column forms.version.design is '版式';
comment on column forms.version.note is '修改说明';
comment on column forms.version.from_on is '生效日';
comment on column forms.version.made_by_name is '修改人姓名';
comment on column forms.version.published_by is '发布人';
comment on column forms.version.published_by_name is '发布人姓名';
comment on column forms.version.published_at is '发布时间';
