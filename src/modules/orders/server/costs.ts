// What an order cost: spare parts from the store, ad hoc material; and for a public place the spending or the fund that pays.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { addDecimal, compareDecimal, fen, productFen, subtractDecimal, trimDecimal, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { words as fundWords } from '../../funds/words.ts'
import { words as spendingWords } from '../../spending/words.ts'
import { orders, type ChargeLink, type CostLine, type ShelfRow } from '../contract.ts'
import { words } from '../words.ts'
import { actorsOf, orderToChange, orderToRead, reaches, type Order } from './access.ts'
import { policyNow } from './config.ts'
import { doneAt } from './done_at.ts'
import { costOut } from './rules/stock.ts'
import { moveStock, nameOf, shelfToChange } from './stock.ts'

const LINES_MAX = 200
const TARGETS_MAX = 50
const SHELVES_MAX = 200
/** Parts may be noted until the order is closed for good: what was used is often written down after the work. */
const OPEN = ['accepted', 'working', 'suspended', 'finished']
const mayUse = (scope: Scope, o: Order): boolean => scope.who.kind === 'staff' && (o.helps || actorsOf(scope, o).some((a) => a === 'assignee' || a === 'dispatcher'))
export const canUse = (scope: Scope, o: Order): true | string => (!mayUse(scope, o) ? 'kernel.forbidden' : OPEN.includes(o.state) ? true : 'orders.order_over')
async function orderToUse(scope: Scope, order_id: string): Promise<Order> {
  const o = await orderToChange(scope, order_id)
  if (!mayUse(scope, o)) throw scope.notFound()
  return o
}
function open(scope: Scope, o: Order): void {
  if (!OPEN.includes(o.state)) throw scope.refuse('orders.order_over', { no: o.no, state: words.states!['state']![o.state]! })
}

async function linesOf(scope: Scope, order_id: string): Promise<CostLine[]> {
  return (await costLines(scope, [order_id])).map(({ order_id: _, ...l }) => l)
}
export async function costLines(scope: Scope, order_ids: readonly string[]): Promise<(CostLine & { order_id: string })[]> {
  const c = scope.company_id
  const { rows } = await sql<CostLine & { order_id: string }>`select 'stock' as kind, m.order_id, m.item_id::text || ' ' || m.move_no as id, m.item_id, m.move_no, trim(i.name || ' ' || i.spec) as name, i.unit, (-m.quantity)::text as quantity, coalesce((select sum(b.quantity) from orders.stock_move b where b.company_id = ${c} and b.item_id = m.item_id and b.back_of = m.move_no), 0)::text as back_quantity,
        (-m.cost_fen - coalesce((select sum(b.cost_fen) from orders.stock_move b where b.company_id = ${c} and b.item_id = m.item_id and b.back_of = m.move_no), 0))::bigint as cost_fen, null::text as paper, m.by_name, coalesce(m.done_at, m.at) as at, case when m.done_at is not null then m.at end as received_at, null::text as undone
      from orders.stock_move m join orders.stock_item i on i.company_id = ${c} and i.item_id = m.item_id where m.company_id = ${c} and m.order_id = any(${[...order_ids]}::uuid[]) and m.kind = 'out'
    union all select 'adhoc', a.order_id, a.material_id::text, null, null, a.name, a.unit, a.quantity::text, '0', case when a.undone_at is null then a.cost_fen else 0 end, a.paper, a.by_name, a.at, a.received_at, a.undo_reason from orders.material a where a.company_id = ${c} and a.order_id = any(${[...order_ids]}::uuid[])
    order by at, id limit ${LINES_MAX * order_ids.length}`.execute(scope.db)
  return rows.map((r) => ({ ...r, quantity: trimDecimal(r.quantity), back_quantity: trimDecimal(r.back_quantity) }))
}
const zhOf = (l: Omit<ChargeLink, 'state_zh'>): ChargeLink => ({ ...l, state_zh: (l.kind === 'spending' ? spendingWords.states?.['request'] : fundWords.states?.['use'])?.[l.state] ?? l.state })
const TARGETS = (c: number) => sql`select 'spending' as kind, r.spending_id as target_id, r.community_id, r.title, r.amount_fen, r.state, r.asked_at as at from spending.request r where r.company_id = ${c} and r.state in ('asked','approved','paid')
  union all select 'fund', u.use_id, u.community_id, u.title, coalesce(u.invoice_fen, u.contract_fen, u.budget_fen), u.state, u.created_at from funds.use u where u.company_id = ${c} and u.state not in ('failed','cancelled')`
