-- A large charge run is published in chunks of buildings, each committed for itself: a crash loses at most the one being written (docs/adr/0250).
create table billing.run_chunk (
  company_id bigint not null,
  run_id uuid not null,
  chunk_no int not null check (chunk_no >= 0),
  digests jsonb not null,
  line_count int not null check (line_count > 0),
  published_count int check (published_count >= 0),
  published_fen bigint check (published_fen >= 0),
  left_out uuid[] not null default '{}',
  done_at timestamptz,
  primary key (company_id, run_id, chunk_no),
  foreign key (company_id, run_id) references billing.run (company_id, run_id),
  check ((done_at is null) = (published_count is null) and (done_at is null) = (published_fen is null))
);
select kernel.isolate('billing.run_chunk', 'select, insert, update, delete');
comment on table billing.run_chunk is '大批次出账的分段:按楼栋逐段发布、逐段提交,中断后从未完成的一段继续';
comment on column billing.run_chunk.company_id is '公司';
comment on column billing.run_chunk.run_id is '批次';
comment on column billing.run_chunk.chunk_no is '段号,从 0 起';
comment on column billing.run_chunk.digests is '试算时各楼栋的账单数、金额、折扣与摘要;发布时须一致';
comment on column billing.run_chunk.line_count is '试算的账单数';
comment on column billing.run_chunk.published_count is '已发布的账单数';
comment on column billing.run_chunk.published_fen is '已发布的金额';
comment on column billing.run_chunk.left_out is '试算之后资料有变动而未出账的楼栋';
comment on column billing.run_chunk.done_at is '发布时间';

-- Payers see the bills of a run when all of it is published: few are at a time.
create index run_publishing on billing.run (company_id, run_id) where state = 'publishing';
