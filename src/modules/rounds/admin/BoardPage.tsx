// 今日巡查: what is done, late, missed now, by kind and community; what wants somebody. Asks again every half minute.
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { Figure } from '../../../ui/bits.tsx'
import { count, instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { Button } from 'antd'
import { rounds, type Board, type Fact } from '../contract.ts'
import { TASK_COLUMNS } from './shared.tsx'

const POLL_MS = 30_000
const percent = (part: number, whole: number): string => (whole ? `${Math.floor((part * 1000) / whole) / 10}%` : '—')
type Row = Board['kinds'][number] | Board['rows'][number]

export default function BoardPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const day = search['on_day'] ?? today()
  const at = search['community_id'] ?? place_id
  const board = useRead(rounds.board, { ...(at ? { community_id: at } : {}), on_day: day }, { refresh_ms: POLL_MS, keep: true })
  const lines = (fact: Fact, more: Record<string, string> = {}): string => `/rounds/tasks${writeSearch({ from_on: day, to_on: day, fact, ...(at ? { community_id: at } : {}), ...more })}`
  const n = board.data?.counts
  const cell = (key: 'kind_id' | 'community_id') => (fact: Fact, red = false) => (r: Row) => (r.counts[fact] ? <Go to={lines(fact, { [key]: r.key })} className={red ? 'hy-red hy-strong' : ''}>{count(r.counts[fact])}</Go> : '0')
  const columns = (key: 'kind_id' | 'community_id', title: string) => {
    const c = cell(key)
    return [
      { key: 'name', title, width: 130 }, { key: 'counted', title: '全部', width: 70, align: 'right' as const, show: c('counted') }, { key: 'due', title: '应完成', width: 75, align: 'right' as const, show: c('due') }, { key: 'done', title: '已完成', width: 75, align: 'right' as const, show: c('done') }, { key: 'late', title: '迟到', width: 65, align: 'right' as const, show: c('late') },
      { key: 'open_late', title: '超时未做', width: 85, align: 'right' as const, show: c('open_late', true) }, { key: 'missed', title: '漏检', width: 65, align: 'right' as const, show: c('missed', true) }, { key: 'review', title: '待审核', width: 75, align: 'right' as const, show: c('review') }, { key: 'abnormal', title: '有异常', width: 75, align: 'right' as const, show: c('abnormal') },
      { key: 'rate', title: '完成率', width: 75, align: 'right' as const, show: (r: Row) => percent(r.counts.done, r.counts.due) },
    ]
  }
  return (
    <ReadPage title="今日巡查" loading={board.loading} error={board.error} retry={board.retry}
      actions={<span className="hy-line"><Button onClick={() => setSearch({ on_day: addDays(day, -1) })}>前一天</Button><strong className="hy-num">{day}</strong><Button disabled={day >= today()} onClick={() => setSearch({ on_day: addDays(day, 1) === today() ? undefined : addDays(day, 1) })}>后一天</Button>{board.data ? <span className="hy-muted">{instant(board.data.at).slice(11, 16)} 刷新</span> : null}</span>}>
      {n && board.data ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="应完成" value={count(n.due)} unit="项" to={lines('due')} compare={`全天 ${count(n.counted)} 项,现在可做 ${count(n.open)}`} />
            <Figure label="已完成" value={count(n.done)} unit="项" to={lines('done')} compare={`完成率 ${percent(n.done, n.due)},迟到 ${count(n.late)}`} />
            <Figure label="超时未做" value={<span className={n.open_late ? 'hy-red' : ''}>{count(n.open_late)}</span>} unit="项" to={lines('open_late')} compare="再迟即算漏检" />
            <Figure label="漏检" value={<span className={n.missed ? 'hy-red' : ''}>{count(n.missed)}</span>} unit="项" to={lines('missed')} compare={`漏检率 ${percent(n.missed, n.due)}`} />
            <Figure label="待审核" value={count(n.review)} unit="项" to={lines('review')} compare={`其中可疑 ${count(n.flagged)}`} />
            <Figure label="发现异常" value={count(n.abnormal)} unit="项" to={lines('abnormal')} compare={`有跳过 ${count(n.skipped)}`} />
          </div>
          <section className="hy-card hy-stack"><h2>现在要管的</h2><RowsTable label="现在要管的任务" rows={board.data.watch} row_key="task_id" columns={TASK_COLUMNS} empty="没有到时未做、漏检或待审核的任务" /></section>
          <section className="hy-card hy-stack"><h2>按种类</h2><RowsTable label="按种类" rows={board.data.kinds} row_key="key" columns={columns('kind_id', '种类')} empty="这一天没有任务" /></section>
          {board.data.rows.length > 1 ? <section className="hy-card hy-stack"><h2>按小区</h2><RowsTable label="按小区" rows={board.data.rows} row_key="key" columns={columns('community_id', '小区')} empty="这一天没有任务" /></section> : null}
        </div>
      ) : null}
    </ReadPage>
  )
}
