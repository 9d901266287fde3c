-- What a bill was issued with is never changed (B8): the application may move money on a bill and void it, nothing else. A correction is a
-- reduction, or a void and a new bill.
revoke update on billing.bill from heyuan_app;
grant update (paid_fen, reduced_fen, voided_at, voided_by, void_reason) on billing.bill to heyuan_app;
