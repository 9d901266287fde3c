// The platform of GB/T 28181: who may register does so with his password, says every minute that he is there, tells what he has, and sends pictures when he is asked.
// Signalling never waits for a database or for pictures longer than its limits; what is written down is written beside it.
import type { App } from '../../../../../kernel/app.ts'
import { nowMs, steadyMs } from '../../../../../kernel/clock.ts'
import { log } from '../../../../../kernel/log.ts'
import { proves } from '../../../../../kernel/digest.ts'
import { readXml, value, type Node } from '../../../../../kernel/small_xml.ts'
import { writePtz } from '../../codecs/gb_ptz.ts'
import { CODE, localTime, readAlarm, readChannel, readRecord, writeXml, type Record_ } from '../../codecs/manscdp.ts'
import { header, parameter, readAuthorization, userOf, type Sip } from '../../codecs/sip.ts'
import type { Session, Sink } from '../live.ts'
import type { Move } from '../ptz.ts'
import { CameraFault, type Fault } from '../rtsp.ts'
import { doneTask, endCall, loadGb, noteAlarm, openCalls, takeTask, writeChannels, writeDevices, writeInfo, writeRefusals, type Refused, type Setting } from './book.ts'
import { Call, hangUp, refuseLate } from './calls.ts'
import { Device, Lists } from './device.ts'
import { Endpoint, token, type Reply } from './endpoint.ts'
import { GB, type GbAddress, type GbLimits, type PlatformOptions } from './limits.ts'
import { Proofs } from './proofs.ts'
import { StartQueue } from './queue.ts'
import { Ports } from './receiver.ts'
import { peerText, readPeer, type Peer } from './transport.ts'

const EXPIRES_S = 3600
/** What this platform speaks, 2016 (2022 annex I): a device of 2022 (3.0) goes down to it. */
const GB_VER = '2.0'
const EXPIRES_MAX_S = 86_400
const SUBSCRIBE_S = 3600
const REFUSALS_MAX = 200
const XML_TYPE = ['content-type', 'Application/MANSCDP+xml'] as const
export class Platform {
  readonly app: App
  readonly bind: string
  readonly limits: GbLimits
  readonly ports: Ports
  readonly endpoint: Endpoint
  readonly calls = new Map<string, Call>()
  /** Why nobody can register; null: all is well, or nobody wants to. */
  fault: string | null = null
  readonly devices = new Map<string, Device>()
  private readonly settings = new Map<number, Setting>()
  private byCode = new Map<string, Device[]>()
  private byServer = new Map<string, number[]>()
  private hosts = new Set<string>()
  private readonly lists = new Lists()
  private readonly starts: StartQueue
  private readonly proofs = new Proofs()
  private refused = new Map<string, Refused>()
  private readonly work = new Set<Promise<unknown>>()
  private readonly port: number
  private listening = false
  constructor(app: App, o: PlatformOptions) {
    this.app = app
    this.bind = o.bind
    this.port = o.port
    this.limits = o.limits ?? GB
    this.ports = new Ports(o.media_ports[0], o.media_ports[1])
    this.starts = new StartQueue(this.limits)
    this.endpoint = new Endpoint({ onRequest: (m, from, reply) => this.asked(m, from, reply), onStray: (m, from) => this.stray(m, from), isKnown: (host) => this.hosts.has(host) })
  }
  get sip_port(): number {
    return this.listening ? this.endpoint.port.port : this.port
  }
  get waiting_count(): number {
    return this.starts.waiting_count
  }
  later(p: Promise<unknown>): void {
    const one: Promise<unknown> = p.catch((error: unknown) => log('warn', 'gb', { cause: String(error) })).finally(() => this.work.delete(one))
    this.work.add(one)
  }
  /** As the database says now. The port opens with the first company that wants it: nobody listens for nobody. */
  async load(company_id: number): Promise<void> {
    const { setting, devices } = await loadGb(this.app, company_id)
    if (setting) this.settings.set(company_id, setting)
    else this.settings.delete(company_id)
    const seen = new Set<string>()
    for (const known of devices) {
      const key = `${company_id}:${known.gb_device_id}`
      seen.add(key)
      const before = this.devices.get(key)
      if (!before) this.devices.set(key, new Device(known, setting!.server_code))
      else {
        // Another password is asked for at the next registration; another number is another device.
        if (before.known.code !== known.code || before.known.password !== known.password) this.drop(before)
        Object.assign(before, { known: { ...known, online: before.known.online }, server_code: setting!.server_code })
      }
    }
    for (const [key, d] of this.devices) if (d.known.company_id === company_id && !seen.has(key)) {
      this.drop(d)
      this.devices.delete(key)
    }
    this.index()
    if (this.settings.size > 0 && !this.listening) await this.listen()
  }
  private async listen(): Promise<void> {
    try {
      await this.endpoint.port.listen(this.port, this.bind)
      this.listening = true
      this.fault = null
      log('info', 'gb platform listens', { port: this.endpoint.port.port })
    } catch (error) {
      this.fault = 'gb_port_taken'
      log('warn', 'gb port', { port: this.port, cause: String(error) })
    }
  }
  private index(): void {
    this.byCode = new Map()
    this.byServer = new Map()
    for (const s of this.settings.values()) this.byServer.set(s.server_code, [...(this.byServer.get(s.server_code) ?? []), s.company_id])
    for (const d of this.devices.values()) this.byCode.set(d.known.code, [...(this.byCode.get(d.known.code) ?? []), d])
    this.hosts = new Set([...this.devices.values()].flatMap((d) => (d.online && d.peer ? [d.peer.host] : [])))
    this.endpoint.host = [...this.settings.values()][0]?.host ?? '127.0.0.1'
  }
  hostOf(d: Device): string {
    return this.settings.get(d.known.company_id)?.host ?? '127.0.0.1'
  }
  contact(d: Device): string {
    return `<sip:${d.server_code}@${this.hostOf(d)}:${this.endpoint.port.port}>`
  }
  private drop(d: Device): void {
    for (const c of [...this.calls.values()]) if (c.device === d) c.close()
    this.offline(d)
  }
  private offline(d: Device): void {
    if (!d.online) return
    d.online = false
    d.dirty = true
    d.subscribed_until_ms = 0
    this.index()
  }

