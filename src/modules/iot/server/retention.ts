// How long what was measured is kept: raw values for days, quarters for months, days for years. A clock drops the partitions behind the limit of the company
// that keeps longest; of one that keeps shorter its own rows are taken out. What was done stands in the log and in the audit.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { addDays, addMonths, today as todayNow } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { log } from '../../../kernel/log.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { RETENTION_DEFAULTS, iot, type Retention } from '../contract.ts'
import { wholeCompany } from './access.ts'

type Db = Scope['db']
/** The first day that is still kept of each. */
export interface Kept {
  raw_from: string
  quarter_from: string
  day_from: string
}
export async function retentionOf(db: Db, company_id: number, today: string): Promise<Retention & { from_on: string | null }> {
  const { rows } = await sql<Retention & { from_on: string }>`select from_on, raw_days, quarter_months, day_years from iot.retention where company_id = ${company_id} and from_on <= ${today}::date order by from_on desc limit 1`.execute(db)
  return rows[0] ?? { ...RETENTION_DEFAULTS, from_on: null }
}
/** Whole partitions go: of quarters the month, of days the year stays in which the limit lies. */
export const keptFrom = (r: Retention, today: string): Kept => ({
  raw_from: addDays(today, -r.raw_days), quarter_from: `${addMonths(today.slice(0, 7), -r.quarter_months)}-01`, day_from: `${addMonths(today.slice(0, 7), -12 * r.day_years).slice(0, 4)}-01-01`,
})
const TABLES = [['iot.sample', 'raw_from', 'at'], ['iot.rollup_quarter', 'quarter_from', 'from_at'], ['iot.rollup_day', 'day_from', 'from_at']] as const
const midnight = (day: string): string => `${day}T00:00:00+08:00`

/** Each hour, once for the installation. */
export async function dropOld(app: App): Promise<void> {
  const today = todayNow()
  const { rows: companies } = await app.d.pool.query<{ company_id: number }>('select company_id from identity.company order by 1')
  const kept = new Map<number, Kept>()
  for (const { company_id } of companies) kept.set(company_id, await inTransaction(app.d, { company_id, readOnly: true }, async (tx) => keptFrom(await retentionOf(tx.db, company_id, today), today)))
  if (kept.size === 0) return
  const gone: string[] = []
  for (const [table, key, at] of TABLES) {
    const widest = [...kept.values()].map((k) => k[key]).sort()[0]!
    gone.push(...await dropped(app, table, widest))
    for (const [company_id, k] of kept) if (k[key] > widest) await takenOut(app, { company_id, table, at, from: widest, before: k[key] })
  }
  if (gone.length === 0) return
  log('info', 'old measured values dropped', { parts: gone.length, first: gone[0]!, last: gone.at(-1)! })
  for (const [company_id, k] of kept) await asSystem(app, company_id, 'job.iot.retention', async (scope) => scope.note('retention', today, { parts: gone.slice(0, 50), parts_count: gone.length, ...k }))
}
async function dropped(app: App, table: string, before: string): Promise<string[]> {
  try {
    return (await app.d.pool.query<{ gone: string[] }>('select iot.drop_parts($1::regclass, $2::date) as gone', [table, before])).rows[0]!.gone
  } catch (error) {
    // 55P03: somebody reads there; the next hour comes.
    if ((error as { code?: string }).code !== '55P03') throw error
    log('info', 'partitions in use are dropped later', { table })
    return []
  }
}
const ROWS_AT_ONCE = 200_000
async function takenOut(app: App, o: { company_id: number; table: string; at: string; from: string; before: string }): Promise<void> {
  const n = await inTransaction(app.d, { company_id: o.company_id }, async (tx) => Number((await sql`delete from ${sql.table(o.table)} where (tableoid, ctid) in (select tableoid, ctid from ${sql.table(o.table)} where company_id = ${o.company_id} and ${sql.ref(o.at)} >= ${midnight(o.from)}::timestamptz and ${sql.ref(o.at)} < ${midnight(o.before)}::timestamptz limit ${ROWS_AT_ONCE}) and company_id = ${o.company_id} and ${sql.ref(o.at)} >= ${midnight(o.from)}::timestamptz and ${sql.ref(o.at)} < ${midnight(o.before)}::timestamptz`.execute(tx.db)).numAffectedRows ?? 0))
  if (n === 0) return
  log('info', 'old measured values of a company taken out', { table: o.table, rows: n })
  await asSystem(app, o.company_id, 'job.iot.retention', async (scope) => scope.note('retention', o.before, { table: o.table, rows: n }))
}

export const retentionAnswers = [
  answer(iot.retention, async (scope) => {
    const r = await retentionOf(scope.db, scope.company_id, scope.today)
    return { ...r, ...keptFrom(r, scope.today) }
  }),
  answer(iot.saveRetention, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('iot.plan_past', { day: scope.today })
    if (o.raw_days > o.quarter_months * 30 || o.quarter_months > o.day_years * 12) throw scope.refuse('iot.retention_order')
    const c = scope.company_id
    await sql`insert into iot.retention (company_id, from_on, raw_days, quarter_months, day_years, made_by, made_by_name, made_at) values (${c}, ${o.from_on}, ${o.raw_days}, ${o.quarter_months}, ${o.day_years}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now})
      on conflict (company_id, from_on) do update set raw_days = excluded.raw_days, quarter_months = excluded.quarter_months, day_years = excluded.day_years, made_by = excluded.made_by, made_by_name = excluded.made_by_name, made_at = excluded.made_at`.execute(scope.db)
    scope.note('retention', o.from_on, { raw_days: o.raw_days, quarter_months: o.quarter_months, day_years: o.day_years })
    return { from_on: o.from_on }
  }),
]
