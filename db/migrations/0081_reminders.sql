create schema reminders;
grant usage on schema reminders to heyuan_app;
comment on schema reminders is '催缴:方案、记录、承诺与暂停';

create table reminders.plan (
  company_id bigint not null,
  plan_id uuid not null,
  community_id uuid,
  name text not null,
  from_on date not null,
  to_on date,
  min_open_fen bigint not null default 0 check (min_open_fen >= 0),
  fee_item_ids uuid[] not null default '{}',
  state text not null check (state in ('draft','active','ended')),
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamptz not null,
  activated_by uuid,
  activated_by_name text,
  activated_at timestamptz,
  primary key (company_id, plan_id),
  check (to_on is null or to_on >= from_on),
  foreign key (company_id, community_id) references property.community,
  exclude using gist (company_id with =, coalesce(community_id, '00000000-0000-0000-0000-000000000000'::uuid) with =, daterange(from_on, to_on) with &&) where (state = 'active')
);
create index plan_community on reminders.plan (company_id, community_id, state);
select kernel.isolate('reminders.plan', 'select, insert, update');
comment on table reminders.plan is '催缴方案:小区的优先,没有时用公司的';
comment on column reminders.plan.company_id is '公司';
comment on column reminders.plan.plan_id is '编号';
comment on column reminders.plan.community_id is '小区,空为全公司';
comment on column reminders.plan.name is '名称';
comment on column reminders.plan.from_on is '生效日(含)';
comment on column reminders.plan.to_on is '失效日(不含)';
comment on column reminders.plan.min_open_fen is '欠费低于此数不催';
comment on column reminders.plan.fee_item_ids is '只催这些收费项目,空为全部';
comment on column reminders.plan.state is '状态:草稿、启用、停用';
comment on column reminders.plan.created_by is '制定人';
comment on column reminders.plan.created_by_name is '制定人姓名';
comment on column reminders.plan.created_at is '制定时间';
comment on column reminders.plan.activated_by is '启用人';
comment on column reminders.plan.activated_by_name is '启用人姓名';
comment on column reminders.plan.activated_at is '启用时间';

create table reminders.step (
  company_id bigint not null,
  plan_id uuid not null,
  step_no int not null check (step_no between 1 and 20),
  name text not null,
  anchor text not null check (anchor in ('issued','due')),
  offset_days int not null check (offset_days between -60 and 1095),
  channels text[] not null check (cardinality(channels) > 0 and channels <@ array['app','sms','letter','call','visit']),
  tone text not null check (tone in ('issued','before_due','due','overdue','final')),
  primary key (company_id, plan_id, step_no),
  foreign key (company_id, plan_id) references reminders.plan
);
select kernel.isolate('reminders.step', 'select, insert, delete');
comment on table reminders.step is '催缴方案的各步';
comment on column reminders.step.company_id is '公司';
comment on column reminders.step.plan_id is '方案';
comment on column reminders.step.step_no is '第几步';
comment on column reminders.step.name is '名称';
comment on column reminders.step.anchor is '从哪天算:出账日、到期日';
comment on column reminders.step.offset_days is '之后第几天,负数为之前';
comment on column reminders.step.channels is '方式:站内、短信、催缴单、电话、上门';
comment on column reminders.step.tone is '用语';

create table reminders.reminder (
  company_id bigint not null,
  reminder_id uuid not null,
  community_id uuid not null,
  building_id uuid not null,
  house_id uuid not null,
  payer_id uuid not null,
  plan_id uuid,
  step_no int,
  step_name text not null,
  tone text not null,
  channel text not null check (channel in ('app','sms','letter','call','visit')),
  state text not null check (state in ('waiting','sent','done','failed','cancelled')),
  cause text check (cause in ('paid','paused','no_phone','promised','withdrawn')),
  bill_count int not null,
  open_fen bigint not null,
  period_from_on date not null,
  period_to_on date not null,
  message_id uuid,
  letter_no text,
  printed_at timestamptz,
  printed_by_name text,
  answer text,
  answer_note text,
  handled_by uuid,
  handled_by_name text,
  created_by uuid,
  created_by_name text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (company_id, reminder_id),
  check ((state = 'cancelled' or state = 'failed') = (cause is not null))
);
create index reminder_list on reminders.reminder (company_id, created_at desc, reminder_id desc);
create index reminder_community on reminders.reminder (company_id, community_id, created_at desc, reminder_id desc);
create index reminder_house on reminders.reminder (company_id, house_id, created_at desc);
create index reminder_waiting on reminders.reminder (company_id, community_id, channel, created_at) where state = 'waiting';
create unique index reminder_letter on reminders.reminder (company_id, letter_no) where letter_no is not null;
select kernel.isolate('reminders.reminder', 'select, insert, update');
comment on table reminders.reminder is '一次催缴:一位缴费人、一套房、一步、一种方式';
comment on column reminders.reminder.company_id is '公司';
comment on column reminders.reminder.reminder_id is '编号';
comment on column reminders.reminder.community_id is '小区';
comment on column reminders.reminder.building_id is '楼栋';
comment on column reminders.reminder.house_id is '房产';
comment on column reminders.reminder.payer_id is '缴费人';
comment on column reminders.reminder.plan_id is '方案,空为人工';
comment on column reminders.reminder.step_no is '第几步';
comment on column reminders.reminder.step_name is '步骤名称';
comment on column reminders.reminder.tone is '用语';
comment on column reminders.reminder.channel is '方式';
comment on column reminders.reminder.state is '状态';
comment on column reminders.reminder.cause is '没有发出的原因';
comment on column reminders.reminder.bill_count is '账单数';
comment on column reminders.reminder.open_fen is '当时欠费';
comment on column reminders.reminder.period_from_on is '最早账期';
comment on column reminders.reminder.period_to_on is '最晚账期';
comment on column reminders.reminder.message_id is '站内消息或短信对应的消息';
comment on column reminders.reminder.letter_no is '催缴单号';
comment on column reminders.reminder.printed_at is '打印时间';
comment on column reminders.reminder.printed_by_name is '打印人';
comment on column reminders.reminder.answer is '结果:送达、已接通、无人等';
comment on column reminders.reminder.answer_note is '结果说明';
comment on column reminders.reminder.handled_by is '办理人';
comment on column reminders.reminder.handled_by_name is '办理人姓名';
comment on column reminders.reminder.created_by is '发起人,空为自动';
comment on column reminders.reminder.created_by_name is '发起人姓名';
comment on column reminders.reminder.created_at is '时间';
comment on column reminders.reminder.ended_at is '结束时间';

