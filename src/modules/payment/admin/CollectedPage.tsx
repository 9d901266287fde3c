// 收缴汇总: what was collected in a span of days, by item, building, collector or period.
import { Segmented } from 'antd'
import { lazy, Suspense } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
type Row = Out<typeof payment.collection.gives>['rows'][number]
const BY = Object.entries(words.states?.['collection_by'] ?? {}).map(([value, label]) => ({ value, label: `按${label}` }))
const FILTER_OF: Record<string, string> = { fee_item: 'fee_item_id', building: 'building_id', collector: 'taken_by' }
/** Money that nobody took at a desk: paid by phone, deducted. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

export default function CollectedPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const by = (BY.find((b) => b.value === search['by'])?.value ?? 'fee_item') as 'fee_item' | 'building' | 'collector' | 'period'
  const from_on = search['from_on'] ?? `${today().slice(0, 7)}-01`
  const to_on = search['to_on'] ?? today()
  const input = { by, from_on, to_on, ...(place_id ? { community_id: place_id } : {}) }
  const report = useRead(payment.collection, input, { keep: true })
  const d = report.data
  // Bill by bill, so that what opens adds up to the figure: a payment pays bills of several items and months.
  const at = (r?: Row, kind?: string) => {
    const key = FILTER_OF[by]
    const of = r && by === 'period' && r.key ? { period_from: r.key, period_to: r.key } : r && key ? { [key]: r.key ?? NOBODY } : {}
    return `/payment/lines?${new URLSearchParams({ from_on, to_on, ...of, ...(kind ? { kind } : {}) }).toString()}`
  }
  const cell = (fen: number, to: string) => (fen ? <Go to={to}><MoneyText fen={fen} /></Go> : '—')
  return (
    <ReadPage
      title="收缴汇总" loading={report.loading} error={report.error} retry={report.retry}
      actions={
        <>
          <Suspense fallback={null}>
            <label className="hy-from">从<span><DayInput value={from_on} onChange={(v) => setSearch({ from_on: v ? String(v) : undefined })} /></span></label>
            <label className="hy-from">到<span><DayInput value={to_on} onChange={(v) => setSearch({ to_on: v ? String(v) : undefined })} /></span></label>
          </Suspense>
          <Segmented aria-label="分组" value={by} onChange={(v) => setSearch({ by: String(v) })} options={BY} />
          {may('payment.report.export') ? <ExcelButton call={payment.collectionExcel} input={input} /> : null}
        </>
      }
    >
      {d ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="收缴" value={money(d.total.amount_fen)} unit="元" to={at(undefined, 'taken')} compare={`${count(d.total.bill_count)} 笔账单`} />
            <Figure label="冲销" value={money(d.total.reversed_fen)} unit="元" to={at(undefined, 'reversed')} />
            <Figure label="净额" value={money(d.total.net_fen)} unit="元" to={at(undefined, 'net')} compare="收缴 - 冲销" />
            <Figure label="另转入预存" value={money(d.prepaid_fen)} unit="元" to="/payment/wallets" />
          </div>
          <RowsTable
            label="收缴汇总" rows={d.rows.map((r, i) => ({ ...r, row: String(i) }))} row_key="row" empty="这段时间没有收缴"
            totals={{ bill_count: <Go to={at(undefined, 'taken')}>{count(d.total.bill_count)}</Go>, amount_fen: cell(d.total.amount_fen, at(undefined, 'taken')), reversed_fen: cell(d.total.reversed_fen, at(undefined, 'reversed')), net_fen: cell(d.total.net_fen, at(undefined, 'net')) }}
            columns={[
              { key: 'name', title: BY.find((b) => b.value === by)?.label.slice(1) ?? '', width: 180 },
              { key: 'community_name', title: '小区', width: 130 },
              { key: 'bill_count', title: '账单数', width: 90, show: (r) => <Go to={at(r, 'taken')}>{count(r.bill_count)}</Go> },
              { key: 'amount_fen', title: '收缴', width: 130, show: (r) => cell(r.amount_fen, at(r, 'taken')) },
              { key: 'reversed_fen', title: '冲销', width: 110, show: (r) => cell(r.reversed_fen, at(r, 'reversed')) },
              { key: 'net_fen', title: '净额', width: 130, show: (r) => cell(r.net_fen, at(r, 'net')) },
            ]}
          />
        </div>
      ) : null}
    </ReadPage>
  )
}
