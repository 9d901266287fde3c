// 运行记录表 of one plan: a round a row, an item a column; what was out of its limits in red.
import { Button } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { rounds, type Log, type PlanRow } from '../contract.ts'
import { TONE } from '../shown.ts'
import { words } from '../words.ts'
import { hour, taskPath } from './shared.tsx'

const WEEK = 6
/** A heading is read whole. */
const EM = 14
const WIDE = 340
const titleOf = (x: Log['columns'][number]): string => [x.point_name, `${x.text}${x.unit ? `(${x.unit})` : ''}`].filter(Boolean).join(' ')
type Row = Log['rows'][number]
export default function LogPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const plans = useRead(rounds.plans, { ...(place_id ? { community_id: place_id } : {}), page_size: 20 })
  const list = (plans.data?.rows ?? []).filter((p) => p.state !== 'draft')
  // The first with a checklist has something to show.
  const plan_id = search['plan_id'] ?? list[0]?.plan_id
  const f = { from_on: search['from_on'] ?? addDays(today(), -WEEK), to_on: search['to_on'] ?? today() }
  return (
    <ReadPage title="运行记录" loading={plans.loading} error={plans.error} retry={plans.retry}
      note={<div className="hy-line"><SearchSelect label="计划" width={260} clear={false} call={rounds.plans} input={place_id ? { community_id: place_id } : {}} chosen={(plan_ids) => ({ plan_ids })} option={(p: PlanRow) => (p.state === 'draft' ? null : { value: p.plan_id, label: `${p.name}(${p.community_name})` })} value={plan_id ?? null} onChange={(v) => setSearch({ plan_id: v as string })} /><DaysInput label="日期" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /></div>}>
      {plan_id ? <Table key={plan_id} input={{ plan_id, ...f }} /> : <EmptyBlock text="还没有启用的计划" />}
    </ReadPage>
  )
}
function Table({ input }: { input: { plan_id: string; from_on: string; to_on: string } }) {
  const log = useRead(rounds.log, input, { keep: true })
  const may = useMay()
  if (log.error) return <ErrorBlock error={log.error} retry={log.retry} />
  if (!log.data) return <LoadingBlock />
  const columns: readonly Column<Row>[] = [
    { key: 'starts_at', title: '时段', width: 110, show: (r) => <Go to={taskPath(r)}>{hour(r.starts_at)}</Go> }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> },
    ...log.data.columns.map((x) => ({ key: x.key, title: titleOf(x), width: Math.min(WIDE, 40 + titleOf(x).length * EM), show: (r: Row) => <span className={r.bad.includes(x.key) ? 'hy-red hy-strong' : ''}>{r.values[x.key] ?? '—'}</span> })),
    { key: 'by_name', title: '记录人', width: 85 }, { key: 'done_at', title: '时间', width: 110, show: (r) => hour(r.done_at) },
  ]
  return (
    <section className="hy-card hy-stack" aria-label="运行记录表">
      <div className="hy-line"><strong>{log.data.plan_name}</strong><span className="hy-muted">{log.data.rows.length} 次</span><Button href={fileUrl(rounds.logPaper, input)} target="_blank">打印</Button>{may('rounds.task.export') ? <ExcelButton call={rounds.logSheet} input={input} /> : null}</div>
      <RowsTable label="运行记录" rows={log.data.rows} row_key="task_id" columns={columns} empty="这段时间没有到时的任务" />
    </section>
  )
}
