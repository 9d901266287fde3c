// Deposits as they are shown: list with ageing, Excel, one deposit with its moves, its paper.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { capitals, fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { DepositKind, DepositRow } from '../contract_deposit.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { boundList, LIST_MAX } from './list_sheet.ts'
import { companyName, slipPdf, type Slip } from './paper/slip.ts'
import { slipKind } from './paper/slip_kind.ts'

type Filter = Omit<z.output<typeof payment.deposits.takes>, 'page' | 'page_size'>
const w = (group: string, v: string): string => words.states![group]![v] ?? v

type Age = NonNullable<Filter['age']>
const AGE: Record<Age, (age: RawBuilder<unknown>) => RawBuilder<SqlBool>> = {
  d90: (age) => sql<SqlBool>`${age} <= 90`,
  d180: (age) => sql<SqlBool>`${age} between 91 and 180`,
  d365: (age) => sql<SqlBool>`${age} between 181 and 365`,
  more: (age) => sql<SqlBool>`${age} > 365`,
}
const AGES = Object.keys(AGE) as Age[]

function depositsWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const list: RawBuilder<SqlBool>[] = [sql<SqlBool>`d.company_id = ${c}`, seen(scope, 'd')]
  if (f.from_on) list.push(sql<SqlBool>`d.taken_on >= ${f.from_on}`)
  if (f.to_on) list.push(sql<SqlBool>`d.taken_on <= ${f.to_on}`)
  if (f.community_id) list.push(sql<SqlBool>`d.community_id = ${f.community_id}`)
  if (f.house_id) list.push(sql<SqlBool>`d.house_id = ${f.house_id}`)
  if (f.kind_id) list.push(sql<SqlBool>`d.kind_id = ${f.kind_id}`)
  if (f.state === 'held') list.push(sql<SqlBool>`d.held_fen = d.amount_fen`)
  if (f.state === 'partly') list.push(sql<SqlBool>`d.held_fen > 0 and d.held_fen < d.amount_fen`)
  if (f.state === 'settled') list.push(sql<SqlBool>`d.held_fen = 0`)
  if (f.overdue) list.push(sql<SqlBool>`d.held_fen > 0 and d.return_on < ${scope.today}::date`)
  if (f.age) list.push(sql<SqlBool>`d.held_fen > 0 and ${AGE[f.age](sql`${scope.today}::date - d.taken_on`)}`)
  if (f.q) {
    const to = `${f.q}\uffff`
    list.push(sql<SqlBool>`(d.deposit_no >= ${f.q} and d.deposit_no < ${to} or d.payer_name >= ${f.q} and d.payer_name < ${to} or d.house_id in (select h.house_id from property.house h where h.company_id = ${c} and h.label >= ${f.q} and h.label < ${to} limit 2000))`)
  }
  return sql.join(list, sql` and `) as RawBuilder<SqlBool>
}

interface Read extends Omit<DepositRow, 'taken_by_name' | 'state' | 'can'> {
  taken_by: string
  reference: string | null
  print_count: number
}
async function readDeposits(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number) {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (select d.* from payment.deposit d where ${where} order by d.taken_at desc, d.deposit_id desc limit ${limit} offset ${offset})
    select d.deposit_id, d.deposit_no, d.community_id, m.name as community_name, d.house_id, h.label as house_label, d.kind_id, k.name as kind_name, d.payer_name, d.amount_fen, d.held_fen, d.pending_fen, d.refunded_fen, d.forfeited_fen, d.moved_fen,
      d.method, d.taken_by, d.taken_at, d.taken_on, d.return_on, ${scope.today}::date - d.taken_on as age_days, case when d.held_fen > 0 and d.return_on < ${scope.today}::date then ${scope.today}::date - d.return_on else 0 end as overdue_days, d.note, d.reference, d.print_count
    from page d join property.community m on m.company_id = ${c} and m.community_id = d.community_id join property.house h on h.company_id = ${c} and h.house_id = d.house_id join payment.deposit_kind k on k.company_id = ${c} and k.kind_id = d.kind_id
    order by d.taken_at desc, d.deposit_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.taken_by))
  const may = (permission: string) => scope.who.grants.some((g) => g.permissions.includes(permission) || g.permissions.includes('*'))
  return r.rows.map(({ taken_by, ...x }) => {
    const open = x.held_fen > x.pending_fen ? true : 'payment.deposit_short'
    const can = (permission: string): true | string => (may(permission) ? (open as true | string) : 'kernel.forbidden')
    return { ...x, taken_by_name: names.get(taken_by) ?? '', state: x.held_fen === 0 ? ('settled' as const) : x.held_fen < x.amount_fen ? ('partly' as const) : ('held' as const), can: { refund: can('payment.refund.ask'), forfeit: can('payment.deposit.forfeit'), move: can('payment.deposit.move') } }
  })
}
async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const age = sql`${scope.today}::date - d.taken_on`
  const r = await sql<{ total: number; amount_fen_sum: number; held_fen_sum: number; refunded_fen_sum: number; forfeited_fen_sum: number; moved_fen_sum: number } & Record<string, number>>`
    select count(*)::int as total, coalesce(sum(d.amount_fen), 0)::bigint as amount_fen_sum, coalesce(sum(d.held_fen), 0)::bigint as held_fen_sum, coalesce(sum(d.refunded_fen), 0)::bigint as refunded_fen_sum, coalesce(sum(d.forfeited_fen), 0)::bigint as forfeited_fen_sum, coalesce(sum(d.moved_fen), 0)::bigint as moved_fen_sum,
      ${sql.join(AGES.map((k) => sql`count(*) filter (where d.held_fen > 0 and ${AGE[k](age)})::int as ${sql.ref(`${k}_n`)}, coalesce(sum(d.held_fen) filter (where ${AGE[k](age)}), 0)::bigint as ${sql.ref(`${k}_fen`)}`))}
    from payment.deposit d where ${where}`.execute(scope.db)
  const x = r.rows[0]!
  const { total, amount_fen_sum, held_fen_sum, refunded_fen_sum, forfeited_fen_sum, moved_fen_sum } = x
  return { total, amount_fen_sum, held_fen_sum, refunded_fen_sum, forfeited_fen_sum, moved_fen_sum, ageing: AGES.map((bucket) => ({ bucket, count: x[`${bucket}_n`]!, held_fen: x[`${bucket}_fen`]! })) }
}
type Full = Awaited<ReturnType<typeof readDeposits>>[number]
const row = ({ reference: _r, print_count: _p, ...x }: Full): DepositRow => x

