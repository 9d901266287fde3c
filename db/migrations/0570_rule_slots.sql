create table iot.rule_slot (
  company_id bigint not null,
  rule_id uuid not null,
  slot_at timestamptz not null,
  version_no integer not null,
  at timestamptz not null,
  missed boolean not null,
  fired_count integer not null,
  unmet_count integer not null,
  unknown_count integer not null,
  lines jsonb not null,
  primary key (company_id, rule_id, slot_at),
  foreign key (company_id, rule_id) references iot.rule
);
select kernel.isolate('iot.rule_slot', 'select, insert, update');
comment on table iot.rule_slot is '定时规则的每个时刻:一个时刻只判断一次,错过的只记不补';
comment on column iot.rule_slot.company_id is '公司';
comment on column iot.rule_slot.rule_id is '规则';
comment on column iot.rule_slot.slot_at is '应判断的时刻';
comment on column iot.rule_slot.version_no is '规则版本';
comment on column iot.rule_slot.at is '实际判断或记为错过的时间';
comment on column iot.rule_slot.missed is '已错过:到点后十分钟内没有判断,不再动作';
comment on column iot.rule_slot.fired_count is '触发台数';
comment on column iot.rule_slot.unmet_count is '条件不满足的台数';
comment on column iot.rule_slot.unknown_count is '状态不明的台数';
comment on column iot.rule_slot.lines is '每台的判断(最多 50 台):device_id 设备,met 条件,text 依据';
