-- Staff (HR-01): departments and posts by date, staff files with contracts, certificates, transfers and leaving. Numbers are sealed as those of residents are.
create schema staff;
grant usage on schema staff to heyuan_app;
comment on schema staff is '人事:部门、岗位与编制、员工档案、合同、证书、离职';

create table staff.series (
  company_id bigint not null,
  series text not null,
  last_no int not null check (last_no >= 1),
  primary key (company_id, series)
);
select kernel.isolate('staff.series', 'select, insert, update');
comment on table staff.series is '工号流水';
comment on column staff.series.company_id is '公司';
comment on column staff.series.series is '系列';
comment on column staff.series.last_no is '已用到的号';

create table staff.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  no_prefix text not null check (no_prefix ~ '^[A-Z]{1,4}$'),
  cert_ladder int[] not null check (cardinality(cert_ladder) between 1 and 8),
  contract_ladder int[] not null check (cardinality(contract_ladder) between 1 and 8),
  probation_ladder int[] not null check (cardinality(probation_ladder) between 1 and 8),
  sign_days int not null check (sign_days between 0 and 90),
  bar_percent int not null check (bar_percent between 0 and 100),
  keep_days int not null check (keep_days between 365 and 36500),
  handover_items text[] not null check (cardinality(handover_items) <= 30),
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on staff.policy (company_id, from_on desc, made_at desc);
select kernel.isolate('staff.policy', 'select, insert');
comment on table staff.policy is '人事规则,按生效日,只增';
comment on column staff.policy.company_id is '公司';
comment on column staff.policy.policy_id is '编号';
comment on column staff.policy.from_on is '生效日';
comment on column staff.policy.no_prefix is '工号前缀';
comment on column staff.policy.cert_ladder is '证书到期前几天提醒';
comment on column staff.policy.contract_ladder is '合同到期前几天提醒';
comment on column staff.policy.probation_ladder is '试用期满前几天提醒';
comment on column staff.policy.sign_days is '入职后几天内签订书面合同';
comment on column staff.policy.bar_percent is '持证率应达到的百分比';
comment on column staff.policy.keep_days is '离职后个人信息保留天数';
comment on column staff.policy.handover_items is '离职交接的事项';
comment on column staff.policy.basis is '依据';
comment on column staff.policy.made_by is '设定人账号';
comment on column staff.policy.made_by_name is '设定人';
comment on column staff.policy.made_at is '设定时间';

create table staff.department (
  company_id bigint not null,
  department_id uuid not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, department_id)
);
select kernel.isolate('staff.department', 'select, insert, update');
comment on table staff.department is '部门';
comment on column staff.department.company_id is '公司';
comment on column staff.department.department_id is '编号';
comment on column staff.department.sort_no is '排序';
comment on column staff.department.retired_at is '撤销时间';
comment on column staff.department.created_at is '建立时间';

