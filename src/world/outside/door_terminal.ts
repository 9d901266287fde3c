// A door controller with its doors, simulated from docs/doors.md, not from our driver: it judges by its own list, keeps its records until they are taken, asks by long
// poll, says live records at once and what an outage left behind afterwards, obeys commands that have not expired and says what the door did. It can misbehave: be
// unplugged, lose answers, say everything twice, mix up its backlog, have a clock that is off, forget its list, refuse commands.
import { createHash, createHmac } from 'node:crypto'

/** Reads the picture of a face from its address. */
export type DoorFace = (face_id: string) => Promise<Uint8Array | null>
export type DoorSend = (body: string) => Promise<{ status: number; body: unknown } | null>
interface Span {
  days: number[]
  from: string
  to: string
}
interface Entry {
  version: number
  body: { doors?: { port: number; times: Span[]; to: number }[]; user?: number; to?: number; from?: number; photo?: string; sha256?: string }
}
export interface Record_ {
  seq: number
  at: number
  port: number
  what: 'open' | 'refused' | 'forced' | 'held' | 'closed' | 'tamper' | 'mended'
  by?: string
  value?: string
  command_id?: string
  why?: string
}
interface Said {
  time: number
  taken: number[]
  qr_step_s: number
  list?: { batch: number; ops: { op: 'put' | 'del'; key: string; version: number; body?: Entry['body'] }[] }
  read?: true
  commands: { command_id: string; what: 'open' | 'hold' | 'restore'; port: number; expires_at: number }[]
}
const KEPT_MAX = 100_000
const BACKLOG = 100
const MAC_BYTES = 6
const QR_STEP_S = 30
const EIGHT_HOURS_S = 8 * 3600

export class DoorTerminal {
  readonly list = new Map<string, Entry>()
  /** What its relays did. */
  readonly opened: { port: number; by: string; at_ms: number }[] = []
  readonly doors = new Map<number, { state: 'closed' | 'open'; lock: 'locked' | 'unlocked' }>()
  kept: Record_[] = []
  series = 'S1'
  clock_off_s = 0
  unplugged = false
  /** The platform hears it and it never learns the answer, so many times. */
  lose_answers = 0
  /** Each message is sent so many times more. */
  doubles = 0
  /** Its backlog comes in no order. */
  mixed = false
  obeys = true
  /** What it made of each picture; a real one keeps a template, this one a digest. */
  readonly templates = new Map<string, string>()
  private seq = 0
  private step_s = QR_STEP_S
  private done_batch: number | undefined
  private wants_keys = false
  private results: { command_id: string; ok: boolean; why?: string }[] = []
  private readonly secret: string
  private readonly send: DoorSend
  private readonly face: DoorFace | undefined
  private readonly nowMs: () => number

