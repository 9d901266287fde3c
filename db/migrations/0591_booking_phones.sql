-- 联系电话的保留期限:最少必要(个人信息保护法第十九条、第四十七条),按场地规则的生效日设定。
alter table bookings.rule add column keep_phone_days integer not null default 180;
alter table bookings.rule add constraint rule_keep_phone_days_check check (keep_phone_days between 30 and 1095) not valid;
alter table bookings.rule validate constraint rule_keep_phone_days_check;
comment on column bookings.rule.keep_phone_days is '使用结束后联系电话保留的天数';
create index booking_phone on bookings.booking (company_id, to_at) where contact_phone is not null;
