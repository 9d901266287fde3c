// Arrears by age, debtors, collection rate (FEE-08). Unpaid bills are few among all: their figures come from the partial index bill_open alone.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ColumnSpec } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { billing, type BillFilter } from '../contract.ts'
import { memberNames } from '../../identity/server/index.ts'
import { NO_STEWARD, inChargeOf, stewardOn } from '../../property/server/index.ts'
import { billsSeenBy } from './access.ts'
import { AGES, UNPAID, billWhere } from './bill_rows.ts'
import { book } from './excel.ts'
import { firstBillId, lastBillId } from './lines.ts'

type AgesFilter = Out<typeof billing.arrearsExcel.takes>
type RateFilter = Out<typeof billing.collectionExcel.takes>
interface Ages {
  not_due_fen: number
  d30_fen: number
  d90_fen: number
  d180_fen: number
  d365_fen: number
  over_fen: number
  total_fen: number
  house_count: number
  bill_count: number
}
const AGE_NAMES = ['not_due', 'd30', 'd90', 'd180', 'd365', 'over'] as const

/** Whose buildings they are today. */
const inCharge = (scope: Scope) => sql`coalesce(${stewardOn(scope, 'b', scope.today)}, ${NO_STEWARD}::uuid)`
const KEY_COLUMN = { community: 'community_id', building: 'building_id', fee_item: 'fee_item_id' } as const
/** Names of the groups, in the order of the register. */
function nameJoin(scope: Scope, by: keyof typeof KEY_COLUMN): { join: RawBuilder<unknown>; name: RawBuilder<unknown>; order: RawBuilder<unknown> } {
  const c = scope.company_id
  const cm = sql`join property.community cm on cm.company_id = ${c} and cm.community_id =`
  if (by === 'community') return { join: sql`${cm} s.id`, name: sql`cm.name`, order: sql`cm.name` }
  if (by === 'building') return { join: sql`join property.building y on y.company_id = ${c} and y.building_id = s.id ${cm} y.community_id`, name: sql`cm.name || ' ' || y.name`, order: sql`cm.name, y.sort_no, y.name` }
  return { join: sql`join billing.fee_item y on y.company_id = ${c} and y.fee_item_id = s.id ${cm} y.community_id`, name: sql`cm.name || ' ' || y.name`, order: sql`cm.name, y.sort_no, y.name` }
}

const open = sql`b.amount_fen - b.paid_fen - b.reduced_fen`
function agesOf(scope: Scope): RawBuilder<unknown> {
  const day = (n: number) => sql`${addDays(scope.today, -n)}::date`
  const between = ([from, to]: readonly [number, number] | readonly number[]) => sql`b.due_on <= ${day(from!)} and b.due_on >= ${day(to!)}`
  const sum = (when: RawBuilder<unknown>) => sql`coalesce(sum(${open}) filter (where ${when}), 0)::bigint`
  return sql`${sum(sql`b.due_on > ${scope.today}::date`)} as not_due_fen, ${sum(between(AGES.d30))} as d30_fen, ${sum(between(AGES.d90))} as d90_fen, ${sum(between(AGES.d180))} as d180_fen, ${sum(between(AGES.d365))} as d365_fen,
    ${sum(sql`b.due_on < ${day(365)}`)} as over_fen, coalesce(sum(${open}), 0)::bigint as total_fen, count(distinct b.house_id)::int as house_count, count(*)::int as bill_count`
}

interface Place {
  community_id?: string | undefined
  building_id?: string | undefined
  fee_item_id?: string | undefined
  steward_id?: string | undefined
}
function openWhere(scope: Scope, f: Place): RawBuilder<unknown> {
  const where: RawBuilder<unknown>[] = [sql`b.company_id = ${scope.company_id}`, billsSeenBy(scope), sql`b.voided_at is null`, UNPAID]
  if (f.community_id) where.push(sql`b.community_id = ${f.community_id}`)
  if (f.building_id) where.push(sql`b.building_id = ${f.building_id}`)
  if (f.fee_item_id) where.push(sql`b.fee_item_id = ${f.fee_item_id}`)
  if (f.steward_id) where.push(inChargeOf(scope, 'b', f.steward_id, scope.today))
  return sql.join(where, sql` and `)
}

