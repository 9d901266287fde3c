-- Leak and unusual use of water (IOT-03): what is looked for in the curves of water meters, by dated setting.
create table iot.water_watch (
  company_id bigint not null,
  from_on date not null,
  night_from_h int not null check (night_from_h between 0 and 22),
  night_to_h int not null,
  nights_count int not null check (nights_count between 1 and 14),
  night_m3_h numeric(8,3) not null check (night_m3_h > 0),
  night_share_percent int not null check (night_share_percent between 1 and 200),
  continuous_h int not null check (continuous_h between 3 and 168),
  sudden_m3_h numeric(8,3) not null check (sudden_m3_h > 0),
  sudden_factor int not null check (sudden_factor between 2 and 100),
  standing_days int not null check (standing_days between 3 and 90),
  again_days int not null check (again_days between 1 and 90),
  tells_house boolean not null,
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, from_on),
  constraint water_watch_night check (night_to_h > night_from_h and night_to_h <= 24)
);
select kernel.isolate('iot.water_watch', 'select, insert, update');
comment on table iot.water_watch is '用水异常的判断标准,按生效日分版本';
comment on column iot.water_watch.company_id is '公司';
comment on column iot.water_watch.from_on is '生效日';
comment on column iot.water_watch.night_from_h is '夜间起(点)';
comment on column iot.water_watch.night_to_h is '夜间止(点)';
comment on column iot.water_watch.nights_count is '连续几夜';
comment on column iot.water_watch.night_m3_h is '夜间最小流量不低于多少立方米每小时为异常';
comment on column iot.water_watch.night_share_percent is '总表、公用表:夜间最小流量还要不低于平均流量的百分之几';
comment on column iot.water_watch.continuous_h is '户表连续流量多少小时为异常';
comment on column iot.water_watch.sudden_m3_h is '一小时用水超过多少立方米为突增';
comment on column iot.water_watch.sudden_factor is '并且超过平时平均的多少倍';
comment on column iot.water_watch.standing_days is '原来用水的表多少天不走为停走';
comment on column iot.water_watch.again_days is '处置后多少天内不再报同一种';
comment on column iot.water_watch.tells_house is '户表的漏水与突增通知住户';
comment on column iot.water_watch.made_by is '制定人';
comment on column iot.water_watch.made_by_name is '制定人姓名';
comment on column iot.water_watch.made_at is '制定时间';
