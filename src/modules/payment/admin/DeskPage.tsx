// 收费台: one house on one screen, by keyboard alone. The amount of a bill cannot be changed here; how much of it is paid can.
import { useEffect, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { Figure, MoneyText } from '../../../ui/bits.tsx'
import { instant, money } from '../../../ui/format.ts'
import { BoardPage } from '../../../ui/pages.tsx'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { HouseLateFees } from '../../billing/admin/shared.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { DeskLines } from './DeskLines.tsx'
import { DeskPay } from './DeskPay.tsx'
import { HousePicker } from './HousePicker.tsx'
import './desk.css'

/** The first unpaid line, for the arrows and the space bar; a house without any goes on at the money (F4). */
const toLines = (): void => document.querySelector<HTMLInputElement>('.ds-lines tbody input[type=checkbox]')?.focus()

export type Desk = Out<typeof payment.desk.gives>

export default function DeskPage() {
  const [search, setSearch] = useSearchState()
  const house_id = search['house_id']
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== 'F2' && e.key !== 'F3') return
      e.preventDefault()
      if (e.key === 'F2') document.querySelector<HTMLInputElement>('#desk-find')?.focus()
      else toLines()
    }
    addEventListener('keydown', key)
    if (!house_id) document.querySelector<HTMLInputElement>('#desk-find')?.focus()
    return () => removeEventListener('keydown', key)
  }, [house_id])
  return (
    <BoardPage title="收费台" loading={false} error={null} actions={<span className="ds-keys">F2 找房 · F3 勾选 · F4 收款方式 · F6 加一种 · F7 找零/预存 · F9 收款 · F8 打印</span>}>
      <div className="ds-page">
      <div className="ds-find">
        <HousePicker id="desk-find" large placeholder="F2 找房:1-2-301、张三、zs、手机末四位、车牌" choose={(id) => setSearch({ house_id: id }, { push: true })} />
        <ShiftStrip />
      </div>
      {house_id ? <OneHouse key={house_id} house_id={house_id} /> : <EmptyBlock text="输入房号、姓名、首字母、手机末四位或车牌找到住户" />}
      </div>
    </BoardPage>
  )
}

/** The cashier's own drawer, beside the money he takes. */
function ShiftStrip() {
  const mine = useRead(payment.myShift, {}, { stale_ms: 10_000 })
  const d = mine.data
  if (!d) return null
  return <Go to="/payment/shift">{d.day_closed ? <span className="hy-red">今日已日结</span> : d.shift ? <>班次 {d.shift.shift_no} 现金应有 <MoneyText fen={d.shift.expected_fen} strong /></> : '未开班,去开班'}</Go>
}

function OneHouse({ house_id }: { house_id: string }) {
  const desk = useRead(payment.desk, { house_id }, { stale_ms: 0 })
  const [ticked, setTicked] = useState<ReadonlyMap<string, number>>()
  if (desk.error) return <ErrorBlock error={desk.error} retry={desk.retry} />
  if (desk.loading || !desk.data) return <LoadingBlock rows={8} />
  return <OpenHouse d={desk.data} ticked={ticked} setTicked={setTicked} again={desk.retry} />
}

function OpenHouse({ d, ticked, setTicked, again }: { d: Desk; ticked: ReadonlyMap<string, number> | undefined; setTicked: (t: ReadonlyMap<string, number> | undefined) => void; again: () => void }) {
  const house_id = d.house.house_id
  // Who has just found the house goes on at its lines without a mouse.
  useEffect(toLines, [])
  // Everything that is owed is ticked to begin with; what has gone meanwhile drops out.
  const open = new Map(d.lines.map((l) => [l.bill_id, l.open_fen]))
  const lines = new Map([...(ticked ?? new Map(d.lines.filter((l) => !l.being_paid).map((l) => [l.bill_id, l.open_fen])))].filter(([id, fen]) => fen > 0 && fen <= (open.get(id) ?? 0)))
  return (
    <div className="ds">
      <div className="ds-main">
        <HouseCard d={d} />
        <HouseLateFees house_id={house_id} />
        <DeskLines lines={d.lines} ticked={lines} change={setTicked} />
        <Recent d={d} />
      </div>
      <DeskPay desk={d} lines={lines} again={() => { setTicked(undefined); again() }} />
    </div>
  )
}

