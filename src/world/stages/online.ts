// A few days of paying by phone and what follows: residents pay at the simulated gateway, its bill of the day is fetched, and the day is reconciled.
// One bill lies a little, so that one difference has an owner and another is closed. Past days are played through the gateway's own clock.
import { sql } from 'kysely'
import { addDays, nowMs } from '../../kernel/clock.ts'
import { dayStart } from '../../kernel/days.ts'
import { closing } from '../../modules/closing/contract.ts'
import { payment } from '../../modules/payment/contract.ts'
import { lookAtChannel } from '../../modules/payment/server/ask.ts'
import { fetchBills } from '../../modules/payment/server/channel_bills.ts'
import { at, inside } from '../caller.ts'
import { phoneOf } from '../plan/names.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { openOthers, openWechatPay, type Ports } from './channel.ts'
import { signIn } from './wechat.ts'

const DEFAULT_PORT = 8090
/** Whole months so small that a phone pays them at once. */
const OPEN_MAX_FEN = 300_000
/** Payments of each day, the oldest first; the bill of the oldest lies. */
const DAYS: readonly [days_back: number, times: readonly string[]][] = [[3, ['12:06:10', '12:31:45', '19:42:30', '20:15:05', '21:03:50']], [2, ['07:55:20', '18:20:40', '20:40:15']]]

