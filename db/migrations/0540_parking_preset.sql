-- What the rule of a new lot begins with: the company's own words from a day on, with where they come from.
create table parking.preset (
  company_id bigint not null,
  preset_id uuid not null,
  from_on date not null,
  closed jsonb not null,
  visitors_when_closed boolean not null,
  full_stop boolean not null,
  overflow text not null check (overflow in ('temporary', 'until_free', 'refuse')),
  window_s int not null check (window_s between 3 and 600),
  lost_card_fen bigint not null check (lost_card_fen >= 0),
  remind_days int not null check (remind_days between 0 and 60),
  keep_days int not null check (keep_days between 30 and 1095),
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, preset_id)
);
create index preset_now on parking.preset (company_id, from_on desc, created_at desc);
select kernel.isolate('parking.preset', 'select, insert');
comment on table parking.preset is '新车场首次发布规则时的默认值,按生效日,只增';
comment on column parking.preset.company_id is '公司';
comment on column parking.preset.preset_id is '编号';
comment on column parking.preset.from_on is '生效日';
comment on column parking.preset.closed is '外来车辆禁入时段';
comment on column parking.preset.visitors_when_closed is '禁入时段放行已登记访客';
comment on column parking.preset.full_stop is '满位后不再放入';
comment on column parking.preset.overflow is '同户超出车位数的车';
comment on column parking.preset.window_s is '同车去重(秒)';
comment on column parking.preset.lost_card_fen is '补卡工本费(分)';
comment on column parking.preset.remind_days is '月卡到期前提醒(天)';
comment on column parking.preset.keep_days is '车牌与照片保存(天)';
comment on column parking.preset.basis is '依据:为什么这样定';
comment on column parking.preset.created_by is '设置人';
comment on column parking.preset.created_at is '设置时间';
