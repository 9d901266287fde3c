-- One approval mechanism for all modules (design 4): dated flows per kind, requests with their frozen steps, decisions that only grow.
create table system.approval_flow (
  company_id bigint not null,
  flow_id uuid not null,
  kind text not null,
  community_id uuid,
  from_on date not null,
  tiers jsonb not null,
  note text,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, flow_id)
);
create index approval_flow_kind on system.approval_flow (company_id, kind, community_id, from_on desc, created_at desc);
select kernel.isolate('system.approval_flow', 'select, insert');
comment on table system.approval_flow is '审批流:每类事项按金额分档、逐级审批,按生效日分版本,只增不改';
comment on column system.approval_flow.company_id is '公司';
comment on column system.approval_flow.flow_id is '编号';
comment on column system.approval_flow.kind is '事项';
comment on column system.approval_flow.community_id is '小区,空为全公司';
comment on column system.approval_flow.from_on is '生效日';
comment on column system.approval_flow.tiers is '分档:金额不超过多少,依次由谁审批';
comment on column system.approval_flow.note is '修改说明';
comment on column system.approval_flow.created_by is '修改人';
comment on column system.approval_flow.created_at is '修改时间';

create table system.approval (
  company_id bigint not null,
  approval_id uuid not null,
  kind text not null,
  subject_type text not null,
  subject_id text not null,
  community_id uuid,
  title text not null,
  amount_fen bigint,
  payload jsonb not null,
  reason text not null,
  attachments jsonb not null default '[]',
  flow_id uuid,
  steps jsonb not null,
  step_no int not null default 1,
  step_by text not null check (step_by in ('permission','role')),
  step_code text not null,
  state text not null default 'asked' check (state in ('asked','agreed','refused','withdrawn')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  closed_at timestamptz,
  check ((state = 'asked') = (closed_at is null)),
  check (step_no between 1 and 9),
  primary key (company_id, approval_id),
  unique (company_id, approval_id, asked_by),
  foreign key (company_id, flow_id) references system.approval_flow
);
create unique index approval_live on system.approval (company_id, kind, subject_id) where state = 'asked';
create index approval_waiting on system.approval (company_id, step_by, step_code, asked_at) where state = 'asked';
create index approval_asked on system.approval (company_id, asked_by, asked_at desc);
create index approval_list on system.approval (company_id, asked_at desc, approval_id);
create index approval_subject on system.approval (company_id, subject_type, subject_id);
create index approval_flow_of on system.approval (company_id, flow_id);
select kernel.isolate('system.approval', 'select, insert, update');
comment on table system.approval is '审批:申请、冻结的审批步骤与当前状态';
comment on column system.approval.company_id is '公司';
comment on column system.approval.approval_id is '编号';
comment on column system.approval.kind is '事项';
comment on column system.approval.subject_type is '对象类型';
comment on column system.approval.subject_id is '对象编号';
comment on column system.approval.community_id is '小区,空为公司事项';
comment on column system.approval.title is '标题';
comment on column system.approval.amount_fen is '金额';
comment on column system.approval.payload is '通过后办理所需的内容';
comment on column system.approval.reason is '申请理由';
comment on column system.approval.attachments is '附件';
comment on column system.approval.flow_id is '所依据的审批流版本,空为默认';
comment on column system.approval.steps is '申请时冻结的审批步骤';
comment on column system.approval.step_no is '当前步骤';
comment on column system.approval.step_by is '当前步骤由权限还是角色决定';
comment on column system.approval.step_code is '当前步骤的权限或角色代码';
comment on column system.approval.state is '状态:asked 审批中,agreed 已通过,refused 已驳回,withdrawn 已撤回';
comment on column system.approval.asked_by is '申请人';
comment on column system.approval.asked_at is '申请时间';
comment on column system.approval.closed_at is '结束时间';

-- Who asked stands in the row too, so that the database itself holds: nobody decides what he asked for, nobody decides twice.
create table system.approval_decision (
  company_id bigint not null,
  approval_id uuid not null,
  step_no int not null,
  asked_by uuid not null,
  decided_by uuid not null,
  decision text not null check (decision in ('agree','refuse')),
  note text,
  decided_at timestamptz not null,
  check (decided_by <> asked_by),
  primary key (company_id, approval_id, step_no),
  unique (company_id, approval_id, decided_by),
  foreign key (company_id, approval_id, asked_by) references system.approval (company_id, approval_id, asked_by)
);
create index approval_decision_by on system.approval_decision (company_id, decided_by, decided_at desc);
select kernel.isolate('system.approval_decision', 'select, insert');
comment on table system.approval_decision is '审批意见:每步一条,只增不改;申请人不能审批自己的申请,同一人不能审批两步';
comment on column system.approval_decision.company_id is '公司';
comment on column system.approval_decision.approval_id is '审批';
comment on column system.approval_decision.step_no is '第几步';
comment on column system.approval_decision.asked_by is '申请人';
comment on column system.approval_decision.decided_by is '审批人';
comment on column system.approval_decision.decision is '意见:agree 同意,refuse 驳回';
comment on column system.approval_decision.note is '说明';
comment on column system.approval_decision.decided_at is '时间';
