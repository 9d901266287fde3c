// 巡查问题: what was found, until it is put right and looked at again.
import { useMemo } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { rounds } from '../contract.ts'
import { words } from '../words.ts'
import { FINDING_COLUMNS, FindingCounts, OpenFinding, carriedOf } from './finding_parts.tsx'
import './rounds.css'

const COLUMNS = FINDING_COLUMNS.map((c) => (c.key === 'subject' ? { ...c, hidden: true } : c.key === 'points' ? { ...c, hidden: false } : c))
export default function FindingsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 300_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '问题、位置' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['finding_state']) }, { kind: 'check', name: 'late', label: '只看超期' },
    { kind: 'select', name: 'department', label: '部门', options: [...new Set((kinds.data?.rows ?? []).map((k) => k.department))].map((d) => ({ value: d, label: d })), loading: kinds.loading }, { kind: 'select', name: 'way', label: '处理', more: true, options: optionsOf(words.states?.['way']) }, { kind: 'select', name: 'source', label: '来源', more: true, options: optionsOf(words.states?.['source']) }, { kind: 'select', name: 'fact', label: '统计口径', more: true, options: optionsOf(words.states?.['finding_fact']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '发现日', more: true },
  ], [kinds.data, kinds.loading])
  const list = useList(rounds.findings, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carriedOf(search) } })
  return (
    <>
      <ListPage {...list} title="巡查问题" name="rounds.findings" columns={COLUMNS} row_key="finding_id" open={(r) => setSearch({ finding_id: r.finding_id })} excel={may('rounds.task.export') ? rounds.findingsExcel : undefined} empty={{ text: '没有符合条件的问题' }} note={<FindingCounts counts={list.data?.counts} />} />
      <OpenFinding rows={list.data?.rows} />
    </>
  )
}
