// Every state × every action × every set of actors, against a list of what is allowed that is written here a second time by hand.
import { expect, test } from 'vitest'
import { ACTIONS, STATES, type Action, type State } from './contract.ts'
import { ACTORS, TRANSITIONS, canOf, judge, type Actor, type Facts } from './machine.ts'

const facts = (state: State, o: Partial<Facts> = {}): Facts => ({ state, before: null, rated: false, reopenable: true, hall: true, ...o })
/** 'state action actor → state', all that there is. */
const ALLOWED = new Set(
  [
    'waiting assign dispatcher,system assigned', 'assigned assign dispatcher,system assigned', 'accepted assign dispatcher,system assigned', 'working assign dispatcher,system assigned', 'suspended assign dispatcher,system assigned',
    'waiting take worker accepted', 'assigned accept assignee accepted', 'assigned give_back assignee waiting', 'accepted give_back assignee waiting', 'accepted arrive assignee working', 'working finish assignee finished',
    'accepted suspend assignee suspended', 'working suspend assignee suspended', 'suspended resume assignee accepted',
    'assigned transfer assignee assigned', 'accepted transfer assignee assigned', 'working transfer assignee assigned', 'suspended transfer assignee assigned',
    'accepted help assignee accepted', 'working help assignee working', 'suspended help assignee suspended',
    'waiting cancel dispatcher,reporter cancelled', 'assigned cancel dispatcher,reporter cancelled', 'accepted cancel dispatcher,reporter cancelled', 'suspended cancel dispatcher,reporter cancelled', 'waiting decline dispatcher declined',
    'waiting urge reporter waiting', 'assigned urge reporter assigned', 'accepted urge reporter accepted', 'working urge reporter working', 'suspended urge reporter suspended',
    'finished rate reporter closed', 'closed rate reporter closed', 'finished close dispatcher,system closed',
    'finished reopen dispatcher,reporter waiting', 'closed reopen dispatcher,reporter waiting',
  ].flatMap((line) => {
    const [state, action, who, to] = line.split(' ') as [string, string, string, string]
    return who.split(',').map((w) => `${state} ${action} ${w} ${to}`)
  }),
)

test('each state × each action × each actor', () => {
  const seen = new Set<string>()
  for (const state of STATES)
    for (const action of ACTIONS)
      for (const actor of ACTORS) {
        const v = judge(facts(state), action, [actor])
        const line = `${state} ${action} ${actor} ${v.ok ? v.to : ''}`
        if (v.ok) seen.add(line)
        else expect(v.code, line).toBe(TRANSITIONS[action].who.includes(actor) ? (action === 'take' && ['assigned', 'accepted', 'working', 'suspended'].includes(state) ? 'orders.taken' : 'orders.wrong_state') : 'kernel.forbidden')
      }
  expect([...seen].toSorted()).toEqual([...ALLOWED].toSorted())
})

test('nobody may do anything, and several hats add up', () => {
  for (const state of STATES) for (const action of ACTIONS) expect(judge(facts(state), action, []).ok).toBe(false)
  for (let mask = 0; mask < 2 ** ACTORS.length; mask++) {
    const who = ACTORS.filter((_, i) => mask & (1 << i))
    for (const state of STATES) for (const action of ACTIONS) expect(judge(facts(state), action, who).ok).toBe(who.some((w: Actor) => judge(facts(state), action, [w]).ok))
  }
})

test('rated once, opened again in time, taken only where a hall is, resumed to where it stood', () => {
  expect(judge(facts('closed', { rated: true }), 'rate', ['reporter'])).toEqual({ ok: false, code: 'orders.rated' })
  expect(judge(facts('finished', { reopenable: false }), 'reopen', ['reporter'])).toEqual({ ok: false, code: 'orders.reopen_late' })
  expect(judge(facts('waiting', { hall: false }), 'take', ['worker'])).toEqual({ ok: false, code: 'orders.no_hall' })
  expect(judge(facts('suspended', { before: 'working' }), 'resume', ['assignee'])).toEqual({ ok: true, to: 'working' })
  expect(canOf(facts('waiting'), ['worker'])).toMatchObject({ take: true, accept: 'kernel.forbidden', assign: 'kernel.forbidden' })
})

test('every state but the ends is left again, and every state is reached', () => {
  const reached = new Set<string>(['waiting'])
  for (let n = 0; n < STATES.length; n++)
    for (const s of reached) for (const a of ACTIONS) for (const w of ACTORS) {
      const v = judge(facts(s as State), a as Action, [w])
      if (v.ok) reached.add(v.to)
    }
  expect([...reached].toSorted()).toEqual([...STATES].toSorted())
  for (const s of STATES) expect(ACTIONS.some((a) => judge(facts(s), a, [...ACTORS]).ok && TRANSITIONS[a].to !== 'same'), s).toBe(!['cancelled', 'declined'].includes(s))
})
