// An ONVIF camera at its wire, from the ONVIF Core, Media and PTZ specifications and WS-Security UsernameToken: two profiles, a head that turns, and a clock of its own
// that may be off. Its RTSP address is a channel of the RTSP server beside it.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'

export interface OnvifSim {
  user: string
  password: string
  rtsp_port: number
  channel: number
  /** Its clock is off by this much. */
  clock_off_s?: number
  now: () => number
  onTurn?: (by: { pan: number; tilt: number; zoom: number }) => void
  encoding?: 'H264' | 'H265'
}
const BODY_MAX = 256 * 1024
const WINDOW_S = 300
const NS = 'xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error"'
const inner = (xml: string, tag: string): string | undefined => new RegExp(`<(?:\\w+:)?${tag}(?:\\s[^>]*)?>([^<]*)</`).exec(xml)?.[1]
const soap = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope ${NS}><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`
const fault = (sub: string, reason: string): string => soap(`<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode><SOAP-ENV:Value>${sub}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">${reason}</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>`)

export class OnvifCamera {
  readonly requests: string[] = []
  moving: { pan: number; tilt: number; zoom: number } | null = null
  port = 0
  private server: Server | undefined
  private turning: NodeJS.Timeout | undefined
  private ends: NodeJS.Timeout | undefined
  private readonly o: OnvifSim
  constructor(o: OnvifSim) {
    this.o = o
  }
  async listen(port = 0, host = '127.0.0.1'): Promise<this> {
    this.server = createServer((req, res) => {
      void body(req).then((xml) => {
        const a = this.answer(xml)
        res.writeHead(a.status, { 'content-type': 'application/soap+xml; charset=utf-8' }).end(a.xml)
      }, () => res.destroy())
    })
    await new Promise<void>((done, fail) => this.server!.once('error', fail).listen(port, host, done))
    this.port = (this.server.address() as { port: number }).port
    return this
  }
  async close(): Promise<void> {
    this.halt()
    this.server?.closeAllConnections()
    await new Promise<void>((done) => (this.server ? this.server.close(() => done()) : done()))
  }
  private clock(): Date {
    return new Date(this.o.now() + (this.o.clock_off_s ?? 0) * 1000)
  }
  private known(xml: string): boolean {
    const [user, digest, nonce, created] = [inner(xml, 'Username'), inner(xml, 'Password'), inner(xml, 'Nonce'), inner(xml, 'Created')]
    if (user !== this.o.user || !digest || !nonce || !created) return false
    // A token of another hour is refused, as the profile asks.
    if (Math.abs(Date.parse(created) - this.clock().getTime()) > WINDOW_S * 1000) return false
    return createHash('sha1').update(Buffer.concat([Buffer.from(nonce, 'base64'), Buffer.from(created), Buffer.from(this.o.password)])).digest('base64') === digest
  }
  private answer(xml: string): { status: number; xml: string } {
    const method = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(xml)?.[1] ?? ''
    this.requests.push(method)
    const ok = (b: string): { status: number; xml: string } => ({ status: 200, xml: soap(b) })
    if (method === 'GetSystemDateAndTime') {
      const d = this.clock()
      return ok(`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>${d.getUTCHours()}</tt:Hour><tt:Minute>${d.getUTCMinutes()}</tt:Minute><tt:Second>${d.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${d.getUTCFullYear()}</tt:Year><tt:Month>${d.getUTCMonth() + 1}</tt:Month><tt:Day>${d.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`)
    }
    if (!this.known(xml)) return { status: 400, xml: fault('ter:NotAuthorized', 'Sender not authorized') }
    // A camera tells the address that it has in its own network.
    const here = 'http://192.168.1.64'
    const encoding = this.o.encoding ?? 'H264'
    const profile = (token: string, name: string, w: number, h: number): string => `<trt:Profiles token="${token}" fixed="true"><tt:Name>${name}</tt:Name><tt:VideoSourceConfiguration token="vs"><tt:Name>vs</tt:Name><tt:Bounds height="1080" width="1920" y="0" x="0"/></tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="ve_${token}"><tt:Name>ve</tt:Name><tt:Encoding>${encoding}</tt:Encoding><tt:Resolution><tt:Width>${w}</tt:Width><tt:Height>${h}</tt:Height></tt:Resolution></tt:VideoEncoderConfiguration><tt:PTZConfiguration token="ptz"><tt:Name>ptz</tt:Name><tt:NodeToken>node</tt:NodeToken></tt:PTZConfiguration></trt:Profiles>`
    if (method === 'GetCapabilities') return ok(`<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>${here}/onvif/device_service</tt:XAddr></tt:Device><tt:Media><tt:XAddr>${here}/onvif/media_service</tt:XAddr></tt:Media><tt:PTZ><tt:XAddr>${here}/onvif/ptz_service</tt:XAddr></tt:PTZ></tds:Capabilities></tds:GetCapabilitiesResponse>`)
    if (method === 'GetDeviceInformation') return ok('<tds:GetDeviceInformationResponse><tds:Manufacturer>模拟</tds:Manufacturer><tds:Model>SIM-PTZ-4</tds:Model><tds:FirmwareVersion>V1.0 &amp; up</tds:FirmwareVersion><tds:SerialNumber>0001</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>')
    if (method === 'GetProfiles') return ok(`<trt:GetProfilesResponse>${profile('Profile_1', 'mainStream', 640, 480)}${profile('Profile_2', 'subStream', 320, 240)}</trt:GetProfilesResponse>`)
    if (method === 'GetStreamUri') return ok(`<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>rtsp://192.168.1.64:${this.o.rtsp_port}/Streaming/Channels/${this.o.channel}0${inner(xml, 'ProfileToken') === 'Profile_1' ? 1 : 2}?transportmode=unicast&amp;profile=${inner(xml, 'ProfileToken')}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect></trt:MediaUri></trt:GetStreamUriResponse>`)
    if (method === 'ContinuousMove') {
      const n = (a: string, tag: string): number => Number(new RegExp(`<tt:${tag}[^>]*\\b${a}="([^"]+)"`).exec(xml)?.[1] ?? 0)
      this.move({ pan: n('x', 'PanTilt'), tilt: n('y', 'PanTilt'), zoom: n('x', 'Zoom') }, Number(/PT(\d+)S/.exec(inner(xml, 'Timeout') ?? '')?.[1] ?? 5))
      return ok('<tptz:ContinuousMoveResponse/>')
    }
    if (method === 'Stop') {
      this.halt()
      return ok('<tptz:StopResponse/>')
    }
    return { status: 400, xml: fault('ter:ActionNotSupported', 'not supported') }
  }
  private move(v: { pan: number; tilt: number; zoom: number }, seconds: number): void {
    this.halt()
    this.moving = v
    this.turning = setInterval(() => this.o.onTurn?.({ pan: v.pan * 16, tilt: v.tilt * 16, zoom: v.zoom }), 100)
    this.ends = setTimeout(() => this.halt(), seconds * 1000)
  }
  private halt(): void {
    clearInterval(this.turning)
    clearTimeout(this.ends)
    this.moving = null
  }
}
async function body(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const d of req) {
    size += (d as Buffer).length
    if (size > BODY_MAX) throw new Error('too large')
    parts.push(d as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}
