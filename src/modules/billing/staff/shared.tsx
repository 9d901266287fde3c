// Bills of a house on the staff's phone: what is owed and how each amount came about.
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Chips, Money, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { Loaded } from '../../../ui/phone/states.tsx'
import { groupBy, monthText } from '../../../ui/phone/text.ts'
import { billing, type BillRow } from '../contract.ts'
import type { z } from 'zod'

type Bill = z.output<typeof BillRow>
const SHOWN_MAX = 60

export function HouseBills({ house_id }: { house_id: string }) {
  const me = usePhoneMe()
  const may = mayDo(me, 'billing.bill.read')
  const [state, setState] = useState<'open' | 'all'>('open')
  const bills = useRead(billing.houseBills, { house_id, state }, { enabled: may, keep: true })
  if (!may) return null
  return (
    <section className="ph-section" aria-label="账单">
      <h2 className="ph-h2">账单</h2>
      <Loaded reading={bills} rows={2}>
        {({ rows, open_fen, open_count }) => {
          const newest = [...rows].reverse().slice(0, SHOWN_MAX)
          return (
            <>
              <div className={`ph-card ${open_fen > 0 ? 'st-owes' : ''}`}>{open_fen > 0 ? <p className="ph-between"><span>欠费 {open_count} 笔</span><Money className="ph-red st-owes-sum" fen={open_fen} /></p> : <p className="ph-green ph-strong">没有欠费</p>}</div>
              <Chips label="账单范围" choices={[{ value: 'open', label: '未缴' }, { value: 'all', label: '全部' }]} value={state} choose={(v) => setState(v === 'all' ? 'all' : 'open')} />
              {newest.length === 0 ? <p className="ph-card ph-weak">{state === 'open' ? '没有未缴账单' : '还没有账单'}</p> : groupBy(newest, (b) => b.period).map(([period, of_period]) => <Period key={period} period={period} bills={of_period} />)}
              {rows.length > SHOWN_MAX ? <p className="ph-center ph-weak ph-small">只显示最近 {SHOWN_MAX} 笔,共 {rows.length} 笔</p> : null}
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

function Period({ period, bills }: { period: string; bills: readonly Bill[] }) {
  return (
    <>
      <h3 className="ph-weak">{monthText(period)}</h3>
      <ul className="ph-list">
        {bills.map((b) => (
          <li key={b.bill_id} className="ph-row">
            <span className="ph-row-body">
              <span className="ph-between"><span className="ph-strong">{b.fee_item_name}</span><Money className="ph-strong" fen={b.amount_fen} /></span>
              <span className="ph-explain" style={{ display: 'block' }}>{b.explanation}</span>
              <span className="ph-between ph-small"><span className="ph-weak">{b.payer_name} · 应缴日 {b.due_on}</span><BillState bill={b} /></span>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function BillState({ bill }: { bill: Bill }) {
  if (bill.state === 'void') return <Tag>已作废</Tag>
  if (bill.state === 'paid') return <Tag kind="good">已缴</Tag>
  return bill.overdue_days > 0 ? <Tag kind="bad">逾期 {bill.overdue_days} 天</Tag> : <Tag kind="warn">{bill.state === 'partly' ? '部分已缴' : '待缴'}</Tag>
}
