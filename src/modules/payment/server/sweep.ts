// Proofs over money taken: each is one query that must find nothing. For tests, for people who want to know, and at night.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { balanced, check, given, sweepLedger } from '../../ledger/server/index.ts'
import { payment } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { sweepPapers } from './sweep_papers.ts'

type Check = Awaited<ReturnType<typeof check>>

/** Approved at some time: its lines and prepayment have left bills and wallet, whatever became of the money afterwards. */
const EFFECTIVE = sql`f.decided_at is not null and f.state <> 'refused'`

/** All purses of a house together. */
const PURSES = (c: number) => sql`(select house_id, sum(balance_fen) as balance_fen from (select house_id, balance_fen from payment.wallet where company_id = ${c} union all select house_id, balance_fen from payment.bound_wallet where company_id = ${c}) x group by 1)`

/**
 * Everything about allocations in one reading of each table: what a bill says is paid are its allocations, of its own house and item, less
 * reversals and refunds (P5, P14); what a payment says it applied and took are its allocations and tenders (P4).
 */
async function allocationsProved(scope: Scope): Promise<boolean> {
  const c = scope.company_id
  const cols = (...names: string[]) => names.map((n) => sql.ref(n))
  const joined = (more: RawBuilder<unknown>) => sql`payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id ${more} where a.company_id = ${c}`
  return balanced(scope, [
    { from: joined(sql``), each: [{ fen: sql`a.amount_fen`, keys: cols('a.bill_id', 'p.house_id', 'a.fee_item_id') }, { fen: sql`a.amount_fen`, keys: cols('a.payment_id'), list: 1 }] },
    { from: sql`billing.bill b where b.company_id = ${c} and b.paid_fen <> 0`, each: [{ fen: sql`-b.paid_fen`, keys: cols('b.bill_id', 'b.house_id', 'b.fee_item_id') }] },
    { from: sql`payment.payment p where p.company_id = ${c}`, each: [{ fen: sql`-p.applied_fen`, keys: cols('p.payment_id'), list: 1 }, { fen: sql`p.total_fen`, keys: cols('p.payment_id'), list: 2 }] },
    { from: sql`payment.tender t where t.company_id = ${c}`, each: [{ fen: sql`-t.amount_fen`, keys: cols('t.payment_id'), list: 2 }] },
    { from: joined(sql`and p.reversed_at is not null`), each: [{ fen: sql`-a.amount_fen`, keys: cols('a.bill_id', 'p.house_id', 'a.fee_item_id') }] },
    { from: sql`payment.refund_line l join payment.refund f on f.company_id = ${c} and f.refund_id = l.refund_id and ${EFFECTIVE} join payment.payment p on p.company_id = ${c} and p.payment_id = f.payment_id
        join payment.allocation a on a.company_id = ${c} and a.payment_id = f.payment_id and a.bill_id = l.bill_id where l.company_id = ${c}`, each: [{ fen: sql`-l.amount_fen`, keys: cols('l.bill_id', 'p.house_id', 'a.fee_item_id') }] },
  ])
}