  constructor(o: { path: string; ports: readonly number[]; send: DoorSend; nowMs: () => number; face?: DoorFace }) {
    this.secret = o.path.split('.').at(-1)!
    this.send = o.send
    this.face = o.face
    this.nowMs = o.nowMs
    for (const p of o.ports) this.doors.set(p, { state: 'closed', lock: 'locked' })
  }
  private get clock(): number {
    return Math.floor(this.nowMs() / 1000) + this.clock_off_s
  }
  private record(r: Omit<Record_, 'seq' | 'at'>): Record_ {
    const made = { seq: ++this.seq, at: this.clock, ...r }
    this.kept.push(made)
    if (this.kept.length > KEPT_MAX) this.kept.shift()
    return made
  }
  private right(rights: { port: number; times: Span[]; to: number }[], port: number): true | string {
    const mine = rights.filter((d) => d.port === port)
    if (mine.length === 0) return 'no_right'
    const live = mine.filter((d) => this.clock < d.to)
    if (live.length === 0) return 'expired'
    const local = new Date((this.clock + EIGHT_HOURS_S) * 1000)
    const [day, hour] = [local.getUTCDay() || 7, local.toISOString().slice(11, 16)]
    return live.some((d) => d.times.length === 0 || d.times.some((t) => t.days.includes(day) && hour >= t.from && hour < t.to)) ? true : 'time'
  }
  private pass(port: number, by: string, value: string, verdict: true | string): Promise<boolean> {
    if (verdict === true) this.opened.push({ port, by, at_ms: this.nowMs() })
    return this.live(this.record({ port, what: verdict === true ? 'open' : 'refused', by, value, ...(verdict === true ? {} : { why: verdict }) })).then(() => verdict === true)
  }
  private user(no: number, port: number): true | string {
    const u = this.list.get(`u:${no}`)
    return u?.body.doors ? this.right(u.body.doors, port) : 'unknown'
  }
  /** A card before the reader; gives whether the door opened. */
  async swipe(card_no: string, port = 1): Promise<boolean> {
    const c = this.list.get(`c:${card_no}`)
    return this.pass(port, 'card', card_no, c?.body.user === undefined ? 'unknown' : c.body.to !== undefined && this.clock >= c.body.to ? 'expired' : this.user(c.body.user, port))
  }
  /** Digits on the keypad. */
  async type(code: string, port = 1): Promise<boolean> {
    const p = this.list.get(`p:${code}`)
    return this.pass(port, 'password', code, !p?.body.doors ? 'unknown' : p.body.from !== undefined && this.clock < p.body.from ? 'expired' : this.right(p.body.doors, port))
  }
  /** A code before the camera of the reader: a resident's own, or a visitor's six digits. */
  async show(text: string, port = 1): Promise<boolean> {
    if (/^\d{6}(\d\d)?$/.test(text)) return this.type(text, port)
    const [kind, user, window, macs] = text.split('.')
    const [no, at] = [Number.parseInt(user ?? '', 36), Number.parseInt(window ?? '', 36)]
    if (kind !== 'HYQ1' || !macs || !(no > 0)) return this.pass(port, 'qr', '', 'bad_code')
    const mine = createHmac('sha256', this.secret).update(`${no}.${at}`).digest().subarray(0, MAC_BYTES)
    const theirs = Buffer.from(macs, 'base64url')
    const is = Array.from({ length: Math.floor(theirs.length / MAC_BYTES) }, (_, i) => theirs.subarray(i * MAC_BYTES, (i + 1) * MAC_BYTES)).some((m) => m.equals(mine))
    if (!is || Math.abs(Math.floor(this.clock / this.step_s) - at) > 1) return this.pass(port, 'qr', String(no), 'bad_code')
    return this.pass(port, 'qr', String(no), this.user(no, port))
  }
  /** A face before its camera. */
  async look(photo: Uint8Array, port = 1): Promise<boolean> {
    const seen = createHash('sha256').update(photo).digest('hex')
    const key = [...this.templates].find(([, t]) => t === seen)?.[0]
    const f = key ? this.list.get(key) : undefined
    return this.pass(port, 'face', f?.body.user === undefined ? '' : String(f.body.user), f?.body.user === undefined ? 'unknown' : f.body.to !== undefined && this.clock >= f.body.to ? 'expired' : this.user(f.body.user, port))
  }
  button(port = 1): Promise<boolean> {
    return this.pass(port, 'button', '', true)
  }
  async force(port = 1): Promise<void> {
    this.doors.get(port)!.state = 'open'
    await this.live(this.record({ port, what: 'forced' }))
  }
  async leaveOpen(port = 1): Promise<void> {
    this.doors.get(port)!.state = 'open'
    await this.live(this.record({ port, what: 'held' }))
  }
  async shut(port = 1): Promise<void> {
    this.doors.get(port)!.state = 'closed'
    await this.live(this.record({ port, what: 'closed' }))
  }
  /** Its case is opened, and closed again. */
  async tamper(): Promise<void> {
    await this.live(this.record({ port: 1, what: 'tamper' }))
  }
  async mend(): Promise<void> {
    await this.live(this.record({ port: 1, what: 'mended' }))
  }
  forgetList(): void {
    this.list.clear()
    this.templates.clear()
  }

