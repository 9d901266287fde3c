// Several devices in one rule: terms joined by AND or OR, each perhaps turned round (NOT), within a window of time. Pure, like the rules of one device.
import type { GroupTrigger, RuleBody } from '../../contract.ts'
import { fresh, guarded, triggered, type Input, type Memory, type Verdict } from './engine.ts'

interface TermMemory {
  m: Memory
  /** It holds now. */
  on: boolean
  /** When it was last known to hold. */
  last_ms: number | null
  facts: Verdict['facts']
}
export interface GroupMemory extends Memory {
  terms: TermMemory[]
}
export const freshGroup = (t: GroupTrigger): GroupMemory => ({ ...fresh(), terms: t.terms.map(() => ({ m: fresh(), on: false, last_ms: null, facts: {} })) })
/** After a start: what the devices said last. Without it the first word of anybody would end what still holds. */
export function recall(t: GroupTrigger, m: GroupMemory, last: (device_id: string, point: string) => { v: number; at_ms: number } | undefined): void {
  for (const [n, { device_id, on }] of t.terms.entries()) {
    if (on.kind !== 'threshold' && on.kind !== 'change') continue
    const l = last(device_id, on.point)
    if (!l) continue
    const s = m.terms[n]!
    // Whether it was beyond long enough nobody knows any more; while the rule holds it is taken to have been.
    if (m.firing && on.kind === 'threshold' && (on.op === 'above' ? l.v > on.back : l.v < on.back)) Object.assign(s, { on: true, last_ms: l.at_ms, facts: { point: on.point, value: l.v }, m: { ...s.m, firing: true } })
    else feel(on, s, { kind: 'value', point: on.point, v: l.v, at_ms: l.at_ms })
  }
}
export interface GroupVerdict {
  does: Verdict['does']
  /** The terms that held, by their number. */
  met: { term: number; facts: Verdict['facts'] }[]
}
/** `input` of one device, or only the time: windows close without anybody speaking. */
export function stepGroup(rule: RuleBody, t: GroupTrigger, m: GroupMemory, device_id: string | null, input: Input): GroupVerdict {
  if (input.kind !== 'tick') t.terms.forEach((term, n) => (term.device_id === device_id ? feel(term.on, m.terms[n]!, input) : undefined))
  const held = (s: TermMemory): boolean => s.on || (s.last_ms !== null && input.at_ms - s.last_ms <= t.within_s * 1000)
  const true_of = t.terms.map((term, n) => held(m.terms[n]!) !== term.not)
  const whole = t.all ? true_of.every(Boolean) : true_of.some(Boolean)
  const met = t.terms.flatMap((term, n) => (true_of[n] && !term.not ? [{ term: n, facts: m.terms[n]!.facts }] : []))
  if (!whole) {
    const was = m.firing
    m.firing = false
    return { does: was ? 'clear' : null, met: [] }
  }
  if (m.firing) return { does: null, met }
  m.firing = true
  return { does: guarded(rule, m, { does: 'fire', facts: {} }, input.at_ms, false).does, met }
}
function feel(on: GroupTrigger['terms'][number]['on'], s: TermMemory, input: Input): void {
  if (on.kind === 'change') {
    // Among others it means that the state is so, not that it has just become so.
    if (input.kind !== 'value' || input.point !== on.point) return
    const is = input.v === on.to
    if (is || s.on) Object.assign(s, { on: is, last_ms: input.at_ms, facts: { point: on.point, value: input.v } })
    return
  }
  if (on.kind === 'event') {
    // Momentary: the window keeps it.
    if (input.kind === 'event' && input.event === on.event && input.active !== false) Object.assign(s, { last_ms: input.at_ms, facts: { event: on.event } })
    return
  }
  const v = triggered(on, s.m, input)
  // What holds was last seen holding now; the window counts from there when it ends.
  if (v.does === 'fire') Object.assign(s, { on: true, last_ms: input.at_ms, facts: v.facts })
  if (v.does === 'clear') Object.assign(s, { on: false, last_ms: input.at_ms })
}
