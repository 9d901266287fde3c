// Frames from published captures and from the standards' own examples; the rest are built here, byte by byte, by the standards' rules.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { control645, write188 } from './encode.ts'
import { crcOf } from './hj212.ts'
import { PROTOCOLS, decodeHex, type Decoded, type Protocol } from './index.ts'

const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex')
const values = (d: Decoded): unknown[] => d.items.map((i) => [i.id, i.value, i.unit])
const sum = (bytes: number[]): number => bytes.reduce((a, b) => a + b, 0) % 256
const text = (bytes: number[]): string => Buffer.from(bytes).toString('hex')
/** Bytes of a meter's answer, 33H added, sum and end made. */
function meter(address: number[], control: number, data: number[]): number[] {
  const frame = [0x68, ...address, 0x68, control, data.length, ...data.map((b) => (b + 0x33) % 256)]
  return [...frame, sum(frame), 0x16]
}
const A = [0x61, 0x01, 0, 0, 0, 0]
const dl07 = (di: number[], data: number[], control = 0x91): Decoded => decodeHex('dlt645-2007', text(meter(A, control, [...di, ...data])))

describe('DL/T 645-2007', () => {
  test('captures of a meter on a bus', () => {
    expect(decodeHex('dlt645-2007', '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16')).toEqual({ ok: true, reason: null, address: '000000000161', control: '91', items: [{ id: '00010000', name: '(当前)正向有功总电能', value: 0.26, unit: 'kWh' }] })
    expect(values(decodeHex('dlt645-2007', '68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 43 10 16'))).toEqual([['02010100', 100.1, 'V']])
    // The question, with preamble: it names what is asked and has no value.
    expect(decodeHex('dlt645-2007', 'FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 34 34 35 17 16')).toMatchObject({ ok: true, control: '11', items: [{ id: '02010100', name: 'A相电压', value: null }] })
  })
  test('blocks fall apart into their own identifiers', () => {
    expect(values(dl07([0, 0xff, 1, 0], [0x78, 0x56, 0x34, 0x12, 0x01, 0, 0, 0, 0x02, 0, 0, 0, 0x03, 0, 0, 0, 0x04, 0, 0, 0]))).toEqual([['00010000', 123456.78, 'kWh'], ['00010100', 0.01, 'kWh'], ['00010200', 0.02, 'kWh'], ['00010300', 0.03, 'kWh'], ['00010400', 0.04, 'kWh']])
    expect(values(dl07([0, 0xff, 1, 2], [0x05, 0x22, 0x10, 0x22, 0xff, 0xff]))).toEqual([['02010100', 220.5, 'V'], ['02010200', 221, 'V'], ['02010300', null, 'V']])
    expect(values(dl07([0, 0xff, 3, 2], [0x45, 0x23, 0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0]))[0]).toEqual(['02030000', -1.2345, 'kW'])
    expect(values(dl07([0xff, 5, 0, 4], Array.from({ length: 14 }, (_, n) => n)))[2]).toEqual(['04000503', '0504', ''])
  })
  test('signs, words, texts, times, money and the most that was drawn', () => {
    expect(values(dl07([0, 0, 0, 0], [0x50, 0x12, 0, 0x80]))).toEqual([['00000000', -12.5, 'kWh']])
    expect(values(dl07([0, 1, 2, 2], [0x34, 0x12, 0x80]))).toEqual([['02020100', -1.234, 'A']])
    expect(values(dl07([0, 0, 6, 2], [0x99, 0x09]))).toEqual([['02060000', 0.999, '']])
    expect(values(dl07([2, 0, 0x80, 2], [0x01, 0x50]))).toEqual([['02800002', 50.01, 'Hz']])
    expect(values(dl07([0, 2, 0x90, 0], [0x50, 0x88, 0, 0]))).toEqual([['00900200', 88.5, '元']])
    expect(values(dl07([1, 1, 0, 4], [0x04, 0x26, 0x11, 0x26]))).toEqual([['04000101', '2026-11-26', '']])
    expect(values(dl07([2, 1, 0, 4], [0x59, 0x30, 0x23]))).toEqual([['04000102', '23:30:59', '']])
    expect(values(dl07([0x0b, 4, 0, 4], [...Buffer.from('DDZY71')].reverse().concat([0, 0, 0, 0])))).toEqual([['0400040B', 'DDZY71', '']])
    expect(values(dl07([0, 0, 1, 1], [0x34, 0x12, 0, 0x15, 0x18, 0x26, 0x11, 0x26]))).toEqual([['01010000', 0.1234, 'kW'], ['01010000', '2026-11-26 18:15', '']])
  })
  test('a refusal of the meter is a right frame without items', () => {
    expect(decodeHex('dlt645-2007', text(meter(A, 0xd1, [0x02])))).toEqual({ ok: true, reason: '表计拒绝:无请求数据', address: '000000000161', control: 'D1', items: [] })
    expect(decodeHex('dlt645-2007', text(meter(A, 0xd1, [])))).toMatchObject({ ok: false, reason: '异常应答没有错误字' })
  })
  test('a trip with who says so and until when; the answer says that it was taken and no more (H7); a refusal says why', () => {
    // Built by hand from the table of 1CH: level 02, password 123456, operator 00000001, 1A, until 2026-11-28 08:30:15.
    const trip = meter(A, 0x1c, [0x02, 0x56, 0x34, 0x12, 0x01, 0, 0, 0, 0x1a, 0x00, 0x15, 0x30, 0x08, 0x28, 0x11, 0x26])
    const told = decodeHex('dlt645-2007', text(trip))
    expect(told).toMatchObject({ ok: true, control: '1C', items: [{ name: '控制命令', value: '跳闸' }, { name: '有效截止时间', value: '2026-11-28 08:30:15' }, { name: '密级', value: '02' }, { name: '操作者代码', value: '00000001' }, { name: '密码', value: '******' }] })
    expect(JSON.stringify(told)).not.toContain('123456')
    expect([...control645('161', { level: '02', password: '123456', operator: '00000001', what: '1A', until: '261128083015' }, 0)]).toEqual(trip)
    expect(decodeHex('dlt645-2007', text(meter(A, 0x9c, [])))).toMatchObject({ ok: true, control: '9C', items: [{ name: '控制命令应答', value: '已接受;是否动作看运行状态字 3' }] })
    expect(decodeHex('dlt645-2007', text(meter(A, 0xdc, [0x04])))).toMatchObject({ ok: true, control: 'DC', reason: '表计拒绝:密码错或未授权', items: [] })
    expect(decodeHex('dlt645-2007', text(meter(A, 0xdc, [0x08, 0x00])))).toMatchObject({ ok: true, reason: '表计拒绝:身份认证失败' })
    expect(decodeHex('dlt645-2007', text(meter(A, 0x1c, [2, 0x56, 0x34, 0x12, 1, 0, 0, 0, 0x1a, 0, 0x1f, 0x30, 8, 0x28, 0x11, 0x26])))).toMatchObject({ ok: false, items: [] })
    expect(decodeHex('dlt645-2007', text(meter(A, 0x1c, [2, 0x56, 0x34])))).toMatchObject({ ok: false, items: [] })
    expect(decodeHex('dlt645-2007', text(meter(A, 0x1c, [0x98, 0, 0, 0, 1, 0, 0, 0, ...Array.from({ length: 20 }, () => 7)])))).toMatchObject({ ok: true, items: [{ name: '控制命令', value: null }, { name: '密级' }, { name: '操作者代码' }] })
    expect(values(dl07([3, 5, 0, 4], [0x50, 0x10]))).toEqual([['04000503', '1050', ''], ['04000503.3', '禁止', ''], ['04000503.4', '断', ''], ['04000503.6', '断', ''], ['04000503.7', '无', ''], ['04000503.12', '保电', '']])
  })
  test('a digit above nine is refused under a right sum, and so is what does not fit (H7)', () => {
    expect(dl07([0, 0, 1, 0], [0x1a, 0, 0, 0])).toEqual({ ok: false, reason: '(当前)正向有功总电能含有不是 0 到 9 的数字(0000001A)', address: null, control: null, items: [] })
    expect(dl07([0, 0, 1, 0], [0x11, 0, 0])).toMatchObject({ ok: false, items: [] })
    expect(dl07([0, 0, 1, 0], [0x11, 0, 0, 0, 0, 0])).toMatchObject({ ok: false, items: [] })
    expect(dl07([0x77, 0x66, 0x55, 0x44], [1, 2])).toMatchObject({ ok: true, items: [{ id: '44556677', name: '', value: '0201' }] })
    expect(decodeHex('dlt645-2007', '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8B 16').reason).toBe('校验和不对:帧内 8B,应为 8A')
    expect(decodeHex('dlt645-2007', '68 61 01 00 00 00 00 68 91 08 33 33').reason).toContain('帧不完整')
    expect(decodeHex('dlt645-2007', '11 22').reason).toContain('起始符')
    expect(decodeHex('dlt645-2007', '6').reason).toContain('半个字节')
    expect(decodeHex('dlt645-2007', 'xyz').reason).toContain('十六进制')
  })
})

