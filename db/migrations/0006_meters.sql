create schema meters;
grant usage on schema meters to heyuan_app;
comment on schema meters is '表计与读数';

create table meters.meter (
  company_id bigint not null,
  meter_id uuid not null,
  house_id uuid not null,
  kind text not null check (kind in ('water','electricity','gas','heat')),
  no text not null,
  multiplier numeric(10,4) not null default 1,
  start_reading numeric(14,3) not null default 0,
  installed_on date not null,
  removed_on date,
  primary key (company_id, meter_id),
  unique (company_id, kind, no),
  foreign key (company_id, house_id) references property.house
);
create index meter_house on meters.meter (company_id, house_id, kind);
select kernel.isolate('meters.meter', 'select, insert, update');
comment on table meters.meter is '表计';
comment on column meters.meter.company_id is '公司';
comment on column meters.meter.meter_id is '编号';
comment on column meters.meter.house_id is '房产';
comment on column meters.meter.kind is '种类:水、电、气、热';
comment on column meters.meter.no is '表号';
comment on column meters.meter.multiplier is '倍率';
comment on column meters.meter.start_reading is '起始读数';
comment on column meters.meter.installed_on is '安装日';
comment on column meters.meter.removed_on is '拆除日';

create table meters.reading (
  company_id bigint not null,
  reading_id uuid not null,
  meter_id uuid not null,
  period_on date not null,
  read_on date not null,
  previous numeric(14,3) not null,
  reading numeric(14,3) not null,
  usage numeric(14,3) not null check (usage >= 0),
  source text not null default 'hand' check (source in ('hand','excel','phone','remote','estimate')),
  state text not null default 'good' check (state in ('good','suspect','corrected')),
  note text,
  read_by uuid,
  created_at timestamptz not null,
  released_at timestamptz,
  primary key (company_id, reading_id),
  foreign key (company_id, meter_id) references meters.meter,
  unique (company_id, meter_id, period_on)
);
select kernel.isolate('meters.reading', 'select, insert, update, delete');
comment on table meters.reading is '读数,每表每账期一条';
comment on column meters.reading.company_id is '公司';
comment on column meters.reading.reading_id is '编号';
comment on column meters.reading.meter_id is '表计';
comment on column meters.reading.period_on is '账期(月首日)';
comment on column meters.reading.read_on is '抄表日';
comment on column meters.reading.previous is '上次读数';
comment on column meters.reading.reading is '本次读数';
comment on column meters.reading.usage is '用量(已乘倍率)';
comment on column meters.reading.source is '来源';
comment on column meters.reading.state is '状态:正常、存疑、已更正';
comment on column meters.reading.note is '备注';
comment on column meters.reading.read_by is '抄表人';
comment on column meters.reading.created_at is '录入时间';
comment on column meters.reading.released_at is '最近一次可更正的起点:更正、确认或其账单作废的时间,晚于锁定时间则未出账';

-- One row a published run and kind of meter, instead of a mark on each reading: marking would cost a charge run one update a line.
create table meters.closing (
  company_id bigint not null,
  scope_id uuid not null,
  kind text not null,
  period_on date not null,
  closed_at timestamptz not null,
  primary key (company_id, scope_id, kind, period_on)
);
select kernel.isolate('meters.closing', 'select, insert, update');
comment on table meters.closing is '账期锁定:已出账的小区或单户,其读数须先作废账单才能更正';
comment on column meters.closing.company_id is '公司';
comment on column meters.closing.scope_id is '小区或房产';
comment on column meters.closing.kind is '表种';
comment on column meters.closing.period_on is '账期(月首日)';
comment on column meters.closing.closed_at is '最近一次出账的时间';
