-- The day of payment in late fees as a setting of the rule (ADR 0555). Rules made before counted it: what they give does not change.
alter table billing.late_rule add column paid_day text not null default 'counts';
alter table billing.late_rule add constraint late_rule_paid_day check (paid_day in ('counts','free'));
comment on column billing.late_rule.paid_day is '缴纳当日:counts 已缴部分当日仍计,free 已缴部分当日起不计';

-- Versions of tariffs that said nothing about it were read as free until now; so they stay, in writing.
update tariff.version set spec = jsonb_set(spec, '{paid_day}', '"free"') where spec->>'shape' = 'late_fee' and not spec ? 'paid_day';
update tariff.version set spec = jsonb_set(spec, '{components}', (
  select jsonb_agg(case when c.value->>'shape' = 'late_fee' and not c.value ? 'paid_day' then jsonb_set(c.value, '{paid_day}', '"free"') else c.value end order by c.ordinality)
  from jsonb_array_elements(spec->'components') with ordinality as c(value, ordinality)))
where spec @? '$.components[*] ? (@.shape == "late_fee")';