describe('DL/T 645-1997', () => {
  const dl97 = (di: number[], data: number[], control = 0x81): Decoded => decodeHex('dlt645-1997', text(meter(A, control, [...di, ...data])))
  test('a published capture, a block, and the instant values of the old table', () => {
    expect(decodeHex('dlt645-1997', '68 54 07 13 00 80 13 68 81 06 43 C3 34 33 33 33 2B 16')).toEqual({ ok: true, reason: null, address: '138000130754', control: '81', items: [{ id: '9010', name: '(当前)正向有功总电能', value: 0.01, unit: 'kWh' }] })
    expect(values(dl97([0x1f, 0x90], [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xaa]))).toEqual([['9010', 0.01, 'kWh'], ['9011', 0.02, 'kWh'], ['9012', 0.03, 'kWh']])
    expect(values(dl97([0x11, 0xb6], [0x21, 0x02]))).toEqual([['B611', 221, 'V']])
    expect(values(dl97([0x21, 0xb6], [0x50, 0x12]))).toEqual([['B621', 12.5, 'A']])
    expect(values(dl97([0x30, 0xb6], [0x45, 0x23, 0x01]))).toEqual([['B630', 1.2345, 'kW']])
    expect(values(dl97([0x10, 0xa0], [0x34, 0x12, 0]))).toEqual([['A010', 0.1234, 'kW']])
    expect(values(dl97([0x10, 0x91], [0x34, 0x12, 0, 0]))).toEqual([['9110', 12.34, 'kvarh']])
    expect(dl97([0x02], [], 0xc1)).toMatchObject({ ok: true, reason: '表计拒绝:数据标识错', items: [] })
  })
})

