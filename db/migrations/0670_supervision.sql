-- Government supervision (政府监管, GOV-01, GOV-03): an authority is a tenant of its own kind; its register, survey and targets are its own, reports are
-- written by companies and seen by exactly two: who wrote them and who got them (ADR 0610).
alter table identity.company add column kind text not null default 'property';
alter table identity.company add constraint company_kind_check check (kind in ('property', 'authority'));
comment on column identity.company.kind is '类别:property 物业公司,authority 主管部门';

create schema supervision;
grant usage on schema supervision to heyuan_app;
comment on schema supervision is '政府监管:辖区、登记、排查、指标,物业公司的报送';

-- Append only by its rights: what is given is changed by neither, so that the policy may open it to both.
create function supervision.share(tab regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format($p$create policy given on %s using (company_id = nullif(current_setting('app.company_id', true), '')::bigint or to_company_id = nullif(current_setting('app.company_id', true), '')::bigint)
    with check (company_id = nullif(current_setting('app.company_id', true), '')::bigint)$p$, tab);
  execute format('grant select, insert on %s to heyuan_app', tab);
end $$;
comment on function supervision.share is '两方可见、只增的一张表:写的一方和给到的一方看得到,谁也不能改';

create table supervision.district (
  company_id bigint not null,
  district_id uuid not null,
  parent_id uuid,
  kind text not null check (kind in ('county', 'street', 'neighbourhood')),
  name text not null,
  sort_no int not null default 0,
  retired_at timestamptz,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, district_id),
  unique nulls not distinct (company_id, parent_id, name),
  foreign key (company_id, parent_id) references supervision.district (company_id, district_id)
);
select kernel.isolate('supervision.district', 'select, insert, update');
comment on table supervision.district is '辖区:区县、街道(镇)、社区';
comment on column supervision.district.company_id is '主管部门';
comment on column supervision.district.district_id is '编号';
comment on column supervision.district.parent_id is '上级';
comment on column supervision.district.kind is '级别:county 区县,street 街道(镇),neighbourhood 社区(村)';
comment on column supervision.district.name is '名称';
comment on column supervision.district.sort_no is '排序';
comment on column supervision.district.retired_at is '停用时间';
comment on column supervision.district.made_by_name is '设立人';
comment on column supervision.district.made_at is '设立时间';

create table supervision.invite (
  company_id bigint not null,
  invite_id uuid not null,
  code_hash text not null check (code_hash ~ '^[0-9a-f]{64}$'),
  code_tail text not null,
  district_id uuid not null,
  district_name text not null,
  authority_name text not null,
  until_on date not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, invite_id),
  unique (company_id, code_hash),
  foreign key (company_id, district_id) references supervision.district (company_id, district_id)
);
create index invite_code on supervision.invite (code_hash);
create index invite_of on supervision.invite (company_id, district_id, made_at desc);
alter table supervision.invite enable row level security;
alter table supervision.invite force row level security;
-- Whoever holds the code finds its row, and no other.
create policy by_code on supervision.invite using (company_id = nullif(current_setting('app.company_id', true), '')::bigint or code_hash = nullif(current_setting('app.invite_hash', true), ''))
  with check (company_id = nullif(current_setting('app.company_id', true), '')::bigint);
grant select, insert on supervision.invite to heyuan_app;
comment on table supervision.invite is '报送邀请码,给物业公司;只存摘要';
comment on column supervision.invite.company_id is '主管部门';
comment on column supervision.invite.invite_id is '编号';
comment on column supervision.invite.code_hash is '邀请码摘要';
comment on column supervision.invite.code_tail is '邀请码末三位';
comment on column supervision.invite.district_id is '辖区';
comment on column supervision.invite.district_name is '辖区名称';
comment on column supervision.invite.authority_name is '主管部门名称';
comment on column supervision.invite.until_on is '有效期止(含当天)';
comment on column supervision.invite.made_by_name is '生成人';
comment on column supervision.invite.made_at is '生成时间';