create table staff.department_version (
  company_id bigint not null,
  version_id uuid not null,
  department_id uuid not null,
  from_on date not null,
  name text not null,
  parent_id uuid,
  community_id uuid,
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, version_id),
  check (parent_id is distinct from department_id),
  foreign key (company_id, department_id) references staff.department (company_id, department_id),
  foreign key (company_id, parent_id) references staff.department (company_id, department_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index department_version_now on staff.department_version (company_id, department_id, from_on desc, made_at desc);
create index department_version_parent on staff.department_version (company_id, parent_id);
create index department_version_community on staff.department_version (company_id, community_id);
select kernel.isolate('staff.department_version', 'select, insert');
comment on table staff.department_version is '部门的名称、上级和所在小区,按生效日,只增';
comment on column staff.department_version.company_id is '公司';
comment on column staff.department_version.version_id is '编号';
comment on column staff.department_version.department_id is '部门';
comment on column staff.department_version.from_on is '生效日';
comment on column staff.department_version.name is '名称';
comment on column staff.department_version.parent_id is '上级部门,空为公司直属';
comment on column staff.department_version.community_id is '所在小区,空为公司本部';
comment on column staff.department_version.basis is '依据';
comment on column staff.department_version.made_by is '设定人账号';
comment on column staff.department_version.made_by_name is '设定人';
comment on column staff.department_version.made_at is '设定时间';

create table staff.post (
  company_id bigint not null,
  post_id uuid not null,
  name text not null,
  family text not null check (family in ('management','service','engineering','security','cleaning','greening','other')),
  duties text not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by_name text not null,
  changed_at timestamptz not null,
  primary key (company_id, post_id),
  unique (company_id, name)
);
select kernel.isolate('staff.post', 'select, insert, update');
comment on table staff.post is '岗位';
comment on column staff.post.company_id is '公司';
comment on column staff.post.post_id is '编号';
comment on column staff.post.name is '名称';
comment on column staff.post.family is '序列:management 管理,service 客服,engineering 工程,security 秩序,cleaning 保洁,greening 绿化,other 其他';
comment on column staff.post.duties is '职责';
comment on column staff.post.sort_no is '排序';
comment on column staff.post.retired_at is '停用时间';
comment on column staff.post.changed_by_name is '修改人';
comment on column staff.post.changed_at is '修改时间';

create table staff.headcount (
  company_id bigint not null,
  headcount_id uuid not null,
  post_id uuid not null,
  community_id uuid,
  from_on date not null,
  people_count int not null check (people_count between 0 and 9999),
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, headcount_id),
  foreign key (company_id, post_id) references staff.post (company_id, post_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index headcount_now on staff.headcount (company_id, post_id, community_id, from_on desc, made_at desc);
create index headcount_community on staff.headcount (company_id, community_id);
select kernel.isolate('staff.headcount', 'select, insert');
comment on table staff.headcount is '编制,按生效日,只增';
comment on column staff.headcount.company_id is '公司';
comment on column staff.headcount.headcount_id is '编号';
comment on column staff.headcount.post_id is '岗位';
comment on column staff.headcount.community_id is '小区,空为公司本部';
comment on column staff.headcount.from_on is '生效日';
comment on column staff.headcount.people_count is '人数';
comment on column staff.headcount.basis is '依据';
comment on column staff.headcount.made_by is '设定人账号';
comment on column staff.headcount.made_by_name is '设定人';
comment on column staff.headcount.made_at is '设定时间';

create table staff.cert_kind (
  company_id bigint not null,
  kind_id uuid not null,
  code text not null,
  name text not null,
  law text not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by_name text,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, code),
  unique (company_id, name)
);
select kernel.isolate('staff.cert_kind', 'select, insert, update');
comment on table staff.cert_kind is '员工证书的种类';
comment on column staff.cert_kind.company_id is '公司';
comment on column staff.cert_kind.kind_id is '编号';
comment on column staff.cert_kind.code is '代码';
comment on column staff.cert_kind.name is '名称';
comment on column staff.cert_kind.law is '依据';
comment on column staff.cert_kind.sort_no is '排序';
comment on column staff.cert_kind.retired_at is '停用时间';
comment on column staff.cert_kind.changed_by_name is '修改人,空为随产品';
comment on column staff.cert_kind.changed_at is '修改时间';

create table staff.need (
  company_id bigint not null,
  need_id uuid not null,
  post_id uuid not null,
  from_on date not null,
  kind_ids uuid[] not null check (cardinality(kind_ids) <= 20),
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, need_id),
  foreign key (company_id, post_id) references staff.post (company_id, post_id)
);
create index need_now on staff.need (company_id, post_id, from_on desc, made_at desc);
select kernel.isolate('staff.need', 'select, insert');
comment on table staff.need is '岗位要求的证书,按生效日,只增';
comment on column staff.need.company_id is '公司';
comment on column staff.need.need_id is '编号';
comment on column staff.need.post_id is '岗位';
comment on column staff.need.from_on is '生效日';
comment on column staff.need.kind_ids is '要求的证书,每种都要有';
comment on column staff.need.basis is '依据';
comment on column staff.need.made_by is '设定人账号';
comment on column staff.need.made_by_name is '设定人';
comment on column staff.need.made_at is '设定时间';

create table staff.employee (
  company_id bigint not null,
  employee_id uuid not null,
  no text not null,
  name text not null,
  initials text not null,
  phone text,
  phone_tail text not null,
  id_kind text,
  id_number_sealed text,
  id_number_hash text,
  id_number_tail text,
  emergency_name text,
  emergency_phone text,
  account_id uuid,
  entered_on date not null,
  probation_to_on date,
  left_on date,
  left_at timestamptz,
  note text,
  forgotten_at timestamptz,
  import_id uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (company_id, employee_id),
  unique (company_id, no),
  check (left_on is null or left_on >= entered_on),
  check (left_at is null or left_on is not null),
  foreign key (company_id, account_id) references identity.member (company_id, account_id)
);
create unique index employee_account on staff.employee (company_id, account_id) where left_at is null and account_id is not null;
create unique index employee_id_number on staff.employee (company_id, id_number_hash) where left_at is null and id_number_hash is not null;
create index employee_name on staff.employee (company_id, name, employee_id);
create index employee_left on staff.employee (company_id, left_on) where left_on is not null;
create index employee_account_all on staff.employee (company_id, account_id);
select kernel.isolate('staff.employee', 'select, insert, update, delete');
comment on table staff.employee is '员工档案';
comment on column staff.employee.company_id is '公司';
comment on column staff.employee.employee_id is '编号';
comment on column staff.employee.no is '工号';
comment on column staff.employee.name is '姓名';
comment on column staff.employee.initials is '姓名拼音首字母';
comment on column staff.employee.phone is '手机';
comment on column staff.employee.phone_tail is '手机后四位';
comment on column staff.employee.id_kind is '证件种类';
comment on column staff.employee.id_number_sealed is '证件号(加密)';
comment on column staff.employee.id_number_hash is '证件号摘要';
comment on column staff.employee.id_number_tail is '证件号后四位';
comment on column staff.employee.emergency_name is '紧急联系人';
comment on column staff.employee.emergency_phone is '紧急联系人电话';
comment on column staff.employee.account_id is '登录账号';
comment on column staff.employee.entered_on is '入职日';
comment on column staff.employee.probation_to_on is '试用期至';
comment on column staff.employee.left_on is '最后工作日';
comment on column staff.employee.left_at is '离职生效时间';
comment on column staff.employee.note is '备注';
comment on column staff.employee.forgotten_at is '个人信息删除时间';
comment on column staff.employee.import_id is '导入批次';
comment on column staff.employee.created_by_name is '建档人';
comment on column staff.employee.created_at is '建档时间';
comment on column staff.employee.changed_at is '修改时间';

