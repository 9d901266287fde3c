import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame645 } from './dlt645.ts'
import { CONTROLS, readControl } from './dlt645_control.ts'
import { ask188, ask645, control645, modbusPdu, modbusRtu, modbusTcp, write188 } from './encode.ts'
import { decode } from './index.ts'
import { cut188, cut645, cutModbusTcp, type Cut } from './stream.ts'

const digits = (n: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }).map((d) => d.join(''))
test('what is asked can be read: address and identifier come back', () => {
  fc.assert(fc.property(digits(12), fc.constantFrom('00010000', '02010100', '02030000'), (a, id) => { const d = decode('dlt645-2007', ask645(a, 0x11, id)); return d.ok && d.address === a && d.items[0]!.id === id }))
  fc.assert(fc.property(digits(14), fc.integer({ min: 0, max: 255 }), (a, serial) => { const d = decode('cjt188', ask188(a, '901F', serial)); return d.ok && d.address === a && d.items[0]!.id === '901F' }))
  fc.assert(fc.property(fc.integer({ min: 1, max: 247 }), fc.integer({ min: 0, max: 65_535 }), (slave, at) => { const d = decode('modbus', modbusRtu(modbusPdu(slave, 3, at, 1))); return d.ok && d.address === String(slave) }))
})
test('what is told can be read: decode(encode(x)) is x', () => {
  const command = fc.record({ level: digits(2), password: digits(6), operator: digits(8), what: fc.constantFrom(...Object.keys(CONTROLS)), until: digits(12) })
  fc.assert(fc.property(digits(12), command, fc.nat(6), (a, c, preamble) => {
    const f = control645(a, c, preamble)
    const d = decode('dlt645-2007', f)
    expect(d).toMatchObject({ ok: true, address: a, control: '1C', items: [{ value: CONTROLS[c.what] }, {}, { value: c.level }, { value: c.operator }, { value: '******' }] })
    expect(readControl(frame645(f).data)).toEqual(c)
  }))
  fc.assert(fc.property(digits(14), fc.constantFrom([0x55, '开阀'], [0x99, '关阀'], [0x66, '厂家码 66'], [0x77, '厂家码 77']), fc.integer({ min: 0, max: 255 }), fc.boolean(), (a, [code, said], serial, high_first) => { const d = decode('cjt188', write188(a, 'A017', [code as number], serial, { high_first })); return d.ok && d.address === a && d.control === '04' && d.items[0]!.id === 'A017' && d.items[0]!.value === said }))
})
function all(cut: (b: Uint8Array) => Cut, pieces: Uint8Array[]): string[] {
  const out: string[] = []
  let held: Uint8Array = new Uint8Array(0)
  for (const p of pieces) {
    held = Buffer.concat([held, p])
    for (let c = cut(held); ; c = cut(held)) {
      held = c.rest
      if (!c.frame) break
      out.push(Buffer.from(c.frame).toString('hex'))
    }
  }
  return out
}
const KINDS: [string, (b: Uint8Array) => Cut, (n: number) => Uint8Array][] = [['645', cut645, (n) => ask645(String(n), 0x11, '00010000', n % 5)], ['188', cut188, (n) => ask188(String(n), '901F', n)], ['1CH', cut645, (n) => control645(String(n), { level: '02', password: '123456', operator: '00000001', what: '1A', until: '261128083015' }, n % 5)], ['A017', cut188, (n) => write188(String(n), 'A017', [0x99], n)], ['modbus', cutModbusTcp, (n) => modbusTcp(modbusPdu(1 + (n % 200), 3, n, 1), n)]]
test.each(KINDS)('random splits give the same frames: %s', (_name, cut, make) => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }), (ns, cuts) => {
    const whole = Buffer.concat(ns.map(make))
    const pieces: Uint8Array[] = []
    for (let at = 0, i = 0; at < whole.length; i++) {
      const n = cuts[i % cuts.length]!
      pieces.push(whole.subarray(at, at + n))
      at += n
    }
    expect(all(cut, pieces)).toEqual(all(cut, [whole]))
    return all(cut, pieces).length === ns.length
  }))
})
test('a spoilt byte never gives another value: the frame is refused or is for somebody else', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 255 }), (at, x) => {
    const body = [0x68, 1, 0, 0, 0, 0, 0, 0x68, 0x91, 8, 0x33, 0x33, 0x34, 0x33, 0x6b, 0x89, 0x67, 0x34]
    const good = Uint8Array.from([...body, body.reduce((t, b) => (t + b) % 256, 0), 0x16])
    expect(decode('dlt645-2007', good).items[0]!.value).toBe(13_456.38)
    if (at >= good.length) return true
    const spoilt = Uint8Array.from(good)
    spoilt[at] = spoilt[at]! ^ x
    const { frame } = cut645(spoilt)
    return frame === null || !decode('dlt645-2007', frame).ok || decode('dlt645-2007', frame).address !== decode('dlt645-2007', good).address
  }))
})
