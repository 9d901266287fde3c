-- A household's car beyond its places pays until it leaves, or until one of the places is free: what the lot's rule says.
alter table parking.rule drop constraint rule_overflow_check;
alter table parking.rule add constraint rule_overflow_check check (overflow in ('temporary','until_free','refuse'));
comment on column parking.rule.overflow is '同户超出车位数的车:temporary 按临停直到离场,until_free 按临停直到同户车位空出,refuse 不放入';
alter table parking.stay add column overflow_until timestamptz;
comment on column parking.stay.overflow_until is '同户超位入场的车占到空出车位的时间,此前按临停计费;空为没有';
comment on column parking.stay.class is '按什么车计费;同户超位的车占到车位后为车位的类别';
comment on column parking.stay_step.kind is '入场 entered、改牌 corrected、离场 left、作废 void、未缴放行 debt、优惠 coupon、补录入场 entry_put、收款 paid、补缴 debt_paid、占到车位 placed';
