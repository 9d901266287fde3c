create schema system;
grant usage on schema system to heyuan_app;
comment on schema system is '设置、编号、导入与文件';

create table system.setting (
  company_id bigint not null,
  setting_id uuid not null,
  key text not null,
  community_id uuid,
  value jsonb not null,
  from_on date not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, setting_id)
);
create index setting_key on system.setting (company_id, key, community_id, from_on desc);
select kernel.isolate('system.setting', 'select, insert');
comment on table system.setting is '公司与小区的设置,按日期生效';
comment on column system.setting.company_id is '公司';
comment on column system.setting.setting_id is '编号';
comment on column system.setting.key is '设置项';
comment on column system.setting.community_id is '小区,空为全公司';
comment on column system.setting.value is '值';
comment on column system.setting.from_on is '生效日';
comment on column system.setting.created_by is '修改人';
comment on column system.setting.created_at is '修改时间';

create table system.series (
  company_id bigint not null,
  series text not null,
  next_no bigint not null,
  primary key (company_id, series)
);
select kernel.isolate('system.series', 'select, insert, update');
comment on table system.series is '连续编号,同一事务取号,不断号';
comment on column system.series.company_id is '公司';
comment on column system.series.series is '号段,如 收据-2026';
comment on column system.series.next_no is '下一个号';

create table system.import_batch (
  company_id bigint not null,
  import_id uuid not null,
  kind text not null,
  community_id uuid,
  file_id uuid not null,
  file_name text not null,
  sheet_name text,
  header_row int,
  mapping jsonb not null,
  layout jsonb not null,
  summary jsonb not null,
  state text not null check (state in ('uploaded','reading','previewed','applying','applied','undoing','undone','cancelled','failed')),
  job_id bigint,
  turn uuid,
  cancel_asked_at timestamptz,
  row_count int not null default 0,
  bad_count int not null default 0,
  counts jsonb not null,
  error text,
  created_by uuid not null,
  created_at timestamptz not null,
  applied_at timestamptz,
  applied_by uuid,
  undone_at timestamptz,
  undone_by uuid,
  purged_at timestamptz,
  steps jsonb,
  primary key (company_id, import_id)
);
create index import_batch_list on system.import_batch (company_id, created_at desc, import_id);
create index import_batch_applied on system.import_batch (company_id, community_id, applied_at) where state = 'applied';
create index import_batch_kept on system.import_batch (company_id, created_at) where purged_at is null;
select kernel.isolate('system.import_batch', 'select, insert, update');
comment on table system.import_batch is '导入批次';
comment on column system.import_batch.company_id is '公司';
comment on column system.import_batch.import_id is '编号';
comment on column system.import_batch.kind is '导入内容';
comment on column system.import_batch.community_id is '小区';
comment on column system.import_batch.file_id is '原文件';
comment on column system.import_batch.file_name is '文件名';
comment on column system.import_batch.sheet_name is '工作表';
comment on column system.import_batch.header_row is '表头所在行';
comment on column system.import_batch.mapping is '列与字段的对应';
comment on column system.import_batch.layout is '识别出的工作表、表头与列';
comment on column system.import_batch.summary is '预览要点,每条一句,如将新建的楼栋';
comment on column system.import_batch.state is '状态';
comment on column system.import_batch.job_id is '正在处理它的后台任务,排队时为空';
comment on column system.import_batch.turn is '正在处理的这一轮;换了一轮后,前一轮的写入不再生效';
comment on column system.import_batch.cancel_asked_at is '请求取消的时间';
comment on column system.import_batch.row_count is '总行数';
comment on column system.import_batch.bad_count is '有错的行数';
comment on column system.import_batch.counts is '新增、更新、无变化、跳过的行数';
comment on column system.import_batch.error is '最近一次没有成功的原因';
comment on column system.import_batch.created_by is '操作人';
comment on column system.import_batch.created_at is '上传时间';
comment on column system.import_batch.applied_at is '入库时间';
comment on column system.import_batch.applied_by is '入库人';
comment on column system.import_batch.undone_at is '撤销时间';
comment on column system.import_batch.undone_by is '撤销人';
comment on column system.import_batch.purged_at is '明细到期清除的时间';
comment on column system.import_batch.steps is '入库时每一步的首行号,撤销按相反的顺序一步步退回';

create table system.import_row (
  company_id bigint not null,
  import_id uuid not null,
  row_no int not null,
  row_key text,
  raw jsonb not null,
  data jsonb,
  problems jsonb,
  effect text check (effect in ('new','change','same')),
  changes jsonb,
  undo jsonb,
  primary key (company_id, import_id, row_no)
);
create index import_row_key on system.import_row (company_id, import_id, row_key) where row_key is not null;
create index import_row_bad on system.import_row (company_id, import_id, row_no) where problems is not null;
select kernel.isolate('system.import_row', 'select, insert, update, delete');
comment on table system.import_row is '导入的每一行:原值、解析后的值与错误';
comment on column system.import_row.company_id is '公司';
comment on column system.import_row.import_id is '批次';
comment on column system.import_row.row_no is 'Excel 行号';
comment on column system.import_row.row_key is '业务键:同一文件内不得重复';
comment on column system.import_row.raw is '原值,按字段;证件号已遮盖';
comment on column system.import_row.data is '解析后的值';
comment on column system.import_row.problems is '错误:列、内容、原因';
comment on column system.import_row.effect is '将要发生:new 新增,change 更新,same 无变化';
comment on column system.import_row.changes is '更新的内容:列、原值、新值';
comment on column system.import_row.undo is '撤销所需的旧值与新建的编号';

-- The planner learns of a table that one transaction fills. Without it 10,000 imported rows were checked against each other through
-- whatever index begins with the company: hours. Owner's right, so through this door only; a table that is locked is passed over.
create function system.refresh_statistics(tab regclass) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tab and c.relkind in ('r', 'p') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema')
    then raise exception '% is not a table of the product', tab; end if;
  execute format('analyze (skip_locked) %s', tab);
end $$;
revoke all on function system.refresh_statistics from public;
grant execute on function system.refresh_statistics to heyuan_app;
comment on function system.refresh_statistics is '刷新一张表的统计信息,供大批量导入时使用';

create table system.saved_filter (
  company_id bigint not null,
  filter_id uuid not null,
  account_id uuid not null,
  page text not null,
  name text not null,
  query jsonb not null,
  created_at timestamptz not null,
  primary key (company_id, filter_id)
);
create index saved_filter_page on system.saved_filter (company_id, account_id, page);
select kernel.isolate('system.saved_filter', 'select, insert, delete');
comment on table system.saved_filter is '保存的查询条件';
comment on column system.saved_filter.company_id is '公司';
comment on column system.saved_filter.filter_id is '编号';
comment on column system.saved_filter.account_id is '账号';
comment on column system.saved_filter.page is '页面';
comment on column system.saved_filter.name is '名称';
comment on column system.saved_filter.query is '条件';
comment on column system.saved_filter.created_at is '时间';
