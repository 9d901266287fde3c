import { Input } from 'antd'
import type { Control } from '../../../ui/fields.tsx'

export function PersonInput({ value, onChange, id }: Control) {
  const v = (value as { person_name?: string; person_phone?: string } | undefined) ?? {}
  return (
    <div className="hy-line">
      <Input {...(id ? { id } : {})} aria-label="姓名" placeholder="姓名" value={v.person_name ?? ''} onChange={(e) => onChange?.({ ...v, person_name: e.target.value })} />
      <Input aria-label="手机号" placeholder="手机号" value={v.person_phone ?? ''} onChange={(e) => onChange?.({ ...v, person_phone: e.target.value })} />
    </div>
  )
}
