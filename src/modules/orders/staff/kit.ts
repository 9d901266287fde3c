// 随身价目与材料: kept on the phone with the shift, so that quoting, signing and taking material need no network.
import type { Out } from '../../../kernel/contract.ts'
import { readNow, useRead, type Reading } from '../../../ui/api.ts'
import { useMemory, type Remembered } from '../../../ui/phone/memory.ts'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { orders, type OrderFull, type ServiceItem, type ShelfRow } from '../contract.ts'
import { withQueuedKit, type KitHere } from './queued_kit.ts'

const REFRESH_MS = 60_000
type Kit = Out<typeof orders.kit.gives>
export function useKit(): Reading<Remembered<Kit>> {
  const me = usePhoneMe()
  return useMemory([orders.kit.name], `${ownerOf(me)} orders kit`, () => readNow(orders.kit, {}), { refresh_ms: REFRESH_MS, enabled: mayDo(me, 'orders.order.work') })
}
/** `o` as it is with the steps that wait. Of an order in hand what the phone keeps; of any other what the server says now. */
export function useKitOf(o: OrderFull): KitHere | undefined {
  const { entries } = useOutbox()
  const kit = useKit()
  const kept = kit.data?.value.orders.find((k) => k.order_id === o.order_id)
  const ask = { enabled: !kit.loading && !kept }
  const quotes = useRead(orders.orderQuotes, { order_id: o.order_id }, ask)
  const costs = useRead(orders.orderCosts, { order_id: o.order_id }, ask)
  const now = kept ?? (quotes.data && costs.data ? { order_id: o.order_id, rows: quotes.data.rows, can: { quote: quotes.data.can.quote, use: costs.data.can.use }, payers: quotes.data.payers, lines: costs.data.lines, cost_fen: costs.data.cost_fen } : undefined)
  return now && withQueuedKit(now, o, entries)
}
export function usePrices(community_id: string): { rows: readonly ServiceItem[] | undefined; reading: Reading<unknown> } {
  const kit = useKit()
  const kept = kit.data?.value.items.find((i) => i.community_id === community_id)?.rows
  const now = useRead(orders.serviceItems, { community_id }, { stale_ms: 60_000, enabled: !kit.loading && !kept })
  return kept ? { rows: kept, reading: kit } : { rows: now.data?.rows, reading: now }
}
export function useShelves(o: OrderFull): { rows: readonly ShelfRow[] | undefined; reading: Reading<unknown> } {
  const kit = useKit()
  const kept = kit.data?.value.stock.find((i) => i.community_id === o.community_id)?.rows
  const now = useRead(orders.orderStock, { order_id: o.order_id }, { enabled: !kit.loading && !kept })
  return kept ? { rows: kept, reading: kit } : { rows: now.data?.rows, reading: now }
}
