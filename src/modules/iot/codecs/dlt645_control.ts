// DL/T 645-2007, control code 1CH (跳合闸、报警、保电): PA P0 P1 P2, C0 … C3, N1 … N8, where N1 says what is wanted, N2 is kept free and N3 … N8 say until when the meter may
// do it (ssmmhhDDMMYY by its own clock). The answer 9CH says that it was taken, never that the relay has moved: that stands in word 3 of the running states (04000503).
import { BadFrame, byteHex, digits, hex, hexBackwards, type DecodedItem } from './bytes.ts'

export const CONTROL = 0x1c
/** What N1 may be. */
export const CONTROLS: Readonly<Record<string, string>> = { '1A': '跳闸', '1B': '合闸允许', '1C': '直接合闸', '2A': '报警', '2B': '报警解除', '3A': '保电', '3B': '保电解除' }
export interface Control645 {
  /** Two digits (密级), six (密码), eight (操作者代码), as they are written on paper: highest first. */
  level: string
  password: string
  operator: string
  what: string
  /** YYMMDDhhmmss. */
  until: string
}
const LENGTH = 16
/** Where password and operator's code lie in the data: they are in no log. */
export const SECRET_BYTES = 8
/** Ciphered by the meter's security module (密级 98): only the utility's own key can read or write it. */
const CIPHERED = 0x98

const bytes = (text: string): number[] => text.match(/../g)!.map((x) => Number.parseInt(x, 16))
export const controlData = (c: Control645): number[] => [...bytes(c.level), ...bytes(c.password).reverse(), ...bytes(c.operator).reverse(), ...bytes(c.what), 0x00, ...bytes(c.until).reverse()]
export function readControl(data: Uint8Array): Control645 {
  if (data.length !== LENGTH) throw new BadFrame(`控制命令应有 ${LENGTH} 字节数据,帧内有 ${data.length} 字节`)
  const until = digits(data.subarray(10, 16), '有效截止时间')
  return { level: hex(data.subarray(0, 1)), password: hexBackwards(data.subarray(1, 4)), operator: hexBackwards(data.subarray(4, 8)), what: byteHex(data[8]!), until }
}
const item = (name: string, value: string | null): DecodedItem => ({ id: '1C', name, value, unit: '' })
export function controlItems(data: Uint8Array, answer: boolean): DecodedItem[] {
  if (answer) return [item('控制命令应答', '已接受;是否动作看运行状态字 3')]
  if (data[0] === CIPHERED && data.length > LENGTH) return [item('控制命令', null), item('密级', '98(密文,内容不可读)'), item('操作者代码', hexBackwards(data.subarray(4, 8)))]
  const c = readControl(data)
  return [item('控制命令', CONTROLS[c.what] ?? c.what), item('有效截止时间', c.until.replace(/^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '20$1-$2-$3 $4:$5:$6')), item('密级', c.level), item('操作者代码', c.operator), item('密码', '******')]
}
/** Word 3 of the running states (运行状态字 3), by bit; above the fifth only newer meters have them (the filed additions of 2012). */
export const STATE_3: readonly (readonly [bit: number, name: string, off: string, on: string])[] = [[3, '编程允许', '禁止', '许可'], [4, '继电器状态', '通', '断'], [6, '继电器命令状态', '通', '断'], [7, '预跳闸报警', '无', '有'], [12, '保电状态', '非保电', '保电']]
