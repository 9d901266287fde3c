import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PolicyData } from '../../shapes.ts'
import { drawOf, judgeVote, mostOf, splitByArea, voteProblem } from './split.ts'
import { ACTIONS, next, STATES } from './steps.ts'

const house = fc.record({ house_id: fc.uuid(), area_m2: fc.integer({ min: 0, max: 50_000 }).map((n) => `${Math.trunc(n / 100)}.${String(n % 100).padStart(2, '0')}`) })
const houses = fc.uniqueArray(house, { minLength: 1, maxLength: 60, selector: (h) => h.house_id }).filter((l) => l.some((h) => Number(h.area_m2) > 0))

describe('the split', () => {
  it('sums exactly, does not depend on the order, and is within a fen of the exact part', () => {
    fc.assert(
      fc.property(houses, fc.integer({ min: 1, max: 1_000_000_000 }), fc.integer(), (list, cost, seed) => {
        const a = splitByArea(cost, list)
        expect([...a.values()].reduce((x, y) => x + y, 0)).toBe(cost)
        const shuffled = [...list].sort((x, y) => ((x.house_id.charCodeAt(3) * 31 + seed) % 7) - ((y.house_id.charCodeAt(3) * 31 + seed) % 7))
        expect(new Map([...splitByArea(cost, shuffled)].sort())).toEqual(new Map([...a].sort()))
        const hundredths = (m2: string) => BigInt(m2.replace('.', ''))
        const sum = list.reduce((x, h) => x + hundredths(h.area_m2), 0n)
        for (const h of list) {
          const off = BigInt(a.get(h.house_id)!) * sum - BigInt(cost) * hundredths(h.area_m2)
          expect(off < sum && off > -sum).toBe(true)
        }
      }),
    )
  })
  it('a share is paid by the account as far as it goes, the rest by the owner', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (share, balance) => {
      const d = drawOf(share, balance)
      expect(d.drawn_fen + d.owed_fen).toBe(share)
      expect(d.drawn_fen <= balance && d.owed_fen >= 0).toBe(true)
      expect(d.owed_fen === 0 || d.drawn_fen === balance).toBe(true)
    }))
  })
  it('ten per cent over 30,000.05 is 33,000.05', () => expect(mostOf(3_000_005, 1000)).toBe(3_300_005))
})

describe('the vote', () => {
  const p = { vote_method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3 } as PolicyData
  const v = { base_count: 30, base_m2: '3000', joined_count: 20, joined_m2: '2000', yes_count: 11, yes_m2: '1000.01', objected_count: 9, objected_m2: '999.99' }
  it('holds the edges: two thirds joined is enough, half of the yes is not, and both heads and area count', () => {
    expect(judgeVote(p, v).passed).toBe(true)
    expect(judgeVote(p, { ...v, joined_count: 19, yes_count: 19 }).passed).toBe(false)
    expect(judgeVote(p, { ...v, joined_m2: '1999.99', yes_m2: '1999' }).passed).toBe(false)
    expect(judgeVote(p, { ...v, yes_count: 10 }).passed).toBe(false)
    expect(judgeVote(p, { ...v, yes_m2: '1000' }).passed).toBe(false)
  })
  it('by objection, silence is consent and a third of all stops it', () => {
    const o = { ...p, vote_method: 'objection' as const }
    expect(judgeVote(o, { ...v, joined_count: 9, joined_m2: '999.99', yes_count: 0, yes_m2: '0' }).passed).toBe(true)
    expect(judgeVote(o, { ...v, objected_count: 10 }).passed).toBe(false)
    expect(judgeVote(o, { ...v, objected_m2: '1000' }).passed).toBe(false)
  })
  it('knows numbers that cannot be', () => {
    expect(voteProblem(v)).toBe(false)
    expect(voteProblem({ ...v, joined_count: 31 })).toBe(true)
    expect(voteProblem({ ...v, yes_m2: '2000.01' })).toBe(true)
    expect(voteProblem({ ...v, objected_count: 10 })).toBe(true)
  })
})

describe('the steps', () => {
  const roads = (path: 'ordinary' | 'emergency') => STATES.flatMap((s) => ACTIONS.flatMap((a) => { const to = next(path, s, a); return to ? [`${s} ${a} ${to}`] : [] }))
  it('are exactly these', () => {
    const both = [
      'draft edit draft', 'draft cancel cancelled', 'asked approve approved', 'approved contract contracted', 'approved cancel cancelled', 'contracted pay contracted', 'contracted accept accepted', 'contracted reapply draft', 'accepted pay accepted', 'accepted settle settled', 'accepted reapply draft',
      'settled pay settled', 'settled share shared', 'shared pay shared', 'shared unshare settled', 'shared book booked', 'booked pay booked', 'posted cancel cancelled', 'passed cancel cancelled', 'failed cancel cancelled',
    ]
    expect(roads('ordinary').sort()).toEqual([...both, 'draft post posted', 'posted pass passed', 'posted fail failed', 'posted revise draft', 'passed ask asked', 'passed revise draft', 'failed revise draft', 'asked drop passed'].sort())
    expect(roads('emergency').sort()).toEqual([...both, 'draft ask asked', 'asked drop draft'].sort())
  })
  it('nothing leaves booked but a payment, and no money moves before approval', () => {
    for (const path of ['ordinary', 'emergency'] as const) {
      expect(ACTIONS.filter((a) => next(path, 'booked', a))).toEqual(['pay'])
      expect(ACTIONS.filter((a) => next(path, 'cancelled', a))).toEqual([])
      for (const s of ['draft', 'posted', 'passed', 'failed', 'asked', 'approved'] as const) expect(next(path, s, 'pay')).toBeNull()
    }
  })
})
