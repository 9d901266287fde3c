// Every state × every action × every set of actors × every fact, against a list of what is allowed that is written here a second time by hand.
import { expect, test } from 'vitest'
import { ACTIONS, STATES, type State } from '../../shapes.ts'
import { ACTORS, TRANSITIONS, canOf, judge, type Facts } from './machine.ts'

const facts = (state: State, o: Partial<Facts> = {}): Facts => ({ state, complete: false, doubtful: false, walked: true, over: false, ...o })
/** 'state action actor → state' for a task that is not complete, beyond doubt, walked, in time. */
const ALLOWED = [
  'waiting record worker doing', 'doing record worker doing', 'missed record worker doing',
  'waiting skip worker review', 'doing skip worker review', 'missed skip worker review',
  'review pass reviewer done', 'review reject reviewer rejected', 'done reject reviewer rejected',
  'missed redo reviewer waiting', 'rejected redo reviewer waiting', 'waiting cancel reviewer cancelled', 'waiting move reviewer waiting',
  'waiting miss system missed', 'doing miss system missed',
]

test('each state × each action × each actor', () => {
  const seen: string[] = []
  for (const state of STATES)
    for (const action of ACTIONS)
      for (const actor of ACTORS) {
        const v = judge(facts(state), action, [actor])
        if (v.ok) seen.push(`${state} ${action} ${actor} ${v.to}`)
        else expect(v.code, `${state} ${action} ${actor}`).toBe(TRANSITIONS[action].who.includes(actor) ? 'rounds.wrong_state' : 'kernel.forbidden')
      }
  expect(seen.toSorted()).toEqual(ALLOWED.toSorted())
})

test('hats add up, but nobody passes or rejects what he did himself', () => {
  for (let mask = 0; mask < 2 ** ACTORS.length; mask++) {
    const who = ACTORS.filter((_, i) => mask & (1 << i))
    for (const state of STATES)
      for (const action of ACTIONS) {
        const alone = who.some((w) => judge(facts(state), action, [w]).ok)
        const own = who.includes('doer') && (action === 'pass' || action === 'reject')
        expect(judge(facts(state), action, who).ok, `${state} ${action} ${who.join()}`).toBe(alone && !own)
      }
  }
  expect(judge(facts('review'), 'pass', ['reviewer', 'doer'])).toEqual({ ok: false, code: 'rounds.own_work' })
})

test('a record makes the task what is known of it, in every combination', () => {
  for (const state of ['waiting', 'doing', 'missed'] as const)
    for (const complete of [true, false])
      for (const doubtful of [true, false])
        for (const over of [true, false])
          for (const walked of [true, false]) {
            const to = complete ? (doubtful ? 'review' : 'done') : over ? 'missed' : 'doing'
            expect(judge(facts(state, { complete, doubtful, over, walked }), 'record', ['worker'])).toEqual({ ok: true, to })
          }
  expect(judge(facts('review', { walked: false }), 'pass', ['reviewer'])).toEqual({ ok: true, to: 'waived' })
})

test('every state is reached from waiting; waived and cancelled are ends, missed and rejected are not', () => {
  const reached = new Set<State>(['waiting'])
  for (let n = 0; n < STATES.length; n++)
    for (const s of [...reached])
      for (const a of ACTIONS)
        for (const w of ACTORS)
          for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
            const v = judge(facts(s, { complete: (bits & 1) > 0, doubtful: (bits & 2) > 0, walked: (bits & 4) > 0 }), a, [w])
            if (v.ok) reached.add(v.to)
          }
  expect([...reached].toSorted()).toEqual([...STATES].toSorted())
  const leaves = (s: State) => ACTIONS.filter((a) => ACTORS.some((w) => judge(facts(s), a, [w]).ok))
  expect(leaves('waived')).toEqual([])
  expect(leaves('cancelled')).toEqual([])
  expect(leaves('missed')).toEqual(['record', 'skip', 'redo'])
  expect(canOf(facts('waiting'), ['worker'])).toMatchObject({ record: true, skip: true, cancel: 'kernel.forbidden' })
})
