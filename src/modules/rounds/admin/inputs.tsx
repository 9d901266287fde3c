// Fields that no contract form has by itself: a rule of the calendar with its trial, the items of a checklist, the stops of a route.
import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { addDays, nowMs, today } from '../../../kernel/clock.ts'
import { useRead } from '../../../ui/api.ts'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { instant } from '../../../ui/format.ts'
import { rounds, type Item, type Rule, type Window, type Point } from '../contract.ts'
import { words } from '../words.ts'
import './rounds.css'

const HOURS = [2, 4, 8, 24, 48]
/** A limit some hours from now. */
export function DueInput({ onChange, id }: Control) {
  const [hours, setHours] = useState<number>()
  return <Select {...(id ? { id } : {})} placeholder="多久内" value={hours ?? null} options={HOURS.map((h) => ({ value: h, label: `${h} 小时内` }))} onChange={(h: number) => { setHours(h); onChange?.(new Date(nowMs() + h * 3_600_000).toISOString()) }} />
}

const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日'].map((d, i) => ({ value: i + 1, label: `周${d}` }))
const KINDS = Object.entries(words.states!['rule']!).map(([value, label]) => ({ value: value as Rule['kind'], label }))
/** Rules whose source is a device stand where devices are chosen; weather drives no upkeep. */
const OF_DEVICES = ['hours', 'expiry']
const DAYS = Object.entries(words.states!['days']!).map(([value, label]) => ({ value: value as 'all', label }))
const WEATHER = Object.entries(words.states!['weather']!).map(([value, label]) => ({ value: value as 'dry', label }))
const MORNING: Window[] = [{ from: '08:00', to: '10:00' }]
export const FRESH: Record<Rule['kind'], () => Rule> = {
  hourly: () => ({ kind: 'hourly', every_minutes: 60, from: '00:00', to: '24:00', days: 'all', season: null }),
  daily: () => ({ kind: 'daily', every_days: 1, starting_on: today(), windows: MORNING, days: 'all', season: null }),
  weekly: () => ({ kind: 'weekly', weekdays: [1, 4], windows: MORNING, season: null }),
  half_month: () => ({ kind: 'half_month', season: null }),
  monthly: () => ({ kind: 'monthly', month_days: [1], span_days: 5, season: null }),
  yearly: () => ({ kind: 'yearly', dates: ['03-01', '09-01'], span_days: 15 }),
  once: () => ({ kind: 'once', on: addDays(today(), 1), span_days: 1 }),
  before: () => ({ kind: 'before', expires_on: addDays(today(), 90), lead_days: 30, every_months: 12 }),
  hours: () => ({ kind: 'hours', every_hours: 500, lead_hours: 50, span_days: 7 }),
  expiry: () => ({ kind: 'expiry', lead_days: 30 }),
  dry: () => ({ kind: 'dry', dry_days: 7, windows: [{ from: '08:00', to: '18:00' }], season: null }),
  weather: () => ({ kind: 'weather', on: ['snow', 'ice'], within_minutes: 120 }),
}
const clock = (v: string): string => v.replace(/[:.。]/g, ':').trim()
const Hour = ({ label, value, set }: { label: string; value: string; set: (v: string) => void }) => <Input aria-label={label} style={{ width: 76 }} maxLength={5} value={value} onChange={(e) => set(clock(e.target.value))} />
const Whole = ({ label, value, set, after, min = 1, max = 9999 }: { label: string; value: number; set: (v: number) => void; after: string; min?: number; max?: number }) => <InputNumber aria-label={label} style={{ width: 120 }} precision={0} min={min} max={max} suffix={after} value={value} onChange={(v) => set(v ?? min)} />
function Windows({ value, set, one = false }: { value: readonly Window[]; set: (w: Window[]) => void; one?: boolean }) {
  return (
    <div className="rd-rows">
      {value.map((w, i) => (
        <span key={i} className="hy-line"><Hour label={`第 ${i + 1} 时段起`} value={w.from} set={(from) => set(value.map((x, n) => (n === i ? { ...x, from } : x)))} />至<Hour label={`第 ${i + 1} 时段止`} value={w.to} set={(to) => set(value.map((x, n) => (n === i ? { ...x, to } : x)))} />{w.to <= w.from ? <span className="hy-muted">次日</span> : null}{value.length > 1 ? <Button size="small" onClick={() => set(value.filter((_, n) => n !== i))}>删</Button> : null}</span>
      ))}
      {one || value.length >= 24 ? null : <div><Button size="small" onClick={() => set([...value, { from: '14:00', to: '16:00' }])}>加一个时段</Button></div>}
    </div>
  )
}
function Season({ value, set }: { value: { from: string; to: string } | null; set: (s: { from: string; to: string } | null) => void }) {
  return <span className="hy-line"><Checkbox checked={value !== null} onChange={(e) => set(e.target.checked ? { from: '11-15', to: '03-15' } : null)}>只在季节内</Checkbox>{value ? <><Hour label="季节起" value={value.from} set={(from) => set({ ...value, from })} />至<Hour label="季节止" value={value.to} set={(to) => set({ ...value, to })} /></> : null}</span>
}