const kept = (f: Place): BillFilter => ({ ...(f.steward_id ? { steward_id: f.steward_id } : {}), ...(f.community_id ? { community_id: f.community_id } : {}), ...(f.building_id ? { building_id: f.building_id } : {}), ...(f.fee_item_id ? { fee_item_id: f.fee_item_id } : {}) })

async function arrearsBySteward(scope: Scope, f: AgesFilter, where: RawBuilder<unknown>) {
  const { rows } = await sql<Ages & { id: string }>`select ${inCharge(scope)} as id, ${agesOf(scope)} from billing.bill b where ${where} group by 1 limit 5000`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => (r.id === NO_STEWARD ? null : r.id)))
  const named = rows.map((r) => ({ ...r, name: r.id === NO_STEWARD ? '未安排管家' : (names.get(r.id) ?? ''), filter: { ...kept(f), steward_id: r.id, state: 'unpaid' as const } }))
  const totals = (await sql<Ages>`select ${agesOf(scope)} from billing.bill b where ${where}`.execute(scope.db)).rows[0]!
  return { rows: named.sort((a, b) => b.total_fen - a.total_fen || a.id.localeCompare(b.id)), totals, as_of: scope.today }
}

/** Groups and the whole from one pass over the open bills. */
async function arrears(scope: Scope, f: AgesFilter) {
  const where = openWhere(scope, f)
  if (f.by === 'steward') return arrearsBySteward(scope, f, where)
  const { by } = f
  const key = sql.ref(`b.${KEY_COLUMN[by]}`)
  const n = nameJoin(scope, by)
  const { rows } = await sql<Ages & { id: string | null; name: string }>`with s as materialized (select ${key} as id, grouping(${key}) as whole, ${agesOf(scope)} from billing.bill b where ${where} group by grouping sets ((${key}), ()))
    (select s.*, ${n.name} as name from s ${n.join} where s.whole = 0 order by ${n.order} limit 5000) union all select s.*, '' from s where s.whole = 1`.execute(scope.db)
  const [whole, groups] = [rows.find((r) => r.id === null)!, rows.filter((r) => r.id !== null)]
  const plain = ({ id: _, name: __, whole: ___, ...ages }: Ages & { id: string | null; name: string; whole?: number }): Ages => ages
  return { rows: groups.map((r) => ({ ...plain(r), id: r.id!, name: r.name, filter: { ...kept(f), [KEY_COLUMN[by]]: r.id!, state: 'unpaid' as const } })), totals: plain(whole), as_of: scope.today }
}

/** The first column is named as on the screen. */
const GROUP_TITLE = { steward: '管家', community: '小区', building: '楼栋', fee_item: '收费项目', period: '账期' } as const
const AGE_COLUMNS: readonly ColumnSpec[] = [
  { title: '户数', kind: 'int' }, { title: '笔数', kind: 'int' }, { title: '未收合计', kind: 'money_fen' }, { title: '未到期', kind: 'money_fen' }, { title: '0-30 天', kind: 'money_fen' }, { title: '31-90 天', kind: 'money_fen' },
  { title: '91-180 天', kind: 'money_fen' }, { title: '181-365 天', kind: 'money_fen' }, { title: '365 天以上', kind: 'money_fen' },
]
const ageCells = (r: Ages) => [r.house_count, r.bill_count, r.total_fen, ...AGE_NAMES.map((a) => r[`${a}_fen`])]

interface Sums {
  bill_count: number
  receivable_fen: number
  received_fen: number
  reduced_fen: number
  moved_fen: number
  open_fen: number
  house_count: number
  paid_house_count: number
}
/** Ten-thousandths, rounded down: 99.999 % is not yet all. */
const rateOf = (s: Sums): number | null => {
  const due = BigInt(s.receivable_fen) - BigInt(s.reduced_fen) - BigInt(s.moved_fen)
  return due <= 0n ? null : Number((BigInt(s.received_fen) * 10_000n) / due)
}
/** By money, and by households: houses that owe nothing of these periods over houses that were billed. Both are asked for in practice. */
const withRate = <T extends Sums>(s: T) => ({ ...s, rate_bp: rateOf(s), house_rate_bp: s.house_count === 0 ? null : Math.floor((s.paid_house_count * 10_000) / s.house_count) })
const SUMS = sql`coalesce(sum(g.bill_count), 0)::int as bill_count, coalesce(sum(g.receivable_fen), 0)::bigint as receivable_fen, coalesce(sum(g.received_fen), 0)::bigint as received_fen, coalesce(sum(g.reduced_fen), 0)::bigint as reduced_fen, coalesce(sum(g.moved_fen), 0)::bigint as moved_fen,
  coalesce(sum(g.open_fen), 0)::bigint as open_fen, count(g.house_id)::int as house_count, count(g.house_id) filter (where g.open_fen <= 0)::int as paid_house_count`
