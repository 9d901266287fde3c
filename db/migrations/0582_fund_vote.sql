-- Which use of the maintenance fund took the result of which motion: once a motion.
create table votes.fund_vote (
  company_id bigint not null,
  motion_id uuid not null,
  poll_id uuid not null,
  use_id uuid not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (company_id, motion_id),
  foreign key (company_id, motion_id) references votes.motion (company_id, motion_id),
  foreign key (company_id, poll_id) references votes.poll (company_id, poll_id),
  foreign key (company_id, use_id) references funds.use (company_id, use_id)
);
create index fund_vote_poll on votes.fund_vote (company_id, poll_id);
create index fund_vote_use on votes.fund_vote (company_id, use_id);
select kernel.isolate('votes.fund_vote', 'select, insert');
comment on table votes.fund_vote is '维修资金使用选用的表决结果,一个议题一次,只增';
comment on column votes.fund_vote.company_id is '公司';
comment on column votes.fund_vote.motion_id is '议题';
comment on column votes.fund_vote.poll_id is '表决';
comment on column votes.fund_vote.use_id is '维修资金使用项目';
comment on column votes.fund_vote.created_by is '选用人';
comment on column votes.fund_vote.created_by_name is '选用人姓名';
comment on column votes.fund_vote.created_at is '选用时间';
