// Choosing a house by typing its number in any spelling.
import { Select } from 'antd'
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'

export function HousePicker({ value, onChange, id, label }: Control & { label?: string }) {
  const { place_id } = usePlace()
  const [q, setQ] = useState('')
  const found = useRead(property.houses, { page: 1, page_size: 20, ...(q ? { q } : {}), ...(place_id ? { community_id: place_id } : {}) }, { enabled: q !== '' })
  const options = (found.data?.rows ?? []).map((h) => ({ value: h.house_id, label: `${h.community_name} ${h.label}${h.owner_names ? `(${h.owner_names})` : ''}` }))
  const now = value as string | undefined
  return (
    <Select
      {...(id ? { id } : {})} placeholder="输入房号,如 1-2-301" value={now ?? null} loading={found.fetching && q !== ''}
      showSearch={{ filterOption: false, onSearch: (v) => setQ(v.trim()) }}
      options={now && label && !options.some((o) => o.value === now) ? [{ value: now, label }, ...options] : options}
      notFoundContent={found.fetching ? '正在找…' : q ? '没有找到这个房号' : '请输入房号'} onChange={(v: string) => onChange?.(v)}
    />
  )
}

/** Several houses: found one after the other, kept as chips. */
export function HousesPicker({ value, onChange, id }: Control) {
  const { place_id } = usePlace()
  const [q, setQ] = useState('')
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map())
  const found = useRead(property.houses, { page: 1, page_size: 50, ...(q ? { q } : {}), ...(place_id ? { community_id: place_id } : {}) }, { enabled: q !== '' })
  const chosen = (value as string[] | undefined) ?? []
  const options = [...new Map([...chosen.map((h) => [h, names.get(h) ?? h] as const), ...(found.data?.rows ?? []).map((h) => [h.house_id, `${h.community_name} ${h.label}`] as const)])].map(([v, label]) => ({ value: v, label }))
  return (
    <Select
      {...(id ? { id } : {})} mode="multiple" placeholder="输入房号查找,可多选" value={chosen} loading={found.fetching && q !== ''} showSearch={{ filterOption: false, onSearch: (v) => setQ(v.trim()) }} options={options}
      onChange={(v: string[]) => { setNames(new Map(options.map((o) => [o.value, o.label]))); onChange?.(v) }}
    />
  )
}
