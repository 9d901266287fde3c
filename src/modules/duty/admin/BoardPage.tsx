// 值班总览: who is on now in each room, whether he took over, what the logs owe. Asks again each minute.
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { Figure, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { duty, type BoardRow } from '../contract.ts'

const POLL_MS = 60_000
const clock = (at: string | null): string => (at ? instant(at).slice(11, 16) : '')
const red = (n: number) => <span className={n ? 'hy-red hy-strong' : ''}>{count(n)}</span>
const sheetOf = (r: BoardRow): string => `/duty/sheets?room_id=${r.room_id}${r.starts_at ? `&on_day=${dayOf(r.starts_at)}` : ''}`
const COLUMNS: readonly Column<BoardRow>[] = [
  { key: 'name', title: '值班室', width: 125, show: (r) => <Go to={`/duty/rosters?room_id=${r.room_id}`}>{r.name}</Go> },
  { key: 'shift_name', title: '现在的班', width: 145, show: (r) => (r.shift_name ? `${r.shift_name} ${clock(r.starts_at)}–${clock(r.ends_at)}` : '不在班次时间') },
  { key: 'persons', title: '在岗', width: 175, show: (r) => <span className="hy-line">{r.persons.map((p) => <span key={p.name}>{p.name}{p.certified ? <span className="hy-muted">(证)</span> : null}</span>)}{r.short ? <StateTag value="s" words={{ s: `缺人:应 ${r.want}${r.want_certified ? `,持证 ${r.want_certified}` : ''}` }} tones={{ s: 'bad' }} /> : null}</span> },
  { key: 'taken_at', title: '接班', width: 125, show: (r) => (r.untaken ? <StateTag value="u" words={{ u: '逾期未交接' }} tones={{ u: 'bad' }} /> : r.taken_at ? `${r.taken_by} ${clock(r.taken_at)}` : r.shift_name && r.persons.length ? '待接班' : '—') },
  { key: 'logs', title: '近 24 小时运行记录', width: 285, show: (r) => (r.logs.length === 0 ? '没有设运行记录' : <span className="hy-stack">{r.logs.map((l) => <span key={l.plan_id} className="hy-line"><Go to={sheetOf(r)}>{l.name}</Go>{l.last_at ? <span className="hy-muted">最近 {clock(l.last_at)} {l.last_by}</span> : null}{l.owing ? <StateTag value="o" words={{ o: `欠记 ${l.owing}` }} tones={{ o: 'bad' }} /> : null}{l.missed ? <StateTag value="m" words={{ m: `漏记 ${l.missed}` }} tones={{ m: 'bad' }} /> : null}{l.caught_up ? <StateTag value="c" words={{ c: `补记 ${l.caught_up}` }} tones={{ c: 'warn' }} /> : null}{l.bad ? <StateTag value="b" words={{ b: `异常 ${l.bad}` }} tones={{ b: 'warn' }} /> : null}</span>)}</span>) },
  { key: 'next', title: '下一班', width: 110, show: (r) => (r.shift_name ? r.next.join('、') || <span className="hy-red">没有排人</span> : '—') },
  { key: 'holes', title: '7 天空班', width: 85, align: 'right', show: (r) => (r.holes ? <Go to={`/duty/rosters?room_id=${r.room_id}`} className="hy-red hy-strong">{count(r.holes)}</Go> : '0') },
  { key: 'community_name', title: '小区', width: 90 },
]
export default function BoardPage() {
  const { place_id } = usePlace()
  const board = useRead(duty.board, place_id ? { community_id: place_id } : {}, { refresh_ms: POLL_MS, keep: true })
  const n = board.data?.counts
  return (
    <ReadPage title="值班总览" loading={board.loading} error={board.error} retry={board.retry} actions={board.data ? <span className="hy-muted">{clock(board.data.at)} 刷新</span> : null}>
      {n && board.data ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="值班室" value={count(n.rooms)} unit="个" to="/duty/rooms" />
            <Figure label="现在缺人" value={red(n.short)} unit="个" compare="人数或持证不足" />
            <Figure label="逾期未交接" value={red(n.untaken)} unit="个" to="/duty/handovers" />
            <Figure label="欠记" value={red(n.owing)} unit="次" compare="过时未记,还可补记" />
            <Figure label="漏记" value={red(n.missed)} unit="次" compare="近 24 小时" />
            <Figure label="未来 7 天空班" value={red(n.holes)} unit="班" to="/duty/rosters" />
          </div>
          <section className="hy-card"><RowsTable label="值班室" rows={board.data.rows} row_key="room_id" columns={COLUMNS} empty="还没有值班室,请在「值班室设置」登记" /></section>
        </div>
      ) : null}
    </ReadPage>
  )
}
