// Putting readings right: before their bill, after it, and the release of what was held back. Each leaves a row that stays.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { meters } from '../contract.ts'
import { metersToChange, type SeenMeter } from './access.ts'
import { LOCKED } from './closing.ts'
import { aboutOf, factsOf, lookAt } from './facts.ts'
import { writeParts } from './record.ts'
import { settledOf } from './rules/usage.ts'

interface Row {
  reading_id: string
  meter_id: string
  period_on: string
  read_on: string
  previous: string
  reading: string
  usage: string
  rolled: boolean
  carried_in: string
  carried_out: string
  billed_reading: string | null
  state: string
  source: string
  read_by: string | null
  locked: boolean
}
async function readingToChange(scope: Scope, reading_id: string): Promise<{ row: Row; meter: SeenMeter }> {
  const found = await scope.db.selectFrom('meters.reading').select('meter_id').where('company_id', '=', scope.company_id).where('reading_id', '=', reading_id).executeTakeFirst()
  if (!found) throw scope.notFound()
  const meter = (await metersToChange(scope, [found.meter_id])).get(found.meter_id)!
  const { rows } = await sql<Row>`select r.reading_id, r.meter_id, r.period_on, r.read_on, trim_scale(r.previous)::text as previous, trim_scale(r.reading)::text as reading, trim_scale(r.usage)::text as usage, r.rolled, trim_scale(r.carried_in)::text as carried_in, trim_scale(r.carried_out)::text as carried_out,
      trim_scale(r.billed_reading)::text as billed_reading, r.state, r.source, r.read_by, ${LOCKED} as locked
    from meters.reading r join meters.meter m on m.company_id = r.company_id and m.meter_id = r.meter_id where r.company_id = ${scope.company_id} and r.reading_id = ${reading_id} for update of r`.execute(scope.db)
  return { row: rows[0]!, meter }
}

async function remember(scope: Scope, row: Row, kind: 'correct' | 'settle' | 'release', after: { reading: string; usage: string; carried: string }, reason: string): Promise<void> {
  await scope.db
    .insertInto('meters.reading_change')
    .values({ company_id: scope.company_id, change_id: uuidv7(), reading_id: row.reading_id, kind, before_reading: row.reading, after_reading: after.reading, before_usage: row.usage, after_usage: after.usage, carried: after.carried, reason, changed_by: scope.who.account_id, changed_at: scope.now })
    .execute()
}
const later = (scope: Scope, row: Row) => scope.db.selectFrom('meters.reading').select('period_on').where('company_id', '=', scope.company_id).where('meter_id', '=', row.meter_id).where('period_on', '>', row.period_on).orderBy('period_on').limit(1).executeTakeFirst()

