// Sums of bills, always equal to the bills: 12 million lines answer without being read (docs/adr/0155 tells why this way). Whatever changes a
// bill appends a move in the same statement: no row that another payment could wait for. `billing.fold` folds moves into the sums each half
// minute; readers add what is not folded yet, in one statement, so that folding is never seen. `unequal` is proof and repair in one.
import { sql, type RawBuilder } from 'kysely'
import type { Schedule } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Check } from '../../ledger/contract.ts'
import { balanced, check, given } from '../../ledger/server/index.ts'

/** Nobody: online, taken off prepayment by itself, or no taking at all. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'
const KEYS = sql.raw('community_id, building_id, fee_item_id, period_on, month_on, taken_by')
/** moved: of the reductions what went over to other bills, which nobody gave away. */
const SUMS = sql.raw('bill_count, amount_fen, paid_fen, reduced_fen, moved_fen')

interface Changes {
  bill_count?: RawBuilder<unknown>
  amount_fen?: RawBuilder<unknown>
  paid_fen?: RawBuilder<unknown>
  reduced_fen?: RawBuilder<unknown>
  moved_fen?: RawBuilder<unknown>
  taken_by?: RawBuilder<unknown>
}
/**
 * `insert into … ` of what the rows `x` of `from` (columns of billing.bill) change, to stand behind or within the statement that changes them.
 * Booked in the month of today: a closed month never changes afterwards.
 */
export function moved(scope: Scope, from: RawBuilder<unknown>, by: Changes): RawBuilder<unknown> {
  const sum = (v: RawBuilder<unknown> | undefined) => (v ? sql`coalesce(sum(${v}), 0)` : sql`0`)
  return sql`insert into billing.bill_move (company_id, ${KEYS}, ${SUMS})
    select ${scope.company_id}::bigint, x.community_id, x.building_id, x.fee_item_id, x.period_on, ${`${scope.today.slice(0, 7)}-01`}::date, ${by.taken_by ?? sql`${NOBODY}::uuid`}, ${sum(by.bill_count)}, ${sum(by.amount_fen)}, ${sum(by.paid_fen)}, ${sum(by.reduced_fen)}, ${sum(by.moved_fen)}
    from ${from} x group by 2, 3, 4, 5, 7`
}
/** New bills (sign 1) or bills voided (sign −1), with what is reduced of them. */
export const madeOrVoided = (scope: Scope, from: RawBuilder<unknown>, sign: 1 | -1): RawBuilder<unknown> =>
  moved(scope, from, { bill_count: sql`${sql.lit(sign)}`, amount_fen: sql`${sql.lit(sign)} * x.amount_fen`, reduced_fen: sql`${sql.lit(sign)} * x.reduced_fen`, moved_fen: sql`${sql.lit(sign)} * x.moved_fen` })

/** Sums and what is not folded yet, as a relation. `of` filters both, on columns of the keys. By building, or by community where that is enough. */
export function sumsOf(scope: Scope, level: 'building' | 'community', of: RawBuilder<unknown>): RawBuilder<unknown> {
  const columns = level === 'building' ? sql`community_id, building_id, fee_item_id, period_on, month_on, taken_by, ${SUMS}` : sql`community_id, null::uuid as building_id, fee_item_id, period_on, month_on, taken_by, ${SUMS}`
  const table = level === 'building' ? sql`billing.building_sum` : sql`billing.community_sum`
  return sql`(select ${columns} from ${table} s where s.company_id = ${scope.company_id} and ${of} union all select ${columns} from billing.bill_move s where s.company_id = ${scope.company_id} and ${of})`
}

const FOLD_MAX = 50_000
const ROUNDS_MAX = 40
/** One folder a company at a time: what it upserts cannot be waited for in a circle. */
const onlyOne = (scope: Scope) => sql`select pg_advisory_xact_lock(hashtextextended(${`${scope.company_id} fold`}, 727011))`.execute(scope.db)

const added = (table: RawBuilder<unknown>, keys: RawBuilder<unknown>) => sql`insert into ${table} as s (company_id, ${keys}, ${SUMS}) select company_id, ${keys}, sum(bill_count), sum(amount_fen), sum(paid_fen), sum(reduced_fen), sum(moved_fen) from gone group by company_id, ${keys}
    on conflict (company_id, ${keys}) do update set bill_count = s.bill_count + excluded.bill_count, amount_fen = s.amount_fen + excluded.amount_fen, paid_fen = s.paid_fen + excluded.paid_fen, reduced_fen = s.reduced_fen + excluded.reduced_fen, moved_fen = s.moved_fen + excluded.moved_fen`
const COMMUNITY_KEYS = sql.raw('community_id, fee_item_id, period_on, month_on, taken_by')