describe('CJ/T 188', () => {
  const frame = (kind: number, control: number, data: number[]): number[] => {
    const f = [0x68, kind, 0x44, 0x33, 0x22, 0x11, 0, 0x33, 0x78, control, data.length, ...data]
    return [...f, sum(f), 0x16]
  }
  const WATER = [0x00, 0x77, 0x66, 0x55, 0x2c, 0x12, 0x30, 0, 0, 0x2c, 0x31, 0x01, 0x22, 0x11, 0x05, 0x15, 0x20, 0x21, 0x84]
  test('the most copied sample of the web has a wrong sum, and is refused; with the right one it is read', () => {
    const copied = 'FE FE FE FE 68 10 44 33 22 11 00 33 78 81 16 1F 90 00 00 77 66 55 2C 00 77 66 55 2C 31 01 22 11 05 15 20 21 84 08 16'
    expect(decodeHex('cjt188', copied)).toEqual({ ok: false, reason: '校验和不对:帧内 08,应为 13', address: null, control: null, items: [] })
    expect(decodeHex('cjt188', copied.replace('08 16', '13 16'))).toMatchObject({ ok: true, address: '78330011223344', control: '81', items: [{ id: '901F', name: '当前累积流量', value: 556677, unit: 'm³' }, { name: '结算日累积流量', value: 556677 }, { name: '实时时间', value: '2015-05-11 22:01:31' }, { name: '状态', value: '阀门关,电池正常' }, { id: '901F.valve', value: 1 }, { id: '901F.battery', value: 0 }] })
  })
  test('either order of the identifier, the unit behind or before the value', () => {
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x81, [0x90, 0x1f, 0, ...WATER]))))[0]).toEqual(['901F', 556677, 'm³'])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x81, [0x1f, 0x90, 0, 0x2c, 0x50, 0x12, 0, 0]))))).toEqual([['901F', 12.5, 'm³']])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x81, [0x1f, 0x90, 0, 0xff, 0xff, 0xff, 0xff, 0x2c]))))).toEqual([['901F', null, 'm³']])
    expect(decodeHex('cjt188', text(frame(0x10, 0x81, [0x1f, 0x90, 0, 0x12, 0x34, 0x56, 0x78, 0x99]))).reason).toContain('单位代码 99')
    expect(decodeHex('cjt188', text(frame(0x10, 0x81, [0x1f, 0x90, 0, 0x1f, 0x34, 0x56, 0x78, 0x2c]))).reason).toContain('不是 0 到 9')
  })
  test('a heat meter', () => {
    const q = (v: number[], unit: number): number[] => [...v, unit]
    const heat = [...q([0x78, 0x56, 0x34, 0x12], 0x05), ...q([0x78, 0x56, 0x34, 0x12], 0x05), ...q([0x50, 0x12, 0, 0], 0x17), ...q([0x45, 0x23, 0x01, 0], 0x35), ...q([0, 0x01, 0, 0], 0x2c), 0x50, 0x65, 0, 0x25, 0x45, 0, 0x34, 0x12, 0, 0x31, 0x01, 0x22, 0x26, 0x11, 0x26, 0x20, 0x04, 0]
    expect(values(decodeHex('cjt188', text(frame(0x20, 0x81, [0x1f, 0x90, 1, ...heat]))))).toEqual([
      ['901F', 123456.78, 'kWh'], ['901F', 123456.78, 'kWh'], ['901F', 12.5, 'kW'], ['901F', 1.2345, 'm³/h'], ['901F', 1, 'm³'], ['901F', 65.5, '℃'], ['901F', 45.25, '℃'], ['901F', 1234, 'h'], ['901F', '2026-11-26 22:01:31', ''], ['901F', '阀门开,电池欠压', ''], ['901F.valve', 0, ''], ['901F.battery', 1, ''],
    ])
  })
  test('a month of the past, the address, the valve, an error', () => {
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x81, [0x20, 0xd1, 0, 0x50, 0x12, 0, 0, 0x2c]))))).toEqual([['D120', 12.5, 'm³']])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x83, [0x0a, 0x81, 0]))))).toEqual([['810A', '78330011223344', '']])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x04, [0x17, 0xa0, 0, 0x99]))))).toEqual([['A017', '关阀', '']])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x04, [0xa0, 0x17, 0, 0x55]))))).toEqual([['A017', '开阀', '']])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x04, [0x17, 0xa0, 0, 0x77]))))).toEqual([['A017', '厂家码 77', '']])
    expect(values(decodeHex('cjt188', text(frame(0x10, 0x84, [0x17, 0xa0, 0, 0x01, 0x00]))))).toEqual([['A017', '阀门关,电池正常', ''], ['A017.valve', 1, ''], ['A017.battery', 0, '']])
    expect([...write188('78330011223344', 'A017', [0x99], 0, { preamble: 0 })]).toEqual(frame(0x10, 0x04, [0x17, 0xa0, 0, 0x99]))
    expect([...write188('78330011223344', 'A017', [0x66], 3, { kind: 0x20, high_first: true, preamble: 0 })]).toEqual(frame(0x20, 0x04, [0xa0, 0x17, 3, 0x66]))
    expect(decodeHex('cjt188', text(frame(0x10, 0xc4, [0, 1, 0])))).toMatchObject({ ok: true, control: 'C4', reason: '表计拒绝:通信异常应答', items: [] })
    expect(decodeHex('cjt188', text(frame(0x10, 0xc1, [0, 0, 0])))).toMatchObject({ ok: true, reason: '表计拒绝:通信异常应答', items: [] })
  })
})

