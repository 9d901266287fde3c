// How values and states are written; used by the server (Excel, lists) and the screens alike.
import type { BusRow } from './shapes_bus.ts'
import type { Model, PointSpec, Shown, State } from './shapes.ts'
import type { AtTerm, FireAct, OneTrigger, OtherCommand, RuleBody, ScheduleTrigger } from './shapes_rule.ts'
import { minuteText } from '../../kernel/clock.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
export const TONE: Record<State, 'good' | 'bad' | 'warn' | 'plain'> = { running: 'good', fault: 'bad', offline: 'warn', unknown: 'plain', maintenance: 'plain' }
export const LINE_TONE = { open: 'good', closed: 'bad', stopped: 'plain', unknown: 'plain' } as const
/** Where a bus goes. */
export function lineText(b: Pick<BusRow, 'host' | 'port' | 'serial'>): string {
  if (!b.serial) return `${b.host}:${b.port}`
  return `${b.serial.path.replace(/^.*\//, '')} ${b.serial.baud} ${b.serial.data_bits}${b.serial.parity[0]!.toUpperCase()}${b.serial.stop_bits}`
}
export function valueText(p: Pick<PointSpec, 'kind' | 'places' | 'unit' | 'labels'>, v: number): string {
  const label = p.labels.find((l) => l.value === v)
  if (label) return label.name
  return `${v.toFixed(p.places)}${p.unit ? ` ${p.unit}` : ''}`
}
/** What lies in iot.device_state.latest: value, when, quality. */
export type Latest = Record<string, [v: number, at_ms: number, q: Shown['q']]>
export const shownOf = (model: Pick<Model, 'points'>, latest: Latest): Shown[] =>
  model.points.map((p) => {
    const l = latest[p.key]
    return { point: p.key, name: p.name, kind: p.kind, unit: p.unit, v: l ? l[0] : null, text: l ? valueText(p, l[0]) : '—', at: l ? new Date(l[1]).toISOString() : null, q: l ? l[2] : null, fault: l ? p.labels.some((x) => x.fault && x.value === l[0]) : false }
  })
