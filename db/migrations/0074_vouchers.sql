-- Vouchers for accounting programs: layouts and account numbers as data, numbered batches, each journal exported once.
create table closing.voucher_layout (
  company_id bigint not null,
  layout_id uuid not null,
  name text not null,
  format text not null check (format in ('xlsx','csv')),
  voucher_word text not null default '记',
  columns jsonb not null,
  disabled_at timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, layout_id),
  unique (company_id, name)
);
select kernel.isolate('closing.voucher_layout', 'select, insert, update');
comment on table closing.voucher_layout is '凭证导出版式:各列的标题与取值';
comment on column closing.voucher_layout.company_id is '公司';
comment on column closing.voucher_layout.layout_id is '编号';
comment on column closing.voucher_layout.name is '名称';
comment on column closing.voucher_layout.format is '文件格式';
comment on column closing.voucher_layout.voucher_word is '凭证字';
comment on column closing.voucher_layout.columns is '列:标题与取值,= 开头为固定文字';
comment on column closing.voucher_layout.disabled_at is '停用时间';
comment on column closing.voucher_layout.created_by is '建立人';
comment on column closing.voucher_layout.created_at is '建立时间';

create table closing.voucher_account (
  company_id bigint not null,
  book text not null,
  account_code text not null,
  target_code text not null,
  target_name text,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, book, account_code)
);
select kernel.isolate('closing.voucher_account', 'select, insert, update, delete');
comment on table closing.voucher_account is '科目对照:本系统科目在财务软件中的科目';
comment on column closing.voucher_account.company_id is '公司';
comment on column closing.voucher_account.book is '账簿';
comment on column closing.voucher_account.account_code is '本系统科目';
comment on column closing.voucher_account.target_code is '财务软件科目代码';
comment on column closing.voucher_account.target_name is '财务软件科目名称';
comment on column closing.voucher_account.changed_by is '修改人';
comment on column closing.voucher_account.changed_at is '修改时间';

create table closing.voucher_batch (
  company_id bigint not null,
  batch_id uuid not null,
  batch_no bigint not null,
  book text not null,
  period_on date not null,
  from_on date not null,
  to_on date not null,
  rule text not null check (rule in ('detail','day','month')),
  first_no int not null check (first_no > 0),
  voucher_count int not null,
  journal_count int not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  export_count int not null default 0,
  created_by uuid,
  created_at timestamptz not null,
  voided_by uuid,
  voided_at timestamptz,
  void_reason text,
  primary key (company_id, batch_id),
  unique (company_id, batch_no),
  check (debit_fen = credit_fen)
);
create index voucher_batch_list on closing.voucher_batch (company_id, period_on desc, batch_no desc);
select kernel.isolate('closing.voucher_batch', 'select, insert, update');
comment on table closing.voucher_batch is '凭证导出批次,连续编号';
comment on column closing.voucher_batch.company_id is '公司';
comment on column closing.voucher_batch.batch_id is '编号';
comment on column closing.voucher_batch.batch_no is '批次号';
comment on column closing.voucher_batch.book is '账簿';
comment on column closing.voucher_batch.period_on is '期间(月首日)';
comment on column closing.voucher_batch.from_on is '起';
comment on column closing.voucher_batch.to_on is '止(含)';
comment on column closing.voucher_batch.rule is '汇总方式:detail 逐张,day 按日按业务,month 按月按业务';
comment on column closing.voucher_batch.first_no is '起始凭证号';
comment on column closing.voucher_batch.voucher_count is '凭证张数';
comment on column closing.voucher_batch.journal_count is '本系统凭证张数';
comment on column closing.voucher_batch.debit_fen is '借方合计';
comment on column closing.voucher_batch.credit_fen is '贷方合计';
comment on column closing.voucher_batch.export_count is '导出次数,第二次起标明补导';
comment on column closing.voucher_batch.created_by is '制批人';
comment on column closing.voucher_batch.created_at is '制批时间';
comment on column closing.voucher_batch.voided_by is '作废人';
comment on column closing.voucher_batch.voided_at is '作废时间';
comment on column closing.voucher_batch.void_reason is '作废原因';

create table closing.voucher_journal (
  company_id bigint not null,
  batch_id uuid not null,
  journal_id uuid not null,
  booked_on date not null,
  voucher_no int not null,
  live boolean not null default true,
  primary key (company_id, batch_id, journal_id),
  foreign key (company_id, batch_id) references closing.voucher_batch
);
create unique index voucher_journal_once on closing.voucher_journal (company_id, journal_id) where live;
select kernel.isolate('closing.voucher_journal', 'select, insert, update');
comment on table closing.voucher_journal is '批次中的凭证:一张只导出一次';
comment on column closing.voucher_journal.company_id is '公司';
comment on column closing.voucher_journal.batch_id is '批次';
comment on column closing.voucher_journal.journal_id is '本系统凭证';
comment on column closing.voucher_journal.booked_on is '记账日';
comment on column closing.voucher_journal.voucher_no is '导出的凭证号';
comment on column closing.voucher_journal.live is '批次有效';
