-- Meters whole: meters without a house (main and shared ones), metering points that outlive their devices, a tree of points, registers,
-- rollover, readings with four decimals, estimates whose difference is settled on the next bill, doubts, photos, doors that stayed shut.

-- The old rows learn their place and point; the owner must see all companies' rows for that.
alter table meters.meter no force row level security;
alter table meters.reading no force row level security;
alter table property.house no force row level security;

alter table meters.meter
  add column community_id uuid,
  add column building_id uuid,
  add column point_id uuid,
  add column parent_point_id uuid,
  add column name text,
  add column whole_digits smallint check (whole_digits >= 3 and whole_digits <= 10),
  add column start_carried numeric(16,4) not null default 0,
  alter column house_id drop not null,
  alter column start_reading type numeric(16,4),
  alter column start_reading drop not null,
  alter column start_reading drop default;
update meters.meter m set community_id = h.community_id, building_id = h.building_id, point_id = m.meter_id
  from property.house h where h.company_id = m.company_id and h.house_id = m.house_id;
alter table meters.meter
  alter column community_id set not null,
  alter column point_id set not null,
  add foreign key (company_id, community_id) references property.community,
  add foreign key (company_id, building_id) references property.building,
  add check (house_id is not null or name is not null);
create index meter_community on meters.meter (company_id, community_id, kind);
create index meter_building on meters.meter (company_id, building_id);
create index meter_point on meters.meter (company_id, point_id);
create index meter_parent on meters.meter (company_id, parent_point_id) where parent_point_id is not null;
comment on column meters.meter.house_id is '房产,总表和公用表为空';
comment on column meters.meter.start_reading is '起始读数,空为未知:首次抄表只作底数,不计用量';
comment on column meters.meter.community_id is '小区';
comment on column meters.meter.building_id is '楼栋,小区总表为空';
comment on column meters.meter.point_id is '计量点:换表后新旧表同属一个计量点';
comment on column meters.meter.parent_point_id is '上级计量点(总表)';
comment on column meters.meter.name is '总表、公用表的名称,如 1栋楼梯照明';
comment on column meters.meter.whole_digits is '表盘整数位数,过零时用;空为不会过零';
comment on column meters.meter.start_carried is '换表时由旧表带来的未结用量差';

alter table meters.reading
  alter column previous type numeric(16,4),
  alter column reading type numeric(16,4),
  alter column usage type numeric(16,4),
  add column rolled boolean not null default false,
  add column carried_in numeric(16,4) not null default 0,
  add column carried_out numeric(16,4) not null default 0,
  add column billed_reading numeric(16,4),
  add column doubts text[] not null default '{}',
  add column estimate_rule text check (estimate_rule in ('mean','last_year','fixed')),
  add column photo_file_id uuid,
  add column released_by uuid;
update meters.reading set doubts = '{high}' where state = 'suspect';
comment on column meters.reading.usage is '计费用量(已乘倍率,已扣上期未结差)';
comment on column meters.reading.rolled is '本次读数已过零(表盘走满归零)';
comment on column meters.reading.carried_in is '上期未结差:正为多计,本期扣回;负为少计,本期补收';
comment on column meters.reading.carried_out is '留待下期的未结差';
comment on column meters.reading.billed_reading is '出账后才更正的,出账时的读数';
comment on column meters.reading.doubts is '存疑原因';
comment on column meters.reading.estimate_rule is '估抄规则:平均、去年同月、指定用量';
comment on column meters.reading.photo_file_id is '照片';
comment on column meters.reading.released_by is '放行存疑读数的人,须不是抄表人';
create index reading_suspect on meters.reading (company_id, period_on) where state = 'suspect';

alter table meters.meter force row level security;
alter table meters.reading force row level security;
alter table property.house force row level security;

create table meters.register (
  company_id bigint not null,
  meter_id uuid not null,
  register text not null check (register in ('sharp','peak','flat','valley','deep','reverse')),
  start_reading numeric(16,4) not null default 0,
  primary key (company_id, meter_id, register),
  foreign key (company_id, meter_id) references meters.meter
);
select kernel.isolate('meters.register', 'select, insert, update, delete');
comment on table meters.register is '分时与反向计度器,总计度器在表计上';
comment on column meters.register.company_id is '公司';
comment on column meters.register.meter_id is '表计';
comment on column meters.register.register is '计度器:尖、峰、平、谷、深谷、反向';
comment on column meters.register.start_reading is '起始读数';

