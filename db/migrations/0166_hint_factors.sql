-- The factors of the usage hints become part of the dated check rule; rules written before keep what the product used until now.
alter table meters.check_rule
  add column leak_factor numeric(6,2) not null default 1.5,
  add column doubled_factor numeric(6,2) not null default 2;
alter table meters.check_rule alter column leak_factor drop default, alter column doubled_factor drop default;
alter table meters.check_rule
  add constraint check_rule_leak_factor_check check (leak_factor > 1),
  add constraint check_rule_doubled_factor_check check (doubled_factor > 1);
comment on column meters.check_rule.leak_factor is '连续两期超过平时的多少倍提示疑似漏水';
comment on column meters.check_rule.doubled_factor is '超过去年同月的多少倍提示';
