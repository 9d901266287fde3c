// Controls of the ledger's forms: technical data by the fields of a kind, the fields themselves, standards.
import { Button, Input, Select } from 'antd'
import type { Control } from '../../../ui/fields.tsx'
import type { FieldSpec, Standards } from '../contract.ts'
import { words } from '../words.ts'
import './equipment.css'

export function DetailsInput({ value, onChange, fields }: Control & { fields: readonly FieldSpec[] | undefined }) {
  const v = (value as Record<string, string> | undefined) ?? {}
  const set = (id: string, text: string | undefined): void => onChange?.({ ...v, [id]: text ?? '' })
  if (!fields) return <span className="hy-muted">先选择类别</span>
  if (fields.length === 0) return <span className="hy-muted">该类别没有技术参数,可在「设备分类」中设定</span>
  return (
    <div className="eq-grid">
      {fields.map((f) => (
        <label key={f.field_id} className="eq-field"><span>{f.name}{f.unit ? `(${f.unit})` : ''}</span>
          {f.kind === 'choice' ? <Select aria-label={f.name} allowClear placeholder="请选择" options={f.choices.map((c) => ({ value: c, label: c }))} value={v[f.field_id] || null} onChange={(x?: string) => set(f.field_id, x)} /> : <Input aria-label={f.name} maxLength={100} {...(f.kind === 'day' ? { type: 'date' } : {})} inputMode={f.kind === 'number' ? 'decimal' : 'text'} value={v[f.field_id] ?? ''} onChange={(e) => set(f.field_id, e.target.value)} />}
        </label>
      ))}
    </div>
  )
}
const STANDARDS = [['install', '安装'], ['repair', '维修'], ['replace', '更换']] as const
export function StandardsInput({ value, onChange, inherited }: Control & { inherited?: Standards | undefined }) {
  const v = (value as Standards | undefined) ?? { install: null, repair: null, replace: null }
  return <div className="eq-rows">{STANDARDS.map(([k, zh]) => <label key={k} className="eq-field"><span>{zh}标准</span><Input.TextArea aria-label={`${zh}标准`} autoSize={{ minRows: 1, maxRows: 5 }} maxLength={500} placeholder={inherited?.[k] ?? ''} value={v[k] ?? ''} onChange={(e) => onChange?.({ ...v, [k]: e.target.value || null })} /></label>)}</div>
}
const KINDS = Object.entries(words.states!['field_kind']!).map(([value, label]) => ({ value: value as FieldSpec['kind'], label }))
const nextId = (list: readonly FieldSpec[]): string => `f${list.reduce((n, x) => Math.max(n, Number(/^f(\d+)$/.exec(x.field_id)?.[1] ?? 0)), 0) + 1}`
export function FieldsInput({ value, onChange }: Control) {
  const list = (value as FieldSpec[] | undefined) ?? []
  const put = (i: number, change: Partial<FieldSpec>): void => onChange?.(list.map((x, n) => (n === i ? { ...x, ...change } : x)))
  return (
    <div className="eq-rows">
      {list.map((f, i) => (
        <div key={f.field_id} className="eq-line" role="group" aria-label={`第 ${i + 1} 项参数`}>
          <Input className="eq-grow" aria-label={`第 ${i + 1} 项参数名`} placeholder="参数名" maxLength={20} value={f.name} onChange={(e) => put(i, { name: e.target.value })} />
          <Select aria-label={`第 ${i + 1} 项类型`} style={{ width: 90 }} options={KINDS} value={f.kind} onChange={(kind) => put(i, { kind })} />
          {f.kind === 'choice' ? <Select className="eq-grow" aria-label={`第 ${i + 1} 项选项`} mode="tags" placeholder="选项,回车添加" options={[]} value={f.choices} onChange={(choices: string[]) => put(i, { choices })} /> : <Input aria-label={`第 ${i + 1} 项单位`} style={{ width: 90 }} placeholder="单位" maxLength={12} value={f.unit ?? ''} onChange={(e) => put(i, { unit: e.target.value || null })} />}
          <Button size="small" aria-label={`删除第 ${i + 1} 项参数`} onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删</Button>
        </div>
      ))}
      <div><Button onClick={() => onChange?.([...list, { field_id: nextId(list), name: '', kind: 'text', unit: null, choices: [] }])}>加一项参数</Button></div>
    </div>
  )
}
