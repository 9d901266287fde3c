// What a camera says it sends (RFC 8866, 6184 8.1): the video track, its codec and parameter sets.
import { nalType, NAL } from './h264.ts'

export interface Track {
  control: string
  kind: number
  codec: string
  sps?: Buffer
  pps?: Buffer
}
const LINES_MAX = 400
/** The first video track; null when there is none. */
export function readSdp(text: string): { control: string | null; track: Track | null } {
  let session: string | null = null
  let track: Track | null = null
  let here = false
  let media = false
  for (const line of text.split(/\r?\n/).slice(0, LINES_MAX)) {
    if (line.startsWith('m=')) {
      media = true
      const m = /^m=video \d+ \S+ (\d+)/.exec(line)
      here = m !== null && track === null
      if (here) track = { control: '', kind: Number(m![1]), codec: '' }
    } else if (line.startsWith('a=control:')) {
      const v = line.slice(10).trim()
      if (here) track!.control = v
      else if (!media) session = v
    } else if (here) attribute(track!, line)
  }
  return { control: session, track }
}
function attribute(track: Track, line: string): void {
  const map = /^a=rtpmap:(\d+) ([\w.-]+)\//.exec(line)
  if (map && Number(map[1]) === track.kind) track.codec = map[2]!.toUpperCase()
  const sets = /sprop-parameter-sets=([^;\s]+)/.exec(line)?.[1]
  if (!line.startsWith('a=fmtp:') || sets === undefined) return
  for (const one of sets.split(',').slice(0, 8)) {
    const nal = Buffer.from(one, 'base64')
    if (nal.length === 0 || nal.length > 512) continue
    if (nalType(nal) === NAL.sps) track.sps ??= nal
    else if (nalType(nal) === NAL.pps) track.pps ??= nal
  }
}
/** RFC 2326 C.1.1: relative to Content-Base, Content-Location or the address asked; cameras mostly want the plain joining. */
export function controlUrl(base: string, control: string): string {
  if (control === '' || control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return control
  return `${base.endsWith('/') ? base : `${base}/`}${control.replace(/^\//, '')}`
}
