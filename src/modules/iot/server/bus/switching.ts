// Telling a meter on a line to open or close: the relay of an electricity meter (DL/T 645-2007, 1CH), the valve of a water, heat or gas meter (CJ/T 188, A017). What is done is only to
// be had by reading back; here is what is sent, and how its answer is known. No clock and no port.
import { DATA_645, ask188, ask645, control645, write188 } from '../../codecs/encode.ts'
import { CONTROL, CONTROLS, SECRET_BYTES } from '../../codecs/dlt645_control.ts'
import { VALVE_WRITE } from '../../codecs/cjt188.ts'
import { decode } from '../../codecs/index.ts'
import { cut188, cut645 } from '../../codecs/stream.ts'
import type { LineProtocol, Question } from './dialect.ts'

/** Who may switch an electricity meter, as the meter knows it: level of the right (密级), password, code of the operator. */
export interface Credential {
  level: string
  password: string
  operator: string
}
export interface WriteWith {
  secret: Credential | null
  /** Afterwards it is not sent, and the meter does not do it. */
  until_ms: number
}
const NOTHING: Question = { bytes: new Uint8Array(0), cut: (rest) => ({ frame: null, rest }), read: () => null }
const wrong = (why: string): Question => ({ ...NOTHING, wrong: why })
/** `1C:1A` (跳闸): null is no place of a command. */
export function controlOf(where: string): string | null {
  const m = /^1C:([123][ABC])$/i.exec(where.trim())
  const what = m?.[1]?.toUpperCase()
  return what && what in CONTROLS ? what : null
}
export interface ValvePlace {
  code: number
  kind: number
  high_first: boolean
}
/** `A017:99` (关阀); behind it the kind of the meter (10 cold water without one) and `hi` where its maker sends the identifier high byte first: `A017:77:20:hi`. */
export function valveOf(where: string): ValvePlace | null {
  const m = /^A017:(55|99|66|77)(?::([1-4]\d))?(:hi)?$/i.exec(where.trim())
  return m ? { code: Number.parseInt(m[1]!, 16), kind: Number.parseInt(m[2] ?? '10', 16), high_first: m[3] !== undefined } : null
}
/** By the clock of Beijing, as the meter's own. */
const untilOf = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(2, 14)
/** Whole digits of one meter: never several, never all (999999999999). */
const oneMeter = (address: string, digits: number): boolean => /^\d+$/.test(address) && address.length <= digits && !/^9+$/.test(address.padStart(digits, '0'))

function relay(address: string, where: string, o: WriteWith | undefined, preamble: number): Question {
  const what = controlOf(where)
  if (what === null) return wrong('命令写法不对,电表的跳合闸写作 1C:1A(跳闸)、1C:1B(合闸允许)、1C:1C(直接合闸)')
  if (!oneMeter(address, 12)) return wrong('地址不是一块表的表号,没有发出')
  if (!o?.secret) return wrong('没有设定电表的操作口令,没有发出;请在总线或设备的「接入」里设定')
  return {
    bytes: control645(address, { ...o.secret, what, until: untilOf(o.until_ms) }, preamble), cut: cut645, hidden: [preamble + DATA_645, preamble + DATA_645 + SECRET_BYTES],
    read: (frame) => {
      const d = decode('dlt645-2007', frame)
      if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
      const control = Number.parseInt(d.control!, 16)
      if (d.address !== address.padStart(12, '0') || (control & 0x80) === 0 || (control & 0x1f) !== CONTROL) return null
      return d.reason ? { ok: false, why: `${d.reason}${hint(d.reason)}` } : { ok: true, v: null }
    },
  }
}
/** The meter has one bit for each of several reasons; what it may be is said with it. */
const hint = (reason: string): string => (reason.includes('密码') ? '(口令连错几次表计会锁定一天,核对后再试)' : reason.includes('其他错误') ? '(多为表内时钟快于系统、命令已过有效时间,或表计处于保电;可试读 04000102 核对时钟)' : '')
function valve(address: string, where: string, serial: number, preamble: number): Question {
  const v = valveOf(where)
  if (v === null) return wrong('命令写法不对,阀门写作 A017:55(开)、A017:99(关),或厂家码 66、77')
  if (!oneMeter(address, 14)) return wrong('地址不是一块表的表号,没有发出')
  return {
    bytes: write188(address, VALVE_WRITE, [v.code], serial, { kind: v.kind, high_first: v.high_first, preamble }), cut: cut188,
    read: (frame) => {
      const d = decode('cjt188', frame)
      if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
      const control = Number.parseInt(d.control!, 16)
      if (d.address !== address.padStart(14, '0') || (control & 0x80) === 0 || (control & 0x3f) !== 0x04) return null
      return d.reason ? { ok: false, why: `${d.reason}(该型号的阀门码、表类型或标识字节序可能不同,请核对产品)` } : { ok: true, v: null }
    },
  }
}
/** Null: this line switches no meters. */
export function switchOf(protocol: LineProtocol, address: string, where: string, serial: number, preamble: number, o: WriteWith | undefined): Question | null {
  if (protocol === 'dlt645_2007') return relay(address, where, o, preamble)
  if (protocol === 'cjt188') return valve(address, where, serial, preamble)
  return protocol === 'dlt645_1997' ? wrong('DL/T 645-1997 没有跳合闸命令,没有发出;远程通断要用 2007 版的电表') : null
}
/** Asked before a meter is told anything on a line where an earlier answer may still be under way: an old refusal must not be taken for the answer to this command (H1). */
export function calmOf(protocol: LineProtocol, address: string, serial: number, preamble: number): Question | null {
  if (protocol !== 'dlt645_2007' && protocol !== 'cjt188') return null
  const [name, width] = protocol === 'cjt188' ? (['cjt188', 14] as const) : (['dlt645-2007', 12] as const)
  const read: Question['read'] = (frame) => { const d = decode(name, frame); const c = Number.parseInt(d.control ?? '0', 16) & 0x1f; return d.ok && d.address === address.padStart(width, '0') && (c === 0x11 || c === 0x01) ? { ok: true, v: null } : null }
  return protocol === 'cjt188' ? { bytes: ask188(address, '901F', serial, 0xaa, preamble), cut: cut188, read } : { bytes: ask645(address, 0x11, '04000503', preamble), cut: cut645, read }
}