export async function depositSeen(scope: Scope, deposit_id: string): Promise<void> {
  const r = await sql`select from payment.deposit d where d.company_id = ${scope.company_id} and d.deposit_id = ${deposit_id} and ${seen(scope, 'd')}`.execute(scope.db)
  if (r.rows.length === 0) throw scope.notFound()
}

const deposits = answer(payment.deposits, async (scope, { page, page_size, ...f }) => {
  const where = depositsWhere(scope, f)
  return { ...(await sums(scope, where)), rows: (await readDeposits(scope, where, page_size, (page - 1) * page_size)).map(row) }
})
const depositsExcel = answerFile(payment.depositsExcel, async (scope, f) => {
  const where = depositsWhere(scope, f)
  const total = await sums(scope, where)
  boundList(scope, '押金', total.total)
  const rows = await readDeposits(scope, where, LIST_MAX, 0)
  const text = (title: string) => ({ title, kind: 'text' as const })
  const money = (title: string) => ({ title, kind: 'money_fen' as const })
  const body = await writeSheet({
    sheets: [
      {
        name: '押金',
        columns: [text('押金收据号'), text('小区'), text('房号'), text('种类'), text('交款人'), money('收取'), money('在押'), money('已退'), money('已罚没'), money('已转'), text('方式'), text('收款人'), { title: '收款日', kind: 'day' }, { title: '约定退还日', kind: 'day' }, { title: '在押天数', kind: 'int' }, text('状态'), text('说明')],
        rows: rows.map((d) => [d.deposit_no, d.community_name, d.house_label, d.kind_name, d.payer_name, d.amount_fen, d.held_fen, d.refunded_fen, d.forfeited_fen, d.moved_fen, w('method', d.method), d.taken_by_name, d.taken_on, d.return_on, d.age_days, w('deposit', d.state), d.note]),
        totals: ['合计', `${total.total} 笔`, null, null, null, total.amount_fen_sum, total.held_fen_sum, total.refunded_fen_sum, total.forfeited_fen_sum, total.moved_fen_sum],
      },
    ],
  })
  return { name: `押金_${scope.today}.xlsx`, type: XLSX, body }
})

