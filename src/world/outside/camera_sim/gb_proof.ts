// How a device of GB/T 28181 proves its password (RFC 2617; by SM3 or SHA-256 in the edition of 2022), and the ways in which devices misbehave.
import { createHash } from 'node:crypto'

export interface GbMischief {
  lose_every?: number
  swap?: boolean
  /** The yes to a call comes so late. */
  late_ms?: number
  /** Numbers its stream as it likes, without saying so. */
  wrong_ssrc?: boolean
  /** Says in the answer that it numbers its stream otherwise. */
  own_ssrc?: boolean
  /** The last pieces of the catalogue never come. */
  cut_catalog?: boolean
  /** Each REGISTER goes out twice. */
  twice?: boolean
  /** Proves itself with what it was told the first time. */
  reuse_nonce?: boolean
  mute?: boolean
  h265?: boolean
  unbounded?: boolean
  /** No sign of life. */
  silent?: boolean
  /** Says no to calls. */
  refuse?: number
}
export function proofOf(challenge: string, o: { code: string; password: string; uri: string; by: 'MD5' | 'SHA-256' | 'SM3' }): string {
  const get = (k: string): string => new RegExp(`${k}="?([^",]+)`).exec(challenge)?.[1] ?? ''
  const h = (text: string): string => createHash(o.by.toLowerCase().replace('-', '')).update(text).digest('hex')
  const [realm, nonce] = [get('realm'), get('nonce')]
  return `Digest username="${o.code}",realm="${realm}",nonce="${nonce}",uri="${o.uri}",response="${h(`${h(`${o.code}:${realm}:${o.password}`)}:${nonce}:${h(`REGISTER:${o.uri}`)}`)}",algorithm=${o.by}`
}
