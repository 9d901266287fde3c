// Carries commands out: marks one as sent before it is sent, so that after a crash nobody believes it was not; then waits for the answer, then reads back. What
// was lost is unknown, and stays so.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import type { CommandState } from '../../contract.ts'
import { valueText } from '../../shown.ts'
import type { Credential } from '../bus/switching.ts'
import { credentialOf } from '../credentials.ts'
import type { Buses } from './buses.ts'
import type { Mqtt } from './mqtt.ts'
import type { Brokers } from './outside.ts'
import type { Known, Registry } from './registry.ts'

interface Taken {
  command_id: string
  device_id: string
  command: string
  arg: string | null
  expires_ms: number
  expired: boolean
}
const AT_ONCE = 100
const LOOK_MS = 150
const ASK_AGAIN_MS = 700
/** A database that is restarted is back within that; what is not written by then is found by `forget`. */
const END_AGAIN_MS = [200, 1000, 4000, 10_000]
/** Nobody is at work on it any more. */
export const LEFT_S = 60
const iso = (ms: number): string => new Date(ms).toISOString()
const pause = (ms: number) => new Promise<void>((r) => setTimeout(r, ms))
type Spec = Known['model']['commands'][number]
/** What was read back instead of what was wanted, in words of the point. */
function notSeen(d: Known, spec: Spec, begun: string, seen: number | null): string {
  const p = spec.confirm ? d.points.get(spec.confirm.point) : undefined
  if (seen === null || !p) return `${begun},但没有回读到新的值`
  const hint = d.bus_id !== null && d.model.commands.length > 0 && (d.link === 'dlt645_2007' || d.link === 'cjt188') ? ',表计没有动作:可能触点粘连、阀门卡住或处于保电,请到现场核实' : ',与要求的不符'
  return `${begun},但回读「${p.name}」为「${valueText(p, seen)}」${hint}`
}
type End = { state: CommandState; answer?: string | null; why?: string | null; seen_v?: number | null }

