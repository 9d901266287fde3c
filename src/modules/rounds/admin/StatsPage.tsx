// 巡查统计 by department, person, route, kind, community or day; each figure opens its tasks.
import { Checkbox, Segmented } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count, percent } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { rounds, type Fact, type Stat, type StatsFilter } from '../contract.ts'

const BY: readonly { value: StatsFilter['by']; label: string }[] = [{ value: 'department', label: '按部门' }, { value: 'person', label: '按人员' }, { value: 'route', label: '按路线' }, { value: 'kind', label: '按种类' }, { value: 'community', label: '按小区' }, { value: 'day', label: '按天' }]
const KEY: Record<StatsFilter['by'], string> = { department: 'department', person: 'account_id', route: 'route_id', kind: 'kind_id', community: 'community_id', day: 'day' }

export default function StatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const f: StatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'department', from_on: search['from_on'] ?? addDays(today(), -29), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}) }
  const stats = useRead(rounds.stats, f, { keep: true })
  const lines = (fact: Fact, r?: Stat): string => `/rounds/tasks${writeSearch({ from_on: f.by === 'day' && r?.key ? r.key : f.from_on, to_on: f.by === 'day' && r?.key ? r.key : f.to_on, fact, ...(r?.key && f.by !== 'day' ? { [KEY[f.by]]: r.key } : {}) })}`
  const cell = (fact: Fact, r: Stat, red = false) => (r.counts[fact] === 0 ? '0' : r.key === null ? count(r.counts[fact]) : <Go to={lines(fact, r)} className={red ? 'hy-red' : ''}>{count(r.counts[fact])}</Go>)
  const all = stats.data?.all
  const right = { align: 'right' as const }
  return (
    <ReadPage title="巡查统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('rounds.task.export') ? <ExcelButton call={rounds.statsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="日期" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} /></div>}>
      {all ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="应完成" value={count(all.counts.due)} unit="项" to={lines('due')} compare={`点位 ${count(all.checked_count)} / ${count(all.point_count)}`} />
            <Figure label="完成率" value={percent(all.done_bp)} to={lines('done')} compare={`完成 ${count(all.counts.done)} 项`} />
            <Figure label="按时率" value={percent(all.in_time_bp)} to={lines('in_time')} compare={`迟到 ${count(all.counts.late)} 项`} />
            <Figure label="漏检率" value={percent(all.missed_bp)} to={lines('missed')} compare={`漏检 ${count(all.counts.missed)} 项`} />
            <Figure label="可疑" value={count(all.counts.flagged)} unit="项" to={lines('flagged')} compare={`不合格 ${count(all.counts.rejected)} 项`} />
            <Figure label="发现问题" value={count(all.finding_count)} unit="个" to={lines('abnormal')} compare={`得分率 ${percent(all.score_bp)}`} />
          </div>
          <div className="hy-card">
            <RowsTable
              label="巡查统计明细" rows={(stats.data?.rows ?? []).map((r) => ({ ...r, id: r.key ?? '' }))} row_key="id" empty="这段时间没有到期的任务"
              columns={[
                { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 150 }, { key: 'due', title: '应完成', width: 80, ...right, show: (r) => cell('due', r) }, { key: 'done', title: '完成', width: 75, ...right, show: (r) => cell('done', r) }, { key: 'done_bp', title: '完成率', width: 85, ...right, show: (r) => percent(r.done_bp) },
                { key: 'in_time', title: '按时', width: 75, ...right, show: (r) => cell('in_time', r) }, { key: 'in_time_bp', title: '按时率', width: 85, ...right, show: (r) => percent(r.in_time_bp) }, { key: 'late', title: '迟到', width: 65, ...right, show: (r) => cell('late', r) }, { key: 'missed', title: '漏检', width: 65, ...right, show: (r) => cell('missed', r, true) }, { key: 'missed_bp', title: '漏检率', width: 80, ...right, show: (r) => percent(r.missed_bp) },
                { key: 'flagged', title: '可疑', width: 65, ...right, show: (r) => cell('flagged', r, true) }, { key: 'rejected', title: '不合格', width: 70, ...right, show: (r) => cell('rejected', r, true) }, { key: 'points', title: '点位', width: 110, ...right, show: (r) => `${count(r.checked_count)} / ${count(r.point_count)}` }, { key: 'finding_count', title: '问题', width: 65, ...right, show: (r) => count(r.finding_count) }, { key: 'score_bp', title: '得分率', width: 80, ...right, show: (r) => percent(r.score_bp) },
              ]}
            />
          </div>
          <Scores from_on={f.from_on} to_on={f.to_on} community_id={place_id} />
          <p className="hy-muted">应完成 = 已有结果的和已过应完成时间的;完成率 = 完成 ÷ 应完成;按时率、漏检率同理;得分率 = 得分 ÷ 检查项满分。取消和免做的不计。率一律舍去尾数。</p>
        </div>
      ) : null}
    </ReadPage>
  )
}

/** 部门得分: by the department that each checklist scores; with the tick only what quality supervision saw. */
function Scores({ from_on, to_on, community_id }: { from_on: string; to_on: string; community_id: string | undefined }) {
  const [search, setSearch] = useSearchState()
  const quality_only = search['quality'] === '1'
  const scores = useRead(rounds.scores, { from_on, to_on, quality_only, ...(community_id ? { community_id } : {}) }, { keep: true })
  return (
    <section className="hy-card hy-stack" aria-label="部门得分">
      <div className="hy-line"><h2>部门得分</h2><Checkbox checked={quality_only} onChange={(e) => setSearch({ quality: e.target.checked ? '1' : undefined })}>只看品质督查</Checkbox></div>
      <RowsTable label="部门得分" rows={scores.data?.rows ?? []} row_key="department" empty="这段时间没有打分的检查"
        columns={[{ key: 'department', title: '部门', width: 150 }, { key: 'record_count', title: '检查', width: 80, align: 'right', show: (r) => count(r.record_count) }, { key: 'got', title: '得分 / 满分', width: 120, align: 'right', show: (r) => `${count(r.got)} / ${count(r.max)}` }, { key: 'score_bp', title: '得分率', width: 90, align: 'right', show: (r) => percent(r.score_bp) }, { key: 'finding_count', title: '问题', width: 80, align: 'right', show: (r) => (r.finding_count ? <Go to={`/rounds/findings${writeSearch({ department: r.department, from_on, to_on })}`}>{count(r.finding_count)}</Go> : '0') }, { key: 'open_count', title: '未销项', width: 80, align: 'right', show: (r) => (r.open_count ? <span className="hy-red">{count(r.open_count)}</span> : '0') }]} />
    </section>
  )
}
