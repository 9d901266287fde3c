// A clock that is off, set back, moved between two checks; a way that is too fast; a code that was photographed. And honest walks stay clean.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clockFlags, codeOf, doneAt, proofFlags, wayFlags, type Seen } from './fakes.ts'
import { codeAt, newSecret, stepAt, verify } from './rotating.ts'

const at = (minutes: number): string => new Date(Date.parse('2026-11-26T14:00:00Z') + minutes * 60_000).toISOString()
const BOOT = '00000000-0000-4000-8000-000000000001'
const OTHER = '00000000-0000-4000-8000-000000000002'
const seen = (o: Partial<Omit<Seen, 'device'>> & { device?: Partial<Seen['device']> } = {}): Seen => ({
  device_at: at(60), received_at: at(61), skew_minutes: 5, last: null, stop_before: null, travel_seconds: 0, ordered: false, later_walked: false, ...o,
  device: { boot: BOOT, mono_ms: 3_600_000, seq: 2, went_back: false, sync: { server_at: at(0), device_at: at(0), boot: BOOT, mono_ms: 0 }, ...o.device },
})

test('an honest walk has no flag, whatever the phone is off by within the limit, sent at once or hours later', () => {
  fc.assert(
    fc.property(fc.integer({ min: -290, max: 290 }), fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 2000 }), fc.boolean(), (off_s, walked, waits, restarted) => {
      const device = (m: number) => new Date(Date.parse(at(m)) + off_s * 1000).toISOString()
      const s = seen({
        device_at: device(walked), received_at: at(walked + waits),
        device: { boot: restarted ? OTHER : BOOT, mono_ms: walked * 60_000, sync: { server_at: at(0), device_at: device(0), boot: BOOT, mono_ms: 0 } },
        last: { device_at: device(walked - 1), done_at: at(walked - 1), boot: restarted ? OTHER : BOOT, mono_ms: (walked - 1) * 60_000, seq: 1 },
      })
      expect(clockFlags(s)).toEqual([])
      expect(Math.abs(Date.parse(doneAt(s)) - Date.parse(at(walked)))).toBeLessThan(1000)
    }),
  )
})

test('a phone that slept in the pocket is not doubted, though its monotonic clock stood still', () => {
  expect(clockFlags(seen({ device_at: at(60), device: { mono_ms: 600_000 }, last: { device_at: at(10), done_at: at(10), boot: BOOT, mono_ms: 500_000, seq: 1 } }))).toEqual([])
})

test('a clock set back or forth is seen: against the server, against the monotonic clock, against the order of records', () => {
  expect(clockFlags(seen({ device: { sync: { server_at: at(0), device_at: at(-120), boot: BOOT, mono_ms: 0 } }, device_at: at(-60) }))).toContain('clock_off')
  // Two hours back after the first record, the app still running.
  expect(clockFlags(seen({ device_at: at(-60), last: { device_at: at(59), done_at: at(59), boot: BOOT, mono_ms: 3_540_000, seq: 1 } }))).toEqual(expect.arrayContaining(['clock_back', 'clock_moved']))
  // The app started anew in between: the order still tells.
  expect(clockFlags(seen({ device_at: at(-60), device: { boot: OTHER, mono_ms: 10 }, last: { device_at: at(59), done_at: at(59), boot: BOOT, mono_ms: 3_540_000, seq: 1 } }))).toEqual(['clock_back'])
  // Put forth: a walk at a time that has not come.
  expect(clockFlags(seen({ device_at: at(180), device: { boot: OTHER, mono_ms: 10 }, received_at: at(61) }))).toEqual(['clock_off'])
  expect(clockFlags(seen({ device: { went_back: true } }))).toEqual(['clock_back'])
})

test('too fast for the way, or against the order', () => {
  const way = { stop_before: { done_at: at(59) }, travel_seconds: 180 }
  expect(wayFlags(seen(way), at(60))).toEqual(['too_fast'])
  expect(wayFlags(seen(way), at(62))).toEqual([])
  expect(wayFlags(seen({ ordered: true, later_walked: true }), at(60))).toEqual(['out_of_order'])
  expect(wayFlags(seen({ ordered: true, stop_before: { done_at: at(70) } }), at(60))).toEqual(['out_of_order'])
})

test('what proves that somebody stood there', () => {
  const p = { proof: 'scan' as const, code: 'ABCD2345', nfc_id: '04:A1:B2:C3' }
  const digits = (d: string) => (d === '111111' ? 'ok' as const : d === '222222' ? 'stale' as const : 'wrong' as const)
  const of = (proof: 'scan' | 'nfc' | 'screen' | 'none', given: 'scan' | 'nfc' | 'screen' | 'typed' | 'none', code: string | null) => proofFlags({ ...p, proof }, { proof: given, code }, digits)
  expect(of('scan', 'scan', 'HY1:ABCD2345')).toEqual({ ok: true, flags: [] })
  expect(of('scan', 'typed', 'abcd 2345')).toEqual({ ok: true, flags: [] })
  expect(of('scan', 'scan', 'HY1:ZZZZ2345').flags).toEqual(['wrong_code'])
  expect(of('scan', 'none', null).flags).toEqual(['no_proof'])
  expect(of('nfc', 'nfc', '04a1b2c3')).toEqual({ ok: true, flags: [] })
  expect(of('nfc', 'nfc', '04a1b2c4').flags).toEqual(['wrong_nfc'])
  expect(of('nfc', 'typed', 'ABCD2345').flags).toEqual(['no_proof'])
  expect(of('screen', 'screen', 'HY2:ABCD2345:111111')).toEqual({ ok: true, flags: [] })
  expect(of('screen', 'screen', 'HY2:ABCD2345:222222').flags).toEqual(['stale_code'])
  expect(of('screen', 'typed', 'ABCD2345').flags).toEqual(['no_proof'])
  expect(of('none', 'none', null)).toEqual({ ok: true, flags: [] })
  expect(codeOf('HY2:ABCD2345:111111')).toEqual({ code: 'ABCD2345', digits: '111111' })
})

test('a code of the screen holds for its moment, and a photograph of it says when it was taken', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }), fc.integer({ min: 15, max: 600 }), (s, seconds) => {
      const secret = newSecret()
      const shown = codeAt(secret, stepAt(s * 1000, seconds))
      expect(shown).toMatch(/^\d{6}$/)
      expect(verify(secret, shown, s * 1000 + seconds * 1000, seconds)).toEqual({ ok: true })
      const later = verify(secret, shown, (s + seconds * 10) * 1000, seconds)
      // Six digits repeat by chance once in a million.
      if (!later.ok) expect(later.shown_at).not.toBeNull()
    }),
    { numRuns: 60 },
  )
})
