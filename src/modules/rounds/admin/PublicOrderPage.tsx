// 秩序问题: stalls, posted bills, cars where none may stand, blocked ways; from rounds, phones and the desk in one list.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { PhotosInput } from '../../../ui/PhotosInput.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { PHOTOS_MAX, rounds } from '../contract.ts'
import { words } from '../words.ts'
import { FINDING_COLUMNS, FindingCounts, OpenFinding, carriedOf, useOrderKinds } from './finding_parts.tsx'

const FIRST = ['subject', 'state', 'place', 'words']
const COLUMNS = [...FIRST.map((k) => FINDING_COLUMNS.find((c) => c.key === k)!).map((c) => (c.key === 'words' ? { ...c, width: 200, title: '情况' } : c.key === 'subject' ? { ...c, width: 170, always: true } : c)), ...FINDING_COLUMNS.filter((c) => !FIRST.includes(c.key) && c.key !== 'points').map((c) => (c.key === 'told_to' ? { ...c, hidden: false } : c))]
export default function PublicOrderPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const subjects = useRead(rounds.subjects, {}, { stale_ms: 300_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '情况、地点' }, { kind: 'select', name: 'subject_id', label: '种类', options: (subjects.data?.rows ?? []).map((s) => ({ value: s.subject_id, label: s.name })), loading: subjects.loading }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['finding_state']) }, { kind: 'check', name: 'late', label: '只看超期' },
    { kind: 'select', name: 'way', label: '处理', more: true, options: optionsOf(words.states?.['way']) }, { kind: 'select', name: 'source', label: '来源', more: true, options: optionsOf(words.states?.['source']) }, { kind: 'select', name: 'fact', label: '统计口径', more: true, options: optionsOf(words.states?.['finding_fact']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '发现日', more: true },
  ], [subjects.data, subjects.loading])
  const list = useList(rounds.findings, { filters, fixed: { public: true, ...(place_id ? { community_id: place_id } : {}), ...carriedOf(search) } })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="秩序问题" name="rounds.public_order" columns={COLUMNS} row_key="finding_id" open={(r) => setSearch({ finding_id: r.finding_id })} excel={may('rounds.task.export') ? rounds.findingsExcel : undefined} note={<FindingCounts counts={list.data?.counts} />}
        empty={{ text: '没有符合条件的秩序问题' }} actions={may('rounds.finding.report') ? <Button type="primary" onClick={() => setAdding(true)}>登记秩序问题</Button> : null}
      />
      <OpenFinding rows={list.data?.rows} />
      {adding ? <ReportDrawer close={() => setAdding(false)} done={(finding_id) => setSearch({ finding_id })} /> : null}
    </>
  )
}
function ReportDrawer({ close, done }: { close: () => void; done: (finding_id: string) => void }) {
  const { place_id } = usePlace()
  const subjects = useRead(rounds.subjects, {}, { stale_ms: 300_000 })
  const places = useRead(rounds.findingPlaces, {}, { stale_ms: 300_000 })
  const kinds = useOrderKinds(true)
  const save = useWrite(rounds.reportFinding, { in_form: true, done: (a) => (a.order_no ? `已登记,工单 ${a.order_no}` : '已登记') })
  const [chosen, setChosen] = useState<{ subject_id?: string; community_id?: string }>({})
  const rows = (subjects.data?.rows ?? []).filter((s) => !s.retired && s.rule)
  const rule = rows.find((s) => s.subject_id === chosen.subject_id)?.rule
  const first = place_id ?? (places.data?.rows.length === 1 ? places.data.rows[0]!.community_id : undefined)
  const community_id = chosen.community_id ?? first
  if (!places.data || !subjects.data) return null
  const photos = (part: 'before' | 'after') => (v: unknown) => ((v as string[] | undefined) ?? []).map((file_id) => ({ file_id, part }))
  return (
    <FormDrawer
      open onClose={close} columns={2} title="登记秩序问题" submit="登记" call={rounds.reportFinding} loading={save.running} submitError={save.error} words={{ way: words.states?.['way'] }}
      note={<p className="hy-muted">{rule ? `${rule.department}负责,${rule.fix_hours} 小时内处理好${rule.authority ? `;制止不了的报告${rule.authority}${rule.basis ? `(${rule.basis})` : ''}` : ''}。` : '先制止、劝离,再登记。'}</p>}
      fields={[
        { name: 'subject_id', kind: 'select', options: rows.map((s) => ({ value: s.subject_id, label: s.name })) }, { name: 'found_at', control: momentControl },
        { name: 'community_id', kind: 'select', options: places.data.rows.map((p) => ({ value: p.community_id, label: p.name })) }, { name: 'building_id', kind: 'select', options: (places.data.rows.find((p) => p.community_id === community_id)?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name })) },
        { name: 'place', wide: true, placeholder: '如:东门外人行道' }, { name: 'words', kind: 'area', wide: true, help: '不填即为种类名称' }, 'way', { name: 'category_id', kind: 'select', options: kinds, when: (v) => v['way'] === 'order', needed: true }, { name: 'done_words', kind: 'area', wide: true, placeholder: '如:已劝离、已清除', when: (v) => v['way'] === 'fixed', needed: true },
        { name: 'photos', control: (c) => <PhotosInput {...c} max={PHOTOS_MAX} />, wide: true, send: photos('before') },
      ]}
      follows={(changed) => { setChosen((c) => ({ ...c, ...(changed as typeof chosen) })); return 'community_id' in changed ? { building_id: null } : undefined }}
      initial={{ ...(first ? { community_id: first } : {}), building_id: null, found_at: nowIso(), way: 'deadline', words: '' }} fixed={{ source: 'desk' }} onSubmit={async (i) => { const made = await save.run(i); if (made) { close(); done(made.finding_id) } }}
    />
  )
}
