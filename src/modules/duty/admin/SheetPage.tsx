// 值班运行记录 of one room and day: an hour a row, an item a column, with who stood the shifts and who handed over.
import { Button, Select } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { HOURS, duty, type HourRow, type Sheet } from '../contract.ts'
import { HOUR_TONE, said } from '../shown.ts'
import { words } from '../words.ts'

const EM = 14
const clock = (at: string | null): string => (at ? instant(at).slice(11, 16) : '')
export default function SheetPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const rooms = useRead(duty.rooms, place_id ? { community_id: place_id } : {}, { stale_ms: 30_000 })
  const list = rooms.data?.rows ?? []
  const room_id = list.some((r) => r.room_id === search['room_id']) ? search['room_id'] : (list.find((r) => r.logs.length) ?? list[0])?.room_id
  const day = search['on_day'] ?? today()
  return (
    <ReadPage title="值班运行记录" loading={rooms.loading} error={rooms.error} retry={rooms.retry}
      note={<div className="hy-line"><Select aria-label="值班室" style={{ minWidth: 220 }} value={room_id ?? null} options={list.map((r) => ({ value: r.room_id, label: `${r.name}(${r.community_name})` }))} onChange={(v: string) => setSearch({ room_id: v })} /><Button onClick={() => setSearch({ on_day: addDays(day, -1) })}>前一天</Button><strong className="hy-num">{day}</strong><Button disabled={day >= today()} onClick={() => setSearch({ on_day: addDays(day, 1) === today() ? undefined : addDays(day, 1) })}>后一天</Button></div>}>
      {room_id ? <Day room_id={room_id} on_day={day} /> : <EmptyBlock text="还没有值班室" />}
    </ReadPage>
  )
}
function Day({ room_id, on_day }: { room_id: string; on_day: string }) {
  const seen = useRead(duty.daySheet, { room_id, on_day }, { keep: true })
  const may = useMay()
  if (seen.error) return <ErrorBlock error={seen.error} retry={seen.retry} />
  if (!seen.data) return <LoadingBlock />
  const d = seen.data
  return (
    <div className="hy-stack">
      <section className="hy-card hy-stack" aria-label="值班与交接">
        <div className="hy-line">{d.shifts.map((s) => <span key={s.name}><span className="hy-muted">{s.name}</span> {s.persons || <span className="hy-red">没有排人</span>}</span>)}{may('duty.room.export') && d.sheets.length ? <ExcelButton call={duty.daySheetBook} input={{ room_id, on_day }} /> : null}</div>
        <div className="hy-line">{d.handovers.length === 0 ? <span className="hy-muted">当天没有交接班</span> : d.handovers.map((h) => <span key={h.handover_id}>{h.in_at ? instant(h.in_at).slice(5, 16) : '待接班'} {h.out_name ?? '(单独上岗)'} → {h.in_name ?? ''}</span>)}<Go to={`/duty/handovers?room_id=${room_id}`}>交接班记录</Go></div>
      </section>
      {d.sheets.length === 0 ? <EmptyBlock text="这一天没有运行记录;在「值班室设置」里设定后自动派到员工手机" /> : d.sheets.map((s) => <SheetTable key={s.plan_id} s={s} room_id={room_id} on_day={on_day} />)}
    </div>
  )
}
function SheetTable({ s, room_id, on_day }: { s: Sheet; room_id: string; on_day: string }) {
  const columns: readonly Column<HourRow>[] = [
    { key: 'starts_at', title: '时段', width: 110, show: (r) => <Go to={`/rounds/tasks/${r.on_day}/${r.task_id}`}>{clock(r.starts_at)}–{clock(r.due_at)}</Go> }, { key: 'hour', title: '记录', width: 75, show: (r) => <StateTag value={r.hour} words={words.states?.['hour']} tones={HOUR_TONE} /> },
    ...s.columns.map((x) => ({ key: x.key, title: x.title, width: Math.min(340, 40 + x.title.length * EM), show: (r: HourRow) => <span className={r.bad.includes(x.key) ? 'hy-red hy-strong' : ''}>{r.values[x.key] ?? '—'}</span> })),
    { key: 'by_name', title: '记录人', width: 85 }, { key: 'done_at', title: '记录时间', width: 110, show: (r) => (r.done_at ? instant(r.done_at).slice(5, 16) : '—') },
  ]
  return (
    <section className="hy-card hy-stack" aria-label={s.name}>
      <div className="hy-line"><strong>{s.name}</strong>{HOURS.filter((h) => s.counts[h]).map((h) => <StateTag key={h} value={h} words={{ [h]: `${said('hour', h)} ${s.counts[h]}` }} tones={HOUR_TONE} />)}<Button href={fileUrl(duty.daySheetPaper, { room_id, plan_id: s.plan_id, on_day })} target="_blank">打印</Button></div>
      <RowsTable label={s.name} rows={s.rows} row_key="task_id" columns={columns} empty="还没有到时的时段" />
    </section>
  )
}
