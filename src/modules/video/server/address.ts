// Where a camera is reached, sealed at rest: it holds the password. Opened by the video service alone, and by whoever changes the camera, without the password.
import { openText, sealText } from '../../../kernel/seal.ts'

export interface Address {
  source: 'rtsp' | 'onvif' | 'gb'
  main_url: string | null
  sub_url: string | null
  playback_url: string | null
  onvif_url: string | null
  user: string
  password: string
  /** A channel of a GB device; its password is the device's. */
  gb?: { gb_device_id: string; gb_channel_id: string; channel: string }
}
export const seal = (a: Address): string => sealText(JSON.stringify(a))
export const open = (sealed: string): Address => JSON.parse(openText(sealed)) as Address
/** For lists: where it is, nothing that opens it. */
export function hostOf(a: Address): string {
  if (a.gb) return a.gb.channel
  const url = a.sub_url ?? a.main_url ?? a.onvif_url ?? ''
  return /^\w+:\/\/([^/?]+)/.exec(url)?.[1] ?? ''
}
/** The sub-stream for walls and recordings, the main one where there is no other; the other way round for one large picture. */
export const urlOf = (a: Address, stream: 'main' | 'sub'): string | null => (stream === 'sub' ? (a.sub_url ?? a.main_url) : (a.main_url ?? a.sub_url))
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
/** Recorders play from a time in their address: {start} and {end} as 20261126T040000Z, what Hikvision and Dahua understand. */
export const playbackUrl = (a: Address, from_ms: number, to_ms: number): string | null => a.playback_url?.replaceAll('{start}', stamp(from_ms)).replaceAll('{end}', stamp(to_ms)) ?? null