async function linksOf(scope: Scope, order_id: string): Promise<ChargeLink[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<ChargeLink, 'state_zh'>>`select x.kind, x.target_id, x.title, x.amount_fen, x.state from orders.charge_link l join (${TARGETS(c)}) x on x.kind = l.kind and x.target_id = l.target_id where l.company_id = ${c} and l.order_id = ${order_id} and l.ended_at is null order by l.made_at limit ${TARGETS_MAX}`.execute(scope.db)
  return rows.map(zhOf)
}

/** What is there to take, of some stores at once. */
export async function shelvesOf(scope: Scope, community_ids: readonly string[], q?: string): Promise<(ShelfRow & { community_id: string })[]> {
  const { rows } = await sql<ShelfRow & { community_id: string }>`select community_id, item_id, name, spec, unit, on_hand::text as on_hand from orders.stock_item where company_id = ${scope.company_id} and community_id = any(${[...community_ids]}::uuid[]) and retired_at is null and on_hand > 0 ${q ? sql`and (name like ${`%${q}%`} or spec like ${`%${q}%`})` : sql``} order by name, spec limit ${SHELVES_MAX * Math.max(1, community_ids.length)}`.execute(scope.db)
  return rows.map((r) => ({ ...r, on_hand: trimDecimal(r.on_hand) }))
}

