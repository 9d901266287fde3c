// 欠费: by age and group on top, the debtors below. Each figure opens its bills.
import { Segmented } from 'antd'
import { useMemo } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { useStewards } from '../../property/admin/shared.tsx'
import { billing, type Age } from '../contract.ts'
import { words } from '../words.ts'
import { billsAt } from './shown.tsx'

type Arrears = Out<typeof billing.arrears.gives>
type Debtor = Out<typeof billing.debtors.gives>['rows'][number]
const AGES: readonly [Age, keyof Arrears['totals']][] = [['not_due', 'not_due_fen'], ['d30', 'd30_fen'], ['d90', 'd90_fen'], ['d180', 'd180_fen'], ['d365', 'd365_fen'], ['over', 'over_fen']]
const BY = [{ value: 'building', label: '按楼栋' }, { value: 'fee_item', label: '按收费项目' }, { value: 'community', label: '按小区' }, { value: 'steward', label: '按管家' }]

export default function ArrearsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const by = (BY.find((b) => b.value === search['by'])?.value ?? 'building') as 'building' | 'fee_item' | 'community' | 'steward'
  const input = { by, ...(place_id ? { community_id: place_id } : {}) }
  const report = useRead(billing.arrears, input, { keep: true })
  const a = report.data
  return (
    <ReadPage
      title="欠费" loading={report.loading} error={report.error} retry={report.retry}
      actions={<><Segmented aria-label="分组" value={by} onChange={(v) => setSearch({ by: String(v), page: undefined })} options={BY} />{may('billing.stats.export') ? <ExcelButton call={billing.arrearsExcel} input={input} /> : null}</>}
    >
      {a ? (
        <div className="hy-stack">
          <div className="hy-figures hy-figures-7">
            <Figure label="未收合计" value={money(a.totals.total_fen)} unit="元" to={billsAt({ state: 'unpaid', community_id: place_id })} compare={`${count(a.totals.house_count)} 户,${count(a.totals.bill_count)} 笔`} />
            {AGES.map(([age, key]) => <Figure key={age} label={words.states?.['age']?.[age] ?? age} value={money(a.totals[key])} unit="元" to={billsAt({ state: 'unpaid', age, community_id: place_id })} />)}
          </div>
          <AgeTable a={a} by={by} all={{ state: 'unpaid', community_id: place_id }} />
          <Debtors community_id={place_id} />
        </div>
      ) : null}
    </ReadPage>
  )
}

function AgeTable({ a, by, all }: { a: Arrears; by: string; all: Record<string, string | undefined> }) {
  return (
    <RowsTable cards
      label="账龄" rows={a.rows} row_key="id" empty="没有欠费" height={420}
      totals={{ house_count: count(a.totals.house_count), bill_count: <Go to={billsAt(all)}>{count(a.totals.bill_count)}</Go>, total_fen: <Go to={billsAt(all)}>{money(a.totals.total_fen)}</Go>, ...Object.fromEntries(AGES.map(([age, k]) => [k, a.totals[k] === 0 ? '—' : <Go key={k} to={billsAt({ ...all, age })}>{money(a.totals[k])}</Go>])) }}
      columns={[
        { key: 'name', title: BY.find((b) => b.value === by)?.label.slice(1) ?? '', width: 150 },
        { key: 'house_count', title: '户数', width: 80 },
        { key: 'bill_count', title: '笔数', width: 80, show: (r) => <Go to={billsAt(r.filter)}>{count(r.bill_count)}</Go> },
        { key: 'total_fen', title: '未收合计', width: 120, show: (r) => <Go to={billsAt(r.filter)}><MoneyText fen={r.total_fen} /></Go> },
        ...AGES.map(([age, key]) => ({ key, title: words.states?.['age']?.[age] ?? age, width: 115, show: (r: Arrears['rows'][number]) => (r[key] === 0 ? '—' : <Go to={billsAt({ ...r.filter, age })}><MoneyText fen={r[key]} /></Go>) })),
      ]}
    />
  )
}

const DEBTOR_COLUMNS: readonly Column<Debtor>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'building_name', title: '楼栋', width: 100 },
  { key: 'payer_names', title: '缴费人', width: 160 },
  { key: 'steward_name', title: '管家', width: 90, show: (r) => r.steward_name ?? '—' },
  { key: 'bill_count', title: '笔数', width: 80 },
  { key: 'open_fen', title: '欠费', width: 120, show: (r) => <Go to={billsAt(r.filter)}><MoneyText fen={r.open_fen} owed /></Go> },
  { key: 'oldest_period', title: '最早账期', width: 100 },
  { key: 'overdue_days', title: '最长逾期天数', width: 110, align: 'right' },
]
function Debtors({ community_id }: { community_id: string | undefined }) {
  const stewards = useStewards(community_id)
  const filters = useMemo((): readonly Filter[] => [{ kind: 'select', name: 'steward_id', label: '管家', options: stewards.options, loading: stewards.loading }, { kind: 'check', name: 'overdue_only', label: '只看已逾期' }], [stewards.options, stewards.loading])
  const list = useList(billing.debtors, { filters, fixed: community_id ? { community_id } : {} })
  return (
    <>
      <h2 style={{ margin: '8px 0 0' }}>欠费户</h2>
      <ListPage {...list} inside title="欠费户" name="billing.debtors" columns={DEBTOR_COLUMNS} row_key="house_id" href={(r) => `/property/houses/${r.house_id}?tab=bills`} totals={(d) => ({ open_fen: money(d.open_fen) })} empty={{ text: '没有欠费户' }} />
    </>
  )
}
