// Finding a house by what people say: label, name, initials, last digits of the phone, plate.
import { AutoComplete, Input } from 'antd'
import { useState } from 'react'
import { useFinding } from '../../../ui/finding.ts'
import { analytics } from '../../analytics/contract.ts'

export function HousePicker({ choose, id, placeholder = '房号、姓名、首字母、手机末四位、车牌', large = false }: { choose: (house_id: string) => void; id: string; placeholder?: string; large?: boolean }) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const take = (house_id: string | null | undefined) => {
    if (!house_id) return
    setText('')
    setOpen(false)
    choose(house_id)
  }
  const found = useFinding(analytics.search, (q) => ({ q, limit: 12 }), text, (d) => {
    // The same room may stand in two communities: only what is without doubt is taken unseen.
    const all = d.rows.filter((r) => r.house_id)
    const exact = all.filter((r) => r.title === text.trim())
    const one = exact.length > 0 ? exact : all
    if (one.length === 1) take(one[0]!.house_id)
    // That Enter closed the list: what there is to choose from must be seen.
    else setOpen(true)
  })
  const rows = (found.data?.rows ?? []).filter((r) => r.house_id)
  return (
    <AutoComplete
      id={id} aria-label="找房" value={text} onChange={(v: string) => setText(v)} open={open && text.trim() !== ''} onOpenChange={setOpen} defaultActiveFirstOption
      options={rows.map((r, i) => ({ value: `${i}`, label: <span className="hy-line"><strong>{r.title}</strong><span className="hy-muted">{r.detail}</span></span>, house_id: r.house_id }))}
      onSelect={(_v, o) => take((o as { house_id?: string | null }).house_id)} notFoundContent={found.error ? found.error.message : found.data ? '没有找到,换个写法试试' : found.looking ? '正在找…' : null}
    >
      <Input size={large ? 'large' : 'middle'} placeholder={placeholder} allowClear maxLength={40} onKeyDown={(e) => { if (e.key === 'Enter') found.enter() }} />
    </AutoComplete>
  )
}
