// 检验规则: kinds with their dated cycles, law and evidence; the ladder of reminders; limits of water.
import { Button, Input, Select, Tabs } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { equipment, type CertKind, type WaterItem } from '../contract.ts'
import { limitText, said } from '../shown.ts'
import { words } from '../words.ts'
import { periodText } from './CertParts.tsx'
import './equipment.css'

export default function CertSetupPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="检验规则" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs"><Tabs activeKey={search['tab'] ?? 'kinds'} onChange={(k) => setSearch({ tab: k })} destroyOnHidden items={[{ key: 'kinds', label: '种类与周期', children: <KindsTab /> }, { key: 'ladder', label: '到期提醒', children: <LadderTab /> }, { key: 'water', label: '水质限值', children: <WaterTab /> }]} /></div>
    </ReadPage>
  )
}
function LadderInput({ value, onChange, id }: Control) {
  return <Select {...(id ? { id } : {})} mode="tags" placeholder="天数,回车添加" options={[]} value={((value as number[] | null) ?? []).map(String)} onChange={(v: string[]) => { const list = v.map((x) => Number.parseInt(x, 10)).filter((n) => n > 0); onChange?.(list.length ? list : null) }} />
}
function KindsTab() {
  const kinds = useRead(equipment.certKinds, {})
  const tree = useRead(equipment.categories, {}, { stale_ms: 60_000 })
  const writes = useMay()('equipment.setup.write')
  const [edit, setEdit] = useState<CertKind | 'new'>()
  const [rule, setRule] = useState<CertKind>()
  if (kinds.error) return <ErrorBlock error={kinds.error} retry={kinds.retry} />
  if (!kinds.data) return <LoadingBlock />
  const nameOf = (id: string): string => tree.data?.rows.find((k) => k.category_id === id)?.name ?? ''
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit('new')}>新增种类</Button></div> : null}
      <RowsTable
        label="检验与证件种类" rows={kinds.data.rows} row_key="kind_id" empty=""
        columns={[
          { key: 'name', title: '种类', width: 160, show: (k) => <span className="hy-line">{k.name}{k.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'subject', title: '对象', width: 65, show: (k) => said('subject', k.subject) }, { key: 'category_ids', title: '适用设备', width: 150, show: (k) => k.category_ids.map(nameOf).filter(Boolean).join('、') || '登记了才管' },
          { key: 'period', title: '周期', width: 100, show: (k) => periodText(k.rule) }, { key: 'law', title: '法规与标准', width: 230, show: (k) => k.rule.law ?? '—' }, { key: 'evidence', title: '要留的凭证', width: 150, show: (k) => k.rule.evidence ?? '—' }, { key: 'stops', title: '过期', width: 75, show: (k) => (k.rule.stops ? '须停用' : '—') },
          { key: 'ladder', title: '提醒', width: 100, show: (k) => (k.rule.ladder ? `${k.rule.ladder.join('、')} 天` : '随公司') }, { key: 'next', title: '以后', width: 130, show: (k) => (k.next ? `${k.next.from_on} 起${periodText(k.next)}` : '—') },
          ...(writes ? [{ key: 'act', title: '操作', width: 140, show: (k: CertKind) => <span className="hy-line"><Button size="small" onClick={() => setEdit(k)}>修改</Button><Button size="small" onClick={() => setRule(k)}>规则</Button></span> }] : []),
        ]}
      />
      {edit ? <KindDrawer row={edit === 'new' ? undefined : edit} options={(tree.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.category_id, label: k.parent_id ? `${nameOf(k.parent_id)} / ${k.name}` : `${k.name}(全系统)` }))} close={() => setEdit(undefined)} /> : null}
      {rule ? <RuleModal k={rule} close={() => setRule(undefined)} /> : null}
    </div>
  )
}
function KindDrawer({ row, options, close }: { row: CertKind | undefined; options: { value: string; label: string }[]; close: () => void }) {
  const save = useWrite(equipment.saveCertKind, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改 ${row.name}` : '新增种类'} call={equipment.saveCertKind} loading={save.running} submitError={save.error} words={{ subject: words.states?.['subject'] }} fixed={row ? { kind_id: row.kind_id } : {}}
      fields={['name', { name: 'subject', kind: 'select', disabled: row !== undefined }, { name: 'category_ids', kind: 'many', options, help: '这些设备(小区对象为有这些设备的小区)没有登记的,看板上显示「未登记」' }, 'sort_no', 'retired']}
      initial={row ? { name: row.name, subject: row.subject, category_ids: row.category_ids, sort_no: row.sort_no, retired: row.retired } : { name: '', subject: 'device', category_ids: [], sort_no: 900, retired: false }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function RuleModal({ k, close }: { k: CertKind; close: () => void }) {
  const save = useWrite(equipment.publishCertRule, { in_form: true, done: '已设定' })
  const r = k.next ?? k.rule
  return <FormModal open onClose={close} title={`${k.name}的规则`} call={equipment.publishCertRule} loading={save.running} submitError={save.error} words={{ period_unit: words.states?.['period_unit'] }} fields={['from_on', 'period_n', { name: 'period_unit', kind: 'select' }, 'law', 'evidence', 'stops', { name: 'ladder', help: '不填随公司的到期提醒', control: (c) => <LadderInput {...c} /> }]} fixed={{ kind_id: k.kind_id }} initial={{ from_on: addDays(today(), 1), period_n: r.period_n, period_unit: r.period_unit, law: r.law, evidence: r.evidence, stops: r.stops, ladder: r.ladder }} onSubmit={async (i) => { if (await save.run({ ...i, ladder: i.ladder ?? null })) close() }} />
}
function LadderTab() {
  const kinds = useRead(equipment.certKinds, {})
  const writes = useMay()('equipment.setup.write')
  const save = useWrite(equipment.saveCertPolicy, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  if (kinds.error) return <ErrorBlock error={kinds.error} retry={kinds.retry} />
  if (!kinds.data) return <LoadingBlock />
  const p = kinds.data.policy
  return (
    <div className="hy-stack">
      <Facts facts={[['提前提醒', `${p.ladder.join('、')} 天`], ['过期后', p.daily ? '每天提醒并升级' : '提醒一次'], ['生效日', p.from_on < '2001' ? '出厂设定' : p.from_on]]} />
      <p className="hy-muted">提醒发给设备责任人、持证人和有「登记检验证件」权限的员工;过期后还发给有「接收证件过期的升级提醒」权限的员工。</p>
      {writes ? <div><Button type="primary" onClick={() => setOpen(true)}>设定到期提醒</Button></div> : null}
      {open ? <FormModal open onClose={() => setOpen(false)} title="到期提醒" call={equipment.saveCertPolicy} fields={['from_on', { name: 'ladder', control: (c) => <LadderInput {...c} /> }, 'daily']} initial={{ from_on: today(), ladder: p.ladder, daily: p.daily }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
function WaterTab() {
  const limits = useRead(equipment.waterLimits, {})
  const writes = useMay()('equipment.setup.write')
  const save = useWrite(equipment.saveWaterLimits, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  if (limits.error) return <ErrorBlock error={limits.error} retry={limits.retry} />
  if (!limits.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <p className="hy-muted">依据:{limits.data.basis}</p>
      {writes ? <div><Button type="primary" onClick={() => setOpen(true)}>修改限值</Button></div> : null}
      <RowsTable label="水质限值" rows={limits.data.items} row_key="name" empty="" columns={[{ key: 'name', title: '项目', width: 180 }, { key: 'limit', title: '限值', width: 180, show: limitText }]} />
      {open ? <FormDrawer open onClose={() => setOpen(false)} width={640} title="水质限值" call={equipment.saveWaterLimits} fields={['from_on', 'basis', { name: 'items', wide: true, control: (c) => <LimitsInput {...c} /> }]} initial={{ from_on: today(), basis: limits.data.basis, items: limits.data.items }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
function LimitsInput({ value, onChange }: Control) {
  const list = (value as WaterItem[] | undefined) ?? []
  const put = (i: number, change: Partial<WaterItem>): void => onChange?.(list.map((x, n) => (n === i ? { ...x, ...change } : x)))
  return (
    <div className="eq-rows">
      {list.map((x, i) => (
        <div key={i} className="eq-line" role="group" aria-label={`第 ${i + 1} 项`}>
          <Input className="eq-grow" aria-label={`第 ${i + 1} 项项目`} maxLength={20} placeholder="项目" value={x.name} onChange={(e) => put(i, { name: e.target.value })} /><Input aria-label={`第 ${i + 1} 项下限`} style={{ width: 80 }} placeholder="下限" value={x.low ?? ''} onChange={(e) => put(i, { low: e.target.value.trim() || null })} /><Input aria-label={`第 ${i + 1} 项上限`} style={{ width: 80 }} placeholder="上限" value={x.high ?? ''} onChange={(e) => put(i, { high: e.target.value.trim() || null })} />
          <Input aria-label={`第 ${i + 1} 项单位`} style={{ width: 90 }} placeholder="单位" value={x.unit ?? ''} onChange={(e) => put(i, { unit: e.target.value || null })} /><Input aria-label={`第 ${i + 1} 项应为`} style={{ width: 100 }} placeholder="或文字" value={x.words ?? ''} onChange={(e) => put(i, { words: e.target.value || null })} /><Button size="small" aria-label={`删除第 ${i + 1} 项`} onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删</Button>
        </div>
      ))}
      <div><Button onClick={() => onChange?.([...list, { name: '', low: null, high: null, unit: null, words: null }])}>加一项</Button></div>
    </div>
  )
}