export function RuleInput({ value, onChange, from_on, to_on, devices = false }: Control & { from_on: string; to_on: string | null; devices?: boolean }) {
  const r = value as Rule
  const set = (x: Rule): void => onChange?.(x)
  return (
    <div className="rd-rows">
      <Select aria-label="时间规律" options={KINDS.filter((k) => (devices ? k.value !== 'weather' && k.value !== 'dry' : !OF_DEVICES.includes(k.value)))} value={r.kind} onChange={(k) => set(FRESH[k]())} />
      <Parts r={r} set={set} />
      <Trial rule={r} from_on={from_on} to_on={to_on} />
    </div>
  )
}
function Parts({ r, set }: { r: Rule; set: (r: Rule) => void }) {
  switch (r.kind) {
    case 'hourly': return <><span className="hy-line"><Hour label="起" value={r.from} set={(from) => set({ ...r, from })} />至<Hour label="止" value={r.to} set={(to) => set({ ...r, to })} />{r.to <= r.from ? <span className="hy-muted">次日</span> : null}每<Whole label="间隔" value={r.every_minutes} min={15} max={720} after="分钟" set={(every_minutes) => set({ ...r, every_minutes })} /></span><span className="hy-line"><Select aria-label="哪些日子" options={DAYS} value={r.days} onChange={(days) => set({ ...r, days })} /><Season value={r.season} set={(season) => set({ ...r, season })} /></span></>
    case 'daily': return <><span className="hy-line">每<Whole label="间隔天数" value={r.every_days} max={60} after="天" set={(every_days) => set({ ...r, every_days })} /><Select aria-label="哪些日子" options={DAYS} value={r.days} onChange={(days) => set({ ...r, days })} /></span><Windows value={r.windows} set={(windows) => set({ ...r, windows })} /><Season value={r.season} set={(season) => set({ ...r, season })} /></>
    case 'weekly': return <><Select aria-label="星期" mode="multiple" options={WEEKDAYS} value={r.weekdays} onChange={(weekdays: number[]) => set({ ...r, weekdays })} /><Windows value={r.windows} set={(windows) => set({ ...r, windows })} /><Season value={r.season} set={(season) => set({ ...r, season })} /></>
    case 'half_month': return <Season value={r.season} set={(season) => set({ ...r, season })} />
    case 'monthly': return <span className="hy-line"><Select aria-label="每月几日" mode="multiple" style={{ minWidth: 160 }} options={Array.from({ length: 31 }, (_, i) => ({ value: i + 1, label: `${i + 1} 日` }))} value={r.month_days} onChange={(month_days: number[]) => set({ ...r, month_days })} />起<Whole label="做几天" value={r.span_days} max={180} after="天内" set={(span_days) => set({ ...r, span_days })} /><Season value={r.season} set={(season) => set({ ...r, season })} /></span>
    case 'yearly': return <span className="hy-line"><Select aria-label="每年哪些日" mode="tags" style={{ minWidth: 200 }} placeholder="MM-DD" options={[]} value={r.dates} onChange={(dates: string[]) => set({ ...r, dates })} />起<Whole label="做几天" value={r.span_days} max={180} after="天内" set={(span_days) => set({ ...r, span_days })} /></span>
    case 'once': return <span className="hy-line"><Input aria-label="日期" type="date" style={{ width: 150 }} value={r.on} onChange={(e) => set({ ...r, on: e.target.value })} />起<Whole label="做几天" value={r.span_days} max={180} after="天内" set={(span_days) => set({ ...r, span_days })} /></span>
    case 'before': return <span className="hy-line">到期日<Input aria-label="到期日" type="date" style={{ width: 150 }} value={r.expires_on} onChange={(e) => set({ ...r, expires_on: e.target.value })} />前<Whole label="提前天数" value={r.lead_days} max={180} after="天" set={(lead_days) => set({ ...r, lead_days })} />每<Whole label="周期" value={r.every_months} min={0} max={120} after="个月" set={(every_months) => set({ ...r, every_months })} /><span className="hy-muted">0 为只一次</span></span>
    case 'hours': return <span className="hy-line">每运行<Whole label="间隔小时" value={r.every_hours} min={10} max={50_000} after="小时" set={(every_hours) => set({ ...r, every_hours })} />差<Whole label="提前小时" value={r.lead_hours} min={0} max={5000} after="小时" set={(lead_hours) => set({ ...r, lead_hours })} />时派出<Whole label="做几天" value={r.span_days} max={180} after="天内" set={(span_days) => set({ ...r, span_days })} /></span>
    case 'expiry': return <span className="hy-line">设备证件到期前<Whole label="提前天数" value={r.lead_days} max={180} after="天" set={(lead_days) => set({ ...r, lead_days })} />派出</span>
    case 'dry': return <><span className="hy-line">连续<Whole label="干旱天数" value={r.dry_days} max={60} after="天" set={(dry_days) => set({ ...r, dry_days })} />无雨雪后</span><Windows value={r.windows} one set={(windows) => set({ ...r, windows })} /><Season value={r.season} set={(season) => set({ ...r, season })} /></>
    case 'weather': return <span className="hy-line"><Select aria-label="天气" mode="multiple" style={{ minWidth: 160 }} options={WEATHER} value={r.on} onChange={(on) => set({ ...r, on })} />后<Whole label="时限" value={r.within_minutes} min={15} max={2880} after="分钟内" set={(within_minutes) => set({ ...r, within_minutes })} /></span>
  }
}
const TRIED = 12
/** The tasks that it would make: seen before it is saved. */
function Trial({ rule, from_on, to_on }: { rule: Rule; from_on: string; to_on: string | null }) {
  const good = rounds.previewRule.takes.safeParse({ rule, from_on, to_on })
  const trial = useRead(rounds.previewRule, { rule, from_on, to_on }, { enabled: good.success, keep: true, stale_ms: 60_000 })
  if (!good.success) return <p className="hy-red" role="status">{good.error.issues[0]?.message ?? '规律没有填完'}</p>
  if (!trial.data) return null
  return (
    <div className="hy-card hy-stack" aria-label="试排" role="status">
      <span><strong>{trial.data.rule_zh}</strong>{rule.kind === 'hours' ? ',抄运行小时后产生,每台设备一个计划' : rule.kind === 'expiry' ? ',按设备的证件到期日产生,每台设备一个计划' : rule.kind === 'dry' || rule.kind === 'weather' ? ',按天气记录产生' : `,一年内 ${trial.data.count} 次`}</span>
      {trial.data.rows.length ? <ol className="rd-slots">{trial.data.rows.slice(0, TRIED).map((s) => <li key={s.starts_at}>{instant(s.starts_at).slice(5, 16)} – {instant(s.due_at).slice(5, 16)}</li>)}</ol> : null}
    </div>
  )
}

