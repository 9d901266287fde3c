// Versions read from the database, ready for the engine. A published version never changes, so what is read once is kept.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { parseTariff, type Tariff } from '../rules/index.ts'
import type { TariffHead } from './access.ts'

interface StoredVersion {
  version_id: string
  tariff_id: string
  from_on: string
  spec: Record<string, unknown>
}
export interface ReadTariff {
  tariff: Tariff
  /** In the order of tariff.versions. */
  version_ids: string[]
}

const KEPT_MAX = 500
const kept = new Map<string, Tariff>()
function made(key: string, raw: unknown): Tariff {
  const found = kept.get(key)
  if (found) return found
  const { tariff, faults } = parseTariff(raw)
  if (!tariff) throw new Error(`stored tariff ${key} cannot be read: ${JSON.stringify(faults.slice(0, 3))}`)
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!)
  kept.set(key, tariff)
  return tariff
}

/** Tariffs with all their published versions, by id. */
export async function storedTariffs(scope: Scope, ids: readonly string[]): Promise<Map<string, ReadTariff & { head: TariffHead }>> {
  if (ids.length === 0) return new Map()
  // Neither waits for the other's rows: they travel in one message.
  const [{ rows: heads }, { rows: versions }] = await Promise.all([
    sql<TariffHead>`select tariff_id, community_id, name, meter_kind, version_change from tariff.tariff where company_id = ${scope.company_id} and tariff_id = any(${[...ids]}::uuid[])`.execute(scope.db),
    sql<StoredVersion>`select version_id, tariff_id, from_on, spec from tariff.version where company_id = ${scope.company_id} and tariff_id = any(${[...ids]}::uuid[]) order by from_on`.execute(scope.db),
  ])
  return new Map(
    heads.flatMap((head) => {
      const own = versions.filter((v) => v.tariff_id === head.tariff_id)
      if (own.length === 0) return []
      const raw = { name: head.name, version_change: head.version_change, versions: own.map((v) => ({ ...v.spec, from_on: v.from_on })) }
      return [[head.tariff_id, { head, tariff: made(`${head.tariff_id} ${head.version_change} ${own.map((v) => v.version_id).join(' ')}`, raw), version_ids: own.map((v) => v.version_id) }] as const]
    }),
  )
}

/** One version by itself, for bills that name it. */
export async function storedVersions(scope: Scope, version_ids: readonly string[]): Promise<Map<string, string>> {
  if (version_ids.length === 0) return new Map()
  const { rows } = await sql<{ version_id: string; tariff_id: string }>`select version_id, tariff_id from tariff.version where company_id = ${scope.company_id} and version_id = any(${[...new Set(version_ids)]}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.version_id, r.tariff_id]))
}

/** One side of a comparison or trial: a published version or the draft, as a tariff without a first day. */
export async function sideOf(scope: Scope, head: TariffHead, side: string): Promise<Tariff> {
  const from = side === 'draft' ? sql`tariff.draft where company_id = ${scope.company_id} and tariff_id = ${head.tariff_id}` : sql`tariff.version where company_id = ${scope.company_id} and tariff_id = ${head.tariff_id} and version_id = ${side}`
  const { rows } = await sql<{ spec: Record<string, unknown> }>`select spec from ${from}`.execute(scope.db)
  if (!rows[0]) throw side === 'draft' ? scope.refuse('tariff.no_draft') : scope.notFound()
  const { tariff, faults } = parseTariff(rows[0].spec)
  if (!tariff) throw scope.refuse('tariff.spec_faulty', { faults: faults.map((f) => f.reason).join(';') })
  return tariff
}
