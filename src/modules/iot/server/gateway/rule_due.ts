// What sets a rule off once and is not said again — an event, a state that changes — and what passes a limit is noted in the transaction that stores and acknowledges it; the note goes in the
// one that does what the rule says. Whoever is killed in between finds it at the next start: what is written and told is made up for, what moves something is not, and is said. A limit that is
// still passed then is acted on with the next value (ADR 0554, 0580).
import { sql } from 'kysely'
import { minuteText } from '../../../../kernel/clock.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import type { OneTrigger } from '../../contract.ts'
import { step, type Input, type Memory, type Verdict } from '../rules/engine.ts'
import type { Rule } from './actor.ts'
import type { Known } from './registry.ts'
import type { Stored } from './pipeline.ts'

/** At one turn; what is left waits for the next. */
const AT_ONCE = 500
/** A deed that comes later than this after what set it off moves nothing any more. */
const LATE_MS = 60_000
export interface Note {
  due_id: string
  received_at: string
  /** Why nothing is moved any more; null while it is in time. */
  late: string | null
  /** What is said of it, besides that we were away. */
  told?: [name: string, text: string]
}
/** `facts`: it passes a limit, and this is why. */
export type Edge = { rule_id: string; name: string; input: Input & { was?: number | null; facts?: Verdict['facts'] } }
/** What rules will remember when those before it in its batch are judged. */
export type Foreseen = Map<string, Memory>
/** It has no time of its own and came right after a gap: it may have been kept meanwhile (line.ts). */
const UNDATED: Pick<Note, 'late' | 'told'> = { late: '未执行:时间不明', told: ['时间不明', '设备没有给出时间,刚恢复通信,可能是断线期间的内容;涉及动作的命令不执行'] }
export const doubtText = (): [name: string, text: string] => UNDATED.told!
/** The limits that this passes: judged as they will be when it is stored. What is in doubt ends nothing and is not remembered, unless it passes one. */
export function limitsOf(s: Stored, rules: readonly Rule[], foreseen: Foreseen, begun: (r: Rule) => Memory): Edge[] {
  const out: Edge[] = []
  for (const r of rules) {
    const t = r.body.trigger
    const v = t.kind === 'threshold' ? s.values.find(([point]) => point === t.point) : undefined
    if (!v) continue
    const key = `${r.rule_id} ${s.device.device_id}`
    const m = { ...(foreseen.get(key) ?? begun(r)) }
    m.recent = [...m.recent]
    const input = { kind: 'value' as const, point: v[0], v: v[1], at_ms: s.at_ms }
    const verdict = step(r.body, m, input)
    if (!s.doubt || verdict.does === 'fire') foreseen.set(key, m)
    if (verdict.does === 'fire') out.push({ rule_id: r.rule_id, name: v[0], input: { ...input, facts: verdict.facts } })
  }
  return out
}
/** Of what was stored, what rules must not miss. `name`: the point or the event. */
export function edgesOf(s: Stored, rules: readonly Rule[], groups: readonly Rule[]): Edge[] {
  const on = (t: OneTrigger): Edge['input'] | null => {
    if (t.kind === 'event') {
      const e = s.events.find((x) => x.kind === t.event)
      return e ? { kind: 'event', event: e.kind, at_ms: s.at_ms, active: e.payload['active'] !== false } : null
    }
    if (t.kind !== 'change') return null
    const v = s.values.find(([point, value, was]) => point === t.point && value === t.to && was !== null && was !== t.to)
    return v ? { kind: 'value', point: v[0], v: v[1], was: v[2], at_ms: s.at_ms } : null
  }
  const named = (rule_id: string, input: Edge['input'] | null): Edge[] => (input ? [{ rule_id, name: input.kind === 'event' ? input.event : input.kind === 'value' ? input.point : '', input }] : [])
  return [
    ...rules.flatMap((r) => (r.body.trigger.kind === 'event' || r.body.trigger.kind === 'change' ? named(r.rule_id, on(r.body.trigger)) : [])),
    ...groups.flatMap((r) => (r.body.trigger.kind === 'group' ? r.body.trigger.terms.flatMap((t) => (t.device_id === s.device.device_id ? named(r.rule_id, on(t.on)) : [])) : [])),
  ]
}
export const INSERT_RULE_DUE = `insert into iot.rule_due (company_id, due_id, rule_id, device_id, input, received_at) select $1::bigint, x.due_id, x.rule_id, x.device_id, x.input, $2::timestamptz from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::jsonb[]) as x(due_id, rule_id, device_id, input)
  where exists (select from iot.rule r where r.company_id = $1 and r.rule_id = x.rule_id)`
export interface DueRow {
  due_id: string
  rule_id: string
  device_id: string
  input: Edge['input']
  received_at: string
}
/** The longest waiting first. What was stored a moment ago is on its way to being acted on. */
export async function ruleDue(scope: Scope, before_ms: number): Promise<DueRow[]> {
  return (await sql<DueRow>`select due_id, rule_id, device_id, input, received_at from iot.rule_due where company_id = ${scope.company_id} and received_at < ${new Date(before_ms).toISOString()}::timestamptz order by received_at, due_id limit ${AT_ONCE}`.execute(scope.db)).rows
}
/** Nothing follows from it. */
export async function dropDue(scope: Scope, due_id: string): Promise<void> {
  await sql`delete from iot.rule_due where company_id = ${scope.company_id} and due_id = ${due_id}::uuid`.execute(scope.db)
}
export interface Late {
  why: string
  /** When what set it off was heard. */
  at: string
  told: [name: string, text: string]
}
/** Takes the note for the deed of this transaction: null where somebody has done it before. `late` where nothing may be moved any more. */
export async function takeRuleDue(scope: Scope, n: Note): Promise<{ late: Late | null } | null> {
  const { rows } = await sql<{ rule_id: string; device_id: string; limit: boolean }>`delete from iot.rule_due where company_id = ${scope.company_id} and due_id = ${n.due_id}::uuid returning rule_id, device_id, input ? 'facts' as limit`.execute(scope.db)
  const taken = rows[0]
  if (!taken) return null
  // Of a limit that is passed the newest word is the only one: those before it that could not be done are done with it.
  if (taken.limit) await sql`delete from iot.rule_due where company_id = ${scope.company_id} and rule_id = ${taken.rule_id}::uuid and device_id = ${taken.device_id}::uuid and input ? 'facts' and received_at <= ${n.received_at}::timestamptz`.execute(scope.db)
  const why = n.late ?? (Date.parse(scope.now) - Date.parse(n.received_at) > LATE_MS ? '未执行:轮到时已过时' : null)
  return { late: why === null ? null : { why, at: n.received_at, told: n.told ?? ['补记', `平台曾中断,收到于 ${minuteText(n.received_at)};涉及动作的命令不补发`] } }
}
/** The notes of one that was stored, by rule and by what set it off. */
export const noteKey = (rule_id: string, name: string): string => `${rule_id} ${name}`
export const noteOf = (s: Stored, d: Known, rule_id: string, name: string): Note | undefined => {
  const due_id = s.device === d ? s.due?.ids.get(noteKey(rule_id, name)) : undefined
  return due_id ? { due_id, received_at: s.due!.received_at, late: null, ...(s.doubt ? UNDATED : {}) } : undefined
}
