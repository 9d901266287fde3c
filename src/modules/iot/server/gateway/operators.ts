// The door for operators' platforms (NB-IoT): POST /operator/<account>[/<secret>]. Who is not signed is refused and written down; what a device said goes the road of
// everything measured. Answered 200 when stored; sent again, the same (device, point, time) is stored once. Nothing is sent down: neither push has a way back.
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply as Reply, FastifyRequest as Request } from 'fastify'
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import { openText } from '../../../../kernel/seal.ts'
import { readCtwing, readOnenet, signedBy, valuesOf, type Pushed } from '../../codecs/operator.ts'
import type { Channels } from './channels.ts'
import { replayAfterMs } from './message.ts'
import type { Pipeline } from './pipeline.ts'
import type { Known, Registry } from './registry.ts'

interface Account {
  company_id: number
  operator_id: string
  kind: 'ctwing' | 'onenet'
  secret: string
}
const AHEAD_MS = 5 * 60_000
const BEHIND_MS = 400 * 86_400_000
export class Operators {
  private readonly app: App
  private readonly registry: Registry
  private readonly pipeline: Pipeline
  private readonly channels: Channels
  private readonly accounts = new Map<string, Account>()
  /** Devices by company and each name by which a platform may tell them. */
  private readonly byName = new Map<string, Known>()
  constructor(app: App, registry: Registry, pipeline: Pipeline, channels: Channels) {
    this.app = app
    this.registry = registry
    this.pipeline = pipeline
    this.channels = channels
  }
  async load(company_id: number): Promise<void> {
    const rows = await inTransaction(this.app.d, { company_id, readOnly: true }, async (tx) => (await sql<{ operator_id: string; kind: Account['kind']; secret_sealed: string }>`select operator_id, kind, secret_sealed from iot.operator where company_id = ${company_id} and stopped_at is null`.execute(tx.db)).rows)
    for (const a of this.accounts.values()) if (a.company_id === company_id) this.accounts.delete(a.operator_id)
    for (const r of rows) {
      this.accounts.set(r.operator_id, { company_id, operator_id: r.operator_id, kind: r.kind, secret: openText(r.secret_sealed) })
      this.channels.open(company_id, r.operator_id)
    }
    for (const k of this.byName.keys()) if (k.startsWith(`${company_id} `)) this.byName.delete(k)
    for (const d of this.registry.devices.values()) if (d.company_id === company_id && d.link === 'nbiot' && d.address) this.byName.set(`${company_id} ${d.address.toUpperCase()}`, d)
  }
  async loadAll(): Promise<void> {
    for (const c of this.registry.companies) await this.load(c)
  }
  register(f: FastifyInstance): void {
    f.get('/operator/:operator_id', async (req, reply) => {
      // OneNET asks before it pushes: `msg` goes back when it is signed with our token.
      const a = this.accounts.get((req.params as { operator_id: string }).operator_id)
      const q = req.query as Record<string, string | undefined>
      if (a?.kind !== 'onenet' || typeof q['msg'] !== 'string' || !signedBy(a.secret, q['nonce'], q['msg'], q['signature'])) return this.turnedAway(reply, a)
      return reply.type('text/plain').send(q['msg'])
    })
    f.post('/operator/:operator_id', (req, reply) => this.take(req, reply))
    f.post('/operator/:operator_id/:secret', (req, reply) => this.take(req, reply))
  }
  private turnedAway(reply: Reply, a: Account | undefined): unknown {
    if (a) this.channels.refused(a.company_id, a.operator_id, a.kind === 'onenet' ? '签名不对' : '推送地址的口令不对')
    return reply.status(401).send({ error: 'unauthorized' })
  }
  private async take(req: Request, reply: Reply): Promise<unknown> {
    const { operator_id, secret } = req.params as { operator_id: string; secret?: string }
    const a = this.accounts.get(operator_id)
    const text = ((req.body as Buffer | undefined) ?? Buffer.alloc(0)).toString('utf8')
    const pushed = a ? this.read(a, text, secret) : null
    if (!a || pushed === null) return this.turnedAway(reply, a)
    if (!pushed.ok) {
      this.channels.refused(a.company_id, a.operator_id, pushed.why)
      return reply.status(400).send({ error: 'bad_payload', message: pushed.why })
    }
    try {
      const stored_count = await this.store(a, pushed)
      this.channels.heard(a.company_id, a.operator_id, pushed.reports.length + pushed.passed)
      return await reply.send({ code: 0, stored_count })
    } catch (error) {
      log('warn', 'operator push was not stored', { cause: String(error) })
      return reply.status(503).header('retry-after', '5').send({ error: 'not_stored' })
    }
  }
  private read(a: Account, text: string, secret: string | undefined): Pushed | null {
    if (a.kind === 'onenet') return readOnenet(text, a.secret)
    const [given, kept] = [Buffer.from(secret ?? ''), Buffer.from(a.secret)]
    if (given.length !== kept.length || !timingSafeEqual(given, kept)) return null
    try {
      return readCtwing(JSON.parse(text))
    } catch {
      return { ok: false, why: '不是 JSON' }
    }
  }
  /** What cannot be read of one device is written at that device, and does not come again. */
  private async store(a: Account, pushed: Extract<Pushed, { ok: true }>): Promise<number> {
    const received = nowMs()
    let n = 0
    const waits: Promise<void>[] = []
    for (const r of pushed.reports) {
      const d = r.names.map((x) => this.byName.get(`${a.company_id} ${x.toUpperCase()}`)).find((x) => x !== undefined)
      if (!d) {
        this.channels.refused(a.company_id, a.operator_id, `没有登记的设备 ${r.names[0]}`)
        continue
      }
      const v = valuesOf(d.model.inner ?? 'json', r, d.model.points)
      if (!v.ok) {
        this.pipeline.refuse(d, v.why)
        continue
      }
      const own = r.at_ms !== null && r.at_ms < received + AHEAD_MS && r.at_ms > received - BEHIND_MS
      const at_ms = own ? r.at_ms! : received
      waits.push(this.pipeline.telemetry(d, [{ device: null, at_ms, own_time: own, replay: received - at_ms > replayAfterMs(d), values: v.values }], received))
      n++
    }
    await Promise.all(waits)
    return n
  }
}
