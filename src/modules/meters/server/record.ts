// Writing readings: the one road for desk, phone, Excel, estimates and remote meters. Facts come from one query (facts.ts), the verdict
// from rules/judge.ts, the rows go in by one insert.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { meters, type Doubts } from '../contract.ts'
import { metersToChange } from './access.ts'
import { aboutOf, factsOf, lookAt, type ReadingIn } from './facts.ts'
import { photoToAttach } from './photos.ts'

export interface Recorded {
  reading_id: string
  meter_id: string
  previous: string
  usage: string
  mean_usage: string | null
  state: 'good' | 'suspect' | 'corrected'
  doubts: Doubts
}

export interface ReadingProblem {
  /** Index into the rows given. */
  index: number
  code: string
  params: Record<string, unknown>
}
/** For previews of an import: what is wrong with each row, without writing. Meters must be within reach. */
export async function checkReadings(scope: Scope, rows: readonly ReadingIn[]): Promise<ReadingProblem[]> {
  if (rows.length === 0) return []
  const seen = await metersToChange(scope, rows.map((r) => r.meter_id))
  return (await factsOf(scope, rows)).flatMap((f) => {
    const l = lookAt(scope, f, seen.get(f.meter_id)!, rows[f.i]!)
    return l.verdict.ok ? [] : [{ index: f.i, code: l.verdict.code, params: aboutOf(l) }]
  })
}

export const READINGS_MAX = 5000
/** Writes readings, all or none; one per meter and period. Refuses with the first problem. At most 5,000 at once. */
export async function recordReadings(scope: Scope, rows: readonly ReadingIn[]): Promise<Recorded[]> {
  if (rows.length === 0) return []
  assert(rows.length <= READINGS_MAX, `${rows.length} readings at once`)
  const seen = await metersToChange(scope, rows.map((r) => r.meter_id))
  const facts = await factsOf(scope, rows)
  const twice = new Set<string>()
  const done = facts.map((f) => {
    const asked = rows[f.i]!
    const l = lookAt(scope, f, seen.get(f.meter_id)!, asked)
    const key = `${f.meter_id} ${f.period_on}`
    if (twice.has(key)) throw scope.refuse('meters.already_read', { ...aboutOf(l), period: f.period_on.slice(0, 7), reading: f.reading })
    twice.add(key)
    if (!l.verdict.ok) throw scope.refuse(l.verdict.code, aboutOf(l))
    return {
      reading_id: uuidv7(), meter_id: f.meter_id, period_on: f.period_on, read_on: f.read_on, previous: f.previous, reading: f.reading, rolled: f.rolled, usage: l.usage, carried_in: f.carried_in, carried_out: l.carried_out,
      source: asked.source ?? 'hand', state: l.verdict.state, doubts: l.verdict.doubts, note: asked.note ?? null, estimate_rule: asked.estimate_rule ?? null, photo_file_id: asked.photo_file_id ?? null, mean_usage: f.mean_usage, parts: l.parts,
    }
  })
  await sql`insert into meters.reading (company_id, reading_id, meter_id, period_on, read_on, previous, reading, rolled, usage, carried_in, carried_out, source, state, doubts, note, estimate_rule, photo_file_id, read_by, created_at)
    select ${scope.company_id}::bigint, x.reading_id, x.meter_id, x.period_on, x.read_on, x.previous, x.reading, x.rolled, x.usage, x.carried_in, x.carried_out, x.source, x.state,
      array(select jsonb_array_elements_text(x.doubts)), x.note, x.estimate_rule, x.photo_file_id, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(done.map(({ parts: _p, mean_usage: _m, ...d }) => d))}::jsonb) as x(reading_id uuid, meter_id uuid, period_on date, read_on date, previous numeric, reading numeric, rolled boolean, usage numeric, carried_in numeric, carried_out numeric,
      source text, state text, doubts jsonb, note text, estimate_rule text, photo_file_id uuid)`.execute(scope.db)
  await writeParts(scope, done)
  const shut = [...new Set(done.map((d) => d.period_on))]
  await sql`delete from meters.unread where company_id = ${scope.company_id} and meter_id = any(${done.map((d) => d.meter_id)}::uuid[]) and period_on = any(${shut}::date[])
    and exists (select from meters.reading r where r.company_id = unread.company_id and r.meter_id = unread.meter_id and r.period_on = unread.period_on and r.source <> 'estimate')`.execute(scope.db)
  return done.map(({ reading_id, meter_id, previous, usage, mean_usage, state, doubts }) => ({ reading_id, meter_id, previous, usage, mean_usage, state, doubts }))
}

export async function writeParts(scope: Scope, rows: readonly { reading_id: string; parts: readonly { register: string; previous: string; reading: string; usage: string }[] }[]): Promise<void> {
  const parts = rows.flatMap((r) => r.parts.map((p) => ({ reading_id: r.reading_id, ...p })))
  if (parts.length === 0) return
  await sql`insert into meters.reading_part (company_id, reading_id, register, previous, reading, usage)
    select ${scope.company_id}::bigint, x.* from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as x(reading_id uuid, register text, previous numeric, reading numeric, usage numeric)
    on conflict (company_id, reading_id, register) do update set previous = excluded.previous, reading = excluded.reading, usage = excluded.usage`.execute(scope.db)
}

const firstOf = (period: string): string => `${period}-01`

export const recordAnswers = [
  answer(meters.saveReadings, async (scope, o) => {
    const done = await recordReadings(scope, o.rows.map((r) => ({ ...r, note: r.note ?? null, period_on: firstOf(o.period), read_on: o.read_on })))
    scope.note('reading', o.period, { count: done.length, period: o.period })
    return { saved_count: done.length, suspect_count: done.filter((d) => d.state === 'suspect').length }
  }),
  answer(meters.recordReading, async (scope, o) => {
    const photo_file_id = await photoToAttach(scope, o.photo_file_id)
    const [d] = await recordReadings(scope, [{ meter_id: o.meter_id, period_on: firstOf(o.period), read_on: o.read_on ?? scope.today, reading: o.reading, rolled: o.rolled, parts: o.parts, note: o.note ?? null, photo_file_id, source: scope.who.face === 'staff' ? 'phone' : 'hand' }])
    scope.note('reading', d!.reading_id, { meter_id: o.meter_id, reading: o.reading })
    const { meter_id: _, ...rest } = d!
    return rest
  }),
  answer(meters.recordUnread, async (scope, o) => {
    const m = (await metersToChange(scope, [o.meter_id])).get(o.meter_id)!
    const period_on = firstOf(o.period)
    const read = await scope.db.selectFrom('meters.reading').select(['reading']).where('company_id', '=', scope.company_id).where('meter_id', '=', o.meter_id).where('period_on', '=', period_on).executeTakeFirst()
    if (read) throw scope.refuse('meters.already_read', { house: m.house_label, no: m.no, period: o.period, reading: read.reading })
    const row = { reason: o.reason, note: o.note ?? null, photo_file_id: await photoToAttach(scope, o.photo_file_id), noted_by: scope.who.account_id, noted_at: scope.now }
    await scope.db.insertInto('meters.unread').values({ company_id: scope.company_id, meter_id: o.meter_id, period_on, ...row }).onConflict((c) => c.columns(['company_id', 'meter_id', 'period_on']).doUpdateSet(row)).execute()
    scope.note('meter', o.meter_id, { unread: o.reason, period: o.period })
    return { meter_id: o.meter_id }
  }),
]
