// A form's fields from a contract's shape: label from `.meta({ zh })`, control from the type and the name (units last).
import { AutoComplete, Input, InputNumber, Select, Switch } from 'antd'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { fen, tryParseYuan, yuan } from '../kernel/money.ts'
import type { Option } from './list.ts'

// The calendar is 50 KB that sign-in and work bench do not need.
const DayInput = lazy(() => import('./dates.tsx').then((m) => ({ default: m.DayInput })))
const MonthInput = lazy(() => import('./dates.tsx').then((m) => ({ default: m.MonthInput })))

export type Kind = 'text' | 'area' | 'password' | 'select' | 'many' | 'switch' | 'whole' | 'decimal' | 'money' | 'day' | 'month' | 'suggest'
export interface Control {
  value?: unknown
  onChange?: (value: unknown) => void
  id?: string
}
export interface Field<N extends string = string> {
  name: N
  label?: string
  kind?: Kind
  /** For select, many and suggest; without it the words of `states` for the values of the enum. */
  options?: readonly Option[]
  help?: ReactNode
  placeholder?: string
  suffix?: ReactNode
  /** Takes the whole width of the form. */
  wide?: boolean
  disabled?: boolean
  /** Seldom changed: lies in the closed part of the form. It has a value to begin with, or may be empty. */
  more?: boolean
  /** Left out (and not sent) unless it is true. */
  when?: (values: Record<string, unknown>) => boolean
  /** Needed wherever it is shown, though the contract lets it be left out. */
  needed?: boolean
  /** Changes the value before it is checked and sent: drop empty lines and the like. */
  send?: (value: unknown) => unknown
  /** A control of your own: takes value, onChange and id. */
  control?: (c: Control) => ReactNode
}

interface Def {
  type: string
  innerType?: Loose
  entries?: Record<string, string>
  checks?: { _zod: { def: { pattern?: RegExp } } }[]
}
type Loose = z.ZodType & { _zod: { def: Def }; shape?: Record<string, Loose> }
export interface FieldInfo {
  label: string | undefined
  type: string
  values: string[]
  nullable: boolean
  optional: boolean
}

interface Node {
  meta?: () => { zh?: string } | undefined
  unwrap?: () => unknown
  shape?: Record<string, unknown>
  element?: unknown
}
/** Where inside a field something is wrong: 'model.points.0.name' is 点位第 1 项名称. Empty for the field itself. */
export function pathWords(shape: unknown, path: readonly string[]): string {
  let at = shape as Node | undefined
  const into = (): string | undefined => {
    let label: string | undefined
    while (at) {
      label = at.meta?.()?.zh ?? label
      if (typeof at.unwrap !== 'function' || at.element) break
      at = at.unwrap() as Node
    }
    return label
  }
  into()
  return path
    .map((key, i) => {
      const nth = /^\d+$/.test(key)
      at = (nth ? at?.element : at?.shape?.[key]) as Node | undefined
      const label = into()
      return i === 0 ? '' : nth ? `第 ${Number(key) + 1} 项` : (label ?? '')
    })
    .join('')
}

/** What the contract says of one field. */
export function fieldInfo(shape: unknown, name: string): FieldInfo {
  let at = (shape as Loose).shape?.[name]
  const info: FieldInfo = { label: undefined, type: 'unknown', values: [], nullable: false, optional: false }
  while (at) {
    info.label ??= at.meta?.()?.['zh'] as string | undefined
    const { type, innerType, entries } = at._zod.def
    if (type === 'nullable') info.nullable = true
    if (type === 'optional' || type === 'default') info.optional = true
    if (!innerType) {
      info.type = type
      info.values = entries ? Object.values(entries) : []
      break
    }
    at = innerType
  }
  return info
}

export function kindOf(f: Field, info: FieldInfo): Kind {
  if (f.kind) return f.kind
  if (f.name.endsWith('_fen')) return 'money'
  if (f.name.endsWith('_on')) return 'day'
  if (f.name.endsWith('month')) return 'month'
  if (info.type === 'enum' || (f.options && info.type !== 'array')) return 'select'
  if (info.type === 'array') return 'many'
  if (info.type === 'boolean') return 'switch'
  if (info.type === 'number' || info.type === 'int') return 'whole'
  if (f.name.endsWith('_m2')) return 'decimal'
  if (f.name.endsWith('password')) return 'password'
  if (/^(note|reason|remark|content)$/.test(f.name)) return 'area'
  return 'text'
}

