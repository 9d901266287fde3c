-- A camera may look at a lane of a car park: what a barrier was opened for by hand is kept, and each passing of a car leads to its pictures.
alter table video.looks_at drop constraint looks_at_kind_check;
alter table video.looks_at add constraint looks_at_kind_check check (kind in ('door', 'device', 'lane'));
comment on column video.looks_at.kind is '门 door、设备 device、停车通道 lane';
comment on column video.policy.passages is '强行开门、开门超时、被拒绝的通行、人工开闸自动留片段';
