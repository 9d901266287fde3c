-- Notices in batch: who was given which paper, by which walk, and whether it arrived.
alter table payment.pay_link add column source text not null default 'resident';
alter table payment.pay_link add constraint pay_link_source check (source in ('resident','notice'));
comment on column payment.pay_link.source is '来源:业主生成、通知单二维码';

create table reminders.notice_batch (
  company_id bigint not null,
  batch_id uuid not null,
  batch_no text not null,
  community_id uuid not null,
  building_ids uuid[] not null default '{}',
  overdue_only boolean not null,
  period_from_on date,
  period_to_on date,
  min_open_fen bigint not null default 0 check (min_open_fen >= 0),
  due_by_on date,
  paper text not null check (paper in ('a4','a5','half','roll')),
  template_id uuid,
  template_name text,
  template_version int,
  origin text,
  link_days int not null check (link_days between 1 and 90),
  notice_count int not null,
  open_fen bigint not null,
  done_count int not null default 0,
  state text not null check (state in ('drawing','ready','failed')),
  failure text,
  files jsonb not null default '[]',
  printed_count int not null default 0,
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (company_id, batch_id),
  unique (company_id, batch_no),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, template_id) references forms.template
);
create index notice_batch_list on reminders.notice_batch (company_id, created_at desc, batch_id);
create index notice_batch_place on reminders.notice_batch (company_id, community_id, created_at desc);
create index notice_batch_template on reminders.notice_batch (company_id, template_id) where template_id is not null;
select kernel.isolate('reminders.notice_batch', 'select, insert, update');
comment on table reminders.notice_batch is '批量打印的缴费通知单';
comment on column reminders.notice_batch.company_id is '公司';
comment on column reminders.notice_batch.batch_id is '编号';
comment on column reminders.notice_batch.batch_no is '批次号';
comment on column reminders.notice_batch.community_id is '小区';
comment on column reminders.notice_batch.building_ids is '楼栋,空为全部';
comment on column reminders.notice_batch.overdue_only is '只含已到期的账单';
comment on column reminders.notice_batch.period_from_on is '账期起';
comment on column reminders.notice_batch.period_to_on is '账期止(含)';
comment on column reminders.notice_batch.min_open_fen is '欠费低于此数不打印';
comment on column reminders.notice_batch.due_by_on is '请缴清的日期';
comment on column reminders.notice_batch.paper is '纸张';
comment on column reminders.notice_batch.template_id is '单据模板,空为内置版式';
comment on column reminders.notice_batch.template_name is '模板名称';
comment on column reminders.notice_batch.template_version is '模板版本';
comment on column reminders.notice_batch.origin is '二维码网址的前段,空为不印二维码';
comment on column reminders.notice_batch.link_days is '二维码有效天数';
comment on column reminders.notice_batch.notice_count is '通知单数';
comment on column reminders.notice_batch.open_fen is '欠费合计';
comment on column reminders.notice_batch.done_count is '已排版的份数';
comment on column reminders.notice_batch.state is '状态';
comment on column reminders.notice_batch.failure is '没有生成的原因';
comment on column reminders.notice_batch.files is '生成的文件:编号、首份、末份';
comment on column reminders.notice_batch.printed_count is '取出文件的次数';
comment on column reminders.notice_batch.created_by is '打印人';
comment on column reminders.notice_batch.created_by_name is '打印人姓名';
comment on column reminders.notice_batch.created_at is '时间';
comment on column reminders.notice_batch.finished_at is '生成时间';

create table reminders.notice (
  company_id bigint not null,
  batch_id uuid not null,
  seq int not null check (seq >= 1),
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payer_id uuid not null,
  link_id uuid not null,
  bill_count int not null,
  open_fen bigint not null check (open_fen > 0),
  delivery text check (delivery in ('delivered','posted','refused','other')),
  delivery_note text,
  delivered_at timestamptz,
  delivered_by_name text,
  reminder_id uuid,
  primary key (company_id, batch_id, seq),
  foreign key (company_id, batch_id) references reminders.notice_batch,
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, payer_id) references people.person,
  foreign key (company_id, link_id) references payment.pay_link,
  foreign key (company_id, reminder_id) references reminders.reminder,
  check ((delivery is null) = (delivered_at is null))
);
create index notice_house on reminders.notice (company_id, house_id);
create index notice_payer on reminders.notice (company_id, payer_id);
create index notice_link on reminders.notice (company_id, link_id);
create index notice_reminder on reminders.notice (company_id, reminder_id) where reminder_id is not null;
select kernel.isolate('reminders.notice', 'select, insert, update');
comment on table reminders.notice is '一份缴费通知单:一位缴费人、一套房';
comment on column reminders.notice.company_id is '公司';
comment on column reminders.notice.batch_id is '批次';
comment on column reminders.notice.seq is '批次内按走动顺序的序号';
comment on column reminders.notice.community_id is '小区';
comment on column reminders.notice.building_id is '楼栋';
comment on column reminders.notice.house_id is '房产';
comment on column reminders.notice.payer_id is '缴费人';
comment on column reminders.notice.link_id is '扫码缴费的链接,也是所列的账单';
comment on column reminders.notice.bill_count is '账单数';
comment on column reminders.notice.open_fen is '打印时欠费';
comment on column reminders.notice.delivery is '送达结果';
comment on column reminders.notice.delivery_note is '送达说明';
comment on column reminders.notice.delivered_at is '登记送达的时间';
comment on column reminders.notice.delivered_by_name is '登记人';
comment on column reminders.notice.reminder_id is '送达后成为的催缴记录';
