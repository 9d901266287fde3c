// Small parts of the screens of doors.
import { Alert, Button, Checkbox, Input, Select, Space } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { useFinding } from '../../../ui/finding.ts'
import { property } from '../../property/contract.ts'
import { doors, type Time } from '../contract.ts'
import { reachedText } from '../shown.ts'

/** While something has not reached its controllers a list looks again: what it shows comes true within seconds, and nobody writes meanwhile. */
export const untilReached = (left: boolean | undefined): number | undefined => (left ? 3000 : undefined)

/** A person of the register, found by name, phone or room. */
export function PersonPicker({ value, onChange, id }: Control) {
  const [typed, setTyped] = useState('')
  const found = useFinding(doors.findPersons, (q) => ({ q }), typed, () => undefined)
  return (
    <Select
      {...(id ? { id } : {})} showSearch allowClear filterOption={false} placeholder="输入姓名、手机号或房号" value={(value as string | undefined) ?? null} onSearch={setTyped} onChange={(v: string | null) => onChange?.(v ?? undefined)} notFoundContent={typed === '' ? '输入后查找' : found.looking ? '正在查找' : '没有找到'}
      options={(found.data?.rows ?? []).map((p) => ({ value: p.person_id, label: `${p.name} ${p.houses}` }))}
    />
  )
}
export function StaffPicker({ value, onChange, id }: Control) {
  const list = useRead(doors.staffAndRoles, {})
  return <Select {...(id ? { id } : {})} showSearch allowClear optionFilterProp="label" loading={list.loading} placeholder="选择员工" value={(value as string | undefined) ?? null} onChange={(v: string | null) => onChange?.(v ?? undefined)} options={(list.data?.staff ?? []).map((s) => ({ value: s.account_id, label: s.name }))} />
}
export function RolePicker({ value, onChange, id }: Control) {
  const list = useRead(doors.staffAndRoles, {})
  return <Select {...(id ? { id } : {})} loading={list.loading} placeholder="选择岗位" value={(value as string | undefined) ?? null} onChange={(v: string) => onChange?.(v)} options={(list.data?.roles ?? []).map((r) => ({ value: r.role_id, label: r.name }))} />
}
export function BuildingPicker({ value, onChange, id, community_id }: Control & { community_id: string | undefined }) {
  const tree = useRead(property.tree, community_id ? { community_id } : {})
  return <Select {...(id ? { id } : {})} showSearch allowClear optionFilterProp="label" loading={tree.loading} placeholder="不选为小区公共" value={(value as string | null | undefined) ?? null} onChange={(v: string | null) => onChange?.(v ?? null)} options={(tree.data?.communities ?? []).flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: b.name })))} />
}
/** 还有 2 扇门未生效(共 14 扇) */
export function ReachedNote({ reached, where = false }: { where?: boolean; reached: { door_count: number; left_doors: number; deny_left_doors: number } | undefined }) {
  if (!reached || reached.door_count === 0) return null
  if (reached.left_doors === 0) return <Alert type="success" showIcon title={`名单:${reachedText(reached)}`} />
  return <Alert type="warning" showIcon title={`名单:${reachedText(reached)}${reached.deny_left_doors > 0 ? `,其中 ${reached.deny_left_doors} 扇门还没有收紧(挂失、停权)` : ''}`} description={<>在线的门几秒内生效;离线的门恢复后自动补上,收紧的先下发。{where ? <Go to="/doors/board">看是哪几扇门</Go> : null}</>} />
}
const DAYS = ['一', '二', '三', '四', '五', '六', '日'].map((d, i) => ({ value: i + 1, label: d }))
/** Up to six spans of a week; none is the whole day. */
export function TimesInput({ value, onChange }: Control) {
  const times = (value as Time[] | undefined) ?? []
  const put = (i: number, o: Partial<Time>): void => onChange?.(times.map((t, n) => (n === i ? { ...t, ...o } : t)))
  return (
    <div className="hy-stack">
      {times.length === 0 ? <span className="hy-muted">全天</span> : null}
      {times.map((t, i) => (
        <div key={i} className="hy-stack"><Checkbox.Group aria-label={`第 ${i + 1} 段星期`} options={DAYS} value={t.days} onChange={(days) => put(i, { days: days as number[] })} /><Space><Input aria-label={`第 ${i + 1} 段从`} style={{ width: 90 }} value={t.from} onChange={(e) => put(i, { from: e.target.value })} />至<Input aria-label={`第 ${i + 1} 段到`} style={{ width: 90 }} value={t.to} onChange={(e) => put(i, { to: e.target.value })} /><Button size="small" type="link" onClick={() => onChange?.(times.filter((_, n) => n !== i))}>删除</Button></Space></div>
      ))}
      {times.length < 6 ? <div><Button size="small" onClick={() => onChange?.([...times, { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }])}>加一段</Button></div> : null}
    </div>
  )
}
