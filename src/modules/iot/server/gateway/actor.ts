// What follows from what was stored: alarms of devices, and rules. Decided in memory when a batch is committed, done in transactions of their own, one
// company after the other. What was sent after an outage is recorded and never acts (replay).
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { minuteText, nowMs } from '../../../../kernel/clock.ts'
import { crashpoint } from '../../../../kernel/crashpoint.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import type { RuleBody } from '../../contract.ts'
import { factsText } from '../../shown.ts'
import { clearAlarm, raiseAlarm, type AlarmIn } from '../raise.ts'
import { fresh, inHours, isBeyond, step, type Input, type Memory, type Verdict } from '../rules/engine.ts'
import { freshGroup, recall, stepGroup, type GroupMemory } from '../rules/group.ts'
import { Absence, sourceOf } from './absence.ts'
import { alarmOf, dueKinds, takeDue } from './due.ts'
import { carryOut, giveBack, movesAny, placeOf } from './deeds.ts'
import { Marks } from './marks.ts'
import type { Stored } from './pipeline.ts'
import type { Known, Registry } from './registry.ts'
import { doubtText, dropDue, edgesOf, limitsOf, noteOf, ruleDue, type Edge, type Foreseen, type Note } from './rule_due.ts'

export interface Rule {
  rule_id: string
  name: string
  product_id: string
  community_id: string | null
  device_id: string | null
  version_no: number
  body: RuleBody
}
const QUEUE_MAX = 5000
/** An alarm that stands later than this says when its event came. */
const LATE_MS = 60_000
/** The database gave way to somebody else, and nothing of it stands: it is done again. */
const AGAIN = new Set(['40P01', '40001', '55P03'])
const TRIES = 3
/** So many connections within a minute are two devices that use one account and throw each other out (H6), or a line that does not hold. */
const FLAPS = 6
const FLAP_MS = 60_000
const CALM_MS = 300_000
const givesBack = (r: Rule): boolean => (r.body.back_command ?? null) !== null || r.body.doors?.back === true || (r.body.others ?? []).some((o) => o.back !== null)
/** A rule of several devices holds once, whichever of them spoke. */
const holdKey = (r: Rule, device_id: string): string => (r.body.trigger.kind === 'group' ? r.rule_id : `${r.rule_id} ${device_id}`)
const memoryKey = (d: Known, r: Rule): string => `${r.rule_id} ${r.version_no} ${d.device_id}`
export type Deed = (scope: Scope) => Promise<void>
/** What is known besides: the value before it, and the note that somebody must not miss it. */
interface Beside {
  was?: number | null | undefined
  note?: Note | undefined
  /** It may be old: it sets off what it sets off, and ends nothing. */
  doubt?: boolean
}

