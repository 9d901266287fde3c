// A Dahua (大华) ITC plate camera at a barrier, simulated from the ITSAPI message definitions and the HTTP API's chapters, not from our client: it posts JSON to paths under the address that was
// typed in, opens when the answer says so, keeps what nobody took and sends it later without a mark, and is asked by CGI behind a Digest check of its own. It can misbehave: send twice,
// have a clock that is off, refuse, be slow, know no CGI, have a full list. What the vendor has and nobody should say: action=clear takes the whole list.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DigestDoor } from './digest_door.ts'

export interface DahuaSeen {
  plate: string | null
  colour?: string
  vehicle?: string
  confidence?: number
  picture?: Buffer
}
interface Kept {
  at_ms: number
  n: number
  seen: DahuaSeen
  opened: boolean
}
interface Listed {
  recno: number
  plate: string
  begin: string
  cancel: string
  open: boolean
}
export type DahuaSend = (path: string, type: string, body: Buffer) => Promise<{ status: number; body: unknown }>
const KEPT_MAX = 2_000

export class DahuaCamera {
  readonly serial_no: string
  readonly door: DigestDoor
  readonly opened: { at_ms: number; by: 'asked' | 'answer' | 'list'; plate: string }[] = []
  readonly list = new Map<number, Listed>()
  list_max = 1_000
  /** Whatever plate is looked for, it gives its whole list. */
  deaf = false
  kept: Kept[] = []
  clock_off_s = 0
  unplugged = false
  doubles = 0
  refuses = false
  no_cgi = false
  slow_ms = 0
  asked: string[] = []
  private n = 0
  private recno = 0
  private readonly server: Server
  private readonly send: DahuaSend
  private readonly nowMs: () => number

