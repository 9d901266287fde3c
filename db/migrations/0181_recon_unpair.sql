-- A receipt of the bank that was paired with the wrong payout of a channel is taken off it by a person, with a reason. The pair goes, its journal is
-- reversed, and this log stays; a receipt that was taken off once is paired again by a person only.
create table closing.recon_unpair (
  company_id bigint not null,
  unpair_id uuid not null,
  their_key text not null,
  our_key text not null,
  channel_id uuid not null,
  our_day date not null,
  their_day date not null,
  amount_fen bigint not null,
  paired_at timestamptz not null,
  paired_by uuid,
  reason text not null check (length(reason) between 2 and 200),
  undone_by uuid not null,
  undone_at timestamptz not null,
  primary key (company_id, unpair_id),
  foreign key (company_id, channel_id) references payment.channel
);
create index recon_unpair_line on closing.recon_unpair (company_id, their_key, undone_at);
create index recon_unpair_channel on closing.recon_unpair (company_id, channel_id);
select kernel.isolate('closing.recon_unpair', 'select, insert');
comment on table closing.recon_unpair is '撤销的银行到账配对,只增';
comment on column closing.recon_unpair.company_id is '公司';
comment on column closing.recon_unpair.unpair_id is '编号';
comment on column closing.recon_unpair.their_key is '银行一行';
comment on column closing.recon_unpair.our_key is '渠道结算一笔';
comment on column closing.recon_unpair.channel_id is '渠道';
comment on column closing.recon_unpair.our_day is '渠道账单日';
comment on column closing.recon_unpair.their_day is '入账日';
comment on column closing.recon_unpair.amount_fen is '金额';
comment on column closing.recon_unpair.paired_at is '当时配对的时间';
comment on column closing.recon_unpair.paired_by is '当时配对的人,空为系统';
comment on column closing.recon_unpair.reason is '撤销原因';
comment on column closing.recon_unpair.undone_by is '撤销人';
comment on column closing.recon_unpair.undone_at is '撤销时间';

alter table closing.recon_pair add column paired_by uuid;
comment on column closing.recon_pair.paired_by is '配对人,空为系统';
-- Only pairs with the bank: what a channel's bill says is paired by its numbers and stays.
grant delete on closing.recon_pair to heyuan_app;
