// 监管设置: districts, codes for companies, targets and classes by the day they hold from.
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage, Facts } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { supervision, type District, type Target } from '../contract.ts'
import { percentOf } from '../shown.ts'
import { words } from '../words.ts'
import { DistrictInput, said } from './tones.tsx'

const FROM_OLD = '2000-01-01'
const since = (from_on: string): string => (from_on === FROM_OLD ? '初始' : `${from_on} 起`)
export default function SetupPage() {
  const writes = useMay()('supervision.setup.write')
  return <DetailPage title="监管设置" loading={false} error={null} tabs={[{ key: 'districts', label: '辖区', children: () => <Districts writes={writes} /> }, { key: 'invites', label: '报送邀请码', children: () => <Invites writes={writes} /> }, { key: 'targets', label: '指标目标', children: () => <Targets writes={writes} /> }, { key: 'classes', label: '排查分类', children: () => <Classes writes={writes} /> }]} />
}
function Districts({ writes }: { writes: boolean }) {
  const q = useRead(supervision.districts, {})
  const save = useWrite(supervision.saveDistrict, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState<District | 'new'>()
  const close = (): void => { setOpen(undefined); save.reset() }
  const row = open && open !== 'new' ? open : undefined
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setOpen('new')}>设立辖区</Button></div> : null}
      <RowsTable<District> cards label="辖区" rows={q.data?.rows ?? []} row_key="district_id" empty={q.loading ? '正在加载' : '还没有辖区,先设立区县和街道'} columns={[{ key: 'path', title: '辖区', width: 300 }, { key: 'kind', title: '级别', width: 120, show: (d) => said('district', d.kind) }, { key: 'place_count', title: '直属小区', width: 90 }, { key: 'retired', title: '状态', width: 90, show: (d) => <StateTag value={d.retired ? 'off' : 'on'} words={{ on: '启用', off: '停用' }} tones={{ on: 'good' }} /> }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (d: District) => <Button size="small" onClick={() => setOpen(d)}>修改</Button> }] : [])]} />
      {open ? <FormModal open onClose={close} title={row ? `修改 ${row.name}` : '设立辖区'} call={supervision.saveDistrict} loading={save.running} submitError={save.error} fixed={row ? { district_id: row.district_id } : { retired: false }} words={{ kind: words.states!['district']! }} fields={['kind', { name: 'parent_id', help: '最上一级不填', control: (c) => <DistrictInput {...c} /> }, 'name', 'sort_no', ...(row ? ['retired' as const] : [])]} initial={row ? { kind: row.kind, parent_id: row.parent_id, name: row.name, sort_no: row.sort_no, retired: row.retired } : { kind: 'street', sort_no: 0 }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
function Invites({ writes }: { writes: boolean }) {
  const q = useRead(supervision.invites, {})
  const [made, setMade] = useState<{ code: string; until_on: string }>()
  const make = useWrite(supervision.makeInvite, { in_form: true })
  const [open, setOpen] = useState(false)
  const close = (): void => { setOpen(false); make.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setOpen(true)}>生成邀请码</Button></div> : null}
      {made ? <div className="hy-card hy-stack" role="status"><span>邀请码(只显示这一次,{made.until_on} 前有效):</span><strong style={{ fontSize: 24, letterSpacing: 2 }}>{made.code}</strong><span className="hy-muted">交给物业公司,在「监管报送」里填写。</span></div> : null}
      <RowsTable cards label="报送邀请码" rows={q.data?.rows ?? []} row_key="invite_id" empty={q.loading ? '正在加载' : '还没有生成过邀请码'} columns={[{ key: 'code_tail', title: '邀请码', width: 120, show: (i) => `…${i.code_tail}` }, { key: 'district_name', title: '辖区', width: 220 }, { key: 'until_on', title: '有效期至', width: 120 }, { key: 'live', title: '状态', width: 90, show: (i) => <StateTag value={i.live ? 'on' : 'off'} words={{ on: '有效', off: '已过期' }} tones={{ on: 'good' }} /> }, { key: 'used_count', title: '加入小区', width: 90 }, { key: 'made_by_name', title: '生成人', width: 110 }, { key: 'made_at', title: '生成时间', width: 160, show: (i) => instant(i.made_at) }]} />
      {open ? <FormModal open onClose={close} title="生成报送邀请码" submit="生成" call={supervision.makeInvite} loading={make.running} submitError={make.error} fields={[{ name: 'district_id', control: (c) => <DistrictInput {...c} /> }, 'days']} initial={{ days: 14 }} onSubmit={async (i) => { const a = await make.run(i); if (a) { setMade({ code: a.invite_token, until_on: a.until_on }); close() } }} /> : null}
    </div>
  )
}
function PercentInput({ value, onChange, id }: Control) {
  const bp = value as number | undefined
  return <Input {...(id ? { id } : {})} style={{ width: 120 }} suffix="%" inputMode="decimal" defaultValue={bp === undefined ? '' : percentOf(bp).replace('%', '')} onChange={(e) => { const v = e.target.value.trim(); onChange?.(/^\d{1,3}(\.\d{1,2})?$/.test(v) ? Math.round(Number(v) * 100) : undefined) }} />
}
const COUNTED = (['company', 'office', 'self'] as const).map((k) => ({ value: k, label: said('managed_by', k) }))
const CountedInput = ({ value, onChange, id }: Control) => <Select {...(id ? { id } : {})} mode="multiple" value={(value as string[] | undefined) ?? []} options={COUNTED} onChange={(v: string[]) => onChange?.(v)} />
function Targets({ writes }: { writes: boolean }) {
  const q = useRead(supervision.targets, {})
  const save = useWrite(supervision.publishTarget, { in_form: true, done: '已发布' })
  const [open, setOpen] = useState<Target>()
  const close = (): void => { setOpen(undefined); save.reset() }
  return (
    <>
      <RowsTable<Target> cards label="指标目标" rows={q.data?.rows ?? []} row_key="code" empty={q.loading ? '正在加载' : '没有指标'} columns={[{ key: 'code', title: '指标', width: 150, show: (t) => said('code', t.code) }, { key: 'target_bp', title: '目标', width: 90, show: (t) => percentOf(t.target_bp) }, { key: 'counted', title: '计入', width: 240, show: (t) => t.counted.map((k) => said('managed_by', k)).join('、') || '—' }, { key: 'from_on', title: '生效', width: 120, show: (t) => since(t.from_on) }, { key: 'next_from_on', title: '下一版', width: 120, show: (t) => t.next_from_on ?? '' }, { key: 'basis', title: '依据', width: 240 }, ...(writes ? [{ key: 'act', title: '操作', width: 100, show: (t: Target) => <Button size="small" onClick={() => setOpen(t)}>发布新目标</Button> }] : [])]} />
      {open ? <FormModal open onClose={close} title={`发布目标:${said('code', open.code)}`} submit="发布" call={supervision.publishTarget} loading={save.running} submitError={save.error} fixed={{ code: open.code, ...(open.code === 'managed' ? {} : { counted: [] }) }} fields={['from_on', { name: 'target_bp', control: (c: Control) => <PercentInput {...c} /> }, ...(open.code === 'managed' ? [{ name: 'counted' as const, control: (c: Control) => <CountedInput {...c} /> }] : []), 'basis']} initial={{ from_on: today(), target_bp: open.target_bp, counted: open.counted }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </>
  )
}
function ClassesInput({ value, onChange }: Control) {
  const list = (value ?? []) as { name: string; means: string }[]
  const set = (n: number, part: object): void => onChange?.(list.map((k, m) => (m === n ? { ...k, ...part } : k)))
  return (
    <div className="hy-stack">
      {list.map((k, n) => <div key={n} className="hy-line"><Input aria-label={`第 ${n + 1} 类名称`} style={{ width: 120 }} maxLength={10} value={k.name} onChange={(e) => set(n, { name: e.target.value })} /><Input aria-label={`第 ${n + 1} 类含义`} style={{ width: 260 }} maxLength={80} value={k.means} onChange={(e) => set(n, { means: e.target.value })} /><Button size="small" type="text" aria-label={`删去第 ${n + 1} 类`} onClick={() => onChange?.(list.filter((_, m) => m !== n))}>删去</Button></div>)}
      <div><Button size="small" onClick={() => onChange?.([...list, { name: '', means: '' }])}>加一类</Button></div>
    </div>
  )
}
function Classes({ writes }: { writes: boolean }) {
  const q = useRead(supervision.classes, {})
  const save = useWrite(supervision.publishClasses, { in_form: true, done: '已发布' })
  const [open, setOpen] = useState(false)
  const close = (): void => { setOpen(false); save.reset() }
  const now = q.data
  return (
    <div className="hy-stack">
      {writes && now ? <div><Button type="primary" onClick={() => setOpen(true)}>发布新分类</Button></div> : null}
      {now ? <Facts facts={[['生效', since(now.from_on)], ...now.classes.map((k): [string, string] => [k.name, k.means]), ['依据', now.basis], ['下一版', now.next_from_on]]} /> : null}
      {open && now ? <FormModal open onClose={close} title="发布排查分类" submit="发布" call={supervision.publishClasses} loading={save.running} submitError={save.error} fields={['from_on', { name: 'classes', wide: true, control: (c) => <ClassesInput {...c} /> }, 'basis']} initial={{ from_on: today(), classes: now.classes, basis: now.basis }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
