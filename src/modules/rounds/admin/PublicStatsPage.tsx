// 秩序问题统计: how many, where, of what, how many dealt with in time; each figure opens its rows.
import { Segmented } from 'antd'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { Bars } from '../../../ui/Bars.tsx'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count, percent } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { rounds, type FindingFact, type FindingStat, type FindingStatsFilter } from '../contract.ts'

type By = FindingStatsFilter['by']
const BY: readonly { value: By; label: string }[] = [{ value: 'subject', label: '按种类' }, { value: 'place', label: '按地点' }, { value: 'building', label: '按楼栋' }, { value: 'month', label: '按月' }, { value: 'community', label: '按小区' }, { value: 'person', label: '按发现人' }, { value: 'source', label: '按来源' }]
const KEY: Record<By, string | null> = { subject: 'subject_id', place: 'place', building: 'building_id', community: 'community_id', person: 'found_by', source: 'source', month: null }
const QUARTER = 90
const lastDay = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)
export default function PublicStatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const f: FindingStatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'subject', from_on: search['from_on'] ?? addDays(today(), 1 - QUARTER), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}) }
  const stats = useRead(rounds.findingStats, f, { keep: true })
  const lines = (fact: FindingFact, r?: FindingStat): string => {
    const [from_on, to_on] = r?.key && f.by === 'month' ? [`${r.key}-01` < f.from_on ? f.from_on : `${r.key}-01`, lastDay(r.key) > f.to_on ? f.to_on : lastDay(r.key)] : [f.from_on, f.to_on]
    const key = KEY[f.by]
    return `/rounds/public${writeSearch({ from_on, to_on, ...(fact === 'counted' ? {} : { fact }), ...(r?.key && key ? { [key]: r.key } : {}) })}`
  }
  const cell = (fact: FindingFact, r: FindingStat, red = false) => (r.counts[fact] === 0 ? '0' : r.key === null ? count(r.counts[fact]) : <Go to={lines(fact, r)} className={red ? 'hy-red' : ''}>{count(r.counts[fact])}</Go>)
  const all = stats.data?.all
  const right = { align: 'right' as const }
  const rows = (stats.data?.rows ?? []).map((r) => ({ ...r, id: r.key ?? '' }))
  return (
    <ReadPage title="秩序问题统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('rounds.task.export') ? <ExcelButton call={rounds.findingStatsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="发现日" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} /></div>}>
      {all ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="发现" value={count(all.counts.counted)} unit="件" to={lines('counted')} compare={`当场处理 ${count(all.counts.fixed)} 件`} />
            <Figure label="未销项" value={count(all.counts.open)} unit="件" to={lines('open')} compare={`已销项 ${count(all.counts.closed)} 件`} />
            <Figure label="逾期未处理" value={count(all.counts.open_late)} unit="件" to={lines('open_late')} />
            <Figure label="按时处理率" value={percent(all.in_time_bp)} to={lines('in_time')} compare={`${count(all.counts.in_time)} / ${count(all.counts.due)} 件`} />
            <Figure label="转报修工单" value={count(all.counts.handed)} unit="件" to={lines('handed')} />
            <Figure label="报主管部门" value={count(all.counts.told)} unit="件" to={lines('told')} />
          </div>
          {f.by === 'month' && rows.length > 1 ? <div className="hy-card"><Bars label="秩序问题按月" x={rows.map((r) => r.name)} series={[{ name: '发现', kind: 'bar', values: rows.map((r) => r.counts.counted) }, { name: '未销项', kind: 'bar', values: rows.map((r) => r.counts.open) }]} height={220} /></div> : null}
          <div className="hy-card">
            <RowsTable
              label="秩序问题统计明细" rows={rows} row_key="id" empty="这段时间没有秩序问题"
              columns={[
                { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 190 }, { key: 'counted', title: '发现', width: 75, ...right, show: (r) => cell('counted', r) }, { key: 'fixed', title: '当场处理', width: 90, ...right, show: (r) => cell('fixed', r) }, { key: 'handed', title: '转工单', width: 80, ...right, show: (r) => cell('handed', r) }, { key: 'told', title: '报主管部门', width: 100, ...right, show: (r) => cell('told', r) },
                { key: 'closed', title: '已销项', width: 80, ...right, show: (r) => cell('closed', r) }, { key: 'open', title: '未销项', width: 80, ...right, show: (r) => cell('open', r) }, { key: 'open_late', title: '逾期未处理', width: 100, ...right, show: (r) => cell('open_late', r, true) }, { key: 'due', title: '应处理', width: 80, ...right, show: (r) => cell('due', r) }, { key: 'in_time', title: '按时处理', width: 90, ...right, show: (r) => cell('in_time', r) }, { key: 'in_time_bp', title: '按时处理率', width: 100, ...right, show: (r) => percent(r.in_time_bp) }, { key: 'back', title: '复查不合格', width: 100, ...right, show: (r) => cell('back', r, true) },
              ]}
            />
            {stats.data && stats.data.more > 0 ? <p className="hy-muted">还有 {stats.data.more} 组没有列出,请缩小范围。</p> : null}
          </div>
          <p className="hy-muted">应处理 = 已按时处理的和过了时限的(没到时限、待复查的不计);按时 = 在时限内处理好并已销项。率一律舍去尾数。</p>
        </div>
      ) : null}
    </ReadPage>
  )
}
