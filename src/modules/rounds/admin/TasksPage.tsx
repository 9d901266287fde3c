import { Button } from 'antd'
import { useMemo } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { rounds } from '../contract.ts'
import { words } from '../words.ts'
import { TASK_COLUMNS, taskPath } from './shared.tsx'

const WEEK = 6
/** Written into the address by figures that open their tasks; said above the list, and taken away there. */
const CARRIED = [['community_id', '小区'], ['plan_id', '计划'], ['route_id', '路线'], ['account_id', '人员'], ['department', '部门'], ['work_plan_id', '工作计划'], ['crew_id', '班组']] as const
export default function TasksPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 300_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '任务', placeholder: '计划名称' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
    { kind: 'select', name: 'kind_id', label: '种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading },
    { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
    { kind: 'select', name: 'fact', label: '统计口径', more: true, options: optionsOf(words.states?.['fact']) },
  ], [kinds.data, kinds.loading])
  const carried = Object.fromEntries(CARRIED.flatMap(([k]) => (search[k] ? [[k, search[k]]] : [])))
  const narrowed = CARRIED.flatMap(([k, zh]) => (search[k] ? [zh] : []))
  // A week, unless the address says otherwise: nobody looks at all tasks of all time.
  const span = search['from_on'] && search['to_on'] ? {} : { from_on: search['from_on'] ?? addDays(today(), -WEEK), to_on: search['to_on'] ?? today() }
  const list = useList(rounds.tasks, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried, ...span } as { from_on: string; to_on: string } })
  return <ListPage {...list} title="巡查任务" name="rounds.tasks" columns={TASK_COLUMNS} row_key="task_id" href={taskPath} excel={may('rounds.task.export') ? rounds.tasksExcel : undefined} note={narrowed.length ? <div className="hy-line"><span className="hy-muted">正在查看一个{narrowed.join('、')}的任务</span><Button size="small" type="link" onClick={() => setSearch({ ...Object.fromEntries(CARRIED.map(([k]) => [k, undefined])), page: undefined })}>查看全部</Button></div> : null} empty={{ text: '没有符合条件的任务;默认看最近一周' }} />
}
