// Writing readings: the one road for desk, phone, Excel and remote meters. Facts come from one query, the verdict from rules/judge.ts,
// the rows go in by one insert.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { meters } from '../contract.ts'
import { metersToChange, type SeenMeter } from './access.ts'
import { judge, type Verdict } from './rules/judge.ts'

export interface ReadingIn {
  meter_id: string
  /** First day of the month. */
  period_on: string
  read_on: string
  reading: string
  note?: string | null
  source?: 'hand' | 'excel' | 'phone' | 'remote' | 'estimate'
}
export interface Recorded {
  reading_id: string
  meter_id: string
  previous: string
  usage: string
  mean_usage: string | null
  state: 'good' | 'suspect' | 'corrected'
}
export interface Fact {
  i: number
  meter_id: string
  period_on: string
  read_on: string
  reading: string
  previous: string
  usage: string
  mean_usage: string | null
  mean_x3: string | null
  last_on: string
  later_on: string | null
  existing: string | null
  existing_id: string | null
}

/** What is known about each asked reading, before it is written. `own` leaves a reading out of account: the one being corrected. */
async function factsOf(scope: Scope, rows: readonly ReadingIn[], own: string | null = null): Promise<Fact[]> {
  const c = scope.company_id
  const input = JSON.stringify(rows.map((r, i) => ({ i, meter_id: r.meter_id, period_on: r.period_on, read_on: r.read_on, reading: r.reading })))
  const { rows: facts } = await sql<Fact>`
    select x.i, x.meter_id, x.period_on, x.read_on, x.reading::text as reading, coalesce(b.reading, m.start_reading)::text as previous,
      round((x.reading - coalesce(b.reading, m.start_reading)) * m.multiplier, 3)::text as usage, round(s.mean, 3)::text as mean_usage, round(s.mean * 3, 3)::text as mean_x3,
      coalesce(b.read_on, m.installed_on) as last_on, l.period_on as later_on, e.reading::text as existing, e.reading_id as existing_id
    from jsonb_to_recordset(${input}::jsonb) as x(i int, meter_id uuid, period_on date, read_on date, reading numeric)
    join meters.meter m on m.company_id = ${c} and m.meter_id = x.meter_id
    left join lateral (select r.reading, r.read_on from meters.reading r where r.company_id = ${c} and r.meter_id = x.meter_id and r.period_on < x.period_on order by r.period_on desc limit 1) b on true
    left join lateral (select avg(y.usage) as mean from (select r.usage from meters.reading r where r.company_id = ${c} and r.meter_id = x.meter_id and r.period_on < x.period_on order by r.period_on desc limit 6) y) s on true
    left join lateral (select r.period_on from meters.reading r where r.company_id = ${c} and r.meter_id = x.meter_id and r.period_on > x.period_on order by r.period_on limit 1) l on true
    left join meters.reading e on e.company_id = ${c} and e.meter_id = x.meter_id and e.period_on = x.period_on and e.reading_id is distinct from ${own}::uuid
    order by x.i`.execute(scope.db)
  return facts
}

const verdictOf = (scope: Scope, f: Fact, m: SeenMeter): Verdict => judge({ ...f, today: scope.today, removed_on: m.removed_on })

/** Parameters of every refusal of a reading. */
const about = (f: Fact, m: SeenMeter): Record<string, unknown> => ({
  house: m.house_label, no: m.no, reading: f.reading, previous: f.previous, period: (f.later_on ?? f.period_on).slice(0, 7), removed_on: m.removed_on, read_on: f.read_on, last_on: f.last_on,
})
/** meters.already_read speaks of the reading that is there. */
const aboutCode = (code: string, f: Fact, m: SeenMeter): Record<string, unknown> => (code === 'meters.already_read' ? { ...about(f, m), reading: f.existing } : about(f, m))

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
    const m = seen.get(f.meter_id)!
    const v = verdictOf(scope, f, m)
    return v.ok ? [] : [{ index: f.i, code: v.code, params: aboutCode(v.code, f, m) }]
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
    const m = seen.get(f.meter_id)!
    const key = `${f.meter_id} ${f.period_on}`
    if (twice.has(key)) throw scope.refuse('meters.already_read', aboutCode('meters.already_read', { ...f, existing: f.reading }, m))
    twice.add(key)
    const v = verdictOf(scope, f, m)
    if (!v.ok) throw scope.refuse(v.code, aboutCode(v.code, f, m))
    return { reading_id: uuidv7(), meter_id: f.meter_id, previous: f.previous, usage: f.usage, mean_usage: f.mean_usage, state: v.state }
  })
  const values = done.map((d, i) => {
    const r = rows[facts[i]!.i]!
    return { ...d, period_on: r.period_on, read_on: r.read_on, reading: r.reading, source: r.source ?? 'hand', note: r.note ?? null }
  })
  await sql`insert into meters.reading (company_id, reading_id, meter_id, period_on, read_on, previous, reading, usage, source, state, note, read_by, created_at)
    select ${scope.company_id}::bigint, x.reading_id, x.meter_id, x.period_on, x.read_on, x.previous, x.reading, x.usage, x.source, x.state, x.note, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as x(reading_id uuid, meter_id uuid, period_on date, read_on date, previous numeric, reading numeric, usage numeric, source text, state text, note text)`.execute(scope.db)
  return done
}

