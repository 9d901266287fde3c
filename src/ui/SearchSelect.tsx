// A choice out of a list that may be long: the server finds as somebody types, what is chosen keeps its name though it is not among what was found, and what is not shown is said. A plain
// Select over the first page of a list leaves out the rest without a word.
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { useRead, type Call, type In, type Shape } from './api.ts'
import type { Control } from './fields.tsx'

const WAIT_MS = 200
const SHOWN = 50
export interface Choice {
  value: string
  label: string
  title?: string
}
interface Props<I extends Shape, O extends Shape, Row> extends Control {
  /** A page of rows, found by `q`. */
  call: Call<I, O>
  input: Partial<In<I>>
  /** Null: it is not to be chosen. */
  option: (row: Row) => Choice | null
  /** Names of what is chosen already, where the one who shows them knows. */
  known?: readonly Choice[]
  /** Else: the input that finds them by their ids. */
  chosen?: (ids: string[]) => Partial<In<I>>
  /** What stands for more than one row, before them. */
  first?: readonly Choice[]
  label: string
  placeholder?: string
  empty?: string
  multiple?: boolean
  max?: number
  clear?: boolean
  enabled?: boolean
  disabled?: boolean
  width?: number | string
}
interface Page<Row> {
  rows: Row[]
  total: number
}
export function SearchSelect<I extends Shape, O extends Shape, Row>({ id, value, onChange, call, input, option, known = [], chosen, first = [], label, placeholder, empty = '没有找到', multiple = false, max, clear = true, enabled = true, disabled = false, width = '100%' }: Props<I, O, Row>) {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  useEffect(() => {
    const t = setTimeout(() => setQ(typed.trim().slice(0, 40)), WAIT_MS)
    return () => clearTimeout(t)
  }, [typed])
  const ids = (multiple ? ((value as string[] | undefined) ?? []) : value ? [value as string] : []).filter((v) => !first.some((f) => f.value === v))
  const found = useRead(call, { ...input, page_size: SHOWN, ...(q ? { q } : {}) } as In<I>, { enabled, keep: true, stale_ms: 30_000 })
  const page = found.data as Page<Row> | undefined
  const rows = (page?.rows ?? []).map(option).filter((x): x is Choice => x !== null)
  const nameless = ids.filter((v) => !rows.some((o) => o.value === v) && !known.some((o) => o.value === v))
  const named = useRead(call, { ...(chosen?.(nameless) ?? {}), page_size: Math.min(200, Math.max(1, nameless.length)) } as In<I>, { enabled: enabled && chosen !== undefined && nameless.length > 0, keep: true, stale_ms: 60_000 })
  const others = [...known, ...(((named.data as Page<Row> | undefined)?.rows ?? []).map(option).filter((x): x is Choice => x !== null))].filter((o) => ids.includes(o.value) && !rows.some((r) => r.value === o.value))
  const left = (page?.total ?? 0) - (page?.rows.length ?? 0)
  const options = [...first.filter((f) => q === '' || f.label.includes(q)), ...others, ...rows, ...(left > 0 ? [{ value: '', label: `还有 ${left} 个,输入名称或编号查找`, disabled: true }] : [])]
  return (
    <Select
      {...(id ? { id } : {})} aria-label={label} allowClear={clear} disabled={disabled} loading={found.loading} {...(multiple ? { mode: 'multiple' as const, maxTagCount: 'responsive' as const } : {})} {...(max ? { maxCount: max } : {})}
      showSearch={{ filterOption: false, onSearch: setTyped }} placeholder={placeholder ?? label} style={{ width }} popupMatchSelectWidth={false}
      value={(multiple ? ids : ((value as string | null | undefined) ?? null)) as never} onChange={(v: unknown) => onChange?.(multiple ? v : (v ?? null))} options={options} notFoundContent={found.loading ? '正在查找' : empty}
    />
  )
}
