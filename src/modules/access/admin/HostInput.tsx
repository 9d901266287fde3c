// The visited house, found by its number as the guard hears it; who lives there stands beside it.
import { Select } from 'antd'
import { useState } from 'react'
import { useFinding } from '../../../ui/finding.ts'
import type { Control } from '../../../ui/fields.tsx'
import { access } from '../contract.ts'

export function HostInput({ value, onChange, id }: Control) {
  const [typed, setTyped] = useState('')
  const found = useFinding(access.hosts, (q) => ({ q }), typed, () => undefined)
  const rows = found.data?.rows ?? []
  return (
    <Select
      {...(id ? { id } : {})} showSearch filterOption={false} placeholder="输入房号,如 3-1-502" value={(value as string | undefined) ?? null} onSearch={setTyped} onChange={(v: string) => onChange?.(v)} notFoundContent={typed === '' ? '输入房号查找' : found.looking ? '正在查找' : '没有这个房号'}
      options={rows.map((h) => ({ value: h.house_id, label: `${h.label}${h.names.length ? `(${h.names.join('、')})` : ''} ${h.community_name}` }))}
    />
  )
}
