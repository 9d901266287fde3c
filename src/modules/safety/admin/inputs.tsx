// The measures of a submission: what, who, until when.
import { Button, Input, Select } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { DayInput } from '../../../ui/dates.tsx'
import type { Control } from '../../../ui/fields.tsx'

interface Measure {
  words: string
  account_id: string
  due_on: string
}
const MEASURES_MAX = 20
const WEEK = 7
export function MeasuresInput({ value, onChange, people }: Control & { people: readonly { account_id: string; name: string; post: string | null }[] }) {
  const rows = (value as Measure[] | undefined) ?? []
  const change = (i: number, part: Partial<Measure>) => onChange?.(rows.map((r, n) => (n === i ? { ...r, ...part } : r)))
  return (
    <div className="hy-stack">
      {rows.map((r, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`措施 ${i + 1}`}>
          <Input aria-label={`措施 ${i + 1} 内容`} style={{ width: 220 }} maxLength={200} placeholder="做什么" value={r.words} onChange={(e) => change(i, { words: e.target.value })} />
          <Select aria-label={`措施 ${i + 1} 责任人`} style={{ width: 130 }} placeholder="责任人" showSearch={{ optionFilterProp: 'label' }} value={r.account_id || null} onChange={(v: string) => change(i, { account_id: v })} options={people.map((p) => ({ value: p.account_id, label: p.name }))} />
          <DayInput value={r.due_on} onChange={(v) => change(i, { due_on: v ?? '' })} />
          <Button size="small" onClick={() => onChange?.(rows.filter((_, n) => n !== i))}>删除</Button>
        </div>
      ))}
      {rows.length < MEASURES_MAX ? <div><Button size="small" onClick={() => onChange?.([...rows, { words: '', account_id: '', due_on: addDays(today(), WEEK) }])}>增加措施</Button></div> : null}
    </div>
  )
}
