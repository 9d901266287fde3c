// What is known about readings before they are written, in one query; the arithmetic is rules/usage.ts, the verdict rules/judge.ts.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { SeenMeter } from './access.ts'
import { CHECK_FALLBACK } from './check_rules.ts'
import { judge, type Facts, type Verdict } from './rules/judge.ts'
import { decimal, units, usageOf, type Used } from './rules/usage.ts'
import { words } from '../words.ts'

export interface PartValue {
  register: string
  reading: string
}
export interface ReadingIn {
  meter_id: string
  /** First day of the month. */
  period_on: string
  read_on: string
  reading: string
  rolled?: boolean | undefined
  parts?: readonly PartValue[] | undefined
  note?: string | null
  source?: 'hand' | 'excel' | 'phone' | 'remote' | 'estimate'
  estimate_rule?: 'mean' | 'last_year' | 'fixed'
  photo_file_id?: string | null
}
export interface Fact {
  i: number
  meter_id: string
  period_on: string
  read_on: string
  reading: string
  rolled: boolean
  previous: string
  carried_in: string
  mean_usage: string | null
  high_above: string | null
  possible: string | null
  estimated_since: string | null
  last_on: string
  later_on: string | null
  existing: string | null
  parts_previous: PartValue[]
}

/** Facts of each asked reading. `own` leaves a reading out of account: the one being corrected. */
export async function factsOf(scope: Scope, rows: readonly ReadingIn[], own: string | null = null): Promise<Fact[]> {
  const c = scope.company_id
  const d = CHECK_FALLBACK
  const input = JSON.stringify(rows.map((r, i) => ({ i, meter_id: r.meter_id, period_on: r.period_on, read_on: r.read_on, reading: r.reading, rolled: r.rolled ?? false })))
  const { rows: facts } = await sql<Fact>`
    select x.i, x.meter_id, x.period_on, x.read_on, trim_scale(x.reading)::text as reading, x.rolled, trim_scale(coalesce(b.reading, m.start_reading, x.reading))::text as previous,
      trim_scale(coalesce(b.carried_out, m.start_carried))::text as carried_in, trim_scale(round(s.mean, 4))::text as mean_usage,
      case when s.mean > 0 then trim_scale(greatest(round(s.mean * coalesce(k.high_factor, ${d.high_factor}::numeric), 4), coalesce(k.high_over, ${d.high_over}::numeric)))::text end as high_above,
      trim_scale(k.max_per_day * greatest(x.read_on - coalesce(b.read_on, m.installed_on), 1))::text as possible,
      case when b.source = 'estimate' then trim_scale(coalesce(g.reading, m.start_reading, 0))::text end as estimated_since,
      coalesce(b.read_on, m.installed_on) as last_on, l.period_on as later_on, trim_scale(e.reading)::text as existing, coalesce(p.parts, '[]') as parts_previous
    from jsonb_to_recordset(${input}::jsonb) as x(i int, meter_id uuid, period_on date, read_on date, reading numeric, rolled boolean)
    join meters.meter m on m.company_id = ${c} and m.meter_id = x.meter_id
    left join lateral (select r.reading, r.read_on, r.source, r.carried_out from meters.reading r where r.company_id = ${c} and r.meter_id = x.meter_id and r.period_on < x.period_on order by r.period_on desc limit 1) b on true
    left join lateral (select r.reading from meters.reading r where b.source = 'estimate' and r.company_id = ${c} and r.meter_id = x.meter_id and r.period_on < x.period_on and r.source <> 'estimate' order by r.period_on desc limit 1) g on true
    left join lateral (select q.* from meters.check_rule q where q.company_id = ${c} and q.kind = m.kind and (q.community_id = m.community_id or q.community_id is null) and q.from_on <= x.read_on order by q.community_id nulls last, q.from_on desc limit 1) k on true
    left join lateral (${meanOf(scope, sql`x.period_on`, sql`coalesce(k.mean_of, ${d.mean_of}::int)`)}) s on true
    left join lateral (select r.period_on from meters.reading r where r.company_id = ${c} and r.meter_id = x.meter_id and r.period_on > x.period_on order by r.period_on limit 1) l on true
    left join meters.reading e on e.company_id = ${c} and e.meter_id = x.meter_id and e.period_on = x.period_on and e.reading_id is distinct from ${own}::uuid
    left join lateral (select jsonb_agg(jsonb_build_object('register', a.register, 'reading', trim_scale(coalesce(z.reading, a.start_reading))::text) order by a.register) as parts from meters.register a
      left join lateral (select rp.reading from meters.reading r join meters.reading_part rp on rp.company_id = ${c} and rp.reading_id = r.reading_id and rp.register = a.register
        where r.company_id = ${c} and r.meter_id = a.meter_id and r.period_on < x.period_on order by r.period_on desc limit 1) z on true
      where a.company_id = ${c} and a.meter_id = x.meter_id) p on true
    order by x.i`.execute(scope.db)
  return facts
}

