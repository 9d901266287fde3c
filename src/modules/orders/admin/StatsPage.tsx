// 工单统计: in time, completed, rework, return visit, satisfaction, by person, category, building, community or month; each figure opens its orders.
import { Segmented } from 'antd'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count, percent } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type Fact, type OrderStat, type StatsFilter } from '../contract.ts'

const BY: readonly { value: StatsFilter['by']; label: string }[] = [{ value: 'worker', label: '按人员' }, { value: 'category', label: '按分类' }, { value: 'building', label: '按楼栋' }, { value: 'community', label: '按小区' }, { value: 'month', label: '按月' }]
const KEY: Record<StatsFilter['by'], string | null> = { worker: 'assignee_id', category: 'category_id', building: 'building_id', community: 'community_id', month: null }
const score = (tenths: number | null): string => (tenths === null ? '—' : `${Math.trunc(tenths / 10)}.${tenths % 10}`)
const lastDay = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)

export default function StatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const f: StatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'worker', from_on: search['from_on'] ?? addDays(today(), -29), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}) }
  const stats = useRead(orders.stats, f, { keep: true })
  /** The orders behind a figure: the same days and place, the group of the row, the fact that is counted. */
  const lines = (fact: Fact, r?: OrderStat): string => {
    const [from_on, to_on] = r?.key && f.by === 'month' ? [`${r.key}-01` < f.from_on ? f.from_on : `${r.key}-01`, lastDay(r.key) > f.to_on ? f.to_on : lastDay(r.key)] : [f.from_on, f.to_on]
    const key = KEY[f.by]
    return `/orders/list${writeSearch({ from_on, to_on, fact, ...(r?.key && key ? { [key]: r.key } : {}) })}`
  }
  const all = stats.data?.all
  const cell = (fact: Fact, text: string, r: OrderStat) => (r.key === null && f.by !== 'month' ? text : <Go to={lines(fact, r)}>{text}</Go>)
  return (
    <ReadPage title="工单统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('orders.order.export') ? <ExcelButton call={orders.statsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="报修日" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} /></div>}>
      {all ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="受理" value={count(all.counts.counted)} unit="单" to={lines('counted')} compare={`完工 ${count(all.counts.finished)} 单`} />
            <Figure label="到场及时率" value={percent(all.respond_bp)} to={lines('respond_late')} compare={`${count(all.counts.respond_late)} 单超时,点开查看`} />
            <Figure label="按时完工率" value={percent(all.finish_bp)} to={lines('finish_late')} compare={`${count(all.counts.finish_late)} 单超时`} />
            <Figure label="完工率" value={percent(all.finished_bp)} to={lines('finished')} compare={`${count(all.counts.finished)} / ${count(all.counts.counted)}`} />
            <Figure label="返修率" value={percent(all.rework_bp)} to={lines('reworked')} compare={`${count(all.counts.reworked)} / ${count(all.counts.ever_finished)}`} />
            <Figure label="回访率" value={percent(all.visit_bp)} to={lines('visited')} compare={`${count(all.counts.visited)} / 应访 ${count(all.counts.visit_wanted)}`} />
            <Figure label="满意率" value={percent(all.satisfied_bp)} to={lines('unsatisfied')} compare={`平均 ${score(all.rating_tenths)} 分,${count(all.counts.rated)} 人评价`} />
          </div>
          <div className="hy-card">
            <RowsTable
              label="工单统计明细" rows={(stats.data?.rows ?? []).map((r) => ({ ...r, id: r.key ?? '' }))} row_key="id" empty="这段时间没有报修"
              columns={[
                { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 170 },
                { key: 'counted', title: '受理', width: 80, align: 'right', show: (r) => cell('counted', count(r.counts.counted), r) },
                { key: 'finished', title: '完工', width: 80, align: 'right', show: (r) => cell('finished', count(r.counts.finished), r) },
                { key: 'respond', title: '到场及时率', width: 105, align: 'right', show: (r) => cell('respond_due', percent(r.respond_bp), r) },
                { key: 'respond_late', title: '到场超时', width: 90, align: 'right', show: (r) => cell('respond_late', count(r.counts.respond_late), r) },
                { key: 'finish', title: '按时完工率', width: 105, align: 'right', show: (r) => cell('finish_due', percent(r.finish_bp), r) },
                { key: 'finish_late', title: '完工超时', width: 90, align: 'right', show: (r) => cell('finish_late', count(r.counts.finish_late), r) },
                { key: 'rework', title: '返修率', width: 90, align: 'right', show: (r) => cell('reworked', percent(r.rework_bp), r) },
                { key: 'visit', title: '回访率', width: 90, align: 'right', show: (r) => cell('visited', percent(r.visit_bp), r) },
                { key: 'satisfied', title: '满意率', width: 90, align: 'right', show: (r) => cell('rated', percent(r.satisfied_bp), r) },
                { key: 'score', title: '平均分', width: 75, align: 'right', show: (r) => score(r.rating_tenths) },
              ]}
            />
          </div>
          <p className="hy-muted">到场及时率 = 时限内到场 ÷ 已到场或已过到场时限;按时完工率同理;返修率 = 重开过的 ÷ 完工过的;回访率 = 已回访 ÷ 应回访;满意率 = 4 分以上 ÷ 已评价。取消和不受理的不计。率一律舍去尾数。</p>
        </div>
      ) : null}
    </ReadPage>
  )
}