  // What comes in
  private asked(m: Sip, from: Peer, reply: Reply): void {
    if (m.method === 'REGISTER') return this.register(m, from, reply)
    if (m.method === 'OPTIONS') return reply(200)
    if (m.method === 'BYE') {
      const c = this.calls.get(header(m, 'call-id') ?? '')
      reply(c ? 200 : 481)
      return c?.device.peer?.host === from.host ? c.theirs() : undefined
    }
    if (m.method !== 'MESSAGE' && m.method !== 'NOTIFY') return reply(405)
    // Whom we do not know as registered from there registers anew: so says the standard, and so do devices.
    const d = this.find(m).find((x) => x.online && x.peer?.host === from.host && x.isFresh())
    if (!d) return reply(403)
    const n = readXml(m.body)
    if (!n) return reply(400)
    this.told(d, n, m, reply)
  }
  /** By number of the server that was asked for, and of who asks; of two companies with the same numbers the password decides. */
  private find(m: Sip): Device[] {
    const list = this.byCode.get(userOf(header(m, 'from'))) ?? []
    const asked = userOf(m.uri)
    const right = list.filter((d) => d.server_code === asked)
    // Many leave the server's number out of the line.
    return right.length > 0 || CODE.test(asked) ? right : list
  }
  private refuse(company_id: number | undefined, m: Sip, from: Peer, reason: string, reply: Reply): void {
    reply(403)
    if (company_id === undefined) return
    const code = userOf(header(m, 'from')).slice(0, 40)
    const key = `${company_id} ${code} ${from.host} ${reason}`
    const before = this.refused.get(key)
    if (before) before.count++
    else if (this.refused.size < REFUSALS_MAX) this.refused.set(key, { company_id, code, host: from.host, reason, count: 1 })
  }
  private register(m: Sip, from: Peer, answer: Reply): void {
    const reply: Reply = (status, headers = []) => answer(status, [...headers, ['x-gb-ver', GB_VER]])
    const [code, asked] = [userOf(header(m, 'from')), userOf(m.uri)]
    const given = readAuthorization(header(m, 'authorization'))
    const list = this.find(m)
    const right = (x: Device): boolean => given?.get('realm') === x.server_code.slice(0, 10) && proves(given, { user: code, password: x.known.password, method: 'REGISTER' })
    const d = list.find(right) ?? list[0]
    if (!d) {
      const companies = this.byServer.get(asked) ?? [...new Set((this.byCode.get(code) ?? []).map((x) => x.known.company_id))]
      const all = companies.length > 0 ? companies : [...this.settings.keys()]
      return this.refuse(all.length === 1 ? all[0] : undefined, m, from, CODE.test(asked) && !this.byServer.has(asked) ? 'wrong_server' : CODE.test(code) ? 'unknown' : 'bad_code', reply)
    }
    const company_id = d.known.company_id
    const wrong_key = `${d.key} ${from.host}`
    if (this.proofs.isLocked(wrong_key)) return this.refuse(company_id, m, from, 'locked', reply)
    const challenge = (stale: boolean): void => reply(401, [['www-authenticate', `Digest realm="${d.server_code.slice(0, 10)}",nonce="${this.proofs.nonce(code)}",algorithm=MD5${stale ? ',stale=true' : ''}`]])
    if (!given) return challenge(false)
    if (!right(d)) {
      this.proofs.failed(wrong_key)
      return this.refuse(company_id, m, from, 'wrong_password', reply)
    }
    if (!this.proofs.use(given.get('nonce') ?? '', code)) return challenge(true)
    // One that is there and speaks is not pushed aside by a second with its number (H6); silent, it is within three minutes.
    if (d.online && d.isFresh() && d.peer && d.peer.host !== from.host && nowMs() - d.heard_ms < d.known.keep_s * 1500) return this.refuse(company_id, m, from, 'two_devices', reply)
    this.proofs.passed(wrong_key)
    this.registered(d, m, from, reply)
  }
  private registered(d: Device, m: Sip, from: Peer, reply: Reply): void {
    const said = header(m, 'expires') ?? parameter(header(m, 'contact'), 'expires')
    const s = said !== undefined && /^\d{1,9}$/.test(said) ? Math.min(Number(said), EXPIRES_MAX_S) : EXPIRES_S
    const contact = header(m, 'contact')
    const answer = [...(contact ? [['contact', contact] as const] : []), ['expires', String(s)] as const, ['date', `${localTime(nowMs())}.000`] as const]
    if (s === 0) {
      this.offline(d)
      d.expires_ms = 0
      return reply(200, answer)
    }
    const fresh = !d.online || d.peer === null || peerText(d.peer) !== peerText(from)
    Object.assign(d, { peer: from, online: true, registered_ms: nowMs(), expires_ms: nowMs() + s * 1000, heard_ms: nowMs(), dirty: true })
    if (fresh) this.index()
    reply(200, answer)
    if (!fresh) return
    if (!d.known.maker) this.later(this.info(d))
    if (!d.known.catalog_at) this.later(this.catalog(d))
    d.subscribed_until_ms = 0
  }
  private told(d: Device, n: Node, m: Sip, reply: Reply): void {
    const [cmd, sn] = [value(n, 'CmdType'), value(n, 'SN')]
    d.heard()
    if (n.name === 'Response') {
      reply(200)
      return void this.lists.take(d, cmd, sn, n)
    }
    if (n.name !== 'Notify') return reply(200)
    if (cmd === 'Alarm') {
      const a = readAlarm(n)
      if (!a) return reply(400)
      // Answered when it stands in the book: what was not written down is told again.
      return this.later(noteAlarm(this.app, d.known, a).then(() => {
        reply(200)
        if (m.method === 'MESSAGE') this.later(this.message(d, 'Response', [['CmdType', 'Alarm'], ['SN', a.sn], ['DeviceID', a.code], ['Result', 'OK']]).catch(() => {}))
      }, (error: unknown) => {
        reply(500)
        throw error
      }))
    }
    reply(200)
    // 121: what was recorded has been sent.
    if (cmd === 'MediaStatus' && value(n, 'NotifyType') === '121') for (const c of [...this.calls.values()]) if (c.device === d && c.recorded && (c.channel === value(n, 'DeviceID') || c.id === header(m, 'call-id'))) c.ended()
  }
  private stray(m: Sip, from: Peer): void {
    if (m.status < 200 || m.status >= 300 || !/INVITE/.test(header(m, 'cseq') ?? '') || !this.byServer.has(userOf(header(m, 'from')))) return
    const c = this.calls.get(header(m, 'call-id') ?? '')
    if (c) c.confirm(from)
    else refuseLate(this, m, from)
  }