-- Once a bill, step and channel: the primary key decides, whoever plans.
create table reminders.reminder_bill (
  company_id bigint not null,
  bill_id uuid not null,
  step_key text not null,
  channel text not null,
  reminder_id uuid not null,
  period_on date not null,
  open_fen bigint not null,
  primary key (company_id, bill_id, step_key, channel),
  foreign key (company_id, reminder_id) references reminders.reminder
);
create index reminder_bill_reminder on reminders.reminder_bill (company_id, reminder_id);
select kernel.isolate('reminders.reminder_bill', 'select, insert, delete');
comment on table reminders.reminder_bill is '催缴所含账单;一笔账单在一步、一种方式上只催一次';
comment on column reminders.reminder_bill.company_id is '公司';
comment on column reminders.reminder_bill.bill_id is '账单';
comment on column reminders.reminder_bill.step_key is '方案与步骤,人工催缴为日期';
comment on column reminders.reminder_bill.channel is '方式';
comment on column reminders.reminder_bill.reminder_id is '催缴';
comment on column reminders.reminder_bill.period_on is '账期';
comment on column reminders.reminder_bill.open_fen is '当时欠费';

create table reminders.pause (
  company_id bigint not null,
  pause_id uuid not null,
  house_id uuid not null,
  kind text not null check (kind in ('complaint','instalment','legal','manual')),
  reason text not null,
  source text,
  from_on date not null,
  until_on date,
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by_name text,
  primary key (company_id, pause_id),
  foreign key (company_id, house_id) references property.house
);
create index pause_house on reminders.pause (company_id, house_id);
create unique index pause_source on reminders.pause (company_id, source) where source is not null and ended_at is null;
select kernel.isolate('reminders.pause', 'select, insert, update');
comment on table reminders.pause is '暂停催缴:投诉未结、分期、诉讼或人工';
comment on column reminders.pause.company_id is '公司';
comment on column reminders.pause.pause_id is '编号';
comment on column reminders.pause.house_id is '房产';
comment on column reminders.pause.kind is '类别';
comment on column reminders.pause.reason is '原因';
comment on column reminders.pause.source is '来源单据';
comment on column reminders.pause.from_on is '起';
comment on column reminders.pause.until_on is '止(不含),空为至解除';
comment on column reminders.pause.created_by is '登记人';
comment on column reminders.pause.created_by_name is '登记人姓名';
comment on column reminders.pause.created_at is '登记时间';
comment on column reminders.pause.ended_at is '解除时间';
comment on column reminders.pause.ended_by_name is '解除人';

create table reminders.promise (
  company_id bigint not null,
  promise_id uuid not null,
  house_id uuid not null,
  payer_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  promised_on date not null,
  note text,
  state text not null check (state in ('open','kept','broken','withdrawn')),
  taken_by uuid not null,
  taken_by_name text not null,
  taken_at timestamptz not null,
  ended_at timestamptz,
  primary key (company_id, promise_id),
  foreign key (company_id, house_id) references property.house,
  foreign key (company_id, payer_id) references people.person
);
create index promise_house on reminders.promise (company_id, house_id);
create index promise_payer on reminders.promise (company_id, payer_id);
create index promise_open on reminders.promise (company_id, promised_on) where state = 'open';
create index promise_list on reminders.promise (company_id, taken_at desc);
select kernel.isolate('reminders.promise', 'select, insert, update');
comment on table reminders.promise is '承诺缴费:到期自动判定是否兑现';
comment on column reminders.promise.company_id is '公司';
comment on column reminders.promise.promise_id is '编号';
comment on column reminders.promise.house_id is '房产';
comment on column reminders.promise.payer_id is '承诺人';
comment on column reminders.promise.amount_fen is '承诺金额';
comment on column reminders.promise.promised_on is '承诺日';
comment on column reminders.promise.note is '说明';
comment on column reminders.promise.state is '状态:未到期、已兑现、未兑现、撤回';
comment on column reminders.promise.taken_by is '登记人';
comment on column reminders.promise.taken_by_name is '登记人姓名';
comment on column reminders.promise.taken_at is '登记时间';
comment on column reminders.promise.ended_at is '判定时间';
