// GB/T 26875.3-2011, from the transmission device of a fire alarm panel: 4040 … sum 2323. Whole numbers are sent low byte first.
import { BadFrame, byteHex, decoding, hexBackwards, sum8, type Decoded, type DecodedItem } from './bytes.ts'

const COMMANDS: Record<number, string> = { 1: '控制命令', 2: '发送数据', 3: '确认', 4: '请求', 5: '应答', 6: '否认' }
const SYSTEMS: Record<number, string> = {
  0: '通用', 1: '火灾报警系统', 10: '消防联动控制器', 11: '消火栓系统', 12: '自动喷水灭火系统', 13: '气体灭火系统', 14: '水喷雾灭火系统(泵启动)', 15: '水喷雾灭火系统(压力容器启动)', 16: '泡沫灭火系统', 17: '干粉灭火系统', 18: '防烟排烟系统', 19: '防火门及卷帘系统', 20: '消防电梯', 21: '消防应急广播', 22: '消防应急照明和疏散指示系统', 23: '消防电源', 24: '消防电话',
}
const PARTS: Record<number, string> = {
  0: '通用', 1: '火灾报警控制器', 10: '可燃气体探测器', 11: '点型可燃气体探测器', 12: '独立式可燃气体探测器', 13: '线型可燃气体探测器', 16: '电气火灾监控报警器', 17: '剩余电流式电气火灾监控探测器', 18: '测温式电气火灾监控探测器', 21: '探测回路', 22: '火灾显示盘', 23: '手动火灾报警按钮', 24: '消火栓按钮', 25: '火灾探测器',
  30: '感温火灾探测器', 31: '点型感温火灾探测器', 40: '感烟火灾探测器', 41: '点型离子感烟火灾探测器', 42: '点型光电感烟火灾探测器', 43: '线型光束感烟火灾探测器', 44: '吸气式感烟火灾探测器', 50: '复合式火灾探测器', 61: '紫外火焰探测器', 62: '红外火焰探测器', 69: '感光火灾探测器', 74: '气体探测器', 78: '图像摄像方式火灾探测器', 79: '感声火灾探测器', 81: '气体灭火控制器', 82: '消防电气控制装置', 83: '消防控制室图形显示装置',
  84: '模块', 85: '输入模块', 86: '输出模块', 87: '输入输出模块', 88: '中继模块', 91: '消防水泵', 92: '消防水箱', 95: '喷淋泵', 96: '水流指示器', 97: '信号阀', 98: '报警阀', 99: '压力开关', 101: '阀驱动装置', 102: '防火门', 103: '防火阀', 104: '通风空调', 105: '泡沫液泵', 106: '管网电磁阀', 111: '防烟排烟风机', 113: '排烟防火阀', 114: '常闭送风口', 115: '排烟口', 116: '电控挡烟垂壁', 117: '防火卷帘控制器', 118: '防火门监控器', 121: '警报装置',
}
const SYSTEM_BITS = ['', '火警', '故障', '屏蔽', '监管', '启动', '反馈', '延时', '主电故障', '备电故障', '总线故障', '手动', '配置改变', '复位']
const PART_BITS = ['', '火警', '故障', '屏蔽', '监管', '启动', '反馈', '延时', '电源故障']
const DEVICE_BITS = ['', '火警', '故障', '主电故障', '备电故障', '与监控中心通信信道故障', '监测连接线路故障']
/** Kinds of analogue values: name, unit, decimals. */
const ANALOG: Record<number, readonly [string, string, number]> = {
  1: ['事件计数', '件', 0], 2: ['高度', 'm', 2], 3: ['温度', '℃', 1], 4: ['压力', 'MPa', 1], 5: ['压力', 'kPa', 1], 6: ['气体浓度', '%LEL', 1], 7: ['时间', 's', 0], 8: ['电压', 'V', 1], 9: ['电流', 'A', 1], 10: ['流量', 'L/s', 1], 11: ['风量', 'm³/min', 1], 12: ['风速', 'm/s', 0],
}
const OPERATIONS = ['复位', '消音', '手动报警', '警情消除', '自检', '查岗应答', '测试']

