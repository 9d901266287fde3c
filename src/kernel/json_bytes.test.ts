import fc from 'fast-check'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { jsonBytes, lentUntilSent } from './json_bytes.ts'

const said = (v: unknown): string => {
  const { bytes, lent } = jsonBytes(v)
  const text = bytes.toString('utf8')
  const res = new EventEmitter()
  lentUntilSent(lent, res as unknown as ServerResponse)
  res.emit('finish')
  return text
}
const told = (v: unknown): string => Buffer.from(JSON.stringify(v)).toString('utf8')

test('the bytes are what JSON.stringify says, for any answer', () => {
  const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('物业费', '𠮷野家', '"\\\n\u2028', '\ud800'), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.date({ noInvalidDate: true }))
  const any = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('value'), { maxLength: 14 }), fc.dictionary(fc.string(), tie('value'), { maxKeys: 6 })),
  })).value
  fc.assert(fc.property(fc.oneof(fc.record({ rows: fc.array(any, { maxLength: 40 }), total: fc.integer() }), fc.array(any), fc.dictionary(fc.string(), any)), (v) => said(v) === told(v)), { numRuns: 200 })
})

test('what is deeper than looked into, what has no place in JSON, and what speaks for itself', () => {
  const rows = Array.from({ length: 30 }, (_, n) => ({ n, at: new Date(0), no: undefined, f: () => 1, list: [undefined, () => 1], tree: [[[[{ list: Array.from({ length: 20 }, (_x, i) => ({ i })) }]]]] }))
  expect(said({ rows, ten: Array.from({ length: 10 }, () => undefined) })).toBe(told({ rows, ten: Array.from({ length: 10 }, () => undefined) }))
  const speaking = { rows, toJSON: () => ({ short: '是' }) }
  expect(said(speaking)).toBe('{"short":"是"}')
  expect(said({ inner: speaking, rows })).toBe(told({ inner: speaking, rows }))
})

test('an answer larger than the buffer, up to its very end', () => {
  for (const size of [87_000, 87_340, 87_360, 87_380, 87_400, 262_000, 262_100, 262_144, 400_000]) {
    const v = { rows: Array.from({ length: 9 }, (_, n) => (n === 8 ? 'x'.repeat(size) : n)), total: 1 }
    expect(said(v) === told(v)).toBe(true)
  }
})

test('two answers under way lie in two buffers; one that was sent is used again', () => {
  const a = jsonBytes({ rows: Array.from({ length: 20 }, () => '甲') })
  const b = jsonBytes({ rows: Array.from({ length: 20 }, () => '乙') })
  expect(a.lent).not.toBe(b.lent)
  expect(a.bytes.toString()).toContain('甲')
  const res = new EventEmitter()
  lentUntilSent(a.lent, res as unknown as ServerResponse)
  expect(jsonBytes({ n: 1 }).lent).not.toBe(a.lent)
  res.emit('finish')
  expect(jsonBytes({ n: 1 }).lent).toBe(a.lent)
})
