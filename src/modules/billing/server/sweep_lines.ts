// Proofs that read every bill, in one reading (ADR 0251): bills are summed once by run, building, item and day of issue, and runs (B6), the books (L8) and
// the kept sums (S1, S2) are held against that. A proof that needs single bills to name what is wrong is asked again, alone, only when it failed.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Check } from '../../ledger/contract.ts'
import { SEEDS, check, forAll, mark, textMark } from '../../ledger/server/index.ts'
import { paidUnequal, sumsUnequal } from './sums.ts'

/** Where the receivable of bill `b` stands. */
const bookOf = sql`case when f.belongs_to <> 'service' then f.belongs_to when m.model = 'commission' then 'owners' else 'company' end`
const withBook = (c: number) => sql`join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id
  left join ledger.fee_model m on m.company_id = ${c} and m.community_id = b.community_id and m.from_on <= b.issued_on and (m.to_on is null or m.to_on > b.issued_on)`

// A part month may carry one fen of its neighbours, see rules/pricing.ts.
const WRONG_AMOUNT = sql`shape not in ('tariff','share') and case when days_of = 0 then amount_fen <> round(quantity * unit_price * months * 100) else abs(amount_fen - quantity * unit_price * 100 * days / days_of) >= 1 end`

const detailOf = (c: number): Record<string, RawBuilder<unknown>> => ({
  L8: sql`select coalesce(l.house_id, b.house_id)::text || ' ' || coalesce(l.book, b.book) || ' ' || coalesce(l.fen, 0) || ' ≠ ' || coalesce(b.fen, 0) as what
    from (select subject_id as house_id, book, sum(amount_fen) as fen from ledger.posting where company_id = ${c} and account_code = '1122' and subject_type = 'house' group by 1, 2) l
    full join (select b.house_id, ${bookOf} as book, sum(b.amount_fen - b.paid_fen - b.reduced_fen) as fen from billing.bill b ${withBook(c)} where b.company_id = ${c} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen group by 1, 2) b on b.house_id = l.house_id and b.book = l.book
    where coalesce(l.fen, 0) <> coalesce(b.fen, 0)`,
  B3: sql`select bill_id::text || ' ' || amount_fen as what from billing.bill where company_id = ${c} and ${WRONG_AMOUNT}`,
  B13: sql`select b.bill_id::text as what from billing.bill b where b.company_id = ${c} and b.due_on < b.issued_on and not exists (select from billing.run r where r.company_id = ${c} and r.run_id = b.run_id and r.rework_id is not null)`,
})

/** One row a group of bills. `h0`, `h1`: what is open, by house, in two numbers. */
function groups(c: number): RawBuilder<unknown> {
  const open = (seed: number) => sql`coalesce(sum((amount_fen - paid_fen - reduced_fen) * ${mark(seed, [sql`house_id`])}) filter (where voided_at is null and paid_fen + reduced_fen < amount_fen), 0)`
  return sql`select period_on, community_id, building_id, fee_item_id, run_id, issued_on, count(*) as n, sum(amount_fen) as amount_fen, sum(paid_fen) as paid_fen, ${open(SEEDS[0])} as h0, ${open(SEEDS[1])} as h1,
    count(*) filter (where ${WRONG_AMOUNT}) as wrong, count(*) filter (where due_on < issued_on) as early from billing.bill where company_id = ${c} group by 1, 2, 3, 4, 5, 6`
}

export async function sweepLines(scope: Scope): Promise<Check[]> {
  await forAll(scope)
  const c = scope.company_id
  const owed = (i: 0 | 1) => sql`coalesce((select sum(${sql.ref(`x.h${i}`)} * ${textMark(SEEDS[i], sql`x.book`)}) from (select ${bookOf} as book, sum(b.h0) as h0, sum(b.h1) as h1 from b ${withBook(c)} group by 1) x), 0)`
  const posted = (i: 0 | 1) => sql`coalesce((select sum(${sql.ref(`l.h${i}`)} * ${textMark(SEEDS[i], sql`l.book`)}) from l), 0)`
  const { rows } = await sql<{ code: string; n: number; examples: string[] }>`
    with b as materialized (${groups(c)}),
    l as materialized (select book, sum(amount_fen * ${mark(SEEDS[0], [sql`subject_id`])}) as h0, sum(amount_fen * ${mark(SEEDS[1], [sql`subject_id`])}) as h1 from ledger.posting where company_id = ${c} and account_code = '1122' and subject_type = 'house' group by 1),
    found as (
      select 'B6' as code, r.run_id::text as what from billing.run r left join (select run_id, sum(n) as n, sum(amount_fen) as fen from b group by 1) b on b.run_id = r.run_id
        left join (select run_id, coalesce(sum(published_count), 0) as n, coalesce(sum(published_fen), 0) as fen from billing.run_chunk where company_id = ${c} group by 1) k on k.run_id = r.run_id
        where r.company_id = ${c} and (r.state = 'published' and (r.line_count <> coalesce(b.n, 0) or r.amount_fen <> coalesce(b.fen, 0)) or (k.run_id is not null or r.state <> 'published') and (coalesce(k.n, 0) <> coalesce(b.n, 0) or coalesce(k.fen, 0) <> coalesce(b.fen, 0)))
      union all select 'S1', what from (${sumsUnequal(scope, sql`b`)}) s
      union all select 'S2', what from (${paidUnequal(scope, sql`b`)}) s
      union all select 'B3', '' from b where wrong > 0 union all select 'B13', '' from b where early > 0
      union all select 'L8', '' where ${owed(0)} <> ${posted(0)} or ${owed(1)} <> ${posted(1)})
    select code, count(*)::int as n, (array_agg(what))[1:5] as examples from found group by 1`.execute(scope.db)
  const found = new Map(rows.map((r) => [r.code, r]))
  const detail = detailOf(c)
  const told = async (code: string, zh: string): Promise<Check> => {
    const f = found.get(code)
    return f && detail[code] ? check(scope, code, zh, detail[code]) : { code, zh, ok: !f, broken_count: f?.n ?? 0, examples: f?.examples ?? [] }
  }
  return [
    await told('L8', '应收账款按账簿按户等于该户未收账单'),
    await told('B3', '账单金额可由留存的计算要素重算'),
    await told('B6', '批次合计等于其账单合计;分段发布的等于各段之和'),
    await told('B13', '到期日不早于出账日'),
    await told('S1', '统计汇总的笔数、应收与减免等于账单与减免明细'),
    await told('S2', '统计汇总的已收等于账单的已收'),
  ]
}
