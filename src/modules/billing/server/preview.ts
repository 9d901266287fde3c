// The preview of a draft: computed from the register as it is, stored with the digest of its lines.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { OutlierKind, Preview } from '../contract.ts'
import type { BuildingDigest } from './chunks.ts'
import { discountSum, hasDiscounts } from './discounts.ts'
import { afterMass, forMass, lineCtes } from './lines.ts'
import { CUR, amountCondition, bothCte, dueCtes, dueKinds, dueSet, lastCte } from './outliers.ts'
import { planOf, type Plan, type RunInput } from './plan.ts'
import { stageTariffLines } from './tariff_lines.ts'

export interface Digest {
  line_count: number
  amount_fen: number
  x: string
  /** What discounts by status take off. */
  discount_fen?: number
}
/** Says "these very lines"; not a secret. Two people who saw the same preview have the same hash. */
export const hashOf = (d: Digest): string => createHash('sha256').update(`${d.line_count}|${d.amount_fen}|${d.x}${d.discount_fen ? `|${d.discount_fen}` : ''}`).digest('base64url')

/** The hash of a preview without a line. */
export const NOTHING_NEW = hashOf({ line_count: 0, amount_fen: 0, x: '0' })

/** A sum beyond 2^63 fen, or a product beyond what a column holds, is an area or price typed wrongly. */
export async function refusingHugeAmounts<T>(scope: Scope, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const e = error as { code?: string; message?: string }
    if (e.code === '22003' || /is not a safe integer/.test(e.message ?? '')) throw scope.refuse('billing.amount_out')
    throw error
  }
}

interface ItemSum {
  fee_item_id: string
  line_count: number
  house_count: number
  amount_fen: number
  last_count: number
  last_fen: number
  over3: number
  zero: number
  new: number
  gone: number
  x: string
}

const NOTHING = { line_count: 0, house_count: 0, amount_fen: 0, last_count: 0, last_fen: 0, over3: 0, zero: 0, new: 0, gone: 0, x: '0' }

/** New lines and those that exist, by item, of a period that was billed before. */
async function repeated(scope: Scope, plan: Plan): Promise<{ fresh: number; existing: Map<string, number> }> {
  const { rows } = await sql<{ fee_item_id: string | null; fresh: number; existing: number }>`with ${lineCtes(scope, plan)}
    select null::uuid as fee_item_id, count(*)::int as fresh, 0 as existing from line
    union all select fee_item_id, 0, sum(n)::int from (select fee_item_id, sum(n) as n from covered group by 1 union all select fee_item_id, count(*) from covered_reading group by 1) y group by 1`.execute(scope.db)
  return { fresh: rows.find((r) => r.fee_item_id === null)!.fresh, existing: new Map(rows.flatMap((r) => (r.fee_item_id ? [[r.fee_item_id, r.existing] as const] : []))) }
}

/** What each item came to in its last cycle, without looking at houses. */
async function lastSums(scope: Scope, plan: Plan): Promise<ItemSum[]> {
  const { rows } = await sql<{ fee_item_id: string; last_count: number; last_fen: number }>`with ${lastCte(scope, plan, true)} select fee_item_id, n as last_count, fen as last_fen from last`.execute(scope.db)
  return rows.map((r) => ({ ...NOTHING, ...r }))
}

