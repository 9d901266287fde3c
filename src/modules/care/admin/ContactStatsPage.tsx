// 来电来访统计: how many, by day, topic, way, outcome, person and community; each figure opens its rows.
import { Segmented } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { count } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { care, type ContactStat, type ContactStatsFilter } from '../contract.ts'
import { percent } from '../shown.ts'

const BY: readonly { value: ContactStatsFilter['by']; label: string }[] = [{ value: 'day', label: '按日' }, { value: 'topic', label: '按事由' }, { value: 'way', label: '按方式' }, { value: 'outcome', label: '按结果' }, { value: 'person', label: '按登记人' }, { value: 'community', label: '按小区' }]
const KEY: Record<ContactStatsFilter['by'], string | null> = { day: null, topic: 'topic', way: 'way', outcome: 'outcome', person: 'created_by', community: 'community_id' }
const PARTS: readonly [key: 'phone_count' | 'counter_count' | 'answered_count' | 'order_count' | 'complaint_count' | 'callback_count' | 'lodged_count' | 'open_count', title: string, search: Record<string, string>][] = [
  ['phone_count', '来电', { way: 'phone' }], ['counter_count', '来访', { way: 'counter' }], ['answered_count', '当场答复', { outcome: 'answered' }], ['order_count', '转工单', { outcome: 'order' }], ['complaint_count', '转投诉', { outcome: 'complaint' }], ['callback_count', '待回电', { outcome: 'callback' }], ['lodged_count', '寄存借用', { outcome: 'lodged' }], ['open_count', '未了', { open: '1' }],
]
export default function ContactStatsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const f: ContactStatsFilter = { by: BY.find((b) => b.value === search['by'])?.value ?? 'day', from_on: search['from_on'] ?? addDays(today(), -29), to_on: search['to_on'] ?? today(), ...(place_id ? { community_id: place_id } : {}) }
  const stats = useRead(care.contactStats, f, { keep: true })
  const lines = (r: ContactStat | undefined, more: Record<string, string>): string => {
    const [from_on, to_on] = r?.key && f.by === 'day' ? [r.key, r.key] : [f.from_on, f.to_on]
    const key = KEY[f.by]
    return `/care/contacts${writeSearch({ from_on, to_on, ...(r?.key && key ? { [key]: r.key } : {}), ...more })}`
  }
  const all = stats.data?.all
  return (
    <ReadPage title="来电来访统计" loading={stats.loading} error={stats.error} retry={stats.retry} actions={may('care.contact.export') ? <ExcelButton call={care.contactStatsExcel} input={f} /> : null}
      note={<div className="hy-line"><DaysInput label="日期" value={[f.from_on, f.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented options={[...BY]} value={f.by} onChange={(v) => setSearch({ by: v })} /></div>}>
      {all ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="来电来访" value={count(all.all_count)} unit="件" to={lines(undefined, {})} compare={`来电 ${count(all.phone_count)},来访 ${count(all.counter_count)}`} />
            <Figure label="当场答复率" value={percent(all.answered_bp)} to={lines(undefined, { outcome: 'answered' })} compare={`${count(all.answered_count)} 件`} />
            <Figure label="转工单" value={count(all.order_count)} unit="件" to={lines(undefined, { outcome: 'order' })} />
            <Figure label="转投诉" value={count(all.complaint_count)} unit="件" to={lines(undefined, { outcome: 'complaint' })} />
            <Figure label="未了" value={count(all.open_count)} unit="件" to={lines(undefined, { open: '1' })} compare="待回电、未取回" />
          </div>
          <div className="hy-card">
            <RowsTable label="来电来访统计明细" rows={(stats.data?.rows ?? []).map((r) => ({ ...r, id: r.key ?? '' }))} row_key="id" empty="这段时间没有来电来访" columns={[
              { key: 'name', title: BY.find((b) => b.value === f.by)!.label.slice(1), width: 140 }, { key: 'all_count', title: '件数', width: 80, align: 'right', show: (r) => <Go to={lines(r, {})}>{count(r.all_count)}</Go> },
              ...PARTS.map(([key, title, more]) => ({ key, title, width: 85, align: 'right' as const, show: (r: ContactStat) => <Go to={lines(r, more)}>{count(r[key])}</Go> })), { key: 'answered_bp', title: '当场答复率', width: 100, align: 'right', show: (r) => percent(r.answered_bp) },
            ]} />
          </div>
        </div>
      ) : null}
    </ReadPage>
  )
}