describe('Modbus', () => {
  test('question and answer of the specification, with CRC and over TCP', () => {
    // V1.1b3, 6.3: read holding registers 108 to 110; answer 022B 0000 0064.
    expect(values(decodeHex('modbus', '00 01 00 00 00 06 11 03 00 6B 00 03'))).toEqual([['006B', 3, '']])
    expect(decodeHex('modbus', '00 01 00 00 00 09 11 03 06 02 2B 00 00 00 64')).toMatchObject({ ok: true, address: '17', control: '03', items: [{ id: '0000', value: 555 }, { value: 0 }, { value: 100 }] })
    expect(decodeHex('modbus', '11 03 00 6B 00 03 76 87')).toMatchObject({ ok: true, address: '17', items: [{ id: '006B', value: 3 }] })
    expect(decodeHex('modbus', '11 03 00 6B 00 03 76 88').reason).toBe('CRC 不对:帧内 7688,应为 7687')
    expect(values(decodeHex('modbus', '00 01 00 00 00 06 11 05 00 AC FF 00'))).toEqual([['00AC', 1, '']])
    expect(values(decodeHex('modbus', '00 01 00 00 00 05 11 01 02 CD 01'))).toHaveLength(16)
    expect(decodeHex('modbus', '00 01 00 00 00 03 11 83 02')).toMatchObject({ ok: true, reason: '从站拒绝:寄存器地址不存在', items: [] })
    expect(values(decodeHex('modbus', '00 01 00 00 00 0B 11 10 00 01 00 02 04 00 0A 01 02'))).toEqual([['0001', 10, ''], ['0002', 258, '']])
  })
})

