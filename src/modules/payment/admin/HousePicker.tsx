// Finding a house by what people say: label, name, initials, last digits of the phone, plate.
import { AutoComplete, Input } from 'antd'
import { useEffect, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { analytics } from '../../analytics/contract.ts'

export function HousePicker({ choose, id, placeholder = '房号、姓名、首字母、手机末四位、车牌', large = false }: { choose: (house_id: string) => void; id: string; placeholder?: string; large?: boolean }) {
  const [text, setText] = useState('')
  const [q, setQ] = useState('')
  useEffect(() => {
    const t = setTimeout(() => setQ(text.trim()), 150)
    return () => clearTimeout(t)
  }, [text])
  const found = useRead(analytics.search, { q: q || '-', limit: 12 }, { keep: true, enabled: q !== '' })
  const rows = q ? (found.data?.rows ?? []).filter((r) => r.house_id) : []
  const take = (house_id: string | null | undefined) => {
    if (!house_id) return
    setText('')
    choose(house_id)
  }
  return (
    <AutoComplete
      id={id} aria-label="找房" value={text} onChange={(v: string) => setText(v)} defaultActiveFirstOption
      options={rows.map((r, i) => ({ value: `${i}`, label: <span className="hy-line"><strong>{r.title}</strong><span className="hy-muted">{r.detail}</span></span>, house_id: r.house_id }))}
      onSelect={(_v, o) => take((o as { house_id?: string | null }).house_id)} notFoundContent={q && !found.fetching ? '没有找到,换个写法试试' : null}
    >
      <Input size={large ? 'large' : 'middle'} placeholder={placeholder} allowClear />
    </AutoComplete>
  )
}
