// DL/T 645-2007: identifiers of four bytes. Formats by the tables of its annex A; a block (FF in the identifier) is taken apart into its own
// identifiers. Identifiers that the table does not know are given as raw hex with an empty name, never guessed.
import { BadFrame, allFF, bcd, behindNoise, byteHex, decoding, digits, hexBackwards, type Decoded, type DecodedItem } from './bytes.ts'
import { frame645, head645 } from './dlt645.ts'
import { CONTROL, STATE_3, controlItems } from './dlt645_control.ts'

interface Shape {
  name: string
  unit: string
  bytes: number
  read: (bytes: Uint8Array, name: string) => number | string | null
  /** When it was so; given as an item of its own under the same identifier. */
  when?: (bytes: Uint8Array, name: string) => string | null
}
const number = (places: number, signed = false) => (b: Uint8Array, name: string): number | null => bcd(b, places, name, signed)
const ascii = (b: Uint8Array): string => Buffer.from(Uint8Array.from(b).reverse()).toString('latin1').replace(/[^\x20-\x7e]+/g, '').trim()
const word = (b: Uint8Array): string => hexBackwards(b)
const clock = (b: Uint8Array, name: string): string => digits(b, name).replace(/^(\d\d)(\d\d)(\d\d)$/, '$1:$2:$3')
const date = (b: Uint8Array, name: string): string => digits(b, name).replace(/^(\d\d)(\d\d)(\d\d)(\d\d)$/, '20$1-$2-$3')
const moment = (b: Uint8Array, name: string): string => digits(b, name).replace(/^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '20$1-$2-$3 $4:$5')

