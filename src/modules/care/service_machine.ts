// The life of an application as ONE table; service_machine.test.ts tries every state × action × actor.
export const APPLICATION_STATES = ['deciding', 'approved', 'rejected', 'cancelled', 'used', 'done', 'expired'] as const
export type ApplicationState = (typeof APPLICATION_STATES)[number]
export const APPLICATION_ACTIONS = ['approve', 'reject', 'cancel', 'use', 'finish', 'expire'] as const
export type ApplicationAction = (typeof APPLICATION_ACTIONS)[number]
/** decider: right to decide there, or of the department whose turn it is. clerk: right to enter applications there. gate: right to check at the gate there. */
export const APPLICATION_ACTORS = ['decider', 'clerk', 'gate', 'applicant', 'system'] as const
export type ApplicationActor = (typeof APPLICATION_ACTORS)[number]

interface Transition {
  from: readonly ApplicationState[]
  /** 'next': the next step decides, after the last one it is approved. */
  to: ApplicationState | 'next'
  who: readonly ApplicationActor[]
}
export const APPLICATION_TRANSITIONS: Readonly<Record<ApplicationAction, Transition>> = {
  approve: { from: ['deciding'], to: 'next', who: ['decider'] },
  reject: { from: ['deciding'], to: 'rejected', who: ['decider'] },
  cancel: { from: ['deciding', 'approved'], to: 'cancelled', who: ['applicant', 'clerk'] },
  use: { from: ['approved'], to: 'used', who: ['gate'] },
  finish: { from: ['approved'], to: 'done', who: ['clerk', 'decider'] },
  expire: { from: ['approved'], to: 'expired', who: ['system'] },
}
export interface ApplicationFacts {
  state: ApplicationState
  /** The step whose turn it is has others after it. */
  more_steps: boolean
  /** A permit for the gate comes of it; else something is handed over. */
  permit: boolean
  /** The permit's hours are over. */
  over: boolean
}
export type ApplicationVerdict = { ok: true; to: ApplicationState } | { ok: false; code: 'kernel.forbidden' | 'care.application_state' | 'care.permit_used' | 'care.permit_over' | 'care.no_permit' }
export function judgeApplication(o: ApplicationFacts, action: ApplicationAction, actors: readonly ApplicationActor[]): ApplicationVerdict {
  const t = APPLICATION_TRANSITIONS[action]
  if (!t.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  if (action === 'use' && o.state === 'used') return { ok: false, code: 'care.permit_used' }
  if (action === 'use' && (o.state === 'expired' || (o.state === 'approved' && o.over))) return { ok: false, code: 'care.permit_over' }
  if (!t.from.includes(o.state)) return { ok: false, code: 'care.application_state' }
  if (action === 'use' && !o.permit) return { ok: false, code: 'care.no_permit' }
  if (action === 'finish' && o.permit) return { ok: false, code: 'care.application_state' }
  return { ok: true, to: t.to === 'next' ? (o.more_steps ? 'deciding' : 'approved') : t.to }
}
export const canApplication = (o: ApplicationFacts, actors: readonly ApplicationActor[]): Record<ApplicationAction, true | string> =>
  Object.fromEntries(APPLICATION_ACTIONS.map((a) => [a, ((v) => (v.ok ? true : v.code))(judgeApplication(o, a, actors))])) as Record<ApplicationAction, true | string>
