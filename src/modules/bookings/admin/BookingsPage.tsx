// 预约记录: every booking with its state and money; what waits for somebody stands above.
import { Button } from 'antd'
import { useMemo } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { bookings, type BookingRow } from '../contract.ts'
import { unitsText, untilText } from '../shown.ts'
import { words } from '../words.ts'

export const TONES = { asked: 'warn', held: 'warn', confirmed: 'busy', used: 'good', no_show: 'bad', cancelled: 'plain', refused: 'plain', expired: 'plain' } as const
/** 11-28 19:00–21:00 */
const spanOf = (r: BookingRow): string => `${instant(r.from_at).slice(5)}–${untilText(r.to_at)}`
const COLUMNS: readonly Column<BookingRow>[] = [
  { key: 'no', title: '预约号', width: 130, always: true }, { key: 'state', title: '状态', width: 105, show: (r) => <StateTag value={r.state} words={words.states!['booking']} tones={TONES} /> }, { key: 'resource_name', title: '场地', width: 150, show: (r) => `${r.resource_name} ${unitsText(r.unit_nos, r.unit_word, r.place_units)}` }, { key: 'from_at', title: '时间', width: 165, show: spanOf }, { key: 'house_label', title: '房号', width: 100 }, { key: 'contact_name', title: '联系人', width: 90 }, { key: 'contact_phone_masked', title: '电话', width: 115, hidden: true },
  { key: 'amount_fen', title: '费用', width: 90 }, { key: 'paid_fen', title: '已缴', width: 90 }, { key: 'open_fen', title: '未缴', width: 90, show: (r) => (r.open_fen > 0 ? <MoneyText fen={r.open_fen} owed /> : '') }, { key: 'refund_state', title: '退款', width: 150, show: (r) => (r.refund_state ? <StateTag value={r.refund_state} words={words.states!['refund']} tones={{ asked: 'warn', by_hand: 'bad', refused: 'bad', done: 'good' }} /> : '') },
  { key: 'source', title: '来源', width: 85, hidden: true, show: (r) => words.states!['source']![r.source] }, { key: 'created_by', title: '预约人', width: 90, hidden: true }, { key: 'created_at', title: '预约时间', width: 145, hidden: true }, { key: 'ended_reason', title: '原因', width: 160, hidden: true }, { key: 'community_name', title: '小区', width: 110, hidden: true },
]
export default function BookingsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const places = useRead(bookings.resources, { with_retired: true, ...(place_id ? { community_id: place_id } : {}) }, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '预约号、签到码、联系人、房号' }, { kind: 'select', name: 'resource_id', label: '场地', options: (places.data?.rows ?? []).map((p) => ({ value: p.resource_id, label: p.name })) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['booking']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '使用日' }, { kind: 'select', name: 'source', label: '来源', options: optionsOf(words.states!['source']) }, { kind: 'check', name: 'refund', label: '只看待退款' },
  ], [places.data])
  const list = useList(bookings.bookings, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="预约记录" name="bookings.bookings" columns={COLUMNS} row_key="booking_id" href={(r) => `/bookings/list/${r.booking_id}`} excel={may('bookings.booking.export') ? bookings.bookingsExcel : undefined} totals={(d) => ({ paid_fen: money(d.paid_fen), open_fen: money(d.open_fen) })} note={<Quick />} empty={{ text: '还没有预约' }} />
}
function Quick() {
  const [search, setSearch] = useSearchState()
  const none = { state: undefined, refund: undefined, page: undefined }
  const on = (s: string): boolean => search['state'] === s
  return (
    <div className="hy-line" role="group" aria-label="常看">
      <Button size="small" type={!search['state'] && !search['refund'] ? 'primary' : 'default'} onClick={() => setSearch(none)}>全部</Button>
      {(['asked', 'held', 'confirmed', 'no_show'] as const).map((s) => <Button key={s} size="small" type={on(s) ? 'primary' : 'default'} onClick={() => setSearch({ ...none, state: s })}>{words.states!['booking']![s]}</Button>)}
      <Button size="small" type={search['refund'] === '1' ? 'primary' : 'default'} onClick={() => setSearch({ ...none, refund: '1' })}>待退款</Button>
    </div>
  )
}