  constructor(o: { serial_no: string; user: string; password: string; send: DahuaSend; nowMs: () => number }) {
    this.serial_no = o.serial_no
    this.send = o.send
    this.nowMs = o.nowMs
    this.door = new DigestDoor({ user: o.user, password: o.password, realm: `Login to ${o.serial_no}` })
    this.server = createServer((req, res) => void this.serve(req, res).catch(() => res.destroy()))
  }
  private local(ms: number, thousandths = false): string {
    return new Date(ms + this.clock_off_s * 1000 + 8 * 3600_000).toISOString().slice(0, thousandths ? 23 : 19).replace('T', ' ')
  }
  body(k: Kept, upload: number): Buffer {
    const { seen } = k
    const picture = seen.picture ? { Content: seen.picture.toString('base64'), PicName: `${seen.plate ?? 'none'}-${k.n}.jpg` } : undefined
    return Buffer.from(JSON.stringify({
      Picture: {
        ...(picture ? { NormalPic: picture, CutoutPic: { ...picture, Content: Buffer.from('cut').toString('base64') } } : {}),
        Plate: { IsExist: seen.plate !== null, PlateNumber: seen.plate ?? '', PlateColor: seen.colour ?? 'Blue', PlateType: 'Normal', Confidence: seen.confidence ?? 245, BoundingBox: [10, 10, 90, 40], UploadNum: upload, Channel: 0 },
        Vehicle: { VehicleColor: 'White', VehicleSign: 'Unknown', VehicleType: seen.vehicle ?? 'Car' },
        SnapInfo: { Source: 'Video', SnapTime: this.local(k.at_ms), AccurateTime: this.local(k.at_ms, true), TimeZone: 13, DSTTune: 0, LanNo: 1, Direction: 'Obverse', OpenStrobe: k.opened, AllowUser: k.opened, BlockUser: false, DefenceCode: 'abcdef', DeviceID: this.serial_no },
      },
    }))
  }
  private async push(path: string, body: Buffer): Promise<Record<string, unknown> | null> {
    if (this.unplugged) return null
    const answer = await this.send(path, 'application/json;charset=UTF-8', body).catch(() => null)
    return answer?.status === 200 && typeof answer.body === 'object' && answer.body !== null ? (answer.body as Record<string, unknown>) : null
  }
  private async look(k: Kept): Promise<boolean> {
    const answer = await this.push('/NotificationInfo/TollgateInfo', this.body(k, ++this.n))
    if (answer?.['Result'] !== true) return false
    if (answer['OpenStrobe'] === true) this.opened.push({ at_ms: this.nowMs(), by: 'answer', plate: k.seen.plate ?? '' })
    return true
  }
  /** A car stands before it. Whether its event was taken. */
  async see(seen: DahuaSeen): Promise<boolean> {
    const k: Kept = { at_ms: this.nowMs(), n: ++this.n, seen, opened: false }
    if (await this.look(k)) {
      for (let i = 0; i < this.doubles; i++) await this.look(k)
      return true
    }
    const now = this.local(k.at_ms)
    k.opened = [...this.list.values()].some((r) => r.plate === seen.plate && r.open && r.begin <= now && now < r.cancel)
    if (k.opened) this.opened.push({ at_ms: k.at_ms, by: 'list', plate: seen.plate ?? '' })
    if (this.kept.length < KEPT_MAX) this.kept.push(k)
    return false
  }
  async replay(o: { twice?: boolean } = {}): Promise<number> {
    while (this.kept.length > 0) {
      if (!(await this.look(this.kept[0]!))) break
      if (o.twice) await this.look(this.kept[0]!)
      this.kept.shift()
    }
    return this.kept.length
  }
  async beat(): Promise<boolean> {
    return (await this.push('/NotificationInfo/KeepAlive', Buffer.from(JSON.stringify({ Active: 'keepAlive', DeviceID: this.serial_no }))))?.['Active'] === true
  }
  async introduce(): Promise<boolean> {
    return (await this.push('/DeviceInfo', Buffer.from(JSON.stringify({ DeviceName: 'ITC', DeviceModel: 'ITC415-PW4D', DeviceType: 'Tollgate', Manufacturer: 'Dahua', IPAddress: '192.168.1.108', DeviceID: this.serial_no }))))?.['Result'] === true
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    req.resume()
    const no = this.door.refuse(req)
    if (no) return void res.writeHead(401, { 'www-authenticate': no }).end('Unauthorized')
    if (this.slow_ms > 0) await sleep(this.slow_ms)
    this.asked.push(`${req.method} ${req.url}`)
    const url = new URL(req.url ?? '/', 'http://camera')
    const [status, body] = this.no_cgi ? [501, 'Not Implemented'] : this.answer(url.pathname.replace('/cgi-bin/', ''), url.searchParams)
    res.writeHead(status, { 'content-type': 'text/plain;charset=utf-8' }).end(body)
  }
  private answer(cgi: string, q: URLSearchParams): [number, string] {
    const get = (k: string): string => q.get(k) ?? ''
    switch (`${cgi} ${get('action')}`) {
      case 'magicBox.cgi getSystemInfo':
        return [200, `deviceType=ITC415-PW4D-IZ1\r\nhardwareVersion=1.00\r\nprocessor=ST7108\r\nserialNumber=${this.serial_no}\r\n`]
      case 'magicBox.cgi getSoftwareVersion':
        return [200, 'version=3.000.0000000.1.R,build:2023-05-06\r\n']
      case 'global.cgi getCurrentTime':
        return [200, `result=${this.local(this.nowMs())}\r\n`]
      case 'trafficSnap.cgi openStrobe':
        if (get('channel') !== '1' || get('info.openType') !== 'Normal') return [400, 'Error\r\nBad Request!\r\n']
        if (this.refuses) return [200, 'Error\r\nOperation not allowed\r\n']
        this.opened.push({ at_ms: this.nowMs(), by: 'asked', plate: get('info.plateNumber') })
        return [200, 'OK\r\n']
      default:
        return get('name') === 'TrafficRedList' ? this.red(`${cgi} ${get('action')}`, get) : [400, 'Error\r\nBad Request!\r\n']
    }
  }
  private red(what: string, get: (k: string) => string): [number, string] {
    switch (what) {
      case 'recordUpdater.cgi insert': {
        if (!get('PlateNumber')) return [400, 'Error\r\nBad Request!\r\n']
        if (this.list.size >= this.list_max) return [200, 'Error\r\nRecord is full\r\n']
        const recno = ++this.recno
        this.list.set(recno, { recno, plate: get('PlateNumber'), begin: get('BeginTime'), cancel: get('CancelTime'), open: get('AuthorityList.OpenGate') === 'true' })
        return [200, `RecNo=${recno}\r\n`]
      }
      case 'recordUpdater.cgi update': {
        const row = this.list.get(Number(get('recno')))
        if (!row) return [200, 'Error\r\nNo such record\r\n']
        Object.assign(row, { plate: get('PlateNumber') || row.plate, begin: get('BeginTime') || row.begin, cancel: get('CancelTime') || row.cancel, open: (get('AuthorityList.OpenGate') || String(row.open)) === 'true' })
        return [200, 'OK\r\n']
      }
      case 'recordUpdater.cgi remove':
        return this.list.delete(Number(get('recno'))) ? [200, 'OK\r\n'] : [200, 'Error\r\nNo such record\r\n']
      case 'recordUpdater.cgi clear':
        this.list.clear()
        return [200, 'OK\r\n']
      case 'recordFinder.cgi find': {
        const after = [...this.list.values()].filter((r) => this.deaf || !get('condition.PlateNumber') || r.plate === get('condition.PlateNumber'))
        const page = after.slice(Number(get('offset') || '0'), Number(get('offset') || '0') + Number(get('count') || '100'))
        return [200, `totalCount=${after.length}\r\nfound=${page.length}\r\n${page.map((r, i) => `records[${i}].RecNo=${r.recno}\r\nrecords[${i}].PlateNumber=${r.plate}\r\nrecords[${i}].BeginTime=${r.begin}\r\nrecords[${i}].CancelTime=${r.cancel}\r\nrecords[${i}].AuthorityList.OpenGate=${String(r.open)}\r\n`).join('')}`]
      }
      default:
        return [400, 'Error\r\nBad Request!\r\n']
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
