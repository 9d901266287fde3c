alter table payment.print_batch drop constraint print_batch_form_check;
alter table payment.print_batch add constraint print_batch_form_check check (form in ('a5','80mm','three_copy','two_copy','a4'));