export class Actor {
  private readonly app: App
  private readonly registry: Registry
  private readonly rules = new Map<number, Map<string, Rule[]>>()
  private readonly memory = new Map<string, Memory>()
  /** Rules of several devices, and what is remembered of them. */
  private readonly groups = new Map<number, Rule[]>()
  private readonly group_memory = new Map<string, GroupMemory>()
  /** What rules gave and have not taken back (`holdKey`): since when, and for which device. */
  private readonly holding = new Map<string, { at_ms: number; device_id: string }>()
  /** Limits whose passing was told, and too late or too uncertain to move anything (`holdKey`): while it is so the next certain value moves. */
  private readonly unmoved = new Set<string>()
  private readonly absence: Absence
  private readonly known = new Set<number>()
  private loading: Promise<void> = Promise.resolve()
  private readonly raised = new Marks()
  private readonly queue: { company_id: number; what: string; deed: Deed; lost: () => void; mark: string | undefined }[] = []
  private working: Promise<void> | undefined
  /** Notes that somebody is at work on. */
  private readonly noted = new Set<string>()
  /** When each device connected of late. */
  private readonly connects = new Map<string, number[]>()
  constructor(app: App, registry: Registry) {
    this.app = app
    this.registry = registry
    this.absence = new Absence(registry, { raised: this.raised, raise: (...a) => this.raise(...a), clear: (...a) => this.clear(...a), do: (...a) => this.do(...a) })
  }
  /** One after the other: of two at once the older answer could come last, and stand. */
  load(company_id: number): Promise<void> {
    this.loading = this.loading.catch(() => {}).then(() => this.loadNow(company_id))
    return this.loading
  }
  private async loadNow(company_id: number): Promise<void> {
    this.raised.reading()
    const [rules, open, held, told] = await inTransaction(this.app.d, { company_id, readOnly: true }, async (tx) => [
      (await sql<Rule>`select rule_id, name, product_id, community_id, device_id, version_no, body from iot.rule where company_id = ${company_id} and stopped_at is null order by rule_id`.execute(tx.db)).rows,
      (await sql<{ source: string; kind: string; community_id: string; ids: string[] | null; last_at: string }>`select source, kind, community_id, case when kind = 'offline_many' then coalesce(facts->'device_ids', '[]') end as ids, last_at from iot.alarm where company_id = ${company_id} and disposed_at is null and cleared_at is null`.execute(tx.db)).rows,
      (await sql<{ rule_id: string; device_id: string; at: string; back: boolean }>`select distinct on (f.rule_id, f.device_id) f.rule_id, f.device_id, f.at, f.facts ? 'back' as back from iot.rule_fire f join iot.rule r on r.company_id = ${company_id} and r.rule_id = f.rule_id and r.stopped_at is null and (r.body->'back_command' <> 'null'::jsonb or r.body->'doors'->'back' = 'true'::jsonb or jsonb_path_exists(r.body, '$.others[*].back.command')) where f.company_id = ${company_id} and not f.facts ? 'late' order by f.rule_id, f.device_id, f.at desc, f.fire_id desc`.execute(tx.db)).rows,
      (await sql<{ rule_id: string; device_id: string }>`select x.rule_id, x.device_id from iot.alarm a join iot.rule r on r.company_id = ${company_id} and r.rule_id = a.rule_id and r.body->'trigger'->>'kind' = 'threshold' cross join lateral (select f.rule_id, f.device_id, f.facts ? 'late' as late from iot.rule_fire f where f.company_id = ${company_id} and f.alarm_id = a.alarm_id order by f.at desc, f.fire_id desc limit 1) x where a.company_id = ${company_id} and a.disposed_at is null and a.cleared_at is null and x.late`.execute(tx.db)).rows,
    ] as const)
    // Those by the clock are the worker's (`rule_clock.ts`).
    this.rules.set(company_id, Map.groupBy(rules.filter((r) => r.body.trigger.kind !== 'group' && r.body.trigger.kind !== 'schedule'), (r) => r.product_id))
    this.groups.set(company_id, rules.filter((r) => r.body.trigger.kind === 'group'))
    // Told from then on by what happens here: a row that is still on its way must not bring back what is over.
    const known = this.known.has(company_id)
    this.known.add(company_id)
    for (const h of known ? [] : held.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
      const r = rules.find((x) => x.rule_id === h.rule_id)
      if (!r) continue
      if (h.back) this.holding.delete(holdKey(r, h.device_id))
      else this.holding.set(holdKey(r, h.device_id), { at_ms: Date.parse(h.at), device_id: h.device_id })
    }
    for (const f of known ? [] : told) this.unmoved.add(`${f.rule_id} ${f.device_id}`)
    this.raised.read(company_id, open.map((a) => `${company_id} ${a.source} ${a.kind}`))
    if (!known) for (const a of open) if (a.ids) this.absence.restore(company_id, a.community_id, a.ids, Date.parse(a.last_at))
  }
  async loadAll(): Promise<void> {
    for (const c of this.registry.companies) await this.load(c)
  }

