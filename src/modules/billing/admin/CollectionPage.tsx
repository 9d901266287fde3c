// 收缴率: receivable against received by item, building, community or period. Each figure opens its bills.
import { Segmented } from 'antd'
import { Suspense, lazy, type ReactNode } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { billing } from '../contract.ts'
import { billsAt, housesAt, rate, thisMonth } from './shown.tsx'

const MonthInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.MonthInput })))
const BY = [{ value: 'fee_item', label: '按收费项目' }, { value: 'building', label: '按楼栋' }, { value: 'period', label: '按账期' }, { value: 'community', label: '按小区' }]

/** An amount that opens its bills; nothing opens nothing. */
const opens = (fen: number, to: string, owed = false): ReactNode => (fen ? <Go to={to}><MoneyText fen={fen} owed={owed} /></Go> : '—')

export default function CollectionPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const by = (BY.find((b) => b.value === search['by'])?.value ?? 'fee_item') as 'fee_item' | 'building' | 'period' | 'community'
  const period_to = search['period_to'] ?? thisMonth()
  const period_from = search['period_from'] ?? addMonths(period_to, -11)
  const input = { by, period_from, period_to, ...(place_id ? { community_id: place_id } : {}) }
  const report = useRead(billing.collection, input, { keep: true })
  const c = report.data
  const at = (state: string): string => billsAt({ period_from, period_to, state, community_id: place_id })
  const houses = (n: number, filter: Record<string, unknown>, cleared?: 'yes'): ReactNode => (n ? <Go to={housesAt({ ...filter, ...(cleared ? { cleared } : {}) })}>{count(n)}</Go> : '0')
  const whole = { period_from, period_to, community_id: place_id }
  return (
    <ReadPage
      title="收缴率" loading={report.loading} error={report.error} retry={report.retry}
      actions={
        <>
          <Suspense fallback={null}>
            <label className="hy-from">账期<span><MonthInput value={period_from} onChange={(v) => setSearch({ period_from: v ? String(v) : undefined })} /></span></label>
            <label className="hy-from">至<span><MonthInput value={period_to} onChange={(v) => setSearch({ period_to: v ? String(v) : undefined })} /></span></label>
          </Suspense>
          <Segmented aria-label="分组" value={by} onChange={(v) => setSearch({ by: String(v) })} options={BY} />
          {may('billing.stats.export') ? <ExcelButton call={billing.collectionExcel} input={input} /> : null}
        </>
      }
    >
      {c ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="应收" value={money(c.totals.receivable_fen)} unit="元" to={at('live')} compare={`${count(c.totals.bill_count)} 笔`} />
            <Figure label="已收" value={money(c.totals.received_fen)} unit="元" to={at('received')} compare={c.totals.reduced_fen ? `另减免 ${money(c.totals.reduced_fen)}` : null} />
            <Figure label="未收" value={money(c.totals.open_fen)} unit="元" to={at('unpaid')} />
            <Figure label="收缴率" value={rate(c.totals.rate_bp)} to={at('live')} compare={`按金额:已收 ÷(应收 - 减免${c.totals.moved_fen ? ' - 转出' : ''})`} />
            <Figure label="户数收缴率" value={rate(c.totals.house_rate_bp)} to={housesAt(whole)} compare={`按户数:缴清 ${count(c.totals.paid_house_count)} 户 ÷ ${count(c.totals.house_count)} 户`} />
          </div>
          <RowsTable
            label="收缴率" rows={c.rows} row_key="key" empty="这段账期没有账单"
            totals={{ bill_count: <Go to={at('live')}>{count(c.totals.bill_count)}</Go>, receivable_fen: <Go to={at('live')}>{money(c.totals.receivable_fen)}</Go>, received_fen: opens(c.totals.received_fen, at('received')), reduced_fen: opens(c.totals.reduced_fen, at('reduced')), moved_fen: money(c.totals.moved_fen), open_fen: opens(c.totals.open_fen, at('unpaid'), true), rate_bp: rate(c.totals.rate_bp), house_count: houses(c.totals.house_count, whole), paid_house_count: houses(c.totals.paid_house_count, whole, 'yes'), house_rate_bp: rate(c.totals.house_rate_bp) }}
            columns={[
              { key: 'name', title: BY.find((b) => b.value === by)?.label.slice(1) ?? '', width: 170 },
              { key: 'bill_count', title: '账单数', width: 90, show: (r) => <Go to={billsAt({ state: 'live', ...r.filter })}>{count(r.bill_count)}</Go> },
              { key: 'receivable_fen', title: '应收', width: 130, show: (r) => <Go to={billsAt({ state: 'live', ...r.filter })}><MoneyText fen={r.receivable_fen} /></Go> },
              { key: 'received_fen', title: '已收', width: 130, show: (r) => opens(r.received_fen, billsAt({ ...r.filter, state: 'received' })) },
              { key: 'reduced_fen', title: '减免', width: 110, show: (r) => opens(r.reduced_fen, billsAt({ ...r.filter, state: 'reduced' })) },
              ...(c.totals.moved_fen ? [{ key: 'moved_fen' as const, title: '拆并转出', width: 110 }] : []),
              { key: 'open_fen', title: '未收', width: 130, show: (r) => opens(r.open_fen, billsAt({ ...r.filter, state: 'unpaid' }), true) },
              { key: 'rate_bp', title: '收缴率', width: 100, align: 'right', show: (r) => rate(r.rate_bp) },
              { key: 'house_count', title: '户数', width: 80, show: (r) => houses(r.house_count, r.filter) },
              { key: 'paid_house_count', title: '缴清户数', width: 90, show: (r) => houses(r.paid_house_count, r.filter, 'yes') },
              { key: 'house_rate_bp', title: '户数收缴率', width: 110, align: 'right', show: (r) => rate(r.house_rate_bp) },
            ]}
          />
        </div>
      ) : null}
    </ReadPage>
  )
}
