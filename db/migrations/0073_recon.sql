-- Three-way daily reconciliation: own settlements and refunds, the channel's bill, the bank's receipts. What agrees is a pair, what does
-- not is an item that somebody owns until it is closed; neither is ever taken away.
create table closing.bank_line (
  company_id bigint not null,
  bank_line_id uuid not null,
  account text not null,
  received_on date not null,
  amount_fen bigint not null check (amount_fen <> 0),
  reference text not null default '',
  counterparty text not null default '',
  line_key text not null,
  added_by uuid,
  added_at timestamptz not null,
  primary key (company_id, bank_line_id),
  unique (company_id, account, line_key)
);
create index bank_line_day on closing.bank_line (company_id, received_on desc, bank_line_id);
select kernel.isolate('closing.bank_line', 'select, insert');
comment on table closing.bank_line is '银行流水中渠道结算的到账,只增,同一行只收一次';
comment on column closing.bank_line.company_id is '公司';
comment on column closing.bank_line.bank_line_id is '编号';
comment on column closing.bank_line.account is '银行账户';
comment on column closing.bank_line.received_on is '入账日';
comment on column closing.bank_line.amount_fen is '金额,收为正';
comment on column closing.bank_line.reference is '流水号或摘要';
comment on column closing.bank_line.counterparty is '对方户名';
comment on column closing.bank_line.line_key is '行的摘要,同一行再次录入不重复';
comment on column closing.bank_line.added_by is '录入人';
comment on column closing.bank_line.added_at is '录入时间';

create table closing.recon_day (
  company_id bigint not null,
  channel_id uuid not null,
  business_day date not null,
  our_count int not null,
  our_fen bigint not null,
  their_count int not null,
  their_fen bigint not null,
  fee_fen bigint not null,
  paired_count int not null,
  paired_fen bigint not null,
  run_count int not null default 1,
  run_at timestamptz not null,
  primary key (company_id, channel_id, business_day),
  foreign key (company_id, channel_id) references payment.channel
);
create index recon_day_list on closing.recon_day (company_id, business_day desc);
select kernel.isolate('closing.recon_day', 'select, insert, update');
comment on table closing.recon_day is '对账日:一个渠道一天的对账合计';
comment on column closing.recon_day.company_id is '公司';
comment on column closing.recon_day.channel_id is '渠道';
comment on column closing.recon_day.business_day is '账单日';
comment on column closing.recon_day.our_count is '我方笔数';
comment on column closing.recon_day.our_fen is '我方净额';
comment on column closing.recon_day.their_count is '渠道笔数';
comment on column closing.recon_day.their_fen is '渠道净额';
comment on column closing.recon_day.fee_fen is '手续费';
comment on column closing.recon_day.paired_count is '渠道行中已配对的笔数';
comment on column closing.recon_day.paired_fen is '渠道行中已配对的金额';
comment on column closing.recon_day.run_count is '对账次数';
comment on column closing.recon_day.run_at is '最近对账时间';

create table closing.recon_pair (
  company_id bigint not null,
  their_key text not null,
  our_key text not null,
  leg text not null check (leg in ('channel','bank')),
  channel_id uuid not null,
  our_day date not null,
  their_day date not null,
  our_fen bigint not null,
  their_fen bigint not null,
  reference text not null,
  paired_at timestamptz not null,
  primary key (company_id, their_key),
  unique (company_id, our_key, leg)
);
create index recon_pair_day on closing.recon_pair (company_id, channel_id, their_day);
select kernel.isolate('closing.recon_pair', 'select, insert');
comment on table closing.recon_pair is '配对:对方一行与我方一笔,只增';
comment on column closing.recon_pair.company_id is '公司';
comment on column closing.recon_pair.their_key is '对方一行';
comment on column closing.recon_pair.our_key is '我方一笔';
comment on column closing.recon_pair.leg is '环节:channel 我方与渠道,bank 渠道与银行';
comment on column closing.recon_pair.channel_id is '渠道';
comment on column closing.recon_pair.our_day is '我方日期';
comment on column closing.recon_pair.their_day is '对方日期';
comment on column closing.recon_pair.our_fen is '我方金额';
comment on column closing.recon_pair.their_fen is '对方金额';
comment on column closing.recon_pair.reference is '单号';
comment on column closing.recon_pair.paired_at is '配对时间';

create table closing.recon_item (
  company_id bigint not null,
  item_id uuid not null,
  item_key text not null,
  leg text not null check (leg in ('channel','bank')),
  kind text not null check (kind in ('only_ours','only_theirs','amount','time','fee')),
  channel_id uuid,
  business_day date not null,
  our_key text,
  their_key text,
  payment_id uuid,
  our_fen bigint not null default 0,
  their_fen bigint not null default 0,
  difference_fen bigint generated always as (their_fen - our_fen) stored,
  reference text not null default '',
  state text not null check (state in ('open','closed')),
  owner_id uuid,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by uuid,
  close_how text check (close_how in ('paired','reason','suspense','fee')),
  close_note text,
  journal_id uuid,
  primary key (company_id, item_id),
  unique (company_id, item_key),
  check ((state = 'closed') = (closed_at is not null and close_how is not null)),
  check ((close_how in ('suspense','fee')) = (journal_id is not null) or close_how is null)
);
create index recon_item_open on closing.recon_item (company_id, business_day) where state = 'open';
create index recon_item_list on closing.recon_item (company_id, business_day desc, item_id);
create index recon_item_owner on closing.recon_item (company_id, owner_id) where state = 'open';
select kernel.isolate('closing.recon_item', 'select, insert, update');
comment on table closing.recon_item is '对账差异:每条有类别、负责人、账龄,结清须有原因或更正';
comment on column closing.recon_item.company_id is '公司';
comment on column closing.recon_item.item_id is '编号';
comment on column closing.recon_item.item_key is '差异键,重复对账不重复立项';
comment on column closing.recon_item.leg is '环节:channel 我方与渠道,bank 渠道与银行';
comment on column closing.recon_item.kind is '类别:only_ours 仅我方有,only_theirs 仅对方有,amount 金额不符,time 跨日,fee 手续费不符';
comment on column closing.recon_item.channel_id is '渠道';
comment on column closing.recon_item.business_day is '对账日';
comment on column closing.recon_item.our_key is '我方一笔';
comment on column closing.recon_item.their_key is '对方一行';
comment on column closing.recon_item.payment_id is '我方收款';
comment on column closing.recon_item.our_fen is '我方金额';
comment on column closing.recon_item.their_fen is '对方金额';
comment on column closing.recon_item.difference_fen is '差额,对方减我方';
comment on column closing.recon_item.reference is '单号';
comment on column closing.recon_item.state is '状态:open 未结,closed 已结';
comment on column closing.recon_item.owner_id is '负责人';
comment on column closing.recon_item.opened_at is '立项时间';
comment on column closing.recon_item.closed_at is '结清时间';
comment on column closing.recon_item.closed_by is '结清人,空为系统';
comment on column closing.recon_item.close_how is '结清方式:paired 后来配对,reason 说明原因,suspense 挂账,fee 计手续费';
comment on column closing.recon_item.close_note is '原因';
comment on column closing.recon_item.journal_id is '更正凭证';