/** Kinds of energy by DI2: name, unit, whether the highest bit is a sign. */
const ENERGY: readonly (readonly [string, string, boolean])[] = [
  ['组合有功', 'kWh', true], ['正向有功', 'kWh', false], ['反向有功', 'kWh', false], ['组合无功1', 'kvarh', true], ['组合无功2', 'kvarh', true],
  ['第一象限无功', 'kvarh', false], ['第二象限无功', 'kvarh', false], ['第三象限无功', 'kvarh', false], ['第四象限无功', 'kvarh', false], ['正向视在', 'kVAh', false], ['反向视在', 'kVAh', false],
]
const rateName = (rate: number): string => (rate === 0 ? '总' : `费率${rate}`)
const settled = (n: number): string => (n === 0 ? '(当前)' : `(上${n}结算日)`)
function energy(di2: number, rate: number, day: number): Shape | undefined {
  if (rate > 63 || day > 12) return undefined
  if (di2 === 0x90) return prepaid(rate, day)
  const kind = ENERGY[di2]
  return kind && { name: `${settled(day)}${kind[0]}${rateName(rate)}电能`, unit: kind[1], bytes: 4, read: number(2, kind[2]) }
}
const PREPAID: Record<string, string> = { '1,0': '剩余电量', '1,1': '透支电量', '2,0': '剩余金额', '2,1': '透支金额' }
function prepaid(di1: number, di0: number): Shape | undefined {
  const name = PREPAID[`${di1},${di0}`]
  return name ? { name, unit: di1 === 1 ? 'kWh' : '元', bytes: 4, read: number(2) } : undefined
}
function demand(di2: number, rate: number, day: number): Shape | undefined {
  const kind = ENERGY[di2]
  if (!kind || rate > 63 || day > 12) return undefined
  const unit = kind[1].replace(/h$/, '')
  const read = (b: Uint8Array, name: string): number | null => bcd(b.subarray(0, 3), 4, name, kind[2])
  const when = (b: Uint8Array, name: string): string | null => (allFF(b.subarray(3, 8)) ? null : moment(b.subarray(3, 8), name))
  return { name: `${settled(day)}${kind[0]}${rateName(rate)}最大需量`, unit, bytes: 8, read, when }
}
const PHASES = ['', 'A', 'B', 'C']
/** Instant values by DI2: what, unit, bytes, decimals, sign, whether 00 is the total. */
const INSTANT: Record<number, readonly [string, string, number, number, boolean, boolean]> = {
  0x01: ['电压', 'V', 2, 1, false, false], 0x02: ['电流', 'A', 3, 3, true, false], 0x03: ['瞬时有功功率', 'kW', 3, 4, true, true], 0x04: ['瞬时无功功率', 'kvar', 3, 4, true, true],
  0x05: ['瞬时视在功率', 'kVA', 3, 4, false, true], 0x06: ['功率因数', '', 2, 3, true, true], 0x07: ['相角', '°', 2, 1, false, false], 0x08: ['电压波形失真度', '%', 2, 2, false, false], 0x09: ['电流波形失真度', '%', 2, 2, false, false],
}
const OTHER: Record<string, Shape> = {
  '02800001': { name: '零线电流', unit: 'A', bytes: 3, read: number(3, true) },
  '02800002': { name: '电网频率', unit: 'Hz', bytes: 2, read: number(2) },
  '02800003': { name: '一分钟有功总平均功率', unit: 'kW', bytes: 3, read: number(4, true) },
  '02800004': { name: '当前有功需量', unit: 'kW', bytes: 3, read: number(4, true) },
  '02800005': { name: '当前无功需量', unit: 'kvar', bytes: 3, read: number(4, true) },
  '02800006': { name: '当前视在需量', unit: 'kVA', bytes: 3, read: number(4) },
  '02800007': { name: '表内温度', unit: '℃', bytes: 2, read: number(1, true) },
  '02800008': { name: '时钟电池电压', unit: 'V', bytes: 2, read: number(2) },
  '02800009': { name: '停电抄表电池电压', unit: 'V', bytes: 2, read: number(2) },
  '0280000A': { name: '内部电池工作时间', unit: '分', bytes: 4, read: number(0) },
  '04000101': { name: '日期及星期', unit: '', bytes: 4, read: date },
  '04000102': { name: '时间', unit: '', bytes: 3, read: clock },
  '04000103': { name: '最大需量周期', unit: '分', bytes: 1, read: number(0) },
  '04000104': { name: '滑差时间', unit: '分', bytes: 1, read: number(0) },
  '04000401': { name: '通信地址', unit: '', bytes: 6, read: digits },
  '04000402': { name: '表号', unit: '', bytes: 6, read: digits },
  '04000403': { name: '资产管理编码', unit: '', bytes: 32, read: ascii },
  '04000404': { name: '额定电压', unit: '', bytes: 6, read: ascii },
  '04000405': { name: '额定电流', unit: '', bytes: 6, read: ascii },
  '04000406': { name: '最大电流', unit: '', bytes: 6, read: ascii },
  '04000407': { name: '有功准确度等级', unit: '', bytes: 4, read: ascii },
  '04000408': { name: '无功准确度等级', unit: '', bytes: 4, read: ascii },
  '04000409': { name: '有功常数', unit: 'imp/kWh', bytes: 3, read: number(0) },
  '0400040A': { name: '无功常数', unit: 'imp/kvarh', bytes: 3, read: number(0) },
  '0400040B': { name: '电表型号', unit: '', bytes: 10, read: ascii },
  '0400040C': { name: '生产日期', unit: '', bytes: 10, read: ascii },
  '0400040D': { name: '协议版本号', unit: '', bytes: 16, read: ascii },
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`0400050${n}`, { name: `运行状态字${n}`, unit: '', bytes: 2, read: word }])),
}

function shapeOf(id: string): Shape | undefined {
  const [di3, di2, di1, di0] = id.match(/../g)!.map((x) => Number.parseInt(x, 16)) as [number, number, number, number]
  if (di3 === 0x00) return energy(di2, di1, di0)
  if (di3 === 0x01) return demand(di2, di1, di0)
  const kind = di3 === 0x02 && di0 === 0 ? INSTANT[di2] : undefined
  if (kind && di1 <= 3 && (di1 > 0 || kind[5])) {
    const of = di1 === 0 ? '总' : `${PHASES[di1]}相`
    return { name: `${kind[5] && di1 === 0 ? of : ''}${di1 === 0 ? '' : of}${kind[0]}`, unit: kind[1], bytes: kind[2], read: number(kind[3], kind[4]) }
  }
  return OTHER[id]
}
const STATE_3_ID = '04000503'
/** The identifiers that a block stands for, in the order they are sent. */
function members(id: string): string[] {
  const at = id.lastIndexOf('FF')
  if (at < 0 || at % 2 === 1) return [id]
  const di3 = id.slice(0, 2)
  const first = di3 === '00' || di3 === '01' || ['0203', '0204', '0205', '0206'].includes(id.slice(0, 4)) ? 0 : 1
  return Array.from({ length: 64 }, (_, n) => id.slice(0, at) + byteHex(n + first) + id.slice(at + 2)).filter((x) => shapeOf(x))
}

