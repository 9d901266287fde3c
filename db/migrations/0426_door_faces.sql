-- Doors, the rest: the face as one way among others (人脸识别技术应用安全管理办法 2025: own consent, never the only way, deleted when it ends), people barred from doors by
-- two, helpers outside the register (保姆, 装修工, 快递).
alter table doors.holder add column helper_id uuid, add column code_at timestamptz;
alter table doors.holder drop constraint holder_check;
alter table doors.holder add constraint holder_check check (num_nonnulls(person_id, account_id, helper_id) = 1);
create unique index holder_helper on doors.holder (company_id, helper_id) where helper_id is not null;
grant update, delete on doors.holder to heyuan_app;
grant delete on doors.card to heyuan_app;
comment on column doors.holder.helper_id is '编外人员';
comment on column doors.holder.code_at is '本人开通手机开门码的时间';

create table doors.helper (
  company_id bigint not null,
  helper_id uuid not null,
  community_id uuid not null,
  group_id uuid not null,
  kind text not null check (kind in ('nanny','worker','courier','nurse','other')),
  name text not null,
  phone text not null,
  employer text,
  house_id uuid,
  vouch_person_id uuid,
  vouch_name text not null,
  times jsonb not null,
  code text,
  from_on date not null,
  to_on date not null check (to_on > from_on),
  ended_at timestamptz,
  ended_by text,
  ended_reason text,
  created_by uuid,
  created_name text not null,
  created_at timestamptz not null,
  primary key (company_id, helper_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, group_id) references doors.door_group (company_id, group_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, vouch_person_id) references people.person (company_id, person_id)
);
create index helper_list on doors.helper (company_id, community_id, created_at desc, helper_id);
create index helper_group on doors.helper (company_id, group_id);
create index helper_house on doors.helper (company_id, house_id) where house_id is not null;
create index helper_vouch on doors.helper (company_id, vouch_person_id) where vouch_person_id is not null;
create unique index helper_code on doors.helper (company_id, code) where code is not null and ended_at is null;
create index helper_old on doors.helper (company_id, to_on);
select kernel.isolate('doors.helper', 'select, insert, update, delete');
comment on table doors.helper is '编外人员:不在业户档案里、有人担保、限期限门的人(保姆、装修工、快递),过保存期删除';
comment on column doors.helper.company_id is '公司';
comment on column doors.helper.helper_id is '编号';
comment on column doors.helper.community_id is '小区';
comment on column doors.helper.group_id is '可开的门组';
comment on column doors.helper.kind is '身份:nanny 保姆,worker 装修工,courier 快递外卖,nurse 护工,other 其他';
comment on column doors.helper.name is '姓名';
comment on column doors.helper.phone is '电话';
comment on column doors.helper.employer is '单位';
comment on column doors.helper.house_id is '服务的房产';
comment on column doors.helper.vouch_person_id is '担保的住户';
comment on column doors.helper.vouch_name is '担保人姓名';
comment on column doors.helper.times is '时段 [{days,from,to}],空为全天';
comment on column doors.helper.code is '八位开门密码';
comment on column doors.helper.from_on is '起';
comment on column doors.helper.to_on is '止(不含)';
comment on column doors.helper.ended_at is '停止时间';
comment on column doors.helper.ended_by is '停止人';
comment on column doors.helper.ended_reason is '停止原因';
comment on column doors.helper.created_by is '登记人';
comment on column doors.helper.created_name is '登记人姓名';
comment on column doors.helper.created_at is '登记时间';
alter table doors.holder add foreign key (company_id, helper_id) references doors.helper (company_id, helper_id);

