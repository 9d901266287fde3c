// Every state × every action × every actor, against a list that is written here a second time by hand.
import { expect, test } from 'vitest'
import { APPLICATION_ACTIONS, APPLICATION_ACTORS, APPLICATION_STATES, judgeApplication, type ApplicationFacts, type ApplicationState } from './service_machine.ts'

const facts = (state: ApplicationState, o: Partial<ApplicationFacts> = {}): ApplicationFacts => ({ state, more_steps: false, permit: true, over: false, ...o })
const all = (o: Partial<ApplicationFacts>): string[] => APPLICATION_STATES.flatMap((s) => APPLICATION_ACTIONS.flatMap((a) => APPLICATION_ACTORS.flatMap((w) => { const v = judgeApplication(facts(s, o), a, [w]); return v.ok ? [`${s} ${a} ${w} ${v.to}`] : [] }))).toSorted()

test('each state × each action × each actor, with a permit and without', () => {
  const both = ['deciding reject decider rejected', 'deciding cancel applicant cancelled', 'deciding cancel clerk cancelled', 'approved cancel applicant cancelled', 'approved cancel clerk cancelled', 'approved expire system expired']
  expect(all({})).toEqual([...both, 'deciding approve decider approved', 'approved use gate used'].toSorted())
  expect(all({ more_steps: true })).toEqual([...both, 'deciding approve decider deciding', 'approved use gate used'].toSorted())
  expect(all({ permit: false })).toEqual([...both, 'deciding approve decider approved', 'approved finish clerk done', 'approved finish decider done'].toSorted())
})
test('a permit is good once and in its hours', () => {
  expect(judgeApplication(facts('used'), 'use', ['gate'])).toEqual({ ok: false, code: 'care.permit_used' })
  expect(judgeApplication(facts('approved', { over: true }), 'use', ['gate'])).toEqual({ ok: false, code: 'care.permit_over' })
  expect(judgeApplication(facts('expired'), 'use', ['gate'])).toEqual({ ok: false, code: 'care.permit_over' })
  expect(judgeApplication(facts('cancelled'), 'use', ['gate'])).toEqual({ ok: false, code: 'care.application_state' })
  expect(judgeApplication(facts('approved', { permit: false }), 'use', ['gate'])).toEqual({ ok: false, code: 'care.no_permit' })
  for (const s of APPLICATION_STATES) for (const a of APPLICATION_ACTIONS) expect(judgeApplication(facts(s), a, []).ok).toBe(false)
})