const u16 = (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8)
const two = (n: number): string => String(n).padStart(2, '0')
/** Second, minute, hour, day, month, year, each a plain byte. */
const time = (b: Uint8Array): string => `20${two(b[5]!)}-${two(b[4]!)}-${two(b[3]!)} ${two(b[2]!)}:${two(b[1]!)}:${two(b[0]!)}`
const textOf = (b: Uint8Array): string => new TextDecoder('gb18030').decode(b.subarray(0, b.includes(0) ? b.indexOf(0) : b.length)).trim()
function bits(state: number, names: readonly string[], normal: string): string {
  const on = names.filter((name, n) => n > 0 && (state >> n) & 1)
  return on.length > 0 ? on.join('、') : normal
}
const system = (type: number, address: number): string => `${SYSTEMS[type] ?? `系统类型 ${type}`} ${address} 号`
const part = (b: Uint8Array): string => `${system(b[0]!, b[1]!)} ${PARTS[b[2]!] ?? `部件类型 ${b[2]!}`}`

interface Body {
  bytes: number
  items: (b: Uint8Array) => DecodedItem[]
}
const at = (id: string, name: string, value: number | string | null, unit = ''): DecodedItem => ({ id, name, value, unit })
const stateOf = (b: Uint8Array): DecodedItem[] => [at(byteHex(b[0]!) + byteHex(b[1]!), `${system(b[0]!, b[1]!)} 状态`, bits(u16(b, 2), SYSTEM_BITS, u16(b, 2) & 1 ? '正常运行' : '测试状态')), at(byteHex(b[0]!) + byteHex(b[1]!), '发生时间', time(b.subarray(4, 10)))]
function partState(b: Uint8Array): DecodedItem[] {
  const id = hexBackwards(b.subarray(3, 7))
  const state = u16(b, 7)
  const note = textOf(b.subarray(9, 40))
  return [at(id, `${part(b)} 状态`, bits(state, PART_BITS, state & 1 ? '正常运行' : '测试状态')), ...(note ? [at(id, '部件说明', note)] : []), at(id, '发生时间', time(b.subarray(40, 46)))]
}
function analog(b: Uint8Array): DecodedItem[] {
  const id = hexBackwards(b.subarray(3, 7))
  const [name, unit, places] = ANALOG[b[7]!] ?? [`模拟量 ${b[7]!}`, '', 0]
  const raw = (u16(b, 8) << 16) >> 16
  return [at(id, `${part(b)} ${name}`, raw / 10 ** places, unit), at(id, '采样时间', time(b.subarray(10, 16)))]
}
const deviceState = (b: Uint8Array): DecodedItem[] => [at('15', '用户信息传输装置状态', bits(b[0]!, DEVICE_BITS, b[0]! & 1 ? '正常监视' : '测试状态')), at('15', '发生时间', time(b.subarray(1, 7)))]
const done = (byte: number): string => OPERATIONS.filter((_, n) => (byte >> n) & 1).join('、') || `操作 ${byteHex(byte)}`
const BODIES: Record<number, Body> = {
  1: { bytes: 10, items: stateOf },
  2: { bytes: 46, items: partState },
  3: { bytes: 16, items: analog },
  4: { bytes: 10, items: (b) => [at(byteHex(b[0]!) + byteHex(b[1]!), `${system(b[0]!, b[1]!)} 操作`, `${done(b[2]!)},操作员 ${b[3]!}`), at(byteHex(b[0]!) + byteHex(b[1]!), '操作时间', time(b.subarray(4, 10)))] },
  5: { bytes: 4, items: (b) => [at(byteHex(b[0]!) + byteHex(b[1]!), `${system(b[0]!, b[1]!)} 软件版本`, `${b[2]!}.${b[3]!}`)] },
  8: { bytes: 8, items: (b) => [at(byteHex(b[0]!) + byteHex(b[1]!), `${system(b[0]!, b[1]!)} 系统时间`, time(b.subarray(2, 8)))] },
  21: { bytes: 7, items: deviceState },
  24: { bytes: 8, items: (b) => [at('18', '用户信息传输装置操作', `${done(b[0]!)},操作员 ${b[1]!}`), at('18', '操作时间', time(b.subarray(2, 8)))] },
  25: { bytes: 2, items: (b) => [at('19', '用户信息传输装置软件版本', `${b[0]!}.${b[1]!}`)] },
  28: { bytes: 6, items: (b) => [at('1C', '用户信息传输装置系统时间', time(b))] },
}
const HEAD = 27
const UNIT_MAX = 1024