create table doors.barred (
  company_id bigint not null,
  barred_id uuid not null,
  community_id uuid not null,
  holder_id uuid not null,
  group_id uuid,
  reason text not null check (reason in ('identity','violence','theft','safety','left','duty_over','court')),
  detail text not null,
  from_on date not null,
  to_on date not null check (to_on > from_on),
  state text not null check (state in ('asked','on','refused','lifted')),
  asked_by uuid,
  asked_name text not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_name text,
  decided_at timestamptz,
  decided_note text,
  lifted_name text,
  lifted_at timestamptz,
  lifted_reason text,
  primary key (company_id, barred_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, holder_id) references doors.holder (company_id, holder_id),
  foreign key (company_id, group_id) references doors.door_group (company_id, group_id),
  check (decided_by is distinct from asked_by or decided_by is null)
);
create index barred_list on doors.barred (company_id, community_id, asked_at desc, barred_id);
create index barred_holder on doors.barred (company_id, holder_id) where state = 'on';
create index barred_group on doors.barred (company_id, group_id) where group_id is not null;
select kernel.isolate('doors.barred', 'select, insert, update');
comment on table doors.barred is '门禁黑名单:限期不得开门的人,一人提出另一人批准;原因是固定的几种,没有欠费';
comment on column doors.barred.company_id is '公司';
comment on column doors.barred.barred_id is '编号';
comment on column doors.barred.community_id is '小区';
comment on column doors.barred.holder_id is '持有人';
comment on column doors.barred.group_id is '限制的门组,空为全部门';
comment on column doors.barred.reason is '原因:identity 冒用,violence 伤人,theft 盗窃毁坏,safety 危及安全,left 已搬离,duty_over 已离岗,court 法院公安文书';
comment on column doors.barred.detail is '经过';
comment on column doors.barred.from_on is '起';
comment on column doors.barred.to_on is '止(不含)';
comment on column doors.barred.state is '状态:asked 待批准,on 已列入,refused 未批准,lifted 已解除';
comment on column doors.barred.asked_by is '提出人';
comment on column doors.barred.asked_name is '提出人姓名';
comment on column doors.barred.asked_at is '提出时间';
comment on column doors.barred.decided_by is '批准人';
comment on column doors.barred.decided_name is '批准人姓名';
comment on column doors.barred.decided_at is '批准时间';
comment on column doors.barred.decided_note is '批准意见';
comment on column doors.barred.lifted_name is '解除人';
comment on column doors.barred.lifted_at is '解除时间';
comment on column doors.barred.lifted_reason is '解除原因';

create table doors.face_rule (
  company_id bigint not null,
  rule_id uuid not null,
  community_id uuid not null,
  from_on date not null,
  enabled boolean not null,
  purpose text not null,
  consent_text text not null,
  text_no int not null,
  months int not null check (months between 1 and 36),
  assessed_on date,
  assessor text,
  basis text not null,
  created_by uuid,
  created_name text not null,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  check (not enabled or (assessed_on is not null and assessor is not null))
);
create index face_rule_now on doors.face_rule (company_id, community_id, from_on desc, created_at desc);
select kernel.isolate('doors.face_rule', 'select, insert');
comment on table doors.face_rule is '人脸开门规则,按小区和生效日,只增;没有记录就是不用';
comment on column doors.face_rule.company_id is '公司';
comment on column doors.face_rule.rule_id is '编号';
comment on column doors.face_rule.community_id is '小区';
comment on column doors.face_rule.from_on is '生效日';
comment on column doors.face_rule.enabled is '开放人脸开门';
comment on column doors.face_rule.purpose is '处理目的';
comment on column doors.face_rule.consent_text is '告知同意书';
comment on column doors.face_rule.text_no is '告知同意书版本';
comment on column doors.face_rule.months is '一次同意的有效月数';
comment on column doors.face_rule.assessed_on is '个人信息保护影响评估日期';
comment on column doors.face_rule.assessor is '评估人';
comment on column doors.face_rule.basis is '依据';
comment on column doors.face_rule.created_by is '设定人';
comment on column doors.face_rule.created_name is '设定人姓名';
comment on column doors.face_rule.created_at is '设定时间';

