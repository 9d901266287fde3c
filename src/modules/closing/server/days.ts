// 日结: what a community took on a day, held against the ledger, and kept as it stood. A payment is booked on the day it is taken and a
// reversal on the day it is approved, so a day that is over does not change any more; a kept day that differs is a fault the sweep finds.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { dayStart } from '../../../kernel/days.ts'
import { daysBetween, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { closing, type CheckItem, type Figures } from '../contract.ts'
import { words as paymentWords } from '../../payment/words.ts'
import { communitiesSeen } from './access.ts'

const RANGE_MAX = 400
const methodText = (m: string): string => paymentWords.states!['method']![m] ?? m
const sourceText = (s: string): string => paymentWords.states!['source']![s] ?? s

/** Payments taken (sign 1) and reversed (sign −1) by community and day, between two days, both included. */
const moves = (c: number, from_on: string, to_on: string, where: RawBuilder<unknown>) => sql`(
  select 1 as sign, p.payment_id, p.community_id, p.taken_on as on_day, p.source from payment.payment p where p.company_id = ${c} and p.taken_on >= ${from_on}::date and p.taken_on <= ${to_on}::date and ${where}
  union all select -1, p.payment_id, p.community_id, (p.reversed_at at time zone 'Asia/Shanghai')::date, p.source from payment.payment p
    where p.company_id = ${c} and p.reversed_at >= ${dayStart(from_on)} and p.reversed_at < ${dayStart(to_on, 1)} and ${where})`

interface Line {
  community_id: string
  on_day: string
  source: string
  method: string
  payment_count: number
  received_fen: number
  reversal_count: number
  reversed_fen: number
}
type Day = { community_id: string; business_day: string }
const keyOf = (d: { community_id: string; business_day: string }): string => `${d.community_id} ${d.business_day}`

/** Figures of every day with movements in the range, community by community. */
async function figuresOf(scope: Scope, from_on: string, to_on: string, where: RawBuilder<unknown>): Promise<Map<string, Day & { figures: Figures }>> {
  const c = scope.company_id
  const { rows } = await sql<Line>`select v.community_id, v.on_day, v.source, t.method, count(*) filter (where v.sign = 1)::int as payment_count, coalesce(sum(t.amount_fen) filter (where v.sign = 1), 0)::bigint as received_fen,
      count(*) filter (where v.sign = -1)::int as reversal_count, coalesce(sum(t.amount_fen) filter (where v.sign = -1), 0)::bigint as reversed_fen
    from ${moves(c, from_on, to_on, where)} v join payment.tender t on t.company_id = ${c} and t.payment_id = v.payment_id group by 1, 2, 3, 4 order by 2, 1, 3, 4`.execute(scope.db)
  const { rows: counts } = await sql<{ community_id: string; on_day: string; taken: number; reversed: number }>`select v.community_id, v.on_day, count(*) filter (where v.sign = 1)::int as taken, count(*) filter (where v.sign = -1)::int as reversed from ${moves(c, from_on, to_on, where)} v group by 1, 2`.execute(scope.db)
  const { rows: booked } = await sql<{ community_id: string; on_day: string; fen: number }>`select p.community_id, p.booked_on as on_day, sum(p.amount_fen)::bigint as fen from ledger.posting p join ledger.journal j on j.company_id = ${c} and j.journal_id = p.journal_id and j.source_type = 'payment'
    where p.company_id = ${c} and p.book = 'company' and p.account_code in ('1001','1002','1012') and p.booked_on >= ${from_on}::date and p.booked_on <= ${to_on}::date and ${where} group by 1, 2`.execute(scope.db)
  const days = new Map<string, Day & { figures: Figures }>()
  for (const n of counts) days.set(keyOf({ community_id: n.community_id, business_day: n.on_day }), { community_id: n.community_id, business_day: n.on_day, figures: { rows: [], payment_count: n.taken, reversal_count: n.reversed, received_fen: 0, reversed_fen: 0, net_fen: 0, cash_fen: 0, booked_fen: 0 } })
  for (const { community_id, on_day, ...r } of rows) {
    const f = days.get(keyOf({ community_id, business_day: on_day }))!.figures
    f.rows.push(r)
    // Prepayment used came in on another day.
    if (r.method === 'wallet') continue
    f.received_fen += r.received_fen
    f.reversed_fen += r.reversed_fen
    f.net_fen += r.received_fen - r.reversed_fen
    if (r.method === 'cash') f.cash_fen += r.received_fen - r.reversed_fen
  }
  for (const b of booked) {
    const d = days.get(keyOf({ community_id: b.community_id, business_day: b.on_day }))
    if (d) d.figures.booked_fen = b.fen
  }
  return days
}
const EMPTY: Figures = { rows: [], payment_count: 0, reversal_count: 0, received_fen: 0, reversed_fen: 0, net_fen: 0, cash_fen: 0, booked_fen: 0 }
export const hashOf = (f: Figures): string => createHash('sha256').update(JSON.stringify([f.rows.map((r) => [r.source, r.method, r.payment_count, r.received_fen, r.reversal_count, r.reversed_fen]), f.payment_count, f.reversal_count, f.booked_fen])).digest('hex')

function checksOf(f: Figures): CheckItem[] {
  const out: CheckItem[] = []
  if (f.booked_fen !== f.net_fen) out.push({ code: 'booked', zh: '收款净额与总账入账不等', level: 'block', count: 1, to: null })
  return out
}
async function dayChecks(scope: Scope, d: Day, f: Figures): Promise<CheckItem[]> {
  const out = checksOf(f)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from payment.reversal r join payment.payment p on p.company_id = ${scope.company_id} and p.payment_id = r.payment_id where r.company_id = ${scope.company_id} and r.state = 'asked' and p.community_id = ${d.community_id} and p.taken_on = ${d.business_day}::date`.execute(scope.db)
  if (rows[0]!.n > 0) out.push({ code: 'reversals', zh: '当日收款有冲销待审', level: 'warn', count: rows[0]!.n, to: '/payment/reversals?state=asked' })
  return out
}

async function oneDay(scope: Scope, d: Day): Promise<Figures> {
  return (await figuresOf(scope, d.business_day, d.business_day, sql`p.community_id = ${d.community_id}`)).get(keyOf(d))?.figures ?? EMPTY
}
async function keep(scope: Scope, days: readonly (Day & { figures: Figures })[], note: string | null): Promise<number> {
  if (days.length === 0) return 0
  const rows = days.map(({ figures: f, ...d }) => ({ ...d, payment_count: f.payment_count, reversal_count: f.reversal_count, received_fen: f.received_fen, reversed_fen: f.reversed_fen, cash_fen: f.cash_fen, booked_fen: f.booked_fen, figures: f, figures_hash: hashOf(f) }))
  const r = await sql`insert into closing.day_close (company_id, community_id, business_day, payment_count, reversal_count, received_fen, reversed_fen, cash_fen, booked_fen, figures, figures_hash, note, closed_by, closed_at)
    select ${scope.company_id}::bigint, d.*, ${note}::text, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as d(community_id uuid, business_day date, payment_count int, reversal_count int, received_fen bigint, reversed_fen bigint, cash_fen bigint, booked_fen bigint, figures jsonb, figures_hash text)
    on conflict do nothing`.execute(scope.db)
  crashpoint('day.kept')
  return Number(r.numAffectedRows ?? 0n)
}

interface Filter {
  from_on: string
  to_on: string
  community_id?: string | undefined
  state?: 'open' | 'closed' | undefined
}
async function listed(scope: Scope, f: Filter) {
  const n = daysBetween(f.from_on, f.to_on)
  if (n < 0 || n > RANGE_MAX) throw scope.refuse('closing.range_too_long', { from_on: f.from_on, to_on: f.to_on })
  const c = scope.company_id
  const moved = await figuresOf(scope, f.from_on, f.to_on, sql`${communitiesSeen(scope, 'p')} ${f.community_id ? sql`and p.community_id = ${f.community_id}` : sql``}`)
  const { rows: kept } = await sql<{ community_id: string; business_day: string; closed_at: string; closed_by: string | null; figures: Figures }>`select d.community_id, d.business_day, d.closed_at, d.closed_by, d.figures from closing.day_close d
    where d.company_id = ${c} and d.business_day >= ${f.from_on}::date and d.business_day <= ${f.to_on}::date and ${communitiesSeen(scope, 'd')} ${f.community_id ? sql`and d.community_id = ${f.community_id}` : sql``}`.execute(scope.db)
  const names = await memberNames(scope, kept.map((k) => k.closed_by))
  const { rows: communities } = await sql<{ community_id: string; name: string }>`select community_id, name from property.community where company_id = ${c}`.execute(scope.db)
  const name = new Map(communities.map((x) => [x.community_id, x.name]))
  const closed = new Map(kept.map((k) => [keyOf(k), k]))
  const all = [...new Map([...moved.values(), ...kept].map((d) => [keyOf(d), d])).values()].map((d) => {
    const k = closed.get(keyOf(d))
    const g = k?.figures ?? d.figures
    return { community_id: d.community_id, community_name: name.get(d.community_id) ?? '', business_day: d.business_day, payment_count: g.payment_count, reversal_count: g.reversal_count, received_fen: g.received_fen, reversed_fen: g.reversed_fen, cash_fen: g.cash_fen, closed_at: k?.closed_at ?? null, closed_by_name: (k?.closed_by && names.get(k.closed_by)) || null }
  })
  return all.filter((d) => f.state === undefined || (f.state === 'closed') === (d.closed_at !== null)).sort((a, b) => (a.business_day + a.community_name < b.business_day + b.community_name ? 1 : -1))
}

const list = answer(closing.days, async (scope, { page, page_size, ...f }) => {
  const all = await listed(scope, f)
  return { rows: all.slice((page - 1) * page_size, page * page_size), total: all.length, received_fen_sum: all.reduce((n, d) => n + d.received_fen, 0), reversed_fen_sum: all.reduce((n, d) => n + d.reversed_fen, 0), open_count: all.filter((d) => d.closed_at === null).length }
})
const excel = answerFile(closing.daysExcel, async (scope, f) => {
  const all = await listed(scope, f)
  const body = await writeSheet({
    sheets: [
      {
        name: '日结', title_rows: [`日结 ${f.from_on} 至 ${f.to_on}`],
        columns: [{ title: '业务日', kind: 'day' }, { title: '小区', kind: 'text' }, { title: '收款笔数', kind: 'int' }, { title: '实收', kind: 'money_fen' }, { title: '冲销笔数', kind: 'int' }, { title: '冲销', kind: 'money_fen' }, { title: '现金净收', kind: 'money_fen' }, { title: '日结人', kind: 'text' }],
        rows: all.map((d) => [d.business_day, d.community_name, d.payment_count, d.received_fen, d.reversal_count, d.reversed_fen, d.cash_fen, d.closed_at ? (d.closed_by_name ?? '系统') : '未日结']),
        totals: ['合计', null, all.reduce((n, d) => n + d.payment_count, 0), all.reduce((n, d) => n + d.received_fen, 0), all.reduce((n, d) => n + d.reversal_count, 0), all.reduce((n, d) => n + d.reversed_fen, 0), all.reduce((n, d) => n + d.cash_fen, 0), null],
      },
    ],
  })
  return { name: `日结_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
})