/** Folds up to `FOLD_MAX` moves; gives how many. */
export async function foldMoves(scope: Scope): Promise<number> {
  await onlyOne(scope)
  const c = scope.company_id
  const { rows } = await sql<{ n: number }>`with gone as materialized (delete from billing.bill_move m where m.company_id = ${c} and m.move_id in (select f.move_id from billing.bill_move f where f.company_id = ${c} order by f.move_id limit ${FOLD_MAX}) returning m.*),
      b as (${added(sql`billing.building_sum`, KEYS)}), d as (${added(sql`billing.community_sum`, COMMUNITY_KEYS)})
    select count(*)::int as n from gone`.execute(scope.db)
  return rows[0]!.n
}

export const foldSchedule: Schedule = {
  name: 'billing.fold',
  every_s: 30,
  of: 'company',
  run: async (work) => {
    for (let n = 0; n < ROUNDS_MAX; n++) if ((await work.tx(foldMoves)) < FOLD_MAX) return
  },
}

/** What payments did to bills, from the module above: rows of the keys with paid_fen. */
export type PaidMoves = (scope: Scope, by: 'allocation' | 'bill') => RawBuilder<unknown>

/**
 * Where the sums differ from the lines, and by how much: must be nothing. `bills`: number, amount, reductions; `paid`: what payments did. One
 * statement, one snapshot: what others commit meanwhile is in both or in none.
 */
function unequal(scope: Scope, o: { bills: RawBuilder<unknown> | null; paid: RawBuilder<unknown> | null }): RawBuilder<unknown> {
  const c = scope.company_id
  const nobody = sql`${NOBODY}::uuid as taken_by`
  const n = (column: string, on: unknown) => (on ? sql`-${sql.ref(column)}` : sql`0`)
  const kept = (table: RawBuilder<unknown>) => sql`select ${KEYS}, ${n('bill_count', o.bills)} as bill_count, ${n('amount_fen', o.bills)} as amount_fen, ${n('paid_fen', o.paid)} as paid_fen, ${n('reduced_fen', o.bills)} as reduced_fen, ${n('moved_fen', o.bills)} as moved_fen from ${table} where company_id = ${c}`
  const bills = sql`union all select community_id, building_id, fee_item_id, period_on, date_trunc('month', issued_on::timestamp)::date, ${nobody}, sum(n), sum(amount_fen), 0, 0, 0 from ${o.bills} b group by 1, 2, 3, 4, 5
      union all select community_id, building_id, fee_item_id, period_on, date_trunc('month', voided_at)::date, ${nobody}, -1, -amount_fen, 0, -reduced_fen, -moved_fen from billing.bill where company_id = ${c} and voided_at is not null
      union all select b.community_id, b.building_id, b.fee_item_id, b.period_on, date_trunc('month', n.booked_on::timestamp)::date, ${nobody}, 0, 0, 0, n.amount_fen, case when n.kind = 'moved' then n.amount_fen else 0 end from billing.reduction n join billing.bill b on b.company_id = ${c} and b.period_on = n.period_on and b.bill_id = n.bill_id where n.company_id = ${c}`
  return sql`select ${KEYS}, sum(bill_count) as bill_count, sum(amount_fen) as amount_fen, sum(paid_fen) as paid_fen, sum(reduced_fen) as reduced_fen, sum(moved_fen) as moved_fen from (
      ${kept(sql`billing.building_sum`)} union all ${kept(sql`billing.bill_move`)} ${o.bills ? bills : sql``} ${o.paid ? sql`union all select ${KEYS}, 0, 0, paid_fen, 0, 0 from (${o.paid}) p` : sql``}
    ) x group by ${KEYS} having sum(bill_count) <> 0 or sum(amount_fen) <> 0 or sum(paid_fen) <> 0 or sum(reduced_fen) <> 0 or sum(moved_fen) <> 0`
}

/** 1栋 物业费 账期 2026-03 发生 2026-05:汇总少 应收 3 分 */
function named(scope: Scope, rows: RawBuilder<unknown>): RawBuilder<unknown> {
  const c = scope.company_id
  const by = (zh: string, unit: string, column: string) => sql`case when ${sql.ref(`u.${column}`)} <> 0 then ${sql.lit(` ${zh}差 `)} || ${sql.ref(`u.${column}`)} || ${sql.lit(unit)} else '' end`
  return sql`select coalesce(y.name, u.building_id::text) || ' ' || coalesce(i.name, '') || ' 账期 ' || to_char(u.period_on, 'YYYY-MM') || ' 发生 ' || to_char(u.month_on, 'YYYY-MM') || ':'
      || ${by('账单', ' 笔', 'bill_count')} || ${by('应收', ' 分', 'amount_fen')} || ${by('已收', ' 分', 'paid_fen')} || ${by('减免', ' 分', 'reduced_fen')} || ${by('转出', ' 分', 'moved_fen')} as what
    from (${rows}) u left join property.building y on y.company_id = ${c} and y.building_id = u.building_id left join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = u.fee_item_id`
}