create table supervision.link (
  company_id bigint not null,
  link_id uuid not null,
  to_company_id bigint not null check (to_company_id <> company_id),
  district_id uuid not null,
  district_name text not null,
  authority_name text not null,
  community_id uuid not null,
  community_name text not null,
  company_name text not null,
  invite_id uuid not null,
  link_no int not null check (link_no between 1 and 999),
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, link_id),
  unique (company_id, to_company_id, community_id, link_no)
);
create index link_given on supervision.link (to_company_id, company_id, community_id);
select supervision.share('supervision.link');
comment on table supervision.link is '报送关系:物业公司的一个小区向主管部门报送';
comment on column supervision.link.company_id is '物业公司';
comment on column supervision.link.link_id is '编号';
comment on column supervision.link.to_company_id is '主管部门';
comment on column supervision.link.district_id is '主管部门的辖区编号';
comment on column supervision.link.district_name is '辖区名称';
comment on column supervision.link.authority_name is '主管部门名称';
comment on column supervision.link.community_id is '公司的小区';
comment on column supervision.link.community_name is '小区名称';
comment on column supervision.link.company_name is '公司名称';
comment on column supervision.link.invite_id is '凭哪个邀请码';
comment on column supervision.link.link_no is '第几次建立';
comment on column supervision.link.made_by_name is '办理人';
comment on column supervision.link.made_at is '建立时间';

create table supervision.link_end (
  company_id bigint not null,
  link_id uuid not null,
  to_company_id bigint not null,
  reason text not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, link_id)
);
create index link_end_given on supervision.link_end (to_company_id, link_id);
select supervision.share('supervision.link_end');
comment on table supervision.link_end is '报送关系的终止:由公司停止,或由主管部门退回';
comment on column supervision.link_end.company_id is '终止的一方';
comment on column supervision.link_end.link_id is '报送关系';
comment on column supervision.link_end.to_company_id is '另一方';
comment on column supervision.link_end.reason is '原因';
comment on column supervision.link_end.made_by_name is '办理人';
comment on column supervision.link_end.made_at is '时间';

create table supervision.report (
  company_id bigint not null,
  report_id uuid not null,
  to_company_id bigint not null,
  link_id uuid not null,
  community_id uuid not null,
  report_no int not null check (report_no >= 1),
  sent_on date not null,
  sent_at timestamptz not null,
  sent_by_name text not null,
  company_name text not null,
  credit_code text,
  company_phone text,
  community_name text not null,
  address text,
  built_area_m2 numeric(14,2),
  household_count int not null check (household_count >= 0),
  building_count int not null check (building_count >= 0),
  primary key (company_id, report_id),
  unique (company_id, link_id, report_no),
  foreign key (company_id, link_id) references supervision.link (company_id, link_id)
);
create index report_given on supervision.report (to_company_id, company_id, community_id, sent_at desc);
create index report_of on supervision.report (company_id, community_id, sent_at desc);
select supervision.share('supervision.report');
comment on table supervision.report is '报送:一个小区某天的登记数据,不含住户个人信息';
comment on column supervision.report.company_id is '物业公司';
comment on column supervision.report.report_id is '编号';
comment on column supervision.report.to_company_id is '主管部门';
comment on column supervision.report.link_id is '报送关系';
comment on column supervision.report.community_id is '公司的小区';
comment on column supervision.report.report_no is '第几次';
comment on column supervision.report.sent_on is '报送日';
comment on column supervision.report.sent_at is '报送时间';
comment on column supervision.report.sent_by_name is '报送人';
comment on column supervision.report.company_name is '公司名称';
comment on column supervision.report.credit_code is '统一社会信用代码';
comment on column supervision.report.company_phone is '公司服务电话';
comment on column supervision.report.community_name is '小区名称';
comment on column supervision.report.address is '地址';
comment on column supervision.report.built_area_m2 is '建筑面积';
comment on column supervision.report.household_count is '住宅户数';
comment on column supervision.report.building_count is '楼栋数';

create table supervision.report_fact (
  company_id bigint not null,
  report_id uuid not null,
  to_company_id bigint not null,
  code text not null check (code in ('tender', 'preliminary', 'covenant', 'manager', 'managed', 'committee')),
  answer text not null check (answer in ('yes', 'no', 'na', 'unknown')),
  numerator_count int not null check (numerator_count >= 0),
  denominator_count int not null check (denominator_count >= numerator_count),
  said text not null,
  primary key (company_id, report_id, code),
  foreign key (company_id, report_id) references supervision.report (company_id, report_id)
);
select supervision.share('supervision.report_fact');
comment on table supervision.report_fact is '报送的指标:分子、分母和依据';
comment on column supervision.report_fact.company_id is '物业公司';
comment on column supervision.report_fact.report_id is '报送';
comment on column supervision.report_fact.to_company_id is '主管部门';
comment on column supervision.report_fact.code is '指标';
comment on column supervision.report_fact.answer is 'yes 达到,no 未达到,na 不适用,unknown 未填';
comment on column supervision.report_fact.numerator_count is '分子';
comment on column supervision.report_fact.denominator_count is '分母';
comment on column supervision.report_fact.said is '依据';

