-- Why a record is doubted, in words: which photo it was before, how long the way took, when a code was shown.
alter table rounds.record add column reasons text[] not null default '{}';
comment on column rounds.record.reasons is '可疑之处的原因,与 flags 同序';
