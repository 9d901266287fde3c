// Lists within forms: what is counted at a handover, and the shifts of a room.
import { Button, Input, InputNumber } from 'antd'
import type { Control } from '../../../ui/fields.tsx'
import type { Thing } from '../contract.ts'
import './duty.css'

const freshId = (list: readonly { thing_id: string }[]): string => {
  for (let n = list.length + 1; ; n++) if (!list.some((x) => x.thing_id === `t${n}`)) return `t${n}`
}
export function InventoryInput({ value, onChange }: Control) {
  const list = (value as Thing[] | undefined) ?? []
  const set = (i: number, change: Partial<Thing>): void => onChange?.(list.map((x, n) => (n === i ? { ...x, ...change } : x)))
  return (
    <div className="du-rows">
      {list.map((x, i) => <span key={x.thing_id} className="hy-line"><Input aria-label={`第 ${i + 1} 项物品`} style={{ width: 260 }} maxLength={20} placeholder="如:机房钥匙、对讲机、空呼器" value={x.name} onChange={(e) => set(i, { name: e.target.value })} /><InputNumber aria-label={`第 ${i + 1} 项数量`} min={1} max={999} precision={0} value={x.count} onChange={(v) => set(i, { count: v ?? 1 })} /><Button size="small" onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删</Button></span>)}
      <div><Button size="small" disabled={list.length >= 40} onClick={() => onChange?.([...list, { thing_id: freshId(list), name: '', count: 1 }])}>加一项</Button></div>
    </div>
  )
}
interface ShiftIn { shift_id?: string; name: string; from_time: string; to_time: string }
export function ShiftsInput({ value, onChange }: Control) {
  const list = (value as ShiftIn[] | undefined) ?? []
  const set = (i: number, change: Partial<ShiftIn>): void => onChange?.(list.map((x, n) => (n === i ? { ...x, ...change } : x)))
  return (
    <div className="du-rows">
      {list.map((x, i) => <span key={x.shift_id ?? `new ${i}`} className="hy-line"><Input aria-label={`第 ${i + 1} 班名称`} style={{ width: 110 }} maxLength={10} value={x.name} onChange={(e) => set(i, { name: e.target.value })} /><Input aria-label={`第 ${i + 1} 班开始`} style={{ width: 84 }} maxLength={5} value={x.from_time} onChange={(e) => set(i, { from_time: e.target.value })} />至<Input aria-label={`第 ${i + 1} 班结束`} style={{ width: 84 }} maxLength={5} value={x.to_time} onChange={(e) => set(i, { to_time: e.target.value })} />{x.to_time <= x.from_time ? <span className="hy-muted">次日</span> : null}<Button size="small" disabled={list.length <= 1} onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删</Button></span>)}
      <div><Button size="small" disabled={list.length >= 8} onClick={() => onChange?.([...list, { name: `${list.length + 1}班`, from_time: '08:00', to_time: '20:00' }])}>加一班</Button></div>
    </div>
  )
}
