// The one way money from a channel comes into the books, whoever brings the word: notice, query job, or the payer's own look. The unique
// key on (channel, provider's transaction) decides; everything else is done by the one whose row went in. Words come in bursts, so they
// are settled many at a time with as many statements as one.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lockOpen, type LockedBill } from '../../billing/server/index.ts'
import { lockedLine } from './bills.ts'
import { recordPayments, type NewPayment, type PaidLine } from './record.ts'

export interface Captured {
  channel_id: string
  out_trade_no: string
  provider_txn: string
  captured_fen: number
  paid_at: string
}
export type Settled = { kind: 'settled' | 'replay'; payment_id: string } | { kind: 'mismatch'; why: string }

interface IntentRead {
  intent_id: string
  out_trade_no: string
  channel_id: string
  amount_fen: number
  payer_name: string
  community_id: string
  building_id: string
  house_id: string
  label: string
  channel_kind: string
  bills: { bill_id: string; period_on: string; amount_fen: number }[]
}
interface Item {
  word: Captured
  intent: IntentRead
}

export async function settle(scope: Scope, word: Captured): Promise<Settled> {
  return (await settleMany(scope, [word]))[0]!
}

/** Answers in the order of the words. */
export async function settleMany(scope: Scope, words: readonly Captured[]): Promise<Settled[]> {
  const intents = await lockIntents(scope, words)
  const known = new Map<string, Settled>()
  const rounds: Map<string, Item>[] = []
  const seen = new Set<string>()
  for (const word of words) {
    const intent = intents.get(word.out_trade_no)
    const why = strange(word, intent)
    const key = keyOf(word)
    if (why !== null || !intent) {
      known.set(key, { kind: 'mismatch', why: why ?? '' })
      continue
    }
    if (seen.has(key)) continue
    seen.add(key)
    // A house once a round: a second payment must find what the first has left.
    const round = rounds.find((r) => !r.has(intent.house_id)) ?? rounds[rounds.push(new Map()) - 1]!
    round.set(intent.house_id, { word, intent })
  }
  for (const round of rounds) for (const [key, done] of await settleRound(scope, [...round.values()])) known.set(key, done)
  const told = new Set<string>()
  return words.map((word) => {
    const key = keyOf(word)
    const done = known.get(key)!
    const again = told.has(key)
    told.add(key)
    return done.kind === 'settled' && again ? { ...done, kind: 'replay' as const } : done
  })
}

const keyOf = (w: Captured): string => `${w.channel_id} ${w.provider_txn} ${w.out_trade_no} ${w.captured_fen}`
const txnOf = (w: { channel_id: string; provider_txn: string }): string => `${w.channel_id} ${w.provider_txn}`

function strange(word: Captured, intent: IntentRead | undefined): string | null {
  if (!intent) return '没有这个商户订单号'
  if (intent.channel_id !== word.channel_id) return '订单属于另一支付渠道'
  if (intent.amount_fen !== word.captured_fen) return `金额不符:订单 ${yuan(fen(intent.amount_fen))} 元,通知 ${yuan(fen(word.captured_fen))} 元`
  return null
}

/** The intents, locked in id order: two words about one order stand in line here. */
async function lockIntents(scope: Scope, words: readonly Captured[]): Promise<Map<string, IntentRead>> {
  const c = scope.company_id
  const r = await sql<IntentRead>`
    with locked as materialized (select i.* from payment.intent i where i.company_id = ${c} and i.out_trade_no = any(${[...new Set(words.map((w) => w.out_trade_no))]}::text[]) order by i.intent_id for update)
    select i.intent_id, i.out_trade_no, i.channel_id, i.amount_fen, i.payer_name, i.community_id, i.house_id, h.building_id, h.label, n.kind as channel_kind,
      coalesce((select jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on, 'amount_fen', b.amount_fen)) from payment.intent_bill b where b.company_id = ${c} and b.intent_id = i.intent_id), '[]') as bills
    from locked i join property.house h on h.company_id = ${c} and h.house_id = i.house_id join payment.channel n on n.company_id = ${c} and n.channel_id = i.channel_id`.execute(scope.db)
  return new Map(r.rows.map((i) => [i.out_trade_no, i]))
}

