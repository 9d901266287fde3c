-- The few tables of the kernel, the application role, and the one function that isolates a table by company.
do $$ begin
  if not exists (select from pg_roles where rolname = 'heyuan_app') then create role heyuan_app nologin; end if;
  execute format('grant heyuan_app to %I', current_user);
end $$;
create extension if not exists pg_trgm;
create extension if not exists btree_gist;
grant usage on schema kernel to heyuan_app;

-- Row-level security, enabled and forced, with the plain policy that a distributed engine accepts (database.md 5, 6c),
-- and exactly the rights named. Called by migrations only.
create function kernel.isolate(tab regclass, rights text) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format($p$create policy company on %s using (company_id = nullif(current_setting('app.company_id', true), '')::bigint)
    with check (company_id = nullif(current_setting('app.company_id', true), '')::bigint)$p$, tab);
  execute format('grant %s on %s to heyuan_app', rights, tab);
end $$;
comment on function kernel.isolate is '按公司隔离一张表:启用并强制行级安全,授予应用角色所列权限';

create table kernel.request (
  company_id bigint not null, request_id uuid not null, account_id uuid, call text not null, input_hash text not null, answer jsonb, at timestamptz not null,
  primary key (company_id, request_id));
select kernel.isolate('kernel.request', 'select, insert, update');
comment on table kernel.request is '写请求的幂等记录:同一编号只执行一次';
comment on column kernel.request.company_id is '公司';
comment on column kernel.request.request_id is '请求编号,由客户端生成';
comment on column kernel.request.account_id is '操作账号';
comment on column kernel.request.call is '接口';
comment on column kernel.request.input_hash is '入参摘要,同号不同参时拒绝';
comment on column kernel.request.answer is '已给出的答复';
comment on column kernel.request.at is '时间';

create table kernel.audit (
  company_id bigint not null, audit_id bigint generated always as identity, at timestamptz not null, account_id uuid, actor_name text not null, face text not null,
  call text not null, outcome text not null, refusal text, subject_type text, subject_id text, detail jsonb, request_id uuid, ip text,
  tx xid8 not null default pg_current_xact_id(),
  primary key (company_id, audit_id));
create index audit_at on kernel.audit (company_id, at desc);
create index audit_subject on kernel.audit (company_id, subject_type, subject_id);
create index audit_tx on kernel.audit (company_id, tx);
select kernel.isolate('kernel.audit', 'select, insert');
comment on table kernel.audit is '审计:谁在何时做了什么,只增不改';
comment on column kernel.audit.company_id is '公司,0 为平台';
comment on column kernel.audit.audit_id is '序号';
comment on column kernel.audit.at is '时间';
comment on column kernel.audit.account_id is '账号';
comment on column kernel.audit.actor_name is '操作人姓名';
comment on column kernel.audit.face is '来自哪一端';
comment on column kernel.audit.call is '接口';
comment on column kernel.audit.outcome is '结果:done 成功,refused 拒绝,fault 故障';
comment on column kernel.audit.refusal is '拒绝原因代码';
comment on column kernel.audit.subject_type is '对象类型';
comment on column kernel.audit.subject_id is '对象编号';
comment on column kernel.audit.detail is '内容:入参与前后值,敏感项已去除';
comment on column kernel.audit.request_id is '请求编号';
comment on column kernel.audit.ip is '来源地址';
comment on column kernel.audit.tx is '事务号,封存时用来确定稳定的范围';

create table kernel.audit_seal (
  company_id bigint not null, seal_no bigint not null, tx_from xid8 not null, tx_to xid8 not null, row_count int not null, rows_hash text not null, prev_hash text not null, hash text not null, at timestamptz not null,
  primary key (company_id, seal_no));
select kernel.isolate('kernel.audit_seal', 'select, insert');
comment on table kernel.audit_seal is '审计封存链:每批记录的摘要与前一批摘要相连,链头另存于库外';
comment on column kernel.audit_seal.company_id is '公司';
comment on column kernel.audit_seal.seal_no is '批次';
comment on column kernel.audit_seal.tx_from is '起始事务号(含)';
comment on column kernel.audit_seal.tx_to is '截止事务号(不含)';
comment on column kernel.audit_seal.row_count is '条数';
comment on column kernel.audit_seal.rows_hash is '本批内容摘要';
comment on column kernel.audit_seal.prev_hash is '前一批摘要';
comment on column kernel.audit_seal.hash is '本批摘要';
comment on column kernel.audit_seal.at is '封存时间';

create table kernel.event (
  company_id bigint not null, event_id uuid not null, name text not null, subject text not null, payload jsonb not null, at timestamptz not null,
  primary key (company_id, event_id));