  // What goes out
  private async message(d: Device, root: 'Query' | 'Control' | 'Response', fields: readonly (readonly [string, string])[]): Promise<void> {
    if (!d.online || !d.peer) throw new CameraFault('gb_offline')
    const domain = d.server_code.slice(0, 10)
    const target = fields.find(([k]) => k === 'DeviceID')?.[1] ?? d.known.code
    const a = await this.endpoint.ask(d.peer, { method: 'MESSAGE', uri: `sip:${target}@${d.peer.host}:${d.peer.port}`, from: `<sip:${d.server_code}@${domain}>;tag=${token()}`, to: `<sip:${target}@${domain}>`, call_id: token(), cseq: 1, headers: [XML_TYPE], body: writeXml(root, fields) }, this.limits.answer_ms).catch(() => { throw new CameraFault('no_answer') })
    if (a.status >= 300) throw new CameraFault(a.status === 404 ? 'gb_gone' : 'refused', String(a.status))
  }
  private async list<T>(d: Device, cmd: string, fields: readonly (readonly [string, string])[], o: { list: string; target?: string; read: (n: Node) => T | null; id: (t: T) => string }): Promise<{ items: T[]; told: number | null; seen: number; root: Node | null }> {
    const sn = String((d.sn = (d.sn + 1) % 1_000_000_000))
    const w = this.lists.wait(d, cmd, sn, { ...o, piece_ms: this.limits.piece_ms, list_ms: this.limits.list_ms })
    try {
      await this.message(d, 'Query', [['CmdType', cmd], ['SN', sn], ['DeviceID', o.target ?? d.known.code], ...fields])
    } catch (error) {
      w.stop()
      throw error
    }
    return w.done
  }
  private async info(d: Device): Promise<void> {
    const { root } = await this.list(d, 'DeviceInfo', [], { list: '-', read: () => null, id: () => '' })
    if (!root) return
    const o = { maker: value(root, 'Manufacturer').slice(0, 60), model: value(root, 'Model').slice(0, 60), firmware: value(root, 'Firmware').slice(0, 60) }
    d.known.maker = o.maker
    await writeInfo(this.app, d.known, o)
  }
  /** Gives the word for what went wrong, null where all came. */
  async catalog(d: Device): Promise<string | null> {
    const { items, told, seen } = await this.list(d, 'Catalog', [], { list: 'DeviceList', read: readChannel, id: (c) => c.code })
    const fault = told === null ? 'gb_no_catalog' : seen < told ? 'gb_catalog_cut' : null
    d.known.catalog_at = new Date(nowMs()).toISOString()
    await writeChannels(this.app, d.known, items, { whole: fault === null, fault })
    return fault
  }
  async records(d: Device, channel: string, from_ms: number, to_ms: number): Promise<{ spans: Record_[]; cut: boolean }> {
    const { items, told, seen } = await this.list(d, 'RecordInfo', [['StartTime', localTime(from_ms)], ['EndTime', localTime(to_ms)], ['Secrecy', '0'], ['Type', 'all']], { target: channel, list: 'RecordList', read: readRecord, id: (r) => `${r.from_ms} ${r.to_ms}` })
    if (told === null) throw new CameraFault('no_answer')
    return { spans: items.toSorted((a, b) => a.from_ms - b.from_ms), cut: seen < told }
  }
  async turn(at: GbAddress, m: Move | null): Promise<void> {
    const d = this.deviceOf(at)
    await this.message(d, 'Control', [['CmdType', 'DeviceControl'], ['SN', String((d.sn = (d.sn + 1) % 1_000_000_000))], ['DeviceID', at.channel], ['PTZCmd', writePtz(m)]])
  }
  private async subscribe(d: Device): Promise<void> {
    if (!d.peer) return
    const domain = d.server_code.slice(0, 10)
    const now = nowMs()
    const body = writeXml('Query', [['CmdType', 'Alarm'], ['SN', String(++d.sn)], ['DeviceID', d.known.code], ['StartAlarmPriority', '0'], ['EndAlarmPriority', '0'], ['AlarmMethod', '0'], ['StartAlarmTime', localTime(now)], ['EndAlarmTime', localTime(now + SUBSCRIBE_S * 2000)]])
    // A device that does not know subscriptions says so or nothing; most tell alarms without.
    const a = await this.endpoint.ask(d.peer, { method: 'SUBSCRIBE', uri: `sip:${d.known.code}@${d.peer.host}:${d.peer.port}`, from: `<sip:${d.server_code}@${domain}>;tag=${token()}`, to: `<sip:${d.known.code}@${domain}>`, call_id: token(), cseq: 1, headers: [['contact', this.contact(d)], ['event', 'presence'], ['expires', String(SUBSCRIBE_S)], XML_TYPE], body }, this.limits.answer_ms).catch(() => null)
    d.subscribed_until_ms = now + (a && a.status < 300 ? SUBSCRIBE_S * 800 : 300_000)
  }
  deviceOf(at: { company_id: number; gb_device_id: string }): Device {
    const d = this.devices.get(`${at.company_id}:${at.gb_device_id}`)
    if (!d) throw new CameraFault('gb_gone')
    if (!d.online || !d.peer || !d.isFresh()) throw new CameraFault('gb_offline')
    return d
  }
  /** A question without a picture: the device is there. */
  healthOf(at: Omit<GbAddress, 'channel'>): Fault | null {
    try {
      this.deviceOf(at)
      return null
    } catch (error) {
      return error instanceof CameraFault ? error.fault : 'unreachable'
    }
  }
  /** Pictures of a channel, live or of a time; waits its turn. */
  async stream(at: GbAddress, on: Sink, time?: { from_ms: number; to_ms: number }): Promise<Session> {
    this.deviceOf(at)
    const release = await this.starts.take(`${at.company_id}:${at.gb_device_id}`)
    try {
      if (!on.wanted()) throw new CameraFault('closed')
      const d = this.deviceOf(at)
      const call = new Call(this, d, d.peer!, at.channel, time !== undefined, on)
      on.opened(call)
      await call.begin(release, time)
      return call
    } catch (error) {
      release()
      throw error
    }
  }
  async runTasks(company_id: number): Promise<void> {
    for (let i = 0; i < 50; i++) {
      const t = await takeTask(this.app, company_id)
      if (!t) return
      // Not one after the other: a device that does not answer holds nobody else up.
      this.later(this.task(company_id, t))
    }
  }
  private async task(company_id: number, t: NonNullable<Awaited<ReturnType<typeof takeTask>>>): Promise<void> {
    try {
      const d = this.deviceOf({ company_id, gb_device_id: t.gb_device_id })
      if (t.kind === 'catalog') {
        if (!d.known.maker) await this.info(d).catch(() => {})
        return await doneTask(this.app, company_id, t.task_id, { fault: await this.catalog(d) })
      }
      const from_ms = Date.parse(`${t.on_day}T00:00:00+08:00`)
      const { spans, cut } = await this.records(d, t.channel_code ?? '', from_ms, Math.min(from_ms + 86_400_000 - 1000, nowMs()))
      await doneTask(this.app, company_id, t.task_id, { fault: cut ? 'gb_catalog_cut' : null, result: spans.slice(0, 2000).map((s) => ({ from_at: new Date(s.from_ms).toISOString(), to_at: new Date(s.to_ms).toISOString() })) })
    } catch (error) {
      await doneTask(this.app, company_id, t.task_id, { fault: error instanceof CameraFault ? error.fault : 'no_answer' })
    }
  }
  /** Calls of a service that was killed are hung up, and a head that it left turning is stopped. */
  async hangUpOrphans(companies: readonly number[]): Promise<number> {
    let n = 0
    for (const company_id of companies) for (const r of await openCalls(this.app, company_id)) {
      n++
      const peer = readPeer(r.peer)
      const gone = (): Promise<void> => endCall(this.app, company_id, r.call_id)
      if (!peer || !this.listening) {
        await gone()
        continue
      }
      this.later(hangUp(this, peer, { uri: r.uri, from: r.from_line, to: r.to_line, call_id: r.call_id, cseq: r.cseq + 1 }).then(gone))
      this.later(this.turn({ company_id, gb_device_id: r.gb_device_id, channel: r.channel_code }, null).catch(() => {}))
    }
    return n
  }
  /** Each second: who is silent, whose subscription ends, what is to be written. */
  async sweep(): Promise<void> {
    const now = nowMs()
    this.proofs.sweep(now)
    for (const d of this.devices.values()) {
      if (d.online && !d.isFresh(now)) this.offline(d)
      if (d.online && d.known.alarms && now > d.subscribed_until_ms && !d.subscribing) {
        d.subscribing = true
        this.later(this.subscribe(d).finally(() => (d.subscribing = false)))
      }
    }
    await this.write()
  }
  private async write(): Promise<void> {
    const refused = [...this.refused.values()]
    this.refused = new Map()
    const at = (ms: number | null): string | null => (ms ? new Date(ms).toISOString() : null)
    for (const company_id of this.settings.keys()) {
      const mine = refused.filter((r) => r.company_id === company_id)
      if (mine.length > 0) await writeRefusals(this.app, company_id, mine)
      const list = [...this.devices.values()].filter((d) => d.dirty && d.known.company_id === company_id)
      if (list.length === 0) continue
      for (const d of list) Object.assign(d, { dirty: false, written_ms: nowMs() })
      await writeDevices(this.app, company_id, list.map((d) => ({ gb_device_id: d.known.gb_device_id, online: d.online, peer: d.peer ? peerText(d.peer) : null, registered_at: at(d.registered_ms), expires_at: at(d.expires_ms), heard_at: at(d.heard_ms) })))
    }
  }
  async stop(): Promise<void> {
    for (const c of [...this.calls.values()]) c.close()
    const until = steadyMs() + 2_000
    while (this.work.size > 0 && steadyMs() < until) await Promise.race([Promise.allSettled([...this.work]), new Promise((r) => setTimeout(r, 100))])
    await this.endpoint.close()
  }
}
