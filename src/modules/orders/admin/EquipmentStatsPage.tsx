// 设备故障统计: failures, availability, time between failures and to repair, by system, kind, device or community; each figure opens its orders.
import { Segmented } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count, percent } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type EquipmentStat, type EquipmentStatsFilter, type Fact } from '../contract.ts'

const BY: readonly { value: EquipmentStatsFilter['by']; label: string }[] = [{ value: 'system', label: '按系统' }, { value: 'category', label: '按类别' }, { value: 'device', label: '按设备' }, { value: 'community', label: '按小区' }]
const KEY: Record<EquipmentStatsFilter['by'], string> = { system: 'equipment_category_id', category: 'equipment_category_id', device: 'equipment_id', community: 'community_id' }
/** A year with its last day. */
const BACK = 364

export default function EquipmentStatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const within = search['equipment_category_id']
  const f: EquipmentStatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'system', from_on: search['from_on'] ?? addDays(today(), -BACK), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}), ...(within ? { equipment_category_id: within } : {}) }
  const stats = useRead(orders.equipmentStats, f, { keep: true })
  const days = { from_on: f.from_on, to_on: f.to_on }
  /** The orders behind a figure: the same days and place, the group of the row, the fact that is counted. */
  const lines = (fact: Fact, r?: EquipmentStat): string => `/orders/list${writeSearch({ ...days, fact, with_equipment: 'true', ...(within ? { equipment_category_id: within } : {}), ...(r?.key ? { [KEY[f.by]]: r.key } : {}) })}`
  /** One step further down: a system shows its kinds, a kind its devices, a device its file. */
  const down = (r: EquipmentStat) => (f.by === 'community' ? r.name : <Go to={f.by === 'device' ? `/equipment/devices/${r.key}` : `/orders/equipment-stats${writeSearch({ by: f.by === 'system' ? 'category' : 'device', ...days, equipment_category_id: r.key! })}`}>{r.name}</Go>)
  const cell = (fact: Fact, text: string, r: EquipmentStat) => (text === '0' || text === '—' ? text : <Go to={lines(fact, r)}>{text}</Go>)
  const all = stats.data?.all
  return (
    <ReadPage title="设备故障统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('orders.order.export') ? <ExcelButton call={orders.equipmentStatsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="日期" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} />{within ? <Go to={`/orders/equipment-stats${writeSearch({ by: 'system', ...days })}`}>返回全部系统</Go> : null}</div>}>
      {all ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="设备" value={count(all.device_count)} unit="台" to="/equipment/devices" />
            <Figure label="故障" value={count(all.failure_count)} unit="次" to={lines('counted')} compare={`其中停机 ${count(all.stop_count)} 次`} />
            <Figure label="完好率" value={percent(all.available_bp)} to={lines('device_stopped')} compare={`停机 ${all.down_hours} 小时`} />
            <Figure label="平均无故障时间" value={all.mtbf_hours ?? '—'} unit={all.mtbf_hours ? '小时' : undefined} to={lines('device_stopped')} compare={all.mtbf_hours ? `停机故障 ${count(all.stop_count)} 次` : '没有停机故障'} />
            <Figure label="平均修复时间" value={all.mttr_hours ?? '—'} unit={all.mttr_hours ? '小时' : undefined} to={lines('device_repaired')} compare={`停机已修复 ${count(all.repaired_count)} 次`} />
          </div>
          <div className="hy-card">
            <RowsTable
              label="设备故障统计明细" rows={(stats.data?.rows ?? []).map((r) => ({ ...r, id: r.key ?? '' }))} row_key="id" empty="还没有设备"
              columns={[
                { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 230, show: down },
                { key: 'device_count', title: '设备', width: 70, align: 'right', show: (r) => count(r.device_count) },
                { key: 'failure_count', title: '故障', width: 70, align: 'right', show: (r) => cell('counted', count(r.failure_count), r) },
                { key: 'stop_count', title: '停机故障', width: 90, align: 'right', show: (r) => cell('device_stopped', count(r.stop_count), r) },
                { key: 'repaired_count', title: '停机已修复', width: 100, align: 'right', show: (r) => cell('device_repaired', count(r.repaired_count), r) },
                { key: 'service_hours', title: '应运行(小时)', width: 120, align: 'right' },
                { key: 'down_hours', title: '停机(小时)', width: 105, align: 'right' },
                { key: 'available_bp', title: '完好率', width: 90, align: 'right', show: (r) => percent(r.available_bp) },
                { key: 'mtbf_hours', title: '平均无故障(小时)', width: 140, align: 'right', show: (r) => cell('device_stopped', r.mtbf_hours ?? '—', r) },
                { key: 'mttr_hours', title: '平均修复(小时)', width: 130, align: 'right', show: (r) => cell('device_repaired', r.mttr_hours ?? '—', r) },
              ]}
            />
          </div>
          {stats.data?.more ? <p className="hy-muted">只列故障最多的 500 台,其余请按系统、类别或小区查看;上方合计含全部设备。</p> : null}
          <p className="hy-muted">故障 = 这段时间报修到设备的工单,取消和不受理的不计;停机故障 = 其中报修时设备已停机的。应运行 = 设备在用和维修的时间,停用、报废的不计;停机 = 维修状态的时间,含此前报修、这段时间里还没修好的。完好率 = 1 − 停机 ÷ 应运行;平均无故障 =(应运行 − 停机)÷ 停机故障;平均修复 = 停机已修复的工单从报修到完工的平均。一律舍去尾数。</p>
        </div>
      ) : null}
    </ReadPage>
  )
}