function itemsOf(unit: Uint8Array): DecodedItem[] {
  if (unit.length < 2) throw new BadFrame('应用数据单元应有类型标志与信息对象数目')
  const [type, count] = [unit[0]!, unit[1]!]
  const body = BODIES[type]
  if (!body) return [at(byteHex(type), '', hexBackwards(Uint8Array.from(unit.subarray(2)).reverse()))]
  const rest = unit.subarray(2)
  // Some senders leave the time out of the objects although 8.2 wants it: told from the length, never read beyond it.
  if (rest.length !== body.bytes * count) throw new BadFrame(`类型 ${type} 的 ${count} 个信息对象应有 ${body.bytes * count} 字节,帧内有 ${rest.length} 字节`)
  return Array.from({ length: count }, (_, n) => body.items(rest.subarray(n * body.bytes, (n + 1) * body.bytes))).flat()
}

/** One thing that a transmission device reports, for the linkage of a fire. */
export interface FireObject {
  /** Which part of which system: its address is stable, its text is for people. */
  key: string
  text: string
  /** A person pressed it: a manual call point (23), a hydrant's button (24), or the button of the device itself. */
  manual: boolean
  /** What it says of itself; `normal` ends whatever was. */
  says: ('fire' | 'fault' | 'shield' | 'supervise' | 'start' | 'feedback' | 'power' | 'reset' | 'normal')[]
  at_text: string | null
}
export interface FireFrame {
  serial: number
  /** Six bytes each, as they stand in the frame. */
  source: Uint8Array
  target: Uint8Array
  address: string
  command: number
  type: number | null
  time_hex: string
  objects: FireObject[]
}
const SAYS_PART: (FireObject['says'][number] | null)[] = [null, 'fire', 'fault', 'shield', 'supervise', 'start', 'feedback', null, 'power']
const SAYS_SYSTEM: (FireObject['says'][number] | null)[] = [null, 'fire', 'fault', 'shield', 'supervise', 'start', 'feedback', null, 'power', 'power', 'fault', null, null, 'reset']
const SAYS_DEVICE: (FireObject['says'][number] | null)[] = [null, 'fire', 'fault', 'power', 'power', 'fault', 'fault']
const MANUAL = new Set([23, 24])
function saysOf(state: number, names: readonly (FireObject['says'][number] | null)[]): FireObject['says'] {
  const on = names.flatMap((n, i) => (n !== null && (state >> i) & 1 ? [n] : []))
  return on.length > 0 ? [...new Set(on)] : ['normal']
}
function objectOf(type: number, b: Uint8Array): FireObject | null {
  if (type === 1) return { key: `s${b[0]!}.${b[1]!}`, text: system(b[0]!, b[1]!), manual: false, says: saysOf(u16(b, 2), SAYS_SYSTEM), at_text: time(b.subarray(4, 10)) }
  if (type === 2) {
    const note = textOf(b.subarray(9, 40))
    return { key: `p${b[0]!}.${b[1]!}.${hexBackwards(b.subarray(3, 7))}`, text: `${part(b)}${note ? ` ${note}` : ''}`, manual: MANUAL.has(b[2]!), says: saysOf(u16(b, 7), SAYS_PART), at_text: time(b.subarray(40, 46)) }
  }
  if (type === 21) return { key: 'device', text: '用户信息传输装置', manual: false, says: saysOf(b[0]!, SAYS_DEVICE), at_text: time(b.subarray(1, 7)) }
  // 4 and 24: somebody pressed a button of the panel or of the device; bit 2 is the manual alarm.
  const done_by = type === 4 ? b[2]! : type === 24 ? b[0]! : 0
  if (done_by & 4) return { key: type === 4 ? `m${b[0]!}.${b[1]!}` : 'manual', text: type === 4 ? `${system(b[0]!, b[1]!)} 手动报警` : '用户信息传输装置 手动报警', manual: true, says: ['fire'], at_text: null }
  return null
}
/** The same frame as the codec reads, as objects; null when it is not a right one. */
export function fireFrame(f: Uint8Array): FireFrame | null {
  if (!decodeGb26875(f).ok) return null
  const length = u16(f, 24)
  const unit = f.subarray(HEAD, HEAD + length)
  const body = unit.length >= 2 ? BODIES[unit[0]!] : undefined
  const objects = body ? Array.from({ length: unit[1]! }, (_, n) => objectOf(unit[0]!, unit.subarray(2 + n * body.bytes, 2 + (n + 1) * body.bytes))).filter((o) => o !== null) : []
  return { serial: u16(f, 2), source: f.slice(12, 18), target: f.slice(18, 24), address: hexBackwards(f.subarray(12, 18)), command: f[26]!, type: unit.length > 0 ? unit[0]! : null, time_hex: hexBackwards(f.subarray(6, 12)), objects }
}
/** Confirms (3) or denies (6): the same serial, the addresses the other way round, nothing inside (8.3). `at` is the time of the answer by the clock on the wall. */
export function fireAnswer(f: FireFrame, command: 3 | 6, at: { year: number; month: number; day: number; hour: number; minute: number; second: number }): Uint8Array {
  const body = [f.serial & 0xff, f.serial >> 8, 1, 1, at.second, at.minute, at.hour, at.day, at.month, at.year % 100, ...f.target, ...f.source, 0, 0, command]
  return Uint8Array.from([0x40, 0x40, ...body, sum8(Uint8Array.from(body)), 0x23, 0x23])
}

