// Who hangs on a line that has no list of its own. DL/T 645 lets a question leave digits open (缩位寻址: AA for any): who is alone answers with his address; where several answer over each
// other, the question is narrowed from the last two digits on. CJ/T 188 has only the question to all. Modbus has no such question: each number is asked. Pure but for what asks.
import type { Found, Outcome } from './queue.ts'

/** What came back on one question to several: whole right frames by their addresses, and whether there was something else as well. */
export interface Heard {
  addresses: string[]
  noise: boolean
  /** The line is not there: why. */
  line: string | null
}
export interface Progress {
  asked: number
  planned: number
  found: readonly Found[]
}
export interface Scanned {
  found: Found[]
  note: string | null
}
/** False: no more is wanted. */
export type Told = (p: Progress) => boolean
/** So many questions end a scan, whatever is left: some hours at the slowest line. */
export const QUESTIONS_MAX = 4000
const FOUND_MAX = 250
const STOPPED = '已停止'
const plain = (address: string): Found => ({ address, name: '', where: null, unit: null, value: null })
const short = (address: string): string => address.replace(/^0+(?=.)/, '')

/** `digits` of the address; the standard counts its bytes from the last two. */
export async function scanOpen(o: { bytes: number; narrows: boolean; ask: (mask: string) => Promise<Heard>; told: Told }): Promise<Scanned> {
  const found = new Map<string, Found>()
  const open = ['']
  let [asked, planned] = [0, 1]
  const ended = (note: string | null): Scanned => {
    o.told({ asked, planned: asked, found: [...found.values()] })
    return { found: [...found.values()].sort((a, b) => a.address.padStart(14, '0').localeCompare(b.address.padStart(14, '0'))), note }
  }
  for (let low = open.pop(); low !== undefined; low = open.pop()) {
    if (!o.told({ asked, planned, found: [...found.values()] })) return ended(STOPPED)
    if (asked >= QUESTIONS_MAX || found.size >= FOUND_MAX) return ended(found.size >= FOUND_MAX ? `已找到 ${FOUND_MAX} 台,没有再找` : `已问 ${QUESTIONS_MAX} 次,没有扫完;可检查线路后再扫`)
    const h = await o.ask('A'.repeat(o.bytes * 2 - low.length) + low)
    asked++
    if (h.line !== null) return ended(`线路不通:${h.line}`)
    // Some meters answer with the open digits of the question; asked to the end they are known by it.
    const whole = h.addresses.map((a) => (low.length === o.bytes * 2 ? low : a)).filter((a) => !/A/i.test(a))
    for (const a of whole) found.set(a, plain(short(a)))
    const unclear = h.noise || whole.length < h.addresses.length
    if (!unclear) continue
    if (!o.narrows) return ended('多块表同时应答,应答互相冲突。该协议没有逐位查找的问法,请逐块接线扫描,或按表箱清单导入')
    if (low.length === o.bytes * 2) {
      if (!found.has(low)) found.set(low, { ...plain(short(low)), name: '应答有误,请检查接线和波特率' })
      continue
    }
    for (let n = 99; n >= 0; n--) open.push(String(n).padStart(2, '0') + low)
    planned += 100
  }
  return ended(null)
}
/** Any answer says that somebody is there, a refusal too. */
export async function scanNumbers(o: { from: number; to: number; ask: (address: string) => Promise<Outcome>; told: Told }): Promise<Scanned> {
  const found: Found[] = []
  const planned = o.to - o.from + 1
  for (let n = o.from; n <= o.to; n++) {
    if (!o.told({ asked: n - o.from, planned, found })) return { found, note: STOPPED }
    const r = await o.ask(String(n))
    if (!r.ok && (r.kind === 'line' || r.kind === 'broke')) return { found, note: `线路不通:${r.why}` }
    if (r.ok) found.push({ ...plain(String(n)), value: r.v })
    else if (r.kind === 'refused') found.push({ ...plain(String(n)), name: r.why })
    else if (r.kind === 'bad') found.push({ ...plain(String(n)), name: '应答有误,请检查接线和波特率' })
  }
  o.told({ asked: planned, planned, found })
  return { found, note: null }
}
