// 改进事项 after drills and emergencies, until somebody else accepts them.
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { emergency } from '../contract.ts'
import { words } from '../words.ts'
import { useTaskColumns } from './parts.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['task']) }, { kind: 'check', name: 'late', label: '超期' }]
export default function TasksPage() {
  const { place_id } = usePlace()
  const list = useList(emergency.tasks, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const { columns, modals } = useTaskColumns(true)
  return <><ListPage {...list} title="改进事项" name="emergency.tasks" columns={columns} row_key="task_id" empty={{ text: '没有符合条件的改进事项' }} />{modals}</>
}
