// A plate camera at a barrier, simulated at its protocol from the vendor's published push document and the facts of the field, not from our driver: the
// answer's info "ok" opens, comet polling fetches business, one main server, a push that fails is sent again up to four times, unanswered looks are kept
// (at most 9,000) and pushed again one after the other, only on continue 1, a live look before them. Offline it opens by its own list. It can misbehave:
// lose answers, send twice, read wrongly, have a clock that is off, forget its list.
export interface CameraAnswer {
  status: number
  body: unknown
}
export type Send = (type: string, body: string) => Promise<CameraAnswer>
export interface Seen {
  plate: string
  kind?: number
  confidence?: number
  trigger?: number
  picture?: Buffer
}
interface Listed {
  from: string
  to: string
}
const KEPT_MAX = 9_000
const RESENDS = 4
const OPENED = { server: 1, list: 2 } as const

export class PlateCamera {
  readonly serial_no: string
  /** Times the barrier went up, and why. */
  readonly opened: { plate: string; by: 'server' | 'list' | 'command'; at_ms: number }[] = []
  readonly list = new Map<string, Listed>()
  readonly said: string[] = []
  kept: { at_ms: number; plateid: number; seen: Seen; opened: boolean }[] = []
  clock_off_s = 0
  /** Nothing gets through. */
  unplugged = false
  /** The server hears it and the camera never learns the answer, so many times. */
  lose_answers = 0
  /** Each look is sent so many times more. */
  doubles = 0
  private plateid: number
  private readonly send: Send
  private readonly nowMs: () => number

  constructor(o: { serial_no: string; send: Send; nowMs: () => number; first_plateid?: number }) {
    this.serial_no = o.serial_no
    this.send = o.send
    this.nowMs = o.nowMs
    this.plateid = o.first_plateid ?? 1
  }

  body(seen: Seen, o: { plateid: number; at_ms: number; offline: boolean; opened: 0 | 1 | 2 }): string {
    const ms = o.at_ms + this.clock_off_s * 1000
    const d = new Date(ms + 8 * 3600_000)
    const image = seen.picture?.toString('base64')
    return JSON.stringify({
      AlarmInfoPlate: {
        channel: 0, deviceName: 'IVS', ipaddr: '192.168.1.100', serialno: this.serial_no,
        result: {
          PlateResult: {
            bright: 0, carBright: 0, carColor: 255, colorType: 1, colorValue: 0, confidence: seen.confidence ?? 96, direction: 4, license: seen.plate, plateid: o.plateid, isoffline: o.offline ? 1 : 0, is_fake_plate: 0,
            gioouts: [{ ionum: 0, ctrltype: o.opened }], location: { RECT: { bottom: 0, left: 0, right: 0, top: 0 } }, timeUsed: 0, triggerType: seen.trigger ?? 8, type: seen.kind ?? 1, ...(image ? { imageFile: image, imageFileLen: seen.picture!.length } : {}),
            timeStamp: { Timeval: { decyear: d.getUTCFullYear(), decmon: d.getUTCMonth() + 1, decday: d.getUTCDate(), dechour: d.getUTCHours(), decmin: d.getUTCMinutes(), decsec: d.getUTCSeconds(), sec: Math.floor(ms / 1000), usec: (ms % 1000) * 1000 } },
          },
        },
      },
    })
  }

  private async push(body: string): Promise<CameraAnswer | null> {
    for (let i = 0; i <= RESENDS; i++) {
      if (this.unplugged) return null
      const answer = await this.send('application/json', body).catch(() => null)
      if (this.lose_answers > 0) {
        this.lose_answers--
        continue
      }
      if (answer && answer.status === 200) return answer
    }
    return null
  }

  private act(answer: unknown, plate: string, by: 'server' | 'command'): void {
    const r = (answer as { Response_AlarmInfoPlate?: { info?: string; white_list_operate?: { operate_type: number; white_list_data: { plate: string; enable_time?: string; overdue_time?: string }[] }; playserver_json_request?: { voice: string } } }).Response_AlarmInfoPlate
    if (!r) return
    if (r.info === 'ok') this.opened.push({ plate, by, at_ms: this.nowMs() })
    if (r.playserver_json_request) this.said.push(Buffer.from(r.playserver_json_request.voice, 'base64').toString('utf8'))
    const op = r.white_list_operate
    for (const row of op?.white_list_data ?? []) {
      if (op!.operate_type === 0) this.list.set(row.plate, { from: row.enable_time ?? '', to: row.overdue_time ?? '' })
      // What the vendor warns of: a delete without a plate takes everything.
      else if (row.plate === '') this.list.clear()
      else this.list.delete(row.plate)
    }
  }

  /** A car stands before it; gives whether the barrier went up. */
  async see(seen: Seen): Promise<boolean> {
    const look = { plateid: this.plateid++, at_ms: this.nowMs() }
    const before = this.opened.length
    const body = this.body(seen, { ...look, offline: false, opened: 0 })
    const answer = await this.push(body)
    if (answer) {
      this.act(answer.body, seen.plate, 'server')
      for (let i = 0; i < this.doubles; i++) await this.push(body)
      return this.opened.length > before
    }
    const local = new Date(look.at_ms + 8 * 3600_000).toISOString().slice(0, 19).replace('T', ' ')
    const right = this.list.get(seen.plate)
    const opened = right !== undefined && local >= right.from && local < right.to
    if (opened) this.opened.push({ plate: seen.plate, by: 'list', at_ms: look.at_ms })
    if (this.kept.length < KEPT_MAX) this.kept.push({ ...look, seen, opened })
    return opened
  }
  /** Comet polling: the same form as a heart-beat, the answer may hold business. */
  async beat(): Promise<void> {
    if (this.unplugged) return
    const boundary = '------------------------caa771fe4a61f3d9'
    const field = (name: string, value: string) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const answer = await this.send(`multipart/form-data; boundary=${boundary}`, `${field('device_name', 'IVS')}${field('ipaddr', '192.168.1.100')}${field('port', '80')}${field('serialno', this.serial_no)}${field('channel_num', '1')}--${boundary}--\r\n`).catch(() => null)
    if (answer?.status === 200) this.act(answer.body, '', 'command')
  }
  /** Pushes what was kept, one by one; a live look goes between by calling `see`. Gives how many are left. */
  async replay(o: { max?: number; twice?: (n: number) => boolean } = {}): Promise<number> {
    for (let n = 0; this.kept.length > 0 && n < (o.max ?? Infinity); n++) {
      const k = this.kept[0]!
      const body = this.body(k.seen, { plateid: k.plateid, at_ms: k.at_ms, offline: true, opened: k.opened ? OPENED.list : 0 })
      if (o.twice?.(n)) await this.push(body)
      const answer = await this.push(body)
      const go = (answer?.body as { Response_AlarmInfoPlate?: { info?: string; ContinuePushOffline?: { continue: number; plateid: number } } } | undefined)?.Response_AlarmInfoPlate
      if (go?.info === 'ok') this.opened.push({ plate: k.seen.plate, by: 'server', at_ms: this.nowMs() })
      if (go?.ContinuePushOffline?.continue !== 1 || go.ContinuePushOffline.plateid !== k.plateid) break
      this.kept.shift()
    }
    return this.kept.length
  }
}
