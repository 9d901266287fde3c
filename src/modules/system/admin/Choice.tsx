import { Select } from 'antd'
import { useId } from 'react'

/** One of a few places, or all of them. */
export function Choice({ label, value, empty, options, onChange }: { label: string; value: string | undefined; empty: string; options: readonly { id: string; name: string }[]; onChange: (id: string | undefined) => void }) {
  const id = useId()
  return (
    <div className="hy-line">
      <label htmlFor={id}>{label}</label>
      <Select id={id} style={{ width: 220 }} value={value ?? ''} options={[{ value: '', label: empty }, ...options.map((o) => ({ value: o.id, label: o.name }))]} onChange={(v: string) => onChange(v || undefined)} />
    </div>
  )
}