const ANSWERS = Object.entries(words.states!['answer']!).map(([value, label]) => ({ value: value as Item['answer'], label }))
const PHOTOS = Object.entries(words.states!['photo']!).map(([value, label]) => ({ value: value as Item['photo'], label }))
const nextId = (items: readonly Item[]): string => `i${items.reduce((n, x) => Math.max(n, Number(/^i(\d+)$/.exec(x.item_id)?.[1] ?? 0)), 0) + 1}`
export const freshItem = (items: readonly Item[]): Item => ({ item_id: nextId(items), text: '', answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'bad', points: 5 })
export function ItemsInput({ value, onChange }: Control) {
  const items = (value as Item[] | undefined) ?? []
  const put = (i: number, change: Partial<Item>): void => onChange?.(items.map((x, n) => (n === i ? { ...x, ...change } : x)))
  const text = (v: string | null): string => v ?? ''
  return (
    <div className="rd-rows">
      {items.map((x, i) => (
        <div key={x.item_id} className="rd-item" role="group" aria-label={`第 ${i + 1} 项`}>
          <span className="hy-line"><span className="hy-muted">{i + 1}</span><Input className="rd-grow" aria-label={`第 ${i + 1} 项内容`} placeholder="检查内容" maxLength={80} value={x.text} onChange={(e) => put(i, { text: e.target.value })} /><Select aria-label={`第 ${i + 1} 项答法`} style={{ width: 110 }} options={ANSWERS} value={x.answer} onChange={(answer) => put(i, { answer })} /><Button size="small" aria-label={`删除第 ${i + 1} 项`} onClick={() => onChange?.(items.filter((_, n) => n !== i))}>删</Button></span>
          {x.answer === 'number' ? <span className="hy-line">正常范围<Input aria-label={`第 ${i + 1} 项下限`} style={{ width: 90 }} placeholder="下限" value={text(x.low)} onChange={(e) => put(i, { low: e.target.value.trim() || null })} />至<Input aria-label={`第 ${i + 1} 项上限`} style={{ width: 90 }} placeholder="上限" value={text(x.high)} onChange={(e) => put(i, { high: e.target.value.trim() || null })} /><Input aria-label={`第 ${i + 1} 项单位`} style={{ width: 80 }} placeholder="单位" value={text(x.unit)} onChange={(e) => put(i, { unit: e.target.value || null })} /></span> : null}
          {x.answer === 'choice' ? <span className="hy-line"><Select aria-label={`第 ${i + 1} 项正常选项`} mode="tags" style={{ minWidth: 150 }} placeholder="正常选项,回车添加" options={[]} value={x.choices.filter((c) => !c.bad).map((c) => c.text)} onChange={(v: string[]) => put(i, { choices: [...v.map((t) => ({ text: t, bad: false })), ...x.choices.filter((c) => c.bad)] })} /><Select aria-label={`第 ${i + 1} 项异常选项`} mode="tags" style={{ minWidth: 150 }} placeholder="异常选项" options={[]} value={x.choices.filter((c) => c.bad).map((c) => c.text)} onChange={(v: string[]) => put(i, { choices: [...x.choices.filter((c) => !c.bad), ...v.map((t) => ({ text: t, bad: true }))] })} /></span> : null}
          <span className="hy-line"><span className="hy-muted">拍照</span><Select aria-label={`第 ${i + 1} 项拍照`} style={{ width: 110 }} options={PHOTOS} value={x.photo} onChange={(photo) => put(i, { photo })} /><Whole label={`第 ${i + 1} 项分值`} value={x.points} min={0} max={100} after="分" set={(points) => put(i, { points })} /></span>
        </div>
      ))}
      <div><Button disabled={items.length >= 60} onClick={() => onChange?.([...items, freshItem(items)])}>加一项</Button></div>
    </div>
  )
}

