// The page of a plate camera on its local network, from public captures of the vendor's own web pages: POST /dbopr.php reads the white list by pages, for whoever signs in by Digest.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DigestDoor } from './digest_door.ts'
import type { PlateCamera } from './plate_camera.ts'

const BODY_MAX = 10_000
export interface PageOptions {
  user: string
  password: string
}
export class PlatePage {
  private readonly server: Server
  /** Misbehaves: answers as something else would. */
  broken = false
  asked = 0
  /** Plates that somebody switched off on the page. */
  readonly off = new Set<string>()
  constructor(cam: PlateCamera, o: PageOptions) {
    const door = new DigestDoor({ ...o, realm: 'IPC' })
    this.server = createServer((req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (c: Buffer) => (chunks.reduce((n, x) => n + x.length, 0) < BODY_MAX ? chunks.push(c) : req.destroy()))
      req.on('end', () => {
        const no = door.refuse(req)
        if (no) return res.writeHead(401, { 'www-authenticate': no }).end()
        if (req.url !== '/dbopr.php' || this.broken) return res.writeHead(this.broken ? 200 : 404).end('<html>login</html>')
        this.asked++
        const ask = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: string; operator_type: string; start_pos?: number; select_count?: number }
        const rows = [...cam.list].map(([plate, r]) => ({ context: '', enable: this.off.has(plate) ? 0 : 1, enable_time: r.from, need_alarm: 0, overdue_time: r.to, plate, seg_time_end: '00:00:00', seg_time_start: '00:00:00', time_seg_enable: 0 }))
        const answer = ask.operator_type === 'select_count_by_plate' ? { total_count: rows.length } : { dldb_rec: rows.slice(ask.start_pos ?? 0, (ask.start_pos ?? 0) + (ask.select_count ?? 50)) }
        res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ cmd: 'white_list_operator', id: ask.id, operator_type: ask.operator_type, state_code: 200, ...answer }))
      })
    })
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