create table staff.assignment (
  company_id bigint not null,
  assignment_id uuid not null,
  employee_id uuid not null,
  from_on date not null,
  post_id uuid not null,
  department_id uuid not null,
  community_id uuid,
  kind text not null check (kind in ('entry','transfer')),
  reason text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  voided_at timestamptz,
  voided_by_name text,
  voided_reason text,
  primary key (company_id, assignment_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  foreign key (company_id, post_id) references staff.post (company_id, post_id),
  foreign key (company_id, department_id) references staff.department (company_id, department_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index assignment_day on staff.assignment (company_id, employee_id, from_on) where voided_at is null;
create index assignment_employee on staff.assignment (company_id, employee_id);
create index assignment_post on staff.assignment (company_id, post_id);
create index assignment_department on staff.assignment (company_id, department_id);
create index assignment_community on staff.assignment (company_id, community_id);
select kernel.isolate('staff.assignment', 'select, insert, update, delete');
comment on table staff.assignment is '任职:从哪天起在哪个部门、岗位和小区;某天用的是起始日不晚于它的最后一条';
comment on column staff.assignment.company_id is '公司';
comment on column staff.assignment.assignment_id is '编号';
comment on column staff.assignment.employee_id is '员工';
comment on column staff.assignment.from_on is '起始日';
comment on column staff.assignment.post_id is '岗位';
comment on column staff.assignment.department_id is '部门';
comment on column staff.assignment.community_id is '小区,空为公司本部';
comment on column staff.assignment.kind is '种类:entry 入职,transfer 调动';
comment on column staff.assignment.reason is '原因';
comment on column staff.assignment.made_by is '设定人账号';
comment on column staff.assignment.made_by_name is '设定人';
comment on column staff.assignment.made_at is '设定时间';
comment on column staff.assignment.voided_at is '撤销时间';
comment on column staff.assignment.voided_by_name is '撤销人';
comment on column staff.assignment.voided_reason is '撤销原因';

create table staff.labour_contract (
  company_id bigint not null,
  contract_id uuid not null,
  employee_id uuid not null,
  kind text not null check (kind in ('fixed','open','task','service')),
  from_on date not null,
  to_on date,
  signed_on date not null,
  note text,
  file_id uuid,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  ended_on date,
  end_reason text,
  primary key (company_id, contract_id),
  check (to_on is null or to_on >= from_on),
  check ((kind = 'open') <= (to_on is null)),
  check (kind <> 'fixed' or to_on is not null),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id)
);
create index labour_contract_employee on staff.labour_contract (company_id, employee_id, from_on desc);
select kernel.isolate('staff.labour_contract', 'select, insert, update, delete');
comment on table staff.labour_contract is '劳动合同';
comment on column staff.labour_contract.company_id is '公司';
comment on column staff.labour_contract.contract_id is '编号';
comment on column staff.labour_contract.employee_id is '员工';
comment on column staff.labour_contract.kind is '种类:fixed 固定期限,open 无固定期限,task 以完成任务为期限,service 劳务';
comment on column staff.labour_contract.from_on is '起';
comment on column staff.labour_contract.to_on is '止(含)';
comment on column staff.labour_contract.signed_on is '签订日';
comment on column staff.labour_contract.note is '备注';
comment on column staff.labour_contract.file_id is '扫描件';
comment on column staff.labour_contract.made_by is '设定人账号';
comment on column staff.labour_contract.made_by_name is '设定人';
comment on column staff.labour_contract.made_at is '设定时间';
comment on column staff.labour_contract.ended_on is '提前终止日';
comment on column staff.labour_contract.end_reason is '终止原因';

create table staff.cert (
  company_id bigint not null,
  cert_id uuid not null,
  employee_id uuid not null,
  kind_id uuid not null,
  no text,
  class text,
  issuer text not null,
  issued_on date not null,
  valid_to_on date,
  file_id uuid,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by_name text,
  end_reason text,
  primary key (company_id, cert_id),
  check (valid_to_on is null or valid_to_on >= issued_on),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  foreign key (company_id, kind_id) references staff.cert_kind (company_id, kind_id)
);
create index cert_employee on staff.cert (company_id, employee_id, kind_id, issued_on desc) where ended_at is null;
create index cert_employee_all on staff.cert (company_id, employee_id);
create index cert_kind_of on staff.cert (company_id, kind_id);
select kernel.isolate('staff.cert', 'select, insert, update');
comment on table staff.cert is '员工证书';
comment on column staff.cert.company_id is '公司';
comment on column staff.cert.cert_id is '编号';
comment on column staff.cert.employee_id is '员工';
comment on column staff.cert.kind_id is '种类';
comment on column staff.cert.no is '证书编号';
comment on column staff.cert.class is '等级或类别';
comment on column staff.cert.issuer is '发证机关';
comment on column staff.cert.issued_on is '发证或复审日';
comment on column staff.cert.valid_to_on is '有效期至(含),空为长期';
comment on column staff.cert.file_id is '扫描件';
comment on column staff.cert.made_by is '设定人账号';
comment on column staff.cert.made_by_name is '设定人';
comment on column staff.cert.made_at is '设定时间';
comment on column staff.cert.ended_at is '作废时间';
comment on column staff.cert.ended_by_name is '作废人';
comment on column staff.cert.end_reason is '作废原因';

create table staff.told (
  company_id bigint not null,
  subject_id uuid not null,
  step text not null,
  told_count int not null,
  told_at timestamptz not null,
  primary key (company_id, subject_id, step)
);
select kernel.isolate('staff.told', 'select, insert');
comment on table staff.told is '已提醒的步骤,每步一次';
comment on column staff.told.company_id is '公司';
comment on column staff.told.subject_id is '证书、合同或员工';
comment on column staff.told.step is '步骤:cert 30、contract 60、probation 7';
comment on column staff.told.told_count is '告知人数';
comment on column staff.told.told_at is '提醒时间';

create table staff.leaving (
  company_id bigint not null,
  leaving_id uuid not null,
  employee_id uuid not null,
  kind text not null check (kind in ('resign','expire','dismiss','retire','other')),
  last_on date not null,
  reason text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  cancelled_at timestamptz,
  cancelled_by_name text,
  cancelled_reason text,
  done_at timestamptz,
  account_words text,
  primary key (company_id, leaving_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id)
);
create unique index leaving_once on staff.leaving (company_id, employee_id) where cancelled_at is null;
create index leaving_employee on staff.leaving (company_id, employee_id);
create index leaving_due on staff.leaving (company_id, last_on) where done_at is null and cancelled_at is null;
select kernel.isolate('staff.leaving', 'select, insert, update');
comment on table staff.leaving is '离职办理';
comment on column staff.leaving.company_id is '公司';
comment on column staff.leaving.leaving_id is '编号';
comment on column staff.leaving.employee_id is '员工';
comment on column staff.leaving.kind is '种类:resign 辞职,expire 合同到期,dismiss 解除,retire 退休,other 其他';
comment on column staff.leaving.last_on is '最后工作日';
comment on column staff.leaving.reason is '原因';
comment on column staff.leaving.made_by is '设定人账号';
comment on column staff.leaving.made_by_name is '设定人';
comment on column staff.leaving.made_at is '设定时间';
comment on column staff.leaving.cancelled_at is '撤销时间';
comment on column staff.leaving.cancelled_by_name is '撤销人';
comment on column staff.leaving.cancelled_reason is '撤销原因';
comment on column staff.leaving.done_at is '生效时间';
comment on column staff.leaving.account_words is '账号停用的结果';

create table staff.handover_item (
  company_id bigint not null,
  item_id uuid not null,
  leaving_id uuid not null,
  item_no int not null check (item_no between 1 and 60),
  text text not null,
  done_at timestamptz,
  done_by_name text,
  note text,
  primary key (company_id, item_id),
  unique (company_id, leaving_id, item_no),
  foreign key (company_id, leaving_id) references staff.leaving (company_id, leaving_id)
);
select kernel.isolate('staff.handover_item', 'select, insert, update');
comment on table staff.handover_item is '离职交接事项';
comment on column staff.handover_item.company_id is '公司';
comment on column staff.handover_item.item_id is '编号';
comment on column staff.handover_item.leaving_id is '离职';
comment on column staff.handover_item.item_no is '序号';
comment on column staff.handover_item.text is '事项';
comment on column staff.handover_item.done_at is '交接时间';
comment on column staff.handover_item.done_by_name is '接收人';
comment on column staff.handover_item.note is '说明';
