// The clock grid: month ends, leap days, the turn of the year, midnight in Shanghai, for everything in the money that takes a day.
import { spawnSync } from 'node:child_process'
import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { addDays, dayOf, daysBetween } from '../../src/kernel/clock.ts'
import { withDatabase } from '../global.ts'
import { DAYS, INSTANTS, cut, feeOf, table } from './clock_table.ts'

test('comes out the same in every time zone of the machine', () => {
  const here = JSON.stringify(table())
  for (const TZ of ['UTC', 'Asia/Shanghai', 'America/Los_Angeles', 'Australia/Lord_Howe']) {
    const r = spawnSync(process.execPath, ['--experimental-strip-types', '--no-warnings', 'tests/proofs/clock_table.ts'], { env: { ...process.env, TZ, NODE_OPTIONS: '' }, encoding: 'utf8' })
    expect(r.stderr).toBe('')
    expect(r.stdout, TZ).toBe(here)
  }
})

test('the day of an instant is the day of Shanghai, in code and in the database', async () => {
  expect(INSTANTS.map((i) => dayOf(i))).toEqual(['2026-12-31', '2027-01-01', '2027-01-01', '2026-02-28', '2026-03-01', '2028-02-29', '2028-03-01', '2026-03-08', '2026-11-01', '2026-10-04'])
  const c = new pg.Client({ connectionString: withDatabase(inject('serverUrl'), inject('template')) })
  await c.connect()
  try {
    for (const zone of ['UTC', 'Asia/Shanghai', 'America/Los_Angeles']) {
      await c.query(`set timezone = '${zone}'`)
      for (const i of INSTANTS) {
        // As kernel/days.ts writes it.
        const { rows } = await c.query<{ ok: boolean }>(`select $1::timestamptz >= (($2::date + 0)::timestamp at time zone 'Asia/Shanghai') and $1::timestamptz < (($2::date + 1)::timestamp at time zone 'Asia/Shanghai') as ok`, [i, dayOf(i)])
        expect(rows[0]!.ok, `${i} in ${zone}`).toBe(true)
      }
    }
  } finally {
    await c.end()
  }
})

describe('a month cut at a day', () => {
  test.each(DAYS)('%s', (day) => {
    for (const proration of ['real_days', 'thirty_days']) {
      const { parts, whole } = cut(day, proration)
      expect(parts.reduce((a, b) => a + b, 0), proration).toBe(whole)
    }
    expect(cut(day, 'whole_month').parts).toEqual([cut(day, 'whole_month').whole])
  })
})

describe('a late fee from a due day', () => {
  test.each(DAYS)('%s', (due) => {
    // 1,000.03 yuan at 0.05 % a day: 50.0015 fen a day, rounded once.
    for (const n of [0, 1, 2, 28, 29, 30, 31, 59, 60, 365, 366]) expect(feeOf(due, addDays(due, n)), `${n} days`).toBe(Math.floor(50.0015 * n + 0.5))
    // Any split of the days charges what the whole does, and a clock that steps back takes nothing more.
    for (const [a, b] of [[1, 30], [29, 31], [31, 366]] as const) {
      const billed = feeOf(due, addDays(due, a))
      expect(billed + (feeOf(due, addDays(due, b)) - billed)).toBe(feeOf(due, addDays(due, b)))
      expect(Math.max(0, feeOf(due, addDays(due, a - 1)) - billed)).toBe(0)
    }
  })
})

describe('windows of a cycle', () => {
  const { windows, heating, limit, start } = table()
  test.each([0, 1, 2, 3])('number %i follow each other without a gap', (n) => {
    const list = windows[n]!.flatMap((w) => (w ? [w] : []))
    expect(list.length).toBe([36, 12, 6, 3][n])
    for (const [i, w] of list.entries()) {
      expect(w.days).toBe(daysBetween(w.from_on, w.to_on))
      if (i > 0) expect(w.from_on).toBe(list[i - 1]!.to_on)
    }
  })
  test('heating ends a day later in a leap year', () => {
    expect(heating.map((w) => w!.days)).toEqual([122, 121, 122])
  })
  test('three years from 29 February end on the 28th, an owner of the last day begins with the next month', () => {
    expect([limit[1], limit[12], limit[10]]).toEqual(['2027-02-28', '2031-02-28', '2029-12-31'])
    expect([start[1], start[10], start[11]]).toEqual([['2024-02-29', '2024-03-01'], ['2026-12-31', '2027-01-01'], ['2027-01-01', expect.stringMatching(/^2027-0[12]-01$/)]])
  })
})