export async function sweepPayment(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  const proved = await allocationsProved(scope)
  return [
    await check(scope, 'W1', '预存余额等于流水之和', sql`
      select coalesce(w.house_id, e.house_id)::text as what from ${PURSES(c)} w
      full join (select house_id, sum(amount_fen) as sum from payment.wallet_entry where company_id = ${c} group by 1) e on e.house_id = w.house_id
      where coalesce(w.balance_fen, 0) <> coalesce(e.sum, 0)`),
    await check(scope, 'W4', '专项预存等于其流水之和', sql`
      select coalesce(w.house_id, e.house_id)::text as what from (select house_id, fee_item_id, balance_fen from payment.bound_wallet where company_id = ${c}) w
      full join (select house_id, fee_item_id, sum(amount_fen) as sum from payment.wallet_entry where company_id = ${c} and fee_item_id is not null group by 1, 2) e on e.house_id = w.house_id and e.fee_item_id = w.fee_item_id
      where coalesce(w.balance_fen, 0) <> coalesce(e.sum, 0)`),
    await check(scope, 'L8W', '总账预收账款等于各户预存', sql`
      select coalesce(w.house_id, p.subject_id)::text as what from ${PURSES(c)} w
      full join (select subject_id, -sum(amount_fen) as sum from ledger.posting where company_id = ${c} and book = 'company' and account_code = '2203' group by 1) p on p.subject_id = w.house_id
      where coalesce(w.balance_fen, 0) <> coalesce(p.sum, 0)`),
    await given(proved, scope, 'P5', '账单已收等于有效冲抵减退款', sql`
      select b.bill_id::text as what from billing.bill b
      left join (select a.bill_id, sum(a.amount_fen) as sum from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id and p.reversed_at is null where a.company_id = ${c} group by 1) a on a.bill_id = b.bill_id
      left join (select l.bill_id, sum(l.amount_fen) as sum from payment.refund_line l join payment.refund f on f.company_id = ${c} and f.refund_id = l.refund_id and ${EFFECTIVE} where l.company_id = ${c} group by 1) r on r.bill_id = b.bill_id
      where b.company_id = ${c} and b.paid_fen <> coalesce(a.sum, 0) - coalesce(r.sum, 0)`),
    await check(scope, 'P8', '已退与退款中等于退款单之和,且不超过收款', sql`
      select p.payment_id::text as what from payment.payment p left join (select f.payment_id, sum(f.amount_fen) filter (where f.state = 'done') as done, sum(f.amount_fen) filter (where f.state in ('asked','approved','paying','failed')) as going
        from payment.refund f where f.company_id = ${c} and f.payment_id is not null group by 1) f on f.payment_id = p.payment_id
      where p.company_id = ${c} and (p.refunded_fen <> coalesce(f.done, 0) or p.refunding_fen <> coalesce(f.going, 0) or p.refunded_fen + p.refunding_fen > p.total_fen)`),
    await check(scope, 'P11', '交班应有现金等于备用金加现金收支', sql`
      select s.shift_no as what from payment.shift s left join (select shift_id, sum(amount_fen) as sum from payment.shift_entry where company_id = ${c} and method = 'cash' group by 1) e on e.shift_id = s.shift_id
      where s.company_id = ${c} and s.counted_at is not null and s.expected_fen <> s.float_fen + coalesce(e.sum, 0)`),
    await check(scope, 'W3', '押金等于在押、已退、罚没与转出之和', sql`
      select d.deposit_no as what from payment.deposit d left join (select deposit_id, sum(amount_fen) filter (where kind = 'refund') as refunded, sum(amount_fen) filter (where kind = 'forfeit') as forfeited, sum(amount_fen) filter (where kind in ('to_wallet','to_bills')) as moved
        from payment.deposit_move where company_id = ${c} group by 1) m on m.deposit_id = d.deposit_id
      where d.company_id = ${c} and (d.refunded_fen <> coalesce(m.refunded, 0) or d.forfeited_fen <> coalesce(m.forfeited, 0) or d.moved_fen <> coalesce(m.moved, 0))`),
    await check(scope, 'L8D', '总账代管押金等于在押金额', sql`
      select coalesce(d.deposit_id, p.subject_id)::text as what from (select deposit_id, held_fen from payment.deposit where company_id = ${c}) d
      full join (select subject_id, -sum(amount_fen) as sum from ledger.posting where company_id = ${c} and book = 'trust' and subject_type = 'deposit' group by 1) p on p.subject_id = d.deposit_id
      where coalesce(d.held_fen, 0) <> coalesce(p.sum, 0)`),
    await check(scope, 'L8B', '总账暂收等于在暂收的银行流水', sql`
      select coalesce(l.line_id, p.subject_id)::text as what from (select line_id, amount_fen from payment.bank_line where company_id = ${c} and state in ('suspense','returning')) l
      full join (select subject_id, -sum(amount_fen) as sum from ledger.posting where company_id = ${c} and account_code = '2241' and subject_type = 'bank_line' group by 1 having sum(amount_fen) <> 0) p on p.subject_id = l.line_id
      where coalesce(l.amount_fen, 0) <> coalesce(p.sum, 0)`),
    await check(scope, 'C5B', '已入账的银行流水等于其收款之和', sql`
      select l.line_id::text as what from payment.bank_line l left join (select line_id, sum(amount_fen) as sum from payment.bank_match where company_id = ${c} group by 1) m on m.line_id = l.line_id
      where l.company_id = ${c} and (l.state in ('matched','linked') and coalesce(m.sum, 0) <> l.amount_fen or l.state not in ('matched','linked','new') and m.sum is not null)`),
    await check(scope, 'PR1', '活动的份数与赠送等于有效享受之和,不超上限', sql`
      select p.name as what from payment.promotion p left join (select promotion_id, count(*) as n, sum(gift_fen) as fen from payment.promotion_use where company_id = ${c} and reversed_at is null group by 1) u on u.promotion_id = p.promotion_id
      where p.company_id = ${c} and (p.used_count <> coalesce(u.n, 0) or p.given_fen <> coalesce(u.fen, 0) or p.used_count > p.max_uses or p.given_fen > p.budget_fen)`),
    await check(scope, 'PR2', '每次享受的赠送与收回等于预存流水', sql`
      select u.use_id::text as what from payment.promotion_use u
      left join (select payment_id, sum(amount_fen) as fen from payment.wallet_entry where company_id = ${c} and cause = 'gift' and payment_id is not null group by 1) e on e.payment_id = u.payment_id
      left join (select b.use_id, sum(b.gift_fen) as gift, sum(b.refund_fen) as money from payment.promotion_back b join payment.refund f on f.company_id = ${c} and f.refund_id = b.refund_id and f.state not in ('refused','cancelled') where b.company_id = ${c} group by 1) b on b.use_id = u.use_id
      where u.company_id = ${c} and (u.gift_fen <> coalesce(e.fen, 0) or u.taken_fen <> coalesce(b.gift, 0) or u.refunded_fen <> coalesce(b.money, 0))`),
    await check(scope, 'PR3', '退款收回的赠送等于其明细与预存流水', sql`
      select f.refund_no as what from payment.refund f left join (select refund_id, sum(gift_fen) as fen from payment.promotion_back where company_id = ${c} group by 1) b on b.refund_id = f.refund_id
      left join (select refund_id, -sum(amount_fen) as fen from payment.wallet_entry where company_id = ${c} and refund_id is not null and cause in ('gift','gift_back') group by 1) e on e.refund_id = f.refund_id
      where f.company_id = ${c} and (f.gift_back_fen <> coalesce(b.fen, 0) or coalesce(e.fen, 0) <> case when f.decided_at is not null and f.state not in ('refused','cancelled') then f.gift_back_fen else 0 end)`),
    await check(scope, 'CP1', '优惠券的抵减等于账单减免明细,结束后为零', sql`
      select u.use_id::text as what from payment.coupon_use u left join (select n.coupon_use_id, sum(n.amount_fen) as fen, coalesce(sum(n.amount_fen) filter (where b.voided_at is null), 0) as live from billing.reduction n
        join billing.bill b on b.company_id = ${c} and b.period_on = n.period_on and b.bill_id = n.bill_id where n.company_id = ${c} and n.coupon_use_id is not null group by 1) n on n.coupon_use_id = u.use_id
      where u.company_id = ${c} and (u.ended_at is null and coalesce(n.fen, 0) <> u.amount_fen or u.ended_at is not null and coalesce(n.live, 0) <> 0)`),
    await check(scope, 'CP2', '已用的优惠券各有一次有效的使用,收款没有冲销', sql`
      select k.code as what from payment.coupon k left join payment.coupon_use u on u.company_id = ${c} and u.coupon_id = k.coupon_id and u.ended_at is null left join payment.payment p on p.company_id = ${c} and p.payment_id = u.payment_id
      where k.company_id = ${c} and ((k.state = 'used') <> (u.use_id is not null) or p.reversed_at is not null)`),
    await check(scope, 'P12', '收据号连续且不重', sql`select series as what from payment.receipt where company_id = ${c} group by series having count(*) <> max(no) or min(no) <> 1`),
    ...(await sweepPapers(scope, proved)),
  ]
}

export const paymentSweep = answer(payment.sweep, async (scope) => {
  wholeCompany(scope)
  const checks = [...(await sweepLedger(scope)), ...(await sweepPayment(scope))]
  return { ok: checks.every((x) => x.ok), checks }
})
