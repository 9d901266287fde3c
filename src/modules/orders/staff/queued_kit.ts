// Quotes and material of an order with what was done on this phone and is not sent yet.
import type { Entry } from '../../../ui/phone/outbox.ts'
import { orders, type CostLine, type KitOrder, type OrderFull, type Quote, type QuoteLine } from '../contract.ts'
import { chainOf } from './outbox.ts'

export interface KitHere extends KitOrder {
  /** Of these the server knows nothing yet, or not all. */
  unsent: ReadonlySet<string>
  /** A quote waits for its signature: the work may not be finished. */
  unsigned: boolean
}
const LIVE = ['offered', 'consented']
const QUOTABLE = ['accepted', 'working', 'suspended']
const USABLE = [...QUOTABLE, 'finished']
/** What the phone has shown travels beside the entry, for the answer gives it only later. */
export const shownLines = (e: Entry): QuoteLine[] => {
  try {
    return JSON.parse(e.about['lines'] ?? '[]') as QuoteLine[]
  } catch {
    return []
  }
}
function quoted(e: Entry, round_no: number): Quote {
  const lines = shownLines(e)
  const signer_name = typeof e.input['signer_name'] === 'string' ? e.input['signer_name'] : null
  return {
    quote_id: e.request_id, no: '', round_no, state: signer_name ? 'consented' : 'offered', amount_fen: lines.reduce((n, l) => n + l.amount_fen, 0), note: typeof e.input['note'] === 'string' ? e.input['note'] : null, content_hash: '', payer_name: e.about['payer'] ?? '',
    made_by_name: '', made_at: e.queued_at, signer_name, signed_on: signer_name ? 'staff_phone' : null, signed_at: signer_name ? e.queued_at : null, made_received_at: null, signed_received_at: null, end_reason: null, bill_id: null, billed_at: null, void_asked: false, lines,
    can: { sign: 'orders.quote_state', withdraw: 'orders.quote_state', void: 'orders.quote_state' },
  }
}
const taken = (e: Entry): CostLine => ({ kind: e.call === orders.useStock.name ? 'stock' : 'adhoc', id: e.request_id, item_id: null, move_no: null, name: e.about['name'] ?? '', unit: e.about['unit'] ?? '', quantity: String(e.input['quantity']), back_quantity: '0', cost_fen: typeof e.input['cost_fen'] === 'number' ? e.input['cost_fen'] : 0, paper: null, by_name: '', at: e.queued_at, received_at: null, undone: null })

/** As it will be when everything is sent. */
export function withQueuedKit(k: KitOrder, { round_no, state }: Pick<OrderFull, 'round_no' | 'state'>, entries: readonly Entry[]): KitHere {
  let rows = [...k.rows]
  const lines = [...k.lines]
  const unsent = new Set<string>()
  for (const e of entries) {
    if (e.chain !== chainOf(k.order_id) || e.state !== 'waiting') continue
    if (e.call === orders.saveQuote.name) {
      rows = [quoted(e, round_no), ...rows.map((q) => (q.round_no === round_no && LIVE.includes(q.state) ? { ...q, state: 'replaced' as const, can: quoted(e, round_no).can } : q))]
      unsent.add(e.request_id)
    } else if (e.call === orders.signQuote.name || e.call === orders.refuseQuote.name) {
      const signed = e.call === orders.signQuote.name
      rows = rows.map((q) => (q.quote_id !== e.input['quote_id'] ? q : { ...q, state: signed ? ('consented' as const) : ('refused' as const), ...(signed ? { signer_name: String(e.input['signer_name']), signed_on: 'staff_phone' as const, signed_at: e.queued_at } : { end_reason: String(e.input['reason']) }), can: { ...q.can, sign: 'orders.quote_state' } }))
      unsent.add(String(e.input['quote_id']))
    } else if (e.call === orders.useStock.name || e.call === orders.addMaterial.name) {
      lines.push(taken(e))
      unsent.add(e.request_id)
    }
  }
  // Said of the state that the server knew; accepted and arrived here it may be done.
  const can = { quote: k.can.quote === 'orders.quote_over' && QUOTABLE.includes(state) ? true : k.can.quote, use: k.can.use === 'orders.order_over' && USABLE.includes(state) ? true : k.can.use } as const
  return { ...k, can, rows, lines, cost_fen: lines.reduce((n, l) => n + l.cost_fen, 0), unsent, unsigned: rows.some((q) => q.round_no === round_no && q.state === 'offered') }
}
