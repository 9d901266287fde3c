// Each state × each action × each set of actors, against what is allowed as written here by hand.
import { expect, test } from 'vitest'
import { FINDING_ACTIONS, FINDING_ACTORS, FINDING_STATES, judgeFinding } from './finding_machine.ts'

const ALLOWED = ['open mend worker mended', 'mended close checker closed', 'mended close system closed', 'open close system closed', 'mended back checker open', 'open hand checker open', 'open tell worker open', 'mended tell worker mended', 'closed tell worker closed', 'open tell finder open', 'mended tell finder mended', 'closed tell finder closed']
test('each state × each action × each set of actors', () => {
  const seen = new Set<string>()
  for (let mask = 0; mask < 2 ** FINDING_ACTORS.length; mask++) {
    const who = FINDING_ACTORS.filter((_, i) => mask & (1 << i))
    for (const state of FINDING_STATES)
      for (const action of FINDING_ACTIONS) {
        const v = judgeFinding(state, action, who)
        const lines = ALLOWED.filter((l) => l.startsWith(`${state} ${action} `) && who.some((w) => l.split(' ')[2] === w))
        const own = (action === 'close' || action === 'back') && who.includes('mender')
        expect(v.ok, `${state} ${action} ${who.join()}`).toBe(lines.length > 0 && !own)
        if (v.ok && who.length === 1) seen.add(`${state} ${action} ${who[0]} ${v.to}`)
      }
  }
  expect([...seen].toSorted()).toEqual(ALLOWED.toSorted())
  expect(judgeFinding('mended', 'close', ['checker', 'mender'])).toEqual({ ok: false, code: 'rounds.own_work' })
  // What a repair order was made for is put right by it, and by no second one; whoever works there may still tell an authority.
  for (const action of FINDING_ACTIONS) expect(judgeFinding('open', action, ['worker', 'checker'], true).ok, action).toBe(action === 'tell')
  expect(judgeFinding('open', 'close', ['system'], true)).toEqual({ ok: true, to: 'closed' })
})
