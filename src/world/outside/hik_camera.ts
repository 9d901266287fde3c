// A Hikvision (海康) plate camera at a barrier, simulated from the ISAPI guides for ANPR cameras and the facts of the field, not from our client: it pushes events to the host that
// stands in its httpHosts, keeps what nobody took and sends it again marked as retransmission, and is asked by ISAPI behind a Digest check of its own. It can misbehave: lose its listener at
// a reboot, send what it kept without the mark, send twice, have a clock that is off, refuse, be slow, have a locked barrier or none that tells its position.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DigestDoor } from './digest_door.ts'

export interface HikSeen {
  plate: string
  colour?: string
  vehicle?: string
  confidence?: number
  picture?: Buffer
}
interface Kept {
  at_ms: number
  uuid: string
  seen: HikSeen
  opened: boolean
}
export type HikSend = (type: string, body: Buffer) => Promise<{ status: number }>
const NS = 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"'
const XML = '<?xml version="1.0" encoding="UTF-8"?>'
const KEPT_MAX = 2_000
const BODY_MAX = 200_000

export class HikCamera {
  readonly serial_no: string
  readonly door: DigestDoor
  /** Each time the barrier was told to go up, and by whom. */
  readonly opened: { at_ms: number; by: 'asked' | 'list' }[] = []
  /** By plate, each with its own number; what opens while nobody can be asked. */
  readonly list = new Map<string, { id: string; from: string; to: string }>()
  list_max = 1_000
  /** Whatever plate is looked for, it gives its whole list. */
  deaf = false
  /** The word this generation has for its list. */
  kind: 'whiteList' | 'allowList' = 'whiteList'
  kept: Kept[] = []
  /** Where its listener is set to; empty: it pushes to nobody. */
  host = { url: '', ip: '', port: 0, protocol: 'HTTP' }
  clock_off_s = 0
  unplugged = false
  /** What it kept is not marked when it is sent. */
  unmarked = false
  doubles = 0
  form: 'multipart' | 'xml' | 'json' = 'multipart'
  /** The barrier stays down whatever it is told; the order is answered OK all the same. */
  locked = false
  /** 0 none, 1 down, 2 up. */
  signal: 0 | 1 | 2 = 1
  refuses = false
  slow_ms = 0
  /** Answers whatever is asked with this. */
  garbage: string | null = null
  asked: string[] = []
  private n = 0
  private ids = 0
  private readonly server: Server
  private readonly send: HikSend
  private readonly nowMs: () => number
  private readonly run: string

