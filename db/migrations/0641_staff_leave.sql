-- Leave and overtime (HR-02): kinds with allowances by date, requests decided by others, overlapping ones refused by constraint.

create table staff.leave_kind (
  company_id bigint not null,
  kind_id uuid not null,
  code text not null,
  name text not null,
  sort_no int not null check (sort_no between 0 and 9999),
  retired_at timestamptz,
  changed_by_name text,
  changed_at timestamptz not null,
  primary key (company_id, kind_id),
  unique (company_id, code),
  unique (company_id, name)
);
select kernel.isolate('staff.leave_kind', 'select, insert, update');
comment on table staff.leave_kind is '假期种类';
comment on column staff.leave_kind.company_id is '公司';
comment on column staff.leave_kind.kind_id is '编号';
comment on column staff.leave_kind.code is '代码';
comment on column staff.leave_kind.name is '名称';
comment on column staff.leave_kind.sort_no is '排序';
comment on column staff.leave_kind.retired_at is '停用时间';
comment on column staff.leave_kind.changed_by_name is '修改人,空为随产品';
comment on column staff.leave_kind.changed_at is '修改时间';

create table staff.leave_rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind_id uuid not null,
  from_on date not null,
  paid boolean not null,
  proof boolean not null,
  tiers jsonb not null check (jsonb_typeof(tiers) = 'array'),
  from_rest boolean not null,
  basis text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, kind_id) references staff.leave_kind (company_id, kind_id)
);
create index leave_rule_now on staff.leave_rule (company_id, kind_id, from_on desc, made_at desc);
select kernel.isolate('staff.leave_rule', 'select, insert');
comment on table staff.leave_rule is '假期规则:带薪、额度、证明,按生效日,只增';
comment on column staff.leave_rule.company_id is '公司';
comment on column staff.leave_rule.rule_id is '编号';
comment on column staff.leave_rule.kind_id is '假期种类';
comment on column staff.leave_rule.from_on is '生效日';
comment on column staff.leave_rule.paid is '带薪';
comment on column staff.leave_rule.proof is '须附证明';
comment on column staff.leave_rule.tiers is '每年额度:满几年、几个半天;没有一档为不限';
comment on column staff.leave_rule.from_rest is '额度来自批准的调休加班';
comment on column staff.leave_rule.basis is '依据';
comment on column staff.leave_rule.made_by is '登记人账号';
comment on column staff.leave_rule.made_by_name is '登记人';
comment on column staff.leave_rule.made_at is '登记时间';

create table staff.leave_grant (
  company_id bigint not null,
  grant_id uuid not null,
  employee_id uuid not null,
  kind_id uuid not null,
  year int not null check (year between 2000 and 2100),
  half_days int not null check (half_days between -730 and 730 and half_days <> 0),
  reason text not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, grant_id),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  foreign key (company_id, kind_id) references staff.leave_kind (company_id, kind_id)
);
create index leave_grant_of on staff.leave_grant (company_id, employee_id, year);
create index leave_grant_kind on staff.leave_grant (company_id, kind_id);
select kernel.isolate('staff.leave_grant', 'select, insert');
comment on table staff.leave_grant is '某人某年某种假期额度的增减,只增';
comment on column staff.leave_grant.company_id is '公司';
comment on column staff.leave_grant.grant_id is '编号';
comment on column staff.leave_grant.employee_id is '员工';
comment on column staff.leave_grant.kind_id is '假期种类';
comment on column staff.leave_grant.year is '年份';
comment on column staff.leave_grant.half_days is '增减的半天数';
comment on column staff.leave_grant.reason is '原因';
comment on column staff.leave_grant.made_by is '登记人账号';
comment on column staff.leave_grant.made_by_name is '登记人';
comment on column staff.leave_grant.made_at is '登记时间';

create table staff.absence (
  company_id bigint not null,
  absence_id uuid not null,
  employee_id uuid not null,
  community_id uuid,
  what text not null check (what in ('leave','overtime')),
  kind_id uuid,
  from_at timestamptz not null,
  to_at timestamptz not null,
  half_days int check (half_days between 1 and 730),
  minutes int check (minutes between 30 and 1440),
  pay text check (pay in ('money','rest')),
  reason text not null,
  state text not null check (state in ('asked','agreed','refused','withdrawn','cancelled')),
  approval_id uuid not null,
  asked_by uuid not null,
  asked_by_name text not null,
  asked_at timestamptz not null,
  decided_at timestamptz,
  cancelled_by_name text,
  cancelled_reason text,
  cancelled_at timestamptz,
  primary key (company_id, absence_id),
  check (from_at < to_at),
  check ((what = 'leave') = (kind_id is not null)),
  check ((what = 'leave') = (half_days is not null)),
  check ((what = 'overtime') = (minutes is not null)),
  check ((what = 'overtime') = (pay is not null)),
  foreign key (company_id, employee_id) references staff.employee (company_id, employee_id),
  foreign key (company_id, kind_id) references staff.leave_kind (company_id, kind_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  constraint absence_once exclude using gist (company_id with =, employee_id with =, what with =, tstzrange(from_at, to_at) with &&) where (state in ('asked','agreed'))
);
create index absence_list on staff.absence (company_id, from_at desc, absence_id);
create index absence_employee on staff.absence (company_id, employee_id, from_at desc);
create index absence_kind on staff.absence (company_id, kind_id);
create index absence_community on staff.absence (company_id, community_id);
select kernel.isolate('staff.absence', 'select, insert, update');
comment on table staff.absence is '请假和加班申请';
comment on column staff.absence.company_id is '公司';
comment on column staff.absence.absence_id is '编号';
comment on column staff.absence.employee_id is '员工';
comment on column staff.absence.community_id is '申请时所在小区,空为公司本部';
comment on column staff.absence.what is 'leave 请假,overtime 加班';
comment on column staff.absence.kind_id is '假期种类';
comment on column staff.absence.from_at is '起';
comment on column staff.absence.to_at is '止';
comment on column staff.absence.half_days is '请假的半天数';
comment on column staff.absence.minutes is '加班分钟';
comment on column staff.absence.pay is '加班的补偿:money 加班费,rest 调休';
comment on column staff.absence.reason is '事由';
comment on column staff.absence.state is '状态:asked 待批,agreed 已批,refused 未批,withdrawn 已撤回,cancelled 已销';
comment on column staff.absence.approval_id is '审批';
comment on column staff.absence.asked_by is '申请人账号';
comment on column staff.absence.asked_by_name is '申请人';
comment on column staff.absence.asked_at is '申请时间';
comment on column staff.absence.decided_at is '批复时间';
comment on column staff.absence.cancelled_by_name is '销假人';
comment on column staff.absence.cancelled_reason is '销假原因';
comment on column staff.absence.cancelled_at is '销假时间';