  private message(o: { live?: Record_[]; backlog?: Record_[]; wait_s?: number }): string {
    const rows = [...this.list].map(([key, e]) => `${key}:${e.version}\n`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    return JSON.stringify({
      series: this.series, clock: this.clock, wait_s: o.wait_s ?? 0, doors: [...this.doors].map(([port, d]) => ({ port, ...d })), live: o.live ?? [], backlog: o.backlog ?? [],
      list: { count: this.list.size, digest: createHash('sha256').update(rows.join('')).digest('hex') }, results: this.results.splice(0),
      ...(this.done_batch ? { done_batch: this.done_batch } : {}), ...(this.wants_keys ? { keys: [...this.list].map(([k, e]) => [k, e.version]) } : {}),
    })
  }
  private async say(body: string): Promise<boolean> {
    if (this.unplugged) return false
    let answer: Awaited<ReturnType<DoorSend>> = null
    for (let i = 0; i <= this.doubles; i++) answer = await this.send(body).catch(() => null)
    if (this.lose_answers > 0) {
      this.lose_answers--
      return false
    }
    if (answer?.status !== 200) return false
    await this.obey(answer.body as Said)
    return true
  }
  private async obey(a: Said): Promise<void> {
    this.step_s = a.qr_step_s
    this.wants_keys = a.read === true
    this.done_batch = undefined
    const taken = new Set(a.taken)
    this.kept = this.kept.filter((r) => !taken.has(r.seq))
    for (const op of a.list?.ops ?? []) {
      if (op.op === 'del') {
        this.list.delete(op.key)
        this.templates.delete(op.key)
        continue
      }
      if (op.body?.photo) {
        // Without its picture a face is not in the list, and comes again with the next reading back.
        const photo = await this.face?.(op.body.photo).catch(() => null)
        if (!photo) continue
        this.templates.set(op.key, createHash('sha256').update(photo).digest('hex'))
      }
      this.list.set(op.key, { version: op.version, body: op.body! })
    }
    if (a.list) this.done_batch = a.list.batch
    for (const q of a.commands) await this.act(q)
  }
  private async act(q: Said['commands'][number]): Promise<void> {
    const d = this.doors.get(q.port)
    if (!d || !this.obeys || this.clock - this.clock_off_s >= q.expires_at) return void this.results.push({ command_id: q.command_id, ok: false, why: !d ? '没有这一路' : this.obeys ? '命令已过期' : '继电器没有动作' })
    this.results.push({ command_id: q.command_id, ok: true })
    if (q.what === 'open') {
      this.opened.push({ port: q.port, by: 'remote', at_ms: this.nowMs() })
      await this.live(this.record({ port: q.port, what: 'open', by: 'remote', command_id: q.command_id }))
    } else {
      d.lock = q.what === 'hold' ? 'unlocked' : 'locked'
      if (q.what === 'hold') this.opened.push({ port: q.port, by: 'hold', at_ms: this.nowMs() })
      await this.say(this.message({}))
    }
  }
  /** A live record goes by itself, before whatever waits. */
  private async live(r: Record_): Promise<void> {
    await this.say(this.message({ live: [r] }))
  }
  /** One question; `wait_s` for a long one. What was kept goes with it, oldest first. */
  async poll(wait_s = 0): Promise<boolean> {
    const page = this.kept.slice(0, BACKLOG)
    return this.say(this.message({ wait_s: page.length ? 0 : wait_s, backlog: this.mixed ? page.toReversed() : page }))
  }
  /** Until there is nothing more to say on either side; gives whether that came to an end. */
  async settle(rounds = 50): Promise<boolean> {
    for (let i = 0; i < rounds && !this.unplugged; i++) {
      await this.poll()
      if (this.kept.length === 0 && this.done_batch === undefined && !this.wants_keys && this.results.length === 0) return true
    }
    return false
  }
}
