// Accounts of smart-home platforms at the MQTT door: what each hears is made for it when it subscribes and when something changes, and is sent to it alone. Nothing of
// it lies in the broker, so two companies may use the same prefix. What it asks for goes the road of commands.
import { sql } from 'kysely'
import type { AedesPublishPacket, Client } from 'aedes'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import { Refusal } from '../../../../kernel/refuse.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import { queueCommand } from '../commands.ts'
import { aliveTopic, entitiesOf, givable, matches, readSet, stateTopic } from './discovery.ts'
import { secretMatches } from './secrets.ts'
import type { Known, Registry } from './registry.ts'

export interface Feed {
  company_id: number
  feed_id: string
  community_id: string
  name: string
  prefix: string
  may_command: boolean
  secret_hash: string
}
interface Listener {
  feed: Feed
  client: Client
  subs: Set<string>
  /** What of each device was told last: when it was heard, and whether it is there. */
  told: Map<string, string>
  commands: number[]
}
const SUBS_MAX = 5000
const COMMANDS_A_MINUTE = 30
const CLIENTS_A_FEED = 3

export class Feeds {
  private readonly app: App
  private readonly registry: Registry
  private readonly byId = new Map<string, Feed>()
  private readonly products = new Map<string, { name: string; category: string }>()
  private readonly listeners = new Map<Client, Listener>()
  constructor(app: App, registry: Registry) {
    this.app = app
    this.registry = registry
  }
  async load(company_id: number): Promise<void> {
    const [feeds, products] = await inTransaction(this.app.d, { company_id, readOnly: true }, async (tx) => [
      (await sql<Feed>`select company_id, feed_id, community_id, name, prefix, may_command, secret_hash from iot.feed where company_id = ${company_id} and stopped_at is null`.execute(tx.db)).rows,
      (await sql<{ product_id: string; name: string; category: string }>`select product_id, name, category from iot.product where company_id = ${company_id}`.execute(tx.db)).rows,
    ] as const)
    for (const f of this.byId.values()) if (f.company_id === company_id) this.byId.delete(f.feed_id)
    for (const f of feeds) this.byId.set(f.feed_id, f)
    for (const p of products) this.products.set(p.product_id, p)
    for (const l of [...this.listeners.values()]) {
      if (l.feed.company_id !== company_id) continue
      const now = this.byId.get(l.feed.feed_id)
      // Stopped, or with another secret: out at once. Else what is known is told anew.
      if (!now || now.secret_hash !== l.feed.secret_hash) l.client.close()
      else {
        l.feed = now
        this.describe(l, [...l.subs])
      }
    }
  }
  async loadAll(): Promise<void> {
    for (const c of this.registry.companies) await this.load(c)
  }
  /** True when it may come in. A name that is a device's is the device's. */
  admit(client: Client, username: string, password: Uint8Array | undefined): boolean {
    const feed = this.byId.get(username)
    if (!feed || !password || this.registry.devices.has(client.id) || !secretMatches(password, feed.secret_hash)) return false
    if ([...this.listeners.values()].filter((l) => l.feed.feed_id === feed.feed_id).length >= CLIENTS_A_FEED) return false
    this.listeners.set(client, { feed, client, subs: new Set(), told: new Map(), commands: [] })
    void inTransaction(this.app.d, { company_id: feed.company_id }, (tx) => sql`update iot.feed set connected_at = ${new Date(nowMs()).toISOString()}::timestamptz where company_id = ${feed.company_id} and feed_id = ${feed.feed_id}`.execute(tx.db)).catch((error: unknown) => log('warn', 'feed', { cause: String(error) }))
    return true
  }
  is(client: Client): boolean {
    return this.listeners.has(client)
  }
  gone(client: Client): void {
    this.listeners.delete(client)
  }
  /** Its own prefix and its own values. */
  maySubscribe(client: Client, filter: string): boolean {
    const l = this.listeners.get(client)
    return l !== undefined && l.subs.size < SUBS_MAX && (filter.startsWith(`${l.feed.prefix}/`) || filter.startsWith(`heyuan/${l.feed.feed_id}/`))
  }
  subscribed(client: Client, filters: readonly string[]): void {
    const l = this.listeners.get(client)
    if (!l) return
    const fresh = filters.filter((f) => this.maySubscribe(client, f))
    for (const f of fresh) l.subs.add(f)
    this.describe(l, fresh)
    for (const d of this.devicesOf(l)) this.tell(l, d, fresh)
  }
  /** Throws where it may not: the broker then closes the connection. */
  async published(client: Client, topic: string, payload: Uint8Array): Promise<void> {
    const l = this.listeners.get(client)
    if (!l) throw new Error('not known')
    // The platform has started anew and asks for all.
    if (topic === `${l.feed.prefix}/status`) return this.describe(l, [...l.subs])
    const set = readSet(topic)
    if (!set || set.feed_id !== l.feed.feed_id || !l.feed.may_command) throw new Error('may not command')
    const d = this.registry.devices.get(set.device_id)
    const spec = d?.model.commands.find((c) => c.key === set.command)
    const product = d ? this.products.get(d.product_id) : undefined
    if (!d || d.company_id !== l.feed.company_id || d.community_id !== l.feed.community_id || !spec || !givable({ is_meter: product?.category === 'meter' }, spec)) throw new Error('not its device')
    const now = nowMs()
    l.commands = [...l.commands.filter((t) => now - t < 60_000), now]
    if (l.commands.length > COMMANDS_A_MINUTE) return log('warn', 'a feed commands too often', { feed_id: l.feed.feed_id })
    const arg = spec.arg ? Number(Buffer.from(payload).toString('utf8')) : null
    if (arg !== null && !Number.isFinite(arg)) return
    await asSystem(this.app, d.company_id, 'iot.feed', (scope) => queueCommand(scope, { device_id: d.device_id, command: spec.key, arg, reason_code: 'operation', reason: `第三方平台「${l.feed.name}」`, source: 'feed', rule_id: null })).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      log('info', 'a command of a feed was refused', { code: error.code })
    })
  }
  /** Each second: what was heard since, and what has come or gone. */
  tick(): void {
    for (const l of this.listeners.values()) for (const d of this.devicesOf(l)) this.tell(l, d, l.subs)
  }
  private devicesOf(l: Listener): Known[] {
    return [...this.registry.devices.values()].filter((d) => d.company_id === l.feed.company_id && d.community_id === l.feed.community_id)
  }
  private send(l: Listener, subs: Iterable<string>, topic: string, body: string): void {
    for (const s of subs) if (matches(s, topic)) return void l.client.publish({ topic, payload: Buffer.from(body), qos: 0, retain: true, dup: false, cmd: 'publish' } as AedesPublishPacket, () => {})
  }
  private describe(l: Listener, subs: readonly string[]): void {
    for (const d of this.devicesOf(l)) {
      const p = this.products.get(d.product_id)
      for (const e of entitiesOf({ ...d, product_name: p?.name ?? '', is_meter: p?.category === 'meter' }, l.feed)) this.send(l, subs, e.topic, JSON.stringify(e.body))
    }
  }
  private tell(l: Listener, d: Known, subs: Iterable<string>): void {
    const mark = `${d.moving.heard_ms ?? 0} ${d.moving.conn}`
    if (subs === l.subs && l.told.get(d.device_id) === mark) return
    l.told.set(d.device_id, mark)
    this.send(l, subs, aliveTopic(l.feed.feed_id, d.device_id), d.moving.conn === 'online' ? 'online' : 'offline')
    const values = Object.entries(d.moving.latest).filter(([, v]) => v[2] === 'good' || v[2] === 'substituted').map(([k, v]) => [k, v[0]] as const)
    if (values.length > 0) this.send(l, subs, stateTopic(l.feed.feed_id, d.device_id), JSON.stringify(Object.fromEntries(values)))
  }
}
