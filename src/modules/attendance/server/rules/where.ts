// Whether a punch lies within a place. The error of the phone speaks for the person. Pure; metres on a sphere.
import type { PositionIn } from '../../contract.ts'

const EARTH_M = 6_371_000
export interface Spot { place_id: string; name: string; lat: string; lon: string; radius_m: number }
export interface Judged { place_state: 'in' | 'out' | 'unknown' | 'free'; place_id: string | null; place_name: string | null; distance_m: number | null }
export function distanceM(a: { lat: string; lon: string }, b: { lat: string; lon: string }): number {
  const rad = (text: string): number => (Number(text) * Math.PI) / 180
  const [la, lb] = [rad(a.lat), rad(b.lat)]
  const h = Math.sin((lb - la) / 2) ** 2 + Math.cos(la) * Math.cos(lb) * Math.sin((rad(b.lon) - rad(a.lon)) / 2) ** 2
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h))))
}
export function judgePlace(places: readonly Spot[], position: PositionIn | null, accuracy_max_m: number): Judged {
  if (places.length === 0) return { place_state: 'free', place_id: null, place_name: null, distance_m: null }
  if (position?.state !== 'given') return { place_state: 'unknown', place_id: null, place_name: null, distance_m: null }
  const near = places.map((p) => ({ p, m: distanceM(p, position) })).toSorted((a, b) => a.m - a.p.radius_m - (b.m - b.p.radius_m))[0]!
  if (position.accuracy_m > accuracy_max_m) return { place_state: 'unknown', place_id: near.p.place_id, place_name: near.p.name, distance_m: near.m }
  return { place_state: near.m - position.accuracy_m <= near.p.radius_m ? 'in' : 'out', place_id: near.p.place_id, place_name: near.p.name, distance_m: near.m }
}