const firstOf = (period: string): string => `${period}-01`

/** A reading that was billed stays until its bill is void: see meters.closing. `r`, `m`, `h` are reading, meter and house. */
export const LOCKED = sql<boolean>`(r.state <> 'suspect' and exists (select from meters.closing k where k.company_id = r.company_id and k.scope_id in (h.community_id, h.house_id) and k.kind = m.kind and k.period_on = r.period_on
  and k.closed_at >= r.created_at and (r.released_at is null or k.closed_at > r.released_at)))`

async function readingToChange(scope: Scope, reading_id: string) {
  const row = await scope.db.selectFrom('meters.reading').selectAll().where('company_id', '=', scope.company_id).where('reading_id', '=', reading_id).executeTakeFirst()
  if (!row) throw scope.notFound()
  const meter = (await metersToChange(scope, [row.meter_id])).get(row.meter_id)!
  const { rows } = await sql<{ locked: boolean }>`select ${LOCKED} as locked from meters.reading r join meters.meter m on m.company_id = r.company_id and m.meter_id = r.meter_id
    join property.house h on h.company_id = r.company_id and h.house_id = m.house_id where r.company_id = ${scope.company_id} and r.reading_id = ${reading_id} for update of r`.execute(scope.db)
  return { row, meter, locked: rows[0]!.locked }
}

export const recordAnswers = [
  answer(meters.saveReadings, async (scope, o) => {
    const done = await recordReadings(scope, o.rows.map((r) => ({ ...r, note: r.note ?? null, period_on: firstOf(o.period), read_on: o.read_on })))
    scope.note('reading', o.period, { count: done.length, period: o.period })
    return { saved_count: done.length, suspect_count: done.filter((d) => d.state === 'suspect').length }
  }),
  answer(meters.recordReading, async (scope, o) => {
    const [d] = await recordReadings(scope, [{ meter_id: o.meter_id, period_on: firstOf(o.period), read_on: o.read_on ?? scope.today, reading: o.reading, note: o.note ?? null, source: scope.who.face === 'staff' ? 'phone' : 'hand' }])
    scope.note('reading', d!.reading_id, { meter_id: o.meter_id, reading: o.reading })
    const { meter_id: _, ...rest } = d!
    return rest
  }),
  answer(meters.correctReading, async (scope, o) => {
    const { row, meter, locked } = await readingToChange(scope, o.reading_id)
    const period = row.period_on.slice(0, 7)
    if (locked) throw scope.refuse('meters.reading_billed', { house: meter.house_label, no: meter.no, period })
    const [f] = await factsOf(scope, [{ meter_id: row.meter_id, period_on: row.period_on, read_on: row.read_on, reading: o.reading }], o.reading_id)
    // The meter may have been changed since: the reading of its last month may still be put right.
    const v = judge({ ...f!, today: scope.today, removed_on: null })
    if (!v.ok) throw scope.refuse(v.code, aboutCode(v.code, f!, meter))
    const state = v.state === 'suspect' ? ('suspect' as const) : ('corrected' as const)
    await scope.db
      .updateTable('meters.reading')
      .set({ reading: o.reading, previous: f!.previous, usage: f!.usage, state, note: o.reason, released_at: scope.now, read_by: scope.who.account_id })
      .where('company_id', '=', scope.company_id)
      .where('reading_id', '=', o.reading_id)
      .execute()
    scope.note('reading', o.reading_id, { before: row.reading, after: o.reading, reason: o.reason })
    return { reading_id: o.reading_id, previous: f!.previous, usage: f!.usage, mean_usage: f!.mean_usage, state }
  }),
  answer(meters.confirmReading, async (scope, o) => {
    const { row } = await readingToChange(scope, o.reading_id)
    if (row.state !== 'suspect') throw scope.refuse('meters.not_suspect')
    // Not billed while suspect, so it may still be corrected: released_at says so to a closing of before.
    await scope.db.updateTable('meters.reading').set({ state: 'good', note: o.note, released_at: scope.now }).where('company_id', '=', scope.company_id).where('reading_id', '=', o.reading_id).execute()
    scope.note('reading', o.reading_id, { confirmed: o.note })
    return { reading_id: o.reading_id }
  }),
]
