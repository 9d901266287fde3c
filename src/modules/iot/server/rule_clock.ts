// Rules by the clock: at each of its moments a rule looks at its devices once and acts for those of which its terms hold. The row of the moment decides that it is once,
// and what was missed (nothing ran, or no gateway knew how things were) is written down and stays missed.
import { sql } from 'kysely'
import { answer, type Work } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { workingHours, works } from '../../orders/server/index.ts'
import { iot, type Model, type RuleBody, type RuleRow, type ScheduleTrigger, type SlotRow } from '../contract.ts'
import { atSeen, type Latest } from '../shown.ts'
import { devicesSeenBy } from './access.ts'
import { BEAT_STALE_S } from './channels.ts'
import { carryOut, type Placed } from './gateway/deeds.ts'
import { clearAlarm } from './raise.ts'
import { DEVICES_MAX, SCOPED, type Others, type RuleIn } from './rule_scope.ts'
import { judge, type Met } from './rules/at.ts'
import { lookBack, nextSlot, slotsBetween, unseen } from './rules/slots.ts'

const RULES_MAX = 500
/** Lines of a moment that are kept: of more devices only the counts. */
const LINES_MAX = 50
interface ClockRule extends RuleIn {
  rule_id: string
  name: string
  version_no: number
}
export interface SlotDue {
  rule: ClockRule
  slot_at: string
  missed: boolean
}
const triggerOf = (b: RuleBody): ScheduleTrigger | null => (b.trigger.kind === 'schedule' ? b.trigger : null)
const BY_CLOCK = sql`r.body->'trigger'->>'kind' = 'schedule'`
/** When the gateway that listens now began; null when none does. */
async function listening(scope: Scope): Promise<number | null> {
  const { rows } = await sql<{ started_at: string }>`select started_at from iot.gateway where company_id = ${scope.company_id} and beat_at > ${scope.now}::timestamptz - make_interval(secs => ${BEAT_STALE_S})`.execute(scope.db)
  return rows[0] ? Date.parse(rows[0].started_at) : null
}
/** What nobody can know now (no gateway) waits until it is too late. */
export async function slotsDue(scope: Scope): Promise<SlotDue[]> {
  const c = scope.company_id
  const now = Date.parse(scope.now)
  const since = lookBack(now)
  const { rows } = await sql<ClockRule & { changed_at: string; seen: string[] }>`select r.rule_id, r.name, r.product_id, r.community_id, r.device_id, r.version_no, r.body, r.changed_at, coalesce((select jsonb_agg(x.slot_at) from iot.rule_slot x where x.company_id = ${c} and x.rule_id = r.rule_id and x.slot_at >= ${since}::timestamptz), '[]') as seen
    from iot.rule r where r.company_id = ${c} and r.stopped_at is null and ${BY_CLOCK} order by r.rule_id limit ${RULES_MAX}`.execute(scope.db)
  if (rows.length === 0) return []
  const [hours, began] = await Promise.all([workingHours(scope, since.slice(0, 10)), listening(scope)])
  return rows.flatMap(({ changed_at, seen, ...rule }) => {
    const t = triggerOf(rule.body)!
    return unseen({ ...t, changed_at, seen }, now, (day) => works(hours, day)).filter((x) => x.missed || began !== null || t.terms.length === 0).map((x) => ({ rule, ...x }))
  })
}