const billsAt = (d: Desk, state: 'unpaid' | 'overdue'): string => `/billing/bills?house_id=${d.house.house_id}&community_id=${d.house.community_id}&state=${state}`

function HouseCard({ d }: { d: Desk }) {
  return (
    <section className="hy-card" aria-label="住户">
      <div className="hy-line" style={{ flexWrap: 'wrap', gap: 16 }}>
        <Go to={`/property/houses/${d.house.house_id}`}><strong style={{ fontSize: 18 }}>{d.house.community_name} {d.house.label}</strong></Go>
        <span>业主 {d.owners.map((o) => `${o.name} ${o.phone_masked ?? ''}`).join('、') || '—'}</span>
        {d.tenants.length ? <span>租户 {d.tenants.map((t) => `${t.name} ${t.phone_masked ?? ''}`).join('、')}</span> : null}
        <span>{d.house.built_area_m2.replace(/\.?0+$/, '')} ㎡</span>
        {d.vehicles.length ? <span>车辆 {d.vehicles.map((v) => v.plate).join('、')}</span> : null}
      </div>
      <div className="hy-figures" style={{ marginTop: 8 }}>
        <Figure label="未缴合计" value={money(d.open_fen)} unit="元" compare={`${d.lines.length} 笔`} to={billsAt(d, 'unpaid')} />
        <Figure label="其中已逾期" value={money(d.overdue_fen)} unit="元" to={billsAt(d, 'overdue')} />
        <Figure label="预存余额" value={money(d.bound.reduce((n, b) => n + b.balance_fen, d.wallet_fen))} unit="元" to={`/payment/wallets?q=${encodeURIComponent(d.house.label)}`} compare={d.bound.length ? d.bound.map((b) => `${b.fee_item_name}专项 ${money(b.balance_fen)}`).join('、') : null} />
      </div>
      <div className="hy-line" style={{ marginTop: 8 }}><Go to={`/payment/deposits?house_id=${d.house.house_id}`}>押金</Go><Go to={`/payment/deposits?house_id=${d.house.house_id}&take=1`}>收押金</Go></div>
      {d.related.length ? (
        <div className="hy-line" style={{ flexWrap: 'wrap', marginTop: 8 }}>
          <span className="hy-muted">同一业主的其他房产:</span>
          {d.related.map((r) => <Go key={r.house_id} to={`/payment/desk?house_id=${r.house_id}`}>{r.label} {r.open_fen ? <span className="hy-red">欠 {money(r.open_fen)}</span> : <span className="hy-muted">无欠费</span>}</Go>)}
          <Go to={`/payment/merge?house_ids=${[d.house.house_id, ...d.related.filter((r) => r.open_fen > 0).map((r) => r.house_id)].slice(0, 30).join(',')}`}>合并收款</Go>
        </div>
      ) : null}
    </section>
  )
}

function Recent({ d }: { d: Desk }) {
  if (d.recent.length === 0) return null
  const method = words.states?.['method'] ?? {}
  return (
    <section className="hy-card" aria-label="最近收款">
      <h3 style={{ margin: '0 0 6px' }}>最近收款</h3>
      {d.recent.map((r) => (
        <div key={r.payment_id} className="hy-line">
          <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go>
          <span>{instant(r.taken_at)}</span>
          <MoneyText fen={r.total_fen} />
          <span className="hy-muted">{r.methods.map((m) => method[m] ?? m).join('、')} · {r.taken_by_name}{r.reversed_at ? ' · 已冲销' : ''}</span>
        </div>
      ))}
      <Go to={`/payment/payments?house_id=${d.house.house_id}`}>全部收款</Go>
    </section>
  )
}
