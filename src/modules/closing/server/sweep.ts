// The nightly sweep: every proof of every module over one company, kept with its findings. The same proofs run from the command line
// (`heyuan verify`) without writing anything.
import { sql } from 'kysely'
import { answer, type App, type Finding, type JobKind, type Schedule, type Work } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { closing } from '../contract.ts'
import { wholeCompany } from './access.ts'

/** Once a night, after one o'clock: the day before is over and nobody waits at the desk. */
const HOUR = 1
const EVERY_S = 900

const begin = async (scope: Scope): Promise<string> => {
  const sweep_id = uuidv7()
  await scope.db.insertInto('closing.sweep_run').values({ company_id: scope.company_id, sweep_id, state: 'running', started_by: scope.who.account_id, started_at: scope.now }).execute()
  scope.later({ name: 'closing.sweep', payload: { sweep_id }, attempts_max: 2, lane: `sweep:${scope.company_id}` })
  return sweep_id
}

export const sweepJob = (app: () => App): JobKind => ({
  name: 'closing.sweep',
  run: async (work: Work) => {
    const sweep_id = String(work.payload['sweep_id'])
    const checks: Finding[] = []
    // A module's proofs in one transaction each: none of them holds a lock, and no snapshot grows old.
    for (const m of app().modules) for (const sweep of m.sweeps ?? []) checks.push(...(await work.tx(sweep)))
    const broken = checks.filter((c) => !c.ok)
    await work.tx(async (scope) => {
      await scope.db.updateTable('closing.sweep_run').set({ state: 'done', ended_at: scope.now, check_count: checks.length, broken_count: broken.length, checks: JSON.stringify(checks) }).where('company_id', '=', scope.company_id).where('sweep_id', '=', sweep_id).execute()
      if (broken.length > 0) {
        scope.note('sweep', sweep_id, { broken: broken.map((b) => b.code) })
        scope.emit('closing.sweep_failed', sweep_id, { sweep_id, codes: broken.map((b) => b.code) })
      }
    })
    return { broken: broken.length }
  },
})

export const sweepSchedule: Schedule = {
  name: 'closing.sweep',
  every_s: EVERY_S,
  of: 'company',
  run: (work) =>
    work.tx(async (scope) => {
      const hour = Number(new Date(new Date(scope.now).getTime() + 8 * 3_600_000).toISOString().slice(11, 13))
      if (hour < HOUR) return
      const { rows } = await sql`select from closing.sweep_run where company_id = ${scope.company_id} and started_at >= ${dayStart(scope.today)} limit 1`.execute(scope.db)
      if (rows.length === 0) {
        const sweep_id = await begin(scope)
        scope.note('sweep', sweep_id, {})
      }
    }),
}

export const sweepAnswers = [
  answer(closing.sweeps, async (scope, { page, page_size }) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from closing.sweep_run where company_id = ${c}`.execute(scope.db)
    const { rows } = await sql<{ sweep_id: string; state: 'running' | 'done'; started_by: string | null; started_at: string; ended_at: string | null; check_count: number; broken_count: number; checks: Finding[] | null }>`select sweep_id, state, started_by, started_at, ended_at, check_count, broken_count, checks from closing.sweep_run where company_id = ${c} order by started_at desc limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
    const names = await memberNames(scope, rows.map((r) => r.started_by))
    return { total: n[0]!.total, rows: rows.map(({ started_by, ...r }) => ({ ...r, checks: r.checks ?? [], started_by_name: (started_by && names.get(started_by)) || null })) }
  }),
  answer(closing.startSweep, async (scope) => {
    wholeCompany(scope)
    const running = await scope.db.selectFrom('closing.sweep_run').select('sweep_id').where('company_id', '=', scope.company_id).where('state', '=', 'running').where('started_at', '>', new Date(new Date(scope.now).getTime() - 3_600_000).toISOString()).executeTakeFirst()
    if (running) throw scope.refuse('closing.sweep_running')
    return { sweep_id: await begin(scope) }
  }),
]
