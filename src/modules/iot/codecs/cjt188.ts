// CJ/T 188-2004/2018 (water, heat, gas): FE… 68 T A0…A6 C L DI DI SER data CS 16. Makers differ in the order of the identifier's bytes and in
// the place of the unit byte, so both are recognised from the frame; what fits neither is refused, never guessed.
import { BadFrame, allFF, bcd, behindNoise, byteHex, controlFits, decoding, digits, fromStart, hex, hexBackwards, sum8, type Decoded, type DecodedItem, type Head } from './bytes.ts'

/** Table of units. The factor brings a value to the unit that is named. */
const UNITS: Record<number, readonly [string, number]> = {
  0x02: ['Wh', 1], 0x05: ['kWh', 1], 0x08: ['MWh', 1], 0x0a: ['MWh', 100], 0x01: ['J', 1], 0x0b: ['kJ', 1], 0x0e: ['MJ', 1], 0x11: ['GJ', 1], 0x13: ['GJ', 100], 0x14: ['W', 1], 0x17: ['kW', 1], 0x1a: ['MW', 1],
  0x29: ['L', 1], 0x2c: ['m³', 1], 0x32: ['L/h', 1], 0x35: ['m³/h', 1],
}
const HEAT = new Set([0x20, 0x21])
const HEAD = 11
const MEASURED = '901F'
const ADDRESS = '810A'

/** A quantity of four packed bytes with its unit byte behind, or, with some makers, before it. */
function quantity(b: Uint8Array, places: number, name: string): Omit<DecodedItem, 'id'> {
  const behind = UNITS[b[4]!]
  const before = UNITS[b[0]!]
  const unit = behind ?? before
  const bytes = behind ? b.subarray(0, 4) : b.subarray(1, 5)
  if (!unit) {
    if (allFF(b)) return { name, value: null, unit: '' }
    throw new BadFrame(`${name}的单位代码 ${byteHex(b[4]!)} 不认识`)
  }
  const value = bcd(bytes, places, name)
  return { name, value: value === null ? null : Math.round(value * unit[1] * 10 ** places) / 10 ** places, unit: unit[0] }
}
function moment(b: Uint8Array): string | null {
  if (allFF(b)) return null
  const [, century, year, month, day, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits(b, '实时时间'))!
  return `${century}${year}-${month}-${day} ${hour}:${minute}:${second}`
}
const VALVE = ['开', '关', '未定义', '异常']
const status = (b: Uint8Array): string => (allFF(b) ? '' : `阀门${VALVE[b[0]! & 3]},电池${b[0]! & 4 ? '欠压' : '正常'}`)
/** The status word in words, and its two parts as numbers. Filled: the meter says nothing of them. */
const statusItems = (id: string, b: Uint8Array): DecodedItem[] => [
  { id, name: '状态', value: status(b), unit: '' }, { id: `${id}.valve`, name: '阀门(0 开,1 关,3 异常)', value: allFF(b) ? null : b[0]! & 3, unit: '' }, { id: `${id}.battery`, name: '电池(0 正常,1 欠压)', value: allFF(b) ? null : (b[0]! >> 2) & 1, unit: '' },
]

type Part = [name: string, kind: 'quantity' | 'number' | 'time' | 'status', bytes: number, places: number, unit?: string]
const WATER: Part[] = [['当前累积流量', 'quantity', 5, 2], ['结算日累积流量', 'quantity', 5, 2], ['实时时间', 'time', 7, 0], ['状态', 'status', 2, 0]]
const HEAT_METER: Part[] = [
  ['结算日热量', 'quantity', 5, 2], ['当前热量', 'quantity', 5, 2], ['热功率', 'quantity', 5, 2], ['流量', 'quantity', 5, 4], ['累积流量', 'quantity', 5, 2],
  ['供水温度', 'number', 3, 2, '℃'], ['回水温度', 'number', 3, 2, '℃'], ['累积工作时间', 'number', 3, 0, 'h'], ['实时时间', 'time', 7, 0], ['状态', 'status', 2, 0],
]
function measured(id: string, kind: number, data: Uint8Array): DecodedItem[] {
  const parts = HEAT.has(kind) ? HEAT_METER : WATER
  const whole = parts.reduce((n, p) => n + p[2], 0)
  // Short answers of small meters end after a whole part: the flow alone, or without the clock.
  const ends = parts.map((_, n) => parts.slice(0, n + 1).reduce((sum, p) => sum + p[2], 0))
  if (!ends.includes(data.length) && data.length < whole) throw new BadFrame(`计量数据应有 ${whole} 字节,帧内有 ${data.length} 字节`)
  let at = 0
  const items: DecodedItem[] = []
  for (const [name, how, bytes, places, unit] of parts) {
    if (at + bytes > data.length) break
    const b = data.subarray(at, at + bytes)
    if (how === 'quantity') items.push({ id, ...quantity(b, places, name) })
    else if (how === 'status') items.push(...statusItems(id, b))
    else items.push({ id, name, value: how === 'number' ? bcd(b, places, name) : moment(b), unit: unit ?? '' })
    at += bytes
  }
  return items
}

