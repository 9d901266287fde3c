-- How a resident hears of his order: besides the app by SMS, by the official account, or neither; and what he does not want by the official account.
alter table orders.work_order add column tell_by text[];
alter table orders.work_order add constraint work_order_tell_by check (tell_by <@ array['sms','wechat']);
comment on column orders.work_order.tell_by is '报修人为这张工单选的进度通知方式:sms 短信、wechat 公众号,空数组为只在应用内;空值为没有选,按他的接收设置,不发短信';

alter table orders.policy add column progress_sms boolean not null default false;
comment on column orders.policy.progress_sms is '业户可选用短信接收报修进度';

alter table messages.preference add column wechat_off text[] not null default '{}';
comment on column messages.preference.wechat_off is '不收公众号消息的类别';
