-- A promotion paid by phone: the order says which; what became of it is the use of its payment, or the reason why nothing was given.
alter table payment.intent add column promotion_id uuid, add column promotion_missed text,
  add constraint intent_promotion foreign key (company_id, promotion_id) references payment.promotion,
  add constraint intent_promotion_missed check (promotion_missed is null or promotion_id is not null);
create index intent_promotion on payment.intent (company_id, promotion_id) where promotion_id is not null;
comment on column payment.intent.promotion_id is '所参加的优惠活动';
comment on column payment.intent.promotion_missed is '到账时没有赠送的原因';
