-- Customer service, fourth part: satisfaction surveys (满意度调查). Questions are data; who is asked is drawn with a stored seed, each household once. Of an
-- anonymous survey a reply holds neither house, person, account nor hour: that a household has answered stands in another table without the time.
create table care.survey (
  company_id bigint not null,
  survey_id uuid not null,
  community_id uuid not null,
  title text not null,
  intro text not null,
  questions jsonb not null,
  unnamed boolean not null,
  goal_percent int not null check (goal_percent between 0 and 100),
  building_ids uuid[] not null,
  sample_way text not null check (sample_way in ('percent','number')),
  sample_size int not null check (sample_size between 1 and 10000),
  seed text not null,
  opens_on date not null,
  closes_on date not null,
  state text not null check (state in ('draft','open','closed')),
  previous_id uuid,
  created_by uuid not null,
  created_at timestamptz not null,
  opened_at timestamptz,
  closed_at timestamptz,
  primary key (company_id, survey_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, previous_id) references care.survey (company_id, survey_id),
  check (closes_on >= opens_on),
  check ((state = 'draft') = (opened_at is null))
);
create index survey_list on care.survey (company_id, created_at desc, survey_id);
create index survey_community on care.survey (company_id, community_id);
create index survey_previous on care.survey (company_id, previous_id);
select kernel.isolate('care.survey', 'select, insert, update');
comment on table care.survey is '满意度调查:问卷、抽样、起止日';
comment on column care.survey.company_id is '公司';
comment on column care.survey.survey_id is '编号';
comment on column care.survey.community_id is '小区';
comment on column care.survey.title is '名称';
comment on column care.survey.intro is '说明';
comment on column care.survey.questions is '问题:名称、类型、选项、必答';
comment on column care.survey.unnamed is '匿名:答卷不记录哪一户';
comment on column care.survey.goal_percent is '满意率目标';
comment on column care.survey.building_ids is '抽样楼栋,空为全部';
comment on column care.survey.sample_way is '每栋抽样:percent 按比例,number 按户数';
comment on column care.survey.sample_size is '比例或每栋户数';
comment on column care.survey.seed is '抽样种子,同样的种子抽出同样的户';
comment on column care.survey.opens_on is '开始日';
comment on column care.survey.closes_on is '截止日(含)';
comment on column care.survey.state is '状态:draft 草稿,open 进行中,closed 已结束';
comment on column care.survey.previous_id is '与哪次比较';
comment on column care.survey.created_by is '创建人';
comment on column care.survey.created_at is '创建时间';
comment on column care.survey.opened_at is '发布时间';
comment on column care.survey.closed_at is '结束时间';


create table care.survey_house (
  company_id bigint not null,
  survey_id uuid not null,
  house_id uuid not null,
  building_id uuid not null,
  answered boolean not null default false,
  call_count int not null default 0,
  last_call text check (last_call in ('no_answer','later','refused')),
  primary key (company_id, survey_id, house_id),
  foreign key (company_id, survey_id) references care.survey (company_id, survey_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id)
);
create index survey_house_house on care.survey_house (company_id, house_id);
create index survey_house_building on care.survey_house (company_id, building_id);
select kernel.isolate('care.survey_house', 'select, insert, update');
comment on table care.survey_house is '抽中的户:每户一次;匿名调查不记答卷时间';
comment on column care.survey_house.company_id is '公司';
comment on column care.survey_house.survey_id is '调查';
comment on column care.survey_house.house_id is '房产';
comment on column care.survey_house.building_id is '楼栋';
comment on column care.survey_house.answered is '已答';
comment on column care.survey_house.call_count is '电话联系次数';
comment on column care.survey_house.last_call is '最近一次:no_answer 没有接听,later 改时再打,refused 不愿参加';


create table care.survey_reply (
  company_id bigint not null,
  reply_id uuid not null,
  survey_id uuid not null,
  building_id uuid not null,
  house_id uuid,
  way text not null check (way in ('app','phone','paper')),
  answers jsonb not null,
  entered_by uuid,
  replied_on date not null,
  primary key (company_id, reply_id),
  foreign key (company_id, survey_id) references care.survey (company_id, survey_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  unique (company_id, survey_id, house_id)
);
create index survey_reply_of on care.survey_reply (company_id, survey_id, building_id);
create index survey_reply_building on care.survey_reply (company_id, building_id);
create index survey_reply_house on care.survey_reply (company_id, house_id);
select kernel.isolate('care.survey_reply', 'select, insert');
comment on table care.survey_reply is '答卷,只增';
comment on column care.survey_reply.company_id is '公司';
comment on column care.survey_reply.reply_id is '编号';
comment on column care.survey_reply.survey_id is '调查';
comment on column care.survey_reply.building_id is '楼栋';
comment on column care.survey_reply.house_id is '房产,匿名的为空';
comment on column care.survey_reply.way is '方式:app 业主端,phone 电话,paper 纸质';
comment on column care.survey_reply.answers is '各题的回答';
comment on column care.survey_reply.entered_by is '录入人,业主自答与匿名的为空';
comment on column care.survey_reply.replied_on is '答卷日';
