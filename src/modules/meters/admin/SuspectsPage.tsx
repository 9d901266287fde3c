import { Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { CanButton } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'
import { Correct, Release } from './ReadingForms.tsx'
import { PhotoLink, say, short } from './shared.tsx'

const KIND: Filter = { kind: 'select', name: 'kind', label: '表种', options: optionsOf(words.states?.['meter_kind']) }
const SUSPECT_FILTERS: readonly Filter[] = [KIND]

export default function SuspectsPage() {
  const [search, setSearch] = useSearchState()
  const show = search['show'] === 'hints' ? 'hints' : 'suspects'
  const tabs = <Segmented aria-label="查看" options={[{ value: 'suspects', label: '存疑待放行' }, { value: 'hints', label: '用量提示' }]} value={show} onChange={(v) => setSearch({ show: v === 'hints' ? 'hints' : undefined, page: undefined, kind: undefined, hint: undefined })} />
  return show === 'hints' ? <Hints tabs={tabs} /> : <Suspects tabs={tabs} />
}

function Suspects({ tabs }: { tabs: React.ReactNode }) {
  const { place_id } = usePlace()
  const list = useList(meters.suspects, { filters: SUSPECT_FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [act, setAct] = useState<{ what: 'confirm' | 'correct'; row: ReadingRow }>()
  const columns: readonly Column<ReadingRow>[] = [
    { key: 'house_label', title: '位置', width: 150, always: true, show: (r) => <Go to={`/meters/meters/${r.meter_id}`}>{r.house_label}</Go> },
    { key: 'period', title: '账期', width: 85 },
    { key: 'kind', title: '表种', width: 75, show: (r) => say('meter_kind', r.kind) },
    { key: 'doubts', title: '存疑原因', width: 190, show: (r) => r.doubts.map((d) => say('doubt', d)).join('、') },
    { key: 'previous', title: '上次', width: 90, align: 'right', show: (r) => short(r.previous) },
    { key: 'reading', title: '本次', width: 90, align: 'right', show: (r) => short(r.reading) },
    { key: 'usage', title: '用量', width: 85, align: 'right', show: (r) => <strong>{short(r.usage)}</strong> },
    { key: 'mean_usage', title: '平常', width: 85, align: 'right', show: (r) => short(r.mean_usage) },
    { key: 'high_above', title: '存疑线', width: 85, align: 'right', show: (r) => short(r.high_above) },
    { key: 'read_by_name', title: '抄表人', width: 90 },
    { key: 'read_on', title: '抄表日', width: 105 },
    { key: 'note', title: '备注', width: 130 },
    { key: 'act', title: '操作', width: 190, fixed: 'right', show: (r) => <span className="hy-line">{r.has_photo ? <PhotoLink meter_id={r.meter_id} period={r.period} /> : null}<CanButton size="small" can={r.can.confirm} words={words} onClick={() => setAct({ what: 'confirm', row: r })}>放行</CanButton><CanButton size="small" type="link" can={r.can.correct} words={words} onClick={() => setAct({ what: 'correct', row: r })}>更正</CanButton></span> },
  ]
  return (
    <>
      <ListPage {...list} title="存疑读数" name="meters.suspects" columns={columns} row_key="reading_id" actions={tabs} empty={{ text: '没有存疑的读数' }} />
      {act?.what === 'confirm' ? <Release row={act.row} close={() => setAct(undefined)} /> : null}
      {act?.what === 'correct' ? <Correct row={act.row} close={() => setAct(undefined)} /> : null}
    </>
  )
}

function Hints({ tabs }: { tabs: React.ReactNode }) {
  const { place_id } = usePlace()
  const [search] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const filters = useMemo((): readonly Filter[] => [{ kind: 'month', name: 'period', label: '账期' }, { kind: 'select', name: 'hint', label: '提示', options: optionsOf(words.states?.['hint']) }, KIND], [])
  const list = useList(meters.hints, { filters, fixed: { period, ...(place_id ? { community_id: place_id } : {}) } })
  type Hint = NonNullable<typeof list.data>['rows'][number] & { key?: string }
  const columns: readonly Column<Hint>[] = [
    { key: 'house_label', title: '房号', width: 130, always: true, show: (r) => <Go to={`/meters/meters/${r.meter_id}`}>{r.house_label}</Go> },
    { key: 'building_name', title: '楼栋', width: 100 },
    { key: 'kind', title: '表种', width: 80, show: (r) => say('meter_kind', r.kind) },
    { key: 'meter_no', title: '表号', width: 140 },
    { key: 'hint', title: '提示', width: 140, show: (r) => say('hint', r.hint) },
    { key: 'usage', title: '本期用量', width: 100, align: 'right', show: (r) => short(r.usage) },
    { key: 'compared', title: '对比', width: 160, show: (r) => (r.compared === null ? '—' : r.hint === 'doubled' ? `去年同月 ${short(r.compared)}` : r.hint === 'leak' ? `此前平均 ${short(r.compared)}` : `上期 ${short(r.compared)}`) },
  ]
  return <ListPage {...list} title="存疑读数" name="meters.hints" columns={columns} row_key="reading_id" actions={tabs} note={<span className="hy-muted">{period} 的用量提示,只供查看,不影响出账</span>} empty={{ text: '本期没有用量提示' }} />
}