export const costAnswers = [
  answer(orders.orderCosts, async (scope, { order_id }) => {
    if (scope.who.kind !== 'staff') throw scope.notFound()
    const o = await orderToRead(scope, order_id)
    const [lines, links] = await Promise.all([linesOf(scope, order_id), linksOf(scope, order_id)])
    return { lines, cost_fen: lines.reduce((n, l) => n + l.cost_fen, 0), links, can: { use: canUse(scope, o), link: !reaches(scope, 'orders.order.dispatch', o) ? 'kernel.forbidden' : o.house_id ? 'orders.link_house' : (true as const) } }
  }),
  answer(orders.orderStock, async (scope, { order_id, q }) => {
    const o = await orderToRead(scope, order_id)
    if (!mayUse(scope, o)) throw scope.notFound()
    return { rows: (await shelvesOf(scope, [o.community_id], q)).map(({ community_id: _, ...r }) => r) }
  }),
  answer(orders.useStock, async (scope, i) => {
    const o = await orderToUse(scope, i.order_id)
    open(scope, o)
    const s = await shelfToChange(scope, i.item_id)
    if (s.community_id !== o.community_id || s.retired) throw scope.notFound()
    if (compareDecimal(i.quantity, s.on_hand) > 0) throw scope.refuse('orders.stock_short', { name: nameOf(s), on_hand: trimDecimal(s.on_hand), unit: s.unit })
    const cost_fen = costOut(s, i.quantity)
    const done = await doneAt(scope, o, await policyNow(scope), i.done_at)
    await moveStock(scope, s, { kind: 'out', quantity: `-${i.quantity}`, cost_fen: -cost_fen, order_id: o.order_id, done_at: done.late ? done.at : null })
    return { cost_fen }
  }),
  answer(orders.returnStock, async (scope, i) => {
    const c = scope.company_id
    const o = await orderToUse(scope, i.order_id)
    const s = await shelfToChange(scope, i.item_id)
    const { rows } = await sql<{ quantity: string; cost_fen: number; back: string; back_fen: number }>`select (-m.quantity)::text as quantity, -m.cost_fen as cost_fen, coalesce(sum(b.quantity), 0)::text as back, coalesce(sum(b.cost_fen), 0)::bigint as back_fen from orders.stock_move m left join orders.stock_move b on b.company_id = ${c} and b.item_id = m.item_id and b.back_of = m.move_no
      where m.company_id = ${c} and m.item_id = ${i.item_id} and m.move_no = ${i.move_no} and m.order_id = ${o.order_id} and m.kind = 'out' group by m.quantity, m.cost_fen`.execute(scope.db)
    const out = rows[0]
    if (!out) throw scope.notFound()
    const left = subtractDecimal(out.quantity, out.back)
    if (compareDecimal(i.quantity, left) > 0) throw scope.refuse('orders.back_over', { name: nameOf(s), left: trimDecimal(left), unit: s.unit })
    // At what it went out for; the last of it brings back what is left of that, to the fen.
    const cost_fen = compareDecimal(addDecimal(out.back, i.quantity), out.quantity) === 0 ? out.cost_fen - out.back_fen : productFen([i.quantity, yuan(fen(out.cost_fen))], [out.quantity])
    await moveStock(scope, s, { kind: 'back', quantity: i.quantity, cost_fen, order_id: o.order_id, back_of: i.move_no })
    return { cost_fen }
  }),
  answer(orders.addMaterial, async (scope, i) => {
    const o = await orderToUse(scope, i.order_id)
    open(scope, o)
    const material_id = uuidv7()
    const done = await doneAt(scope, o, await policyNow(scope), i.done_at)
    await scope.db.insertInto('orders.material').values({ company_id: scope.company_id, material_id, order_id: o.order_id, name: i.name, unit: i.unit, quantity: i.quantity, cost_fen: i.cost_fen, paper: i.paper || null, by_account: scope.who.account_id!, by_name: scope.who.name, at: done.at, received_at: done.late ? scope.now : null }).execute()
    scope.note('work_order', o.order_id, { no: o.no, material: i.name, cost_fen: i.cost_fen })
    return { material_id }
  }),
  answer(orders.undoMaterial, async (scope, i) => {
    const c = scope.company_id
    const m = await scope.db.selectFrom('orders.material').select(['order_id', 'name', 'cost_fen', 'undone_at']).where('company_id', '=', c).where('material_id', '=', i.material_id).forUpdate().executeTakeFirst()
    if (!m) throw scope.notFound()
    await orderToUse(scope, m.order_id)
    if (m.undone_at) throw scope.refuse('orders.material_undone', { name: m.name })
    await scope.db.updateTable('orders.material').set({ undone_at: scope.now, undone_by: scope.who.account_id, undo_reason: i.reason }).where('company_id', '=', c).where('material_id', '=', i.material_id).execute()
    scope.note('work_order', m.order_id, { material_undone: m.name, cost_fen: m.cost_fen })
    return { material_id: i.material_id }
  }),
  answer(orders.linkTargets, async (scope, { order_id }) => {
    const c = scope.company_id
    const o = await orderToRead(scope, order_id)
    const { rows } = await sql<Omit<ChargeLink, 'state_zh'>>`select x.kind, x.target_id, x.title, x.amount_fen, x.state from (${TARGETS(c)}) x where x.community_id = ${o.community_id} and not exists (select from orders.charge_link l where l.company_id = ${c} and l.order_id = ${order_id} and l.kind = x.kind and l.target_id = x.target_id and l.ended_at is null) order by x.at desc limit ${TARGETS_MAX}`.execute(scope.db)
    return { rows: rows.map(zhOf) }
  }),
  answer(orders.linkCharge, async (scope, i) => {
    const c = scope.company_id
    const o = await orderToChange(scope, i.order_id)
    if (!reaches(scope, 'orders.order.dispatch', o)) throw scope.notFound()
    if (o.house_id) throw scope.refuse('orders.link_house')
    const { rows } = await sql`select 1 from (${TARGETS(c)}) x where x.kind = ${i.kind} and x.target_id = ${i.target_id} and x.community_id = ${o.community_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    const set = i.on ? { made_by: scope.who.account_id!, made_at: scope.now, ended_at: null, ended_by: null } : { ended_at: scope.now, ended_by: scope.who.account_id }
    if (i.on) await scope.db.insertInto('orders.charge_link').values({ company_id: c, order_id: o.order_id, kind: i.kind, target_id: i.target_id, made_by: scope.who.account_id!, made_at: scope.now }).onConflict((x) => x.columns(['company_id', 'order_id', 'kind', 'target_id']).doUpdateSet(set)).execute()
    else await scope.db.updateTable('orders.charge_link').set(set).where('company_id', '=', c).where('order_id', '=', o.order_id).where('kind', '=', i.kind).where('target_id', '=', i.target_id).execute()
    scope.note('work_order', o.order_id, { no: o.no, charged_to: i.kind, on: i.on })
    return { order_id: o.order_id }
  }),
]