async function settleRound(scope: Scope, items: readonly Item[]): Promise<Map<string, Settled>> {
  const c = scope.company_id
  const asked = items.map(({ word, intent }) => ({ settlement_id: uuidv7(), payment_id: uuidv7(), channel_id: word.channel_id, provider_txn: word.provider_txn, intent_id: intent.intent_id, captured_fen: word.captured_fen, paid_at: word.paid_at }))
  const r = await sql<{ channel_id: string; provider_txn: string; payment_id: string }>`
    insert into payment.settlement (company_id, settlement_id, channel_id, provider_txn, intent_id, captured_fen, paid_at, payment_id, settled_at)
    select ${c}::bigint, s.settlement_id, s.channel_id, s.provider_txn, s.intent_id, s.captured_fen, s.paid_at, s.payment_id, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as s(settlement_id uuid, channel_id uuid, provider_txn text, intent_id uuid, captured_fen bigint, paid_at timestamptz, payment_id uuid) order by s.channel_id, s.provider_txn
    on conflict (company_id, channel_id, provider_txn) do nothing returning channel_id, provider_txn, payment_id`.execute(scope.db)
  const mine = new Map(r.rows.map((x) => [txnOf(x), x.payment_id]))
  // Two orders that claim one transaction in one round: the row names the payment of the one that went in.
  const fresh = items.filter(({ word }, i) => mine.get(txnOf(word)) === asked[i]!.payment_id)
  const done = new Map<string, Settled>()
  for (const { word } of fresh) done.set(keyOf(word), { kind: 'settled', payment_id: mine.get(txnOf(word))! })
  if (fresh.length > 0) await book(scope, fresh, mine)
  const old = items.filter(({ word }) => !done.has(keyOf(word)))
  if (old.length > 0) await already(scope, old, done)
  return done
}

/** Those whose row went in: pay what is still open, keep the rest for the house. */
async function book(scope: Scope, items: readonly Item[], payments: ReadonlyMap<string, string>): Promise<void> {
  const bills = items.flatMap(({ intent }) => intent.bills)
  const locked = new Map((await lockOpen(scope, bills.map(({ bill_id, period_on }) => ({ bill_id, period_on })))).map((b) => [b.bill_id, b]))
  await sql`update payment.intent set state = 'succeeded', failure = null where company_id = ${scope.company_id} and intent_id = any(${items.map((i) => i.intent.intent_id)}::uuid[])`.execute(scope.db)
  const recorded = await recordPayments(scope, items.map(({ word, intent }): NewPayment => {
    const paid = stillOpen(scope, intent, locked)
    return {
      payment_id: payments.get(txnOf(word))!,
      house: intent,
      payer_name: intent.payer_name,
      source: 'online',
      taken_by: null,
      cashier_name: '线上支付',
      tenders: [{ method: intent.channel_kind === 'wechat' ? 'wechat' : 'other', amount_fen: fen(word.captured_fen), reference: word.provider_txn }],
      lines: paid,
      // Paid too late, or the bill was paid elsewhere meanwhile: the money is real and is kept for the house.
      prepaid_fen: word.captured_fen - paid.reduce((n, l) => n + l.amount_fen, 0),
      change_fen: 0,
      remark: null,
    }
  }))
  for (const [i, { word, intent }] of items.entries()) scope.note('payment', recorded[i]!.payment_id, { receipt_no: recorded[i]!.receipt_no, intent_id: intent.intent_id, provider_txn: word.provider_txn, total_fen: word.captured_fen })
}

/** Of each bill as much as it still owes of what was meant for it. */
function stillOpen(scope: Scope, intent: IntentRead, locked: ReadonlyMap<string, LockedBill>): PaidLine[] {
  return intent.bills.flatMap((b) => {
    const bill = locked.get(b.bill_id)
    const due_fen = bill?.open_fen ?? 0
    const amount_fen = Math.min(due_fen, b.amount_fen)
    return bill && amount_fen > 0 ? [{ line: lockedLine(scope, bill), due_fen, amount_fen }] : []
  })
}

async function already(scope: Scope, items: readonly Item[], done: Map<string, Settled>): Promise<void> {
  const r = await sql<{ channel_id: string; provider_txn: string; payment_id: string; intent_id: string; captured_fen: number }>`
    select s.channel_id, s.provider_txn, s.payment_id, s.intent_id, s.captured_fen from payment.settlement s
    join unnest(${items.map((i) => i.word.channel_id)}::uuid[], ${items.map((i) => i.word.provider_txn)}::text[]) as w(channel_id, provider_txn) on w.channel_id = s.channel_id and w.provider_txn = s.provider_txn
    where s.company_id = ${scope.company_id}`.execute(scope.db)
  const found = new Map(r.rows.map((x) => [txnOf(x), x]))
  for (const { word, intent } of items) {
    const s = found.get(txnOf(word))
    assert(s, 'a conflict has its row')
    done.set(keyOf(word), s.intent_id === intent.intent_id && s.captured_fen === word.captured_fen ? { kind: 'replay', payment_id: s.payment_id } : { kind: 'mismatch', why: '该渠道流水号已用于另一订单' })
  }
}