const read = (all: Uint8Array): Decoded =>
  decoding(() => {
    const f = fromStart(all, 0x68)
    if (f.length < HEAD + 2) throw new BadFrame(`帧不完整:只有 ${f.length} 字节,至少 ${HEAD + 2} 字节`)
    const kind = f[1]!
    const length = f[10]!
    const end = HEAD + length + 2
    if (f.length < end) throw new BadFrame(`帧不完整:数据长度 ${length},应有 ${end} 字节,只有 ${f.length} 字节`)
    if (f[end - 1] !== 0x16) throw new BadFrame('帧结束符应是 16H')
    const sum = sum8(f.subarray(0, end - 2))
    if (f[end - 2] !== sum) throw new BadFrame(`校验和不对:帧内 ${byteHex(f[end - 2]!)},应为 ${byteHex(sum)}`)
    const address = hexBackwards(f.subarray(2, 9))
    const control = f[9]!
    const base = { address, control: byteHex(control) }
    const data = f.subarray(HEAD, HEAD + length)
    if (control & 0x40) return { ...base, reason: '表计拒绝:通信异常应答', items: [] }
    if (data.length < 3) return { ...base, items: [] }
    // Of 901F some makers send 1F 90, others 90 1F.
    const swapped = hex(data.subarray(0, 2))
    const id = [MEASURED, ADDRESS].includes(swapped) || /^(8|9|A|D)/.test(swapped) && !/^(8|9|A|D)/.test(hexBackwards(data.subarray(0, 2))) ? swapped : hexBackwards(data.subarray(0, 2))
    const rest = data.subarray(3)
    if ((control & 0x80) === 0) return { ...base, items: [{ id, name: NAMES[id] ?? '', value: id === VALVE_WRITE && rest.length > 0 ? (VALVE_DOING[rest[0]!] ?? byteHex(rest[0]!)) : null, unit: '' }] }
    if (id === MEASURED) return { ...base, items: measured(id, kind, rest) }
    if (/^D1(2|3)/.test(id) && rest.length >= 5) return { ...base, items: [{ id, ...quantity(rest, 2, NAMES[id] ?? `历史计量数据`) }] }
    if (id === ADDRESS) return { ...base, items: [{ id, name: NAMES[id]!, value: address, unit: '' }] }
    // What stands in the answer is from before the valve has moved.
    if (id === VALVE_WRITE && rest.length >= 2) return { ...base, items: statusItems(id, rest.subarray(0, 2)) }
    return { ...base, items: rest.length > 0 ? [{ id, name: NAMES[id] ?? '', value: hexBackwards(rest), unit: '' }] : [] }
  })

export const VALVE_WRITE = 'A017'
/** 55 and 99 are the standard's; 66 and 77 are in the hands of makers, most of whom force the valve with them. */
const VALVE_DOING: Record<number, string> = { 0x55: '开阀', 0x99: '关阀', 0x66: '厂家码 66', 0x77: '厂家码 77' }
const NAMES: Record<string, string> = {
  '901F': '计量数据', '8102': '价格表', '8103': '结算日', '8104': '抄表日', '8105': '购入金额', '8106': '密钥版本号', '810A': '地址', A010: '写价格表', A011: '写结算日', A012: '写抄表日', A013: '写购入金额', A014: '写新密钥', A015: '写标准时间', A016: '写机电同步数据', A017: '阀门控制', A018: '写地址', A019: '出厂启用',
  ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`D1${(0x20 + n).toString(16).toUpperCase()}`, `上${n + 1}月结算日累积流量`])),
}
/** Read, address, write, key version, write address, standing of the register. */
const FUNCTIONS = new Set([0x01, 0x03, 0x04, 0x09, 0x0a, 0x15, 0x16])
/** Kinds: 10 to 19 water, 20 to 29 heat, 30 to 39 gas, 40 to 49 others. */
const head188 = (b: Uint8Array): Head => ({ length: b.length < HEAD ? null : HEAD + b[10]! + 2, fits: b[1] !== undefined && /^[1-4]\d$/.test(byteHex(b[1])) && controlFits(b[9], FUNCTIONS, 0x3f, 0x40) })
export const decodeCjt188 = (all: Uint8Array): Decoded => behindNoise(all, head188, read)