function itemsOf(id: string, data: Uint8Array): DecodedItem[] {
  const items: DecodedItem[] = []
  let at = 0
  for (const member of members(id)) {
    const shape = shapeOf(member)
    if (!shape || at + shape.bytes > data.length) break
    const bytes = data.subarray(at, at + shape.bytes)
    items.push({ id: member, name: shape.name, value: shape.read(bytes, shape.name), unit: shape.unit })
    if (shape.when) items.push({ id: member, name: `${shape.name}发生时间`, value: shape.when(bytes, shape.name), unit: '' })
    // A meter that has no such word fills it.
    if (member === STATE_3_ID && !allFF(bytes)) for (const [bit, name, off, on] of STATE_3) items.push({ id: `${member}.${bit}`, name, value: ((bytes[bit >> 3]! >> (bit & 7)) & 1) === 1 ? on : off, unit: '' })
    at += shape.bytes
  }
  const known = items.length > 0
  if (known && at < data.length) {
    // A block may end with AA; anything else is not what the identifier promises.
    if (!(data.length - at === 1 && data[at] === 0xaa)) throw new BadFrame(`数据标识 ${id} 应有 ${at} 字节数据,帧内有 ${data.length} 字节`)
  }
  if (!known && shapeOf(members(id)[0] ?? id)) throw new BadFrame(`数据标识 ${id} 的数据不完整,只有 ${data.length} 字节`)
  return known || data.length === 0 ? items : [{ id, name: '', value: hexBackwards(data), unit: '' }]
}

/** Bits of the error byte, table 11 of the standard. */
const ERRORS = ['其他错误', '无请求数据', '密码错或未授权', '通信速率不能更改', '年时区数超', '日时段数超', '费率数超']
/** Two bytes: the answer of the security module (安全认证错误信息字). */
const SECURITY_ERRORS = ['其他错误', '重复充值', 'ESAM 验证失败', '身份认证失败', '客户编号不匹配', '充值次数错误', '购电超囤积']
export const errorText = (byte: number, names: readonly string[]): string => names.filter((_, n) => (byte >> n) & 1).join('、') || `未知错误 ${byteHex(byte)}`
const READ = 0x11
const READ_MORE = 0x12
const READ_ADDRESS = 0x13

const read = (all: Uint8Array): Decoded =>
  decoding(() => {
    const f = frame645(all)
    const base = { address: f.address, control: byteHex(f.control) }
    if (f.error) {
      if (f.data.length < 1) throw new BadFrame('异常应答没有错误字')
      return { ...base, reason: `表计拒绝:${errorText(f.data[0]!, f.data.length === 2 ? SECURITY_ERRORS : ERRORS)}`, items: [] }
    }
    const doing = f.control & 0x1f
    if (doing === READ_ADDRESS && f.answer && f.data.length === 6) return { ...base, items: [{ id: '04000401', name: '通信地址', value: digits(f.data, '通信地址'), unit: '' }] }
    if (doing === CONTROL) return { ...base, items: controlItems(f.data, f.answer) }
    if (doing !== READ && doing !== READ_MORE) return { ...base, items: [] }
    if (f.data.length < 4) throw new BadFrame('读数据的帧应有 4 字节数据标识')
    const id = hexBackwards(f.data.subarray(0, 4))
    // A question names what it asks for and has no value; after it may come the number of blocks and a time.
    if (!f.answer) return { ...base, items: [{ id, name: shapeOf(id)?.name ?? shapeOf(members(id)[0] ?? id)?.name ?? '', value: null, unit: shapeOf(id)?.unit ?? '' }] }
    // In a follow-up answer the last byte counts the frame.
    return { ...base, items: itemsOf(id, doing === READ_MORE ? f.data.subarray(4, -1) : f.data.subarray(4)) }
  })
export const decodeDlt645v2007 = (all: Uint8Array): Decoded => behindNoise(all, head645, read)
