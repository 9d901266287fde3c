// A frame behind noise that has a start byte in it, and what a spoilt byte of a frame must never become.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, type Protocol } from './index.ts'
import { cut188, cut645 } from './stream.ts'

const sum = (b: readonly number[]): number => b.reduce((n, x) => (n + x) % 256, 0)
const closed = (b: readonly number[]): number[] => [...b, sum(b), 0x16]
const bcdByte = fc.integer({ min: 0, max: 99 }).map((n) => Number.parseInt(String(n), 16))
const bcdBytes = (n: number) => fc.array(bcdByte, { minLength: n, maxLength: n })
const on = (b: number): number => (b + 0x33) % 256
const meter2007 = fc.tuple(bcdBytes(6), bcdBytes(4)).map(([a, v]) => closed([0x68, ...a, 0x68, 0x91, 8, ...[0, 0, 1, 0, ...v].map(on)]))
const meter1997 = fc.tuple(bcdBytes(6), bcdBytes(4)).map(([a, v]) => closed([0x68, ...a, 0x68, 0x81, 6, ...[0x10, 0x90, ...v].map(on)]))
const water = fc.tuple(bcdBytes(7), bcdBytes(4), bcdBytes(4)).map(([a, v, w]) => closed([0x68, 0x10, ...a, 0x81, 22, 0x1f, 0x90, 0, ...v, 0x2c, ...w, 0x2c, 0x31, 0x01, 0x22, 0x11, 0x05, 0x15, 0x20, 0, 0]))
const KINDS: [Protocol, fc.Arbitrary<number[]>][] = [['dlt645-2007', meter2007], ['dlt645-1997', meter1997], ['cjt188', water]]
const read = (p: Protocol, b: readonly number[]) => decode(p, Uint8Array.from(b))

describe.each(KINDS)('%s', (protocol, frame) => {
  test('behind a start byte that is noise, behind several, and behind other noise, the frame is read as it is', () => {
    const length_at = protocol === 'cjt188' ? 10 : 9
    fc.assert(fc.property(frame, fc.array(fc.constantFrom(0x68, 0xfe, 0xff, 0x00, 0x55), { maxLength: 6 }), (f, noise) => {
      const all = [...noise, ...f]
      // Noise that is by chance the head of a frame of just this length stays what it says.
      fc.pre(noise.every((b, i) => b !== 0x68 || (all[i + length_at]! + length_at + 3 !== all.length - i && (protocol === 'cjt188' || all[i + 7] !== 0x68))))
      expect(read(protocol, [...noise, ...f])).toEqual(read(protocol, f))
      expect(read(protocol, f).ok).toBe(true)
    }))
    const [f] = fc.sample(frame, 1)
    expect(read(protocol, [0x68, ...f!])).toMatchObject({ ok: true, items: [expect.anything(), ...read(protocol, f!).items.slice(1)] })
  })
  test('one spoilt byte, with noise before it or not, never gives a value', () => {
    fc.assert(fc.property(frame, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.array(fc.constantFrom(0x68, 0xfe, 0x10), { maxLength: 3 }), (f, where, x, noise) => {
      const spoilt = f.map((b, i) => (i === where % f.length ? b ^ x : b))
      const d = read(protocol, [...noise, ...spoilt])
      return !d.ok && d.items.length === 0 && d.reason !== null
    }), { numRuns: 3000 })
  })
  test('nor does any burst of spoilt bytes under a sum that is not right', () => {
    fc.assert(fc.property(frame, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }), (f, where, burst) => {
      const at = where % f.length
      const spoilt = f.map((b, i) => (i >= at && i < at + burst.length ? burst[i - at]! : b))
      const d = read(protocol, spoilt)
      // What is right again (the burst is what was there, or its sum is) is a frame of somebody; nothing else is.
      return !d.ok || sum(spoilt.slice(spoilt.indexOf(0x68), -2)) === spoilt.at(-2)
    }), { numRuns: 3000, seed: 68 })
  })
})
test('within a frame that is spoilt nothing is looked for, though its data hold a whole one', () => {
  const inner = closed([0x68, 0x10, 1, 0, 0, 0, 0, 0, 0, 0x81, 8, 0x1f, 0x90, 0, 0x50, 0x12, 0, 0, 0x2c])
  expect(read('cjt188', inner)).toMatchObject({ ok: true, items: [{ value: 12.5 }] })
  // The outer ends with the inner one: length of the outer wrong, its head that of a meter.
  const outer = [0x68, 0x10, 2, 0, 0, 0, 0, 0, 0, 0x81, 99, 0x1f, 0x90, 0, ...inner]
  expect(read('cjt188', outer)).toMatchObject({ ok: false, items: [] })
  // The same behind something that cannot be a head is read.
  expect(read('cjt188', [0x68, 0xaa, 2, 0, 0, 0, 0, 0, 0, 0xaa, 99, ...inner])).toMatchObject({ ok: true, items: [{ value: 12.5 }] })
  // And only when it ends where the bytes end.
  expect(read('cjt188', [0x68, 0xaa, 2, 0, 0, 0, 0, 0, 0, 0xaa, 99, ...inner, 0x00, 0x16])).toMatchObject({ ok: false, items: [] })
  // What is wrong with the frame behind the noise is what is said.
  expect(read('cjt188', [0x68, ...inner.with(14, 0x51)]).reason).toContain('校验和不对')
})
test('on a bus a start byte of noise does not cost the answer behind it', () => {
  for (const [cut, frame] of [[cut645, meter2007], [cut188, water]] as const)
    fc.assert(fc.property(frame, fc.boolean(), (b, high) => { const f = high && cut === cut645 ? closed([...b.slice(0, 6), 0x68, ...b.slice(7, -2)]) : b; return Buffer.from(cut(Uint8Array.from([0x68, ...f])).frame ?? []).toString('hex') === Buffer.from(f).toString('hex') }))
})