create table supervision.declared (
  company_id bigint not null,
  declared_id uuid not null,
  community_id uuid not null,
  code text not null check (code in ('tender')),
  answer text not null check (answer in ('yes', 'no', 'na')),
  said text not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, declared_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index declared_now on supervision.declared (company_id, community_id, code, made_at desc);
select kernel.isolate('supervision.declared', 'select, insert');
comment on table supervision.declared is '公司自己填写的指标:系统里没有来源的(招投标)';
comment on column supervision.declared.company_id is '物业公司';
comment on column supervision.declared.declared_id is '编号';
comment on column supervision.declared.community_id is '小区';
comment on column supervision.declared.code is '指标';
comment on column supervision.declared.answer is '填写:达到、未达到、不适用';
comment on column supervision.declared.said is '依据,如中标通知书号';
comment on column supervision.declared.made_by_name is '填写人';
comment on column supervision.declared.made_at is '填写时间';

create table supervision.firm (
  company_id bigint not null,
  firm_id uuid not null,
  name text not null,
  credit_code text,
  address text,
  phone text,
  note text,
  reporter_id bigint,
  retired_at timestamptz,
  created_at timestamptz not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, firm_id),
  unique (company_id, name)
);
create unique index firm_code on supervision.firm (company_id, credit_code) where credit_code is not null;
create unique index firm_reporter on supervision.firm (company_id, reporter_id) where reporter_id is not null;
select kernel.isolate('supervision.firm', 'select, insert, update, delete');
comment on table supervision.firm is '辖区内的物业企业';
comment on column supervision.firm.company_id is '主管部门';
comment on column supervision.firm.firm_id is '编号';
comment on column supervision.firm.name is '名称';
comment on column supervision.firm.credit_code is '统一社会信用代码';
comment on column supervision.firm.address is '地址';
comment on column supervision.firm.phone is '单位电话';
comment on column supervision.firm.note is '备注';
comment on column supervision.firm.reporter_id is '报送的公司';
comment on column supervision.firm.retired_at is '注销时间';
comment on column supervision.firm.created_at is '建立时间';
comment on column supervision.firm.changed_by is '修改人';
comment on column supervision.firm.changed_at is '修改时间';

create table supervision.place (
  company_id bigint not null,
  place_id uuid not null,
  district_id uuid not null,
  name text not null,
  kind text not null,
  address text,
  built_area_m2 numeric(14,2) check (built_area_m2 >= 0),
  household_count int check (household_count >= 0),
  building_count int check (building_count >= 0),
  built_year int check (built_year between 1900 and 2200),
  fit boolean not null default true,
  note text,
  reporter_id bigint,
  reporter_community_id uuid,
  retired_at timestamptz,
  retire_reason text,
  import_id uuid,
  created_at timestamptz not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, place_id),
  unique (company_id, district_id, name),
  check ((reporter_id is null) = (reporter_community_id is null)),
  check ((retired_at is null) = (retire_reason is null)),
  foreign key (company_id, district_id) references supervision.district (company_id, district_id)
);
create unique index place_reporter on supervision.place (company_id, reporter_id, reporter_community_id) where reporter_id is not null;
create index place_name on supervision.place (company_id, name, place_id);
select kernel.isolate('supervision.place', 'select, insert, update, delete');
comment on table supervision.place is '辖区内的小区登记';
comment on column supervision.place.company_id is '主管部门';
comment on column supervision.place.place_id is '编号';
comment on column supervision.place.district_id is '辖区';
comment on column supervision.place.name is '名称';
comment on column supervision.place.kind is '类型,如商品房、保障房';
comment on column supervision.place.address is '地址';
comment on column supervision.place.built_area_m2 is '建筑面积';
comment on column supervision.place.household_count is '户数';
comment on column supervision.place.building_count is '楼栋数';
comment on column supervision.place.built_year is '建成年份';
comment on column supervision.place.fit is '具备物业管理条件';
comment on column supervision.place.note is '备注';
comment on column supervision.place.reporter_id is '报送的公司';
comment on column supervision.place.reporter_community_id is '报送公司的小区';
comment on column supervision.place.retired_at is '撤销时间';
comment on column supervision.place.retire_reason is '撤销原因';
comment on column supervision.place.import_id is '由哪次导入';
comment on column supervision.place.created_at is '建立时间';
comment on column supervision.place.changed_by is '修改人';
comment on column supervision.place.changed_at is '修改时间';

