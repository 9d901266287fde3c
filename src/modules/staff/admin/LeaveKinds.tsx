// 假期种类: with the rule in force and the next one; a new rule begins on a day.
import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock } from '../../../ui/states.tsx'
import { staff, type LeaveKind } from '../contract.ts'

type Tier = LeaveKind['rule']['tiers'][number]
const tiersText = (r: LeaveKind['rule']): string => (r.from_rest ? '按批准的调休加班' : r.tiers.length === 0 ? '不限' : r.tiers.toSorted((a, b) => a.years - b.years).map((t) => `${t.years > 0 ? `满 ${t.years} 年 ` : ''}${t.half_days / 2} 天`).join('、'))
function TiersInput({ value, onChange }: Control) {
  const rows = (value as Tier[] | undefined) ?? []
  const set = (i: number, t: Partial<Tier>): void => onChange?.(rows.map((r, n) => (n === i ? { ...r, ...t } : r)))
  return (
    <div className="hy-stack">
      {rows.map((r, i) => <div key={`${i}-${rows.length}`} className="hy-line">满 <InputNumber aria-label={`第 ${i + 1} 档满几年`} min={0} max={60} precision={0} value={r.years} onChange={(v) => set(i, { years: v ?? 0 })} /> 年 <InputNumber aria-label={`第 ${i + 1} 档半天数`} min={0} max={730} precision={0} value={r.half_days} onChange={(v) => set(i, { half_days: v ?? 0 })} /> 个半天 <Button size="small" type="link" onClick={() => onChange?.(rows.filter((_, n) => n !== i))}>删除</Button></div>)}
      {rows.length < 10 ? <Button size="small" onClick={() => onChange?.([...rows, { years: 0, half_days: 0 }])}>加一档</Button> : null}
    </div>
  )
}
export function LeaveKinds({ writes }: { writes: boolean }) {
  const q = useRead(staff.leaveKinds, { with_retired: true })
  const save = useWrite(staff.saveLeaveKind, { in_form: true, done: '已保存' })
  const [row, setRow] = useState<LeaveKind | 'new'>()
  const close = (): void => { setRow(undefined); save.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  const r = row === 'new' ? undefined : row
  return (
    <div className="hy-stack">
      {writes ? <div><Button onClick={() => setRow('new')}>新增假期</Button></div> : null}
      <RowsTable<LeaveKind> cards label="假期种类" rows={q.data?.rows ?? []} row_key="kind_id" empty="没有" columns={[{ key: 'name', title: '假期', width: 130, show: (k) => <span className="hy-line">{k.name}{k.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'paid', title: '带薪', width: 70, show: (k) => (k.rule.paid ? '是' : '否') }, { key: 'proof', title: '证明', width: 70, show: (k) => (k.rule.proof ? '须附' : '—') }, { key: 'tiers', title: '每年额度', width: 280, show: (k) => tiersText(k.rule) }, { key: 'from_on', title: '生效日', width: 105, show: (k) => k.rule.from_on }, { key: 'next_on', title: '下次变更', width: 105 }, { key: 'basis', title: '依据', width: 320, show: (k) => k.rule.basis }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (k: LeaveKind) => <Button size="small" onClick={() => setRow(k)}>变更</Button> }] : [])]} />
      {row ? <FormDrawer open onClose={close} title={r ? `变更 ${r.name}` : '新增假期'} call={staff.saveLeaveKind} loading={save.running} submitError={save.error} fixed={r ? { kind_id: r.kind_id } : { retired: false }} fields={['name', 'from_on', 'paid', 'proof', 'from_rest', { name: 'tiers', wide: true, when: (v) => v['from_rest'] !== true, control: (c) => <TiersInput {...c} />, help: '没有一档为不限;按在本公司满几年,以前单位的工龄用「增减额度」补' }, 'sort_no', ...(r ? ['retired' as const] : []), { name: 'basis', wide: true }]} initial={r ? { name: r.name, from_on: today(), paid: r.rule.paid, proof: r.rule.proof, from_rest: r.rule.from_rest, tiers: r.rule.tiers, sort_no: r.sort_no, retired: r.retired, basis: '' } : { name: '', from_on: today(), paid: true, proof: false, from_rest: false, tiers: [], sort_no: 200, basis: '' }} onSubmit={async (i) => { if (await save.run({ ...i, tiers: i.tiers ?? [] })) close() }} /> : null}
    </div>
  )
}
