// 应急处置: what runs now first.
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { emergency, type IncidentRow } from '../contract.ts'
import { INCIDENT_TONE } from '../shown.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['incident']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '启动日' }]
const COLUMNS: readonly Column<IncidentRow>[] = [
  { key: 'plan_name', title: '预案', width: 190, always: true }, { key: 'state', title: '状态', width: 90, show: (i) => <StateTag value={i.state} words={words.states?.['incident']} tones={INCIDENT_TONE} /> }, { key: 'place', title: '地点', width: 150 }, { key: 'words', title: '情况', width: 220 }, { key: 'started_by_name', title: '启动人', width: 85 }, { key: 'started_at', title: '启动时间', width: 145 },
  { key: 'minutes', title: '历时', width: 85, align: 'right', show: (i) => (i.minutes === null ? '—' : `${i.minutes} 分`) }, { key: 'done_count', title: '步骤', width: 75, align: 'right', show: (i) => `${i.done_count}/${i.step_count}` }, { key: 'seen_count', title: '回复', width: 75, align: 'right', show: (i) => `${i.seen_count}/${i.told_count}` }, { key: 'open_count', title: '未完改进', width: 85, align: 'right' }, { key: 'community_name', title: '小区', width: 90 },
]
export default function IncidentsPage() {
  const { place_id } = usePlace()
  const list = useList(emergency.incidents, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="应急处置" name="emergency.incidents" columns={COLUMNS} row_key="incident_id" href={(i) => `/emergency/incidents/${i.incident_id}`} empty={{ text: '没有符合条件的应急处置' }} />
}