/** Mean usage of the last months of the point of `m`, whatever devices it had: a changed meter keeps its history. */
export const meanOf = (scope: Scope, before_on: ReturnType<typeof sql>, months: ReturnType<typeof sql>) =>
  sql`select avg(w.usage) as mean from (select sum(r.usage) as usage from meters.meter d join meters.reading r on r.company_id = ${scope.company_id} and r.meter_id = d.meter_id and r.period_on < ${before_on}
    where d.company_id = ${scope.company_id} and d.point_id = m.point_id group by r.period_on order by r.period_on desc limit ${months}) w`

export interface Part {
  register: string
  previous: string
  reading: string
  usage: string
}
export interface Looked extends Used {
  fact: Fact
  meter: SeenMeter
  parts: Part[]
  verdict: Verdict | { ok: false; code: 'meters.parts_missing' | 'meters.part_back'; params: Record<string, unknown> }
}

const registerWord = (r: string): string => words.states!['register']![r] ?? r

/** Usage and verdict of one asked reading. */
export function lookAt(scope: Scope, fact: Fact, meter: SeenMeter, asked: Pick<ReadingIn, 'parts' | 'source'>, o: { existing?: null; removed_on?: null } = {}): Looked {
  const dial = { previous: fact.previous, reading: fact.reading, multiplier: meter.multiplier, whole_digits: meter.whole_digits, rolled: fact.rolled, carried_in: fact.carried_in }
  const used = usageOf(dial)
  const given = new Map((asked.parts ?? []).map((p) => [p.register, p.reading]))
  const due = asked.source === 'estimate' && given.size === 0 ? [] : fact.parts_previous
  const missing = due.filter((p) => !given.has(p.register))
  const out = (verdict: Looked['verdict'], parts: Part[] = []): Looked => ({ ...used, fact, meter, parts, verdict })
  if (missing.length) return out({ ok: false, code: 'meters.parts_missing', params: { registers: missing.map((p) => registerWord(p.register)).join('、') } })
  const parts: Part[] = []
  for (const p of due) {
    const reading = given.get(p.register)!
    const back = units(reading) < units(p.reading)
    // A dial of the parts runs over on its own, not with the total: it is taken as run over when the reader says that this meter has.
    if (back && !(fact.rolled && meter.whole_digits !== null)) return out({ ok: false, code: 'meters.part_back', params: { register: registerWord(p.register), reading, previous: p.reading } })
    parts.push({ register: p.register, previous: p.reading, reading, usage: usageOf({ ...dial, previous: p.reading, reading, rolled: back, carried_in: '0' }).usage })
  }
  const forward = parts.filter((p) => p.register !== 'reverse')
  const facts: Facts = {
    previous: fact.previous, reading: fact.reading, rolled: fact.rolled, whole_digits: meter.whole_digits, ran: used.ran, high_above: fact.high_above, possible: fact.possible, estimated_since: fact.estimated_since,
    parts_ran: forward.length ? decimal(forward.reduce((n, p) => n + units(p.usage), 0n)) : null, parts_count: forward.length, period_on: fact.period_on, read_on: fact.read_on, today: scope.today, last_on: fact.last_on,
    removed_on: o.removed_on === null ? null : meter.removed_on, later_on: fact.later_on, existing: o.existing === null ? null : fact.existing,
  }
  return out(judge(facts), parts)
}

/** Parameters of every refusal of a reading. */
export function aboutOf(l: Pick<Looked, 'fact' | 'meter' | 'verdict'>): Record<string, unknown> {
  const { fact: f, meter: m, verdict: v } = l
  const about = { house: m.house_label, no: m.no, reading: f.reading, previous: f.previous, period: (f.later_on ?? f.period_on).slice(0, 7), removed_on: m.removed_on, read_on: f.read_on, last_on: f.last_on }
  if (v.ok) return about
  // meters.already_read speaks of the reading that is there.
  if (v.code === 'meters.already_read') return { ...about, period: f.period_on.slice(0, 7), reading: f.existing }
  return 'params' in v ? { ...about, ...v.params } : about
}
