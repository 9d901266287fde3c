-- The owners' committee (业主委员会): its terms with members; the start of the re-election is reminded of in time (Beijing: six months, Shanghai: five).
create table votes.committee (
  company_id bigint not null,
  committee_id uuid not null,
  community_id uuid not null,
  kind text not null check (kind in ('committee','management')),
  term_no int not null check (term_no between 1 and 50),
  from_on date not null,
  to_on date not null,
  seats_count int not null check (seats_count between 3 and 49),
  filed_no text,
  filed_on date,
  remind_months int not null check (remind_months between 1 and 24),
  reminded_at timestamptz,
  poll_id uuid,
  note text,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, committee_id),
  unique (company_id, community_id, kind, term_no),
  check (to_on > from_on),
  check ((filed_no is null) = (filed_on is null)),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id)
);
create index committee_poll on votes.committee (company_id, poll_id);
select kernel.isolate('votes.committee', 'select, insert, update');
comment on table votes.committee is '业主委员会或物业管理委员会的一届';
comment on column votes.committee.company_id is '公司';
comment on column votes.committee.committee_id is '编号';
comment on column votes.committee.community_id is '小区';
comment on column votes.committee.kind is '业主委员会、物业管理委员会';
comment on column votes.committee.term_no is '第几届';
comment on column votes.committee.from_on is '任期起';
comment on column votes.committee.to_on is '任期止(含)';
comment on column votes.committee.seats_count is '委员名额,单数';
comment on column votes.committee.filed_no is '备案号';
comment on column votes.committee.filed_on is '备案日';
comment on column votes.committee.remind_months is '任期届满前几个月提醒换届';
comment on column votes.committee.reminded_at is '提醒换届的时间';
comment on column votes.committee.poll_id is '选举的表决';
comment on column votes.committee.note is '说明';
comment on column votes.committee.created_by is '登记人';
comment on column votes.committee.created_by_name is '登记人姓名';
comment on column votes.committee.created_at is '登记时间';

create table votes.committee_member (
  company_id bigint not null,
  member_id uuid not null,
  committee_id uuid not null,
  name text not null,
  post text not null check (post in ('head','deputy','member','reserve')),
  houses text,
  from_on date not null,
  to_on date,
  end_reason text,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, member_id),
  check ((to_on is null) = (end_reason is null)),
  check (to_on is null or to_on >= from_on),
  foreign key (company_id, committee_id) references votes.committee (company_id, committee_id)
);
create index committee_member_committee on votes.committee_member (company_id, committee_id);
select kernel.isolate('votes.committee_member', 'select, insert, update');
comment on table votes.committee_member is '业委会成员及其任职的起止';
comment on column votes.committee_member.company_id is '公司';
comment on column votes.committee_member.member_id is '编号';
comment on column votes.committee_member.committee_id is '哪一届';
comment on column votes.committee_member.name is '姓名';
comment on column votes.committee_member.post is '职务:主任、副主任、委员、候补';
comment on column votes.committee_member.houses is '任职时的房产';
comment on column votes.committee_member.from_on is '任职起';
comment on column votes.committee_member.to_on is '任职止(含)';
comment on column votes.committee_member.end_reason is '离任原因';
comment on column votes.committee_member.created_by is '登记人';
comment on column votes.committee_member.created_by_name is '登记人姓名';
comment on column votes.committee_member.created_at is '登记时间';

-- Posts that exist already, as those of a new company. The owner of the tables may be a plain role: forced row security would hide every row.
alter table identity.role no force row level security;
update identity.role set permissions = permissions || array['votes.committee.write']::text[] where built_in and code = 'manager' and not permissions && array['*', 'votes.committee.write'];
alter table identity.role force row level security;
