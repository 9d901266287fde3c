-- The bank side of the three-way reconciliation: a line of an imported statement that a channel paid out is settled with the channel, not claimed
-- for a house; payouts and fees are booked.
alter table payment.bank_line drop constraint bank_line_state_check;
alter table payment.bank_line add constraint bank_line_state_check check (state in ('new','suspense','matched','linked','returning','returned','ignored','channel'));
comment on column payment.bank_line.state is '状态:new 待认领,suspense 暂收,matched 已入账,linked 与已有收款对上,returning 退回审批中,returned 已退回,ignored 无需认领,channel 渠道结算款';
create index settlement_paid on payment.settlement (company_id, channel_id, paid_at);
create index recon_pair_our_day on closing.recon_pair (company_id, channel_id, our_day) where leg = 'bank';
create index channel_bill_line_payout on payment.channel_bill_line (company_id, channel_id, bill_on) where kind = 'payout';
