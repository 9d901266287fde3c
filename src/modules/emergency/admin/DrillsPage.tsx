// 应急演练: what is due, overdue, held and closed; a year of them at once.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { emergency, type DrillRow, type PlanRow } from '../contract.ts'
import { DRILL_TONE } from '../shown.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<DrillRow>[] = [
  { key: 'plan_name', title: '预案', width: 200, always: true }, { key: 'kind_name', title: '事件种类', width: 95 }, { key: 'state', title: '状态', width: 130, show: (d) => <span className="hy-line"><StateTag value={d.state} words={words.states?.['drill']} tones={DRILL_TONE} />{d.overdue ? <StateTag value="o" words={{ o: '逾期' }} tones={{ o: 'bad' }} /> : null}</span> }, { key: 'due_on', title: '应在此日前', width: 110 },
  { key: 'held_at', title: '演练时间', width: 140, show: (d) => (d.held_at ? instant(d.held_at) : '—') }, { key: 'place', title: '地点', width: 130 }, { key: 'leader_name', title: '总指挥', width: 90 }, { key: 'person_count', title: '签字', width: 80, align: 'right', show: (d) => (d.person_count ? `${d.signed_count}/${d.person_count}` : '—') }, { key: 'score', title: '评分', width: 65, align: 'right' }, { key: 'task_count', title: '改进', width: 80, align: 'right', show: (d) => (d.task_count ? `${d.task_count - d.open_count}/${d.task_count}` : '—') }, { key: 'community_name', title: '小区', width: 90 },
]
export default function DrillsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(emergency.kinds, {}, { stale_ms: 60_000 })
  const year = Number(today().slice(0, 4))
  const filters = useMemo((): readonly Filter[] => [{ kind: 'select', name: 'kind_id', label: '事件种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['drill']) }, { kind: 'select', name: 'year', label: '年度', number: true, options: [year + 1, year, year - 1, year - 2].map((y) => ({ value: String(y), label: `${y}` })) }, { kind: 'check', name: 'overdue', label: '逾期' }, { kind: 'days', names: ['from_on', 'to_on'], label: '应演练日', more: true }, { kind: 'select', name: 'fact', label: '统计口径', more: true, options: [{ value: 'counted', label: '计划内' }, { value: 'done', label: '已演练' }] }], [kinds.data, kinds.loading, year])
  const list = useList(emergency.drills, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<'year' | 'one'>()
  const writes = may('emergency.drill.write')
  const n = list.data?.counts
  return (
    <>
      <ListPage
        {...list} title="应急演练" name="emergency.drills" columns={COLUMNS} row_key="drill_id" href={(d) => `/emergency/drills/${d.drill_id}`} excel={may('emergency.plan.export') ? emergency.drillsExcel : undefined} empty={{ text: '没有符合条件的演练' }}
        note={n ? <div className="hy-line" role="group" aria-label="按状态">{([['planned', '待演练', n.planned], ['held', '待总结', n.held], ['closed', '已总结', n.closed]] as const).map(([s, label, count]) => <Button key={s} size="small" type={search['state'] === s ? 'primary' : 'default'} onClick={() => setSearch({ page: undefined, overdue: undefined, state: search['state'] === s ? undefined : s })}>{label} {count}</Button>)}<Button size="small" danger={n.overdue > 0} type={search['overdue'] ? 'primary' : 'default'} onClick={() => setSearch({ page: undefined, state: undefined, overdue: search['overdue'] ? undefined : '1' })}>逾期 {n.overdue}</Button></div> : null}
        actions={writes ? <><Button onClick={() => setOpen('one')}>安排演练</Button><Button type="primary" onClick={() => setOpen('year')}>排年度演练</Button></> : null}
      />
      {open === 'year' ? <YearModal year={year} close={() => setOpen(undefined)} /> : null}
      {open === 'one' ? <OneModal close={() => setOpen(undefined)} /> : null}
    </>
  )
}
function YearModal({ year, close }: { year: number; close: () => void }) {
  const { places } = useSession()
  const { place_id } = usePlace()
  const save = useWrite(emergency.planYear, { in_form: true, done: (a) => (a.made_count ? `已排 ${a.made_count} 次` : '次数已够,没有新排的') })
  return <FormModal open onClose={close} title="排年度演练" submit="排" call={emergency.planYear} loading={save.running} submitError={save.error} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'year', help: '按事件种类每年的次数,把还差的均匀排到年底' }]} initial={{ ...(place_id ?? places[0]?.id ? { community_id: (place_id ?? places[0]?.id)! } : {}), year }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function OneModal({ close }: { close: () => void }) {
  const { place_id } = usePlace()
  const save = useWrite(emergency.saveDrill, { in_form: true, done: '已安排' })
  return <FormModal open onClose={close} title="安排演练" call={emergency.saveDrill} loading={save.running} submitError={save.error} fields={[{ name: 'plan_id', control: (c) => <SearchSelect {...c} label="预案" placeholder="选择已发布的预案" call={emergency.plans} input={place_id ? { community_id: place_id } : {}} option={(p: PlanRow) => (p.live_no === null ? null : { value: p.plan_id, label: `${p.name}(${p.community_name})` })} /> }, 'due_on']} initial={{ due_on: addDays(today(), 14) }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