create table supervision.tenure (
  company_id bigint not null,
  tenure_id uuid not null,
  place_id uuid not null,
  kind text not null check (kind in ('company', 'office', 'self')),
  firm_id uuid,
  holder text,
  from_on date not null,
  to_on date,
  until_on date,
  basis text not null,
  end_reason text,
  made_by_name text not null,
  made_at timestamptz not null,
  ended_by_name text,
  primary key (company_id, tenure_id),
  check ((kind = 'company') = (firm_id is not null)),
  check ((kind = 'company') = (holder is null)),
  check (to_on is null or to_on >= from_on),
  check (until_on is null or until_on >= from_on),
  check ((to_on is null) = (end_reason is null)),
  foreign key (company_id, place_id) references supervision.place (company_id, place_id),
  foreign key (company_id, firm_id) references supervision.firm (company_id, firm_id),
  constraint tenure_once exclude using gist (company_id with =, place_id with =, daterange(from_on, to_on, '[]') with &&)
);
create index tenure_of on supervision.tenure (company_id, place_id, from_on desc);
create index tenure_firm on supervision.tenure (company_id, firm_id);
create index tenure_due on supervision.tenure (company_id, until_on) where to_on is null;
select kernel.isolate('supervision.tenure', 'select, insert, update, delete');
comment on table supervision.tenure is '小区由谁管理,按起止日:物业企业、街道社区接管、业主自管';
comment on column supervision.tenure.company_id is '主管部门';
comment on column supervision.tenure.tenure_id is '编号';
comment on column supervision.tenure.place_id is '小区';
comment on column supervision.tenure.kind is '方式:company 物业企业,office 街道社区接管(托管),self 业主自管';
comment on column supervision.tenure.firm_id is '物业企业';
comment on column supervision.tenure.holder is '接管单位或自管组织';
comment on column supervision.tenure.from_on is '起';
comment on column supervision.tenure.to_on is '止(含当天)';
comment on column supervision.tenure.until_on is '接管期限(含当天)';
comment on column supervision.tenure.basis is '依据';
comment on column supervision.tenure.end_reason is '结束原因';
comment on column supervision.tenure.made_by_name is '登记人';
comment on column supervision.tenure.made_at is '登记时间';
comment on column supervision.tenure.ended_by_name is '结束登记人';

create table supervision.fact (
  company_id bigint not null,
  fact_id uuid not null,
  place_id uuid not null,
  code text not null check (code in ('tender', 'preliminary', 'covenant', 'manager', 'committee')),
  answer text not null check (answer in ('yes', 'no', 'na')),
  said text not null,
  import_id uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, fact_id),
  foreign key (company_id, place_id) references supervision.place (company_id, place_id)
);
create index fact_now on supervision.fact (company_id, place_id, code, made_at desc, fact_id desc);
create index fact_import on supervision.fact (company_id, import_id) where import_id is not null;
select kernel.isolate('supervision.fact', 'select, insert, delete');
comment on table supervision.fact is '主管部门自己登记的指标,最后一条有效';
comment on column supervision.fact.company_id is '主管部门';
comment on column supervision.fact.fact_id is '编号';
comment on column supervision.fact.place_id is '小区';
comment on column supervision.fact.code is '指标';
comment on column supervision.fact.answer is '达到、未达到、不适用';
comment on column supervision.fact.said is '依据';
comment on column supervision.fact.import_id is '由哪次导入';
comment on column supervision.fact.made_by_name is '登记人';
comment on column supervision.fact.made_at is '登记时间';