create sequence doors.face_seq;
grant usage on sequence doors.face_seq to heyuan_app;
create table doors.face (
  company_id bigint not null,
  face_id uuid not null,
  face_no bigint not null,
  community_id uuid not null,
  holder_id uuid not null,
  house_id uuid not null,
  way text not null check (way in ('app','paper')),
  rule_id uuid not null,
  under_14 boolean not null,
  guardian_person_id uuid,
  guardian_name text,
  guardian_relation text,
  paper_file_id uuid,
  photo_sealed text,
  photo_sha text,
  from_on date not null,
  to_on date not null,
  state text not null check (state in ('live','withdrawn','expired','closed')),
  consented_by text not null,
  consented_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  ended_reason text,
  primary key (company_id, face_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, holder_id) references doors.holder (company_id, holder_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, rule_id) references doors.face_rule (company_id, rule_id),
  foreign key (company_id, guardian_person_id) references people.person (company_id, person_id),
  check ((state = 'live') = (photo_sealed is not null)),
  check (not under_14 or guardian_name is not null),
  check (way = 'app' or paper_file_id is not null)
);
create unique index face_live on doors.face (company_id, holder_id) where state = 'live';
create unique index face_no on doors.face (company_id, face_no);
create index face_holder on doors.face (company_id, holder_id);
create index face_house on doors.face (company_id, house_id);
create index face_list on doors.face (company_id, community_id, consented_at desc, face_id);
create index face_rule_of on doors.face (company_id, rule_id);
create index face_guardian on doors.face (company_id, guardian_person_id) where guardian_person_id is not null;
select kernel.isolate('doors.face', 'select, insert, update');
comment on table doors.face is '人脸开门:一次单独同意一行;照片加密保存,撤回或到期即删除';
comment on column doors.face.company_id is '公司';
comment on column doors.face.face_id is '编号';
comment on column doors.face.face_no is '控制器里的人脸号';
comment on column doors.face.community_id is '小区';
comment on column doors.face.holder_id is '持有人';
comment on column doors.face.house_id is '房产';
comment on column doors.face.way is '同意方式:app 本人手机,paper 纸质签字';
comment on column doors.face.rule_id is '所依据的规则,含告知同意书版本';
comment on column doors.face.under_14 is '不满十四周岁';
comment on column doors.face.guardian_person_id is '监护人';
comment on column doors.face.guardian_name is '监护人姓名';
comment on column doors.face.guardian_relation is '与监护人关系';
comment on column doors.face.paper_file_id is '签字同意书扫描件';
comment on column doors.face.photo_sealed is '照片(加密),结束后清空';
comment on column doors.face.photo_sha is '照片摘要,结束后清空';
comment on column doors.face.from_on is '起';
comment on column doors.face.to_on is '止(不含)';
comment on column doors.face.state is '状态:live 使用中,withdrawn 已撤回,expired 已到期,closed 已停用';
comment on column doors.face.consented_by is '同意人';
comment on column doors.face.consented_at is '同意时间';
comment on column doors.face.ended_at is '结束时间';
comment on column doors.face.ended_by is '结束人';
comment on column doors.face.ended_reason is '结束原因';

create table doors.face_gone (
  company_id bigint not null,
  face_id uuid not null,
  controller_id uuid not null,
  asked_at timestamptz not null,
  confirmed_at timestamptz,
  verified_at timestamptz,
  primary key (company_id, face_id, controller_id),
  foreign key (company_id, face_id) references doors.face (company_id, face_id),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id)
);
create index face_gone_controller on doors.face_gone (company_id, controller_id) where verified_at is null;
select kernel.isolate('doors.face_gone', 'select, insert, update');
comment on table doors.face_gone is '人脸从每台控制器删除的证明:要求、确认、回读一致';
comment on column doors.face_gone.company_id is '公司';
comment on column doors.face_gone.face_id is '人脸';
comment on column doors.face_gone.controller_id is '控制器';
comment on column doors.face_gone.asked_at is '要求删除的时间';
comment on column doors.face_gone.confirmed_at is '控制器确认的时间';
comment on column doors.face_gone.verified_at is '回读核对一致的时间';

alter table doors.list_row add column face_id uuid, add column helper_id uuid;
create index list_row_face on doors.list_row (company_id, face_id) where face_id is not null;
comment on column doors.list_row.face_id is '人脸';
comment on column doors.list_row.helper_id is '编外人员';
comment on column doors.list_row.key is '键:u 用户,c 卡,p 密码,f 人脸';
comment on column doors.passage.way is '方式:card,qr,password,button,remote,fire,face';

-- Who has no card had a code. The owner of the tables may be a plain role: forced row security would hide every row.
alter table doors.holder no force row level security;
alter table doors.card no force row level security;
update doors.holder h set code_at = h.created_at where h.person_id is not null and not exists (select from doors.card k where k.company_id = h.company_id and k.holder_id = h.holder_id);
alter table doors.card force row level security;
alter table doors.holder force row level security;
