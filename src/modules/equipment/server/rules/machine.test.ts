import { expect, test } from 'vitest'
import { ACTIONS, STATES, canOf, judge } from './machine.ts'

const WANTED: Record<string, string> = {
  'stopped use': 'in_use', 'repair use': 'in_use', 'in_use stop': 'stopped', 'repair stop': 'stopped', 'in_use repair': 'repair', 'stopped repair': 'repair', 'in_use scrap': 'scrapped', 'stopped scrap': 'scrapped', 'repair scrap': 'scrapped',
}
test('every state × action goes where the table says, or nowhere', () => {
  for (const s of STATES) for (const a of ACTIONS) {
    const v = judge(s, a)
    expect(v.ok ? v.to : undefined, `${s} ${a}`).toBe(WANTED[`${s} ${a}`])
    expect(canOf(s, true)[a] === true, `${s} ${a}`).toBe(v.ok)
    expect(canOf(s, false)[a]).toBe('kernel.forbidden')
  }
})
test('nothing leads out of scrapped', () => {
  for (const a of ACTIONS) expect(judge('scrapped', a).ok).toBe(false)
})