create table meters.reading_part (
  company_id bigint not null,
  reading_id uuid not null,
  register text not null,
  previous numeric(16,4) not null,
  reading numeric(16,4) not null,
  usage numeric(16,4) not null check (usage >= 0),
  primary key (company_id, reading_id, register),
  foreign key (company_id, reading_id) references meters.reading
);
select kernel.isolate('meters.reading_part', 'select, insert, update, delete');
comment on table meters.reading_part is '读数的分时与反向部分';
comment on column meters.reading_part.company_id is '公司';
comment on column meters.reading_part.reading_id is '读数';
comment on column meters.reading_part.register is '计度器';
comment on column meters.reading_part.previous is '上次读数';
comment on column meters.reading_part.reading is '本次读数';
comment on column meters.reading_part.usage is '用量(已乘倍率)';

create table meters.reading_change (
  company_id bigint not null,
  change_id uuid not null,
  reading_id uuid not null,
  kind text not null check (kind in ('correct','settle','release')),
  before_reading numeric(16,4) not null,
  after_reading numeric(16,4) not null,
  before_usage numeric(16,4) not null,
  after_usage numeric(16,4) not null,
  carried numeric(16,4) not null,
  reason text not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, change_id),
  foreign key (company_id, reading_id) references meters.reading
);
create index reading_change_reading on meters.reading_change (company_id, reading_id, changed_at);
select kernel.isolate('meters.reading_change', 'select, insert');
comment on table meters.reading_change is '读数的更正、出账后更正与放行,只增不改';
comment on column meters.reading_change.company_id is '公司';
comment on column meters.reading_change.change_id is '编号';
comment on column meters.reading_change.reading_id is '读数';
comment on column meters.reading_change.kind is '更正、出账后更正(差额下期结清)、放行';
comment on column meters.reading_change.before_reading is '原读数';
comment on column meters.reading_change.after_reading is '新读数';
comment on column meters.reading_change.before_usage is '原用量';
comment on column meters.reading_change.after_usage is '新用量';
comment on column meters.reading_change.carried is '此后的未结差';
comment on column meters.reading_change.reason is '原因';
comment on column meters.reading_change.changed_by is '操作人';
comment on column meters.reading_change.changed_at is '时间';

create table meters.unread (
  company_id bigint not null,
  meter_id uuid not null,
  period_on date not null,
  reason text not null check (reason in ('no_one','locked','blocked','unclear','broken','refused','other')),
  note text,
  photo_file_id uuid,
  noted_by uuid,
  noted_at timestamptz not null,
  primary key (company_id, meter_id, period_on),
  foreign key (company_id, meter_id) references meters.meter
);
select kernel.isolate('meters.unread', 'select, insert, update, delete');
comment on table meters.unread is '到了现场但没有抄到的表与原因,每表每账期一条';
comment on column meters.unread.company_id is '公司';
comment on column meters.unread.meter_id is '表计';
comment on column meters.unread.period_on is '账期(月首日)';
comment on column meters.unread.reason is '原因:无人、上锁、遮挡、看不清、表坏、拒绝、其他';
comment on column meters.unread.note is '说明';
comment on column meters.unread.photo_file_id is '照片';
comment on column meters.unread.noted_by is '登记人';
comment on column meters.unread.noted_at is '登记时间';

create table meters.check_rule (
  company_id bigint not null,
  rule_id uuid not null,
  community_id uuid,
  kind text not null check (kind in ('water','electricity','gas','heat')),
  from_on date not null,
  high_factor numeric(6,2) not null check (high_factor > 1),
  mean_of smallint not null check (mean_of >= 1 and mean_of <= 24),
  high_over numeric(16,4) not null default 0 check (high_over >= 0),
  max_per_day numeric(16,4) check (max_per_day > 0),
  zero_periods smallint not null check (zero_periods >= 1 and zero_periods <= 24),
  loss_limit_bp int not null check (loss_limit_bp >= 0 and loss_limit_bp <= 10000),
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, community_id) references property.community
);
create unique index check_rule_key on meters.check_rule (company_id, community_id, kind, from_on) nulls not distinct;
select kernel.isolate('meters.check_rule', 'select, insert, update');
comment on table meters.check_rule is '读数核查规则,按生效日分版本';
comment on column meters.check_rule.company_id is '公司';
comment on column meters.check_rule.rule_id is '编号';
comment on column meters.check_rule.community_id is '小区,空为全公司';
comment on column meters.check_rule.kind is '表种';
comment on column meters.check_rule.from_on is '生效日';
comment on column meters.check_rule.high_factor is '用量超过平均的多少倍为存疑';
comment on column meters.check_rule.mean_of is '平均取最近几个账期';
comment on column meters.check_rule.high_over is '用量不超过此数时不算存疑';
comment on column meters.check_rule.max_per_day is '每天最大可能用量(表计物理上限),空为不查';
comment on column meters.check_rule.zero_periods is '连续几个账期零用量时提示';
comment on column meters.check_rule.loss_limit_bp is '总分表损耗率上限(万分比)';
comment on column meters.check_rule.created_by is '录入人';
comment on column meters.check_rule.created_at is '录入时间';
