// 我的预约: code for the door, what is to be paid and until when, cancelling with what it costs.
import { Button } from 'antd-mobile'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant, yen } from '../../../ui/format.ts'
import { Facts, Tag } from '../../../ui/phone/bits.tsx'
import { keepWayBack } from '../../../ui/phone/after_pay.ts'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Link, go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { bookings, type MyBooking } from '../contract.ts'
import { said, unitsText, untilText } from '../shown.ts'

const AGAIN_MS = 20_000
const KIND: Record<string, 'good' | 'bad' | 'warn' | 'busy'> = { asked: 'warn', held: 'warn', confirmed: 'good', used: 'busy', no_show: 'bad' }
export function MyPage() {
  const mine = useRead(bookings.myBookings, {}, { stale_ms: 0, refresh_ms: AGAIN_MS })
  return (
    <Page title="我的预约" back="/bookings">
      <Loaded reading={mine}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title="还没有预约"><Link to="/bookings">去预约场地</Link></StateBlock> : <>{rows.map((b) => <One key={b.booking_id} b={b} />)}</>)}</Loaded>
    </Page>
  )
}
function One({ b }: { b: MyBooking }) {
  const cancel = useWrite(bookings.cancelMine, { done: '已取消', invalidates: 'all' })
  const over = b.over && b.state === 'confirmed'
  const units = unitsText(b.unit_nos, b.unit_word, b.unit_nos.length > 0 ? 2 : 1)
  const pay = (): void => { keepWayBack({ path: '/bookings/mine', label: '返回我的预约' }); go(`/pay?house=${b.house_id}&bill=${b.bill_ids.join(',')}`) }
  return (
    <section className="ph-card ph-section" aria-label={`${b.resource_name} ${instant(b.from_at)}`}>
      <div className="ph-between"><h2>{b.resource_name}</h2><Tag {...(KIND[b.state] && !over ? { kind: KIND[b.state]! } : {})}>{over ? '已结束' : said('booking', b.state)}</Tag></div>
      <Facts rows={[['时间', `${instant(b.from_at)} 至 ${untilText(b.to_at)}`], ['位置', `${b.place}${units ? `,${units}` : ''}`], ['房号', b.house_label], b.code && !over ? ['签到码', <strong key="c" className="ph-num">{b.code}</strong>] : null, ['费用', b.amount_fen === 0 ? '免费' : <span key="f">{b.lines.map((l) => <span key={l.text} className="ph-small" style={{ display: 'block' }}>{l.text}</span>)}</span>], b.open_fen > 0 ? ['待缴', <strong key="o" className="ph-red ph-num">{yen(b.open_fen)}</strong>] : null, b.hold_until ? ['最迟付款', <span key="h" className="ph-red">{instant(b.hold_until)}</span>] : null, b.can.cancel === true && b.amount_fen > 0 ? ['免费取消', `${instant(b.free_until)} 前${b.late_fen > 0 ? `,之后收 ${yen(b.late_fen)}` : ''}`] : null, b.ended_reason ? ['原因', b.ended_reason] : null, b.refund_state ? ['退款', said('refund', b.refund_state)] : null]} />
      {b.bill_ids.length > 0 ? <Button className="ph-mid" block color="primary" onClick={pay}>去付款</Button> : null}
      {b.can.cancel === true ? <Button className="ph-mid" block loading={cancel.running} onClick={async () => { if (await confirm({ title: `取消 ${b.resource_name} ${instant(b.from_at)}?`, text: b.late ? `已过免费取消时间,将收取 ${yen(b.late_fen)}` : '没付的账单作废,已付的自动申请退款', yes: '取消预约' })) await cancel.run({ booking_id: b.booking_id }, b.booking_id) }}>取消预约</Button> : null}
    </section>
  )
}
