// 预约详情: what, when, who, how the fee comes about, its bills, all that happened, and what may be done.
import { Checkbox } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { bookings, type BookingDetail } from '../contract.ts'
import { said, unitsText, untilText } from '../shown.ts'
import { words } from '../words.ts'
import { MoveModal } from './BookDrawer.tsx'
import { TONES } from './BookingsPage.tsx'

type Open = 'move' | 'cancel' | 'refuse' | 'no_show'
export default function BookingPage() {
  const booking_id = useParam('booking_id')
  const may = useMay()
  const [writes, checks] = [may('bookings.booking.write'), may('bookings.booking.check')]
  const q = useRead(bookings.booking, { booking_id }, { stale_ms: 0 })
  const [open, setOpen] = useState<Open>()
  const [free, setFree] = useState(false)
  const cancel = useWrite(bookings.cancelBooking, { in_form: true, done: '已取消', invalidates: 'all' })
  const decide = useWrite(bookings.decideBooking, { in_form: true, done: '已办理', invalidates: 'all' })
  const agree = useWrite(bookings.decideBooking, { done: '已通过', invalidates: 'all' })
  const absent = useWrite(bookings.noShow, { in_form: true, done: '已登记未到' })
  const check = useWrite(bookings.checkIn, { done: '已签到' })
  const close = (): void => { setOpen(undefined); setFree(false); for (const w of [cancel, decide, absent]) w.reset() }
  const b = q.data
  const late = b?.late ?? false
  return (
    <>
      <DetailPage
        title={b ? `${b.resource_name} ${instant(b.from_at)}` : '预约详情'} loading={q.loading} error={q.error} retry={q.retry} back="/bookings/list"
        tags={b ? <><StateTag value={b.state} words={words.states!['booking']} tones={TONES} />{b.refund_state ? <StateTag value={b.refund_state} words={words.states!['refund']} tones={{ asked: 'warn', by_hand: 'bad', refused: 'bad', done: 'good' }} /> : null}</> : null}
        actions={b ? <>
          {writes && b.state === 'asked' ? <><CanButton can={b.can.decide} words={words} onClick={() => setOpen('refuse')}>不通过</CanButton><CanButton can={b.can.decide} words={words} type="primary" loading={agree.running} onClick={async () => { if (await confirm({ title: `通过 ${b.no}?`, content: b.amount_fen > 0 ? `通过后出账 ${yen(b.amount_fen)}` : '通过后通知业户' })) await agree.run({ booking_id, agree: true }) }}>通过</CanButton></> : null}
          {checks && b.can.check_in !== 'bookings.wrong_state' ? <CanButton can={b.can.check_in} words={words} type="primary" loading={check.running} onClick={() => void check.run({ booking_id })}>签到</CanButton> : null}
          {writes ? <>{b.can.no_show === true ? <CanButton can={b.can.no_show} words={words} onClick={() => setOpen('no_show')}>登记未到</CanButton> : null}<CanButton can={b.can.move} words={words} onClick={() => setOpen('move')}>改期</CanButton><CanButton can={b.can.cancel} words={words} danger onClick={() => setOpen('cancel')}>取消预约</CanButton></> : null}
        </> : null}
        facts={b ? [['预约号', b.no], ['场地', <Go key="r" to={`/bookings/places/${b.resource_id}`}>{b.resource_name}</Go>], ['位置', b.place], ['号位', unitsText(b.unit_nos, b.unit_word, b.place_units) || null], ['时间', `${instant(b.from_at)} 至 ${untilText(b.to_at)}`], ['房号', <Go key="h" to={`/property/houses/${b.house_id}`}>{b.house_label}</Go>], ['联系人', `${b.contact_name} ${b.contact_phone_masked ?? ''}`], ['签到码', b.code], ['费用', b.amount_fen === 0 ? '免费' : yen(b.amount_fen)], ['未缴', b.open_fen > 0 ? <MoneyText key="o" fen={b.open_fen} owed sign /> : null], ['最迟付款', b.hold_until ? instant(b.hold_until) : null], ['免费取消', b.amount_fen > 0 ? `${instant(b.free_until)} 前${b.late_fen > 0 ? `,之后收 ${yen(b.late_fen)}` : ''}` : null], ['来源', `${said('source', b.source)} ${b.created_by} ${instant(b.created_at)}`], ['原因', b.ended_reason], ['备注', b.note]] : []}
        tabs={b ? [
          { key: 'fee', label: '费用与账单', children: () => <Fee b={b} /> },
          { key: 'steps', label: '经过', children: () => <RowsTable cards label="经过" rows={b.steps.map((s, i) => ({ ...s, key: String(i) }))} row_key="key" empty="没有记录" columns={[{ key: 'at', title: '时间', width: 150, show: (s) => instant(s.at) }, { key: 'kind', title: '事项', width: 90, show: (s) => said('step', s.kind) }, { key: 'text', title: '说明', width: 480 }, { key: 'by_name', title: '谁', width: 120 }]} /> },
        ] : []}
      />
      {b && open === 'move' ? <MoveModal b={b} close={close} /> : null}
      {b && open === 'cancel' ? <ReasonModal open danger title={`取消 ${b.no}`} submit="取消预约" suggestions={['业户来电取消', '场地检修', '活动占用']} loading={cancel.running} submitError={cancel.error} onClose={close} onConfirm={async (reason) => { if (await cancel.run({ booking_id, reason, free: free || !late })) close() }}>{late ? <p><Checkbox checked={free} onChange={(e) => setFree(e.target.checked)}>不收逾时取消费 {yen(b.late_fen)}(物业原因)</Checkbox></p> : null}<p className="hy-muted">没付的账单作废,已付的申请退款;业户会收到消息。</p></ReasonModal> : null}
      {b && open === 'refuse' ? <ReasonModal open danger title={`${b.no} 不通过`} submit="不通过" suggestions={['该时段另有安排', '用途不符合使用规定']} loading={decide.running} submitError={decide.error} onClose={close} onConfirm={async (reason) => { if (await decide.run({ booking_id, agree: false, reason })) close() }} /> : null}
      {b && open === 'no_show' ? <ReasonModal open title={`${b.no} 登记未到`} label="说明" suggestions={['到时没有人', '电话无人接']} loading={absent.running} submitError={absent.error} onClose={close} onConfirm={async (reason) => { if (await absent.run({ booking_id, reason })) close() }}><p className="hy-muted">登记后余下的时间可以再约。</p></ReasonModal> : null}
    </>
  )
}
function Fee({ b }: { b: BookingDetail }) {
  if (b.amount_fen === 0) return <p>免费,没有账单。</p>
  return (
    <div className="hy-stack">
      <div>{b.lines.map((l) => <div key={l.text}>{l.text}</div>)}<strong>合计 {yen(b.amount_fen)}</strong></div>
      <RowsTable cards label="账单" rows={b.bills} row_key="bill_id" empty={b.state === 'asked' ? '审核通过后出账' : '没有账单'} columns={[{ key: 'part', title: '部分', width: 220, show: (x) => (x.part === 'kept' ? '逾时取消不退' : '取消可退') }, { key: 'amount_fen', title: '金额', width: 110, show: (x) => <MoneyText fen={x.amount_fen} /> }, { key: 'open_fen', title: '未缴', width: 110, show: (x) => (x.voided ? '已作废' : <MoneyText fen={x.open_fen} owed />) }, { key: 'bill', title: '账单', width: 80, show: (x) => <Go to={`/billing/bills/${x.bill_id}`}>查看</Go> }, { key: 'refund', title: '退款单', width: 90, show: (x) => (x.refund_id ? <Go to={`/payment/refunds/${x.refund_id}`}>查看</Go> : '') }]} />
    </div>
  )
}
