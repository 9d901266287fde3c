-- Drafts may go; households that were drawn are told; a thing lent may carry a deposit.
grant delete on care.survey to heyuan_app;
grant delete on care.service to heyuan_app;
alter table care.survey add column told_at timestamptz;
comment on column care.survey.told_at is '已告知抽中业户的时间';
create index survey_untold on care.survey (company_id, opens_on) where state = 'open' and told_at is null;
alter table care.contact add column deposit_id uuid;
comment on column care.contact.deposit_id is '借用收的押金';
alter table care.contact add constraint contact_deposit_lodged check (deposit_id is null or outcome = 'lodged');
alter table care.contact add foreign key (company_id, deposit_id) references payment.deposit (company_id, deposit_id);
create unique index contact_deposit on care.contact (company_id, deposit_id) where deposit_id is not null;