interface Looked extends Placed {
  conn: string | null
  heard_at: string | null
  latest: Latest | null
}
const FIELDS = sql`d.device_id, d.community_id, d.building_id, d.place, d.name, d.equipment_id, p.model, s.conn, s.heard_at, s.latest`
async function lookedAt(scope: Scope, rule: ClockRule, t: ScheduleTrigger): Promise<{ own: Looked[]; named: Map<string, Looked> }> {
  const c = scope.company_id
  const ids = t.terms.flatMap((x) => x.device_id ?? [])
  const FROM = sql`from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id left join iot.device_state s on s.company_id = ${c} and s.device_id = d.device_id`
  const [own, named] = await Promise.all([
    sql<Looked>`select ${FIELDS} ${FROM} where ${SCOPED(scope, rule)} order by d.name collate iot.natural, d.device_id limit ${DEVICES_MAX}`.execute(scope.db),
    sql<Looked>`select ${FIELDS} ${FROM} where d.company_id = ${c} and d.device_id = any(${ids}::uuid[]) and d.life <> 'retired'`.execute(scope.db),
  ])
  return { own: own.rows, named: new Map(named.rows.map((r) => [r.device_id, r])) }
}
/** The row first: its key decides that a moment is judged once. */
export async function runRuleSlot(scope: Scope, { rule, slot_at, missed }: SlotDue): Promise<void> {
  const c = scope.company_id
  const made = await sql`insert into iot.rule_slot (company_id, rule_id, slot_at, version_no, at, missed, fired_count, unmet_count, unknown_count, lines) values (${c}, ${rule.rule_id}, ${slot_at}, ${rule.version_no}, ${scope.now}, ${missed}, 0, 0, 0, '[]') on conflict do nothing returning 1`.execute(scope.db)
  if (made.rows.length === 0 || missed) return
  const t = triggerOf(rule.body)!
  const [{ own, named }, began] = [await lookedAt(scope, rule, t), await listening(scope)]
  const now = Date.parse(scope.now)
  const judged = own.map((d) => {
    const j = judge(t, (term) => {
      const of = term.device_id === null ? d : named.get(term.device_id)
      const l = of?.conn === 'online' && term.on.kind === 'is' ? of.latest?.[term.on.point] : undefined
      return { v: l && l[2] === 'good' ? l[0] : null, silent_s: of ? (now - Math.max(of.heard_at ? Date.parse(of.heard_at) : 0, began ?? now)) / 1000 : 0 }
    })
    return { d, met: j.met, text: j.seen.map((x, n) => atSeen(t.terms[n]!, x.look, t.terms[n]!.device_id === null ? undefined : named.get(t.terms[n]!.device_id!), d.model)).join(';') }
  })
  const fire = judged.filter((x) => x.met === 'yes')
  // What is not about one device is done once, for however many.
  const done = new Set<string>()
  const once = (what: string): boolean => !done.has(what) && done.add(what) !== undefined
  for (const { d, text } of fire) await carryOut(scope, { d, r: rule, source: `device:${d.device_id}`, facts: { slot: slot_at, ...(text ? { met: text } : {}) }, once, crowd_count: fire.length })
  // It holds no more: the alarm of an earlier moment is over.
  if (rule.body.level) for (const { d } of judged.filter((x) => x.met === 'no')) await clearAlarm(scope, `device:${d.device_id}`, `rule:${rule.rule_id}`)
  const count = (m: Met): number => judged.filter((x) => x.met === m).length
  const lines = judged.slice(0, LINES_MAX).map(({ d, met, text }) => ({ device_id: d.device_id, met, text }))
  await sql`update iot.rule_slot set fired_count = ${count('yes')}, unmet_count = ${count('no')}, unknown_count = ${count('unknown')}, lines = ${JSON.stringify(lines)}::jsonb where company_id = ${c} and rule_id = ${rule.rule_id} and slot_at = ${slot_at}::timestamptz`.execute(scope.db)
}
/** One transaction each: a rule that cannot be carried out does not hold up the others, and is tried again until it is late. */
export async function runRulesDue(w: Work): Promise<void> {
  for (const d of await w.tx(slotsDue)) await w.tx((scope) => runRuleSlot(scope, d))
}
/** For the list: when each comes next, and what was missed. */
export async function clockOf(scope: Scope, rules: readonly Pick<RuleRow, 'rule_id' | 'body' | 'stopped'>[]): Promise<(r: Pick<RuleRow, 'rule_id' | 'body' | 'stopped'>) => Pick<RuleRow, 'next_at' | 'missed_count'>> {
  const ids = rules.filter((r) => triggerOf(r.body)).map((r) => r.rule_id)
  if (ids.length === 0) return () => ({ next_at: null, missed_count: 0 })
  const [hours, missed] = await Promise.all([
    workingHours(scope, scope.today),
    sql<{ rule_id: string; n: number }>`select rule_id, count(*)::int as n from iot.rule_slot where company_id = ${scope.company_id} and rule_id = any(${ids}::uuid[]) and missed and slot_at > ${scope.now}::timestamptz - interval '7 days' group by 1`.execute(scope.db),
  ])
  const of = new Map(missed.rows.map((m) => [m.rule_id, m.n]))
  return (r) => {
    const t = triggerOf(r.body)
    const next = t && !r.stopped ? nextSlot(t, Date.parse(scope.now), (day) => works(hours, day)) : null
    return { next_at: next === null ? null : new Date(next).toISOString(), missed_count: of.get(r.rule_id) ?? 0 }
  }
}