type Lines = Omit<BuildingDigest, 'off'>[]
async function itemSums(scope: Scope, plan: Plan): Promise<{ sums: ItemSum[]; existing: Map<string, number>; buildings: Lines }> {
  const before = plan.has_bills ? await repeated(scope, plan) : { fresh: -1, existing: new Map<string, number>() }
  // A finished period run again: nothing to compare house by house.
  if (before.fresh === 0) return { sums: await lastSums(scope, plan), existing: before.existing, buildings: [] }
  const count = (kind: OutlierKind) => sql`(count(*) filter (where ${amountCondition(kind)}))::int`
  const { rows } = await sql<Omit<ItemSum, 'fee_item_id'> & { fee_item_id: string | null; buildings: Lines | null }>`with ${lineCtes(scope, plan)}, ${CUR}, ${lastCte(scope, plan)}, ${bothCte(plan)}
    select y.fee_item_id, coalesce(sum(y.n), 0)::int as line_count, count(y.n)::int as house_count, coalesce(sum(y.fen), 0)::bigint as amount_fen, coalesce(sum(y.last_n), 0)::int as last_count,
      coalesce(sum(y.last_fen), 0)::bigint as last_fen, ${count('over3')} as over3, ${count('zero')} as zero, ${count('new')} as new, ${count('gone')} as gone, coalesce(bit_xor(y.x), 0)::text as x, null::jsonb as buildings
    from side y group by 1
    union all select null, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', coalesce(jsonb_agg(jsonb_build_object('building_id', b.building_id, 'n', b.n, 'fen', b.fen, 'x', b.x)), '[]') from (select building_id, sum(n)::int as n, sum(fen)::bigint as fen, bit_xor(x)::text as x from cur group by 1) b`.execute(scope.db)
  const sums = rows.flatMap(({ buildings: _, ...r }) => (r.fee_item_id === null ? [] : [{ ...r, fee_item_id: r.fee_item_id }]))
  return { sums, existing: before.existing, buildings: rows.find((r) => r.fee_item_id === null)!.buildings! }
}

async function registerFaults(scope: Scope, plan: Plan): Promise<{ kind: OutlierKind; count: number }[]> {
  const kinds = dueKinds(plan)
  if (kinds.length === 0) return []
  const each = kinds.map((kind) => sql`select ${sql.lit(kind)}::text as kind, count(*)::int as count from (${dueSet(scope, plan, kind)}) y`)
  const { rows } = await sql<{ kind: OutlierKind; count: number }>`with ${dueCtes(scope, plan)} ${sql.join(each, sql` union all `)}`.execute(scope.db)
  return rows
}

export async function previewOf(scope: Scope, run: RunInput): Promise<{ preview: Preview; input_hash: string; buildings: BuildingDigest[] }> {
  const plan = await planOf(scope, run)
  await stageTariffLines(scope, plan)
  await forMass(scope, plan)
  const { sums, existing, buildings } = await refusingHugeAmounts(scope, () => itemSums(scope, plan))
  const faults = await registerFaults(scope, plan)
  const taken_off = (await hasDiscounts(scope, plan)) ? await discountSum(scope, lineCtes(scope, plan), sql`line l`) : { count: 0, fen: 0, of: new Map<string, number>() }
  await afterMass(scope)
  const of = new Map(sums.map((s) => [s.fee_item_id, s]))
  const items = plan.items.map((i) => {
    const s = of.get(i.fee_item_id)
    return {
      fee_item_id: i.fee_item_id, name: i.name, line_count: s?.line_count ?? 0, house_count: s?.house_count ?? 0, amount_fen: s?.amount_fen ?? 0, last_count: s?.last_count ?? 0, last_fen: s?.last_fen ?? 0,
      existing_count: existing.get(i.fee_item_id) ?? 0, not_due: i.window === null,
    }
  })
  const total = (pick: (s: ItemSum) => number) => sums.reduce((n, s) => n + pick(s), 0)
  const byAmount = (['over3', 'zero', 'new', 'gone'] as const).map((kind) => ({ kind, count: total((s) => s[kind]) }))
  const line_count = total((s) => s.line_count)
  const amount_fen = total((s) => s.amount_fen)
  const x = sums.reduce((n, s) => n ^ BigInt(s.x), 0n)
  return {
    preview: { at: scope.now, items, line_count, amount_fen, discount_count: taken_off.count, discount_fen: taken_off.fen, existing_count: items.reduce((n, i) => n + i.existing_count, 0), outliers: [...byAmount, ...faults].filter((o) => o.count > 0) },
    input_hash: hashOf({ line_count, amount_fen, x: String(x), discount_fen: taken_off.fen }),
    buildings: buildings.map((b) => ({ ...b, off: taken_off.of.get(b.building_id) ?? 0 })),
  }
}
