// 对账单 of a house over any span: opening balance, every move in order with the balance after it, closing balance; each line opens its source.
import { Button } from 'antd'
import { Suspense, lazy } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, type Out } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { people } from '../../people/contract.ts'
import { property } from '../../property/contract.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { HousePicker } from './HousePicker.tsx'

const DaysInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DaysInput })))
type Row = Out<typeof payment.statement.gives>['rows'][number]

const sourceOf = (r: Row): string | null => (r.refund_id ? `/payment/refunds/${r.refund_id}` : r.waiver_id ? `/billing/waivers/${r.waiver_id}` : r.payment_id ? `/payment/payments/${r.payment_id}` : r.bill_id ? `/billing/bills/${r.bill_id}` : null)

export default function StatementPage() {
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const house_id = search['house_id'] ?? ''
  const to_on = search['to_on'] ?? today()
  const from_on = search['from_on'] ?? `${to_on.slice(0, 4)}-01-01`
  const input = { house_id, from_on, to_on }
  const house = useRead(property.house, { house_id }, { enabled: house_id !== '' })
  const read = useRead(payment.statement, input, { enabled: house_id !== '', keep: true })
  const s = read.data
  return (
    <ReadPage
      title={s && house.data ? `对账单 ${house.data.community_name} ${s.house_label}` : '对账单'} loading={house_id !== '' && read.loading} error={house_id ? (read.error ?? house.error) : null} retry={read.retry}
      actions={
        <>
          <span style={{ width: 320, display: 'grid' }}><HousePicker id="statement-find" choose={(id) => setSearch({ house_id: id }, { push: true })} /></span>
          <Suspense fallback={null}><DaysInput label="期间" value={[from_on, to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /></Suspense>
          {s && may('payment.payment.export') ? <ExcelButton call={payment.statementExcel} input={input} /> : null}
          {s ? <Button href={fileUrl(payment.statementPdf, input)} target="_blank">打印</Button> : null}
          {s && house.data ? <Button href={fileUrl(payment.statementPdf, { building_id: house.data.building_id, from_on, to_on })} target="_blank">整栋打印</Button> : null}
        </>
      }
    >
      {house_id === '' ? <EmptyBlock text="请先找一户:房号、姓名、首字母、手机末四位、车牌" /> : s ? (
        <div className="hy-stack">
          <OtherHouses house_id={house_id} />
          <div className="hy-figures">
            <Figure label="期初欠款" value={money(s.opening_fen)} unit="元" />
            <Figure label="本期应收" value={money(s.charge_fen_sum)} unit="元" />
            <Figure label="本期实收" value={money(s.paid_fen_sum)} unit="元" />
            <Figure label="期末欠款" value={money(s.closing_fen)} unit="元" to={`/billing/bills?house_id=${house_id}&state=unpaid`} />
            <Figure label="期末预存" value={money(s.closing_wallet_fen)} unit="元" />
          </div>
          <RowsTable
            label="对账单" row_key="key" empty="这段时间没有往来"
            rows={[{ key: 'opening', first: true as const, on_day: from_on, kind: 'opening', title: '期初', detail: '', charge_fen: 0, paid_fen: 0, balance_fen: s.opening_fen, wallet_fen: s.opening_wallet_fen, source: null as string | null }, ...s.rows.map((r, i) => ({ ...r, key: String(i), first: false as const, source: sourceOf(r) }))]}
            totals={{ charge_fen: money(s.charge_fen_sum), paid_fen: money(s.paid_fen_sum), balance_fen: money(s.closing_fen), wallet_fen: money(s.closing_wallet_fen) }}
            columns={[
              { key: 'on_day', title: '日期', width: 105 },
              { key: 'kind', title: '类别', width: 90, show: (r) => (r.first ? '期初' : (words.states!['statement']![r.kind] ?? r.kind)) },
              { key: 'title', title: '摘要', width: 150, show: (r) => (r.first ? '' : r.source ? <Go to={r.source}>{r.title}</Go> : r.title) },
              { key: 'detail', title: '说明', width: 260 },
              { key: 'charge_fen', title: '应收', width: 100, show: (r) => (r.charge_fen ? <MoneyText fen={r.charge_fen} /> : '') },
              { key: 'paid_fen', title: '实收', width: 100, show: (r) => (r.paid_fen ? <MoneyText fen={r.paid_fen} /> : '') },
              { key: 'balance_fen', title: '欠款余额', width: 110, show: (r) => <MoneyText fen={r.balance_fen} owed /> },
              { key: 'wallet_fen', title: '预存余额', width: 100 },
            ]}
          />
        </div>
      ) : null}
    </ReadPage>
  )
}

/** Other houses of the same owner: a person's whole account is the statements of his houses. */
function OtherHouses({ house_id }: { house_id: string }) {
  const may = useMay()
  const [, setSearch] = useSearchState()
  const sees = may('people.person.read')
  const file = useRead(people.houseFile, { house_id }, { enabled: sees })
  const owner = file.data?.owners[0]
  const houses = useRead(people.housesOfPerson, { person_id: owner?.person_id ?? '' }, { enabled: owner !== undefined })
  const others = (houses.data?.rows ?? []).filter((h) => h.active && h.role !== 'household' && h.house_id !== house_id)
  if (!owner || others.length === 0) return null
  return <div className="hy-line" style={{ flexWrap: 'wrap' }}><span className="hy-muted">{owner.name} 的其他房产:</span>{others.map((h) => <Button key={`${h.house_id} ${h.role}`} size="small" onClick={() => setSearch({ house_id: h.house_id }, { push: true })}>{h.label}</Button>)}</div>
}
