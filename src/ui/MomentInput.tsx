// A day and hour of the community's zone, typed as the browser offers it and given on as ISO.
import { Input } from 'antd'
import type { Control } from './fields.tsx'
import { instant } from './format.ts'

export function MomentInput({ value, onChange, id }: Control) {
  const text = typeof value === 'string' && value !== '' ? instant(value).slice(0, 16).replace(' ', 'T') : ''
  return <Input {...(id ? { id } : {})} type="datetime-local" value={text} onChange={(e) => onChange?.(e.target.value ? new Date(`${e.target.value}:00+08:00`).toISOString() : null)} />
}
export const momentControl = (c: Control) => <MomentInput {...c} />
