-- Votes of the owners' assembly (业主大会表决, 民法典 278): rules by day, polls with motions, the roll frozen at opening, ballots that are only added, the count and the
-- list that anybody can count again. Nothing here is changed by trigger (database.md 283): what must stand has no right to be changed.
create schema votes;
grant usage on schema votes to heyuan_app;
comment on schema votes is '业主大会与表决:规则、议题、名册、选票、结果';

create table votes.rule (
  company_id bigint not null,
  rule_id uuid not null,
  community_id uuid not null,
  from_on date not null,
  matters jsonb not null,
  counted_kinds text[] not null check (cardinality(counted_kinds) between 1 and 6),
  proxy_max int not null check (proxy_max between 0 and 50),
  staff_barred boolean not null,
  notice_days int not null check (notice_days between 0 and 90),
  notice_days_extra int not null check (notice_days_extra between 0 and 90),
  vote_days_min int not null check (vote_days_min between 1 and 366),
  vote_days_max int not null,
  publish_days int not null check (publish_days between 1 and 90),
  posting_days int not null check (posting_days between 1 and 366),
  basis text not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  check (vote_days_max >= vote_days_min),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index rule_now on votes.rule (company_id, community_id, from_on desc, created_at desc);
select kernel.isolate('votes.rule', 'select, insert');
comment on table votes.rule is '表决规则:按小区和生效日,只增';
comment on column votes.rule.company_id is '公司';
comment on column votes.rule.rule_id is '编号';
comment on column votes.rule.community_id is '小区';
comment on column votes.rule.from_on is '生效日';
comment on column votes.rule.matters is '各类事项的计票方法:方法、参与比例、同意比例';
comment on column votes.rule.counted_kinds is '计入专有部分面积和人数的房产类别';
comment on column votes.rule.proxy_max is '一人最多受托几票';
comment on column votes.rule.staff_barred is '物业员工不得受托';
comment on column votes.rule.notice_days is '定期会议提前公示天数';
comment on column votes.rule.notice_days_extra is '临时会议提前公示天数';
comment on column votes.rule.vote_days_min is '表决期最短天数';
comment on column votes.rule.vote_days_max is '表决期最长天数,含延长';
comment on column votes.rule.publish_days is '截止后几天内公布结果';
comment on column votes.rule.posting_days is '结果至少公示几天';
comment on column votes.rule.basis is '依据';
comment on column votes.rule.created_by is '操作人';
comment on column votes.rule.created_by_name is '操作人姓名';
comment on column votes.rule.created_at is '时间';

create table votes.poll (
  company_id bigint not null,
  poll_id uuid not null,
  community_id uuid not null,
  title text not null,
  kind text not null check (kind in ('regular','extra')),
  organiser text not null check (organiser in ('committee','preparing','renewing','management','residents')),
  organiser_name text not null,
  intro text not null,
  building_ids uuid[] not null,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  sealed boolean not null,
  replace_allowed boolean not null,
  state text not null check (state in ('draft','announced','open','closed','published','cancelled')),
  rule jsonb,
  motions_hash text,
  announced_at timestamptz,
  announced_on date,
  opened_at timestamptz,
  closed_at timestamptz,
  published_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  eligible_count int,
  eligible_m2 numeric(16,2),
  roll_hash text,
  list_hash text,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, poll_id),
  check (closes_at > opens_at),
  check ((state in ('open','closed','published')) <= (eligible_count is not null and eligible_m2 is not null and roll_hash is not null and rule is not null and opened_at is not null)),
  check ((state = 'published') = (published_at is not null and list_hash is not null)),
  check ((state = 'cancelled') = (cancelled_at is not null and cancel_reason is not null)),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index poll_list on votes.poll (company_id, community_id, created_at desc);
create index poll_live on votes.poll (company_id, state) where state in ('announced','open');
select kernel.isolate('votes.poll', 'select, insert, update');
comment on table votes.poll is '业主大会表决:一次会议的一组议题';
comment on column votes.poll.company_id is '公司';
comment on column votes.poll.poll_id is '编号';
comment on column votes.poll.community_id is '小区';
comment on column votes.poll.title is '名称';
comment on column votes.poll.kind is '会议:定期、临时';
comment on column votes.poll.organiser is '组织者:业委会、筹备组、换届小组、物管会、居委会';
comment on column votes.poll.organiser_name is '组织者名称';
comment on column votes.poll.intro is '说明';
comment on column votes.poll.building_ids is '表决范围的楼栋,空为全小区';
comment on column votes.poll.opens_at is '表决开始';
comment on column votes.poll.closes_at is '表决截止';
comment on column votes.poll.sealed is '截止前不显示任何人怎么投';
comment on column votes.poll.replace_allowed is '截止前可以改投';
comment on column votes.poll.state is '状态';
comment on column votes.poll.rule is '公示时冻结的规则';
comment on column votes.poll.motions_hash is '公示时议题的摘要';
comment on column votes.poll.announced_at is '公示时间';
comment on column votes.poll.announced_on is '公示日';
comment on column votes.poll.opened_at is '开启时间,名册在此刻冻结';
comment on column votes.poll.closed_at is '截止处理时间';
comment on column votes.poll.published_at is '公布时间';
comment on column votes.poll.cancelled_at is '取消时间';
comment on column votes.poll.cancel_reason is '取消原因';
comment on column votes.poll.eligible_count is '应参加的表决权人数,开启时冻结';
comment on column votes.poll.eligible_m2 is '应参加的专有部分面积,开启时冻结';
comment on column votes.poll.roll_hash is '名册摘要';
comment on column votes.poll.list_hash is '公布名单摘要';
comment on column votes.poll.created_by is '操作人';
comment on column votes.poll.created_by_name is '操作人姓名';
comment on column votes.poll.created_at is '时间';

create table votes.extension (
  company_id bigint not null,
  poll_id uuid not null,
  extension_no int not null,
  before_at timestamptz not null,
  after_at timestamptz not null,
  reason text not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, poll_id, extension_no),
  check (after_at > before_at),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
select kernel.isolate('votes.extension', 'select, insert');
comment on table votes.extension is '表决期的延长,只增';
comment on column votes.extension.company_id is '公司';
comment on column votes.extension.poll_id is '表决';
comment on column votes.extension.extension_no is '第几次';
comment on column votes.extension.before_at is '原截止';
comment on column votes.extension.after_at is '新截止';
comment on column votes.extension.reason is '原因';
comment on column votes.extension.created_by is '操作人';
comment on column votes.extension.created_by_name is '操作人姓名';
comment on column votes.extension.created_at is '时间';

create table votes.motion (
  company_id bigint not null,
  motion_id uuid not null,
  poll_id uuid not null,
  motion_no int not null check (motion_no between 1 and 50),
  matter text not null check (matter in ('rules','covenant','committee','company','fund_use','fund_raise','rebuild','change_use','other')),
  title text not null,
  body text not null,
  file_id uuid,
  primary key (company_id, motion_id),
  unique (company_id, poll_id, motion_no),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
select kernel.isolate('votes.motion', 'select, insert, delete');
comment on table votes.motion is '议题,公示后不变';
comment on column votes.motion.company_id is '公司';
comment on column votes.motion.motion_id is '编号';
comment on column votes.motion.poll_id is '表决';
comment on column votes.motion.motion_no is '序号';
comment on column votes.motion.matter is '事项,民法典第二百七十八条第一至九项';
comment on column votes.motion.title is '标题';
comment on column votes.motion.body is '内容';
comment on column votes.motion.file_id is '附件';

create table votes.voter (
  company_id bigint not null,
  poll_id uuid not null,
  voter_id uuid not null,
  voter_no int not null,
  kind text not null check (kind in ('owner','developer','unknown')),
  name text not null,
  area_m2 numeric(14,2) not null check (area_m2 >= 0),
  house_count int not null check (house_count > 0),
  primary key (company_id, poll_id, voter_id),
  unique (company_id, poll_id, voter_no),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
select kernel.isolate('votes.voter', 'select, insert');
comment on table votes.voter is '表决权人名册:开启时冻结,只增';
comment on column votes.voter.company_id is '公司';
comment on column votes.voter.poll_id is '表决';
comment on column votes.voter.voter_id is '编号';
comment on column votes.voter.voter_no is '名册序号,也是票号';
comment on column votes.voter.kind is '业主、开发商(未售和未交付合计一人)、业主未登记';
comment on column votes.voter.name is '姓名,共有的全部列出';
comment on column votes.voter.area_m2 is '专有部分面积合计';
comment on column votes.voter.house_count is '套数';

create table votes.voter_house (
  company_id bigint not null,
  poll_id uuid not null,
  house_id uuid not null,
  voter_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  building_name text not null,
  label text not null,
  kind text not null,
  area_m2 numeric(12,2) not null check (area_m2 >= 0),
  source text not null,
  sort_no int not null,
  primary key (company_id, poll_id, house_id),
  foreign key (company_id, poll_id, voter_id) references votes.voter (company_id, poll_id, voter_id)
);
create index voter_house_voter on votes.voter_house (company_id, poll_id, voter_id);
select kernel.isolate('votes.voter_house', 'select, insert');
comment on table votes.voter_house is '名册的来源:每套房产计给谁,只增';
comment on column votes.voter_house.company_id is '公司';
comment on column votes.voter_house.poll_id is '表决';
comment on column votes.voter_house.house_id is '房产';
comment on column votes.voter_house.voter_id is '表决权人';
comment on column votes.voter_house.community_id is '小区';
comment on column votes.voter_house.building_id is '楼栋';
comment on column votes.voter_house.building_name is '楼栋名称';
comment on column votes.voter_house.label is '房号';
comment on column votes.voter_house.kind is '类别';
comment on column votes.voter_house.area_m2 is '建筑面积';
comment on column votes.voter_house.source is '为何计给此人';
comment on column votes.voter_house.sort_no is '排序';

create table votes.voter_person (
  company_id bigint not null,
  poll_id uuid not null,
  voter_id uuid not null,
  person_id uuid not null,
  name text not null,
  primary key (company_id, poll_id, voter_id, person_id),
  foreign key (company_id, poll_id, voter_id) references votes.voter (company_id, poll_id, voter_id)
);
create index voter_person_person on votes.voter_person (company_id, person_id);
select kernel.isolate('votes.voter_person', 'select, insert');
comment on table votes.voter_person is '表决权人是哪些人,只增';
comment on column votes.voter_person.company_id is '公司';
comment on column votes.voter_person.poll_id is '表决';
comment on column votes.voter_person.voter_id is '表决权人';
comment on column votes.voter_person.person_id is '人';
comment on column votes.voter_person.name is '姓名';

create table votes.spokesman (
  company_id bigint not null,
  poll_id uuid not null,
  voter_id uuid not null,
  person_id uuid not null,
  note text not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, poll_id, voter_id),
  foreign key (company_id, poll_id, voter_id) references votes.voter (company_id, poll_id, voter_id)
);
select kernel.isolate('votes.spokesman', 'select, insert');
comment on table votes.spokesman is '共有人推选的投票人,只增';
comment on column votes.spokesman.company_id is '公司';
comment on column votes.spokesman.poll_id is '表决';
comment on column votes.spokesman.voter_id is '表决权人';
comment on column votes.spokesman.person_id is '投票人';
comment on column votes.spokesman.note is '推选依据';
comment on column votes.spokesman.created_by is '操作人';
comment on column votes.spokesman.created_by_name is '操作人姓名';
comment on column votes.spokesman.created_at is '时间';

create table votes.agent (
  company_id bigint not null,
  poll_id uuid not null,
  phone text not null,
  name text not null,
  met_at timestamptz not null,
  primary key (company_id, poll_id, phone),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
select kernel.isolate('votes.agent', 'select, insert, update');
comment on table votes.agent is '受托人,按手机号一人一行';
comment on column votes.agent.company_id is '公司';
comment on column votes.agent.poll_id is '表决';
comment on column votes.agent.phone is '手机号';
comment on column votes.agent.name is '姓名';
comment on column votes.agent.met_at is '最近一次受托录入';

create table votes.ballot (
  company_id bigint not null,
  ballot_id uuid not null,
  poll_id uuid not null,
  voter_id uuid not null,
  round_no int not null check (round_no > 0),
  way text not null check (way in ('app','paper','proxy')),
  person_id uuid,
  proof text not null,
  agent_name text,
  agent_phone text,
  mandate_file_id uuid,
  scan_file_id uuid,
  reason text,
  salt text not null,
  receipt_code text not null,
  cast_at timestamptz not null,
  entered_by uuid,
  entered_by_name text not null,
  primary key (company_id, ballot_id),
  constraint ballot_round unique (company_id, poll_id, voter_id, round_no),
  constraint ballot_receipt unique (company_id, receipt_code),
  check ((way = 'proxy') = (agent_name is not null and agent_phone is not null and mandate_file_id is not null)),
  check (way = 'app' or scan_file_id is not null),
  check ((way = 'app') = (person_id is not null)),
  foreign key (company_id, poll_id, voter_id) references votes.voter (company_id, poll_id, voter_id)
);
create index ballot_agent on votes.ballot (company_id, poll_id, agent_phone) where agent_phone is not null;
select kernel.isolate('votes.ballot', 'select, insert');
comment on table votes.ballot is '选票,只增;改投和更正是新的一张';
comment on column votes.ballot.company_id is '公司';
comment on column votes.ballot.ballot_id is '编号';
comment on column votes.ballot.poll_id is '表决';
comment on column votes.ballot.voter_id is '表决权人';
comment on column votes.ballot.round_no is '第几张,最大的一张有效';
comment on column votes.ballot.way is '手机、纸质、委托';
comment on column votes.ballot.person_id is '手机投票人';
comment on column votes.ballot.proof is '身份依据';
comment on column votes.ballot.agent_name is '受托人';
comment on column votes.ballot.agent_phone is '受托人手机号';
comment on column votes.ballot.mandate_file_id is '委托书';
comment on column votes.ballot.scan_file_id is '纸质票照片或扫描件';
comment on column votes.ballot.reason is '更正原因';
comment on column votes.ballot.salt is '随机数';
comment on column votes.ballot.receipt_code is '回执码:票的内容与随机数的摘要';
comment on column votes.ballot.cast_at is '投票或录入时间';
comment on column votes.ballot.entered_by is '录入人';
comment on column votes.ballot.entered_by_name is '投票人或录入人姓名';

create table votes.ballot_choice (
  company_id bigint not null,
  ballot_id uuid not null,
  motion_id uuid not null,
  choice text not null check (choice in ('agree','oppose','abstain')),
  primary key (company_id, ballot_id, motion_id),
  foreign key (company_id, ballot_id) references votes.ballot (company_id, ballot_id),
  foreign key (company_id, motion_id) references votes.motion (company_id, motion_id)
);
create index ballot_choice_motion on votes.ballot_choice (company_id, motion_id);
select kernel.isolate('votes.ballot_choice', 'select, insert');
comment on table votes.ballot_choice is '选票上每个议题的选择,只增';
comment on column votes.ballot_choice.company_id is '公司';
comment on column votes.ballot_choice.ballot_id is '选票';
comment on column votes.ballot_choice.motion_id is '议题';
comment on column votes.ballot_choice.choice is '同意、反对、弃权';

create table votes.counted (
  company_id bigint not null,
  poll_id uuid not null,
  voter_id uuid not null,
  motion_id uuid not null,
  ballot_id uuid not null,
  constraint counted_once primary key (company_id, poll_id, voter_id, motion_id),
  foreign key (company_id, ballot_id, motion_id) references votes.ballot_choice (company_id, ballot_id, motion_id),
  constraint counted_eligible foreign key (company_id, poll_id, voter_id) references votes.voter (company_id, poll_id, voter_id)
);
create index counted_ballot on votes.counted (company_id, ballot_id, motion_id);
select kernel.isolate('votes.counted', 'select, insert, delete');
comment on table votes.counted is '计入的票:一个表决权人一个议题至多一行';
comment on column votes.counted.company_id is '公司';
comment on column votes.counted.poll_id is '表决';
comment on column votes.counted.voter_id is '表决权人';
comment on column votes.counted.motion_id is '议题';
comment on column votes.counted.ballot_id is '选票';

create table votes.result (
  company_id bigint not null,
  motion_id uuid not null,
  poll_id uuid not null,
  eligible_count int not null,
  eligible_m2 numeric(16,2) not null,
  agree_count int not null,
  agree_m2 numeric(16,2) not null,
  oppose_count int not null,
  oppose_m2 numeric(16,2) not null,
  abstain_count int not null,
  abstain_m2 numeric(16,2) not null,
  quorum_met boolean not null,
  passed boolean not null,
  sentence text not null,
  made_at timestamptz not null,
  primary key (company_id, motion_id),
  constraint result_within check (agree_count + oppose_count + abstain_count <= eligible_count and agree_m2 + oppose_m2 + abstain_m2 <= eligible_m2),
  foreign key (company_id, motion_id) references votes.motion (company_id, motion_id),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
create index result_poll on votes.result (company_id, poll_id);
select kernel.isolate('votes.result', 'select, insert');
comment on table votes.result is '议题的计票结果,截止时写入,只增';
comment on column votes.result.company_id is '公司';
comment on column votes.result.motion_id is '议题';
comment on column votes.result.poll_id is '表决';
comment on column votes.result.eligible_count is '应参加人数';
comment on column votes.result.eligible_m2 is '应参加面积';
comment on column votes.result.agree_count is '同意人数';
comment on column votes.result.agree_m2 is '同意面积';
comment on column votes.result.oppose_count is '反对人数';
comment on column votes.result.oppose_m2 is '反对面积';
comment on column votes.result.abstain_count is '弃权人数';
comment on column votes.result.abstain_m2 is '弃权面积';
comment on column votes.result.quorum_met is '参与达到比例';
comment on column votes.result.passed is '通过';
comment on column votes.result.sentence is '怎样算出';
comment on column votes.result.made_at is '计票时间';

create table votes.listed (
  company_id bigint not null,
  poll_id uuid not null,
  receipt_code text not null,
  area_m2 numeric(14,2) not null,
  choices jsonb not null,
  constraint listed_once primary key (company_id, poll_id, receipt_code),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
select kernel.isolate('votes.listed', 'select, insert');
comment on table votes.listed is '公布名单:回执码、面积和选择,不含姓名房号,只增';
comment on column votes.listed.company_id is '公司';
comment on column votes.listed.poll_id is '表决';
comment on column votes.listed.receipt_code is '回执码';
comment on column votes.listed.area_m2 is '面积';
comment on column votes.listed.choices is '议题序号到选择';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['votes.poll.read']::text[] where built_in and code in ('manager','service','steward','inspector','finance','visitor') and not permissions && array['*', 'votes.poll.read'];
update identity.role set permissions = permissions || array['votes.roll.open','votes.ballot.enter']::text[] where built_in and code in ('manager','service','steward') and not permissions && array['*', 'votes.roll.open'];
update identity.role set permissions = permissions || array['votes.poll.write','votes.ballot.reveal','votes.rule.write']::text[] where built_in and code = 'manager' and not permissions && array['*', 'votes.poll.write'];
alter table identity.role force row level security;
