// 场地日程: the places of a day by hours; a free hour is booked for a household, a taken one is opened.
import { Alert, Button, Space } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { DayInput } from '../../../ui/dates.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { bookings, type BoardRow, type Slot } from '../contract.ts'
import { said } from '../shown.ts'
import { BookDrawer } from './BookDrawer.tsx'
import { ClosureModal } from './ClosureModal.tsx'
import './bookings.css'

const AGAIN_MS = 30_000
/** More units than this are shown as a number, not as lines. */
const LINES_MAX = 6
const LINE_PX = 30
const HOUR_MS = 3_600_000
const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六']
const clock = (at: string): string => instant(at).slice(11)
const TONE: Record<string, string> = { asked: 'bk-wait', held: 'bk-wait', confirmed: '', used: 'bk-used', no_show: 'bk-gone' }
export interface Wish { resource_id: string; from_at?: string }

export default function BoardPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const writes = may('bookings.booking.write')
  const [search, setSearch] = useSearchState()
  const day = search['day'] ?? today()
  const board = useRead(bookings.board, { day, ...(place_id ? { community_id: place_id } : {}) }, { refresh_ms: AGAIN_MS })
  const [wish, setWish] = useState<Wish>()
  const [shut, setShut] = useState(false)
  const rows = board.data?.rows ?? []
  const at = (d: string): void => setSearch({ day: d === today() ? undefined : d })
  return (
    <ReadPage
      title="场地日程" loading={board.loading} error={board.error} retry={board.retry}
      actions={<>{rows.length > 0 ? <Button href={fileUrl(bookings.boardPdf, { day, ...(place_id ? { community_id: place_id } : {}) })} target="_blank">打印张贴</Button> : null}{writes && rows.length > 0 ? <><Button onClick={() => setShut(true)}>停用场地</Button><Button type="primary" onClick={() => setWish({ resource_id: rows[0]!.resource_id })}>代业户预约</Button></> : null}</>}
    >
      <div className="hy-card hy-stack">
        <Space wrap>
          <Button onClick={() => at(addDays(day, -1))} aria-label="前一天">前一天</Button><span style={{ width: 150, display: 'inline-block' }}><DayInput aria-label="日期" value={day} onChange={(d) => at(d ?? today())} /></span><Button onClick={() => at(addDays(day, 1))} aria-label="后一天">后一天</Button>{day === today() ? null : <Button onClick={() => at(today())}>今天</Button>}
          <strong>{day} 星期{WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]}</strong>
        </Space>
        {board.data && board.data.asked_count + board.data.held_count > 0 ? <Alert type="info" showIcon title={<Space wrap>{board.data.asked_count > 0 ? <Go to="/bookings/list?state=asked">待审核 {board.data.asked_count} 个</Go> : null}{board.data.held_count > 0 ? <Go to="/bookings/list?state=held">待付款 {board.data.held_count} 个</Go> : null}</Space>} /> : null}
        {rows.length === 0 ? <EmptyBlock text="还没有可预约的场地" next={may('bookings.resource.write') ? <Go to="/bookings/places">新增预约场地</Go> : null} /> : <Board rows={rows} many={new Set(rows.map((r) => r.community_id)).size > 1} {...(writes ? { book: setWish } : {})} />}
      </div>
      {wish ? <BookDrawer places={rows} wish={wish} day={day} close={() => setWish(undefined)} /> : null}
      {shut ? <ClosureModal places={rows} day={day} close={() => setShut(false)} /> : null}
    </ReadPage>
  )
}
/** The hours that any place is open or taken, whole. */
function hoursOf(rows: readonly BoardRow[]): [number, number] {
  const all = rows.flatMap((r) => [...r.slots, ...r.bookings])
  if (all.length === 0) return [0, 0]
  const from = Math.min(...all.map((s) => Date.parse(s.from_at)))
  const to = Math.max(...all.map((s) => Date.parse(s.to_at)))
  return [Math.floor(from / HOUR_MS) * HOUR_MS, Math.ceil(to / HOUR_MS) * HOUR_MS]
}
function Board({ rows, many, book }: { rows: readonly BoardRow[]; many: boolean; book?: (w: Wish) => void }) {
  const [from, to] = hoursOf(rows)
  const whole = Math.max(HOUR_MS, to - from)
  const hours = Array.from({ length: Math.round(whole / HOUR_MS) + 1 }, (_, i) => from + i * HOUR_MS)
  const span = (s: { from_at: string; to_at: string }) => {
    const [a, b] = [Math.max(from, Date.parse(s.from_at)), Math.min(from + whole, Date.parse(s.to_at))]
    return { left: `${((a - from) / whole) * 100}%`, width: `calc(${((b - a) / whole) * 100}% - 2px)` }
  }
  const last = hours.at(-1)!
  return (
    <div className="bk-scroll" tabIndex={0} role="region" aria-label="日程">
      <div className="bk-board">
        <span className="hy-muted">时间</span>
        <div className="bk-hours" aria-hidden="true">{from === 0 ? null : hours.filter((h) => h === last || (h - from) % (whole > 12 * HOUR_MS ? 2 * HOUR_MS : HOUR_MS) === 0).map((h) => <span key={h} style={{ left: `${((h - from) / whole) * 100}%` }}>{h === last && clock(new Date(h).toISOString()) === '00:00' ? '24:00' : clock(new Date(h).toISOString())}</span>)}</div>
        {rows.map((r) => <Lane key={r.resource_id} r={r} many={many} span={span} {...(book ? { book } : {})} />)}
      </div>
    </div>
  )
}
function Lane({ r, many, span, book }: { r: BoardRow; many: boolean; span: (s: { from_at: string; to_at: string }) => { left: string; width: string }; book?: (w: Wish) => void }) {
  const lines = r.unit_count <= LINES_MAX ? r.unit_count : 1
  const label = (s: Slot): string => (s.why === 'closed' ? '停用' : s.why === 'full' ? '约满' : s.why === 'past' && s.free_count === r.unit_count ? '' : r.unit_count > 1 ? `余 ${s.free_count}` : s.why === 'past' ? '' : '空')
  return (
    <>
      <div><Go to={`/bookings/places/${r.resource_id}`}>{r.name}</Go><div className="hy-muted">{many ? `${r.community_name} ` : ''}{r.place}{r.unit_count > 1 ? `,${r.unit_count} ${r.unit_word}` : ''}</div></div>
      <div className="bk-lane" style={{ height: Math.max(lines * LINE_PX, LINE_PX) + 4 }}>
        {r.slots.length === 0 ? <span className="hy-muted" style={{ padding: 8, display: 'inline-block' }}>当天不开放</span> : null}
        {r.slots.map((s) => <button key={s.from_at} type="button" className="bk-slot" style={span(s)} disabled={!book || s.why === 'closed' || s.why === 'full' || s.why === 'past'} aria-label={`${r.name} ${clock(s.from_at)} ${s.why ? said('why', s.why) : `余 ${s.free_count}`}`} onClick={() => book?.({ resource_id: r.resource_id, from_at: s.from_at })}>{lines === 1 || s.free_count === r.unit_count ? label(s) : ''}</button>)}
        {lines === r.unit_count
          ? r.bookings.flatMap((b) => b.unit_nos.map((n) => <Go key={`${b.booking_id} ${n}`} to={`/bookings/list/${b.booking_id}`} className={`bk-taken ${TONE[b.state] ?? ''}`} style={{ ...span(b), top: 2 + (n - 1) * LINE_PX, height: LINE_PX - 2, paddingTop: 5 }} title={`${b.no} ${said('booking', b.state)} ${b.contact_name}`}>{b.house_label}{b.state === 'confirmed' || b.state === 'no_show' ? '' : ` ${said('booking', b.state)}`}</Go>))
          : null}
        {r.closures.map((k) => <span key={k.from_at} className="bk-shut" style={span(k)} title={k.reason}>停用:{k.reason}</span>)}
      </div>
      {lines === r.unit_count || r.bookings.length === 0 ? null : <><span /><p className="hy-muted" style={{ margin: 0 }}>{r.bookings.slice(0, 20).map((b, i) => <span key={b.booking_id}>{i > 0 ? '、' : ''}<Go to={`/bookings/list/${b.booking_id}`}>{clock(b.from_at)} {b.house_label}</Go></span>)}{r.bookings.length > 20 ? <>、<Go to={`/bookings/list?resource_id=${r.resource_id}`}>全部 {r.bookings.length} 个</Go></> : null}</p></>}
    </>
  )
}