const LINES = (c: number): RawBuilder<unknown> => sql`(select community_id, building_id, fee_item_id, period_on, issued_on, count(*) as n, sum(amount_fen) as amount_fen from billing.bill where company_id = ${c} group by 1, 2, 3, 4, 5)`
/** Against the bills alone, for whoever knows no payments. `bills` is a relation of them summed by building, item, period and day of issue (n, amount_fen, paid_fen). */
export const sumsUnequal = (scope: Scope, bills: RawBuilder<unknown>): RawBuilder<unknown> => named(scope, unequal(scope, { bills, paid: null }))
export function paidUnequal(scope: Scope, bills: RawBuilder<unknown>): RawBuilder<unknown> {
  const c = scope.company_id
  return sql`select coalesce(y.name, x.building_id::text) || ' 账期 ' || to_char(x.period_on, 'YYYY-MM') || ' 差 ' || x.fen || ' 分' as what from (select building_id, fee_item_id, period_on, sum(fen) as fen from (
      select building_id, fee_item_id, period_on, paid_fen as fen from ${bills} b
      union all select building_id, fee_item_id, period_on, -paid_fen from billing.building_sum where company_id = ${c}
      union all select building_id, fee_item_id, period_on, -paid_fen from billing.bill_move where company_id = ${c}) s group by 1, 2, 3 having sum(fen) <> 0) x
    left join property.building y on y.company_id = ${c} and y.building_id = x.building_id`
}

export async function sweepSums(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  return [
    await check(scope, 'S3', '小区汇总等于楼栋汇总之和', sql`
      select coalesce(m.name, '') || ' 账期 ' || to_char(x.period_on, 'YYYY-MM') as what from (select ${COMMUNITY_KEYS} from (
        select ${COMMUNITY_KEYS}, ${SUMS} from billing.building_sum where company_id = ${c} union all select ${COMMUNITY_KEYS}, -bill_count, -amount_fen, -paid_fen, -reduced_fen, -moved_fen from billing.community_sum where company_id = ${c}) s
        group by ${COMMUNITY_KEYS} having sum(bill_count) <> 0 or sum(amount_fen) <> 0 or sum(paid_fen) <> 0 or sum(reduced_fen) <> 0 or sum(moved_fen) <> 0) x left join property.community m on m.company_id = ${c} and m.community_id = x.community_id`),
  ]
}
/** Days of period and month in one number. */
const MONTHS_OF = sql`(period_on - date '2000-01-01') * 100000::bigint + (month_on - date '2000-01-01')`
/** First in one reading, by what allocations and payments say themselves; only when that differs (a house that went to another building) bill by bill. */
export async function sweepPaidSums(scope: Scope, paid: PaidMoves): Promise<Check[]> {
  const c = scope.company_id
  const keys = [sql`building_id`, sql`fee_item_id`, sql`taken_by`]
  const kept = (table: RawBuilder<unknown>) => ({ from: sql`${table} where company_id = ${c} and paid_fen <> 0`, each: [{ fen: sql`-paid_fen`, keys, n: MONTHS_OF }] })
  const proved = await balanced(scope, [{ from: sql`(${paid(scope, 'allocation')}) x`, each: [{ fen: sql`paid_fen`, keys, n: MONTHS_OF }] }, kept(sql`billing.building_sum`), kept(sql`billing.bill_move`)])
  return [await given(proved, scope, 'S4', '按月、按收费员的已收汇总等于收款、冲销与退款明细', named(scope, unequal(scope, { bills: null, paid: paid(scope, 'bill') })))]
}

/** Builds the sums anew from the lines: what differs is appended as moves and folded, then communities are summed from buildings. Nobody waits. */
export async function rebuildSums(scope: Scope, paid: PaidMoves): Promise<{ differences: number }> {
  await onlyOne(scope)
  const c = scope.company_id
  const done = await sql`insert into billing.bill_move (company_id, ${KEYS}, ${SUMS}) select ${c}::bigint, ${KEYS}, ${SUMS} from (${unequal(scope, { bills: LINES(c), paid: paid(scope, 'bill') })}) u`.execute(scope.db)
  for (let n = 0; n < ROUNDS_MAX; n++) if ((await foldMoves(scope)) < FOLD_MAX) break
  await sql`delete from billing.community_sum where company_id = ${c}`.execute(scope.db)
  await sql`insert into billing.community_sum (company_id, ${COMMUNITY_KEYS}, ${SUMS}) select company_id, ${COMMUNITY_KEYS}, sum(bill_count), sum(amount_fen), sum(paid_fen), sum(reduced_fen), sum(moved_fen) from billing.building_sum where company_id = ${c} group by company_id, ${COMMUNITY_KEYS}`.execute(scope.db)
  return { differences: Number(done.numAffectedRows ?? 0n) }
}
