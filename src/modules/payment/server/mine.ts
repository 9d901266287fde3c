// What a resident reads: own bills to pay, own payments; and what staff read of notices.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { payment, type Method } from '../contract.ts'
import { myBillsWhere, myHouses, myPaymentsWhere, wholeCompany } from './access.ts'
import { openLines } from './bills.ts'
import { enabledChannels } from './channels.ts'

const all = (w: RawBuilder<SqlBool>[]) => sql.join(w, sql` and `) as RawBuilder<SqlBool>

const myPayable = (app: () => App) =>
  answer(payment.myPayable, async (scope, { house_id }) => {
    const houses = await myHouses(scope, house_id)
    const channels = await enabledChannels(app(), scope)
    if (houses.length === 0) return { houses: [], channels }
    const c = scope.company_id
    const ids = houses.map((h) => h.house_id)
    const lines = Map.groupBy(await openLines(scope, houses, myBillsWhere(scope, houses)), (l) => l.house_id)
    const w = await sql<{ house_id: string; wallet_fen: number; live_intent_id: string | null }>`
      select h.house_id, coalesce((select balance_fen from payment.wallet w where w.company_id = ${c} and w.house_id = h.house_id), 0)::bigint as wallet_fen,
        (select i.intent_id from payment.intent i where i.company_id = ${c} and i.house_id = h.house_id and i.account_id = ${scope.who.account_id} and i.state in ('created','pending','unknown') and i.expires_at > ${scope.now} order by i.created_at desc limit 1) as live_intent_id
      from unnest(${ids}::uuid[]) as h(house_id)`.execute(scope.db)
    const extra = new Map(w.rows.map((x) => [x.house_id, x]))
    return {
      houses: houses.map((h) => {
        const own = (lines.get(h.house_id) ?? []).map(({ house_id: _, ...l }) => l)
        // The prepayment belongs to the owner's side.
        const wallet_fen = h.role === 'tenant' ? 0 : extra.get(h.house_id)!.wallet_fen
        return { house_id: h.house_id, house_label: h.label, community_name: h.community_name, wallet_fen, open_fen: own.reduce((n, l) => n + l.open_fen, 0), lines: own, live_intent_id: extra.get(h.house_id)!.live_intent_id }
      }),
      channels,
    }
  })

const myPayments = answer(payment.myPayments, async (scope, { page, page_size, house_id }) => {
  const houses = await myHouses(scope, house_id)
  if (houses.length === 0) return { rows: [], total: 0 }
  const c = scope.company_id
  const where = sql<SqlBool>`p.company_id = ${c} and p.house_id = any(${houses.map((h) => h.house_id)}::uuid[]) and ${myPaymentsWhere(scope, houses)}`
  const count = await sql<{ total: number }>`select count(*)::int as total from payment.payment p where ${where}`.execute(scope.db)
  const r = await sql<{ payment_id: string; receipt_no: string; taken_at: string; house_id: string; house_label: string; total_fen: number; applied_fen: number; prepaid_fen: number; refunded_fen: number; refunding_fen: number; methods: Method[]; source: 'desk' | 'online' | 'import'; reversed_at: string | null }>`
    with page as materialized (select p.* from payment.payment p where ${where} order by p.taken_at desc, p.payment_id desc limit ${page_size} offset ${(page - 1) * page_size})
    select p.payment_id, p.receipt_no, p.taken_at, p.house_id, h.label as house_label, p.total_fen, p.applied_fen, p.prepaid_fen, p.refunded_fen, p.refunding_fen, p.source, p.reversed_at,
      (select array_agg(distinct t.method) from payment.tender t where t.company_id = ${c} and t.payment_id = p.payment_id) as methods
    from page p join property.house h on h.company_id = ${c} and h.house_id = p.house_id order by p.taken_at desc, p.payment_id desc`.execute(scope.db)
  return { rows: r.rows, total: count.rows[0]!.total }
})

const channelEvents = answer(payment.channelEvents, async (scope, f) => {
  wholeCompany(scope)
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`e.company_id = ${c}`]
  if (f.channel_id) w.push(sql<SqlBool>`e.channel_id = ${f.channel_id}`)
  if (f.verdict) w.push(sql<SqlBool>`e.verdict = ${f.verdict}`)
  if (f.from_on) w.push(sql<SqlBool>`e.received_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql<SqlBool>`e.received_at < ${dayStart(f.to_on, 1)}`)
  // Counting stops at 10,000: a forger must not decide how long this page takes.
  const count = await sql<{ total: number }>`select count(*)::int as total from (select from payment.channel_event e where ${all(w)} limit 10000) x`.execute(scope.db)
  const r = await sql<{ event_id: string; channel_id: string; channel_name: string; event_key: string; verdict: 'received'; note: string | null; received_at: string; body_excerpt: string }>`
    with page as materialized (select e.* from payment.channel_event e where ${all(w)} order by e.received_at desc, e.event_id desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select e.event_id, e.channel_id, n.name as channel_name, e.event_key, e.verdict, e.note, e.received_at, left(e.body, 400) as body_excerpt
    from page e join payment.channel n on n.company_id = ${c} and n.channel_id = e.channel_id order by e.received_at desc, e.event_id desc`.execute(scope.db)
  return { rows: r.rows, total: count.rows[0]!.total }
})

export const readAnswers = (app: () => App) => [myPayable(app), myPayments, channelEvents]