describe('HJ 212', () => {
  test('the example of the standard, whose CRC is printed there', () => {
    expect(decodeHex('hj212', ascii('##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n'))).toEqual({ ok: true, reason: null, address: '010000A8900016F000169DC0', control: '1062', items: [{ id: 'RtdInterval', name: '', value: 30, unit: '' }] })
  })
  test('values of a station, and what the instrument says of them', () => {
    const segment = 'QN=20261126120000001;ST=22;CN=2011;PW=123456;MN=MX0001;Flag=5;CP=&&DataTime=20261126120000;a34004-Rtd=35.2,a34004-Flag=N;a01001-Rtd=-3.5,a01001-Flag=D;zz9-Rtd=1,zz9-Flag=N&&'
    const crc = ((): string => {
      let c = 0xffff
      for (const ch of segment) { c = (c >>> 8) ^ ch.charCodeAt(0); for (let i = 0; i < 8; i++) { const low = c % 2; c = Math.floor(c / 2); if (low) c ^= 0xa001 } }
      return c.toString(16).toUpperCase().padStart(4, '0')
    })()
    const packet = `##${String(segment.length).padStart(4, '0')}${segment}${crc}\r\n`
    expect(decodeHex('hj212', ascii(packet)).items).toEqual([
      { id: 'DataTime', name: '数据时间', value: 20261126120000, unit: '' }, { id: 'a34004-Rtd', name: 'PM2.5(实时)', value: 35.2, unit: 'μg/m³' }, { id: 'a01001-Rtd', name: '温度(实时,故障)', value: -3.5, unit: '℃' }, { id: 'zz9-Rtd', name: '', value: 1, unit: '' },
    ])
    expect(decodeHex('hj212', ascii(packet.replace('35.2', '35.3'))).reason).toContain('CRC 不对')
    expect(decodeHex('hj212', ascii(packet.slice(0, 60))).reason).toContain('不完整')
    // Under a right sum, but no name and value.
    const bare = 'ST=22;CN=2011;PW=1;MN=M1;CP=&&a34004&&'
    expect(decodeHex('hj212', ascii(`##${String(bare.length).padStart(4, '0')}${bare}${crcOf(bare)}\r\n`))).toMatchObject({ ok: false, reason: expect.stringContaining('名称=值'), items: [] })
  })
})

