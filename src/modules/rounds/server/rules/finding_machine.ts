// The life of a finding: open → mended → closed, or back to be mended again. Whoever put it right does not say that it is right.
export const FINDING_STATES = ['open', 'mended', 'closed'] as const
export type FindingState = (typeof FINDING_STATES)[number]
export const FINDING_ACTIONS = ['mend', 'close', 'back', 'hand', 'tell'] as const
export type FindingAction = (typeof FINDING_ACTIONS)[number]
/** worker: may work or review at the place. checker: may review there. mender: put it right. finder: found it. system: its repair order is finished. */
export const FINDING_ACTORS = ['worker', 'checker', 'mender', 'finder', 'system'] as const
export type FindingActor = (typeof FINDING_ACTORS)[number]
const MOVES: Readonly<Record<FindingAction, { from: readonly FindingState[]; to: FindingState | 'same'; who: readonly FindingActor[] }>> = {
  mend: { from: ['open'], to: 'mended', who: ['worker'] },
  close: { from: ['mended', 'open'], to: 'closed', who: ['checker', 'system'] },
  back: { from: ['mended'], to: 'open', who: ['checker'] },
  // To a repair order: it stays open until that is finished.
  hand: { from: ['open'], to: 'same', who: ['checker'] },
  // Told to an authority: whoever saw it may, also after it is over, for the receipt comes late.
  tell: { from: ['open', 'mended', 'closed'], to: 'same', who: ['worker', 'finder'] },
}
export type FindingVerdict = { ok: true; to: FindingState } | { ok: false; code: 'kernel.forbidden' | 'rounds.finding_state' | 'rounds.own_work' }
export function judgeFinding(state: FindingState, action: FindingAction, actors: readonly FindingActor[], by_order = false): FindingVerdict {
  const m = MOVES[action]
  if (!m.who.some((w) => actors.includes(w))) return { ok: false, code: 'kernel.forbidden' }
  // What is open is closed without mending only by the end of its repair order.
  if (!m.from.includes(state) || (action === 'close' && state === 'open' && !actors.includes('system'))) return { ok: false, code: 'rounds.finding_state' }
  // Its repair order puts it right, and no second one.
  if (by_order && (action === 'mend' || action === 'hand')) return { ok: false, code: 'rounds.finding_state' }
  if ((action === 'close' || action === 'back') && actors.includes('mender')) return { ok: false, code: 'rounds.own_work' }
  return { ok: true, to: m.to === 'same' ? state : m.to }
}
