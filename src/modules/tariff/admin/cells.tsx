// The cells of the workshop's tables: one control a kind of field. Empty means absent.
import { Input, Select, Switch } from 'antd'
import { useState } from 'react'
import type { FieldMeta } from './fields.ts'

interface CellProps {
  field: FieldMeta
  value: unknown
  onChange: (v: unknown) => void
  label: string
}

const RANGE: Record<string, string> = { '>=': 'min', '<=': 'max', '>': 'above', '<': 'below' }
const scalar = (t: string): unknown => (t === '是' || t === 'true' ? true : t === '否' || t === 'false' ? false : t)
/** "status=vacant,people>=5" as a condition; undefined when empty, null when it cannot be read. */
export function readWhen(text: string): Record<string, unknown> | undefined | null {
  const out: Record<string, unknown> = {}
  for (const part of text.split(/[,,]/).map((x) => x.trim()).filter(Boolean)) {
    const m = /^([\w\u4e00-\u9fff]+)\s*(>=|<=|>|<|=)\s*(.+)$/.exec(part)
    if (!m) return null
    const [, key, op, value] = m as unknown as [string, string, string, string]
    if (op === '=') out[key] = value.includes('|') ? value.split('|').map((x) => x.trim()) : scalar(value.trim())
    else out[key] = { ...(typeof out[key] === 'object' ? (out[key] as object) : {}), [RANGE[op]!]: value.trim() }
  }
  return Object.keys(out).length ? out : undefined
}
export function writeWhen(when: unknown): string {
  if (typeof when !== 'object' || when === null) return ''
  const sign = Object.fromEntries(Object.entries(RANGE).map(([s, k]) => [k, s]))
  return Object.entries(when).map(([k, v]) => (Array.isArray(v) ? `${k}=${v.join('|')}` : typeof v === 'object' && v !== null ? Object.entries(v).map(([r, x]) => `${k}${sign[r]}${String(x)}`).join(',') : `${k}=${v === true ? '是' : v === false ? '否' : String(v)}`)).join(',')
}

/** Text that is read when it is left; what cannot be read stays and is marked. */
function Parsed({ text, read, onChange, label, placeholder, wide }: { text: string; read: (t: string) => unknown; onChange: (v: unknown) => void; label: string; placeholder: string; wide?: boolean }) {
  const [typed, setTyped] = useState<string>()
  const [bad, setBad] = useState(false)
  return (
    <Input
      aria-label={label} size="small" placeholder={placeholder} value={typed ?? text} {...(bad ? { status: 'error' as const } : {})} style={wide ? { minWidth: 220 } : {}}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={() => {
        if (typed === undefined) return
        const v = read(typed)
        setBad(v === null)
        if (v === null) return
        setTyped(undefined)
        onChange(v)
      }}
    />
  )
}
const readJson = (t: string): unknown => {
  if (t.trim() === '') return undefined
  try {
    return JSON.parse(t) as unknown
  } catch {
    return null
  }
}
const listOf = (t: string): string[] => t.split(/[,,、\s]+/).filter(Boolean)

export function Cell({ field, value, onChange, label }: CellProps) {
  if (field.kind === 'select') return <Select aria-label={label} size="small" allowClear style={{ minWidth: 120, width: '100%' }} value={value as string | undefined} options={(field.options ?? []).map(([v, l]) => ({ value: v, label: l }))} onChange={(v: string | undefined) => onChange(v)} />
  if (field.kind === 'yes') return <Switch aria-label={label} size="small" checked={value === true} onChange={(v) => onChange(v || undefined)} />
  if (field.kind === 'when') return <Parsed label={label} text={writeWhen(value)} read={readWhen} onChange={onChange} placeholder="如 status=vacant" />
  if (field.kind === 'json') return <Parsed label={label} text={value === undefined ? '' : JSON.stringify(value)} read={readJson} onChange={onChange} placeholder="JSON" wide />
  if (field.kind === 'list') return <Parsed label={label} text={Array.isArray(value) ? value.join('、') : value === undefined ? '' : String(value)} read={(t) => (listOf(t).length ? listOf(t) : undefined)} onChange={onChange} placeholder="用、隔开" />
  if (field.kind === 'numbers') return <Parsed label={label} text={Array.isArray(value) ? value.join('、') : ''} read={(t) => (listOf(t).length ? listOf(t).map(Number) : undefined)} onChange={onChange} placeholder="如 6、7、8" />
  const shown = typeof value === 'object' && value !== null ? JSON.stringify(value) : value === undefined ? '' : String(value)
  return <Input aria-label={label} size="small" inputMode={field.kind === 'text' ? 'text' : 'decimal'} value={shown} onChange={(e) => onChange(e.target.value === '' ? undefined : field.kind === 'whole' && /^\d+$/.test(e.target.value) ? Number(e.target.value) : e.target.value)} />
}