/** Once over the bills, by key and house; both rates come from it. */
export const byHouse = (key: RawBuilder<unknown>, from: RawBuilder<unknown>) => sql`(select ${key} as key, b.house_id, count(*) as bill_count, sum(b.amount_fen) as receivable_fen, sum(b.paid_fen) as received_fen, sum(b.reduced_fen - b.moved_fen) as reduced_fen, sum(b.moved_fen) as moved_fen, sum(${open}) as open_fen
  from ${from} group by 1, 2) g`

/**
 * Live bills of these periods, as `b`. Of a community they are found by its runs: a run's bills are one range of the primary key, and no
 * index has the paid ones by community (a community of 500 houses among 1.2 million bills read them all: 1,400 ms).
 */
export async function ratedBills(scope: Scope, f: Place & { period_from: string; period_to: string }): Promise<RawBuilder<unknown>> {
  const where = await billWhere(scope, { ...kept(f), period_from: f.period_from, period_to: f.period_to, state: 'live' }, billsSeenBy(scope))
  if (!f.community_id) return sql`billing.bill b where ${where}`
  const c = scope.company_id
  // `offset 0`: computed beside, the bounds are plain columns; inside the comparison their casts would bar the index under row security.
  return sql`(select r.period_on, ${firstBillId(sql`r.run_id`)} as first_id, ${lastBillId(sql`r.run_id`)} as last_id from billing.run r
      where r.company_id = ${c} and r.community_id = ${f.community_id} and r.period_on >= ${`${f.period_from}-01`}::date and r.period_on < ${`${addMonths(f.period_to, 1)}-01`}::date offset 0) r
    join billing.bill b on b.company_id = ${c} and b.period_on = r.period_on and b.bill_id >= r.first_id and b.bill_id <= r.last_id where ${where}`
}

async function collection(scope: Scope, f: RateFilter) {
  const bills = await ratedBills(scope, f)
  const totals = withRate((await sql<Sums>`select ${SUMS} from ${byHouse(sql`0`, bills)}`.execute(scope.db)).rows[0]!)
  const base = { ...kept(f), period_from: f.period_from, period_to: f.period_to, state: 'live' as const }
  if (f.by === 'period') {
    const { rows } = await sql<Sums & { key: string }>`select to_char(g.key, 'YYYY-MM') as key, ${SUMS} from ${byHouse(sql`b.period_on`, bills)} group by g.key order by g.key limit 1200`.execute(scope.db)
    return { rows: rows.map((r) => withRate({ ...r, name: r.key, filter: { ...base, period_from: r.key, period_to: r.key } })), totals }
  }
  const column = KEY_COLUMN[f.by]
  const n = nameJoin(scope, f.by)
  const { rows } = await sql<Sums & { key: string; name: string }>`with s as materialized (select g.key as id, ${SUMS} from ${byHouse(sql.ref(`b.${column}`), bills)} group by 1)
    select s.id as key, s.bill_count, s.receivable_fen, s.received_fen, s.reduced_fen, s.moved_fen, s.open_fen, s.house_count, s.paid_house_count, ${n.name} as name from s ${n.join} order by ${n.order} limit 5000`.execute(scope.db)
  return { rows: rows.map((r) => withRate({ ...r, filter: { ...base, [column]: r.key } })), totals }
}