/** The gateway's control, from this process. */
function gateway(port: number) {
  const ask = async (path: string, body: object): Promise<boolean> => {
    try {
      return (await fetch(`http://127.0.0.1:${port}/__sim/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(5000) })).ok
    } catch {
      return false
    }
  }
  const real = nowMs()
  return {
    ask,
    /** Runs with the gateway's clock and ours standing at one instant. */
    at: async <T>(iso: string, run: () => Promise<T>): Promise<T> => {
      await ask('shift', { ms: Date.parse(iso) - real })
      return at(iso, run)
    },
  }
}

export interface Payer {
  house_id: string
  name: string
  phone: string
  bills: { bill_id: string; period_on: string; amount_fen: number }[]
}
/** Owners with a phone who owe little, in a street's order; the sample resident keeps what he has to pay. */
export async function owing(t: Town, skip: number, limit: number): Promise<Payer[]> {
  const c = t.company_id
  const { rows } = await inside(t.app, c, (s) => sql<Payer>`select b.house_id, n.name, n.phone, jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on, 'amount_fen', b.amount_fen - b.paid_fen - b.reduced_fen) order by b.period_on, b.bill_id) as bills
    from billing.bill b join property.house h on h.company_id = ${c} and h.house_id = b.house_id and h.kind = 'dwelling'
    join people.ownership o on o.company_id = ${c} and o.house_id = b.house_id and o.person_id = b.payer_id and o.is_primary and o.to_on is null
    join people.person n on n.company_id = ${c} and n.person_id = b.payer_id and n.phone is not null and n.phone <> ${phoneOf(1)}
    where b.company_id = ${c} and b.community_id = ${t.ids.community.get('garden')!} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen
    group by b.house_id, n.name, n.phone, h.sort_no, h.label having sum(b.amount_fen - b.paid_fen - b.reduced_fen) < ${OPEN_MAX_FEN} and count(*) = count(*) filter (where b.paid_fen = 0) order by h.sort_no, h.label offset ${skip} limit ${limit}`.execute(s.db))
  return rows
}

/** A resident pays what his house owes; the gateway holds its notice back, so the money is found by asking. Again, it goes on where it was stopped. */
async function payByPhone(t: Town, sim: ReturnType<typeof gateway>, channel_id: string, p: Payer): Promise<void> {
  const me = await signIn(t, p.phone)
  if (!me) return
  const { intent_id } = await t.road.call(me, ['phone', p.house_id], payment.startPayment, { house_id: p.house_id, channel_id, bills: p.bills })
  const { out_trade_no } = await t.road.call(me, ['phone sent', p.house_id], payment.sendIntent, { intent_id })
  await sim.ask('notify_fault', { kind: 'hold' })
  await sim.ask('pay', { out_trade_no })
  await lookAtChannel(t.app, t.company_id, intent_id)
}

/** The day after: the channel's bill comes, the day is reconciled, and somebody sees to what does not agree. */
async function reconcileDay(t: Town, sim: ReturnType<typeof gateway>, channel_id: string, day: string, lies: boolean): Promise<void> {
  const fin = must(t, 'caiwu')
  const next = addDays(day, 1)
  if (t.road.has('recon', day)) return
  await sim.at(instantAt(t.calendar, next, '10:40:00'), async () => {
    await sim.ask('clear', {})
    if (lies) for (const kind of ['amount', 'extra']) await sim.ask('bill_fault', { kind })
    await fetchBills(t.app, t.company_id)
    await sim.ask('clear', {})
    const { rows } = await t.road.ask(fin, payment.channelBills, { channel_id, kind: 'trade', from_on: day, to_on: day })
    if (rows[0]?.state !== 'fetched') return
    await t.road.call(fin, ['recon', day], closing.runRecon, { channel_id, business_day: day })
    if (!lies) return
    const items = (await t.road.ask(fin, closing.reconItems, { state: 'open', business_day: day })).rows
    const [differs, strange] = [items.find((i) => i.kind === 'amount'), items.find((i) => i.kind === 'only_theirs')]
    if (differs) await t.road.call(fin, ['owner', day], closing.assignItems, { item_ids: [differs.item_id], owner_id: fin.who.account_id })
    if (strange) await t.road.call(fin, ['difference', day], closing.closeItem, { item_id: strange.item_id, how: 'suspense', note: '渠道多出一笔,付款人未知,转暂收并去函渠道核实' })
  })
}

/** WeChat Pay is opened on the first of these days: its bills are asked for from then on. */
export async function payOnline(t: Town, o: Ports): Promise<void> {
  const sim = gateway(o.sim_port ?? DEFAULT_PORT)
  const first = addDays(t.calendar.today, -DAYS[0]![0])
  await at(instantAt(t.calendar, first, '09:00:00'), () => openWechatPay(t, o))
  await openOthers(t, o)
  const channel = await inside(t.app, t.company_id, (s) => s.db.selectFrom('payment.channel').select('channel_id').where('company_id', '=', t.company_id).where('kind', '=', 'wechat').executeTakeFirst())
  if (!channel || !(await sim.ask('shift', { ms: 0 }))) return t.log('模拟微信没有运行,样例里没有线上收款与渠道对账')
  try {
    await play(t, sim, channel.channel_id)
  } finally {
    await sim.ask('shift', { ms: 0 })
    await sim.ask('release', {})
  }
}

const paidOn = (t: Town, channel_id: string, day: string): Promise<number> =>
  inside(t.app, t.company_id, async (s) => (await sql<{ n: number }>`select count(*)::int as n from payment.intent where company_id = ${t.company_id} and channel_id = ${channel_id} and state = 'succeeded' and created_at >= ${dayStart(day)} and created_at < ${dayStart(day, 1)}`.execute(s.db)).rows[0]!.n)

async function play(t: Town, sim: ReturnType<typeof gateway>, channel_id: string): Promise<void> {
  for (const [back, times] of DAYS) {
    const day = addDays(t.calendar.today, -back)
    if (t.road.has('phones', day)) continue
    // Who has paid owes nothing any more: of a list that was stopped in the middle, those that are left are its rest, in the same order.
    const paid = await paidOn(t, channel_id, day)
    const payers = await owing(t, 0, times.length - paid)
    for (const [i, p] of payers.entries()) await sim.at(instantAt(t.calendar, day, times[paid + i]!), () => payByPhone(t, sim, channel_id, p))
    await t.road.step(must(t, 'caiwu'), ['phones', day], 'signed_in', async () => 1)
  }
  for (const [back] of DAYS) await reconcileDay(t, sim, channel_id, addDays(t.calendar.today, -back), back === DAYS[0]![0])
}
