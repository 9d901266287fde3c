import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packetGuard } from './guard.ts'
import { readEvents, readTelemetry } from './message.ts'

const packet = (length: number): Uint8Array => {
  const head = [0x32]
  let n = length
  do {
    head.push((n % 128) | (n >= 128 ? 128 : 0))
    n = Math.floor(n / 128)
  } while (n > 0)
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 0x61)])
}
test('packets of any size up to the limit pass, however they are cut; one byte more does not', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 }), fc.boolean(), (sizes, cuts, spoil) => {
    const all = Buffer.concat([...sizes, ...(spoil ? [1001] : [])].map(packet))
    const good = packetGuard(1000)
    let at = 0
    let passed = true
    for (let i = 0; at < all.length && passed; i++) {
      const n = cuts[i % cuts.length]!
      passed = good(all.subarray(at, at + n))
      at += n
    }
    return passed === !spoil
  }))
})
test('a length of five bytes is malformed', () => expect(packetGuard(1e12)(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01))).toBe(false))

test('random bytes and random JSON never throw', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map((s) => new Uint8Array(Buffer.from(s)))), (body) => {
    readTelemetry(body, 1e12, 120_000)
    readEvents(body, 1e12, 120_000, () => 'x')
    return true
  }))
})
test('a clock that runs ahead is not believed, an old value is a replay (H10)', () => {
  const now = 1_790_000_000_000
  const read = (o: object) => { const r = readTelemetry(Buffer.from(JSON.stringify(o)), now, 120_000); return r.ok ? r.items[0]! : null }
  expect(read({ ts: now + 10 * 60_000, temp: 1 })).toMatchObject({ at_ms: now, own_time: false, replay: false })
  expect(read({ ts: now - 10 * 60_000, temp: 1 })).toMatchObject({ at_ms: now - 600_000, own_time: true, replay: true })
  expect(read({ ts: now, values: { temp: 21.55, ok: true, bad: 'x' } })).toMatchObject({ values: [['temp', 21.55], ['ok', 1]] })
})