  constructor(o: { serial_no: string; user: string; password: string; send: HikSend; nowMs: () => number; host?: HikCamera['host'] }) {
    this.serial_no = o.serial_no
    this.send = o.send
    this.nowMs = o.nowMs
    this.run = o.nowMs().toString(16)
    this.host = o.host ?? { url: '/set', ip: '127.0.0.1', port: 80, protocol: 'HTTP' }
    this.door = new DigestDoor({ user: o.user, password: o.password, realm: `IP Camera(${o.serial_no})` })
    this.server = createServer((req, res) => void this.serve(req, res).catch(() => res.destroy()))
  }
  private iso(ms: number): string {
    return `${new Date(ms + this.clock_off_s * 1000 + 8 * 3600_000).toISOString().slice(0, 23)}+08:00`
  }
  private fields(k: Kept, replay: boolean): [Record<string, string>, Record<string, string>] {
    return [
      { ipAddress: '192.168.1.64', protocol: 'HTTP', macAddress: '44:19:b6:00:11:22', channelID: '1', dateTime: this.iso(k.at_ms), activePostCount: '1', eventType: 'ANPR', eventState: 'active', eventDescription: 'ANPR', channelName: '入口', UUID: k.uuid, isDataRetransmission: String(replay && !this.unmarked) },
      { licensePlate: k.seen.plate, line: '1', direction: 'forward', confidenceLevel: String(k.seen.confidence ?? 96), plateType: '92TypeCivil', plateColor: k.seen.colour ?? 'blue', vehicleType: k.seen.vehicle ?? 'vehicle', barrierGateCtrlType: k.opened ? '0' : replay ? '1' : '0', alarmDataType: replay && !this.unmarked ? '1' : '0' },
    ]
  }
  event(k: Kept, replay: boolean): { type: string; body: Buffer } {
    const [head, anpr] = this.fields(k, replay)
    if (this.form === 'json') return { type: 'application/json; charset="UTF-8"', body: Buffer.from(JSON.stringify({ ...head, isDataRetransmission: head['isDataRetransmission'] === 'true', ANPR: anpr })) }
    const tags = (o: Record<string, string>): string => Object.entries(o).map(([t, v]) => `<${t}>${v}</${t}>`).join('\r\n')
    const xml = Buffer.from(`${XML}\r\n<EventNotificationAlert ${NS}>\r\n${tags(head)}\r\n<ANPR>\r\n${tags(anpr)}\r\n</ANPR>\r\n</EventNotificationAlert>\r\n`)
    if (this.form === 'xml') return { type: 'application/xml; charset="UTF-8"', body: xml }
    const part = (name: string, type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(`--MIME_boundary\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`), body, Buffer.from('\r\n')])
    const picture = k.seen.picture
    return { type: 'multipart/form-data; boundary=MIME_boundary', body: Buffer.concat([part('anpr.xml', 'application/xml', xml), ...(picture ? [part('licensePlatePicture.jpg', 'image/jpeg', Buffer.concat([picture.subarray(0, 2), Buffer.from('plate')])), part('detectionPicture.jpg', 'image/jpeg', picture)] : []), Buffer.from('--MIME_boundary--\r\n')]) }
  }
  private async push(e: { type: string; body: Buffer }): Promise<boolean> {
    if (this.unplugged || !this.host.url) return false
    const answer = await this.send(e.type, e.body).catch(() => null)
    return answer?.status === 200
  }
  /** A car stands before it. Whether its event was taken. */
  async see(seen: HikSeen): Promise<boolean> {
    const k: Kept = { at_ms: this.nowMs(), uuid: `${this.run.padStart(12, '0')}-${String(++this.n).padStart(6, '0')}`, seen, opened: false }
    const e = this.event(k, false)
    if (await this.push(e)) {
      for (let i = 0; i < this.doubles; i++) await this.push(e)
      return true
    }
    const right = this.list.get(seen.plate)
    const now = this.iso(k.at_ms).slice(0, 19)
    k.opened = right !== undefined && right.from <= now && now < right.to
    if (k.opened) this.opened.push({ at_ms: k.at_ms, by: 'list' })
    if (this.kept.length < KEPT_MAX) this.kept.push(k)
    return false
  }
  /** Sends what it kept; gives how many are left. */
  async replay(o: { twice?: boolean } = {}): Promise<number> {
    while (this.kept.length > 0) {
      const e = this.event(this.kept[0]!, true)
      if (!(await this.push(e))) break
      if (o.twice) await this.push(e)
      this.kept.shift()
    }
    return this.kept.length
  }
  async beat(): Promise<boolean> {
    return this.push({ type: 'application/xml; charset="UTF-8"', body: Buffer.from(`${XML}<EventNotificationAlert ${NS}><ipAddress>192.168.1.64</ipAddress><channelID>1</channelID><dateTime>${this.iso(this.nowMs())}</dateTime><activePostCount>0</activePostCount><eventType>heartBeat</eventType><eventState>inactive</eventState><eventDescription>heartBeat</eventDescription></EventNotificationAlert>`) })
  }
  /** Its listener is off afterwards, and nonces of before are gone. */
  reboot(): void {
    this.host = { ...this.host, url: '' }
    this.door.forget()
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const c of req as AsyncIterable<Buffer>) {
      size += c.length
      if (size > BODY_MAX) return void req.destroy()
      chunks.push(c)
    }
    const no = this.door.refuse(req)
    if (no) return void res.writeHead(401, { 'www-authenticate': no, 'content-type': 'text/html' }).end('<html>Unauthorized</html>')
    if (this.slow_ms > 0) await sleep(this.slow_ms)
    this.asked.push(`${req.method} ${req.url}`)
    if (this.garbage !== null) return void res.writeHead(200, { 'content-type': 'text/html' }).end(this.garbage)
    const [status, body] = this.answer(`${req.method} ${(req.url ?? '').split('?')[0]}`, Buffer.concat(chunks).toString('utf8'))
    res.writeHead(status, { 'content-type': 'application/xml; charset="UTF-8"' }).end(`${XML}${body}`)
  }
  private answer(what: string, body: string): [number, string] {
    const done = (code: number, text: string, sub: string): string => `<ResponseStatus ${NS}><requestURL></requestURL><statusCode>${code}</statusCode><statusString>${text}</statusString><subStatusCode>${sub}</subStatusCode></ResponseStatus>`
    const tag = (t: string): string => new RegExp(`<${t}>([^<]*)</${t}>`).exec(body)?.[1] ?? ''
    const host = `<HttpHostNotification><id>1</id><url>${this.host.url}</url><protocolType>${this.host.protocol}</protocolType><parameterFormatType>XML</parameterFormatType><addressingFormatType>ipaddress</addressingFormatType><ipAddress>${this.host.ip}</ipAddress><portNo>${this.host.port}</portNo><httpAuthenticationMethod>none</httpAuthenticationMethod></HttpHostNotification>`
    switch (what) {
      case 'GET /ISAPI/System/deviceInfo':
        return [200, `<DeviceInfo ${NS}><deviceName>IP CAMERA</deviceName><model>DS-TCG406-E</model><serialNumber>${this.serial_no}</serialNumber><firmwareVersion>V5.5.0</firmwareVersion></DeviceInfo>`]
      case 'GET /ISAPI/System/time':
        return [200, `<Time ${NS}><timeMode>manual</timeMode><localTime>${this.iso(this.nowMs()).replace(/\.\d+/, '')}</localTime><timeZone>CST-8:00:00</timeZone></Time>`]
      case 'GET /ISAPI/Event/notification/httpHosts':
        return [200, `<HttpHostNotificationList ${NS}>${host}</HttpHostNotificationList>`]
      case 'PUT /ISAPI/Event/notification/httpHosts/1':
        if (this.refuses) return [403, done(4, 'Invalid Operation', 'lowPrivilege')]
        if (!tag('url') || !tag('portNo')) return [400, done(6, 'Invalid Content', 'badParameters')]
        this.host = { url: tag('url'), ip: tag('ipAddress') || tag('hostName'), port: Number(tag('portNo')), protocol: tag('protocolType') }
        return [200, done(1, 'OK', 'ok')]
      case 'PUT /ISAPI/Parking/channels/1/barrierGate':
        if (tag('ctrlMode') !== 'open') return [400, done(6, 'Invalid Content', 'badXmlContent')]
        if (this.refuses) return [403, done(4, 'Invalid Operation', 'notSupport')]
        if (!this.locked) {
          this.opened.push({ at_ms: this.nowMs(), by: 'asked' })
          if (this.signal === 1) this.signal = 2
        }
        return [200, done(1, 'OK', 'ok')]
      case 'GET /ISAPI/Parking/channels/1/barrierGate/barrierGateStatus': {
        const now = this.signal
        // Down again behind the car.
        if (this.signal === 2) this.signal = 1
        return [200, `<BarrierGateStatus ${NS}><barrierGateStatus>${now}</barrierGateStatus></BarrierGateStatus>`]
      }
      case 'POST /ISAPI/Traffic/channels/1/searchLPListAudit': {
        const all = [...this.list].filter(([plate]) => this.deaf || !tag('LicensePlate') || plate === tag('LicensePlate'))
        const [at, max] = [Number(tag('searchResultPosition') || '0'), Math.min(Number(tag('maxResults') || '20'), 100)]
        const page = all.slice(at, at + max)
        return [200, `<LPListAuditSearchResult ${NS}><searchID>${tag('searchID')}</searchID><responseStatus>true</responseStatus><responseStatusStrg>${page.length === 0 ? 'NO MATCHES' : at + page.length < all.length ? 'MORE' : 'OK'}</responseStatusStrg><LicensePlateInfoList><numOfMatches>${page.length}</numOfMatches><totalMatches>${all.length}</totalMatches>${page.map(([plate, r]) => `<LicensePlateInfo><id>${r.id}</id><LicensePlate>${plate}</LicensePlate><type>whiteList</type><effectiveTime>${r.to}+08:00</effectiveTime><createTime>${r.from}+08:00</createTime></LicensePlateInfo>`).join('')}</LicensePlateInfoList></LPListAuditSearchResult>`]
      }
      case 'PUT /ISAPI/Traffic/channels/1/licensePlateAuditData/record': {
        const rows = (JSON.parse(body) as { LicensePlateInfoList: { LicensePlate: string; listType: string; effectiveStartDate: string; effectiveTime: string }[] }).LicensePlateInfoList
        if (rows.some((r) => r.listType !== this.kind || !r.LicensePlate)) return [400, done(6, 'Invalid Content', 'badJsonContent')]
        for (const r of rows) {
          if (!this.list.has(r.LicensePlate) && this.list.size >= this.list_max) return [403, done(4, 'Invalid Operation', 'overLimit')]
          this.list.set(r.LicensePlate, { id: this.list.get(r.LicensePlate)?.id ?? String(++this.ids), from: `${r.effectiveStartDate}T00:00:00`, to: r.effectiveTime })
        }
        return [200, done(1, 'OK', 'ok')]
      }
      case 'PUT /ISAPI/Traffic/channels/1/DelLicensePlateAuditData': {
        const ask = JSON.parse(body) as { id: unknown[]; deleteAllEnabled: boolean }
        if (ask.deleteAllEnabled) this.list.clear()
        // By number it says OK and keeps it.
        for (const [plate, r] of this.list) if (ask.id.includes(r.id)) this.list.delete(plate)
        return [200, done(1, 'OK', 'ok')]
      }
      default:
        return [404, done(4, 'Invalid Operation', 'notSupport')]
    }
  }
  async listen(port = 0): Promise<number> {
    await new Promise<void>((done, failed) => this.server.once('error', failed).listen(port, '127.0.0.1', done))
    return (this.server.address() as AddressInfo).port
  }
  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise<void>((done) => void this.server.close(() => done()))
  }
}