async function one(scope: Scope, deposit_id: string) {
  await depositSeen(scope, deposit_id)
  const c = scope.company_id
  const [d] = await readDeposits(scope, sql<SqlBool>`d.company_id = ${c} and d.deposit_id = ${deposit_id}`, 1, 0)
  const moves = await scope.db.selectFrom('payment.deposit_move').select(['move_id', 'at', 'kind', 'amount_fen', 'reason', 'by_id', 'payment_id', 'refund_id']).where('company_id', '=', c).where('deposit_id', '=', deposit_id).orderBy('at', 'desc').orderBy('move_id', 'desc').limit(200).execute()
  const { rows: pending } = await sql<{ id: string; kind: 'refund' | 'forfeit'; number: string | null; amount_fen: number; reason: string; at: string; by_id: string }>`
    select f.refund_id as id, 'refund' as kind, f.refund_no as number, f.amount_fen, f.reason, f.asked_at as at, f.asked_by as by_id from payment.refund f where f.company_id = ${c} and f.deposit_id = ${deposit_id} and f.state in ('asked','approved','paying','failed')
    union all select a.approval_id, 'forfeit', null, a.amount_fen, a.reason, a.asked_at, a.asked_by from system.approval a where a.company_id = ${c} and a.subject_type = 'deposit' and a.subject_id = ${deposit_id} and a.kind = 'payment.deposit_forfeit' and a.state = 'asked'
    order by at desc limit 200`.execute(scope.db)
  const names = await memberNames(scope, [...moves, ...pending].map((x) => x.by_id))
  return { ...d!, pending: pending.map(({ by_id, ...x }) => ({ ...x, by_name: names.get(by_id) ?? '' })), moves: moves.map(({ by_id, kind, ...x }) => ({ ...x, kind: kind as 'refund', by_name: by_id ? (names.get(by_id) ?? null) : null })) }
}
const deposit = answer(payment.deposit, (scope, { deposit_id }) => one(scope, deposit_id))

type Detail = Awaited<ReturnType<typeof one>>
async function slipOf(scope: Scope, d: Detail): Promise<Slip> {
  const m = (n: number) => yuanGrouped(fen(n))
  return {
    company: await companyName(scope),
    title: '押金收据',
    no: d.deposit_no,
    facts: [['小区', d.community_name], ['房号', d.house_label], ['交款人', d.payer_name], ['收款日', d.taken_on], ['收款方式', w('method', d.method)], ...(d.return_on ? [['约定退还日', d.return_on] as [string, string]] : [])],
    sections: [
      { title: d.kind_name, rows: [['收取金额', m(d.amount_fen)], ...(d.held_fen === d.amount_fen ? [] : ([['已退', m(d.refunded_fen)], ['已罚没', m(d.forfeited_fen)], ['已转预存或抵账单', m(d.moved_fen)], ['在押', m(d.held_fen)]] as [string, string][]))] },
    ],
    capitals: `人民币大写:${capitals(fen(d.amount_fen))}`,
    remark: [d.note, '本收据是押金凭证,退还时请交回;押金为代管款项,不是物业服务费。'].filter(Boolean).join(';'),
    signs: ['收款人', '交款人'],
    printed: `${scope.who.name} ${minuteText(scope.now)}`,
  }
}
const depositPdf = (app: () => App) =>
  answerFile(payment.depositPdf, async (scope, { deposit_id, form }) => {
    const d = await one(scope, deposit_id)
    const body = await slipPdf(app(), scope, { kind: 'payment.deposit_slip', form, house_id: d.house_id, at: d.taken_at }, await slipOf(scope, d))
    return { name: `押金收据_${d.deposit_no}.pdf`, type: 'application/pdf', body, inline: true }
  })
/** For templates: the latest deposits within reach. */
export const depositForm = slipKind({
  kind: 'payment.deposit_slip', zh: '押金收据', note: '收取押金时打印',
  subjects: async (scope, { community_id }) => (await readDeposits(scope, sql<SqlBool>`d.company_id = ${scope.company_id} and ${seen(scope, 'd')} ${community_id ? sql`and d.community_id = ${community_id}` : sql``}`, 20, 0)).map((d) => ({ subject_id: d.deposit_id, label: `${d.deposit_no} ${d.house_label}` })),
  slip: async (scope, deposit_id) => slipOf(scope, await one(scope, deposit_id)),
})

const depositKinds = answer(payment.depositKinds, async (scope, { community_id }) => {
  const c = scope.company_id
  const r = await sql<DepositKind>`select k.kind_id, k.community_id, m.name as community_name, k.name, k.amount_fen, k.max_fen, k.return_days, k.basis, k.disabled_at,
      (select count(*)::int from payment.deposit d where d.company_id = ${c} and d.kind_id = k.kind_id and d.held_fen > 0) as held_count, coalesce((select sum(d.held_fen) from payment.deposit d where d.company_id = ${c} and d.kind_id = k.kind_id), 0)::bigint as held_fen
    from payment.deposit_kind k join property.community m on m.company_id = ${c} and m.community_id = k.community_id
    where k.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'k' })} and (${community_id ?? null}::uuid is null or k.community_id = ${community_id ?? null}::uuid) order by m.name, k.disabled_at nulls first, k.name limit 1000`.execute(scope.db)
  return { rows: r.rows }
})

export const depositReads = (app: () => App) => [deposits, depositsExcel, deposit, depositPdf(app), depositKinds]
