import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { rounds, type TaskRow } from '../contract.ts'
import { useRead } from '../../../ui/api.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { TONE, said } from '../shown.ts'
import { words } from '../words.ts'

export const taskPath = (r: Pick<TaskRow, 'on_day' | 'task_id'>): string => `/rounds/tasks/${r.on_day}/${r.task_id}`
export const hour = (at: string | null): string => (at ? instant(at).slice(5, 16) : '—')
/** '11-26 22:00 – 24:00' */
export function spanText(from: string, to: string): string {
  const [a, b] = [instant(from), instant(to)]
  const short = Date.parse(to) - Date.parse(from) <= 86_400_000
  return `${a.slice(5, 16)} – ${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11, 16) : short && b.endsWith('00:00') ? '24:00' : b.slice(5, 16)}`
}
export const FlagTags = ({ flags }: { flags: readonly string[] }) => <span className="hy-line">{flags.map((f) => <StateTag key={f} value={f} words={words.states?.['flag']} tones={{ [f]: 'bad' }} />)}</span>
export function StateOf({ row }: { row: Pick<TaskRow, 'state' | 'late'> }) {
  const late = row.late && (row.state === 'waiting' || row.state === 'doing' || row.state === 'done')
  return <span className="hy-line"><StateTag value={row.state} words={words.states?.['state']} tones={TONE} />{late ? <StateTag value="late" words={{ late: '迟到' }} tones={{ late: 'bad' }} /> : null}</span>
}
export const TASK_COLUMNS: readonly Column<TaskRow>[] = [
  { key: 'name', title: '任务', width: 180, always: true, show: (r) => <Go to={taskPath(r)}>{r.name}</Go> },
  { key: 'state', title: '状态', width: 120, show: (r) => <StateOf row={r} /> },
  { key: 'starts_at', title: '时段', width: 165, show: (r) => <span className="hy-num">{spanText(r.starts_at, r.due_at)}</span> },
  { key: 'points', title: '点位', width: 75, show: (r) => <span className="hy-num">{r.checked_count} / {r.point_count}</span> },
  { key: 'abnormal_count', title: '异常', width: 60, show: (r) => (r.abnormal_count ? <span className="hy-red hy-strong">{r.abnormal_count}</span> : '—') },
  { key: 'flags', title: '可疑', width: 150, show: (r) => (r.flags.length ? <span className="hy-red">{r.flags.map((f) => said('flag', f)).join('、')}</span> : '—') },
  { key: 'done_by_name', title: '执行人', width: 80 },
  { key: 'ended_at', title: '完成', width: 105, show: (r) => (r.state === 'missed' ? '—' : hour(r.ended_at)) },
  { key: 'kind_name', title: '种类', width: 90 },
  { key: 'crew_name', title: '班组', width: 90 },
]
/** 保养 of a device, in its file: what was done and what comes. */
export function DeviceUpkeep({ equipment_id }: { equipment_id: string }) {
  const list = useRead(rounds.deviceTasks, { equipment_id })
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  return (
    <RowsTable
      label="保养与巡检" rows={list.data.rows} row_key="task_id" empty="还没有保养与巡检任务"
      columns={[
        { key: 'plan_name', title: '计划', width: 200, show: (r) => <Go to={taskPath(r)}>{r.plan_name}</Go> }, { key: 'state', title: '状态', width: 120, show: (r) => <StateOf row={r} /> }, { key: 'kind_name', title: '种类', width: 90 }, { key: 'starts_at', title: '时段', width: 170, show: (r) => spanText(r.starts_at, r.due_at) },
        { key: 'outcome', title: '结果', width: 80, show: (r) => (r.outcome ? said('outcome', r.outcome) : '—') }, { key: 'by_name', title: '执行人', width: 90 }, { key: 'done_at', title: '完成', width: 110, show: (r) => hour(r.done_at) },
      ]}
    />
  )
}
