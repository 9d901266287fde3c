-- What was a constant of orders becomes data of the policy: how late an appointment is still kept, how old what was done without network may be.
alter table orders.policy add column grace_minutes int not null default 30;
alter table orders.policy add column offline_hours int not null default 24;
alter table orders.policy add constraint policy_grace check (grace_minutes between 0 and 240);
alter table orders.policy add constraint policy_offline check (offline_hours between 1 and 72);
comment on column orders.policy.grace_minutes is '预约时刻过后多少分钟内到场算及时';
comment on column orders.policy.offline_hours is '无网时办理的步骤,多少小时内补传按实际时间计';
