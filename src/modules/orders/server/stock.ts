// The store of a community: in by purchase, out to orders at moving-average cost, back, counted. Every move is a row; what is in hand is their sum.
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { addDecimal, compareDecimal, fen, productFen, subtractDecimal, trimDecimal, yuan } from '../../../kernel/money.ts'
import { Id } from '../../../kernel/shapes.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { orders, type StockFilter, type StockItem, type StockMove } from '../contract.ts'
import { costOut } from './rules/stock.ts'

export interface Shelf { item_id: string; community_id: string; name: string; spec: string; unit: string; on_hand: string; value_fen: number; move_no: number; retired: boolean }
/** Locked to COMMIT: moves of one item come one after the other. */
export async function shelfToChange(scope: Scope, item_id: string): Promise<Shelf> {
  const { rows } = await sql<Shelf>`select item_id, community_id, name, spec, unit, on_hand::text as on_hand, value_fen, move_no, retired_at is not null as retired from orders.stock_item where company_id = ${scope.company_id} and item_id = ${item_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
interface Move { kind: StockMove['kind']; quantity: string; cost_fen: number; order_id?: string; other_item_id?: string; back_of?: number; paper?: string | null; note?: string | null; done_at?: string | null }
export async function moveStock(scope: Scope, s: Shelf, m: Move): Promise<{ on_hand: string; value_fen: number }> {
  const c = scope.company_id
  const on_hand = addDecimal(s.on_hand, m.quantity)
  const value_fen = s.value_fen + m.cost_fen
  const n = s.move_no + 1
  const { reorder_level } = await scope.db.updateTable('orders.stock_item').set({ on_hand, value_fen, move_no: n }).where('company_id', '=', c).where('item_id', '=', s.item_id).returning('reorder_level').executeTakeFirstOrThrow()
  await scope.db.insertInto('orders.stock_move').values({ company_id: c, item_id: s.item_id, move_no: n, kind: m.kind, quantity: m.quantity, cost_fen: m.cost_fen, order_id: m.order_id ?? null, other_item_id: m.other_item_id ?? null, back_of: m.back_of ?? null, paper: m.paper ?? null, note: m.note ?? null, by_account: scope.who.account_id, by_name: scope.who.name, at: scope.now, done_at: m.done_at ?? null }).execute()
  scope.note('stock_item', s.item_id, { name: s.name, kind: m.kind, quantity: m.quantity, cost_fen: m.cost_fen })
  if (compareDecimal(s.on_hand, reorder_level) >= 0 && compareDecimal(on_hand, reorder_level) < 0) await tellLow(scope, s, on_hand, n)
  return { on_hand, value_fen }
}
/** Whoever keeps the store hears when a part falls below its reorder line; once each time it does. */
async function tellLow(scope: Scope, s: Shelf, on_hand: string, move_no: number): Promise<void> {
  const keepers = await staffAt(scope, 'orders.stock.write', { community_id: s.community_id, building_id: null })
  await notify(scope, keepers.map((account_id) => ({ to: { account_id }, template: 'stock_low', params: { name: nameOf(s), on_hand: trimDecimal(on_hand), unit: s.unit }, link: `/orders/stock?low=1`, dedupe_key: `stock low ${s.item_id} ${move_no} ${account_id}` })))
}
export const nameOf = (s: Pick<Shelf, 'name' | 'spec'>): string => [s.name, s.spec].filter(Boolean).join(' ')

const Payload = z.object({ item_id: Id, difference: z.string(), move_no: z.int() })
export const countApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'orders.stock_count', zh: '备件盘点差异', may: 'orders.stock.decide', has_amount: true, payload: Payload,
  agreed: async (scope, a) => {
    const s = await shelfToChange(scope, a.payload.item_id)
    // What was counted was counted against this state of the shelf.
    if (s.move_no !== a.payload.move_no) throw scope.refuse('orders.stock_moved', { name: nameOf(s) })
    const less = a.payload.difference.startsWith('-')
    const cost = less ? -costOut(s, a.payload.difference.slice(1)) : compareDecimal(s.on_hand, '0') > 0 ? productFen([a.payload.difference, yuan(fen(s.value_fen))], [s.on_hand]) : 0
    await moveStock(scope, s, { kind: 'count', quantity: a.payload.difference, cost_fen: cost, note: a.reason })
  },
}
const counting = (c: number) => sql`exists (select from system.approval a where a.company_id = ${c} and a.kind = 'orders.stock_count' and a.subject_id = i.item_id::text and a.state = 'asked')`

function conditions(scope: Scope, f: StockFilter): RawBuilder<unknown> {
  const p: RawBuilder<unknown>[] = [sql`i.company_id = ${scope.company_id}`, sql`${communitiesSeenBy(scope, { alias: 'k' })}`]
  if (f.community_id) p.push(sql`i.community_id = ${f.community_id}`)
  if (f.low) p.push(sql`i.on_hand < i.reorder_level`)
  if (!f.with_retired) p.push(sql`i.retired_at is null`)
  if (f.q) p.push(sql`(i.name like ${`%${f.q.trim()}%`} or i.spec like ${`%${f.q.trim()}%`})`)
  return sql.join(p, sql` and `)
}
async function rowsOf(scope: Scope, f: StockFilter, o: { limit: number; offset: number }): Promise<StockItem[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<StockItem, 'average'>>`select i.item_id, i.community_id, k.name as community_name, i.name, i.spec, i.unit, i.reorder_level::text as reorder_level, i.retired_at is not null as retired, i.on_hand::text as on_hand, i.value_fen, i.on_hand < i.reorder_level as low,
      (select m.at from orders.stock_move m where m.company_id = ${c} and m.item_id = i.item_id order by m.move_no desc limit 1) as last_at, ${counting(c)} as counting
    from orders.stock_item i join property.community k on k.company_id = ${c} and k.community_id = i.community_id where ${conditions(scope, f)} order by k.name, i.name, i.spec limit ${o.limit} offset ${o.offset}`.execute(scope.db)
  return rows.map((r) => ({ ...r, on_hand: trimDecimal(r.on_hand), reorder_level: trimDecimal(r.reorder_level), average: compareDecimal(r.on_hand, '0') > 0 ? yuan(productFen([yuan(fen(r.value_fen))], [r.on_hand])) : null }))
}
const EXCEL_MAX = 20_000

export const stockAnswers = [
  answer(orders.stock, async (scope, { page, page_size, ...f }) => {
    const [rows, sums] = await Promise.all([
      rowsOf(scope, f, { limit: page_size, offset: (page - 1) * page_size }),
      sql<{ total: number; value: number }>`select count(*)::int as total, coalesce(sum(i.value_fen), 0)::bigint as value from orders.stock_item i join property.community k on k.company_id = ${scope.company_id} and k.community_id = i.community_id where ${conditions(scope, f)}`.execute(scope.db),
    ])
    return { rows, total: sums.rows[0]!.total, value_fen_sum: sums.rows[0]!.value }
  }),
  answerFile(orders.stockExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, { limit: EXCEL_MAX + 1, offset: 0 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('orders.too_many_rows', { max: EXCEL_MAX })
    const body = await writeSheet({ sheets: [{ name: '备件库存', columns: [...['小区', '名称', '规格', '单位', '结存', '补货线', '平均单价'].map((title) => ({ title, kind: 'text' as const })), { title: '结存金额', kind: 'money_fen' }], rows: rows.map((r) => [r.community_name, r.name, r.spec, r.unit, r.on_hand, r.reorder_level, r.average, r.value_fen]) }] })
    return { name: `备件库存_${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(orders.stockMoves, async (scope, { item_id, page, page_size }) => {
    const c = scope.company_id
    const { rows: seen } = await sql`select 1 from orders.stock_item i join property.community k on k.company_id = ${c} and k.community_id = i.community_id where i.company_id = ${c} and i.item_id = ${item_id} and ${communitiesSeenBy(scope, { alias: 'k' })}`.execute(scope.db)
    if (!seen[0]) throw scope.notFound()
    const { rows } = await sql<StockMove & { total: number }>`select x.*, o.no as order_no from (select m.move_no, m.kind, m.quantity::text as quantity, m.cost_fen, m.order_id, m.paper, m.note, m.by_name, m.at, sum(m.quantity) over w as on_hand, sum(m.cost_fen) over w as value_fen, count(*) over ()::int as total
        from orders.stock_move m where m.company_id = ${c} and m.item_id = ${item_id} window w as (order by m.move_no)) x left join orders.work_order o on o.company_id = ${c} and o.order_id = x.order_id order by x.move_no desc limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
    return { rows: rows.map(({ total: _, ...r }) => ({ ...r, quantity: trimDecimal(r.quantity), on_hand: trimDecimal(String(r.on_hand)), value_fen: Number(r.value_fen) })), total: rows[0]?.total ?? 0 }
  }),
  answer(orders.saveStockItem, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const before = o.item_id ? await shelfToChange(scope, o.item_id) : undefined
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    if (before && o.retired && compareDecimal(before.on_hand, '0') > 0) throw scope.refuse('orders.stock_left', { name: nameOf(before), on_hand: trimDecimal(before.on_hand) })
    const same = await scope.db.selectFrom('orders.stock_item').select('item_id').where('company_id', '=', c).where('community_id', '=', o.community_id).where('name', '=', o.name).where('spec', '=', o.spec).executeTakeFirst()
    if (same && same.item_id !== o.item_id) throw scope.refuse('orders.name_taken', { name: nameOf(o) })
    const item_id = o.item_id ?? uuidv7()
    const values = { community_id: o.community_id, name: o.name, spec: o.spec, unit: o.unit, reorder_level: o.reorder_level, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id!, changed_at: scope.now }
    await scope.db.insertInto('orders.stock_item').values({ company_id: c, item_id, ...values }).onConflict((x) => x.columns(['company_id', 'item_id']).doUpdateSet(values)).execute()
    scope.note('stock_item', item_id, { name: nameOf(o) })
    return { item_id }
  }),
  answer(orders.stockIn, async (scope, o) => {
    const s = await shelfToChange(scope, o.item_id)
    await communityToChange(scope, s.community_id)
    return moveStock(scope, s, { kind: 'in', quantity: o.quantity, cost_fen: o.cost_fen, paper: o.paper, note: o.note || null })
  }),
  answer(orders.transferStock, async (scope, o) => {
    const c = scope.company_id
    const from = (await sql<{ community_id: string; name: string; spec: string; unit: string }>`select i.community_id, i.name, i.spec, i.unit from orders.stock_item i where i.company_id = ${c} and i.item_id = ${o.item_id}`.execute(scope.db)).rows[0]
    if (!from) throw scope.notFound()
    await communityToChange(scope, from.community_id)
    await communityToChange(scope, o.to_community_id)
    if (from.community_id === o.to_community_id) throw scope.refuse('orders.stock_same')
    // Two transfers that begin the same part at once: the unique key lets one of them in, the other goes on with its row.
    await sql`insert into orders.stock_item (company_id, item_id, community_id, name, spec, unit, changed_by, changed_at) values (${c}, ${uuidv7()}, ${o.to_community_id}, ${from.name}, ${from.spec}, ${from.unit}, ${scope.who.account_id}::uuid, ${scope.now}) on conflict (company_id, community_id, name, spec) do nothing`.execute(scope.db)
    const there = (await sql<{ item_id: string; unit: string; retired: boolean }>`select item_id, unit, retired_at is not null as retired from orders.stock_item where company_id = ${c} and community_id = ${o.to_community_id} and name = ${from.name} and spec = ${from.spec}`.execute(scope.db)).rows[0]!
    if (there.unit !== from.unit) throw scope.refuse('orders.unit_differs', { name: nameOf(from), unit: there.unit, own: from.unit })
    // Both shelves are locked in the order of their ids: two transfers towards each other do not wait for each other.
    const locked = new Map<string, Shelf>()
    for (const id of [o.item_id, there.item_id].toSorted()) locked.set(id, await shelfToChange(scope, id))
    const [give, get] = [locked.get(o.item_id)!, locked.get(there.item_id)!]
    if (compareDecimal(give.on_hand, o.quantity) < 0) throw scope.refuse('orders.stock_short', { name: nameOf(give), on_hand: trimDecimal(give.on_hand), unit: give.unit })
    const cost_fen = costOut(give, o.quantity)
    const left = await moveStock(scope, give, { kind: 'give', quantity: `-${o.quantity}`, cost_fen: -cost_fen, other_item_id: get.item_id, note: o.note || null })
    if (there.retired) await sql`update orders.stock_item set retired_at = null where company_id = ${c} and item_id = ${get.item_id}`.execute(scope.db)
    await moveStock(scope, get, { kind: 'get', quantity: o.quantity, cost_fen, other_item_id: give.item_id, note: o.note || null })
    return { on_hand: trimDecimal(left.on_hand), other_item_id: get.item_id, cost_fen }
  }),
  answer(orders.countStock, async (scope, o) => {
    const s = await shelfToChange(scope, o.item_id)
    await communityToChange(scope, s.community_id)
    const difference = trimDecimal(subtractDecimal(o.counted, s.on_hand))
    if (compareDecimal(difference, '0') === 0) return { difference: '0', approval_id: null }
    const { rows } = await sql`select 1 from orders.stock_item i where i.company_id = ${scope.company_id} and i.item_id = ${s.item_id} and ${counting(scope.company_id)}`.execute(scope.db)
    if (rows[0]) throw scope.refuse('orders.stock_counting', { name: nameOf(s) })
    const less = difference.startsWith('-')
    const { approval_id } = await askApproval(scope, countApproval, { subject_type: 'stock_item', subject_id: s.item_id, community_id: s.community_id, title: `盘点 ${nameOf(s)}:账面 ${trimDecimal(s.on_hand)},实盘 ${trimDecimal(o.counted)} ${s.unit}`, amount_fen: less ? costOut(s, difference.slice(1)) : 0, payload: { item_id: s.item_id, difference, move_no: s.move_no }, reason: o.reason, attachments: [] })
    return { difference, approval_id }
  }),
]
