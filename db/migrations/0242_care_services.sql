-- Customer service, third part: what residents apply for (服务申请). Forms and steps are data by version; a permit is checked at the gate and used
-- once. Arrears are shown to who decides and are never a reason to refuse: nothing is withheld for arrears (民法典 944).
create table care.service (
  company_id bigint not null,
  service_id uuid not null,
  name text not null,
  sort_no int not null default 0,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, service_id)
);
select kernel.isolate('care.service', 'select, insert, update');
comment on table care.service is '服务申请事项:搬出放行条、钥匙领取、证明开具等,公司自己的数据';
comment on column care.service.company_id is '公司';
comment on column care.service.service_id is '编号';
comment on column care.service.name is '名称';
comment on column care.service.sort_no is '排序';
comment on column care.service.retired_at is '停用时间';
comment on column care.service.changed_by is '修改人,空为出厂';
comment on column care.service.changed_at is '修改时间';


create table care.service_version (
  company_id bigint not null,
  version_id uuid not null,
  service_id uuid not null,
  version_no int not null,
  from_on date not null,
  intro text not null,
  fields jsonb not null,
  steps jsonb not null,
  permit boolean not null,
  permit_hours int not null check (permit_hours between 1 and 720),
  show_arrears boolean not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, version_id),
  unique (company_id, service_id, version_no),
  foreign key (company_id, service_id) references care.service (company_id, service_id)
);
create index service_version_of on care.service_version (company_id, service_id, from_on desc, version_no desc);
select kernel.isolate('care.service_version', 'select, insert');
comment on table care.service_version is '事项的表单、步骤与凭条,按日生效,只增';
comment on column care.service_version.company_id is '公司';
comment on column care.service_version.version_id is '编号';
comment on column care.service_version.service_id is '事项';
comment on column care.service_version.version_no is '第几版';
comment on column care.service_version.from_on is '生效日';
comment on column care.service_version.intro is '办理说明';
comment on column care.service_version.fields is '表单栏目:名称、类型、选项、必填';
comment on column care.service_version.steps is '审批步骤:名称、部门、工作日时限';
comment on column care.service_version.permit is '批准后出具放行凭条';
comment on column care.service_version.permit_hours is '凭条有效小时数';
comment on column care.service_version.show_arrears is '审批时显示欠费,只显示不限制';
comment on column care.service_version.created_by is '设置人,空为出厂';
comment on column care.service_version.created_at is '设置时间';


create table care.application (
  company_id bigint not null,
  application_id uuid not null,
  no text not null,
  service_id uuid not null,
  version_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  person_id uuid,
  applicant_name text not null,
  applicant_phone text,
  source text not null check (source in ('app','desk')),
  answers jsonb not null,
  file_ids uuid[] not null default '{}',
  state text not null check (state in ('deciding','approved','rejected','cancelled','used','done','expired')),
  step_index int not null default 0,
  department_id uuid,
  due_at timestamptz,
  permit_code text,
  permit_until timestamptz,
  told_late_at timestamptz,
  decided_at timestamptz,
  ended_at timestamptz,
  step_no int not null default 1,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, application_id),
  unique (company_id, no),
  unique (company_id, permit_code),
  foreign key (company_id, service_id) references care.service (company_id, service_id),
  foreign key (company_id, version_id) references care.service_version (company_id, version_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, person_id) references people.person (company_id, person_id),
  foreign key (company_id, department_id) references care.department (company_id, department_id),
  check ((permit_code is null) = (permit_until is null)),
  check (state <> 'deciding' or due_at is not null),
  check (state <> 'used' or permit_code is not null)
);
create index application_list on care.application (company_id, created_at desc, application_id);
create index application_open on care.application (company_id, community_id, due_at) where state = 'deciding';
create index application_service on care.application (company_id, service_id, created_at desc);
create index application_version on care.application (company_id, version_id);
create index application_community on care.application (company_id, community_id, created_at desc);
create index application_building on care.application (company_id, building_id);
create index application_house on care.application (company_id, house_id, created_at desc);
create index application_person on care.application (company_id, person_id);
create index application_phone on care.application (company_id, applicant_phone, created_at desc);
create index application_department on care.application (company_id, department_id, state);
create index application_permit on care.application (company_id, permit_until) where state = 'approved';
select kernel.isolate('care.application', 'select, insert, update');
comment on table care.application is '服务申请';
comment on column care.application.company_id is '公司';
comment on column care.application.application_id is '编号';
comment on column care.application.no is '申请号';
comment on column care.application.service_id is '事项';
comment on column care.application.version_id is '按哪一版填写';
comment on column care.application.community_id is '小区';
comment on column care.application.building_id is '楼栋';
comment on column care.application.house_id is '房产';
comment on column care.application.person_id is '申请人档案';
comment on column care.application.applicant_name is '申请人';
comment on column care.application.applicant_phone is '电话';
comment on column care.application.source is '来源:app 业主端,desk 前台代办';
comment on column care.application.answers is '填写内容';
comment on column care.application.file_ids is '照片';
comment on column care.application.state is '状态:deciding 审批中,approved 已批准,rejected 未批准,cancelled 已取消,used 已放行,done 已办结,expired 已过期';
comment on column care.application.step_index is '到第几个审批步骤,从 0 起';
comment on column care.application.department_id is '现在由哪个部门审批';
comment on column care.application.due_at is '本步骤时限';
comment on column care.application.permit_code is '凭条码';
comment on column care.application.permit_until is '凭条有效至';
comment on column care.application.told_late_at is '超时提醒时间';
comment on column care.application.decided_at is '批准或未批准的时间';
comment on column care.application.ended_at is '结束时间';
comment on column care.application.step_no is '步数,并发时以此为准';
comment on column care.application.created_by is '登记人账号';
comment on column care.application.created_at is '申请时间';


create table care.application_step (
  company_id bigint not null,
  application_id uuid not null,
  step_no int not null,
  action text not null,
  to_state text not null,
  step_name text,
  by_kind text not null check (by_kind in ('staff','resident','system')),
  by_account uuid,
  by_name text not null,
  note text,
  at timestamptz not null,
  primary key (company_id, application_id, step_no),
  foreign key (company_id, application_id) references care.application (company_id, application_id)
);
select kernel.isolate('care.application_step', 'select, insert');
comment on table care.application_step is '服务申请的每一步,只增';
comment on column care.application_step.company_id is '公司';
comment on column care.application_step.application_id is '申请';
comment on column care.application_step.step_no is '第几步';
comment on column care.application_step.action is '动作';
comment on column care.application_step.to_state is '之后的状态';
comment on column care.application_step.step_name is '审批步骤名称';
comment on column care.application_step.by_kind is '谁:staff 员工,resident 业户,system 系统';
comment on column care.application_step.by_account is '账号';
comment on column care.application_step.by_name is '姓名';
comment on column care.application_step.note is '说明';
comment on column care.application_step.at is '时间';
