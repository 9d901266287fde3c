// DL/T 645-1997: identifiers of two bytes, control codes 01/81. Old meters on old buses still answer nothing else.
import { BadFrame, bcd, behindNoise, byteHex, decoding, digits, hexBackwards, type Decoded, type DecodedItem } from './bytes.ts'
import { frame645, head645 } from './dlt645.ts'
import { errorText } from './dlt645_2007.ts'

interface Shape {
  name: string
  unit: string
  bytes: number
  read: (bytes: Uint8Array, name: string) => number | string | null
}
const number = (places: number) => (b: Uint8Array, name: string): number | null => bcd(b, places, name)
/** By the high nibbles 9x: what month, and what kind of energy (annex A, tables of 9xxx). */
const MONTH: Record<number, string> = { 0: '(当前)', 1: '(当前)', 4: '(上月)', 5: '(上月)', 8: '(上上月)', 9: '(上上月)' }
const ACTIVE: Record<number, string> = { 1: '正向有功', 2: '反向有功' }
const REACTIVE: Record<number, string> = { 1: '正向无功', 2: '反向无功', 3: '一象限无功', 4: '四象限无功', 5: '二象限无功', 6: '三象限无功' }
const rateName = (n: number): string => (n === 0 ? '总' : `费率${n}`)
function energy(id: string): Shape | undefined {
  const [, b, c, d] = [...id].map((x) => Number.parseInt(x, 16)) as [number, number, number, number]
  const month = MONTH[b]
  const reactive = (b & 1) === 1
  const kind = (reactive ? REACTIVE : ACTIVE)[c]
  return month && kind && d <= 14 ? { name: `${month}${kind}${rateName(d)}电能`, unit: reactive ? 'kvarh' : 'kWh', bytes: 4, read: number(2) } : undefined
}
function demand(id: string): Shape | undefined {
  const [a, b, c, d] = [...id].map((x) => Number.parseInt(x, 16)) as [number, number, number, number]
  const month = MONTH[b]
  const reactive = (b & 1) === 1
  const kind = (reactive ? REACTIVE : ACTIVE)[c]
  if (!month || !kind || d > 14) return undefined
  if (a === 0xa) return { name: `${month}${kind}${rateName(d)}最大需量`, unit: reactive ? 'kvar' : 'kW', bytes: 3, read: number(4) }
  return { name: `${month}${kind}${rateName(d)}最大需量发生时间`, unit: '', bytes: 4, read: (x, name) => digits(x, name).replace(/^(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2 $3:$4') }
}
const clock = (b: Uint8Array, name: string): string => digits(b, name).replace(/^(\d\d)(\d\d)(\d\d)$/, '$1:$2:$3')
const phases = (base: string, total: boolean, name: string, unit: string, bytes: number, places: number): [string, Shape][] =>
  (total ? ['总', 'A相', 'B相', 'C相'] : ['A相', 'B相', 'C相']).map((of, n) => [`${base}${n + (total ? 0 : 1)}`, { name: of === '总' ? `总${name}` : `${of}${name}`, unit, bytes, read: number(places) }])
const OTHER: Record<string, Shape> = Object.fromEntries<Shape>([
  ...phases('B61', false, '电压', 'V', 2, 0), ...phases('B62', false, '电流', 'A', 2, 2), ...phases('B63', true, '瞬时有功功率', 'kW', 3, 4), ...phases('B64', true, '瞬时无功功率', 'kvar', 2, 2), ...phases('B65', true, '功率因数', '', 2, 3),
  ['B212', { name: '编程次数', unit: '次', bytes: 2, read: number(0) }],
  ['B213', { name: '最大需量清零次数', unit: '次', bytes: 2, read: number(0) }],
  ['B214', { name: '电池工作时间', unit: '分', bytes: 3, read: number(0) }],
  ['C010', { name: '日期及周次', unit: '', bytes: 4, read: (b, name) => digits(b, name).replace(/^(\d\d)(\d\d)(\d\d)(\d\d)$/, '20$1-$2-$3') }],
  ['C011', { name: '时间', unit: '', bytes: 3, read: clock }],
  ['C020', { name: '电表运行状态字', unit: '', bytes: 1, read: (b) => hexBackwards(b) }],
  ['C021', { name: '电网状态字', unit: '', bytes: 1, read: (b) => hexBackwards(b) }],
  ['C030', { name: '电表常数(有功)', unit: 'imp/kWh', bytes: 3, read: number(0) }],
  ['C031', { name: '电表常数(无功)', unit: 'imp/kvarh', bytes: 3, read: number(0) }],
  ['C032', { name: '表号', unit: '', bytes: 6, read: digits }],
  ['C033', { name: '用户号', unit: '', bytes: 6, read: digits }],
  ['C034', { name: '设备码', unit: '', bytes: 6, read: digits }],
])
const shapeOf = (id: string): Shape | undefined => (id.startsWith('9') ? energy(id) : /^[AB][014589]/.test(id) ? (demand(id) ?? OTHER[id]) : OTHER[id])
const members = (id: string): string[] => (id.endsWith('F') ? Array.from({ length: 15 }, (_, n) => id.slice(0, 3) + n.toString(16).toUpperCase()).filter((x) => shapeOf(x)) : [id])

function itemsOf(id: string, data: Uint8Array): DecodedItem[] {
  const items: DecodedItem[] = []
  let at = 0
  for (const member of members(id)) {
    const shape = shapeOf(member)
    if (!shape || at + shape.bytes > data.length) break
    items.push({ id: member, name: shape.name, value: shape.read(data.subarray(at, at + shape.bytes), shape.name), unit: shape.unit })
    at += shape.bytes
  }
  // A block may end with AA.
  if (items.length > 0 && at < data.length && !(data.length - at === 1 && data[at] === 0xaa)) throw new BadFrame(`数据标识 ${id} 应有 ${at} 字节数据,帧内有 ${data.length} 字节`)
  if (items.length === 0 && shapeOf(members(id)[0] ?? id)) throw new BadFrame(`数据标识 ${id} 的数据不完整,只有 ${data.length} 字节`)
  return items.length > 0 || data.length === 0 ? items : [{ id, name: '', value: hexBackwards(data), unit: '' }]
}

/** Bits of the error byte of 1997. */
const ERRORS = ['非法数据', '数据标识错', '密码错', '', '年时区数超', '日时段数超', '费率数超']
const READS = new Set([0x01, 0x02, 0x03])

const read = (all: Uint8Array): Decoded =>
  decoding(() => {
    const f = frame645(all)
    const base = { address: f.address, control: byteHex(f.control) }
    if (f.error) {
      if (f.data.length < 1) throw new BadFrame('异常应答没有错误字')
      return { ...base, reason: `表计拒绝:${errorText(f.data[0]!, ERRORS)}`, items: [] }
    }
    if (!READS.has(f.control & 0x1f)) return { ...base, items: [] }
    if (f.data.length < 2) throw new BadFrame('读数据的帧应有 2 字节数据标识')
    const id = hexBackwards(f.data.subarray(0, 2))
    if (!f.answer) return { ...base, items: [{ id, name: shapeOf(id)?.name ?? '', value: null, unit: shapeOf(id)?.unit ?? '' }] }
    return { ...base, items: itemsOf(id, f.data.subarray(2)) }
  })
export const decodeDlt645v1997 = (all: Uint8Array): Decoded => behindNoise(all, head645, read)
