// The life of a complaint as ONE table: from which states an action leads where, and who may do it. Every entry point goes through `judge`;
// machine.test.ts tries every state × action × actor.
import { ACTIONS, STATES, type Action, type State } from './contract_complaint.ts'

/**
 * manager: right to manage at the complaint's place. handler: right to handle there. member: of the department it was given to. assignee: whom
 * it was given to or who accepted it. visitor: right to ask afterwards there. reporter: whoever brought it. system: the clock.
 */
export const ACTORS = ['manager', 'handler', 'member', 'assignee', 'visitor', 'reporter', 'system'] as const
export type Actor = (typeof ACTORS)[number]

interface Transition {
  from: readonly State[]
  /** 'same': nothing moves, it is only noted. */
  to: State | 'same'
  who: readonly Actor[]
}
export const OPEN = ['new', 'assigned', 'handling'] as const satisfies readonly State[]
export const TRANSITIONS: Readonly<Record<Action, Transition>> = {
  assign: { from: OPEN, to: 'assigned', who: ['manager', 'system'] },
  accept: { from: ['new', 'assigned'], to: 'handling', who: ['handler', 'member', 'assignee'] },
  release: { from: ['assigned', 'handling'], to: 'new', who: ['assignee', 'member'] },
  note: { from: ['assigned', 'handling', 'answered'], to: 'same', who: ['assignee', 'manager'] },
  answer: { from: ['handling'], to: 'answered', who: ['assignee'] },
  visit_good: { from: ['answered'], to: 'closed', who: ['visitor'] },
  visit_bad: { from: ['answered'], to: 'assigned', who: ['visitor'] },
  visit_missed: { from: ['answered'], to: 'same', who: ['visitor'] },
  close: { from: ['answered'], to: 'closed', who: ['manager', 'system'] },
  reopen: { from: ['answered', 'closed'], to: 'assigned', who: ['manager', 'reporter'] },
  reject: { from: ['new'], to: 'rejected', who: ['manager'] },
  withdraw: { from: OPEN, to: 'withdrawn', who: ['manager', 'reporter'] },
  merge: { from: OPEN, to: 'merged', who: ['manager'] },
  extend: { from: ['assigned', 'handling'], to: 'same', who: ['manager'] },
  urge: { from: OPEN, to: 'same', who: ['reporter'] },
  add: { from: [...OPEN, 'answered'], to: 'same', who: ['reporter'] },
  rate_good: { from: ['answered', 'closed'], to: 'closed', who: ['reporter'] },
  rate_bad: { from: ['answered', 'closed'], to: 'same', who: ['reporter'] },
}

export interface Facts {
  state: State
  /** Already accepted by somebody: who comes second hears so. */
  accepted: boolean
  rated: boolean
  /** Still within the days in which it may be opened again. */
  reopenable: boolean
  /** Somebody must have been asked before it is closed, and nobody was, and not tried often enough. */
  visit_first: boolean
  /** Whoever calls is the one who handles or answered it. */
  own: boolean
}
export type Verdict = { ok: true; to: State } | { ok: false; code: 'kernel.forbidden' | 'care.wrong_state' | 'care.taken' | 'care.rated' | 'care.reopen_late' | 'care.visit_first' | 'care.own_visit' | 'care.own_extend' }

const VISITS: readonly Action[] = ['visit_good', 'visit_bad', 'visit_missed']
/** What waits in the hall is anybody's; what was given away is for whom it was given to. */
const mayAccept = (state: State, actors: readonly Actor[]): boolean => (state === 'new' ? actors.includes('handler') : actors.includes('assignee') || actors.includes('member'))

export function judge(o: Facts, action: Action, actors: readonly Actor[]): Verdict {
  const t = TRANSITIONS[action]
  if (!t.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  if (!t.from.includes(o.state)) return { ok: false, code: action === 'accept' && o.accepted ? 'care.taken' : 'care.wrong_state' }
  if (action === 'accept' && !mayAccept(o.state, actors)) return { ok: false, code: 'kernel.forbidden' }
  if (action === 'release' && o.state === 'handling' && !actors.includes('assignee')) return { ok: false, code: 'kernel.forbidden' }
  if ((action === 'rate_good' || action === 'rate_bad') && o.rated) return { ok: false, code: 'care.rated' }
  if (action === 'reopen' && !o.reopenable) return { ok: false, code: 'care.reopen_late' }
  if (action === 'close' && o.visit_first) return { ok: false, code: 'care.visit_first' }
  if (VISITS.includes(action) && o.own) return { ok: false, code: 'care.own_visit' }
  if (action === 'extend' && o.own) return { ok: false, code: 'care.own_extend' }
  return { ok: true, to: t.to === 'same' ? o.state : t.to }
}

/** The answers that travel with a complaint: true, or why not. */
export function canOf(o: Facts, actors: readonly Actor[]): Record<Action, true | string> {
  return Object.fromEntries(ACTIONS.map((a) => [a, ((v) => (v.ok ? true : v.code))(judge(o, a, actors))])) as Record<Action, true | string>
}
export const isOpen = (s: State): boolean => (OPEN as readonly State[]).includes(s)
export { STATES }