  stored(list: readonly Stored[]): void {
    for (const s of list) {
      if (!s.live) continue
      const d = s.device
      for (const e of s.events) this.onEvent(d, e.kind)
      if (s.values.length > 0) this.onFault(d)
      const besides = (r: Rule, name: string, was?: number | null): Beside => ({ was, doubt: s.doubt, note: noteOf(s, d, r.rule_id, name) })
      const event = (e: Stored['events'][number]): Input => ({ kind: 'event', event: e.kind, at_ms: s.at_ms, active: e.payload['active'] !== false })
      for (const r of this.rulesFor(d)) {
        for (const [point, v, was] of s.values) this.put(d, r, { kind: 'value', point, v, at_ms: s.at_ms }, besides(r, point, was))
        for (const e of s.events) this.put(d, r, event(e), besides(r, e.kind))
      }
      // What several say together rests on each of them: what is in doubt is not among it.
      for (const r of s.doubt ? [] : this.groupsWith(d)) {
        for (const [point, v] of s.values) this.putGroup(r, d, { kind: 'value', point, v, at_ms: s.at_ms }, besides(r, point))
        for (const e of s.events) this.putGroup(r, d, event(e), besides(r, e.kind))
      }
    }
  }
  /** What of it must not be lost between being stored and being acted on. */
  edges(s: Stored, foreseen: Foreseen): Edge[] {
    const [rules, groups] = [this.rulesFor(s.device), s.doubt ? [] : this.groupsWith(s.device)]
    return rules.length + groups.length > 0 ? [...edgesOf(s, rules, groups), ...limitsOf(s, rules, foreseen, (r) => this.memoryOf(s.device, r))] : []
  }
  /** By clock: who has fallen silent, and rules that wait for silence. */
  silent(gone: readonly Known[], started_ms: number, now = nowMs()): void {
    const active = gone.filter((d) => d.life === 'active')
    this.absence.gone(active, now, started_ms)
    this.calm(now)
    for (const list of this.groups.values()) for (const r of list) this.putGroup(r, null, { kind: 'tick', at_ms: now })
    for (const d of this.registry.devices.values()) {
      if (d.life !== 'active') continue
      for (const r of this.groupsWith(d)) this.putGroup(r, d, { kind: 'silence', silent_s: (now - Math.max(d.moving.heard_ms ?? 0, started_ms)) / 1000, at_ms: now })
      for (const r of this.rulesFor(d)) if (r.body.trigger.kind === 'event') this.put(d, r, { kind: 'tick', at_ms: now })
      else if (r.body.trigger.kind === 'no_data') this.put(d, r, { kind: 'silence', silent_s: (now - Math.max(d.moving.heard_ms ?? 0, started_ms)) / 1000, at_ms: now })
    }
  }
  connected(d: Known, now = nowMs()): void {
    const list = [...(this.connects.get(d.device_id) ?? []).filter((t) => now - t < FLAP_MS), now]
    this.connects.set(d.device_id, list)
    if (list.length >= FLAPS && d.life === 'active' && !this.raised.has(`${d.company_id} ${sourceOf(d)} flapping`)) this.raise(d, 'flapping', `${d.name}反复重连,可能两台设备共用一个接入账号`, 'minor', { said: [['一分钟内连接', `${list.length} 次`]] })
  }
  private calm(now: number): void {
    for (const [id, list] of this.connects) if (now - list.at(-1)! > CALM_MS) this.connects.delete(id)
    for (const d of this.registry.devices.values()) if (!this.connects.has(d.device_id)) this.clear(d, sourceOf(d), 'flapping')
  }
  heardAgain(d: Known): void {
    this.absence.back(d)
  }
  /** What was stored and never acted on, because somebody was killed (`started_ms`: when we began) or the database was busy: what is written and told is made up for. */
  async recover(company_id: number, started_ms?: number): Promise<void> {
    for (const due of await asSystem(this.app, company_id, 'iot.act', dueKinds)) {
      const d = this.registry.devices.get(due.device_id)
      if (d && alarmOf(d, due.kind)) this.onEvent(d, due.kind)
      else this.do(company_id, 'event', async (scope) => void (await takeDue(scope, due)))
    }
    for (const due of await asSystem(this.app, company_id, 'iot.act', (scope) => ruleDue(scope, started_ms ?? nowMs() - LATE_MS))) {
      if (this.noted.has(due.due_id)) continue
      const note: Note = { due_id: due.due_id, received_at: due.received_at, late: started_ms === undefined ? '未执行:当时没有办成,已过时' : '未执行:网关重启' }
      const { facts } = due.input
      const d = this.registry.devices.get(due.device_id)
      const of = (list: readonly Rule[]): Rule | undefined => list.find((r) => r.rule_id === due.rule_id)
      const [r, group] = d ? [of(this.rulesFor(d)), of(this.groupsWith(d))] : []
      if (d && r && facts && d.life === 'active' && !this.memoryOf(d, r).firing) {
        this.memory.set(memoryKey(d, r), { ...this.memoryOf(d, r), firing: true })
        this.fire(d, r, sourceOf(d), facts, note)
      } else if (d && r && !facts) this.put(d, r, due.input, { was: due.input.was, note })
      else if (d && group) this.putGroup(group, d, due.input, { note })
      else this.noFollow(company_id, note)
    }
  }
  /** Nothing follows from what was noted: the rule has judged it. */
  private noFollow(company_id: number, note: Note | undefined): void {
    if (note) this.do(company_id, 'note', (scope) => dropDue(scope, note.due_id))
  }
  /** Events of one kind in the order they came, each once: the last word is whether it is still so. */
  private onEvent(d: Known, kind: string): void {
    const spec = alarmOf(d, kind)
    if (!spec) return
    this.do(d.company_id, 'event', async (scope) => {
      for (const e of await takeDue(scope, { device_id: d.device_id, kind })) {
        const late = e.src === 'undated' ? { said: [doubtText()] } : Date.parse(scope.now) - Date.parse(e.received_at) > LATE_MS ? { said: [['补记', `平台曾中断,事件收到于 ${minuteText(e.received_at)}`]] } : {}
        if (e.payload['active'] === false) await clearAlarm(scope, sourceOf(d), kind)
        else await raiseAlarm(scope, { ...placeOf(d), source: sourceOf(d), kind, title: `${d.name}:${spec.name}`, level: spec.level, rule_id: null, facts: { event: kind, data: e.payload, ...late } })
      }
    })
  }
  private onFault(d: Known): void {
    const key = `${d.company_id} ${sourceOf(d)} fault`
    if (!d.moving.faulty) return this.raised.has(key) ? this.clear(d, sourceOf(d), 'fault') : undefined
    if (this.raised.has(key) || d.life !== 'active') return
    const points = d.model.points.flatMap((p) => p.labels.filter((l) => l.fault && l.value === d.moving.latest[p.key]?.[0]).map((l) => (l.name === p.name ? p.name : `${p.name} ${l.name}`)))
    this.raise(d, 'fault', `${d.name}故障`, 'major', { points: points.join('、') })
  }
  private rulesFor(d: Known): Rule[] {
    return (this.rules.get(d.company_id)?.get(d.product_id) ?? []).filter((r) => (r.community_id === null || r.community_id === d.community_id) && (r.device_id === null || r.device_id === d.device_id))
  }
  private memoryOf(d: Known, r: Rule, was?: number | null): Memory {
    const kept = this.memory.get(memoryKey(d, r))
    if (kept) return kept
    const m = fresh()
    // After a start an alarm that is still open is still firing.
    const since = this.holding.get(holdKey(r, d.device_id))?.at_ms
    m.firing = since !== undefined || this.raised.has(`${d.company_id} ${sourceOf(d)} rule:${r.rule_id}`)
    // What it was before the start is known: a change that nobody here has seen is one all the same.
    if (r.body.trigger.kind === 'change') m.value = m.firing ? r.body.trigger.to : (was ?? null)
    if (m.firing && r.body.trigger.kind === 'event') m.since_ms = since ?? null
    return m
  }
  private put(d: Known, r: Rule, input: Input, { was, note, doubt = false }: Beside = {}): void {
    const [key, before, t] = [memoryKey(d, r), this.memoryOf(d, r, was), r.body.trigger]
    const of_limit = t.kind === 'threshold'
    const m = of_limit && doubt ? { ...before, recent: [...before.recent] } : before
    this.memory.set(key, before)
    const v = step(r.body, m, input)
    // In doubt: only what passes the limit is said; whether it is over is asked of the next value.
    if (m !== before && v.does !== 'fire') return this.noFollow(d.company_id, note)
    this.memory.set(key, m)
    if (v.does === null && !doubt && of_limit && input.kind === 'value' && m.firing && input.point === t.point && isBeyond(t, input.v) && inHours(r.body.hours, input.at_ms) && d.life === 'active' && this.unmoved.delete(holdKey(r, d.device_id)))
      return this.moveNow(d, r, { point: t.point, value: input.v, op: t.op, limit: t.limit })
    if (v.does === 'clear') return this.over(d, r, sourceOf(d), v.facts, note)
    if (v.does === 'fire' && d.life === 'active') return this.fire(d, r, sourceOf(d), v.facts, note)
    // Nothing was done about it: when the maintenance is over it is judged anew.
    if (v.does === 'fire') this.memory.delete(key)
    this.noFollow(d.company_id, note)
  }
  /** What was told and not done is done, now that it is certain. */
  private moveNow(d: Known, r: Rule, facts: Verdict['facts']): void {
    const hold = holdKey(r, d.device_id)
    if (givesBack(r)) this.holding.set(hold, { at_ms: nowMs(), device_id: d.device_id })
    this.do(d.company_id, r.name, async (scope) => void (await carryOut(scope, { d, r, source: sourceOf(d), facts, moves_only: true })), () => {
      this.holding.delete(hold)
      this.unmoved.add(hold)
    })
  }
  private groupsWith(d: Known): Rule[] {
    return (this.groups.get(d.company_id) ?? []).filter((r) => r.body.trigger.kind === 'group' && r.body.trigger.terms.some((t) => t.device_id === d.device_id))
  }
  private putGroup(r: Rule, d: Known | null, input: Parameters<typeof stepGroup>[4], { note }: Beside = {}): void {
    const t = r.body.trigger
    if (t.kind !== 'group') return
    const key = `${r.rule_id} ${r.version_no}`
    const source = `rule:${r.rule_id}`
    const first = d ?? this.registry.devices.get(t.terms.find((x) => !x.not)!.device_id)
    if (!first) return
    let m = this.group_memory.get(key)
    if (!m) {
      m = freshGroup(t)
      m.firing = this.raised.has(`${first.company_id} ${source} ${source}`) || this.holding.has(holdKey(r, first.device_id))
      const { firing } = m
      recall(t, m, (id, point) => {
        const x = this.registry.devices.get(id)
        // What somebody said who is away by now is not how it is.
        return x && (firing || x.moving.conn === 'online') ? x.moving.good.get(point) : undefined
      })
      this.group_memory.set(key, m)
    }
    const v = stepGroup(r.body, t, m, d?.device_id ?? null, input)
    if (v.does === 'clear') return this.over(first, r, source, { back: 0 }, note)
    if (v.does === 'fire' && first.life !== 'active') this.group_memory.delete(key)
    if (v.does !== 'fire' || first.life !== 'active') return this.noFollow(first.company_id, note)
    const met = v.met.map((x) => {
      const of = this.registry.devices.get(t.terms[x.term]!.device_id)
      return `${of?.name ?? ''} ${factsText(x.facts, of?.model ?? null).map((f) => `${f.name} ${f.text}`).join(',')}`.trim()
    })
    this.fire(first, r, source, { met: met.join(';') || '条件成立' }, note)
  }
  private over(d: Known, r: Rule, source: string, facts: Verdict['facts'], note?: Note): void {
    const [hold, again] = [holdKey(r, d.device_id), () => this.forget(r, d)]
    this.unmoved.delete(hold)
    // Only what it gave: a limit passed within the cool-down or outside its hours did nothing.
    const held = givesBack(r) ? this.holding.get(hold) : undefined
    this.clear(d, source, `rule:${r.rule_id}`, again)
    if (!held) return this.noFollow(d.company_id, note)
    this.holding.delete(hold)
    const of = this.registry.devices.get(held.device_id) ?? d
    this.do(d.company_id, r.name, async (scope) => {
      await giveBack(scope, of, r, facts)
      if (note) await dropDue(scope, note.due_id)
    }, () => {
      this.holding.set(hold, held)
      again()
    })
  }
  /** It is judged as after a start. */
  private forget(r: Rule, d: Known): void {
    this.memory.delete(memoryKey(d, r))
    this.group_memory.delete(`${r.rule_id} ${r.version_no}`)
  }
  private fire(d: Known, r: Rule, source: string, facts: Verdict['facts'], note?: Note): void {
    const [mark, hold] = [`${d.company_id} ${source} rule:${r.rule_id}`, holdKey(r, d.device_id)]
    if (r.body.level) this.raised.add(mark)
    // What was not moved is not taken back.
    if (givesBack(r) && !note?.late) this.holding.set(hold, { at_ms: nowMs(), device_id: d.device_id })
    if (note) this.noted.add(note.due_id)
    // What could not be done was not: the next value that says so fires anew, and what was noted is made up for.
    this.do(d.company_id, r.name, async (scope) => {
      if ((await carryOut(scope, { d, r, source, facts, ...(note ? { note } : {}) })) === 'told') {
        this.holding.delete(hold)
        if (r.body.trigger.kind === 'threshold' && movesAny(r)) this.unmoved.add(hold)
      }
      if (note) this.noted.delete(note.due_id)
    }, () => {
      if (note) this.noted.delete(note.due_id)
      this.raised.delete(mark)
      this.holding.delete(hold)
      this.forget(r, d)
    }, mark)
  }
  private raise(d: Known, kind: string, title: string, level: AlarmIn['level'], facts: Record<string, unknown>): void {
    const mark = `${d.company_id} ${sourceOf(d)} ${kind}`
    this.raised.add(mark)
    this.do(d.company_id, 'alarm', async (scope) => void (await raiseAlarm(scope, { ...placeOf(d), source: sourceOf(d), kind, title, level, rule_id: null, facts })), () => this.raised.delete(mark), mark)
  }
  private clear(d: Known, source: string, kind: string, lost: () => void = () => {}): void {
    const mark = `${d.company_id} ${source} ${kind}`
    if (!this.raised.delete(mark)) return
    this.do(d.company_id, 'clear', (scope) => clearAlarm(scope, source, kind), () => {
      this.raised.add(mark)
      lost()
    }, mark)
  }
  /** `lost` is told when it was not done; `mark`: what it raises or clears. */
  private do(company_id: number, what: string, deed: Deed, lost: () => void = () => {}, mark?: string): void {
    if (this.queue.length >= QUEUE_MAX) {
      lost()
      return log('error', 'too many alarms wait', { what })
    }
    if (mark) this.raised.begin(mark)
    this.queue.push({ company_id, what, deed, lost, mark })
    this.working ??= this.work().finally(() => (this.working = undefined))
  }
  private async work(): Promise<void> {
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      const { company_id, what, deed, lost, mark } = next
      for (let n = 1; ; n++) {
        try {
          await asSystem(this.app, company_id, 'iot.act', deed)
          crashpoint('iot.acted', what)
        } catch (error) {
          if (n < TRIES && AGAIN.has((error as { code?: string }).code ?? '')) continue
          log('warn', 'alarm or rule', { what, cause: String(error) })
          lost()
        }
        break
      }
      if (mark) this.raised.done(mark)
    }
  }
  async settle(): Promise<void> {
    while (this.working) await this.working
  }
}
