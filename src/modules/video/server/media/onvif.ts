// ONVIF (Core, Media, PTZ; SOAP 1.2) as a client: only what is asked of a camera here. Answers are read for the elements wanted and nothing else; HTTP is bounded.
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { nowMs, steadyMs } from '../../../../kernel/clock.ts'
import { authorization, readChallenge } from '../../../../kernel/digest.ts'
import { CameraFault } from './rtsp.ts'

export interface OnvifAddress {
  url: string
  user: string
  password: string
}
const BODY_MAX = 512 * 1024
const WAIT_MS = 5_000
const NS = 'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"'
const esc = (s: string): string => s.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`)
const unesc = (s: string): string => s.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);/gi, (_, e: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[e.toLowerCase()] ?? String.fromCodePoint(Math.min(0x10ffff, e[1]?.toLowerCase() === 'x' ? Number.parseInt(e.slice(2), 16) : Number(e.slice(1)))))

/** UsernameToken with a digest (WS-Security UsernameToken Profile 1.0): the camera's clock, not ours, must be in it. */
function security(a: OnvifAddress, off_ms: number): string {
  if (a.user === '') return ''
  const nonce = randomBytes(16)
  const created = new Date(nowMs() + off_ms).toISOString()
  const digest = createHash('sha1').update(Buffer.concat([nonce, Buffer.from(created), Buffer.from(a.password)])).digest('base64')
  const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
  return `<s:Header><Security s:mustUnderstand="1" xmlns="${wsse}-wssecurity-secext-1.0.xsd"><UsernameToken><Username>${esc(a.user)}</Username><Password Type="${wsse}-username-token-profile-1.0#PasswordDigest">${digest}</Password><Nonce EncodingType="${wsse}-soap-message-security-1.0#Base64Binary">${nonce.toString('base64')}</Nonce><Created xmlns="${wsse}-wssecurity-utility-1.0.xsd">${created}</Created></UsernameToken></Security></s:Header>`
}
function post(url: string, body: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string; challenges: string[] }> {
  return new Promise((done, fail) => {
    const r = request(url, { method: 'POST', headers: { 'content-type': 'application/soap+xml; charset=utf-8', 'content-length': Buffer.byteLength(body), ...headers }, timeout: WAIT_MS }, (res) => {
      const parts: Buffer[] = []
      let size = 0
      res.on('data', (d: Buffer) => {
        size += d.length
        if (size > BODY_MAX) r.destroy(new CameraFault('not_onvif'))
        else parts.push(d)
      })
      res.on('end', () => done({ status: res.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8'), challenges: [res.headers['www-authenticate'] ?? []].flat() }))
      res.on('error', fail)
    })
    r.on('timeout', () => r.destroy(new CameraFault('no_answer')))
    r.on('error', (e: NodeJS.ErrnoException) => fail(e instanceof CameraFault ? e : new CameraFault(e.code === 'ECONNREFUSED' ? 'refused' : 'unreachable')))
    r.end(body)
  })
}
export class Onvif {
  private off_ms = 0
  private readonly at: OnvifAddress
  private readonly services = new Map<string, string>()
  constructor(at: OnvifAddress) {
    this.at = at
  }
  private async ask(url: string, inner: string, o: { open?: boolean } = {}): Promise<string> {
    const body = `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${NS}>${o.open ? '' : security(this.at, this.off_ms)}<s:Body>${inner}</s:Body></s:Envelope>`
    let a = await post(url, body)
    const c = a.status === 401 ? readChallenge(a.challenges) : null
    if (c && this.at.user !== '') a = await post(url, body, { authorization: authorization(c, { user: this.at.user, password: this.at.password, method: 'POST', uri: new URL(url).pathname, count: 1 }) })
    if (a.status === 401 || /NotAuthorized|FailedAuthentication/i.test(a.body)) throw new CameraFault('wrong_password')
    if (!/<(?:[\w-]+:)?Envelope/.test(a.body)) throw new CameraFault('not_onvif')
    if (a.status !== 200) throw new CameraFault('refused', text(a.body, 'Text') ?? String(a.status))
    return a.body
  }
  /** Its clock and where its services are. A camera whose clock is off refuses tokens made by ours. */
  async begin(): Promise<void> {
    const asked = steadyMs()
    const t = await this.ask(this.at.url, '<tds:GetSystemDateAndTime/>', { open: true }).catch((e: unknown) => { if (e instanceof CameraFault && e.fault === 'wrong_password') return ''; throw e })
    const utc = elements(t, 'UTCDateTime')[0]
    if (utc) {
      const n = (k: string): number => Number(text(utc, k) ?? 0)
      const theirs = Date.UTC(n('Year'), n('Month') - 1, n('Day'), n('Hour'), n('Minute'), n('Second'))
      if (theirs > 0) this.off_ms = theirs - nowMs() + (steadyMs() - asked) / 2
    }
    const caps = await this.ask(this.at.url, '<tds:GetCapabilities><tds:Category>All</tds:Category></tds:GetCapabilities>')
    const host = new URL(this.at.url)
    for (const name of ['Media', 'PTZ']) {
      const x = text(elements(caps, name)[0] ?? '', 'XAddr')
      if (!x) continue
      // Behind an address translation a camera tells an address that only it knows: the host is the one we reached it by.
      const u = new URL(x)
      u.host = host.host
      this.services.set(name, u.href)
    }
    if (!this.services.has('Media')) throw new CameraFault('no_video')
  }
  async device(): Promise<{ maker: string; model: string; firmware: string }> {
    const a = await this.ask(this.at.url, '<tds:GetDeviceInformation/>')
    return { maker: text(a, 'Manufacturer') ?? '', model: text(a, 'Model') ?? '', firmware: text(a, 'FirmwareVersion') ?? '' }
  }
  async profiles(): Promise<Profile[]> {
    const a = await this.ask(this.services.get('Media')!, '<trt:GetProfiles/>')
    return elements(a, 'Profiles').slice(0, 16).map((p) => {
      const video = elements(p, 'VideoEncoderConfiguration')[0] ?? ''
      const size = elements(video, 'Resolution')[0] ?? ''
      return { token: attribute(p, 'token'), name: text(p, 'Name') ?? '', codec: text(video, 'Encoding') ?? '', width: Number(text(size, 'Width') ?? 0), height: Number(text(size, 'Height') ?? 0), ptz: elements(p, 'PTZConfiguration').length > 0 }
    }).filter((p) => p.token !== '' && p.width > 0)
  }
  async uri(token: string): Promise<string> {
    const a = await this.ask(this.services.get('Media')!, `<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup><trt:ProfileToken>${esc(token)}</trt:ProfileToken></trt:GetStreamUri>`)
    const uri = text(a, 'Uri') ?? ''
    if (!/^rtsp:\/\//i.test(uri)) throw new CameraFault('no_video')
    const u = new URL(uri)
    u.hostname = new URL(this.at.url).hostname
    u.username = u.password = ''
    return u.href
  }
  get has_ptz(): boolean {
    return this.services.has('PTZ')
  }
  /** Speeds from -1 to 1; it stops by itself after the time, if nobody says so before. */
  async move(token: string, o: { pan: number; tilt: number; zoom: number }, seconds: number): Promise<void> {
    const v = (n: number): string => Math.max(-1, Math.min(1, n)).toFixed(2)
    await this.ask(this.services.get('PTZ')!, `<tptz:ContinuousMove><tptz:ProfileToken>${esc(token)}</tptz:ProfileToken><tptz:Velocity><tt:PanTilt x="${v(o.pan)}" y="${v(o.tilt)}"/><tt:Zoom x="${v(o.zoom)}"/></tptz:Velocity><tptz:Timeout>PT${seconds}S</tptz:Timeout></tptz:ContinuousMove>`)
  }
  async halt(token: string): Promise<void> {
    await this.ask(this.services.get('PTZ')!, `<tptz:Stop><tptz:ProfileToken>${esc(token)}</tptz:ProfileToken><tptz:PanTilt>true</tptz:PanTilt><tptz:Zoom>true</tptz:Zoom></tptz:Stop>`)
  }
}
export interface Profile {
  token: string
  name: string
  codec: string
  width: number
  height: number
  ptz: boolean
}
/** Elements by local name, whatever their prefix; not nested in one of their own name. */
export function elements(xml: string, name: string): string[] {
  const out: string[] = []
  const open = new RegExp(`<((?:[\\w-]+:)?${name})(?=[\\s/>])[^>]*?(/?)>`, 'g')
  for (let m = open.exec(xml); m && out.length < 64; m = open.exec(xml)) {
    if (m[2] === '/') {
      out.push(m[0])
      continue
    }
    const end = xml.indexOf(`</${m[1]}>`, open.lastIndex)
    if (end < 0) break
    out.push(xml.slice(m.index, end))
    open.lastIndex = end
  }
  return out
}
export function text(xml: string, name: string): string | undefined {
  const m = new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)
  return m ? unesc(m[1]!.trim()) : undefined
}
function attribute(xml: string, name: string): string {
  const m = new RegExp(`^<[^>]*\\s${name}="([^"]*)"`).exec(xml)
  return m ? unesc(m[1]!) : ''
}
/** The best H.264 profile, and the smallest one for walls. */
export function choose(list: readonly Profile[]): { main: Profile | undefined; sub: Profile | undefined } {
  const h264 = list.filter((p) => /^h264$/i.test(p.codec)).toSorted((a, b) => b.width * b.height - a.width * a.height)
  return { main: h264[0], sub: h264.at(-1) }
}
export async function streamUris(at: OnvifAddress): Promise<{ main: string | undefined; sub: string | undefined }> {
  const o = new Onvif(at)
  await o.begin()
  const all = await o.profiles()
  const { main, sub } = choose(all)
  if (!main) throw new CameraFault(all.some((p) => /h265|hevc/i.test(p.codec)) || all.length > 0 ? 'h265' : 'no_video')
  return { main: await o.uri(main.token), sub: sub && sub.token !== main.token ? await o.uri(sub.token) : undefined }
}