export interface StopIn { point_id: string; checklist_id: string | null; travel_seconds: number }
export function StopsInput({ value, onChange, community_id }: Control & { community_id: string }) {
  const stops = (value as StopIn[] | undefined) ?? []
  const points = useRead(rounds.points, { point_ids: [...new Set(stops.map((x) => x.point_id))], page_size: 200 }, { enabled: stops.length > 0, keep: true, stale_ms: 30_000 })
  const lists = useRead(rounds.checklists, {}, { stale_ms: 30_000 })
  const named = new Map((points.data?.rows ?? []).map((p) => [p.point_id, p]))
  const put = (i: number, change: Partial<StopIn>): void => onChange?.(stops.map((x, n) => (n === i ? { ...x, ...change } : x)))
  const swap = (i: number, to: number): void => { const next = [...stops]; const [x] = next.splice(i, 1); next.splice(to, 0, x!); onChange?.(next) }
  const last = stops.at(-1)
  return (
    <div className="rd-rows">
      {stops.map((s, i) => (
        <div key={`${s.point_id} ${i}`} className="rd-item" role="group" aria-label={`第 ${i + 1} 站`}>
          <span className="hy-line"><span className="hy-muted">{i + 1}</span><strong className="rd-grow">{named.get(s.point_id)?.name ?? '…'} <span className="hy-muted">{named.get(s.point_id)?.place}</span></strong><Button size="small" disabled={i === 0} aria-label={`第 ${i + 1} 站上移`} onClick={() => swap(i, i - 1)}>↑</Button><Button size="small" disabled={i === stops.length - 1} aria-label={`第 ${i + 1} 站下移`} onClick={() => swap(i, i + 1)}>↓</Button><Button size="small" aria-label={`删除第 ${i + 1} 站`} onClick={() => onChange?.(stops.filter((_, n) => n !== i))}>删</Button></span>
          <span className="hy-line"><Select className="rd-grow" aria-label={`第 ${i + 1} 站检查表`} allowClear placeholder="只到点,不用检查表" options={(lists.data?.rows ?? []).filter((l) => !l.retired).map((l) => ({ value: l.checklist_id, label: l.name }))} value={s.checklist_id} onChange={(v: string | undefined) => put(i, { checklist_id: v ?? null })} />{i > 0 ? <Whole label={`到第 ${i + 1} 站至少`} value={s.travel_seconds} min={0} max={7200} after="秒" set={(travel_seconds) => put(i, { travel_seconds })} /> : null}</span>
        </div>
      ))}
      <SearchSelect label="加点位" placeholder="选点位加到最后" empty="没有这样的点位:在「点位」登记" call={rounds.points} input={{ community_id, retired: false }} option={(p: Point) => ({ value: p.point_id, label: `${p.name} ${p.place}` })} value={null}
        onChange={(v) => { if (v) onChange?.([...stops, { point_id: v as string, checklist_id: last?.checklist_id ?? null, travel_seconds: stops.length ? (last?.travel_seconds || 60) : 0 }]) }} />
    </div>
  )
}
