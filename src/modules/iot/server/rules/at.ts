// How it is at one moment: the terms of a rule by the clock. Pure; what nobody knows is neither so nor not so.
import type { AtTerm, ScheduleTrigger } from '../../contract.ts'

export type Met = 'yes' | 'no' | 'unknown'
/** Of the device of a term: its point as it is known now (null: not known), and how long it has said nothing. */
export interface Look {
  v: number | null
  silent_s: number
}
const not = (m: Met): Met => (m === 'unknown' ? m : m === 'yes' ? 'no' : 'yes')
function holds(on: AtTerm['on'], l: Look): Met {
  if (on.kind === 'no_data') return l.silent_s >= on.for_s ? 'yes' : 'no'
  if (l.v === null) return 'unknown'
  return (on.op === 'equal' ? l.v === on.value : on.op === 'above' ? l.v > on.value : l.v < on.value) ? 'yes' : 'no'
}
/** All of the terms, or one of them. A term that is not known leaves it open unless the others decide. */
export function judge(t: Pick<ScheduleTrigger, 'all' | 'terms'>, look: (term: AtTerm, n: number) => Look): { met: Met; seen: { met: Met; look: Look }[] } {
  const seen = t.terms.map((term, n) => {
    const l = look(term, n)
    const m = holds(term.on, l)
    return { met: term.not ? not(m) : m, look: l }
  })
  const of = seen.map((s) => s.met)
  const decides: Met = t.all ? 'no' : 'yes'
  if (of.includes(decides)) return { met: decides, seen }
  if (of.includes('unknown')) return { met: 'unknown', seen }
  return { met: t.all || of.length === 0 ? 'yes' : 'no', seen }
}
