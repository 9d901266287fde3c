-- Where somebody stood at a check (GPS), where the company has switched it on: once a check, only at a check, gone after the days of the policy.
alter table rounds.policy add column positions boolean not null default false;
alter table rounds.policy add column far_m int not null default 150;
alter table rounds.policy add column speed_kmh int not null default 20;
alter table rounds.policy add column position_days int not null default 30;
alter table rounds.policy add constraint policy_far_m check (far_m between 20 and 5000);
alter table rounds.policy add constraint policy_speed_kmh check (speed_kmh between 5 and 200);
alter table rounds.policy add constraint policy_position_days check (position_days between 1 and 366);
comment on column rounds.policy.positions is '到点检查时记录手机定位';
comment on column rounds.policy.far_m is '离点位多少米以上算可疑(已减去定位误差)';
comment on column rounds.policy.speed_kmh is '两次检查之间每小时多少公里以上算可疑';
comment on column rounds.policy.position_days is '定位保留多少天后删除';

alter table rounds.point add column lat numeric(9,6);
alter table rounds.point add column lon numeric(9,6);
alter table rounds.point add constraint point_lat check (lat between -90 and 90);
alter table rounds.point add constraint point_lon check (lon between -180 and 180);
alter table rounds.point add constraint point_place_whole check ((lat is null) = (lon is null));
comment on column rounds.point.lat is '点位纬度(WGS-84),空为不知道';
comment on column rounds.point.lon is '点位经度(WGS-84)';

create table rounds.position (
  company_id bigint not null,
  record_id uuid not null,
  on_day date not null,
  task_id uuid not null,
  state text not null check (state in ('given','refused','failed')),
  lat numeric(9,6) check (lat between -90 and 90),
  lon numeric(9,6) check (lon between -180 and 180),
  accuracy_m int check (accuracy_m between 0 and 100000),
  distance_m int,
  taken_at timestamptz not null,
  primary key (company_id, record_id),
  foreign key (company_id, on_day, record_id) references rounds.record (company_id, on_day, record_id),
  check ((state = 'given') = (lat is not null and lon is not null and accuracy_m is not null))
);
create index position_old on rounds.position (company_id, taken_at);
create index position_record on rounds.position (company_id, on_day, record_id);
select kernel.isolate('rounds.position', 'select, insert, delete');
comment on table rounds.position is '到点检查时的手机定位:每次检查一行,不跟踪;到期删除';
comment on column rounds.position.company_id is '公司';
comment on column rounds.position.record_id is '到点检查';
comment on column rounds.position.on_day is '任务所属日';
comment on column rounds.position.task_id is '任务';
comment on column rounds.position.state is '结果:given 有定位,refused 本人没有允许,failed 定不到';
comment on column rounds.position.lat is '纬度(WGS-84)';
comment on column rounds.position.lon is '经度(WGS-84)';
comment on column rounds.position.accuracy_m is '误差(米),手机所报';
comment on column rounds.position.distance_m is '离点位的距离(米),点位位置未知为空';
comment on column rounds.position.taken_at is '时间';
