// Owners with shares: name, phone and a share such as 1/2. The server checks that shares add up to exactly one.
import { Button, Input, InputNumber } from 'antd'
import type { Control } from '../../../ui/fields.tsx'

interface Line {
  name: string
  phone: string
  share_num: number
  share_den: number
}
interface Sent {
  person: { name?: string; phone?: string | null }
  share_num?: number
  share_den?: number
}
const EMPTY: Line = { name: '', phone: '', share_num: 1, share_den: 1 }

export const ownersToSend = (v: unknown): unknown => ((v as Line[] | undefined) ?? []).filter((o) => o.name.trim()).map((o, i): Sent & { is_primary: boolean } => ({ person: { name: o.name.trim(), phone: o.phone.trim() || null }, share_num: o.share_num, share_den: o.share_den, is_primary: i === 0 }))

export function OwnersEditor({ value, onChange }: Control) {
  const lines = (value as Line[] | undefined) ?? [EMPTY]
  const set = (i: number, change: Partial<Line>) => onChange?.(lines.map((l, k) => (k === i ? { ...l, ...change } : l)))
  // The usual case: equal shares of everybody.
  const equal = (list: Line[]) => onChange?.(list.map((l) => ({ ...l, share_num: 1, share_den: list.length })))
  return (
    <div className="hy-stack" role="group" aria-label="业主">
      {lines.map((l, i) => (
        <div key={i} className="hy-line" style={{ flexWrap: 'wrap' }}>
          <Input aria-label={`业主姓名 ${i + 1}`} style={{ width: 130 }} placeholder="姓名" value={l.name} onChange={(e) => set(i, { name: e.target.value })} />
          <Input aria-label={`业主电话 ${i + 1}`} style={{ width: 140 }} placeholder="手机号" value={l.phone} onChange={(e) => set(i, { phone: e.target.value })} />
          <InputNumber aria-label={`份额分子 ${i + 1}`} style={{ width: 64 }} min={1} precision={0} value={l.share_num} onChange={(v) => set(i, { share_num: v ?? 1 })} />
          <span>/</span>
          <InputNumber aria-label={`份额分母 ${i + 1}`} style={{ width: 64 }} min={1} precision={0} value={l.share_den} onChange={(v) => set(i, { share_den: v ?? 1 })} />
          {lines.length > 1 ? <Button type="text" danger aria-label={`删除业主 ${i + 1}`} onClick={() => equal(lines.filter((_, k) => k !== i))}>删除</Button> : null}
        </div>
      ))}
      <Button size="small" onClick={() => equal([...lines, EMPTY])}>增加共有人</Button>
    </div>
  )
}
