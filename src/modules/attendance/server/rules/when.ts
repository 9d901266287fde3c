// By which hour a punch counts. On time it is the server's; without network the phone's, put right by what the phone last heard of the server. Pure.
import type { DeviceIn } from '../../contract.ts'

export type Clock = 'server' | 'moved' | 'doubt'
export function whenOf(o: { device_at: string; device: DeviceIn; received_at: string; skew_minutes: number }): { at: string; clock: Clock } {
  const received = Date.parse(o.received_at)
  const said = Date.parse(o.device_at)
  const skew = o.skew_minutes * 60_000
  if (Math.abs(received - said) <= skew && !o.device.went_back) return { at: o.received_at, clock: 'server' }
  const sync = o.device.sync
  // The same start of the app: its monotonic clock knows how long it was, whatever was done to the clock of the phone.
  const known = sync === null ? null : sync.boot === o.device.boot && o.device.mono_ms >= sync.mono_ms ? Date.parse(sync.server_at) + (o.device.mono_ms - sync.mono_ms) : said + (Date.parse(sync.server_at) - Date.parse(sync.device_at))
  const at = Math.min(received, known ?? said)
  const sure = sync !== null && !o.device.went_back && known !== null && known <= received + skew && known >= Date.parse(sync.server_at) - skew && Math.abs(known - said - (Date.parse(sync.server_at) - Date.parse(sync.device_at))) <= skew
  return { at: new Date(at).toISOString(), clock: sure ? 'moved' : 'doubt' }
}
