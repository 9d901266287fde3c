// 预约签到: who is booked today; by code, number or room; let in with one press.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant, yen } from '../../../ui/format.ts'
import { Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { bookings, type BookingRow } from '../contract.ts'
import { said, unitsText, untilText } from '../shown.ts'
import { words } from '../words.ts'

const AGAIN_MS = 30_000
export function BookingsPage() {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const found = useRead(bookings.findBooking, q ? { q } : {}, { stale_ms: 0, refresh_ms: AGAIN_MS })
  return (
    <Page title="预约签到" back="/">
      <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); setQ(typed.trim()) }}>
        <Field label="签到码、预约号或房号" hint="留空看今天全部">{(p) => <input {...p} className="ph-input ph-num" maxLength={16} autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />}</Field>
        <Button className="ph-mid" block color="primary" type="submit">查找</Button>
      </form>
      <Loaded reading={found}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="info" title={q ? '没有找到' : '今天没有预约'} text={q ? '请核对;没有预约的请到服务中心办理' : ''} /> : <>{rows.map((b) => <One key={b.booking_id} b={b} />)}</>)}</Loaded>
    </Page>
  )
}
function One({ b }: { b: BookingRow }) {
  const check = useWrite(bookings.checkIn, { done: '已签到' })
  const can = b.can.check_in
  return (
    <section className="ph-card ph-section" aria-label={b.no}>
      <div className="ph-between"><h2>{b.resource_name}</h2><Tag kind={b.state === 'used' ? 'good' : b.state === 'held' ? 'warn' : 'busy'}>{said('booking', b.state)}</Tag></div>
      <Facts rows={[['时间', `${instant(b.from_at)} 至 ${untilText(b.to_at)}`], ['房号', `${b.house_label} ${b.contact_name}`], b.place_units > 1 ? ['号位', unitsText(b.unit_nos, b.unit_word, b.place_units)] : null, b.open_fen > 0 ? ['未缴', <span key="o" className="ph-red">{yen(b.open_fen)}</span>] : null]} />
      {b.state === 'used' ? null : <Button className="ph-mid" block color="primary" disabled={can !== true} loading={check.running} onClick={() => void check.run({ booking_id: b.booking_id })}>{can === true ? '签到' : (words.refusals[can] ?? '').replace('{no}', b.no).replace('{from}', instant(b.from_at)).replace('{to}', instant(b.to_at)).replace('{state}', said('booking', b.state))}</Button>}
    </section>
  )
}
