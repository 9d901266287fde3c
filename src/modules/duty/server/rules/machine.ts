// The life of a handover as ONE table; every call goes through `judge`, and machine.test.ts tries every state × action × actors.
import type { Action, HandoverState } from '../../shapes.ts'

/** giver: signed to hand over. successor: on the roster of the shift that comes. */
export const ACTORS = ['giver', 'successor'] as const
export type Actor = (typeof ACTORS)[number]
const MOVES: Readonly<Record<Action, { to: HandoverState; who: Actor }>> = { take: { to: 'taken', who: 'successor' }, decline: { to: 'declined', who: 'successor' }, withdraw: { to: 'withdrawn', who: 'giver' } }
export type Verdict = { ok: true; to: HandoverState } | { ok: false; code: 'duty.wrong_state' | 'duty.not_successor' | 'duty.own_handover' | 'duty.not_yours' }
export function judge(state: HandoverState, action: Action, actors: readonly Actor[]): Verdict {
  const m = MOVES[action]
  // Whoever stands in both shifts hands over to somebody else of the next one.
  if (m.who === 'successor' && actors.includes('giver')) return { ok: false, code: 'duty.own_handover' }
  if (!actors.includes(m.who)) return { ok: false, code: m.who === 'giver' ? 'duty.not_yours' : 'duty.not_successor' }
  return state === 'offered' ? { ok: true, to: m.to } : { ok: false, code: 'duty.wrong_state' }
}
