// The channels' daily bills (渠道账单): every channel, every day, both kinds, fetched by a schedule and kept as rows for the reconciliation. The
// file is believed only when it adds up to its own totals; a bill that is here is never fetched again, so importing twice changes nothing.
import { sql } from 'kysely'
import type { App, JobKind, Schedule } from '../../../kernel/app.ts'
import { nowIso, today } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { log } from '../../../kernel/log.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { channelRow, openChannel } from './channels.ts'
import type { Bill, BillResult } from './outside/channel.ts'

/** WeChat Pay keeps bills three months by interface; older days are a person's matter. */
const DAYS_BACK = 60
/** Bills are ready after 10:00 the next day; a quarter of an hour for their clock. */
const READY = '10:15'
/** From noon "no such bill" is an answer and not a delay. */
const NONE_FROM = '12:00'
const FIRST_PAUSE_MIN = 10
const LONGEST_PAUSE_MIN = 360
/** About eight days. */
const TRIES_MAX = 40
const ROUND_MAX = 20
const CHUNK = 2000

/** Days for which no row stands yet, of channels that are or were in use. */
async function planDays(app: App, company_id: number): Promise<void> {
  await inTransaction(app.d, { company_id }, ({ db }) =>
    sql`insert into payment.channel_bill (company_id, channel_bill_id, channel_id, kind, bill_on, state, next_try_at, created_at)
      select ${company_id}::bigint, gen_random_uuid(), n.channel_id, k.kind, d.on_day::date, 'waiting', ((d.on_day::date + 1)::timestamp + ${READY}::time) at time zone 'Asia/Shanghai', ${nowIso()}::timestamptz
      from payment.channel n cross join (values ('trade'), ('fund')) k(kind)
      cross join lateral generate_series(greatest((n.created_at at time zone 'Asia/Shanghai')::date, ${today()}::date - ${DAYS_BACK}::int)::timestamp, (${today()}::date - 1)::timestamp, interval '1 day') d(on_day)
      where n.company_id = ${company_id} and (n.enabled_at is not null or exists (select from payment.intent i where i.company_id = n.company_id and i.channel_id = n.channel_id))
        and not exists (select from payment.channel_bill b where b.company_id = n.company_id and b.channel_id = n.channel_id and b.kind = k.kind and b.bill_on = d.on_day::date)
      on conflict (company_id, channel_id, kind, bill_on) do nothing`.execute(db),
  )
}

interface Claimed {
  channel_bill_id: string
  channel_id: string
  kind: 'trade' | 'fund'
  bill_on: string
  tries: number
}
/** Takes the right to ask; whoever asks next comes after the pause. */
async function claim(app: App, company_id: number, channel_bill_id?: string): Promise<Claimed[]> {
  return inTransaction(app.d, { company_id }, async ({ db }) => {
    const now = nowIso()
    const which = channel_bill_id ? sql`channel_bill_id = ${channel_bill_id}` : sql`next_try_at <= ${now}::timestamptz`
    const r = await sql<Claimed>`update payment.channel_bill b set tries = tries + 1,
        next_try_at = ${now}::timestamptz + least(${LONGEST_PAUSE_MIN}, ${FIRST_PAUSE_MIN} * power(2, least(tries, 10))) * interval '1 minute'
      where company_id = ${company_id} and channel_bill_id in (
        select channel_bill_id from payment.channel_bill where company_id = ${company_id} and state = 'waiting' and ${which} order by bill_on desc limit ${ROUND_MAX} for update skip locked)
      returning channel_bill_id, channel_id, kind, bill_on, tries`.execute(db)
    return r.rows
  })
}

const CAUSES: Record<string, string> = { STATEMENT_CREATING: '渠道还在生成账单', hash: '文件校验值不符', timeout: '渠道没有及时答复', network: '连接渠道失败', download_host: '下载地址不属于该渠道' }
const whyNot = (r: Exclude<BillResult, { kind: 'ok' | 'none' }>): string => (r.kind === 'failed' ? `${r.message}(${r.code})` : (CAUSES[r.cause] ?? `没有取到(${r.cause})`)).slice(0, 200)

