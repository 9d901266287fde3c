// The life of an order as ONE table: from which states an action leads where, and who may do it. Every entry point goes through `judge`;
// machine.test.ts tries every state × action × actor.
import { ACTIONS, STATES, type Action, type State } from './contract.ts'

/**
 * dispatcher: right to dispatch at the order's place. worker: right to work there. assignee: whom it was given to. reporter: the resident
 * whose order it is. system: the clock.
 */
export const ACTORS = ['dispatcher', 'worker', 'assignee', 'reporter', 'system'] as const
export type Actor = (typeof ACTORS)[number]

interface Transition {
  from: readonly State[]
  /** 'back': where it stood before it was suspended. 'same': nothing moves, it is only noted. */
  to: State | 'back' | 'same'
  who: readonly Actor[]
}
const ACTIVE: readonly State[] = ['assigned', 'accepted', 'working', 'suspended']
export const TRANSITIONS: Readonly<Record<Action, Transition>> = {
  assign: { from: ['waiting', ...ACTIVE], to: 'assigned', who: ['dispatcher', 'system'] },
  take: { from: ['waiting'], to: 'accepted', who: ['worker'] },
  accept: { from: ['assigned'], to: 'accepted', who: ['assignee'] },
  give_back: { from: ['assigned', 'accepted'], to: 'waiting', who: ['assignee'] },
  arrive: { from: ['accepted'], to: 'working', who: ['assignee'] },
  finish: { from: ['working'], to: 'finished', who: ['assignee'] },
  suspend: { from: ['accepted', 'working'], to: 'suspended', who: ['assignee'] },
  resume: { from: ['suspended'], to: 'back', who: ['assignee'] },
  transfer: { from: ACTIVE, to: 'assigned', who: ['assignee'] },
  help: { from: ['accepted', 'working', 'suspended'], to: 'same', who: ['assignee'] },
  cancel: { from: ['waiting', 'assigned', 'accepted', 'suspended'], to: 'cancelled', who: ['dispatcher', 'reporter'] },
  decline: { from: ['waiting'], to: 'declined', who: ['dispatcher'] },
  urge: { from: ['waiting', ...ACTIVE], to: 'same', who: ['reporter'] },
  rate: { from: ['finished', 'closed'], to: 'closed', who: ['reporter'] },
  close: { from: ['finished'], to: 'closed', who: ['dispatcher', 'system'] },
  reopen: { from: ['finished', 'closed'], to: 'waiting', who: ['dispatcher', 'reporter'] },
}

export interface Facts {
  state: State
  /** Where it stood when it was suspended. */
  before: 'accepted' | 'working' | null
  rated: boolean
  /** Still within the days in which an order may be opened again. */
  reopenable: boolean
  /** Orders may be taken by whoever comes first. */
  hall: boolean
}
export type Verdict = { ok: true; to: State } | { ok: false; code: 'kernel.forbidden' | 'orders.wrong_state' | 'orders.taken' | 'orders.rated' | 'orders.reopen_late' | 'orders.no_hall' }

export function judge(o: Facts, action: Action, actors: readonly Actor[]): Verdict {
  const t = TRANSITIONS[action]
  if (!t.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  if (!t.from.includes(o.state)) return { ok: false, code: action === 'take' && ACTIVE.includes(o.state) ? 'orders.taken' : 'orders.wrong_state' }
  if (action === 'take' && !o.hall) return { ok: false, code: 'orders.no_hall' }
  if (action === 'rate' && o.rated) return { ok: false, code: 'orders.rated' }
  if (action === 'reopen' && !o.reopenable) return { ok: false, code: 'orders.reopen_late' }
  if (t.to === 'same') return { ok: true, to: o.state }
  if (t.to === 'back') return { ok: true, to: o.before ?? 'accepted' }
  return { ok: true, to: t.to }
}

/** The answers that travel with an order: true, or why not. */
export function canOf(o: Facts, actors: readonly Actor[]): Record<Action, true | string> {
  return Object.fromEntries(ACTIONS.map((a) => [a, ((v) => (v.ok ? true : v.code))(judge(o, a, actors))])) as Record<Action, true | string>
}
export const OPEN = ['waiting', ...ACTIVE] as const satisfies readonly State[]
export const isOver = (s: State): boolean => !OPEN.includes(s as 'waiting')
export { STATES }
