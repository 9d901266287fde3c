// Every state × every action × every set of actors, against a list of what is allowed that is written here a second time by hand.
import { expect, test } from 'vitest'
import { ACTIONS, STATES, type Action, type State } from './contract.ts'
import { ACTORS, TRANSITIONS, judge, type Actor, type Facts } from './machine.ts'

const facts = (state: State, o: Partial<Facts> = {}): Facts => ({ state, accepted: state === 'handling', rated: false, reopenable: true, visit_first: false, own: false, ...o })
/** 'state action actors → state', all that there is. */
const ALLOWED = new Set(
  [
    'new assign manager,system assigned', 'assigned assign manager,system assigned', 'handling assign manager,system assigned',
    'new accept handler handling', 'assigned accept assignee,member handling', 'assigned release assignee,member new', 'handling release assignee new',
    'assigned note assignee,manager assigned', 'handling note assignee,manager handling', 'answered note assignee,manager answered', 'handling answer assignee answered',
    'answered visit_good visitor closed', 'answered visit_bad visitor assigned', 'answered visit_missed visitor answered', 'answered close manager,system closed',
    'answered reopen manager,reporter assigned', 'closed reopen manager,reporter assigned', 'new reject manager rejected',
    'new withdraw manager,reporter withdrawn', 'assigned withdraw manager,reporter withdrawn', 'handling withdraw manager,reporter withdrawn',
    'new merge manager merged', 'assigned merge manager merged', 'handling merge manager merged', 'assigned extend manager assigned', 'handling extend manager handling',
    'new urge reporter new', 'assigned urge reporter assigned', 'handling urge reporter handling', 'new add reporter new', 'assigned add reporter assigned', 'handling add reporter handling', 'answered add reporter answered',
    'answered rate_good reporter closed', 'closed rate_good reporter closed', 'answered rate_bad reporter answered', 'closed rate_bad reporter closed',
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
        // Who may do it somewhere hears of the state, who may do it nowhere that he may not.
        else if (!TRANSITIONS[action].who.includes(actor)) expect(v.code, line).toBe('kernel.forbidden')
        else if (TRANSITIONS[action].from.includes(state)) expect(v.code, line).toBe('kernel.forbidden')
        else expect(v.code, line).toBe(action === 'accept' && state === 'handling' ? 'care.taken' : 'care.wrong_state')
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

test('rated once, opened again in time, closed after somebody was asked, never by the one who handled it', () => {
  expect(judge(facts('closed', { rated: true }), 'rate_bad', ['reporter'])).toEqual({ ok: false, code: 'care.rated' })
  expect(judge(facts('closed', { reopenable: false }), 'reopen', ['reporter'])).toEqual({ ok: false, code: 'care.reopen_late' })
  expect(judge(facts('answered', { visit_first: true }), 'close', ['manager'])).toEqual({ ok: false, code: 'care.visit_first' })
  for (const a of ['visit_good', 'visit_bad', 'visit_missed'] as const) expect(judge(facts('answered', { own: true }), a, [...ACTORS])).toEqual({ ok: false, code: 'care.own_visit' })
  expect(judge(facts('handling', { own: true }), 'extend', ['manager', 'assignee'])).toEqual({ ok: false, code: 'care.own_extend' })
})

test('every state but the ends is left again, and every state is reached', () => {
  const reached = new Set<string>(['new'])
  for (let n = 0; n < STATES.length; n++)
    for (const s of reached) for (const a of ACTIONS) for (const w of ACTORS) {
      const v = judge(facts(s as State), a as Action, [w])
      if (v.ok) reached.add(v.to)
    }
  expect([...reached].toSorted()).toEqual([...STATES].toSorted())
  for (const s of STATES) expect(ACTIONS.some((a) => judge(facts(s), a, [...ACTORS]).ok && TRANSITIONS[a].to !== 'same'), s).toBe(!['merged', 'withdrawn', 'rejected'].includes(s))
})
