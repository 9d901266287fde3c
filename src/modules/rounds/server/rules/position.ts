// What a position says of a check: how far from the point, how fast from the check before. Pure. Metres on a sphere: within a community the error is millimetres.
import type { Flag, PositionIn } from '../../contract.ts'

const EARTH_M = 6_371_000
const HOUR_MS = 3_600_000
/** Longer apart than this a speed says nothing: he may have driven between two communities. */
const SPEED_WITHIN_MS = 2 * HOUR_MS
export interface Spot { lat: string; lon: string }
export interface Fix extends Spot { accuracy_m: number }
export function distanceM(a: Spot, b: Spot): number {
  const rad = (text: string): number => (Number(text) * Math.PI) / 180
  const [la, lb] = [rad(a.lat), rad(b.lat)]
  const h = Math.sin((lb - la) / 2) ** 2 + Math.cos(la) * Math.cos(lb) * Math.sin((rad(b.lon) - rad(a.lon)) / 2) ** 2
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h))))
}
export interface Judged { flags: Flag[]; distance_m: number | null; reasons: Partial<Record<Flag, string>> }
/** The error of the phone speaks for the person: only what is beyond it is doubted. */
export function judgePosition(o: { position: PositionIn | null; point: Spot | null; done_at: string; last: (Fix & { done_at: string }) | null; far_m: number; speed_kmh: number }): Judged {
  const p = o.position
  if (p?.state !== 'given') return { flags: [], distance_m: null, reasons: {} }
  const flags: Flag[] = []
  const reasons: Partial<Record<Flag, string>> = {}
  const distance_m = o.point ? distanceM(p, o.point) : null
  if (distance_m !== null && distance_m - p.accuracy_m > o.far_m) {
    flags.push('far')
    reasons.far = `定位离点位 ${distance_m} 米(误差 ${p.accuracy_m} 米)`
  }
  if (o.last) {
    const ms = Math.abs(Date.parse(o.done_at) - Date.parse(o.last.done_at))
    const moved = distanceM(p, o.last) - p.accuracy_m - o.last.accuracy_m
    const kmh = Math.round((moved / 1000) / (Math.max(ms, 1000) / HOUR_MS))
    if (ms <= SPEED_WITHIN_MS && moved > 0 && kmh > o.speed_kmh) {
      flags.push('too_quick')
      reasons.too_quick = `${Math.round(ms / 1000)} 秒前的检查在 ${distanceM(p, o.last)} 米外,相当于每小时 ${kmh} 公里`
    }
  }
  return { flags, distance_m, reasons }
}
