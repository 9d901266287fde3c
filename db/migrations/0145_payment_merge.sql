-- One payment for several houses (合并收款): a payment and a receipt a house, joined; undone as a whole when asked so. And receipts printed many at
-- once: a batch says who printed what when, each print in it stays a numbered print of its receipt.
alter table payment.payment add column merge_id uuid;
comment on column payment.payment.merge_id is '合并收款编号,同一次收款的各户相同';
create index payment_merge on payment.payment (company_id, merge_id) where merge_id is not null;

alter table payment.reversal add column merge_id uuid;
comment on column payment.reversal.merge_id is '整笔冲销:合并收款编号,一起审批';
create index reversal_merge on payment.reversal (company_id, merge_id) where merge_id is not null;

create table payment.print_batch (
  company_id bigint not null,
  batch_id uuid not null,
  form text not null check (form in ('a5','80mm','three_copy')),
  together boolean not null,
  title text not null,
  receipt_count int not null check (receipt_count > 0),
  reprint_count int not null check (reprint_count between 0 and receipt_count),
  printed_by uuid not null,
  printed_at timestamptz not null,
  primary key (company_id, batch_id)
);
create index print_batch_time on payment.print_batch (company_id, printed_at desc, batch_id);
select kernel.isolate('payment.print_batch', 'select, insert');
comment on table payment.print_batch is '批量打印:一次打印的多张收据';
comment on column payment.print_batch.company_id is '公司';
comment on column payment.print_batch.batch_id is '编号';
comment on column payment.print_batch.form is '版式';
comment on column payment.print_batch.together is '合并成一张';
comment on column payment.print_batch.title is '打印了什么';
comment on column payment.print_batch.receipt_count is '收据张数';
comment on column payment.print_batch.reprint_count is '其中补打';
comment on column payment.print_batch.printed_by is '打印人';
comment on column payment.print_batch.printed_at is '时间';

alter table payment.receipt_print add column batch_id uuid;
alter table payment.receipt_print add foreign key (company_id, batch_id) references payment.print_batch;
comment on column payment.receipt_print.batch_id is '批量打印编号,单张打印为空';
create index receipt_print_batch on payment.receipt_print (company_id, batch_id) where batch_id is not null;
