// What a device sends, read without trust: JSON of at most 64 KB. Telemetry is {"ts": ms, "temp": 21.5, …} or {"ts": ms, "values": {…}} or a list of
// those; a gateway names its child in "device". A device without a clock may say how long ago instead: "age_s". Pure.
export const PAYLOAD_MAX = 64 * 1024
const ITEMS_MAX = 500
const VALUES_MAX = 60
/** Clocks of devices: so far ahead is believed, more is taken as the time of hearing (camera clocks and epochs disagree in vendors' own samples, H10). */
const AHEAD_MS = 5 * 60_000
const BEHIND_MS = 400 * 86_400_000

export interface TelemetryItem {
  /** A child of the gateway that sent it: its number or id. */
  device: string | null
  at_ms: number
  /** The device said when. */
  own_time: boolean
  replay: boolean
  values: [point: string, v: number][]
}
export interface EventItem {
  device: string | null
  key: string
  kind: string
  at_ms: number
  own_time: boolean
  replay: boolean
  payload: Record<string, unknown>
}
export type Read<T> = { ok: true; items: T[] } | { ok: false; why: string }

/** Longer ago than two periods and two minutes it was kept by the device and sent afterwards. */
export const replayAfterMs = (d: { model: { period_s: number } }): number => Math.max(d.model.period_s * 2, 120) * 1000

type Json = Record<string, unknown>
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)
const NOT_VALUES = new Set(['ts', 'age_s', 'seq', 'device', 'replay', 'values'])

function objects(payload: Uint8Array): Json[] | string {
  if (payload.length > PAYLOAD_MAX) return `超过 ${PAYLOAD_MAX / 1024} KB`
  let given: unknown
  try {
    given = JSON.parse(Buffer.from(payload).toString('utf8'))
  } catch {
    return '不是 JSON'
  }
  const list = Array.isArray(given) ? (given as unknown[]) : [given]
  if (list.length > ITEMS_MAX) return `一次最多 ${ITEMS_MAX} 条`
  return list.every(isObject) ? list : '应为 JSON 对象'
}
/** `same`: sent again it has the same time. */
function timeOf(o: Json, received_ms: number): { at_ms: number; own_time: boolean; same: boolean } {
  const age = o['age_s']
  if (typeof age === 'number' && age >= 0 && age * 1000 <= BEHIND_MS) return { at_ms: Math.round(received_ms - age * 1000), own_time: true, same: false }
  const ts = o['ts']
  const ms = typeof ts === 'number' ? ts : typeof ts === 'string' ? Date.parse(ts) : Number.NaN
  if (!Number.isFinite(ms) || ms > received_ms + AHEAD_MS || ms < received_ms - BEHIND_MS) return { at_ms: received_ms, own_time: false, same: false }
  return { at_ms: Math.round(ms), own_time: true, same: true }
}
const asNumber = (v: unknown): number | null => (typeof v === 'boolean' ? Number(v) : typeof v === 'number' && Number.isFinite(v) && Math.abs(v) < 1e12 ? Math.round(v * 1e6) / 1e6 : null)
const childOf = (o: Json): string | null => (typeof o['device'] === 'string' ? o['device'].slice(0, 40) : null)

export function readTelemetry(payload: Uint8Array, received_ms: number, replay_after_ms: number): Read<TelemetryItem> {
  const list = objects(payload)
  if (typeof list === 'string') return { ok: false, why: list }
  const items: TelemetryItem[] = []
  for (const o of list) {
    const source = isObject(o['values']) ? o['values'] : o
    const values: [string, number][] = []
    for (const [k, v] of Object.entries(source)) {
      if (source === o && NOT_VALUES.has(k)) continue
      const n = asNumber(v)
      if (n !== null) values.push([k, n])
    }
    if (values.length === 0) return { ok: false, why: '没有可用的数值' }
    if (values.length > VALUES_MAX) return { ok: false, why: `一条最多 ${VALUES_MAX} 个点位` }
    const t = timeOf(o, received_ms)
    items.push({ device: childOf(o), at_ms: t.at_ms, own_time: t.own_time, replay: o['replay'] === true || received_ms - t.at_ms > replay_after_ms, values })
  }
  return { ok: true, items }
}

const KIND = /^[a-z][a-z0-9_]{0,29}$/
export function readEvents(payload: Uint8Array, received_ms: number, replay_after_ms: number, fresh: () => string): Read<EventItem> {
  const list = objects(payload)
  if (typeof list === 'string') return { ok: false, why: list }
  const items: EventItem[] = []
  for (const o of list) {
    const kind = o['kind']
    if (typeof kind !== 'string' || !KIND.test(kind)) return { ok: false, why: '事件缺少 kind,或不是小写代号' }
    const t = timeOf(o, received_ms)
    const id = o['id'] ?? o['seq']
    // Without a number of its own an event with a time is still the same event when it is sent again.
    const key = typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 80) : t.same ? `${kind}@${t.at_ms}` : fresh()
    items.push({ device: childOf(o), key, kind, at_ms: t.at_ms, own_time: t.own_time, replay: o['replay'] === true || received_ms - t.at_ms > replay_after_ms, payload: isObject(o['data']) ? o['data'] : {} })
  }
  return { ok: true, items }
}
