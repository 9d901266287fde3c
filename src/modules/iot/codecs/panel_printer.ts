// What a fire panel prints (its printer line, 2400 8N1 as a rule, over a serial server): Chinese text in GBK, no sum, no answer. Makers differ, so the words are read and not
// the columns: by the published capture of the GST9000 a record is date, address, state, place and kind of part, each in its line, and an empty line at its end; others print
// a record in one line. Four states matter (fire, fault, shielded, reset); what none of the words fits is shown and never guessed.
import type { FireObject } from './gb26875.ts'

/** ESC 6 begins a record of a GST panel, ESC 9 enlarges what follows. */
const ESC = 0x1b
const RECORD = 0x36
export const RECORD_MAX = 2048
export interface Piece {
  record: Uint8Array | null
  rest: Uint8Array
}
/** The first whole record: up to an empty line, or to the beginning of the next one. */
export function cutPrinted(b: Uint8Array): Piece {
  for (let i = 0; i < b.length; i++) {
    if (b[i] === ESC && b[i + 1] === RECORD && b.subarray(0, i).some((x) => x > 0x20)) return { record: b.subarray(0, i), rest: b.subarray(i) }
    if (b[i] !== 0x0a) continue
    const next = b[i + 1] === 0x0d ? i + 2 : i + 1
    if (b[next] === 0x0a) return { record: b.subarray(0, i), rest: b.subarray(next + 1) }
  }
  return { record: null, rest: b }
}
export function linesOf(record: Uint8Array): string[] {
  const bytes: number[] = []
  for (let i = 0; i < record.length; i++) {
    // A command of the printer is ESC and one byte; other control characters stand for nothing.
    if (record[i] === ESC) i++
    else if (record[i]! >= 0x20 || record[i] === 0x0a) bytes.push(record[i]!)
    else if (record[i] === 0x0d) bytes.push(0x0a)
  }
  return new TextDecoder('gb18030').decode(Uint8Array.from(bytes)).split('\n').map((l) => l.trim()).filter((l) => l !== '')
}
type Says = FireObject['says'][number]
const OVER = '(恢复|消除|排除|解除|释放|撤销|正常)'
/** The first that fits; what weighs more stands first. A fire is a fire unless it says itself that it is not. */
const STATES: readonly (readonly [RegExp, Says])[] = [
  [/(模拟|测试|试验|演习)火警|火警(模拟|测试|试验|演习)/, 'supervise'],
  [new RegExp(`(火警|火灾).{0,4}${OVER}`), 'normal'],
  [/火警|火灾报警|首警/, 'fire'],
  [new RegExp(`(故障|屏蔽|隔离|主电|备电).{0,4}${OVER}|(解除|取消|释放)(屏蔽|隔离)`), 'normal'],
  [/(主电|备电|交流|直流|电池).{0,4}(故障|欠压|掉电|断电)/, 'power'],
  [/故障/, 'fault'], [/屏蔽|隔离/, 'shield'], [/系统复位|复位/, 'reset'], [/监管|预警/, 'supervise'], [/反馈|回答/, 'feedback'], [/启动|请求/, 'start'],
]
const stateOf = (text: string): Says | null => STATES.find(([words]) => words.test(text))?.[1] ?? null
/** 004-004, 1-12-3: loop and part; a date has more digits beside it. */
const ADDRESS = /(?<![\d-])(\d{1,3})-(\d{1,3})(?:-(\d{1,3}))?(?![\d-])/
const MOMENT = /(\d{2}|\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?/
const two = (n: string | undefined): string => (n ?? '0').padStart(2, '0')
const MANUAL = /手动|手报|消火栓按钮|报警按钮/

function printed(lines: readonly string[]): FireObject | null {
  const whole = lines.join(' ')
  const state = stateOf(whole)
  if (state === null) return null
  const m = MOMENT.exec(whole)
  const rest = lines.map((l) => l.replace(MOMENT, ' ').trim()).filter((l) => l !== '')
  const address = ADDRESS.exec(rest.join(' '))
  const part = address ? [address[1], address[2], address[3]].filter((x) => x !== undefined).map(Number).join('-') : ''
  // A line that is nothing but the state says nothing of the place.
  const words = rest.map((l) => l.replace(ADDRESS, ' ').replace(/\s+/g, ' ').trim()).filter((l) => l !== '' && l.replace(/首次|后续|系统|火警|火灾|报警|故障|屏蔽|隔离|复位|恢复|解除|监管|启动|反馈/g, '').trim() !== '')
  const place = words.join(' ').slice(0, 120)
  return {
    key: `print.${part || place || state}`.slice(0, 80), text: [place, part ? `(${part})` : ''].join('').trim() || whole.slice(0, 120),
    manual: MANUAL.test(whole), says: [state], at_text: m ? `${m[1]!.length === 2 ? `20${m[1]!}` : m[1]!}-${two(m[2])}-${two(m[3])} ${two(m[4])}:${m[5]!}:${two(m[6])}` : null,
  }
}
/** What a record says. Several lines with an address and a state of their own are several reports. */
export function readPrinted(lines: readonly string[]): FireObject[] {
  const own = lines.filter((l) => stateOf(l) !== null && ADDRESS.test(l.replace(MOMENT, ' ')))
  return (own.length > 1 ? own.map((l) => [l]) : [lines]).map(printed).filter((o) => o !== null)
}
