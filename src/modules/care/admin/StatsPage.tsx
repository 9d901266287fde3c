// 投诉统计: in time, closed, reopened, return visits, satisfaction against the goal, by eight groups; each figure opens its rows.
import { Segmented } from 'antd'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { care, type Fact, type Stat, type StatsFilter } from '../contract.ts'
import { percent } from '../shown.ts'

const BY: readonly { value: StatsFilter['by']; label: string }[] = [{ value: 'kind', label: '按类别' }, { value: 'cause', label: '按原因' }, { value: 'building', label: '按楼栋' }, { value: 'person', label: '按处理人' }, { value: 'department', label: '按部门' }, { value: 'source', label: '按来源' }, { value: 'community', label: '按小区' }, { value: 'month', label: '按月' }]
const KEY: Record<StatsFilter['by'], string | null> = { kind: 'kind_id', cause: 'cause_id', building: 'building_id', person: 'assignee_id', department: 'department_id', source: 'source', community: 'community_id', month: null }
const NATURE = [{ value: '', label: '全部' }, { value: 'complaint', label: '投诉' }, { value: 'suggestion', label: '建议' }, { value: 'praise', label: '表扬' }] as const
const lastDay = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)

export default function StatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const nature = NATURE.find((n) => n.value === search['nature'])?.value ?? ''
  const f: StatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'kind', from_on: search['from_on'] ?? addDays(today(), -89), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}), ...(nature ? { nature } : {}) }
  const stats = useRead(care.complaintStats, f, { keep: true })
  /** The rows behind a figure: the same days, place and nature, the group of the row, the fact that is counted. */
  const lines = (fact: Fact, r?: Stat): string => {
    const [from_on, to_on] = r?.key && f.by === 'month' ? [`${r.key}-01` < f.from_on ? f.from_on : `${r.key}-01`, lastDay(r.key) > f.to_on ? f.to_on : lastDay(r.key)] : [f.from_on, f.to_on]
    const key = KEY[f.by]
    return `/care/complaints${writeSearch({ from_on, to_on, fact, ...(nature ? { nature } : {}), ...(r?.key && key ? { [key]: r.key } : {}) })}`
  }
  const all = stats.data?.all
  const cell = (fact: Fact, text: string, r: Stat) => (r.key === null && f.by !== 'month' ? text : <Go to={lines(fact, r)}>{text}</Go>)
  return (
    <ReadPage title="投诉统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('care.complaint.export') ? <ExcelButton call={care.complaintStatsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="登记日" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...NATURE]} value={nature} onChange={(v) => setSearch({ nature: v || undefined })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} /></div>}>
      {all && stats.data ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="受理" value={count(all.counts.counted)} unit="件" to={lines('counted')} compare={`未办结 ${count(all.counts.open)} 件`} />
            <Figure label="受理及时率" value={percent(all.accept_bp)} to={lines('accept_late')} compare={`${count(all.counts.accept_late)} 件超时`} />
            <Figure label="答复及时率" value={percent(all.answer_bp)} to={lines('answer_late')} compare={`${count(all.counts.answer_late)} 件超时`} />
            <Figure label="办结率" value={percent(all.closed_bp)} to={lines('closed')} compare={`${count(all.counts.closed)} / ${count(all.counts.counted)}`} />
            <Figure label="重开率" value={percent(all.reopen_bp)} to={lines('reopened')} compare={`${count(all.counts.reopened)} 件`} />
            <Figure label="回访率" value={percent(all.visit_bp)} to={lines('visit_waiting')} compare={`待回访 ${count(all.counts.visit_waiting)} 件`} />
            <Figure label="满意率" value={percent(all.satisfied_bp)} to={lines('unsatisfied')} compare={`目标 ${stats.data.goal_percent}%,${count(all.counts.asked)} 件有评价`} />
            {(all.counts.outside ?? 0) > 0 ? <Figure label="转办按期" value={count(all.counts.outside_in_time)} unit={`/ ${count(all.counts.outside)} 件`} to={lines('outside')} compare={`响应 ${percent(all.outside_contact_bp)} 解决 ${percent(all.outside_solved_bp)} 满意 ${percent(all.outside_satisfied_bp)}`} /> : null}
          </div>
          <div className="hy-card">
            <RowsTable
              label="投诉统计明细" rows={stats.data.rows.map((r) => ({ ...r, id: r.key ?? '' }))} row_key="id" empty="这段时间没有投诉建议"
              columns={[
                { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 150 },
                { key: 'counted', title: '受理', width: 70, align: 'right', show: (r) => cell('counted', count(r.counts.counted), r) },
                { key: 'open', title: '未办结', width: 75, align: 'right', show: (r) => cell('open', count(r.counts.open), r) },
                { key: 'accept', title: '受理及时率', width: 100, align: 'right', show: (r) => cell('accept_due', percent(r.accept_bp), r) },
                { key: 'answer', title: '答复及时率', width: 100, align: 'right', show: (r) => cell('answer_due', percent(r.answer_bp), r) },
                { key: 'answer_late', title: '答复超时', width: 85, align: 'right', show: (r) => cell('answer_late', count(r.counts.answer_late), r) },
                { key: 'closed', title: '办结率', width: 85, align: 'right', show: (r) => cell('closed', percent(r.closed_bp), r) },
                { key: 'reopened', title: '重开', width: 65, align: 'right', show: (r) => cell('reopened', count(r.counts.reopened), r) },
                { key: 'visit', title: '回访率', width: 85, align: 'right', show: (r) => cell('visited', percent(r.visit_bp), r) },
                { key: 'satisfied', title: '满意率', width: 85, align: 'right', show: (r) => cell('asked', percent(r.satisfied_bp), r) },
                { key: 'outside', title: '转办', width: 65, align: 'right', show: (r) => cell('outside', count(r.counts.outside), r) },
              ]}
            />
          </div>
          <p className="hy-muted">及时率 = 时限内 ÷ 已做或已过时限;回访率 = 已回访或业户已评价满意 ÷ 应回访;满意率 = 满意 ÷ 有评价,重开的按最后一次。转办响应率 = 已联系诉求人 ÷ 转办。撤回、不受理和并案的不计,率一律舍去尾数。</p>
        </div>
      ) : null}
    </ReadPage>
  )
}