create table supervision.class_scheme (
  company_id bigint not null,
  scheme_id uuid not null,
  from_on date not null,
  classes jsonb not null check (jsonb_typeof(classes) = 'array'),
  basis text not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, scheme_id)
);
create index class_scheme_now on supervision.class_scheme (company_id, from_on desc, made_at desc);
select kernel.isolate('supervision.class_scheme', 'select, insert');
comment on table supervision.class_scheme is '排查分类办法,按生效日,只增';
comment on column supervision.class_scheme.company_id is '主管部门';
comment on column supervision.class_scheme.scheme_id is '编号';
comment on column supervision.class_scheme.from_on is '生效日';
comment on column supervision.class_scheme.classes is '各类:名称、含义';
comment on column supervision.class_scheme.basis is '依据';
comment on column supervision.class_scheme.made_by_name is '发布人';
comment on column supervision.class_scheme.made_at is '发布时间';

create table supervision.survey (
  company_id bigint not null,
  survey_id uuid not null,
  title text not null,
  from_on date not null,
  to_on date not null,
  note text,
  made_by_name text not null,
  made_at timestamptz not null,
  closed_at timestamptz,
  closed_by_name text,
  primary key (company_id, survey_id),
  unique (company_id, title),
  check (to_on >= from_on)
);
select kernel.isolate('supervision.survey', 'select, insert, update');
comment on table supervision.survey is '排查';
comment on column supervision.survey.company_id is '主管部门';
comment on column supervision.survey.survey_id is '编号';
comment on column supervision.survey.title is '名称';
comment on column supervision.survey.from_on is '起';
comment on column supervision.survey.to_on is '止(含当天)';
comment on column supervision.survey.note is '要求';
comment on column supervision.survey.made_by_name is '发起人';
comment on column supervision.survey.made_at is '发起时间';
comment on column supervision.survey.closed_at is '结束时间';
comment on column supervision.survey.closed_by_name is '结束人';

create table supervision.surveyed (
  company_id bigint not null,
  surveyed_id uuid not null,
  survey_id uuid not null,
  place_id uuid not null,
  class text not null,
  found text not null,
  on_day date not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, surveyed_id),
  foreign key (company_id, survey_id) references supervision.survey (company_id, survey_id),
  foreign key (company_id, place_id) references supervision.place (company_id, place_id)
);
create index surveyed_of on supervision.surveyed (company_id, survey_id, place_id, made_at desc);
create index surveyed_place on supervision.surveyed (company_id, place_id, made_at desc, surveyed_id desc);
select kernel.isolate('supervision.surveyed', 'select, insert');
comment on table supervision.surveyed is '排查结果,只增,最后一条有效';
comment on column supervision.surveyed.company_id is '主管部门';
comment on column supervision.surveyed.surveyed_id is '编号';
comment on column supervision.surveyed.survey_id is '排查';
comment on column supervision.surveyed.place_id is '小区';
comment on column supervision.surveyed.class is '分类';
comment on column supervision.surveyed.found is '情况';
comment on column supervision.surveyed.on_day is '排查日';
comment on column supervision.surveyed.made_by_name is '登记人';
comment on column supervision.surveyed.made_at is '登记时间';

create table supervision.target (
  company_id bigint not null,
  target_id uuid not null,
  code text not null check (code in ('tender', 'preliminary', 'covenant', 'manager', 'managed', 'committee')),
  from_on date not null,
  target_bp int not null check (target_bp between 0 and 10000),
  counted text[] not null,
  basis text not null,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, target_id)
);
create index target_now on supervision.target (company_id, code, from_on desc, made_at desc);
select kernel.isolate('supervision.target', 'select, insert');
comment on table supervision.target is '指标的目标值,按生效日,只增';
comment on column supervision.target.company_id is '主管部门';
comment on column supervision.target.target_id is '编号';
comment on column supervision.target.code is '指标';
comment on column supervision.target.from_on is '生效日';
comment on column supervision.target.target_bp is '目标,万分之几';
comment on column supervision.target.counted is '物业化率计入的管理方式,其他指标为空';
comment on column supervision.target.basis is '依据';
comment on column supervision.target.made_by_name is '发布人';
comment on column supervision.target.made_at is '发布时间';

create table supervision.told (
  company_id bigint not null,
  subject text not null,
  told_count int not null,
  told_at timestamptz not null,
  primary key (company_id, subject)
);
select kernel.isolate('supervision.told', 'select, insert');
comment on table supervision.told is '已提醒的事项,每件一次';
comment on column supervision.told.company_id is '公司';
comment on column supervision.told.subject is '事项';
comment on column supervision.told.told_count is '告知人数';
comment on column supervision.told.told_at is '提醒时间';
