// The count by the Civil Code: both measures, each against its own base; "以上" holds at the number itself, "过半" does not.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MatterRule, Side } from '../../contract.ts'
import { fraction, ruleText } from '../../rule_text.ts'
import { belowLaw, centi, judge, ofCenti, percentOf } from './tally.ts'

const PLAIN: MatterRule = { matter: 'company', method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, inclusive: false }
const HEAVY: MatterRule = { ...PLAIN, matter: 'rebuild', pass_num: 3, pass_den: 4, inclusive: true }
const OBJECT: MatterRule = { ...PLAIN, matter: 'fund_use', method: 'objection', pass_num: 1, pass_den: 3, inclusive: true }
const s = (count: number, m2: string): Side => ({ count, m2 })
const of = (eligible: Side, agree: Side, oppose: Side, abstain: Side = s(0, '0')) => ({ eligible, agree, oppose, abstain })

test('two thirds of both take part, exactly is enough; one measure short is not', () => {
  expect(judge(PLAIN, of(s(3, '300.00'), s(2, '200.00'), s(0, '0')))).toMatchObject({ quorum_met: true, passed: true })
  expect(judge(PLAIN, of(s(3, '300.00'), s(2, '199.99'), s(0, '0')))).toMatchObject({ quorum_met: false, passed: false })
  expect(judge(PLAIN, of(s(4, '300.00'), s(2, '290.00'), s(0, '0')))).toMatchObject({ quorum_met: false, passed: false })
})
test('half is not more than half; three quarters are three quarters', () => {
  expect(judge(PLAIN, of(s(4, '400.00'), s(2, '250.00'), s(2, '150.00'))).passed).toBe(false)
  expect(judge(PLAIN, of(s(4, '400.00'), s(3, '200.00'), s(1, '200.00'))).passed).toBe(false)
  expect(judge(PLAIN, of(s(4, '400.00'), s(3, '200.01'), s(1, '199.99'))).passed).toBe(true)
  expect(judge(HEAVY, of(s(4, '400.00'), s(3, '300.00'), s(1, '100.00'))).passed).toBe(true)
  expect(judge(HEAVY, of(s(4, '400.00'), s(3, '299.99'), s(1, '100.01'))).passed).toBe(false)
})
test('who abstains takes part and does not say yes', () => {
  const c = of(s(3, '300.00'), s(1, '100.00'), s(0, '0'), s(1, '100.00'))
  expect(judge(PLAIN, c)).toMatchObject({ quorum_met: true, passed: false })
})
test('objections: a third of all is borne, more is not; nobody has to take part', () => {
  expect(judge(OBJECT, of(s(9, '900.00'), s(0, '0'), s(3, '300.00'))).passed).toBe(true)
  expect(judge(OBJECT, of(s(9, '900.00'), s(6, '600.00'), s(3, '300.01'))).passed).toBe(false)
  expect(judge(OBJECT, of(s(0, '0'), s(0, '0'), s(0, '0'))).passed).toBe(false)
})
test('says how it was counted, never rounding up to what was not reached', () => {
  expect(judge(PLAIN, of(s(3, '300.00'), s(2, '199.99'), s(0, '0'))).sentence).toBe('应参加 3 人、300.00 ㎡;参加 2 人(66.66%)、199.99 ㎡(66.66%),未都达到三分之二;同意 2 人(100.00%)、199.99 ㎡(100.00%),都超过参与者的半数;反对 0 人,弃权 0 人:参与不足,未通过。')
  expect([percentOf(2n, 3n), percentOf(0n, 0n), fraction(3, 4), fraction(1, 2), fraction(51, 100)]).toEqual(['66.66%', '0.00%', '四分之三', '半数', '51/100'])
  expect([ruleText(PLAIN), ruleText(HEAVY)]).toEqual(['三分之二以上的面积和人数参与,参与者中过半数的面积和人数同意', '三分之二以上的面积和人数参与,参与者中四分之三以上的面积和人数同意'])
})
test('no rule goes below the law', () => {
  expect([PLAIN, HEAVY, OBJECT].map(belowLaw)).toEqual([false, false, false])
  expect(belowLaw({ ...PLAIN, quorum_num: 1, quorum_den: 2 })).toBe(true)
  expect(belowLaw({ ...PLAIN, inclusive: true })).toBe(true)
  expect(belowLaw({ ...PLAIN, pass_num: 2, pass_den: 5 })).toBe(true)
  expect(belowLaw({ ...HEAVY, pass_num: 2, pass_den: 3 })).toBe(true)
  expect(belowLaw({ ...OBJECT, matter: 'rebuild' })).toBe(true)
  expect(belowLaw({ ...OBJECT, pass_num: 1, pass_den: 2 })).toBe(true)
  expect(belowLaw({ ...PLAIN, quorum_num: 4, quorum_den: 3 })).toBe(true)
})
test('areas stand in whole hundredths, and what is compared is not rounded', () => {
  expect([centi('98.5'), centi('98.50'), centi('0'), centi('120')]).toEqual([9850n, 9850n, 0n, 12000n])
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (n) => centi(ofCenti(n)) === n))
  // The majority of participants never depends on how many did not come, once the quorum is met.
  fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 250 }), (yes, no, away) => {
    const c = (all: number) => judge(PLAIN, of(s(all, `${all}.00`), s(yes, `${yes}.00`), s(no, `${no}.00`)))
    const [alone, more] = [c(yes + no), c(yes + no + Math.min(away, Math.floor((yes + no) / 2)))]
    return alone.passed === yes > no && more.passed === alone.passed
  }))
})
