// 安全事件统计: how many, how many reported in time, who was hurt, what it cost, what is still to be done; each figure opens its rows.
import { Segmented } from 'antd'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { safety, type Fact, type Stat, type StatsFilter } from '../contract.ts'
import { percent } from '../shown.ts'

const BY: readonly { value: StatsFilter['by']; label: string }[] = [{ value: 'kind', label: '按种类' }, { value: 'level', label: '按等级' }, { value: 'building', label: '按楼栋' }, { value: 'community', label: '按小区' }, { value: 'month', label: '按月' }]
const KEY: Record<StatsFilter['by'], string | null> = { kind: 'kind_id', level: 'level', building: 'building_id', community: 'community_id', month: null }
const YEAR = 365
const lastDay = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)

export default function StatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const f: StatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'kind', from_on: search['from_on'] ?? addDays(today(), 1 - YEAR), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}) }
  const stats = useRead(safety.incidentStats, f, { keep: true })
  const lines = (fact: Fact, r?: Stat): string => {
    const [from_on, to_on] = r?.key && f.by === 'month' ? [`${r.key}-01` < f.from_on ? f.from_on : `${r.key}-01`, lastDay(r.key) > f.to_on ? f.to_on : lastDay(r.key)] : [f.from_on, f.to_on]
    const key = KEY[f.by]
    return `/safety/incidents${writeSearch({ from_on, to_on, fact, ...(r?.key && key ? { [key]: r.key } : {}) })}`
  }
  const all = stats.data?.all
  const cell = (fact: Fact, r: Stat, text = count(r.counts[fact])) => (r.key === null && f.by !== 'month' ? text : <Go to={lines(fact, r)}>{text}</Go>)
  return (
    <ReadPage title="安全事件统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('safety.incident.export') ? <ExcelButton call={safety.incidentStatsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="发生日" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} /></div>}>
      {all && stats.data ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="安全事件" value={count(all.counts.counted)} unit="件" to={lines('counted')} compare={`未结案 ${count(all.counts.open)} 件`} />
            <Figure label="上报及时率" value={percent(all.report_bp)} to={lines('report_late')} compare={`${count(all.counts.report_late)} 件超时`} />
            <Figure label="有伤亡" value={count(all.counts.with_hurt)} unit="件" to={lines('with_hurt')} compare={`伤亡 ${count(all.hurt)} 人`} />
            <Figure label="直接经济损失" value={money(all.loss_fen)} compare="已估的合计" />
            <Figure label="有未完措施" value={count(all.counts.measure_open)} unit="件" to={lines('measure_open')} compare={`逾期 ${count(all.counts.measure_late)} 件`} />
            <Figure label="超过结案期限" value={count(all.counts.close_late)} unit="件" to={lines('close_late')} />
          </div>
          <div className="hy-card">
            <RowsTable
              label="安全事件统计明细" rows={stats.data.rows.map((r) => ({ ...r, id: r.key ?? '' }))} row_key="id" empty="这段时间没有安全事件"
              columns={[
                { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 160 }, { key: 'counted', title: '事件', width: 70, align: 'right', show: (r) => cell('counted', r) }, { key: 'open', title: '未结案', width: 75, align: 'right', show: (r) => cell('open', r) }, { key: 'close_late', title: '超期', width: 70, align: 'right', show: (r) => cell('close_late', r) },
                { key: 'report', title: '上报及时率', width: 100, align: 'right', show: (r) => cell('report_due', r, percent(r.report_bp)) }, { key: 'report_late', title: '上报超时', width: 85, align: 'right', show: (r) => cell('report_late', r) }, { key: 'hurt', title: '伤亡人数', width: 85, align: 'right', show: (r) => cell('with_hurt', r, count(r.hurt)) }, { key: 'loss', title: '损失', width: 120, align: 'right', show: (r) => money(r.loss_fen) }, { key: 'measure_open', title: '未完措施', width: 85, align: 'right', show: (r) => cell('measure_open', r) }, { key: 'measure_late', title: '措施逾期', width: 85, align: 'right', show: (r) => cell('measure_late', r) },
              ]}
            />
          </div>
          <p className="hy-muted">上报及时率 = 时限内上报 ÷ 应上报(已上报或已过时限)。作废的误报不计,率舍去尾数。</p>
        </div>
      ) : null}
    </ReadPage>
  )
}
