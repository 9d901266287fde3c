// What is over by the clock: recordings, clips that nobody holds, the view log, tests of connections. The row goes when its file has gone; the audit says how many.
import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import type { App, Work } from '../../../kernel/app.ts'
import { clipPath, segmentPath } from './paths.ts'
import { policyOf } from './policy.ts'

/** Attempts to register that were refused are of use while somebody puts devices up. */
const REFUSAL_DAYS = 30
const AT_ONCE = 500
const ROUNDS_MAX = 40
async function segments(app: App, w: Work): Promise<number> {
  const old = await w.tx(async (scope) => (await sql<{ segment_id: string; camera_id: string }>`select segment_id, camera_id from video.segment where company_id = ${scope.company_id} and from_at < ${scope.now}::timestamptz - make_interval(days => ${(await policyOf(scope)).keep_days}) order by from_at limit ${AT_ONCE}`.execute(scope.db)).rows)
  for (const s of old) await rm(segmentPath(app.data_dir, w.company_id, s.camera_id, s.segment_id), { force: true })
  if (old.length > 0) await w.tx(async (scope) => {
    await sql`delete from video.segment where company_id = ${scope.company_id} and segment_id = any(${old.map((s) => s.segment_id)}::uuid[])`.execute(scope.db)
    scope.note('video_segment', 'old', { deleted: old.length, keep_days: (await policyOf(scope)).keep_days })
  })
  return old.length
}
async function clips(app: App, w: Work): Promise<number> {
  const old = await w.tx(async (scope) => (await sql<{ clip_id: string; kind: 'clip' | 'picture' | 'still' }>`select clip_id, kind from video.clip where company_id = ${scope.company_id} and state in ('kept', 'failed') and not held and expires_at < ${scope.now}::timestamptz order by expires_at limit ${AT_ONCE}`.execute(scope.db)).rows)
  // Marked first: somebody may hold one in this very moment, and then its file stays.
  const gone = old.length === 0 ? [] : await w.tx(async (scope) => {
    const { rows } = await sql<{ clip_id: string; kind: 'clip' | 'picture' | 'still' }>`update video.clip set state = 'deleted', done_at = ${scope.now} where company_id = ${scope.company_id} and clip_id = any(${old.map((k) => k.clip_id)}::uuid[]) and not held returning clip_id, kind`.execute(scope.db)
    scope.note('video_clip', 'old', { deleted: rows.length })
    return rows
  })
  for (const k of gone) await rm(clipPath(app.data_dir, w.company_id, k.clip_id, k.kind), { force: true })
  return old.length
}
export const forget = (app: () => App) => async (w: Work): Promise<void> => {
  for (let i = 0; i < ROUNDS_MAX && (await segments(app(), w)) === AT_ONCE; i++);
  for (let i = 0; i < ROUNDS_MAX && (await clips(app(), w)) === AT_ONCE; i++);
  await w.tx(async (scope) => {
    const c = scope.company_id
    await sql`delete from video.probe where company_id = ${c} and created_at < ${scope.now}::timestamptz - interval '1 day'`.execute(scope.db)
    await sql`delete from video.gb_task where company_id = ${c} and created_at < ${scope.now}::timestamptz - interval '1 day'`.execute(scope.db)
    await sql`delete from video.gb_refusal where company_id = ${c} and last_at < ${scope.now}::timestamptz - make_interval(days => ${REFUSAL_DAYS})`.execute(scope.db)
    const { view_days } = await policyOf(scope)
    const r = await sql`delete from video.view where company_id = ${c} and view_id in (select view_id from video.view where company_id = ${c} and asked_at < ${scope.now}::timestamptz - make_interval(days => ${view_days}) order by asked_at limit 20000)`.execute(scope.db)
    const deleted = Number(r.numAffectedRows ?? 0n)
    if (deleted > 0) scope.note('video_view', 'old', { deleted, view_days })
  })
}
