-- What is only kept to work by is let go after its time: ends of jobs, answers that nobody asks for again, sessions and codes with their addresses (ADR 0552).
grant delete on kernel.job to heyuan_app;
grant delete on kernel.request to heyuan_app;
grant delete on identity.session to heyuan_app;
grant delete on identity.code to heyuan_app;
-- Rows lie in the order of their time, so a block range says where the old ones are, at a thousandth of the size.
create index request_at on kernel.request using brin (at);
