import { expect, test } from 'vitest'
import { ACTIONS, STATES } from '../../shapes.ts'
import { ACTORS, judge, type Actor } from './machine.ts'

const SETS: Actor[][] = [[], ['giver'], ['successor'], [...ACTORS]]
test('each state × action × set of actors: only an open one moves, by the one it waits for, never to oneself', () => {
  const passed: string[] = []
  for (const state of STATES) for (const action of ACTIONS) for (const actors of SETS) {
    const v = judge(state, action, actors)
    if (v.ok) passed.push(`${state} ${action} ${actors.join('+')} → ${v.to}`)
    else if (state !== 'offered' && (action === 'withdraw' ? actors.includes('giver') : actors.includes('successor') && !actors.includes('giver'))) expect(v.code).toBe('duty.wrong_state')
  }
  expect(passed).toEqual(['offered take successor → taken', 'offered decline successor → declined', 'offered withdraw giver → withdrawn', 'offered withdraw giver+successor → withdrawn'])
})
test('why not is said as it is', () => {
  expect(judge('offered', 'take', ['giver', 'successor'])).toEqual({ ok: false, code: 'duty.own_handover' })
  expect(judge('offered', 'decline', [])).toEqual({ ok: false, code: 'duty.not_successor' })
  expect(judge('taken', 'withdraw', ['successor'])).toEqual({ ok: false, code: 'duty.not_yours' })
})
