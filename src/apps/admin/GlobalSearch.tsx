// One box for houses, people, plates, bills and receipts: `/` or Ctrl+K, type, arrow keys, Enter.
import { AutoComplete, Input, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { analytics, type Found as FoundShape } from '../../modules/analytics/contract.ts'
import type { Out } from '../../ui/api.ts'
import { useGo } from '../../ui/address.tsx'
import { useFinding } from '../../ui/finding.ts'
import { isTyping } from './typing.ts'
import { routeAt } from './menu.tsx'

type Found = Out<typeof FoundShape>
const KINDS: Record<Found['kind'], string> = { house: '房产', person: '业户', vehicle: '车辆', bill: '账单', receipt: '收据', contract: '合同' }

/** Where a finding opens; a page that is not there yet gives way to the house. */
export function pathOf(f: Found): string {
  const house = f.house_id ? `/property/houses/${f.house_id}` : undefined
  const own = { house: `/property/houses/${f.id}`, person: `/people/persons/${f.id}`, vehicle: `/people/vehicles/${f.id}`, bill: `/billing/bills/${f.id}`, receipt: `/payment/payments/${f.id}`, contract: `/contracts/list/${f.id}` }[f.kind]
  return routeAt(own) ? own : (house ?? own)
}

export function GlobalSearch() {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const box = useRef<InputRef>(null)
  const go = useGo()
  const openOne = (f: Found | undefined) => {
    if (!f) return
    setText('')
    setOpen(false)
    box.current?.blur()
    go(pathOf(f))
  }
  const found = useFinding(analytics.search, (q) => ({ q, limit: 12 }), text, ({ rows: all }) => {
    const exact = all.filter((r) => r.title === text.trim())
    const one = exact.length > 0 ? exact : all
    if (one.length === 1) openOne(one[0])
    else setOpen(true)
  })
  useEffect(() => {
    const keys = (e: KeyboardEvent) => {
      const wanted = (e.key === 'k' && (e.ctrlKey || e.metaKey)) || (e.key === '/' && !isTyping(e.target))
      if (!wanted) return
      e.preventDefault()
      box.current?.focus({ cursor: 'all' })
    }
    addEventListener('keydown', keys)
    return () => removeEventListener('keydown', keys)
  }, [])
  const rows = found.data?.rows ?? []
  const choose = (key: string) => openOne(rows.find((r) => `${r.kind}:${r.id}` === key))
  const options = rows.map((f) => ({
    value: `${f.kind}:${f.id}`,
    label: (
      <span className="ad-found">
        <span className="ad-found-kind">{KINDS[f.kind]}</span>
        <strong>{f.title}</strong>
        <span className="hy-muted">{f.detail}</span>
      </span>
    ),
  }))
  const nothing = found.looking ? '正在查找…' : (found.error?.message ?? '没有找到,可试:1-2-301、姓名、手机后四位、车牌')
  return (
    <AutoComplete
      className="ad-search" value={text} options={options} open={open && text.trim() !== ''} defaultActiveFirstOption popupMatchSelectWidth={420}
      onChange={(v: string) => { if (!/^(house|person|vehicle|bill|receipt):/.test(v)) setText(v) }} onSelect={choose} onOpenChange={setOpen} notFoundContent={<span className="hy-muted">{nothing}</span>}
    >
      <Input ref={box} aria-label="全局搜索" placeholder="搜索房号、姓名、手机、车牌、单号" suffix={<span className="hy-kbd" aria-hidden>/</span>} maxLength={40} onFocus={() => setOpen(true)} onKeyDown={(e) => { if (e.key === 'Enter') found.enter(); if (e.key === 'Escape') { setText(''); e.currentTarget.blur() } }} />
    </AutoComplete>
  )
}