export class Commander {
  private readonly app: App
  private readonly registry: Registry
  private readonly buses: Buses
  private readonly mqtt: () => Mqtt
  private readonly brokers: () => Brokers
  private readonly replies = new Map<string, (r: { ok: boolean; why: string | null } | null) => void>()
  private readonly later = new Set<Promise<unknown>>()
  /** Commands that this gateway is at work on. */
  private readonly flying = new Set<string>()
  private stopped = false
  constructor(app: App, registry: Registry, buses: Buses, mqtt: () => Mqtt, brokers: () => Brokers) {
    this.app = app
    this.registry = registry
    this.buses = buses
    this.mqtt = mqtt
    this.brokers = brokers
  }
  /** What a gateway before this one had sent and not seen the end of; with `left_s` what this one has lost sight of, because the database was away. What is read back by nothing was answered, and that is its end. */
  async forget(left_s = 0): Promise<void> {
    for (const company_id of this.registry.companies)
      await inTransaction(this.app.d, { company_id }, (tx) => sql`update iot.command q set state = 'unknown', state_at = ${iso(nowMs())}::timestamptz, why = '网关中断,结果未知' from iot.device d join iot.product p on p.company_id = ${company_id} and p.product_id = d.product_id
        where q.company_id = ${company_id} and d.company_id = ${company_id} and d.device_id = q.device_id and q.state in ('sent','accepted') and q.state_at < ${iso(nowMs() - left_s * 1000)}::timestamptz and not q.command_id = any(${[...this.flying]}::uuid[])
          and (q.state = 'sent' or (q.sent_at >= coalesce((select w.started_at from iot.gateway w where w.company_id = ${company_id}), '-infinity') and jsonb_path_exists(p.model, '$.commands[*] ? (@.key == $key && @.confirm != null)', jsonb_build_object('key', q.command))))`.execute(tx.db))
  }
  async take(company_id: number): Promise<void> {
    const now = iso(nowMs())
    const rows = await inTransaction(this.app.d, { company_id }, async (tx) =>
      (await sql<Taken>`update iot.command set state = case when expires_at < ${now}::timestamptz then 'expired' else 'sent' end, state_at = ${now}::timestamptz, sent_at = case when expires_at < ${now}::timestamptz then null else ${now}::timestamptz end
        where company_id = ${company_id} and command_id in (select command_id from iot.command where company_id = ${company_id} and state = 'queued' order by asked_at limit ${AT_ONCE} for update skip locked) returning command_id, device_id, command, arg::text as arg, (extract(epoch from expires_at) * 1000)::bigint as expires_ms, state = 'expired' as expired`.execute(tx.db)).rows)
    for (const t of rows) {
      if (t.expired) continue
      this.flying.add(t.command_id)
      const p: Promise<void> = this.run(company_id, t).catch((error: unknown) => log('warn', 'command', { command_id: t.command_id, cause: String(error) })).finally(() => {
        this.later.delete(p)
        this.flying.delete(t.command_id)
      })
      this.later.add(p)
    }
  }
  /** A device's answer: `{"ok": true}` or `{"ok": false, "why": "…"}`. */
  reply(command_id: string, body: Uint8Array): void {
    let said: { ok?: unknown; why?: unknown } | null = null
    try {
      said = JSON.parse(Buffer.from(body).toString('utf8')) as { ok?: unknown; why?: unknown }
    } catch {
      // No JSON is no answer.
    }
    if (said) this.replies.get(command_id)?.({ ok: said.ok === true, why: typeof said.why === 'string' ? said.why.slice(0, 100) : null })
  }
  private async run(company_id: number, t: Taken): Promise<void> {
    const d = this.registry.devices.get(t.device_id)
    const spec = d?.model.commands.find((c) => c.key === t.command)
    if (!d || !spec) return this.end(company_id, t, { state: 'failed', why: '设备或命令已不存在' })
    const arg = t.arg === null ? null : Number(t.arg)
    const begun = nowMs()
    const answered = d.bus_id ? await this.overBus(d, t, spec, arg) : await this.overMqtt(d, t, arg)
    // Whether something on a bus was done that nobody answered for can still be seen.
    const silent = answered.state === 'unknown' && d.bus_id !== null && spec.confirm !== null
    if (answered.state !== 'accepted' && !silent) return this.end(company_id, t, answered)
    if (!silent) await this.end(company_id, t, answered)
    if (!spec.confirm) return
    const wanted = spec.confirm.equals ?? arg
    const until = nowMs() + spec.confirm.within_s * 1000
    let seen: number | null = null
    while (nowMs() < until && !this.stopped) {
      if (d.bus_id) await this.buses.readPoint(d, spec.confirm.point)
      const at = d.moving.seen.get(spec.confirm.point)
      if (at !== undefined && at >= begun) seen = d.moving.latest[spec.confirm.point]?.[0] ?? null
      if (seen !== null && wanted !== null && Math.abs(seen - wanted) < 1e-6) return this.end(company_id, t, { ...answered, state: 'confirmed', seen_v: seen, why: silent ? `${answered.why ?? ''},回读已是要求的状态` : null })
      await pause(d.bus_id ? ASK_AGAIN_MS : LOOK_MS)
    }
    await this.end(company_id, t, { ...answered, state: 'unknown', seen_v: seen, why: notSeen(d, spec, silent ? (answered.why ?? '') : '设备已应答', seen) })
  }
  private async overMqtt(d: Known, t: Taken, arg: number | null): Promise<End> {
    if (d.broker_id === null ? !this.mqtt().connected(d.device_id) : !this.brokers().connected(d)) return { state: 'failed', why: '设备不在线,没有发出' }
    const reply = new Promise<{ ok: boolean; why: string | null } | null>((done) => {
      const timer = setTimeout(() => done(null), Math.max(0, t.expires_ms - nowMs()))
      this.replies.set(t.command_id, (r) => (clearTimeout(timer), done(r)))
    })
    const [topic, body] = [`v1/${d.device_id}/cmd/${t.command_id}`, JSON.stringify({ id: t.command_id, command: t.command, arg, expires_at: t.expires_ms })]
    if (d.broker_id === null) this.mqtt().send(d.device_id, topic, body)
    else this.brokers().send(d, topic, body)
    const r = await reply
    this.replies.delete(t.command_id)
    if (r === null) return { state: 'unknown', why: '发出后没有应答' }
    return r.ok ? { state: 'accepted', answer: r.why ?? '已执行' } : { state: 'failed', answer: r.why, why: `设备拒绝:${r.why ?? '未说明'}` }
  }
  private async overBus(d: Known, t: Taken, spec: Spec, arg: number | null): Promise<End> {
    const bus = d.bus_id ? this.buses.busOf(d.bus_id) : undefined
    if (!bus || !d.address || !spec.where) return { state: 'failed', why: '总线未启用,或命令没有寄存器' }
    // Of its own moment: no other part of the process holds it.
    let secret: Credential | null = null
    try {
      if (d.link === 'dlt645_2007') secret = await inTransaction(this.app.d, { company_id: d.company_id, readOnly: true }, (tx) => credentialOf(tx.db, d.company_id, d.device_id))
    } catch (error) {
      log('warn', 'credential', { device: d.no, cause: String(error) })
      return { state: 'failed', why: '操作口令无法读取,没有发出;请重新设定' }
    }
    const o = await bus.write(d.address, spec.where, spec.value ?? arg ?? 0, { secret, until_ms: t.expires_ms })
    if (o.ok) return { state: 'accepted', answer: `应答 ${o.rtt_ms} 毫秒` }
    return o.kind === 'refused' || o.kind === 'line' ? { state: 'failed', why: o.why } : { state: 'unknown', why: o.kind === 'broke' ? '发出后线路中断' : o.kind === 'bad' ? '发出后应答有误' : '发出后没有应答' }
  }
  private async end(company_id: number, t: Taken, e: End): Promise<void> {
    const at = iso(nowMs())
    for (const wait of [...END_AGAIN_MS, null]) {
      try {
        return void (await inTransaction(this.app.d, { company_id }, (tx) => sql`update iot.command set state = ${e.state}, state_at = ${at}::timestamptz, answer = coalesce(${e.answer ?? null}, answer), why = ${e.why ?? null}, seen_v = ${e.seen_v ?? null}::numeric where company_id = ${company_id} and command_id = ${t.command_id}`.execute(tx.db)))
      } catch (error) {
        if (wait === null || this.stopped) throw error
        await pause(wait)
      }
    }
  }
  async stop(): Promise<void> {
    this.stopped = true
    for (const done of this.replies.values()) done(null)
    await Promise.allSettled(this.later)
  }
}
