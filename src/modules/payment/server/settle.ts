// The one way money from a channel comes into the books, whoever brings the word: notice, query job, or the payer's own look. The unique
// key on (channel, provider's transaction) decides; everything else is done by the one whose row went in.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lockOpen } from '../../billing/server/index.ts'
import { linesByKey } from './bills.ts'
import { recordPayment, type PaidLine } from './record.ts'

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

/** The intent, locked: two words about one order stand in line here. */
async function lockIntent(scope: Scope, out_trade_no: string): Promise<IntentRead | undefined> {
  const c = scope.company_id
  const r = await sql<IntentRead>`
    select i.intent_id, i.channel_id, i.amount_fen, i.payer_name, i.community_id, i.house_id, h.building_id, h.label, n.kind as channel_kind,
      coalesce((select jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on, 'amount_fen', b.amount_fen)) from payment.intent_bill b where b.company_id = ${c} and b.intent_id = i.intent_id), '[]') as bills
    from payment.intent i join property.house h on h.company_id = ${c} and h.house_id = i.house_id join payment.channel n on n.company_id = ${c} and n.channel_id = i.channel_id
    where i.company_id = ${c} and i.out_trade_no = ${out_trade_no} for update of i`.execute(scope.db)
  return r.rows[0]
}

export async function settle(scope: Scope, word: Captured): Promise<Settled> {
  const c = scope.company_id
  const intent = await lockIntent(scope, word.out_trade_no)
  if (!intent) return { kind: 'mismatch', why: '没有这个商户订单号' }
  if (intent.channel_id !== word.channel_id) return { kind: 'mismatch', why: '订单属于另一支付渠道' }
  if (intent.amount_fen !== word.captured_fen) return { kind: 'mismatch', why: `金额不符:订单 ${yuan(fen(intent.amount_fen))} 元,通知 ${yuan(fen(word.captured_fen))} 元` }
  const payment_id = uuidv7()
  const mine = await sql`insert into payment.settlement (company_id, settlement_id, channel_id, provider_txn, intent_id, captured_fen, paid_at, payment_id, settled_at)
    values (${c}, ${uuidv7()}, ${word.channel_id}, ${word.provider_txn}, ${intent.intent_id}, ${word.captured_fen}, ${word.paid_at}, ${payment_id}, ${scope.now})
    on conflict (company_id, channel_id, provider_txn) do nothing returning settlement_id`.execute(scope.db)
  if (mine.rows.length === 0) return already(scope, word, intent.intent_id)

  const lines = await stillOpen(scope, intent)
  const applied_fen = lines.reduce((n, l) => n + l.amount_fen, 0)
  const done = await recordPayment(scope, {
    payment_id,
    house: intent,
    payer_name: intent.payer_name,
    source: 'online',
    taken_by: null,
    cashier_name: '线上支付',
    tenders: [{ method: intent.channel_kind === 'wechat' ? 'wechat' : 'other', amount_fen: fen(word.captured_fen), reference: word.provider_txn }],
    lines,
    // Paid too late, or the bill was paid elsewhere meanwhile: the money is real and is kept for the house.
    prepaid_fen: word.captured_fen - applied_fen,
    change_fen: 0,
    remark: null,
  })
  await scope.db.updateTable('payment.intent').set({ state: 'succeeded', failure: null }).where('company_id', '=', c).where('intent_id', '=', intent.intent_id).execute()
  scope.note('payment', payment_id, { receipt_no: done.receipt_no, intent_id: intent.intent_id, provider_txn: word.provider_txn, total_fen: done.total_fen })
  return { kind: 'settled', payment_id }
}

async function already(scope: Scope, word: Captured, intent_id: string): Promise<Settled> {
  const s = await scope.db.selectFrom('payment.settlement').select(['payment_id', 'intent_id', 'captured_fen']).where('company_id', '=', scope.company_id).where('channel_id', '=', word.channel_id).where('provider_txn', '=', word.provider_txn).executeTakeFirstOrThrow()
  if (s.intent_id !== intent_id || s.captured_fen !== word.captured_fen) return { kind: 'mismatch', why: '该渠道流水号已用于另一订单' }
  return { kind: 'replay', payment_id: s.payment_id }
}

/** The bills of the intent, locked, each with as much as it still owes of what was meant for it. */
async function stillOpen(scope: Scope, intent: IntentRead): Promise<PaidLine[]> {
  if (intent.bills.length === 0) return []
  const locked = new Map((await lockOpen(scope, intent.bills.map(({ bill_id, period_on }) => ({ bill_id, period_on })))).map((b) => [b.bill_id, b.open_fen]))
  const lines = await linesByKey(scope, intent.bills)
  return intent.bills.flatMap((b) => {
    const due_fen = locked.get(b.bill_id) ?? 0
    const amount_fen = Math.min(due_fen, b.amount_fen)
    const line = lines.get(b.bill_id)
    return amount_fen > 0 && line ? [{ line, due_fen, amount_fen }] : []
  })
}
