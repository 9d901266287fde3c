// Estimated readings (估抄). The estimate is a reading like any other and is billed; the next true reading settles the difference by itself.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { meters } from '../contract.ts'
import { words } from '../words.ts'
import { metersToChange } from './access.ts'
import { meanOf, type ReadingIn } from './facts.ts'
import { recordReadings } from './record.ts'
import { readingAfter } from './rules/usage.ts'

interface Basis {
  meter_id: string
  previous: string | null
  mean: string | null
  last_year: string | null
  mean_months: number
}
/** Mean of the last months and the same month of last year, of the point of each meter: what was really read and billed. */
async function basisOf(scope: Scope, meter_ids: readonly string[], period: string, mean_of: number): Promise<Basis[]> {
  const c = scope.company_id
  const first = `${period}-01`
  const { rows } = await sql<Basis>`select m.meter_id, trim_scale(coalesce(b.reading, m.start_reading))::text as previous, trim_scale(round(s.mean, 3))::text as mean, trim_scale(y.usage)::text as last_year, s.n as mean_months
    from meters.meter m
    left join lateral (select r.reading from meters.reading r where r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on < ${first}::date order by r.period_on desc limit 1) b on true
    left join lateral (select z.mean, (select count(distinct r.period_on)::int from meters.meter d join meters.reading r on r.company_id = ${c} and r.meter_id = d.meter_id and r.period_on < ${first}::date where d.company_id = ${c} and d.point_id = m.point_id) as n
      from (${meanOf(scope, sql`${first}::date`, sql`${mean_of}::int`)}) z) s on true
    left join lateral (select sum(r.usage) as usage from meters.meter d join meters.reading r on r.company_id = ${c} and r.meter_id = d.meter_id and r.period_on = ${`${addMonths(period, -12)}-01`}::date where d.company_id = ${c} and d.point_id = m.point_id) y on true
    where m.company_id = ${c} and m.meter_id = any(${[...meter_ids]}::uuid[]) order by m.meter_id`.execute(scope.db)
  return rows
}

export const estimateAnswers = [
  answer(meters.estimateReadings, async (scope, o) => {
    if (o.rule === 'mean' && !o.mean_of) throw scope.refuse('meters.estimate_incomplete', { what: '平均取最近几期' })
    if (o.rule === 'fixed' && o.usage === undefined) throw scope.refuse('meters.estimate_incomplete', { what: '每块表的用量' })
    const seen = await metersToChange(scope, o.meter_ids)
    const rows: ReadingIn[] = []
    const left_out: { house_label: string; no: string; why: string }[] = []
    for (const b of await basisOf(scope, o.meter_ids, o.period, o.mean_of ?? 1)) {
      const m = seen.get(b.meter_id)!
      const usage = o.rule === 'fixed' ? o.usage! : o.rule === 'mean' ? b.mean : b.last_year
      const why = b.previous === null ? '没有底数,请先实抄一次' : usage === null ? (o.rule === 'mean' ? '没有历史用量' : '去年同月没有读数') : null
      if (why) {
        left_out.push({ house_label: m.house_label, no: m.no, why })
        continue
      }
      const { reading, rolled } = readingAfter(b.previous!, usage!, m.multiplier, m.whole_digits)
      const basis = o.rule === 'mean' ? `近 ${Math.min(o.mean_of!, b.mean_months)} 期平均 ${usage}` : o.rule === 'last_year' ? `去年同月 ${usage}` : `指定 ${usage}`
      rows.push({ meter_id: b.meter_id, period_on: `${o.period}-01`, read_on: o.read_on, reading, rolled, source: 'estimate', estimate_rule: o.rule, note: `${words.states!['source']!['estimate']}:${basis};${o.reason}`.slice(0, 100) })
    }
    const done = await recordReadings(scope, rows)
    scope.note('reading', o.period, { estimated: done.length, rule: o.rule, reason: o.reason })
    return { estimated_count: done.length, left_out }
  }),
]
