// The road of a use: which step leads from which state to which. Ordinary: proposal, posting, vote, approval, contract, works, settlement,
// split, booking. Emergency (应急维修): approval first, no vote; what was done is posted with the split.
export const STATES = ['draft', 'posted', 'passed', 'failed', 'asked', 'approved', 'contracted', 'accepted', 'settled', 'shared', 'booked', 'cancelled'] as const
export type State = (typeof STATES)[number]
export type Path = 'ordinary' | 'emergency'
export const ACTIONS = ['edit', 'post', 'pass', 'fail', 'ask', 'approve', 'drop', 'contract', 'pay', 'accept', 'settle', 'share', 'unshare', 'book', 'revise', 'reapply', 'cancel'] as const
export type Action = (typeof ACTIONS)[number]

type Road = Partial<Record<State, State>>
const BOTH: Partial<Record<Action, Road>> = {
  edit: { draft: 'draft' },
  approve: { asked: 'approved' },
  contract: { approved: 'contracted' },
  pay: { contracted: 'contracted', accepted: 'accepted', settled: 'settled', shared: 'shared', booked: 'booked' },
  accept: { contracted: 'accepted' },
  settle: { accepted: 'settled' },
  share: { settled: 'shared' },
  unshare: { shared: 'settled' },
  book: { shared: 'booked' },
  reapply: { contracted: 'draft', accepted: 'draft' },
  cancel: { draft: 'cancelled', posted: 'cancelled', passed: 'cancelled', failed: 'cancelled', approved: 'cancelled' },
}
const OWN: Record<Path, Partial<Record<Action, Road>>> = {
  ordinary: { post: { draft: 'posted' }, pass: { posted: 'passed' }, fail: { posted: 'failed' }, ask: { passed: 'asked' }, drop: { asked: 'passed' }, revise: { posted: 'draft', failed: 'draft', passed: 'draft' } },
  emergency: { ask: { draft: 'asked' }, drop: { asked: 'draft' } },
}
/** Where the step leads, or null when it cannot be taken. */
export const next = (path: Path, state: State, action: Action): State | null => (BOTH[action] ?? OWN[path][action])?.[state] ?? null
