// Every state × action × actor against the sentences of the trade, written out here once more.
import { expect, test } from 'vitest'
import { ACTIONS, STATES, type Action, type State } from './contract.ts'
import { ACTORS, judge, type Actor, type Facts } from './machine.ts'

const facts = (state: State, o: Partial<Facts> = {}): Facts => ({ state, own: false, report_missing: false, reported_out: false, ...o })
/** action → who → state before → state after. What is not written is refused. */
const RIGHT: Record<Action, Partial<Record<Actor, Partial<Record<State, State>>>>> = {
  take: { manager: { reported: 'handling' }, handler: { reported: 'handling' } },
  assign: { manager: { reported: 'handling', handling: 'handling' } },
  note: { manager: { reported: 'reported', handling: 'handling' }, assignee: { reported: 'reported', handling: 'handling' }, reporter: { reported: 'reported', handling: 'handling' } },
  change: { manager: { reported: 'reported', handling: 'handling' }, assignee: { reported: 'reported', handling: 'handling' } },
  report_out: Object.fromEntries((['manager', 'assignee', 'reporter'] as const).map((a) => [a, { reported: 'reported', handling: 'handling', review: 'review', closed: 'closed' }])),
  submit: { manager: { handling: 'review' }, assignee: { handling: 'review' } },
  approve: { manager: { review: 'closed' } },
  return: { manager: { review: 'handling' } },
  void: { manager: { reported: 'void', handling: 'void' } },
  reopen: { manager: { closed: 'handling' } },
}
test('every state × action × actor', () => {
  for (const state of STATES) for (const action of ACTIONS) for (const actor of ACTORS) {
    const to = RIGHT[action][actor]?.[state]
    const v = judge(facts(state), action, [actor])
    expect(v.ok ? v.to : 'no', `${state} ${action} ${actor}`).toBe(to ?? 'no')
  }
})
test('nobody without a part in it moves it', () => {
  for (const state of STATES) for (const action of ACTIONS) expect(judge(facts(state), action, [])).toEqual({ ok: false, code: 'kernel.forbidden' })
})
test('who submitted it does not review it', () => {
  for (const action of ['approve', 'return'] as const) expect(judge(facts('review', { own: true }), action, ['manager'])).toEqual({ ok: false, code: 'safety.own_review' })
})
test('what must be reported is reported before it is submitted; what was reported is no false alarm', () => {
  expect(judge(facts('handling', { report_missing: true }), 'submit', ['assignee'])).toEqual({ ok: false, code: 'safety.report_first' })
  expect(judge(facts('handling', { reported_out: true }), 'void', ['manager'])).toEqual({ ok: false, code: 'safety.void_reported' })
})