export const correctAnswers = [
  answer(meters.correctReading, async (scope, o) => {
    const { row, meter } = await readingToChange(scope, o.reading_id)
    const about = { house: meter.house_label, no: meter.no, period: row.period_on.slice(0, 7) }
    if (row.locked) throw scope.refuse('meters.reading_billed', about)
    const rolled = o.rolled ?? row.rolled
    const source = row.source === 'estimate' && o.parts === undefined ? ('estimate' as const) : undefined
    const [f] = await factsOf(scope, [{ meter_id: row.meter_id, period_on: row.period_on, read_on: row.read_on, reading: o.reading, rolled: rolled && compareDecimal(o.reading, row.previous) < 0 }], o.reading_id)
    const parts = o.parts ?? (await partsOf(scope, o.reading_id))
    // The meter may have been changed since: the reading of its last month may still be put right.
    const l = lookAt(scope, f!, meter, { parts, ...(source ? { source } : {}) }, { existing: null, removed_on: null })
    if (!l.verdict.ok) throw scope.refuse(l.verdict.code, aboutOf(l))
    const state = l.verdict.state === 'suspect' ? ('suspect' as const) : ('corrected' as const)
    await sql`update meters.reading set reading = ${o.reading}, rolled = ${f!.rolled}, previous = ${f!.previous}, usage = ${l.usage}, carried_in = ${f!.carried_in}, carried_out = ${l.carried_out}, billed_reading = null, state = ${state}, doubts = ${l.verdict.doubts}::text[],
        source = case when source = 'estimate' then 'hand' else source end, estimate_rule = null, note = ${o.reason}, released_at = ${scope.now}::timestamptz, read_by = ${scope.who.account_id}::uuid
      where company_id = ${scope.company_id} and reading_id = ${o.reading_id}`.execute(scope.db)
    await writeParts(scope, [{ reading_id: o.reading_id, parts: l.parts }])
    await remember(scope, row, 'correct', { reading: o.reading, usage: l.usage, carried: l.carried_out }, o.reason)
    scope.note('reading', o.reading_id, { before: row.reading, after: o.reading, reason: o.reason })
    return { reading_id: o.reading_id, previous: f!.previous, usage: l.usage, mean_usage: f!.mean_usage, state, doubts: l.verdict.doubts }
  }),
  answer(meters.settleReading, async (scope, o) => {
    const { row, meter } = await readingToChange(scope, o.reading_id)
    const about = { house: meter.house_label, no: meter.no, period: row.period_on.slice(0, 7), reading: o.reading }
    if (!row.locked) throw scope.refuse('meters.not_billed', about)
    const next = await later(scope, row)
    if (next) throw scope.refuse('meters.later_reading', { ...about, period: next.period_on.slice(0, 7) })
    if (meter.whole_digits !== null && compareDecimal(o.reading, `1${'0'.repeat(meter.whole_digits)}`) >= 0) throw scope.refuse('meters.over_dial', about)
    const settled = settledOf({ previous: row.previous, reading: o.reading, multiplier: meter.multiplier, whole_digits: meter.whole_digits, rolled: row.rolled, carried_in: row.carried_in }, row.usage)
    await sql`update meters.reading set reading = ${o.reading}, carried_out = ${settled.carried_out}, billed_reading = coalesce(billed_reading, ${row.reading}::numeric), state = 'corrected', note = ${o.reason}
      where company_id = ${scope.company_id} and reading_id = ${o.reading_id}`.execute(scope.db)
    // Where the device was changed already, the next one takes the difference with it.
    if (meter.removed_on)
      await sql`update meters.meter set start_carried = start_carried + (${settled.carried_out}::numeric - ${row.carried_out}::numeric) where company_id = ${scope.company_id}
        and meter_id = (select n.meter_id from meters.meter n where n.company_id = ${scope.company_id} and n.point_id = ${meter.point_id} and n.meter_id <> ${meter.meter_id} and n.installed_on >= ${meter.removed_on}::date order by n.installed_on, n.meter_id limit 1)`.execute(scope.db)
    await remember(scope, row, 'settle', { reading: o.reading, usage: row.usage, carried: settled.carried_out }, o.reason)
    scope.note('reading', o.reading_id, { before: row.reading, after: o.reading, carried_out: settled.carried_out, reason: o.reason })
    return { reading_id: o.reading_id, carried_out: settled.carried_out }
  }),
  answer(meters.confirmReading, async (scope, o) => {
    const { row } = await readingToChange(scope, o.reading_id)
    if (row.state !== 'suspect') throw scope.refuse('meters.not_suspect')
    if (row.read_by !== null && row.read_by === scope.who.account_id) throw scope.refuse('meters.same_person', { name: scope.who.name })
    // Not billed while suspect, so it may still be corrected: released_at says so to a closing of before.
    await scope.db.updateTable('meters.reading').set({ state: 'good', note: o.note, released_at: scope.now, released_by: scope.who.account_id }).where('company_id', '=', scope.company_id).where('reading_id', '=', o.reading_id).execute()
    await remember(scope, row, 'release', { reading: row.reading, usage: row.usage, carried: row.carried_out }, o.note)
    scope.note('reading', o.reading_id, { confirmed: o.note })
    return { reading_id: o.reading_id }
  }),
  answer(meters.readingChanges, async (scope, { reading_id }) => {
    const { rows } = await sql<{ change_id: string; kind: 'correct'; before_reading: string; after_reading: string; before_usage: string; after_usage: string; carried: string; reason: string; changed_by: string | null; changed_at: string }>`
      select x.change_id, x.kind, trim_scale(x.before_reading)::text as before_reading, trim_scale(x.after_reading)::text as after_reading, trim_scale(x.before_usage)::text as before_usage, trim_scale(x.after_usage)::text as after_usage,
        trim_scale(x.carried)::text as carried, x.reason, x.changed_by, x.changed_at
      from meters.reading_change x join meters.reading r on r.company_id = x.company_id and r.reading_id = x.reading_id join meters.meter m on m.company_id = x.company_id and m.meter_id = r.meter_id
      where x.company_id = ${scope.company_id} and x.reading_id = ${reading_id} and ${housesSeenBy(scope, { alias: 'm' })} order by x.changed_at limit 100`.execute(scope.db)
    const names = await memberNames(scope, rows.map((r) => r.changed_by))
    return { rows: rows.map(({ changed_by, ...r }) => ({ ...r, changed_by_name: (changed_by && names.get(changed_by)) || null })) }
  }),
]

async function partsOf(scope: Scope, reading_id: string): Promise<{ register: string; reading: string }[]> {
  const { rows } = await sql<{ register: string; reading: string }>`select register, trim_scale(reading)::text as reading from meters.reading_part where company_id = ${scope.company_id} and reading_id = ${reading_id}`.execute(scope.db)
  return rows
}