async function read(scope: Scope, d: Day) {
  const community = await communityToChange(scope, d.community_id)
  const kept = await scope.db.selectFrom('closing.day_close').selectAll().where('company_id', '=', scope.company_id).where('community_id', '=', d.community_id).where('business_day', '=', d.business_day).executeTakeFirst()
  const figures = kept ? (kept.figures as Figures) : await oneDay(scope, d)
  const checks = kept ? [] : await dayChecks(scope, d, figures)
  return { community_name: community.name, figures, checks, closed_at: kept?.closed_at ?? null, closed_by_name: kept ? ((await memberNames(scope, [kept.closed_by])).get(kept.closed_by ?? '') ?? null) : null, note: kept?.note ?? null }
}

export const dayAnswers = [
  list,
  excel,
  answer(closing.day, async (scope, d) => {
    const one = await read(scope, d)
    const close = !mayDo(scope.who, 'closing.day.close') ? 'kernel.forbidden' : one.closed_at ? 'closing.day_closed' : d.business_day >= scope.today ? 'closing.day_not_over' : one.checks.some((x) => x.level === 'block') ? 'closing.day_blocked' : (true as const)
    return { ...one, can: { close } }
  }),
  answerFile(closing.dayPdf, async (scope, d) => {
    const one = await read(scope, d)
    const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst()
    const f = one.figures
    const body = await renderPdf('table_a4', {
      company_name: company?.name ?? null, title: `日结单 ${one.community_name}`,
      filters: [`业务日:${d.business_day}`, one.closed_at ? `已日结:${one.closed_by_name ?? '系统'}` : '未日结', ...(one.note ? [`说明:${one.note}`] : [])],
      columns: [{ title: '来源', kind: 'text' }, { title: '方式', kind: 'text' }, { title: '收款笔数', kind: 'count' }, { title: '收款', kind: 'fen' }, { title: '冲销笔数', kind: 'count' }, { title: '冲销', kind: 'fen' }, { title: '净额', kind: 'fen' }],
      rows: f.rows.map((r) => [sourceText(r.source), methodText(r.method), r.payment_count, r.received_fen, r.reversal_count, r.reversed_fen, r.received_fen - r.reversed_fen]),
      totals: ['合计(不含预存抵扣)', null, f.payment_count, f.received_fen, f.reversal_count, f.reversed_fen, f.net_fen],
      printed_by: scope.who.name, printed_at: minuteText(scope.now),
    })
    return { name: `日结单_${one.community_name}_${d.business_day}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answer(closing.closeDay, async (scope, { community_id, business_day, note }) => {
    await communityToChange(scope, community_id)
    if (business_day >= scope.today) throw scope.refuse('closing.day_not_over', { day: business_day })
    const d = { community_id, business_day }
    const figures = await oneDay(scope, d)
    const blocked = (await dayChecks(scope, d, figures)).filter((x) => x.level === 'block')
    if (blocked.length > 0) throw scope.refuse('closing.day_blocked', { day: business_day, what: blocked.map((b) => b.zh).join('、') })
    if ((await keep(scope, [{ ...d, figures }], note ?? null)) === 0) throw scope.refuse('closing.day_closed', { day: business_day })
    scope.note('day_close', `${community_id} ${business_day}`, { net_fen: figures.net_fen })
    return { figures_hash: hashOf(figures) }
  }),
  answer(closing.closeDays, async (scope, { community_id, to_day }) => {
    await communityToChange(scope, community_id)
    if (to_day >= scope.today) throw scope.refuse('closing.day_not_over', { day: to_day })
    const { rows } = await sql<{ first: string | null }>`select min(p.taken_on) as first from payment.payment p where p.company_id = ${scope.company_id} and p.community_id = ${community_id}`.execute(scope.db)
    if (!rows[0]!.first) return { closed_count: 0, left_count: 0 }
    const { rows: kept } = await sql<{ business_day: string }>`select business_day from closing.day_close where company_id = ${scope.company_id} and community_id = ${community_id}`.execute(scope.db)
    const done = new Set(kept.map((k) => k.business_day))
    const days = [...(await figuresOf(scope, rows[0]!.first, to_day, sql`p.community_id = ${community_id}`)).values()].filter((d) => !done.has(d.business_day))
    const ready = days.filter((d) => checksOf(d.figures).length === 0)
    const closed_count = await keep(scope, ready, null)
    scope.note('day_close', `${community_id} ${to_day}`, { closed_count })
    return { closed_count, left_count: days.length - ready.length }
  }),
]

/** Days of a month with payments that are not closed, over the whole company. */
export async function openDays(scope: Scope, from_on: string, to_on: string): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (select distinct v.community_id, v.on_day from ${moves(c, from_on, to_on, sql`true`)} v) x
    where not exists (select from closing.day_close d where d.company_id = ${c} and d.community_id = x.community_id and d.business_day = x.on_day)`.execute(scope.db)
  return rows[0]!.n
}

/** Kept days computed again, of the last days only: what lies before is inside closed months. */
export async function changedDays(scope: Scope, from_on: string): Promise<string[]> {
  const { rows } = await sql<{ community_id: string; business_day: string; figures_hash: string }>`select community_id, business_day, figures_hash from closing.day_close where company_id = ${scope.company_id} and business_day >= ${from_on}::date`.execute(scope.db)
  if (rows.length === 0) return []
  const now = await figuresOf(scope, from_on, scope.today, sql`true`)
  return rows.filter((r) => hashOf(now.get(keyOf(r))?.figures ?? EMPTY) !== r.figures_hash).map((r) => keyOf(r))
}
