// What a rule is for: its devices, and the others that it speaks of.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Model, RuleBody } from '../contract.ts'
import type { RuleNames, Termed } from '../shown.ts'
import { targetsOf } from './linkage.ts'

/** That a rule by the clock is for: they are judged together, in one transaction. */
export const DEVICES_MAX = 300
export type RuleIn = { product_id: string; community_id: string | null; device_id: string | null; body: RuleBody }
export type Others = Map<string, Termed & { model: Model; community_id: string }>
const named = (b: RuleBody): string[] => (b.trigger.kind === 'group' || b.trigger.kind === 'schedule' ? b.trigger.terms.flatMap((t) => t.device_id ?? []) : [])
/** The devices that rules of several speak of. */
export async function othersOf(scope: Scope, bodies: readonly RuleBody[]): Promise<Others> {
  const ids = [...new Set(bodies.flatMap(named))]
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ device_id: string; name: string; community_id: string; model: Model }>`select d.device_id, d.name, d.community_id, p.model from iot.device d join iot.product p on p.company_id = ${scope.company_id} and p.product_id = d.product_id where d.company_id = ${scope.company_id} and d.device_id = any(${ids}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.device_id, r]))
}
/** Devices a rule is for: of its product, its place. `d` is the device. */
export const SCOPED = (scope: Scope, o: Omit<RuleIn, 'body'>) => sql`d.company_id = ${scope.company_id} and d.product_id = ${o.product_id} and d.life = 'active' ${o.community_id ? sql`and d.community_id = ${o.community_id}` : sql``} ${o.device_id ? sql`and d.device_id = ${o.device_id}` : sql``}`

/** What the rules act on, by name. `scene` is of one rule and filled in by whoever lists several. */
export async function namesOf(scope: Scope, bodies: readonly RuleBody[]): Promise<RuleNames> {
  const c = scope.company_id
  const others = bodies.flatMap((b) => b.others ?? [])
  const devices = [...new Set([...bodies.flatMap((b) => [b.command?.device_id ?? [], b.back_command?.device_id ?? []].flat()), ...others.flatMap((o) => o.device_ids.slice(0, 1))])]
  const products = [...new Set(others.map((o) => o.product_id))]
  const [targets, d, p] = await Promise.all([
    targetsOf(scope, bodies),
    devices.length === 0 ? [] : sql<{ id: string; name: string; model: Model }>`select d.device_id as id, d.name, p.model from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id where d.company_id = ${c} and d.device_id = any(${devices}::uuid[])`.execute(scope.db).then((r) => r.rows),
    products.length === 0 ? [] : sql<{ id: string; name: string; model: Model }>`select product_id as id, name, model from iot.product where company_id = ${c} and product_id = any(${products}::uuid[])`.execute(scope.db).then((r) => r.rows),
  ])
  return { scene: null, targets, devices: new Map(d.map((x) => [x.id, x])), products: new Map(p.map((x) => [x.id, x])) }
}