const RATE_COLUMNS: readonly ColumnSpec[] = [
  { title: '账单数', kind: 'int' }, { title: '应收', kind: 'money_fen' }, { title: '已收', kind: 'money_fen' }, { title: '减免', kind: 'money_fen' }, { title: '拆并转出', kind: 'money_fen' }, { title: '未收', kind: 'money_fen' }, { title: '收缴率', kind: 'text' }, { title: '户数', kind: 'int' }, { title: '缴清户数', kind: 'int' }, { title: '户数收缴率', kind: 'text' },
]
/** 9350 → '93.50%' */
const percent = (bp: number | null): string => percentText(bp) ?? ''
const rateCells = (s: ReturnType<typeof withRate>) => [s.bill_count, s.receivable_fen, s.received_fen, s.reduced_fen, s.moved_fen, s.open_fen, percent(s.rate_bp), s.house_count, s.paid_house_count, percent(s.house_rate_bp)]

interface Debtor {
  house_id: string
  house_label: string
  community_id: string
  community_name: string
  building_id: string
  building_name: string
  payer_names: string
  bill_count: number
  open_fen: number
  oldest_on: string
  overdue_days: number
  steward_id: string | null
}
const debtors = answer(billing.debtors, async (scope, f) => {
  const c = scope.company_id
  const where = sql`${openWhere(scope, f)} ${f.overdue_only ? sql`and b.due_on < ${scope.today}::date` : sql``}`
  const { rows } = await sql<Debtor>`
    with s as materialized (select b.house_id, count(*)::int as bill_count, sum(${open})::bigint as open_fen, min(b.period_on) as oldest_on, min(b.due_on) as due_on, array_agg(distinct b.payer_id) as payer_ids from billing.bill b where ${where} group by 1),
    page as materialized (select * from s order by open_fen desc, house_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select p.house_id, h.label as house_label, h.community_id, cm.name as community_name, h.building_id, bd.name as building_name, p.bill_count, p.open_fen, p.oldest_on, greatest(${scope.today}::date - p.due_on, 0) as overdue_days, ${stewardOn(scope, 'h', scope.today)} as steward_id,
      (select string_agg(n.name, '、' order by n.name) from people.person n where n.company_id = ${c} and n.person_id = any(p.payer_ids)) as payer_names
    from page p join property.house h on h.company_id = ${c} and h.house_id = p.house_id join property.community cm on cm.company_id = ${c} and cm.community_id = h.community_id
    join property.building bd on bd.company_id = ${c} and bd.building_id = h.building_id order by p.open_fen desc, p.house_id`.execute(scope.db)
  const sums = (await sql<{ total: number; open_fen: number }>`select count(distinct b.house_id)::int as total, coalesce(sum(${open}), 0)::bigint as open_fen from billing.bill b where ${where}`.execute(scope.db)).rows[0]!
  const state = f.overdue_only ? ('overdue' as const) : ('unpaid' as const)
  const names = await memberNames(scope, rows.map((r) => r.steward_id))
  return { rows: rows.map(({ oldest_on, steward_id, ...r }) => ({ ...r, steward_name: steward_id ? (names.get(steward_id) ?? '') : null, payer_names: r.payer_names ?? '', oldest_period: oldest_on.slice(0, 7), filter: { house_id: r.house_id, ...(f.fee_item_id ? { fee_item_id: f.fee_item_id } : {}), state } })), ...sums }
})

export const statsAnswers = [
  answer(billing.arrears, arrears, { plan_once: true }),
  answerFile(billing.arrearsExcel, async (scope, f) => {
    const a = await arrears(scope, f)
    return book(`欠费账龄_${a.as_of}`, `欠费账龄 截至 ${a.as_of}`, [{ title: GROUP_TITLE[f.by], kind: 'text' }, ...AGE_COLUMNS], a.rows.map((r) => [r.name, ...ageCells(r)]), ['合计', ...ageCells(a.totals)])
  }),
  debtors,
  answer(billing.collection, collection, { plan_once: true }),
  answerFile(billing.collectionExcel, async (scope, f) => {
    const r = await collection(scope, f)
    return book(`收缴率_${f.period_from}_${f.period_to}`, `收缴率 账期 ${f.period_from} 至 ${f.period_to}`, [{ title: GROUP_TITLE[f.by], kind: 'text' }, ...RATE_COLUMNS], r.rows.map((x) => [x.name, ...rateCells(x)]), ['合计', ...rateCells(r.totals)])
  }),
]
