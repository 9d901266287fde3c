// 随身价目与材料: everything that quoting and taking material ask of the server, once, for hours without network.
import { answer } from '../../../kernel/app.ts'
import { SHIFT_MAX, orders } from '../contract.ts'
import { ordersInHand } from './access.ts'
import { canUse, costLines, shelvesOf } from './costs.ts'
import { quotesHere } from './quotes.ts'
import { itemsAt } from './service_items.ts'

export const kit = answer(orders.kit, async (scope) => {
  const mine = await ordersInHand(scope, SHIFT_MAX)
  if (mine.length === 0) return { orders: [], items: [], stock: [] }
  const communities = [...new Set(mine.map((o) => o.community_id))]
  const [quotes, lines, shelves, items] = await Promise.all([quotesHere(scope, mine), costLines(scope, mine.map((o) => o.order_id)), shelvesOf(scope, communities), itemsAt(scope, communities)])
  return {
    orders: mine.map((o) => {
      const { rows, can, payers } = quotes.get(o.order_id)!
      const here = lines.filter((l) => l.order_id === o.order_id).map(({ order_id: _, ...l }) => l)
      return { order_id: o.order_id, rows, can: { ...can, use: canUse(scope, o) }, payers, lines: here, cost_fen: here.reduce((n, l) => n + l.cost_fen, 0) }
    }),
    items: communities.map((community_id) => ({ community_id, rows: items.get(community_id) ?? [] })),
    stock: communities.map((community_id) => ({ community_id, rows: shelves.filter((s) => s.community_id === community_id).map(({ community_id: _, ...s }) => s) })),
  }
})
