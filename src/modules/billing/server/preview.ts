// The preview of a draft: computed from the register as it is, stored with the digest of its lines.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { OutlierKind, Preview } from '../contract.ts'
import { afterMass, forMass, lineCtes } from './lines.ts'
import { CUR, amountCondition, bothCte, dueCtes, dueKinds, dueSet, lastCte } from './outliers.ts'
import { planOf, type Plan, type RunInput } from './plan.ts'

export interface Digest {
  line_count: number
  amount_fen: number
  x: string
}
/** Says "these very lines"; not a secret. Two people who saw the same preview have the same hash. */
export const hashOf = (d: Digest): string => createHash('sha256').update(`${d.line_count}|${d.amount_fen}|${d.x}`).digest('base64url')

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

async function itemSums(scope: Scope, plan: Plan): Promise<{ sums: ItemSum[]; existing: Map<string, number> }> {
  const count = (kind: OutlierKind) => sql`(count(*) filter (where ${amountCondition(kind)}))::int`
  const { rows: sums } = await sql<ItemSum>`with ${lineCtes(scope, plan)}, ${CUR}, ${lastCte(scope, plan)}, ${bothCte(plan)}
    select y.fee_item_id, coalesce(sum(y.n), 0)::int as line_count, count(y.n)::int as house_count, coalesce(sum(y.fen), 0)::bigint as amount_fen, coalesce(sum(y.last_n), 0)::int as last_count,
      coalesce(sum(y.last_fen), 0)::bigint as last_fen, ${count('over3')} as over3, ${count('zero')} as zero, ${count('new')} as new, ${count('gone')} as gone, coalesce(bit_xor(y.x), 0)::text as x
    from side y group by 1`.execute(scope.db)
  if (!plan.has_bills) return { sums, existing: new Map() }
  const { rows } = await sql<{ fee_item_id: string; n: number }>`with ${lineCtes(scope, { ...plan, tariff: [] })}
    select fee_item_id, sum(n)::int as n from (select fee_item_id, n from covered union all select fee_item_id, 1 from covered_reading) y group by 1`.execute(scope.db)
  return { sums, existing: new Map(rows.map((r) => [r.fee_item_id, r.n])) }
}

async function registerFaults(scope: Scope, plan: Plan): Promise<{ kind: OutlierKind; count: number }[]> {
  const kinds = dueKinds(plan)
  if (kinds.length === 0) return []
  const each = kinds.map((kind) => sql`select ${sql.lit(kind)}::text as kind, count(*)::int as count from (${dueSet(scope, plan, kind)}) y`)
  const { rows } = await sql<{ kind: OutlierKind; count: number }>`with ${dueCtes(scope, plan)} ${sql.join(each, sql` union all `)}`.execute(scope.db)
  return rows
}

export async function previewOf(scope: Scope, run: RunInput): Promise<{ preview: Preview; input_hash: string }> {
  const plan = await planOf(scope, run)
  await forMass(scope, plan)
  const { sums, existing } = await refusingHugeAmounts(scope, () => itemSums(scope, plan))
  const faults = await registerFaults(scope, plan)
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
    preview: { at: scope.now, items, line_count, amount_fen, existing_count: items.reduce((n, i) => n + i.existing_count, 0), outliers: [...byAmount, ...faults].filter((o) => o.count > 0) },
    input_hash: hashOf({ line_count, amount_fen, x: String(x) }),
  }
}
