// The life of a task as ONE table: from which states an action leads where, and who may do it. Every entry point, the phone's late ones too, goes
// through `judge`; machine.test.ts tries every state × action × actor.
import { ACTIONS, STATES, type Action, type State } from '../../shapes.ts'

/** worker: right to work at the place, and of the crew. reviewer: right to review there. doer: did it. system: the clock. */
export const ACTORS = ['worker', 'reviewer', 'doer', 'system'] as const
export type Actor = (typeof ACTORS)[number]
interface Transition {
  from: readonly State[]
  /** 'walked': by how much of the route is done and whether something is doubtful. 'passed': done, or let off when nothing was walked. */
  to: State | 'walked' | 'passed'
  who: readonly Actor[]
}
export const TRANSITIONS: Readonly<Record<Action, Transition>> = {
  // What was walked in time without network arrives after the clock has called it missed.
  record: { from: ['waiting', 'doing', 'missed'], to: 'walked', who: ['worker'] },
  skip: { from: ['waiting', 'doing', 'missed'], to: 'review', who: ['worker'] },
  pass: { from: ['review'], to: 'passed', who: ['reviewer'] },
  reject: { from: ['review', 'done'], to: 'rejected', who: ['reviewer'] },
  redo: { from: ['missed', 'rejected'], to: 'waiting', who: ['reviewer'] },
  // Put off (or brought forward) with a reason: nobody has begun.
  move: { from: ['waiting'], to: 'waiting', who: ['reviewer'] },
  cancel: { from: ['waiting'], to: 'cancelled', who: ['reviewer'] },
  miss: { from: ['waiting', 'doing'], to: 'missed', who: ['system'] },
}
export interface Facts {
  state: State
  /** Every stop of the route has its record, the one that is written now too. */
  complete: boolean
  /** Something is skipped or looks wrong: a second person decides. */
  doubtful: boolean
  /** At least one stop was walked. */
  walked: boolean
  /** The limit has passed: a task that is not complete stays missed. */
  over: boolean
}
export type Verdict = { ok: true; to: State } | { ok: false; code: 'kernel.forbidden' | 'rounds.wrong_state' | 'rounds.own_work' }
export function judge(f: Facts, action: Action, actors: readonly Actor[]): Verdict {
  const t = TRANSITIONS[action]
  if (!t.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  if (!t.from.includes(f.state)) return { ok: false, code: 'rounds.wrong_state' }
  if ((action === 'pass' || action === 'reject') && actors.includes('doer')) return { ok: false, code: 'rounds.own_work' }
  if (t.to === 'walked') return { ok: true, to: f.complete ? (f.doubtful ? 'review' : 'done') : f.over ? 'missed' : 'doing' }
  if (t.to === 'passed') return { ok: true, to: f.walked ? 'done' : 'waived' }
  return { ok: true, to: t.to }
}
export const canOf = (f: Facts, actors: readonly Actor[]): Record<Action, true | string> => Object.fromEntries(ACTIONS.map((a) => [a, ((v) => (v.ok ? true : v.code))(judge(f, a, actors))])) as Record<Action, true | string>
export { STATES }