/** What a rule or an alarm stood on, for people. */
export function factsText(facts: Record<string, unknown>, model: Pick<Model, 'points' | 'events'> | null): { name: string; text: string }[] {
  const p = model?.points.find((x) => x.key === facts['point'])
  const value = (v: unknown): string => (p && typeof v === 'number' ? valueText(p, v) : String(v))
  const out: { name: string; text: string }[] = []
  if (p) out.push({ name: p.name, text: value(facts['value']) })
  if (facts['limit'] !== undefined) out.push({ name: facts['op'] === 'below' ? '下限' : '上限', text: value(facts['limit']) })
  if (typeof facts['beyond_s'] === 'number' && facts['beyond_s'] > 0) out.push({ name: '已持续', text: `${facts['beyond_s']} 秒` })
  if (facts['from'] !== undefined) out.push({ name: '由', text: value(facts['from']) })
  if (facts['event'] !== undefined) out.push({ name: '事件', text: model?.events.find((e) => e.key === facts['event'])?.name ?? String(facts['event']) })
  if (facts['quiet_s'] !== undefined) out.push({ name: '没有再收到', text: `${String(facts['quiet_s'])} 秒` })
  if (facts['silent_s'] !== undefined) out.push({ name: '没有上报', text: `${String(facts['silent_s'])} 秒` })
  if (typeof facts['slot'] === 'string') out.push({ name: '时刻', text: minuteText(facts['slot']) })
  for (const [k, name] of [['points', '故障点位'], ['devices', '设备'], ['met', '成立的条件']] as const) if (typeof facts[k] === 'string') out.push({ name, text: facts[k] })
  const told = facts['said']
  if (Array.isArray(told)) for (const x of told) if (Array.isArray(x)) out.push({ name: String(x[0]), text: String(x[1]) })
  const data = facts['data']
  if (typeof data === 'object' && data !== null) for (const [k, v] of Object.entries(data).slice(0, 12)) out.push({ name: k, text: typeof v === 'string' || typeof v === 'number' ? String(v) : JSON.stringify(v) })
  return out
}
type Speaks = Pick<Model, 'points' | 'events'>
export function oneText(t: OneTrigger, model: Speaks): string {
  if (t.kind === 'no_data') return `${t.for_s} 秒没有上报`
  if (t.kind === 'event') return `收到事件「${model.events.find((e) => e.key === t.event)?.name ?? t.event}」${t.over_s ? `,${t.over_s} 秒没有再收到即恢复` : ''}`
  const p = model.points.find((x) => x.key === t.point)
  const v = (n: number): string => (p ? valueText(p, n) : String(n))
  if (t.kind === 'change') return `${p?.name ?? t.point}变为${v(t.to)}`
  return `${p?.name ?? t.point}${t.op === 'above' ? '高于' : '低于'} ${v(t.limit)}${t.for_s > 0 ? ` 持续 ${t.for_s} 秒` : ''},回到 ${v(t.back)} 恢复`
}
export interface Termed {
  name: string
  model: Speaks
}
const WEEK = ['日', '一', '二', '三', '四', '五', '六']
export const daysText = (s: { days: string; weekdays: readonly number[] }): string => (s.days === 'week' ? `每周${[...s.weekdays].sort((a, b) => a - b).map((d) => WEEK[d]).join('、')}` : said('days', s.days))
const COMPARED = { above: '高于', below: '低于', equal: '为' } as const
/** A term of a moment; `of` is its device, none: the one that the rule is for. */
function atText({ not, on }: AtTerm, of: Termed | undefined, model: Speaks): string {
  const p = on.kind === 'is' ? (of?.model ?? model).points.find((x) => x.key === on.point) : undefined
  const what = on.kind === 'no_data' ? `${of ? '' : '本设备'}已 ${on.for_s} 秒没有上报` : `${p?.name ?? on.point}${COMPARED[on.op]}${on.op === 'equal' ? '' : ' '}${p ? valueText(p, on.value) : String(on.value)}`
  return `${not ? '没有「' : ''}${of ? `${of.name} ` : ''}${what}${not ? '」' : ''}`
}
/** What the term saw at its moment. */
export function atSeen({ on }: AtTerm, l: { v: number | null; silent_s: number }, of: Termed | undefined, model: Speaks): string {
  const name = of ? `${of.name} ` : ''
  if (on.kind === 'no_data') return `${name}已 ${Math.floor(l.silent_s)} 秒没有上报`
  const p = (of?.model ?? model).points.find((x) => x.key === on.point)
  return `${name}${p?.name ?? on.point} ${l.v === null ? '不明' : p ? valueText(p, l.v) : String(l.v)}`
}
function scheduleText(t: ScheduleTrigger, model: Speaks, others: ReadonlyMap<string, Termed>): string {
  const terms = t.terms.map((x) => atText(x, x.device_id === null ? undefined : (others.get(x.device_id) ?? { name: '设备', model: { points: [], events: [] } }), model))
  return `${daysText(t)} ${t.times.join('、')}${t.to_on ? `(${t.from_on} 至 ${t.to_on})` : ''}${terms.length > 0 ? `,当${terms.join(t.all ? ',并且 ' : ',或者 ')}` : ''}`
}
/** `others` are the devices that a rule of several speaks of. */
export function whenText(body: RuleBody, model: Speaks, others: ReadonlyMap<string, Termed> = new Map()): string {
  const t = body.trigger
  if (t.kind === 'schedule') return scheduleText(t, model, others)
  const term = (x: { not: boolean; device_id: string; on: OneTrigger }): string => {
    const d = others.get(x.device_id)
    return `${x.not ? '没有「' : ''}${d?.name ?? '设备'} ${oneText(x.on, d?.model ?? { points: [], events: [] }).replace('变为', '为').replace(/,(回到|\d+ 秒没有再).*恢复$/, '')}${x.not ? '」' : ''}`
  }
  const what = t.kind === 'group' ? `${t.within_s > 0 ? `${t.within_s} 秒内` : '同时'}:${t.terms.map(term).join(t.all ? ',并且 ' : ',或者 ')}` : oneText(t, model)
  return body.hours ? `${body.hours.from_h} 点至 ${body.hours.to_h} 点,${what}` : what
}
const namesIn = (ids: readonly string[], names: ReadonlyMap<string, { name: string }>): string => ids.map((id) => `「${names.get(id)?.name ?? '已删除'}」`).join('')
export const doorsText = (d: NonNullable<RuleBody['doors']>, names: ReadonlyMap<string, { name: string }>): string => `${d.what === 'hold' ? '释放' : '恢复受控'}门组${namesIn(d.group_ids, names)}${d.back ? ',恢复时恢复受控' : ''}`
export const clipText = (k: NonNullable<RuleBody['clip']>, names: ReadonlyMap<string, { name: string }>): string => `留存${k.camera_ids.length > 0 ? namesIn(k.camera_ids, names) : '对着设备的摄像机'}前 ${k.before_s} 秒至后 ${k.after_s} 秒录像`
export const stillText = (k: NonNullable<RuleBody['still']>, names: ReadonlyMap<string, { name: string }>): string => `留存${k.camera_ids.length > 0 ? namesIn(k.camera_ids, names) : '对着设备的摄像机'}快照`
/** Names of what rules act on. */
export interface RuleNames {
  scene: string | null
  /** Groups of doors and cameras. */
  targets: ReadonlyMap<string, { name: string }>
  /** Devices that rules command, and products of which they command some or all. */
  devices: ReadonlyMap<string, { name: string; model: Pick<Model, 'commands'> }>
  products: ReadonlyMap<string, { name: string; model: Pick<Model, 'commands'> }>
}
export const NO_NAMES: RuleNames = { scene: null, targets: new Map(), devices: new Map(), products: new Map() }
const commandSaid = (model: Pick<Model, 'commands'> | undefined, c: { command: string; arg: number | null }): string => {
  const spec = model?.commands.find((x) => x.key === c.command)
  return `「${spec?.name ?? c.command}${spec?.arg && c.arg !== null ? ` ${c.arg} ${spec.arg.unit}`.trimEnd() : ''}」`
}
export function otherText(o: OtherCommand, n: RuleNames, c: { command: string; arg: number | null } = o): string {
  const p = n.products.get(o.product_id)
  const first = n.devices.get(o.device_ids[0] ?? '')?.name ?? '已停用的设备'
  const whom = o.device_ids.length === 0 ? `${o.where === 'building' ? '同楼栋' : '同小区'}全部${p?.name ?? '设备'}` : o.device_ids.length === 1 ? first : `${first} 等 ${o.device_ids.length} 台`
  return `${whom}${commandSaid(p?.model, c)}`
}
/** The command of the rule itself: to its own device, of `model`, or to the one that it names. */
export function ownText(c: NonNullable<RuleBody['command']>, model: Pick<Model, 'commands'>, n: RuleNames): string {
  const of = c.device_id === null ? undefined : n.devices.get(c.device_id)
  return `${of ? `${of.name} ` : ''}命令${commandSaid(of?.model ?? model, c)}`
}
export function thenText(body: RuleBody, model: Pick<Model, 'commands'>, n: RuleNames = NO_NAMES): string {
  const others = (body.others ?? []).map((o) => `${otherText(o, n)}${o.back ? `,恢复时${commandSaid(n.products.get(o.product_id)?.model, o.back)}` : ''}`)
  return [body.level ? `${said('level', body.level)}报警` : '', body.order_category_id ? '报修工单' : '', body.command ? ownText(body.command, model, n) : '', body.back_command ? `恢复时${ownText(body.back_command, model, n)}` : '', ...others, body.scene_id ? `场景「${n.scene ?? ''}」` : '', body.notify ? `通知${said('notify', body.notify)}` : '', body.doors ? doorsText(body.doors, n.targets) : '', body.still ? stillText(body.still, n.targets) : '', body.clip ? clipText(body.clip, n.targets) : '', body.webhook ? '推送到外部系统' : ''].filter(Boolean).join('、')
}
export const LEVEL_TONE = { notice: 'plain', minor: 'plain', major: 'warn', critical: 'bad' } as const
export const ALARM_TONE = { active: 'bad', acked: 'warn', shelved: 'plain', cleared: 'busy', disposed: 'good' } as const
export const FIRE_TONE = { reported: 'bad', confirmed: 'bad', ended: 'plain' } as const
export const COMMAND_TONE = { queued: 'busy', sent: 'busy', accepted: 'busy', answered: 'good', confirmed: 'good', failed: 'bad', expired: 'bad', unknown: 'warn' } as const
export const ITEM_TONE = { ...COMMAND_TONE, not_sent: 'warn' } as const
export const ACT_TONE = { done: 'good', sent: 'busy', failed: 'bad', unknown: 'warn' } as const
interface RunCounts {
  total: number
  confirmed: number
  accepted: number
  /** Of those, the ones that are still read back. */
  reading: number
  waiting: number
  unknown: number
  failed: number
  not_sent: number
}
/** An act as it stands now: a command and a scene by what became of them. */
export function actSaid(a: Omit<FireAct, 'state'> & { state: 'done' | 'sent' | 'failed' }, command: { state: string; why: string | null; at: string | null } | null, run: RunCounts | null): FireAct {
  const is = { act_no: a.act_no, kind: a.kind, what: a.what }
  if (command) return { ...is, state: command.state === 'confirmed' || command.state === 'answered' ? 'done' : command.state === 'failed' || command.state === 'expired' ? 'failed' : command.state === 'unknown' ? 'unknown' : 'sent', told: [said('command', command.state), command.why].filter(Boolean).join(':'), told_at: command.at }
  if (run) {
    const told = ([['确认', run.confirmed], ['已应答', run.accepted], ['等待', run.waiting], ['结果未知', run.unknown], ['失败', run.failed], ['未发出', run.not_sent]] as const).filter(([, n]) => n > 0).map(([w, n]) => `${w} ${n} 台`).join(',')
    return { ...is, state: run.waiting + run.reading > 0 ? 'sent' : run.failed + run.not_sent > 0 ? 'failed' : run.unknown > 0 ? 'unknown' : 'done', told: told || '没有设备', told_at: a.told_at }
  }
  return { ...is, state: a.state, told: a.told, told_at: a.told_at }
}
