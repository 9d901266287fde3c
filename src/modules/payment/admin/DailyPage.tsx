// 收费员日报: by cashier and source, each figure opens its payments; printed and exported as shown.
import { lazy, Suspense, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, type Out } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { Button, Modal } from 'antd'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { refundsAt, reversedAt, takenAt } from './taken.ts'
import './desk.css'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
type Row = Out<typeof payment.daily.gives>['rows'][number]
const METHODS = ['cash', 'card', 'transfer', 'wechat', 'alipay', 'other', 'wallet'] as const

export default function DailyPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const from_on = search['from_on'] ?? today()
  const to_on = search['to_on'] ?? today()
  const input = { from_on, to_on, ...(place_id ? { community_id: place_id } : {}) }
  const report = useRead(payment.daily, input, { keep: true })
  const exports = may('payment.report.export')
  const days = (r: Row | undefined) => ({ from_on, to_on, ...(r ? { by: r.taken_by, source: r.source } : {}) })
  const at = (r: Row | undefined, more: Record<string, string> = {}) => takenAt(days(r), more)
  const backAt = (r: Row | undefined) => reversedAt(days(r))
  const refundedAt = (r: Row | undefined) => refundsAt(days(r))
  const d = report.data
  // A net is no list of its own: it opens its two sides, and each of them its payments.
  const [net, setNet] = useState<Row>()
  const whole = (r: Row): Row | undefined => (r === d?.total ? undefined : r)
  return (
    <ReadPage
      title="收费员日报" loading={report.loading} error={report.error} retry={report.retry}
      actions={
        <>
          <Suspense fallback={null}>
            <label className="hy-from">从<span><DayInput value={from_on} onChange={(v) => setSearch({ from_on: v ? String(v) : undefined })} /></span></label>
            <label className="hy-from">到<span><DayInput value={to_on} onChange={(v) => setSearch({ to_on: v ? String(v) : undefined })} /></span></label>
          </Suspense>
          {exports ? <Button href={fileUrl(payment.dailyPdf, input)} target="_blank">打印日结单</Button> : null}
          {exports ? <ExcelButton call={payment.dailyExcel} input={input} /> : null}
        </>
      }
    >
      {d ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="收款笔数" value={count(d.total.payment_count)} unit="笔" to={at(undefined)} />
            <Figure label="实收" value={money(d.total.received_fen)} unit="元" to={at(undefined)} compare={d.total.prepaid_fen ? `其中转入预存 ${money(d.total.prepaid_fen)}` : null} />
            <Figure label="冲销" value={money(d.total.reversed_fen)} unit="元" to={backAt(undefined)} compare={`${count(d.total.reversed_count)} 笔`} />
            <Figure label="退款" value={money(d.total.refunded_fen)} unit="元" to={refundedAt(undefined)} compare={d.total.refunded_cash_fen ? `${count(d.total.refunded_count)} 笔,现金 ${money(d.total.refunded_cash_fen)}` : `${count(d.total.refunded_count)} 笔`} />
            <Figure label="净收" value={money(d.total.net_fen)} unit="元" open={() => setNet(d.total)} />
          </div>
          <RowsTable
            cards label="收费员日报" rows={d.rows.map((r) => ({ ...r, key: `${r.taken_by ?? 'online'}-${r.source}` }))} row_key="key" empty="这段时间没有收款"
            totals={{ payment_count: <Go to={at(undefined)}>{count(d.total.payment_count)}</Go>, ...Object.fromEntries(METHODS.map((m) => [`${m}_fen`, d.total[`${m}_fen`] ? <Go key={m} to={at(undefined, { method: m })}>{money(d.total[`${m}_fen`])}</Go> : '—'])), received_fen: <Go to={at(undefined)}>{money(d.total.received_fen)}</Go>, reversed_fen: d.total.reversed_fen ? <Go to={backAt(undefined)}><MoneyText fen={-d.total.reversed_fen} /></Go> : '—', refunded_fen: d.total.refunded_fen ? <Go to={refundedAt(undefined)}><MoneyText fen={-d.total.refunded_fen} /></Go> : '—', net_fen: <NetButton row={d.total} open={setNet} /> }}
            columns={[
              { key: 'taken_by_name', title: '收费员、收据起止', width: 150, show: (r) => <>{r.taken_by_name}{r.source === 'desk' ? '' : `(${words.states?.['source']?.[r.source]})`}{r.first_receipt_no ? <div className="hy-muted ds-range"><span>{r.first_receipt_no}</span>{r.last_receipt_no === r.first_receipt_no ? null : <> <span>至 {r.last_receipt_no}</span></>}</div> : null}</> },
              { key: 'payment_count', title: '笔数', width: 56, show: (r) => <Go to={at(r)}>{count(r.payment_count)}</Go> },
              ...METHODS.map((m) => ({ key: `${m}_fen`, title: words.states?.['method']?.[m] ?? m, width: 82, show: (r: Row) => (r[`${m}_fen`] ? <Go to={at(r, { method: m })}><MoneyText fen={r[`${m}_fen`]} /></Go> : '—') })),
              { key: 'received_fen', title: '实收小计', width: 100, show: (r) => <Go to={at(r)}><MoneyText fen={r.received_fen} /></Go> },
              { key: 'reversed_fen', title: '冲销', width: 84, show: (r) => (r.reversed_fen ? <Go to={backAt(r)}><MoneyText fen={-r.reversed_fen} /></Go> : '—') },
              { key: 'refunded_fen', title: '退款', width: 84, show: (r) => (r.refunded_fen ? <Go to={refundedAt(r)}><MoneyText fen={-r.refunded_fen} /></Go> : '—') },
              { key: 'net_fen', title: '净收', width: 100, show: (r) => <NetButton row={r} open={setNet} /> },
            ]}
          />
          <Modal open={net !== undefined} title={`净收:${net?.taken_by_name ?? ''}`} footer={null} onCancel={() => setNet(undefined)} width={420}>
            {net ? (
              <dl className="hy-sum">
                <dt>实收 {count(net.payment_count)} 笔</dt><dd><Go to={at(whole(net))}><MoneyText fen={net.received_fen} /></Go></dd>
                <dt>减:冲销 {count(net.reversed_count)} 笔</dt><dd><Go to={backAt(whole(net))}><MoneyText fen={-net.reversed_fen} /></Go></dd>
                <dt>减:退款 {count(net.refunded_count)} 笔</dt><dd><Go to={refundedAt(whole(net))}><MoneyText fen={-net.refunded_fen} /></Go></dd>
                <dt>净收</dt><dd><MoneyText fen={net.net_fen} strong /></dd>
              </dl>
            ) : null}
          </Modal>
        </div>
      ) : null}
    </ReadPage>
  )
}

function NetButton({ row, open }: { row: Row; open: (row: Row) => void }) {
  return <Button type="link" className="hy-cell-link" aria-label={`净收 ${row.taken_by_name} ${money(row.net_fen)}`} onClick={() => open(row)}><MoneyText fen={row.net_fen} /></Button>
}
