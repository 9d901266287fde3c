-- Saved filters of lists get a default and unique names; settings learn to be read by key and day. The number series of this schema
-- was never used: receipt numbers are drawn from payment.series in the statement that writes the receipt.
drop table system.series;

alter table system.saved_filter add column is_default boolean not null default false;
comment on column system.saved_filter.is_default is '打开列表时自动套用,每人每个列表至多一个';
create unique index saved_filter_name on system.saved_filter (company_id, account_id, page, name);
drop index system.saved_filter_page;
grant update (name, query, is_default) on system.saved_filter to heyuan_app;

-- Two versions of one day: the later one counts.
drop index system.setting_key;
create index setting_key on system.setting (company_id, key, community_id, from_on desc, created_at desc);