export const decodeGb26875 = (all: Uint8Array): Decoded =>
  decoding(() => {
    const from = all.findIndex((b, n) => b === 0x40 && all[n + 1] === 0x40)
    if (from < 0) throw new BadFrame('没有启动符 4040')
    const f = all.subarray(from)
    if (f.length < HEAD + 3) throw new BadFrame(`帧不完整:只有 ${f.length} 字节,至少 ${HEAD + 3} 字节`)
    const length = u16(f, 24)
    if (length > UNIT_MAX) throw new BadFrame(`应用数据单元长度 ${length} 超过 ${UNIT_MAX}`)
    const end = HEAD + length + 3
    if (f.length < end) throw new BadFrame(`帧不完整:应用数据单元长度 ${length},应有 ${end} 字节,只有 ${f.length} 字节`)
    if (f[end - 2] !== 0x23 || f[end - 1] !== 0x23) throw new BadFrame('结束符应是 2323')
    const sum = sum8(f.subarray(2, end - 3))
    if (f[end - 3] !== sum) throw new BadFrame(`校验和不对:帧内 ${byteHex(f[end - 3]!)},应为 ${byteHex(sum)}`)
    const command = f[26]!
    if (!COMMANDS[command]) throw new BadFrame(`命令 ${command} 不在 1 到 6 之内`)
    const source = hexBackwards(f.subarray(12, 18))
    return { address: source, control: byteHex(command), reason: command === 6 ? '对方否认' : null, items: length > 0 ? itemsOf(f.subarray(HEAD, HEAD + length)) : [] }
  })
