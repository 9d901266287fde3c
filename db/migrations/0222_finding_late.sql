-- Whether somebody was told that a finding is past its day: once.
alter table rounds.finding add column late_told_at timestamptz;
comment on column rounds.finding.late_told_at is '已提醒超期';
