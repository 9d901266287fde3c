// What a rule waits for and what follows, as one control of a form: one device's value, or several devices together.
import { Button, Checkbox, InputNumber, Select } from 'antd'
import { useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { orders } from '../../orders/contract.ts'
import { iot, type GroupTrigger, type Model, type OneTrigger, type RuleBody } from '../contract.ts'
import { words } from '../words.ts'
import { DeviceSelect } from './DeviceSelect.tsx'
import { ClockInput, clockBegun } from './RuleClock.tsx'
import { OneCommand, OthersInput } from './RuleOthers.tsx'
import './iot.css'

export const START: RuleBody = { trigger: { kind: 'threshold', point: '', op: 'above', limit: 0, back: 0, for_s: 60 }, hours: null, cool_down_s: 600, level: 'major', order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false, doors: null, still: null, clip: null }
const TRIGGERS = optionsOf(words.states?.['trigger'])
const ONE = TRIGGERS.filter((t) => t.value !== 'group' && t.value !== 'schedule')
function begun(kind: RuleBody['trigger']['kind'], model: Model): RuleBody['trigger'] {
  if (kind === 'threshold') return { kind, point: model.points[0]!.key, op: 'above', limit: 0, back: 0, for_s: 60 }
  if (kind === 'change') return { kind, point: model.points[0]!.key, to: 1 }
  if (kind === 'event') return { kind, event: model.events[0]?.key ?? '' }
  if (kind === 'no_data') return { kind, for_s: 600 }
  if (kind === 'schedule') return clockBegun()
  const term = { not: false, device_id: '', on: begun('threshold', model) as OneTrigger }
  return { kind, all: true, within_s: 60, terms: [term, { ...term }] }
}
export function BodyInput({ value, onChange, model, product_id, community_id }: Control & { model: Model | undefined; product_id: string | undefined; community_id: string | null }) {
  const b = (value as RuleBody | undefined) ?? START
  const set = (change: Partial<RuleBody>): void => onChange?.({ ...b, ...change })
  if (!model) return <span className="hy-muted">先选择产品</span>
  const t = b.trigger
  return (
    <div className="hy-stack">
      <div className="hy-line"><Select aria-label="条件种类" style={{ width: 150 }} options={TRIGGERS} value={t.kind} onChange={(k) => set({ trigger: begun(k, model), ...(k === 'schedule' ? { hours: null, cool_down_s: 0, back_command: null, others: (b.others ?? []).map((o) => ({ ...o, back: null })), doors: b.doors ? { ...b.doors, back: false } : null } : {}) })} />{t.kind === 'group' || t.kind === 'schedule' ? null : <OneInput t={t} model={model} onChange={(trigger) => set({ trigger })} />}</div>
      {t.kind === 'group' ? <GroupInput t={t} community_id={community_id} onChange={(trigger) => set({ trigger })} /> : null}
      {t.kind === 'schedule' ? <ClockInput t={t} model={model} community_id={community_id} onChange={(trigger) => set({ trigger })} /> : <div className="hy-line"><label>生效时段 <InputNumber aria-label="从几点" placeholder="全天" style={{ width: 70 }} min={0} max={23} value={b.hours?.from_h ?? null} onChange={(v) => set({ hours: v === null ? null : { from_h: v, to_h: b.hours?.to_h ?? 24 } })} /> 点至 <InputNumber aria-label="到几点" placeholder="全天" style={{ width: 70 }} min={0} max={24} value={b.hours?.to_h ?? null} onChange={(v) => set({ hours: v === null ? null : { from_h: b.hours?.from_h ?? 0, to_h: v } })} /> 点</label><label>两次之间至少 <InputNumber aria-label="间隔秒数" style={{ width: 90 }} min={0} value={b.cool_down_s} onChange={(v) => set({ cool_down_s: v ?? 0 })} /> 秒</label></div>}
      <Deeds b={b} set={set} model={model} product_id={product_id} community_id={community_id} />
    </div>
  )
}
function OneInput({ t, model, group = false, onChange }: { t: OneTrigger; model: Model; group?: boolean; onChange: (t: OneTrigger) => void }) {
  const points = model.points.map((p) => ({ value: p.key, label: `${p.name}${p.unit ? `(${p.unit})` : ''}` }))
  const set = (change: object): void => onChange({ ...t, ...change } as OneTrigger)
  const labels = t.kind === 'change' ? (model.points.find((p) => p.key === t.point)?.labels ?? []) : []
  return (
    <>
      {t.kind === 'threshold' || t.kind === 'change' ? <Select aria-label="点位" style={{ width: 150 }} options={points} value={t.point || null} placeholder="点位" onChange={(point) => set({ point })} /> : null}
      {t.kind === 'threshold' ? <><Select aria-label="比较" style={{ width: 80 }} options={[{ value: 'above', label: '高于' }, { value: 'below', label: '低于' }]} value={t.op} onChange={(op) => set({ op })} /><InputNumber aria-label="限值" style={{ width: 90 }} value={t.limit} onChange={(v) => set({ limit: v ?? 0, back: v ?? 0 })} /><label>持续 <InputNumber aria-label="持续秒数" style={{ width: 80 }} min={0} value={t.for_s} onChange={(v) => set({ for_s: v ?? 0 })} /> 秒</label><label>恢复值 <InputNumber aria-label="恢复值" style={{ width: 90 }} value={t.back} onChange={(v) => set({ back: v ?? t.limit })} /></label></> : null}
      {t.kind === 'change' && labels.length > 0 ? <Select aria-label="变为" style={{ width: 110 }} options={labels.map((l) => ({ value: l.value, label: l.name }))} value={t.to} onChange={(to) => set({ to })} /> : null}
      {t.kind === 'change' && labels.length === 0 ? <InputNumber aria-label="变为" value={t.to} onChange={(v) => set({ to: v ?? 0 })} /> : null}
      {t.kind === 'event' ? <Select aria-label="事件" style={{ width: 170 }} options={model.events.map((e) => ({ value: e.key, label: e.name }))} value={t.event || null} placeholder="事件" onChange={(event) => set({ event })} /> : null}
      {t.kind === 'event' && !group ? <label>多少秒没有再收到算恢复 <InputNumber aria-label="恢复秒数" placeholder="由设备报" style={{ width: 100 }} min={0} max={86_400} value={t.over_s || null} onChange={(v) => set({ over_s: v ?? 0 })} /></label> : null}
      {t.kind === 'no_data' ? <label>超过 <InputNumber aria-label="没有上报秒数" min={60} value={t.for_s} onChange={(v) => set({ for_s: v ?? 600 })} /> 秒</label> : null}
    </>
  )
}
function GroupInput({ t, community_id, onChange }: { t: GroupTrigger; community_id: string | null; onChange: (t: GroupTrigger) => void }) {
  const term = (i: number, change: Partial<GroupTrigger['terms'][number]>): void => onChange({ ...t, terms: t.terms.map((x, n) => (n === i ? { ...x, ...change } : x)) })
  return (
    <div className="hy-stack">
      <div className="hy-line"><Select aria-label="怎样组合" style={{ width: 150 }} options={[{ value: 'all', label: '全部成立(并且)' }, { value: 'any', label: '任一成立(或者)' }]} value={t.all ? 'all' : 'any'} onChange={(v) => onChange({ ...t, all: v === 'all' })} /><label>在 <InputNumber aria-label="窗口秒数" style={{ width: 80 }} min={0} max={86_400} value={t.within_s} onChange={(v) => onChange({ ...t, within_s: v ?? 0 })} /> 秒内先后成立都算</label></div>
      {t.terms.map((x, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`第 ${i + 1} 个条件`}>
          <Checkbox checked={x.not} onChange={(e) => term(i, { not: e.target.checked })}>没有</Checkbox>
          <DeviceSelect width={190} clear={false} community_id={community_id} value={x.device_id || null} onChange={(device_id: string) => term(i, { device_id })} />
          <TermInput device_id={x.device_id} on={x.on} onChange={(on) => term(i, { on })} />
          {t.terms.length > 2 ? <Button size="small" aria-label={`删除第 ${i + 1} 个条件`} onClick={() => onChange({ ...t, terms: t.terms.filter((_, n) => n !== i) })}>删</Button> : null}
        </div>
      ))}
      {t.terms.length < 8 ? <div><Button size="small" onClick={() => onChange({ ...t, terms: [...t.terms, { ...t.terms.at(-1)! }] })}>加一个条件</Button></div> : null}
    </div>
  )
}
function TermInput({ device_id, on, onChange }: { device_id: string; on: OneTrigger; onChange: (t: OneTrigger) => void }) {
  const device = useRead(iot.device, { device_id }, { enabled: device_id !== '', stale_ms: 60_000 })
  const model = device.data?.model
  if (!model) return <span className="hy-muted">先选择设备</span>
  return <><Select aria-label="种类" style={{ width: 110 }} options={ONE} value={on.kind} onChange={(k) => onChange(begun(k as OneTrigger['kind'], model) as OneTrigger)} /><OneInput t={on} model={model} group onChange={onChange} /></>
}
interface Deed {
  b: RuleBody
  set: (change: Partial<RuleBody>) => void
  model: Model
  product_id: string | undefined
  community_id: string | null
}
function Deeds({ b, set, model, product_id, community_id }: Deed) {
  const kinds = useRead(orders.categories, {}, { stale_ms: 60_000 })
  const scenes = useRead(iot.scenes, community_id ? { community_id } : {}, { stale_ms: 60_000 })
  return (
    <>
      <div className="hy-line"><label>报警 <Select aria-label="报警级别" allowClear style={{ width: 100 }} placeholder="不报警" options={optionsOf(words.states?.['level'])} value={b.level} onChange={(v) => set({ level: v ?? null })} /></label><label>报修 <Select aria-label="报修类别" allowClear style={{ width: 180 }} placeholder="不报修" options={(kinds.data?.rows ?? []).filter((k) => k.place === 'public').map((k) => ({ value: k.category_id, label: k.name }))} value={b.order_category_id} onChange={(v) => set({ order_category_id: v ?? null })} /></label><label>通知 <Select aria-label="通知" allowClear style={{ width: 130 }} placeholder="不另外通知" options={optionsOf(words.states?.['notify'])} value={b.notify} onChange={(v) => set({ notify: v ?? null })} /></label></div>
      {model.commands.some((c) => c.safety !== 'life') || b.command ? <CommandInput label="命令" value={b.command} model={model} product_id={product_id} community_id={community_id} group={b.trigger.kind === 'group'} onChange={(command) => set({ command, ...(command ? {} : { back_command: null }) })} /> : null}
      {b.command && b.trigger.kind !== 'schedule' ? <CommandInput label="恢复时命令" value={b.back_command} model={model} product_id={product_id} community_id={community_id} group={b.trigger.kind === 'group'} onChange={(back_command) => set({ back_command })} /> : null}
      <OthersInput b={b} set={set} community_id={community_id} ends={b.trigger.kind !== 'schedule'} />
      <div className="hy-line"><label>场景 <Select aria-label="场景" allowClear style={{ width: 200 }} placeholder="不执行场景" options={(scenes.data?.rows ?? []).filter((s) => !s.stopped || s.scene_id === b.scene_id).map((s) => ({ value: s.scene_id, label: s.name }))} value={b.scene_id} onChange={(v) => set({ scene_id: v ?? null })} /></label><Checkbox checked={b.webhook} onChange={(e) => set({ webhook: e.target.checked })}>推送到外部系统</Checkbox></div>
      <TargetsInput b={b} set={set} community_id={community_id} />
    </>
  )
}
function CommandInput({ label, value, model, product_id, community_id, group, onChange }: { label: string; value: RuleBody['command']; model: Model; product_id: string | undefined; community_id: string | null; group: boolean; onChange: (c: RuleBody['command']) => void }) {
  return (
    <div className="hy-line"><label>{label} <OneCommand label={label} clear commands={model.commands.filter((c) => c.safety !== 'life')} value={value} onChange={(c) => onChange(c ? { device_id: value?.device_id ?? null, ...c } : null)} /></label>
      {value ? <DeviceSelect label={`${label}控制哪台`} width={180} placeholder={group ? '选明控制哪台' : '触发的这台'} product_id={product_id} community_id={community_id} value={value.device_id} onChange={(v: string | null) => onChange({ ...value, device_id: v })} /> : null}
    </div>
  )
}
/** What lies in other modules: groups of doors, cameras. Chosen in the community of the rule. */
function TargetsInput({ b, set, community_id }: { b: RuleBody; set: (change: Partial<RuleBody>) => void; community_id: string | null }) {
  const at = community_id ? { community_id } : {}
  const groups = useRead(iot.targets, { kind: 'doors', ...at }, { stale_ms: 30_000 })
  const cameras = useRead(iot.targets, { kind: 'camera', ...at }, { stale_ms: 30_000 })
  const d = b.doors ?? null
  const k = b.clip ?? null
  const s = b.still ?? null
  const nameOf = (r: { name: string; community_name: string }): string => (community_id ? r.name : `${r.community_name} ${r.name}`)
  const seen = (cameras.data?.rows ?? []).map((r) => ({ value: r.target_id, label: nameOf(r), title: r.detail }))
  return (
    <>
      <div className="hy-line"><label>门组 <Select aria-label="门组动作" allowClear style={{ width: 150 }} placeholder="不动作" options={optionsOf(words.states?.['doors_what'])} value={d?.what ?? null} onChange={(what?: 'hold' | 'restore') => set({ doors: what ? { group_ids: d?.group_ids ?? [], what, back: what === 'hold' && (d?.back ?? false) } : null })} /></label>
        {d ? <Select aria-label="哪些门组" mode="multiple" maxCount={8} showSearch={{ optionFilterProp: 'label' }} style={{ minWidth: 220 }} placeholder="选择门组" options={(groups.data?.rows ?? []).map((r) => ({ value: r.target_id, label: nameOf(r), title: d.what === 'hold' && r.no_hold ? `门组${r.no_hold}` : r.detail, disabled: d.what === 'hold' && r.no_hold !== null }))} value={d.group_ids} onChange={(group_ids: string[]) => set({ doors: { ...d, group_ids } })} /> : null}
        {d?.what === 'hold' && b.trigger.kind !== 'schedule' ? <Checkbox checked={d.back} onChange={(e) => set({ doors: { ...d, back: e.target.checked } })}>恢复时恢复受控</Checkbox> : null}
      </div>
      <div className="hy-line"><Checkbox checked={s !== null} onChange={(e) => set({ still: e.target.checked ? { camera_ids: [] } : null })}>留存现场快照</Checkbox>
        {s ? <Select aria-label="哪些摄像机拍快照" mode="multiple" maxCount={8} showSearch={{ optionFilterProp: 'label' }} style={{ minWidth: 240 }} placeholder="对着设备的摄像机" options={seen} value={s.camera_ids} onChange={(camera_ids: string[]) => set({ still: { camera_ids } })} /> : null}
      </div>
      <div className="hy-line"><Checkbox checked={k !== null} onChange={(e) => set({ clip: e.target.checked ? { camera_ids: [], before_s: 15, after_s: 30 } : null })}>留存录像</Checkbox>
        {k ? <><Select aria-label="哪些摄像机" mode="multiple" maxCount={8} showSearch={{ optionFilterProp: 'label' }} style={{ minWidth: 240 }} placeholder="对着设备的摄像机" options={seen} value={k.camera_ids} onChange={(camera_ids: string[]) => set({ clip: { ...k, camera_ids } })} /><label>前 <InputNumber aria-label="前几秒" style={{ width: 70 }} min={0} max={60} value={k.before_s} onChange={(v) => set({ clip: { ...k, before_s: v ?? 0 } })} /> 秒至后 <InputNumber aria-label="后几秒" style={{ width: 70 }} min={5} max={120} value={k.after_s} onChange={(v) => set({ clip: { ...k, after_s: v ?? 30 } })} /> 秒</label></> : null}
      </div>
    </>
  )
}
