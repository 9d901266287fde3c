// The life of an incident as ONE table; every entry point goes through `judge`; machine.test.ts tries every state × action × actor.
import { ACTIONS, type Action, type State } from './contract.ts'

/** manager: right to manage at the place. handler: right to handle there. assignee: whom it was given to. reporter: whoever reported it. */
export const ACTORS = ['manager', 'handler', 'assignee', 'reporter'] as const
export type Actor = (typeof ACTORS)[number]
interface Transition {
  from: readonly State[]
  to: State | 'same'
  who: readonly Actor[]
}
export const OPEN = ['reported', 'handling', 'review'] as const satisfies readonly State[]
export const TRANSITIONS: Readonly<Record<Action, Transition>> = {
  take: { from: ['reported'], to: 'handling', who: ['handler', 'manager'] },
  assign: { from: ['reported', 'handling'], to: 'handling', who: ['manager'] },
  note: { from: ['reported', 'handling'], to: 'same', who: ['assignee', 'manager', 'reporter'] },
  change: { from: ['reported', 'handling'], to: 'same', who: ['assignee', 'manager'] },
  // A call to the police is noted by whoever made it, before anybody has taken the incident, and after it is closed when the receipt comes late.
  report_out: { from: ['reported', 'handling', 'review', 'closed'], to: 'same', who: ['assignee', 'manager', 'reporter'] },
  submit: { from: ['handling'], to: 'review', who: ['assignee', 'manager'] },
  approve: { from: ['review'], to: 'closed', who: ['manager'] },
  return: { from: ['review'], to: 'handling', who: ['manager'] },
  void: { from: ['reported', 'handling'], to: 'void', who: ['manager'] },
  reopen: { from: ['closed'], to: 'handling', who: ['manager'] },
}
export interface Facts {
  state: State
  /** Whoever calls is the one who submitted it. */
  own: boolean
  /** A report to an authority is due by rule and none is noted. */
  report_missing: boolean
  /** It was reported to an authority: no false alarm any more. */
  reported_out: boolean
}
export type Verdict = { ok: true; to: State } | { ok: false; code: 'kernel.forbidden' | 'safety.wrong_state' | 'safety.own_review' | 'safety.report_first' | 'safety.void_reported' }

export function judge(o: Facts, action: Action, actors: readonly Actor[]): Verdict {
  const t = TRANSITIONS[action]
  if (!t.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  if (!t.from.includes(o.state)) return { ok: false, code: 'safety.wrong_state' }
  if ((action === 'approve' || action === 'return') && o.own) return { ok: false, code: 'safety.own_review' }
  if (action === 'submit' && o.report_missing) return { ok: false, code: 'safety.report_first' }
  if (action === 'void' && o.reported_out) return { ok: false, code: 'safety.void_reported' }
  return { ok: true, to: t.to === 'same' ? o.state : t.to }
}
export const canOf = (o: Facts, actors: readonly Actor[]): Record<Action, true | string> => Object.fromEntries(ACTIONS.map((a) => [a, ((v) => (v.ok ? true : v.code))(judge(o, a, actors))])) as Record<Action, true | string>
