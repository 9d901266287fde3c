-- A pay link may carry coupons of the house: who opens it pays what is left (ADR 0210).
create table payment.pay_link_coupon (
  company_id bigint not null,
  link_id uuid not null,
  coupon_id uuid not null,
  ord int not null check (ord >= 0),
  primary key (company_id, link_id, coupon_id),
  foreign key (company_id, link_id) references payment.pay_link,
  foreign key (company_id, coupon_id) references payment.coupon
);
create index pay_link_coupon_coupon on payment.pay_link_coupon (company_id, coupon_id);
select kernel.isolate('payment.pay_link_coupon', 'select, insert');
comment on table payment.pay_link_coupon is '代缴链接所用的优惠券';
comment on column payment.pay_link_coupon.company_id is '公司';
comment on column payment.pay_link_coupon.link_id is '代缴链接';
comment on column payment.pay_link_coupon.coupon_id is '优惠券';
comment on column payment.pay_link_coupon.ord is '使用次序';
