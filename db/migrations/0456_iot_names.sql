-- Names of devices carry numbers: 2 comes before 10. One collation for every list of them.
create collation iot.natural (provider = icu, locale = 'zh-u-kn', deterministic = true);
comment on collation iot.natural is '名称按自然顺序:2 在 10 之前';
