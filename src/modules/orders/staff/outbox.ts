// The steps of an order, its quotes and its material that may wait in the outbox. Taking from the hall, transfer and help need others at this moment: they need network.
import type { Call } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { orders, type Action } from '../contract.ts'
import { said } from '../shown.ts'

export const LATER = { accept: orders.acceptOrder, arrive: orders.arriveOrder, finish: orders.finishOrder, suspend: orders.suspendOrder, resume: orders.resumeOrder, give_back: orders.giveBackOrder } as const
export type LaterAction = keyof typeof LATER
/** What is written down beside the steps: it stands in the same chain, so that the finish never overtakes the signature. */
export const BESIDE = [orders.saveQuote, orders.signQuote, orders.refuseQuote, orders.useStock, orders.addMaterial] as const
export const chainOf = (order_id: string): string => `order ${order_id}`
export const actionOf = (e: Entry): Action | undefined => (Object.keys(LATER) as LaterAction[]).find((a) => LATER[a].name === e.call)

/** What an entry of an order did, in words. */
export const doneText = (e: Entry): string => e.about['what'] ?? said('action', actionOf(e) ?? '')

const reported: OutboxKind = { call: orders.reportDevice as unknown as Call, title: (e) => e.about['device'] ?? '', under: (e) => instant(e.queued_at), value: () => '报修', link: (e) => `/equipment/${String(e.input['equipment_id'])}` }
const reportedPlace: OutboxKind = { call: orders.reportPlace as unknown as Call, title: (e) => e.about['place'] ?? '', under: (e) => instant(e.queued_at), value: () => '报修', link: () => '/orders/report' }
export const ordersOutbox: readonly OutboxKind[] = [reported, reportedPlace, ...(Object.keys(LATER) as LaterAction[]).map((action): OutboxKind => ({
  call: LATER[action] as unknown as Call,
  title: (e) => e.about['place'] ?? '',
  under: (e) => `${e.about['no']} · ${instant(e.queued_at)}`,
  value: () => said('action', action),
  link: (e) => `/orders/${String(e.input['order_id'])}`,
})), ...BESIDE.map((call): OutboxKind => ({
  call: call as unknown as Call,
  title: (e) => e.about['place'] ?? '',
  under: (e) => `${e.about['no']} · ${instant(e.queued_at)}`,
  value: doneText,
  link: (e) => `/orders/${e.about['order_id'] ?? ''}`,
}))]
