-- Why a white list did not go onto a camera that is asked: full, refused, unreachable.
alter table parking.camera_state add column list_fault text;
comment on column parking.camera_state.list_fault is '名单没有下发完的原因';
