import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { productFen } from '../../../../kernel/money.ts'
import { decimal, readingAfter, settledOf, units, usageOf } from './usage.ts'

const dialAt = (n: bigint) => decimal(n)
const multipliers = fc.constantFrom('1', '30', '0.5', '1.3333', '120.25')

describe('usage', () => {
  it.each([
    [{ previous: '100', reading: '110' }, { ran: '10', usage: '10', carried_out: '0' }],
    [{ previous: '99990', reading: '12', rolled: true, whole_digits: 5 }, { ran: '22', usage: '22', carried_out: '0' }],
    [{ previous: '0', reading: '2.5', multiplier: '30' }, { ran: '75', usage: '75', carried_out: '0' }],
    [{ previous: '130', reading: '124' }, { ran: '-6', usage: '0', carried_out: '6' }],
    [{ previous: '124', reading: '134', carried_in: '6' }, { ran: '10', usage: '4', carried_out: '0' }],
    [{ previous: '124', reading: '134', carried_in: '-3' }, { ran: '10', usage: '13', carried_out: '0' }],
  ])('%j', (d, used) => expect(usageOf({ multiplier: '1', whole_digits: null, rolled: false, carried_in: '0', ...d })).toEqual(used))

  // A meter is a number that only grows; what is read of it is that number without the runs over, through whatever devices, with
  // estimates between and corrections after the bill. What was billed and what is still carried is always what ran.
  const step = fc.record({
    ran: fc.integer({ min: 0, max: 60_000_000 }), // ten-thousandths
    kind: fc.constantFrom('read' as const, 'read' as const, 'read' as const, 'estimate' as const, 'replace' as const, 'settle' as const),
    off: fc.integer({ min: -3_000_000, max: 9_000_000 }),
    start: fc.integer({ min: 0, max: 9_999_999 }),
  })
  it('adds up over any series of readings, runs over, replacements, estimates and late corrections', () => {
    fc.assert(
      fc.property(multipliers, fc.integer({ min: 4, max: 6 }), fc.integer({ min: 0, max: 99_999_999 }), fc.array(step, { minLength: 1, maxLength: 30 }), (multiplier, whole_digits, start, steps) => {
        const round = 10n ** BigInt(whole_digits + 4)
        let dial = BigInt(start) % round
        let previous = dial
        let carried = '0'
        let billed = 0n
        let ran = 0n // of all devices, in quantities
        const use = (reading: bigint, rolled: boolean) => {
          const u = usageOf({ previous: dialAt(previous), reading: dialAt(reading), multiplier, whole_digits, rolled, carried_in: carried })
          expect(units(u.usage)).toBeGreaterThanOrEqual(0n)
          billed += units(u.usage)
          ran += units(u.ran)
          carried = u.carried_out
          previous = reading
          return u
        }
        for (const s of steps) {
          const before = dial
          const next = (dial + BigInt(s.ran)) % round
          const rolled = dial + BigInt(s.ran) >= round
          if (s.kind === 'estimate') {
            const guess = before + BigInt(s.ran) + BigInt(s.off)
            if (rolled || guess < previous || guess >= round) continue
            use(guess, false)
            dial = next
          } else if (rolled && previous < next) {
            continue // an estimate stands in the way of telling the run over: people correct the estimate first
          } else if (s.kind === 'settle') {
            const wrong = previous + BigInt(s.ran)
            if (wrong >= round || rolled) continue
            const carried_in = carried
            const from = previous
            const u = use(wrong, false)
            const right = settledOf({ previous: dialAt(from), reading: dialAt(next), multiplier, whole_digits, rolled: false, carried_in }, u.usage)
            ran += units(right.ran) - units(u.ran)
            carried = right.carried_out
            previous = next
            dial = next
          } else {
            use(next, rolled && next < previous)
            dial = next
            if (s.kind === 'replace') {
              dial = BigInt(s.start)
              previous = dial
            }
          }
        }
        expect(billed).toBe(ran + units(carried))
      }),
      { numRuns: 1000 },
    )
  })

  it('telescopes: one reading at the end counts the same as many between', () => {
    fc.assert(
      fc.property(multipliers, fc.array(fc.integer({ min: 0, max: 999_999_999 }), { minLength: 2, maxLength: 20 }), (multiplier, list) => {
        const sorted = [...list].sort((a, b) => a - b).map((n) => dialAt(BigInt(n)))
        const dial = { multiplier, whole_digits: null, rolled: false, carried_in: '0' }
        const sum = sorted.slice(1).reduce((n, reading, i) => n + units(usageOf({ ...dial, previous: sorted[i]!, reading }).usage), 0n)
        expect(decimal(sum)).toBe(usageOf({ ...dial, previous: sorted[0]!, reading: sorted.at(-1)! }).usage)
      }),
      { numRuns: 500 },
    )
  })

  it('an estimate comes back as the usage that was asked, within what is read of a dial', () => {
    fc.assert(
      fc.property(fc.constantFrom('1', '30', '120'), fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 500_000 }), (multiplier, at, use) => {
        const { reading, rolled } = readingAfter(String(at), dialAt(BigInt(use) * 100n), multiplier, 5)
        const got = usageOf({ previous: String(at), reading, multiplier, whole_digits: 5, rolled, carried_in: '0' }).ran
        const gap = units(got) - BigInt(use) * 100n
        expect(gap <= 0n && -gap <= 10n * units(multiplier) / 10_000n + 10n).toBe(true)
      }),
    )
    expect(productFen([usageOf({ previous: '0', reading: '1.2345', multiplier: '1', whole_digits: null, rolled: false, carried_in: '0' }).usage, '4'])).toBe(494)
  })
})
