// How a large run is divided: whole buildings, committed one chunk after another, each with what the preview said of its buildings.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** A run of no more lines is published within the call, whole; a longer one chunk by chunk by the worker. */
export const WHOLE_LINES = 20_000
/** So many lines are written in one transaction; a crash loses no more. */
export const CHUNK_LINES = 40_000
/** Ids of bills have room for so many chunks (publish.ts). */
const CHUNKS_MAX = 1000

/** What the preview said of the lines of a building: number, amount, digest, and what discounts take off. */
export interface BuildingDigest {
  building_id: string
  n: number
  fen: number
  x: string
  off: number
}
export const sameDigest = (a: BuildingDigest, b: BuildingDigest): boolean => a.n === b.n && a.fen === b.fen && a.x === b.x

/** Buildings in the order of their ids, as many to a chunk as `lines` allows; one that is larger is a chunk of its own. */
export function divided(all: readonly BuildingDigest[], lines = CHUNK_LINES): BuildingDigest[][] {
  const total = all.reduce((n, b) => n + b.n, 0)
  const most = Math.max(lines, Math.ceil((total * 2) / CHUNKS_MAX))
  const chunks: BuildingDigest[][] = []
  let room = 0
  for (const b of all.toSorted((p, q) => (p.building_id < q.building_id ? -1 : 1))) {
    if (chunks.length === 0 || room < b.n) {
      chunks.push([])
      room = most
    }
    chunks.at(-1)!.push(b)
    room -= b.n
  }
  return chunks
}

/** Keeps the division with the draft, in place of an earlier one; nothing where the run is published whole. */
export async function storeChunks(scope: Scope, run_id: string, buildings: readonly BuildingDigest[], lines = CHUNK_LINES): Promise<void> {
  await sql`delete from billing.run_chunk where company_id = ${scope.company_id} and run_id = ${run_id}`.execute(scope.db)
  if (buildings.reduce((n, b) => n + b.n, 0) <= Math.min(lines, WHOLE_LINES)) return
  const chunks = divided(buildings, lines).map((digests, chunk_no) => ({ chunk_no, digests, line_count: digests.reduce((n, d) => n + d.n, 0) }))
  await sql`insert into billing.run_chunk (company_id, run_id, chunk_no, digests, line_count)
    select ${scope.company_id}::bigint, ${run_id}::uuid, x.chunk_no, x.digests, x.line_count from jsonb_to_recordset(${JSON.stringify(chunks)}::jsonb) as x(chunk_no int, digests jsonb, line_count int)`.execute(scope.db)
}

export interface ChunksDone {
  chunks: number
  done: number
  published_count: number
  published_fen: number
  left_out: number
}
export async function chunksDone(scope: Scope, run_id: string): Promise<ChunksDone> {
  const { rows } = await sql<ChunksDone>`select count(*)::int as chunks, count(done_at)::int as done, coalesce(sum(published_count), 0)::int as published_count, coalesce(sum(published_fen), 0)::bigint as published_fen, coalesce(sum(cardinality(left_out)), 0)::int as left_out
    from billing.run_chunk where company_id = ${scope.company_id} and run_id = ${run_id}`.execute(scope.db)
  return rows[0]!
}
