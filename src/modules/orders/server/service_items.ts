// The price list of paid service: items, and their prices by day; a community's own price goes before the company's.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { trimDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { orders, type ServiceItem } from '../contract.ts'

const ITEMS_MAX = 1000

export async function itemsOn(scope: Scope, o: { community_id?: string | undefined; with_retired?: boolean | undefined; item_ids?: readonly string[]; day?: string }): Promise<ServiceItem[]> {
  const c = scope.company_id
  const day = o.day ?? scope.today
  const here = sql`(p.community_id is null or p.community_id = ${o.community_id ?? null}::uuid)`
  const { rows } = await sql<ServiceItem>`select i.item_id, i.kind, i.name, i.unit, i.note, i.sort_no, i.retired_at is not null as retired,
      (select jsonb_build_object('price_id', p.price_id, 'unit_price', p.unit_price::text, 'from_on', p.from_on, 'own', p.community_id is not null) from orders.service_price p where p.company_id = ${c} and p.item_id = i.item_id and ${here} and p.from_on <= ${day}::date order by p.community_id is null, p.from_on desc, p.created_at desc limit 1) as price,
      (select jsonb_build_object('unit_price', p.unit_price::text, 'from_on', p.from_on) from orders.service_price p where p.company_id = ${c} and p.item_id = i.item_id and ${here} and p.from_on > ${day}::date order by p.from_on, p.created_at desc limit 1) as next
    from orders.service_item i where i.company_id = ${c} ${o.with_retired ? sql`` : sql`and i.retired_at is null`} ${o.item_ids ? sql`and i.item_id = any(${[...o.item_ids]}::uuid[])` : sql``} order by i.kind, i.sort_no, i.name limit ${ITEMS_MAX}`.execute(scope.db)
  const trim = <T extends { unit_price: string } | null>(p: T): T => (p ? { ...p, unit_price: trimDecimal(p.unit_price) } : p)
  return rows.map((r) => ({ ...r, price: trim(r.price), next: trim(r.next) }))
}

/** The live list with the prices of today, of some communities at once: a community's own price goes before the company's. */
export async function itemsAt(scope: Scope, community_ids: readonly string[]): Promise<Map<string, ServiceItem[]>> {
  const c = scope.company_id
  const { rows } = await sql<ServiceItem & { community_id: string }>`select w.community_id, i.item_id, i.kind, i.name, i.unit, i.note, i.sort_no, false as retired, null as next,
      (select jsonb_build_object('price_id', p.price_id, 'unit_price', p.unit_price::text, 'from_on', p.from_on, 'own', p.community_id is not null) from orders.service_price p where p.company_id = ${c} and p.item_id = i.item_id and (p.community_id is null or p.community_id = w.community_id) and p.from_on <= ${scope.today}::date order by p.community_id is null, p.from_on desc, p.created_at desc limit 1) as price
    from unnest(${[...community_ids]}::uuid[]) as w(community_id) cross join (select * from orders.service_item g where g.company_id = ${c} and g.retired_at is null order by g.kind, g.sort_no, g.name limit ${ITEMS_MAX}) i order by w.community_id, i.kind, i.sort_no, i.name`.execute(scope.db)
  const out = new Map<string, ServiceItem[]>(community_ids.map((id) => [id, []]))
  for (const { community_id, ...r } of rows) out.get(community_id)!.push({ ...r, price: r.price && { ...r.price, unit_price: trimDecimal(r.price.unit_price) } })
  return out
}

function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}

export const itemAnswers = [
  answer(orders.serviceItems, async (scope, o) => ({ rows: await itemsOn(scope, o) })),
  answer(orders.saveServiceItem, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const item_id = o.item_id ?? uuidv7()
    const same = await scope.db.selectFrom('orders.service_item').select('item_id').where('company_id', '=', c).where('kind', '=', o.kind).where('name', '=', o.name).executeTakeFirst()
    if (same && same.item_id !== o.item_id) throw scope.refuse('orders.name_taken', { name: o.name })
    if (o.item_id && !(await scope.db.selectFrom('orders.service_item').select('item_id').where('company_id', '=', c).where('item_id', '=', o.item_id).forUpdate().executeTakeFirst())) throw scope.notFound()
    const values = { kind: o.kind, name: o.name, unit: o.unit, note: o.note || null, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('orders.service_item').values({ company_id: c, item_id, ...values }).onConflict((x) => x.columns(['company_id', 'item_id']).doUpdateSet(values)).execute()
    scope.note('service_item', item_id, { name: o.name, retired: o.retired })
    return { item_id }
  }),
  answer(orders.publishServicePrice, async (scope, o) => {
    if (o.community_id) await communityToChange(scope, o.community_id)
    else wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('orders.from_past', { today: scope.today })
    const item = await scope.db.selectFrom('orders.service_item').select('name').where('company_id', '=', scope.company_id).where('item_id', '=', o.item_id).executeTakeFirst()
    if (!item) throw scope.notFound()
    const price_id = uuidv7()
    await scope.db.insertInto('orders.service_price').values({ company_id: scope.company_id, price_id, item_id: o.item_id, community_id: o.community_id, from_on: o.from_on, unit_price: o.unit_price, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('service_item', o.item_id, { name: item.name, from_on: o.from_on, unit_price: o.unit_price })
    return { price_id }
  }),
]