export function FieldControl({ field, info, words, ...c }: { field: Field; info: FieldInfo; words?: Record<string, string> | undefined } & Control) {
  if (field.control) return <>{field.control(c)}</>
  const common = { ...(c.id ? { id: c.id } : {}), disabled: field.disabled ?? false, ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }) }
  const options = (field.options ?? info.values.map((v) => ({ value: v, label: words?.[v] ?? v }))) as { value: string; label: string }[]
  const text = (c.value ?? '') as string
  switch (kindOf(field, info)) {
    case 'money':
      return <MoneyInput {...common} value={c.value} onChange={c.onChange} />
    case 'day':
      return <Suspense fallback={<Input disabled />}><DayInput {...(c.id ? { id: c.id } : {})} disabled={common.disabled} value={c.value as string} onChange={(v) => c.onChange?.(v)} /></Suspense>
    case 'month':
      return <Suspense fallback={<Input disabled />}><MonthInput {...(c.id ? { id: c.id } : {})} disabled={common.disabled} value={c.value as string} onChange={(v) => c.onChange?.(v)} /></Suspense>
    case 'select':
      return <Select {...common} placeholder={field.placeholder ?? '请选择'} allowClear={info.nullable || info.optional} showSearch={{ optionFilterProp: 'label' }} options={options} value={(c.value as string | null) ?? null} onChange={(v) => c.onChange?.(v ?? null)} />
    case 'many':
      return <Select {...common} placeholder={field.placeholder ?? '请选择'} mode={options.length > 0 ? 'multiple' : 'tags'} optionFilterProp="label" options={options} value={(c.value as string[] | undefined) ?? []} onChange={(v) => c.onChange?.(v)} />
    case 'suggest':
      return <AutoComplete {...common} options={options} value={text} onChange={(v) => c.onChange?.(v)} showSearch={{ filterOption: (typed, o) => String(o?.label).includes(typed) }} />
    case 'switch':
      return <Switch {...(c.id ? { id: c.id } : {})} disabled={common.disabled} checkedChildren="是" unCheckedChildren="否" checked={c.value === true} onChange={(v) => c.onChange?.(v)} />
    case 'whole':
      return <InputNumber {...common} className="hy-wide" precision={0} suffix={field.suffix} value={(c.value as number | null) ?? null} onChange={(v) => c.onChange?.(v)} />
    case 'decimal':
      return <Input {...common} inputMode="decimal" suffix={field.suffix ?? (field.name.endsWith('_m2') ? '㎡' : undefined)} value={text} onChange={(e) => c.onChange?.(e.target.value.trim())} />
    case 'area':
      return <Input.TextArea {...common} autoSize={{ minRows: 2, maxRows: 8 }} value={text} onChange={(e) => c.onChange?.(e.target.value)} />
    case 'password':
      return <Input.Password {...common} autoComplete={field.name.startsWith('new') ? 'new-password' : 'current-password'} value={text} onChange={(e) => c.onChange?.(e.target.value)} />
    case 'text':
      return <Input {...common} suffix={field.suffix} value={text} onChange={(e) => c.onChange?.(e.target.value)} />
  }
}

/** Yuan are typed, fen are kept. What is not an amount is handed on as text, so that the contract's check refuses it. */
export function MoneyInput({ value, onChange, ...rest }: { value?: unknown; onChange?: ((v: unknown) => void) | undefined; id?: string | undefined; disabled?: boolean; placeholder?: string; 'aria-label'?: string }) {
  const shown = typeof value === 'number' && Number.isSafeInteger(value) ? yuan(fen(value)) : typeof value === 'string' ? value : ''
  // '12.' and '12.50' stay as they are being typed as long as they mean the value.
  const [draft, setDraft] = useState<string>()
  const text = draft !== undefined && (tryParseYuan(draft, 'signed') ?? draft) === (value ?? '') ? draft : shown
  const type = (typed: string) => {
    setDraft(typed)
    onChange?.(typed.trim() === '' ? null : (tryParseYuan(typed, 'signed') ?? typed))
  }
  return <Input {...rest} inputMode="decimal" prefix="¥" value={text} onChange={(e) => type(e.target.value)} onBlur={() => setDraft(undefined)} />
}