describe('GB/T 26875.3', () => {
  const AT = [30, 40, 23, 26, 11, 26]
  function packet(command: number, unit: number[]): number[] {
    const control = [0x01, 0x00, 1, 1, ...AT, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0, 0, 0, 0, 0, 0, unit.length & 0xff, unit.length >> 8, command]
    return [0x40, 0x40, ...control, ...unit, sum([...control, ...unit]), 0x23, 0x23]
  }
  test('a smoke detector reports fire, in the words of the panel', () => {
    const note = [...Buffer.from('b6abc7f832b6b034b2e3d1ccb8d0', 'hex')]
    const part = [1, 1, 42, 0x05, 0x00, 0x01, 0x00, 0x02, 0x00, ...note, ...Array.from({ length: 31 - note.length }, () => 0), ...AT]
    expect(decodeHex('gb26875', text(packet(2, [2, 1, ...part])))).toEqual({ ok: true, reason: null, address: '665544332211', control: '02', items: [
      { id: '00010005', name: '火灾报警系统 1 号 点型光电感烟火灾探测器 状态', value: '火警', unit: '' }, { id: '00010005', name: '部件说明', value: '东区2栋4层烟感', unit: '' }, { id: '00010005', name: '发生时间', value: '2026-11-26 23:40:30', unit: '' },
    ] })
  })
  test('the state of a system, an analogue value below zero, the device itself', () => {
    expect(values(decodeHex('gb26875', text(packet(2, [1, 1, 1, 1, 0x05, 0x01, ...AT]))))[0]).toEqual(['0101', '故障、主电故障', ''])
    expect(values(decodeHex('gb26875', text(packet(2, [1, 1, 1, 1, 0x01, 0x00, ...AT]))))[0]).toEqual(['0101', '正常运行', ''])
    expect(values(decodeHex('gb26875', text(packet(2, [3, 1, 11, 1, 92, 1, 0, 0, 0, 3, 0xfb, 0xff, ...AT]))))[0]).toEqual(['00000001', -0.5, '℃'])
    expect(values(decodeHex('gb26875', text(packet(2, [21, 1, 0x09, ...AT]))))[0]).toEqual(['15', '主电故障', ''])
    expect(decodeHex('gb26875', text(packet(3, [])))).toMatchObject({ ok: true, control: '03', items: [] })
    expect(decodeHex('gb26875', text(packet(2, [1, 2, 1, 1, 0, 0, ...AT]))).reason).toContain('应有 20 字节')
  })
})

describe('whatever comes over the wire', () => {
  const GOOD = { 'dlt645-2007': text(meter(A, 0x91, [0, 0, 1, 0, 0x26, 0, 0, 0])), 'dlt645-1997': text(meter(A, 0x81, [0x10, 0x90, 1, 0, 0, 0])), 'dlt645-2007 ': text(meter(A, 0x1c, [2, 0x56, 0x34, 0x12, 1, 0, 0, 0, 0x1a, 0, 0x15, 0x30, 8, 0x28, 0x11, 0x26])), 'dlt645-2007  ': text(meter(A, 0x91, [3, 5, 0, 4, 0x10, 0])), cjt188: text([0x68, 0x10, 1, 0, 0, 0, 0, 0, 0, 0x84, 5, 0x17, 0xa0, 0, 1, 0, 0xb9, 0x16].map((b, i, all) => (i === 16 ? sum(all.slice(0, 16)) : b))), modbus: '1103006B00037687', hj212: ascii('##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n') } as const
  test('never throws, and a refused frame has a reason and no items', () => {
    fc.assert(fc.property(fc.constantFrom(...PROTOCOLS), fc.uint8Array({ maxLength: 80 }), (protocol, bytes) => {
      const d = decodeHex(protocol, Buffer.from(bytes).toString('hex'))
      expect(d.ok || (d.reason !== null && d.reason.length > 0 && d.items.length === 0 && d.address === null)).toBe(true)
    }), { numRuns: 2000 })
  })
  test('no value is read from a frame with one byte changed', () => {
    for (const [protocol, frame] of Object.entries(GOOD)) {
      const bytes = Buffer.from(frame, 'hex')
      const name = protocol.trim() as Protocol
      const right = JSON.stringify(decodeHex(name, frame).items)
      expect(right).not.toBe('[]')
      fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const wrong = Buffer.from(bytes)
        wrong[at] = wrong[at]! ^ by
        const d = decodeHex(name, wrong.toString('hex'))
        // The end of a line may differ; no other change may give a value, let alone another one.
        expect(!d.ok || JSON.stringify(d.items) === right).toBe(true)
      }), { numRuns: 500 })
    }
  })
})