async function fetchOne(app: App, company_id: number, b: Claimed): Promise<void> {
  const row = await inTransaction(app.d, { company_id, readOnly: true }, ({ db }) => channelRow({ db, company_id }, b.channel_id))
  if (!row) return
  const r = await openChannel(app, row).channel.bill({ kind: b.kind, on_day: b.bill_on })
  if (r.kind === 'ok') return store(app, company_id, b, r.bill)
  await inTransaction(app.d, { company_id }, ({ db }) => {
    const none = r.kind === 'none'
    const failure = none ? '渠道当日没有账单' : whyNot(r)
    // From noon on a missing file means a day without trade; before, the provider may only be late.
    const state = none
      ? sql`case when ${nowIso()}::timestamptz >= ((bill_on + 1)::timestamp + ${NONE_FROM}::time) at time zone 'Asia/Shanghai' then 'none' else 'waiting' end`
      : sql`case when tries >= ${TRIES_MAX} then 'failed' else 'waiting' end`
    return sql`update payment.channel_bill set state = ${state}, failure = ${failure} where company_id = ${company_id} and channel_bill_id = ${b.channel_bill_id} and state = 'waiting'`.execute(db)
  })
}

async function store(app: App, company_id: number, b: Claimed, bill: Bill): Promise<void> {
  await asSystem(app, company_id, 'payment.fetch_bill', async (scope) => {
    const held = await sql`select 1 from payment.channel_bill where company_id = ${company_id} and channel_bill_id = ${b.channel_bill_id} and state <> 'fetched' for update`.execute(scope.db)
    if (held.rows.length === 0) return
    const ins = bill.lines.filter((l) => l.amount_fen > 0)
    const outs = bill.lines.filter((l) => l.amount_fen < 0)
    const sum = (list: readonly { n: number }[]): number => list.reduce((s, x) => s + x.n, 0)
    await sql`update payment.channel_bill set state = 'fetched', failure = null, file_hash = ${bill.file_hash}, line_count = ${bill.lines.length}, fetched_at = ${scope.now}::timestamptz,
        in_count = ${ins.length}, in_fen = ${sum(ins.map((l) => ({ n: l.amount_fen })))}, out_count = ${outs.length}, out_fen = ${sum(outs.map((l) => ({ n: -l.amount_fen })))}, fee_fen = ${sum(bill.lines.map((l) => ({ n: l.fee_fen })))}
      where company_id = ${company_id} and channel_bill_id = ${b.channel_bill_id}`.execute(scope.db)
    for (let at = 0; at < bill.lines.length; at += CHUNK) {
      await sql`insert into payment.channel_bill_line (company_id, channel_bill_id, line_no, channel_id, bill_on, kind, at, provider_txn, out_trade_no, provider_refund, out_refund_no, amount_fen, fee_fen, balance_fen, business, raw)
        select ${company_id}::bigint, ${b.channel_bill_id}::uuid, l.line_no, ${b.channel_id}::uuid, ${b.bill_on}::date, l.kind, l.at, l.provider_txn, l.out_trade_no, l.provider_refund, l.out_refund_no, l.amount_fen, l.fee_fen, l.balance_fen, l.business, l.raw
        from jsonb_to_recordset(${JSON.stringify(bill.lines.slice(at, at + CHUNK))}::jsonb) as l(line_no int, kind text, at timestamptz, provider_txn text, out_trade_no text, provider_refund text, out_refund_no text, amount_fen bigint, fee_fen bigint, balance_fen bigint, business text, raw jsonb)`.execute(scope.db)
    }
    scope.note('channel_bill', b.channel_bill_id, { bill_on: b.bill_on, kind: b.kind, line_count: bill.lines.length, file_hash: bill.file_hash })
    scope.emit('payment.channel_bill_fetched', b.channel_bill_id, { channel_bill_id: b.channel_bill_id, channel_id: b.channel_id, kind: b.kind, bill_on: b.bill_on, line_count: bill.lines.length })
  })
}

/** Everything due of one company; gives how many were asked for. */
export async function fetchBills(app: App, company_id: number): Promise<number> {
  await planDays(app, company_id)
  const due = await claim(app, company_id)
  for (const b of due) await fetchOne(app, company_id, b).catch((error: unknown) => log('warn', 'fetching a channel bill failed', { channel_bill_id: b.channel_bill_id, cause: String(error) }))
  return due.length
}

export const billSchedule = (app: () => App): Schedule => ({ name: 'payment.channel_bills', every_s: 600, of: 'company', run: async (w) => void (await fetchBills(app(), w.company_id)) })
export const billJob = (app: () => App): JobKind => ({
  name: 'payment.fetch_bill',
  run: async (w) => {
    for (const b of await claim(app(), w.company_id, String(w.payload['channel_bill_id']))) await fetchOne(app(), w.company_id, b)
  },
})
