// What is asked of a device and what it answers (GB/T 28181-2016 9.2, 9.8, annex F): SDP with the lines y= (number of the stream) and f=.
export interface Ask {
  /** Ours and theirs, 20 digits each. */
  server: string
  channel: string
  host: string
  port: number
  tcp: boolean
  ssrc: string
  /** Of recordings; without it live. */
  from_s?: number
  to_s?: number
}
export function writeAsk(a: Ask): Buffer {
  const recorded = a.from_s !== undefined
  const lines = [
    'v=0', `o=${a.server} 0 0 IN IP4 ${a.host}`, `s=${recorded ? 'Playback' : 'Play'}`, ...(recorded ? [`u=${a.channel}:0`] : []), `c=IN IP4 ${a.host}`, `t=${a.from_s ?? 0} ${a.to_s ?? 0}`,
    `m=video ${a.port} ${a.tcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} 96 98 97`, 'a=recvonly', 'a=rtpmap:96 PS/90000', 'a=rtpmap:98 H264/90000', 'a=rtpmap:97 MPEG4/90000', ...(a.tcp ? ['a=setup:passive', 'a=connection:new'] : []), `y=${a.ssrc}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
}
export interface Offer {
  host: string | null
  /** Null where the device says nothing of it. */
  ssrc: number | null
  tcp: boolean
  /** By payload type: PS, H264, H265, MPEG4. */
  codecs: Map<number, string>
}
const LINES_MAX = 100
/** Null without a video line. */
export function readOffer(body: Buffer): Offer | null {
  const o: Offer = { host: null, ssrc: null, tcp: false, codecs: new Map() }
  let video = false
  for (const line of body.toString('latin1').split(/\r?\n/).slice(0, LINES_MAX)) {
    const c = /^c=IN IP4 ([\d.]{7,15})/.exec(line)
    const m = /^m=video \d{1,5} (\S{1,20})/.exec(line)
    const map = /^a=rtpmap:(\d{1,3}) ([\w.-]{1,20})\//.exec(line)
    const y = /^y=(\d{1,10})\s*$/.exec(line)
    if (c) o.host = c[1]!
    else if (m) {
      video = true
      o.tcp = m[1]!.toUpperCase().startsWith('TCP')
    } else if (map) o.codecs.set(Number(map[1]), map[2]!.toUpperCase())
    else if (y && Number(y[1]) > 0 && Number(y[1]) < 2 ** 32) o.ssrc = Number(y[1])
  }
  return video ? o : null
}
/** First digit: live or recorded; then the area; then a running number (annex F.2). */
export const ssrcOf = (recorded: boolean, server: string, no: number): string => `${recorded ? 1 : 0}${server.slice(3, 8)}${String(no % 10_000).padStart(4, '0')}`