/** Looks of a dry run: moments × devices × terms. */
const LOOKS_MAX = 20_000
const FIRES_SHOWN = 200
interface Dry {
  t: ScheduleTrigger
  model: Model
  others: Others
  from: string
}
/** The moments of the last days as if the rule had been there, on what was stored; the newest of them when they are too many. */
export async function dryClock(scope: Scope, o: RuleIn, { t, model, others, from }: Dry) {
  const c = scope.company_id
  const now = Date.parse(scope.now)
  const hours = await workingHours(scope, from.slice(0, 10))
  const all = slotsBetween({ ...t, from_on: from.slice(0, 10), to_on: null }, Date.parse(from), now, (day) => works(hours, day))
  const devices = (await sql<{ device_id: string; name: string }>`select d.device_id, d.name from iot.device d where ${SCOPED(scope, o)} order by d.name collate iot.natural, d.device_id limit ${DEVICES_MAX}`.execute(scope.db)).rows
  const slots = all.slice(-Math.max(1, Math.floor(LOOKS_MAX / Math.max(1, devices.length * Math.max(1, t.terms.length)))))
  const asked = t.terms.flatMap((term, n) => (term.device_id === null ? devices.map((d) => d.device_id) : [term.device_id]).map((device_id) => {
    const of = term.device_id === null ? model : others.get(term.device_id)!.model
    return { n, device_id, points: term.on.kind === 'is' ? [term.on.point] : of.points.map((p) => p.key), back_s: term.on.kind === 'is' ? of.offline_after_s : term.on.for_s }
  }))
  const { rows } = await sql<{ n: number; device_id: string; slot: number; v: string; at: string }>`select a.n, a.device_id, s.slot::int as slot, x.v::text as v, x.at from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as a(n int, device_id uuid, points jsonb, back_s int) cross join unnest(${slots.map((ms) => new Date(ms).toISOString())}::timestamptz[]) with ordinality as s(at, slot)
    cross join lateral (select m.v, m.at from jsonb_array_elements_text(a.points) as p(point) cross join lateral (select m.v, m.at from iot.sample m where m.company_id = ${c} and m.device_id = a.device_id and m.point = p.point and m.at <= s.at and m.at > s.at - make_interval(secs => a.back_s) and m.q in ('good','substituted') order by m.at desc limit 1) m order by m.at desc limit 1) x`.execute(scope.db)
  const found = new Map(rows.map((r) => [`${r.n} ${r.device_id} ${r.slot}`, r]))
  const fires = slots.flatMap((ms, i) => devices.flatMap((d) => {
    const j = judge(t, (term, n) => {
      const r = found.get(`${n} ${term.device_id ?? d.device_id} ${i + 1}`)
      return { v: r && term.on.kind === 'is' ? Number(r.v) : null, silent_s: r ? (ms - Date.parse(r.at)) / 1000 : term.on.kind === 'no_data' ? term.on.for_s : 0 }
    })
    if (j.met !== 'yes') return []
    const seen = j.seen.map((x, n) => atSeen(t.terms[n]!, x.look, t.terms[n]!.device_id === null ? undefined : others.get(t.terms[n]!.device_id!), model)).join(';')
    return [{ device_name: d.name, at: new Date(ms).toISOString(), facts: seen || '到时刻' }]
  }))
  return { rows: fires.slice(-FIRES_SHOWN).reverse(), fire_count: fires.length, sample_count: slots.length, cut: slots.length < all.length }
}
export const slotAnswers = [
  answer(iot.ruleSlots, async (scope, o) => {
    const c = scope.company_id
    const [page, n] = await Promise.all([
      sql<SlotRow>`select x.slot_at, x.at, x.missed, x.fired_count, x.unmet_count, x.unknown_count, coalesce((select jsonb_agg(jsonb_build_object('device_id', l.device_id, 'device_name', d.name, 'met', l.met, 'text', l.text) order by l.met = 'no', d.name collate iot.natural)
          from jsonb_to_recordset(x.lines) as l(device_id uuid, met text, text text) join iot.device d on d.company_id = ${c} and d.device_id = l.device_id where ${devicesSeenBy(scope)}), '[]') as lines
        from iot.rule_slot x where x.company_id = ${c} and x.rule_id = ${o.rule_id} order by x.slot_at desc limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from iot.rule_slot where company_id = ${c} and rule_id = ${o.rule_id}`.execute(scope.db),
    ])
    return { rows: page.rows, total: n.rows[0]!.n }
  }),
]
