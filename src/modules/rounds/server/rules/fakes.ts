// What is wrong with a record, as far as clock, order, way and proof tell. Nothing is refused for it: it is shown to a second person with the reason.
import { LABEL_PREFIX } from '../../../../kernel/ids.ts'
import type { Device, Flag } from '../../contract.ts'

const MINUTE = 60_000
export interface Before {
  device_at: string
  done_at: string
  boot: string
  mono_ms: number
  seq: number
}
export interface Seen {
  device_at: string
  device: Device
  received_at: string
  skew_minutes: number
  /** The last record of the same person before this one, by the number the phone gave it. */
  last: Before | null
  /** When the stop before was walked in this task, and how long the way is at least. */
  stop_before: { done_at: string } | null
  travel_seconds: number
  ordered: boolean
  /** A later stop of the task is walked already. */
  later_walked: boolean
}
const ms = (iso: string): number => Date.parse(iso)

/** The phone's time put right by the last time it heard the server's. */
export function doneAt(s: Pick<Seen, 'device_at' | 'device' | 'received_at'>): string {
  const off = s.device.sync ? ms(s.device.sync.server_at) - ms(s.device.sync.device_at) : 0
  return new Date(Math.min(ms(s.device_at) + off, ms(s.received_at))).toISOString()
}
export function clockFlags(s: Seen): Flag[] {
  const out = new Set<Flag>()
  const skew = s.skew_minutes * MINUTE
  const { device: d } = s
  const off = d.sync ? ms(d.sync.server_at) - ms(d.sync.device_at) : 0
  if (Math.abs(off) > skew || ms(s.device_at) + off > ms(s.received_at) + skew) out.add('clock_off')
  if (d.went_back) out.add('clock_back')
  if (s.last && d.seq > s.last.seq && ms(s.device_at) < ms(s.last.device_at) - skew) out.add('clock_back')
  // Within one start of the app the monotonic clock runs on whatever is done to the other; it stands still while the phone sleeps, so that only a
  // clock that went on less than it tells of a hand.
  const moved = (then: { boot: string; mono_ms: number; device_at: string } | null): boolean => then !== null && then.boot === d.boot && ms(s.device_at) - ms(then.device_at) - (d.mono_ms - then.mono_ms) < -skew
  if (moved(s.last) || moved(d.sync)) out.add('clock_moved')
  // What was walked before the phone last heard the server cannot be later than that moment.
  if (d.sync && d.sync.boot === d.boot && d.mono_ms >= d.sync.mono_ms && ms(s.device_at) < ms(d.sync.device_at) - skew) out.add('clock_back')
  return [...out]
}
export function wayFlags(s: Seen, done_at: string): Flag[] {
  const out: Flag[] = []
  if (s.stop_before && s.travel_seconds > 0 && Math.abs(ms(done_at) - ms(s.stop_before.done_at)) < s.travel_seconds * 1000) out.push('too_fast')
  if (s.ordered && (s.later_walked || (s.stop_before !== null && ms(done_at) < ms(s.stop_before.done_at)))) out.push('out_of_order')
  return out
}

/** In words, one for each flag: what a second person needs to judge it. */
export function reasonsOf(flags: readonly Flag[], s: Seen, done_at: string, found: { same_photo: string | null; shown_at: string | null; code_of: string | null; position?: Partial<Record<Flag, string>> }, hour: (at: string) => string): string[] {
  const minutes = (x: number): string => `${Math.max(1, Math.round(Math.abs(x) / MINUTE))} 分钟`
  const off = s.device.sync ? ms(s.device.sync.device_at) - ms(s.device.sync.server_at) : ms(s.device_at) - ms(s.received_at)
  return flags.map((f) => {
    switch (f) {
      case 'photo_again': return `与 ${found.same_photo ?? '另一次检查'} 的照片完全相同`
      case 'too_fast': return `上一点到这里至少 ${s.travel_seconds} 秒,只用了 ${Math.round(Math.abs(ms(done_at) - ms(s.stop_before!.done_at)) / 1000)} 秒`
      case 'clock_off': return `手机时间比服务器${off > 0 ? '快' : '慢'} ${minutes(off)}`
      case 'clock_back': return s.last && ms(s.device_at) < ms(s.last.device_at) ? `手机时间比上一条记录(${hour(s.last.device_at)})还早` : '手机时间被往回调过'
      case 'clock_moved': return '两条记录之间,手机时间走得比实际少'
      case 'no_proof': return '没有扫码、碰卡或动态码'
      case 'wrong_code': return found.code_of ? `扫到的是「${found.code_of}」` : '扫到的不是这个点位的码'
      case 'stale_code': return `动态码是 ${found.shown_at ? hour(found.shown_at) : '以前'} 显示的`
      case 'out_of_order': return '没有按路线顺序到点'
      case 'wrong_nfc': return '碰的不是这个点位的卡'
      case 'far': case 'too_quick': return found.position?.[f] ?? ''
    }
  })
}

export interface Proof {
  proof: 'scan' | 'nfc' | 'screen' | 'typed' | 'none'
  code: string | null
}
export interface PointSeen {
  proof: 'scan' | 'nfc' | 'screen' | 'none'
  code: string
  nfc_id: string | null
}
const bare = (id: string): string => id.replaceAll(':', '').toLowerCase()
export const SCREEN = 'HY2:'
/** What a person typed or a camera read: 'HY1:ABCD2345', 'HY2:ABCD2345:123456', or the code alone. */
export function codeOf(text: string): { code: string; digits: string | null } {
  const t = text.trim()
  if (t.startsWith(SCREEN)) {
    const [, code = '', digits = ''] = t.split(':')
    return { code: code.toUpperCase(), digits }
  }
  return { code: (t.startsWith(LABEL_PREFIX) ? t.slice(LABEL_PREFIX.length) : t).replace(/[\s-]/g, '').toUpperCase(), digits: null }
}
/** `rotating` says of the digits of a screen whether they were shown at that moment. */
export function proofFlags(p: PointSeen, given: Proof, rotating: (digits: string) => 'ok' | 'stale' | 'wrong'): { ok: boolean; flags: Flag[] } {
  if (p.proof === 'none') return { ok: true, flags: [] }
  if (given.proof === 'none' || given.code === null || given.code.trim() === '') return { ok: false, flags: ['no_proof'] }
  if (given.proof === 'nfc') {
    const same = p.nfc_id !== null && bare(given.code) === bare(p.nfc_id)
    return same ? { ok: true, flags: [] } : { ok: false, flags: ['wrong_nfc'] }
  }
  const { code, digits } = codeOf(given.code)
  if (code !== p.code) return { ok: false, flags: ['wrong_code'] }
  // The label's code may be known by heart: where more is asked for, it proves nothing.
  if (p.proof === 'nfc') return { ok: false, flags: ['no_proof'] }
  if (p.proof === 'screen') {
    const v = digits === null ? 'none' : rotating(digits)
    return v === 'ok' ? { ok: true, flags: [] } : { ok: false, flags: [v === 'none' ? 'no_proof' : v === 'stale' ? 'stale_code' : 'wrong_code'] }
  }
  return { ok: true, flags: [] }
}