create index event_at on kernel.event (company_id, at);
select kernel.isolate('kernel.event', 'select, insert');
comment on table kernel.event is '已发生的业务事实,与改变同一事务写入';
comment on column kernel.event.company_id is '公司';
comment on column kernel.event.event_id is '事件编号';
comment on column kernel.event.name is '事件名';
comment on column kernel.event.subject is '主体,同一主体按序送达';
comment on column kernel.event.payload is '内容';
comment on column kernel.event.at is '时间';

-- The queue is local to the coordinator and claimed across companies, so it has no row-level security; only the worker reads it whole.
create table kernel.job (
  job_id bigint generated always as identity primary key, company_id bigint not null, name text not null, payload jsonb not null, account_id uuid, lane text,
  state text not null default 'waiting' check (state in ('waiting','running','done','failed','cancelled')), run_at timestamptz not null, attempts int not null default 0,
  attempts_max int not null default 5, leased_by text, lease_until timestamptz, fence int not null default 0, cancel_asked boolean not null default false,
  done_count bigint not null default 0, total_count bigint, result jsonb, error text, created_at timestamptz not null, ended_at timestamptz);
create index job_next on kernel.job (run_at, job_id) where state in ('waiting','running');
create index job_lane on kernel.job (lane, job_id) where state in ('waiting','running') and lane is not null;
create index job_company on kernel.job (company_id, job_id desc);
grant select, insert, update on kernel.job to heyuan_app;
comment on table kernel.job is '后台任务队列,与业务改变同一事务写入';
comment on column kernel.job.job_id is '任务号';
comment on column kernel.job.company_id is '公司';
comment on column kernel.job.name is '任务名';
comment on column kernel.job.payload is '参数';
comment on column kernel.job.account_id is '发起账号,任务以其权限执行';
comment on column kernel.job.lane is '车道:同一车道按序执行';
comment on column kernel.job.state is '状态';
comment on column kernel.job.run_at is '最早执行时间';
comment on column kernel.job.attempts is '已试次数';
comment on column kernel.job.attempts_max is '最多次数';
comment on column kernel.job.leased_by is '执行者';
comment on column kernel.job.lease_until is '租约到期';
comment on column kernel.job.fence is '围栏号,防止过期执行者写入';
comment on column kernel.job.cancel_asked is '已请求取消';
comment on column kernel.job.done_count is '已完成数';
comment on column kernel.job.total_count is '总数';
comment on column kernel.job.result is '结果';
comment on column kernel.job.error is '错误';
comment on column kernel.job.created_at is '建立时间';
comment on column kernel.job.ended_at is '结束时间';

create table kernel.file (
  company_id bigint not null, file_id uuid not null, sha256 text not null, name text not null, type text not null, size_bytes bigint not null,
  purpose text not null, created_by uuid, created_at timestamptz not null, expires_at timestamptz,
  primary key (company_id, file_id));
create index file_expires on kernel.file (company_id, expires_at) where expires_at is not null;
select kernel.isolate('kernel.file', 'select, insert, update, delete');
comment on table kernel.file is '上传与生成的文件,内容按摘要存放在数据目录';
comment on column kernel.file.company_id is '公司';
comment on column kernel.file.file_id is '文件编号';
comment on column kernel.file.sha256 is '内容摘要';
comment on column kernel.file.name is '原文件名';
comment on column kernel.file.type is '识别出的类型';
comment on column kernel.file.size_bytes is '字节数';
comment on column kernel.file.purpose is '用途';
comment on column kernel.file.created_by is '上传人';
comment on column kernel.file.created_at is '时间';
comment on column kernel.file.expires_at is '到期后清除';
comment on table kernel.migration is '已执行的结构迁移';
comment on column kernel.migration.name is '文件名';
comment on column kernel.migration.hash is '内容摘要';
comment on column kernel.migration.applied_at is '执行时间';

-- Month partitions: made by the owner, asked for by the application through this door only. The application has no
-- rights on a partition itself, so isolation on the parent cannot be walked around.
create function kernel.ensure_month(tab regclass, month_on date) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
declare
  first date := date_trunc('month', month_on)::date;
  sch text; rel text; part text;
begin
  select n.nspname, c.relname into sch, rel from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tab and c.relkind = 'p';
  if rel is null then raise exception '% is not a partitioned table', tab; end if;
  if first < date '2000-01-01' or first > date '2100-01-01' then raise exception 'month % is out of range', first; end if;
  part := rel || '_' || to_char(first, 'YYYYMM');
  if to_regclass(format('%I.%I', sch, part)) is not null then return false; end if;
  perform pg_advisory_xact_lock(727002);
  if to_regclass(format('%I.%I', sch, part)) is not null then return false; end if;
  execute format('create table %I.%I partition of %s for values from (%L) to (%L)', sch, part, tab, first, (first + interval '1 month')::date);
  return true;
end $$;
revoke all on function kernel.ensure_month from public;
grant execute on function kernel.ensure_month to heyuan_app;
comment on function kernel.ensure_month is '建立某月的分区,已有则不变';
