// The states of a device as ONE table (machine.test.ts tries every state × action). Scrapped is the end: a device that comes back is another one.
import { ACTIONS, STATES, type Action, type State } from '../../shapes.ts'

export const TRANSITIONS: Readonly<Record<Action, { from: readonly State[]; to: State }>> = {
  use: { from: ['stopped', 'repair'], to: 'in_use' },
  stop: { from: ['in_use', 'repair'], to: 'stopped' },
  repair: { from: ['in_use', 'stopped'], to: 'repair' },
  scrap: { from: ['in_use', 'stopped', 'repair'], to: 'scrapped' },
}
export type Verdict = { ok: true; to: State } | { ok: false; code: 'equipment.wrong_state' }
export function judge(state: State, action: Action): Verdict {
  const t = TRANSITIONS[action]
  return t.from.includes(state) ? { ok: true, to: t.to } : { ok: false, code: 'equipment.wrong_state' }
}
export const canOf = (state: State, may: boolean): Record<Action, true | string> =>
  Object.fromEntries(ACTIONS.map((a) => [a, may ? ((v) => (v.ok ? true : v.code))(judge(state, a)) : 'kernel.forbidden'])) as Record<Action, true | string>
export { ACTIONS, STATES }
