// 科目余额表: one book, one community or all, a span of months; each figure opens its lines.
import { lazy, Suspense } from 'react'
import { Tag } from 'antd'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { ExcelButton, MoneyText } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { creditOf, debitOf } from '../sides.ts'
import { useBook } from './shared.tsx'

const MonthInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.MonthInput })))
type Row = Out<typeof ledger.trialBalance.gives>['rows'][number]

export default function TrialPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const [book, choose] = useBook()
  const from = search['from'] ?? today().slice(0, 7)
  const to = search['to'] && search['to'] >= from ? search['to'] : from
  const input = { book, from_on: `${from}-01`, to_on: `${addMonths(to, 1)}-01`, ...(place_id ? { community_id: place_id } : {}) }
  const table = useRead(ledger.trialBalance, input, { keep: true })
  const d = table.data
  const lines = (r: Row, before = false) => `/ledger/entries?${new URLSearchParams({ book, account_code: r.code, ...(before ? { to_on: input.from_on } : { from_on: input.from_on, to_on: input.to_on }) }).toString()}`
  const upTo = (r: Row) => `/ledger/entries?${new URLSearchParams({ book, account_code: r.code, to_on: input.to_on }).toString()}`
  const sum = (of: (r: Row) => number) => money((d?.rows ?? []).reduce((n, r) => n + of(r), 0))
  const side = (key: string, title: string, of: (r: Row) => number, to_path?: (r: Row) => string) => ({ key, title, width: 130, show: (r: Row) => (of(r) === 0 ? '—' : to_path ? <Go to={to_path(r)}><MoneyText fen={of(r)} /></Go> : <MoneyText fen={of(r)} />) })
  return (
    <ReadPage
      title="科目余额表" loading={table.loading} error={table.error} retry={table.retry}
      actions={
        <>
          {d ? <Tag color={d.closed ? 'blue' : 'default'}>{d.closed ? '已结账' : '未结账'}</Tag> : null}
          <Suspense fallback={null}>
            <label className="hy-from">从<span><MonthInput value={from} onChange={(v) => setSearch({ from: v ? String(v) : undefined })} /></span></label>
            <label className="hy-from">到<span><MonthInput value={to} onChange={(v) => setSearch({ to: v ? String(v) : undefined })} /></span></label>
          </Suspense>
          {may('ledger.posting.export') ? <ExcelButton call={ledger.trialBalanceExcel} input={input} /> : null}
        </>
      }
      note={<div className="hy-line">{choose}</div>}
    >
      {d ? (
        <RowsTable
          label="科目余额表" rows={d.rows} row_key="code" empty="这段时间这本账簿没有发生额"
          totals={{ opening_debit_fen: sum((r) => debitOf(r.opening_fen)), opening_credit_fen: sum((r) => creditOf(r.opening_fen)), debit_fen: sum((r) => r.debit_fen), credit_fen: sum((r) => r.credit_fen), closing_debit_fen: sum((r) => debitOf(r.closing_fen)), closing_credit_fen: sum((r) => creditOf(r.closing_fen)) }}
          columns={[
            { key: 'code', title: '科目代码', width: 110, show: (r) => <Go to={`/ledger/accounts/${r.code}?book=${book}&year=${to.slice(0, 4)}`}>{r.code}</Go> },
            { key: 'name', title: '科目名称', width: 180 },
            { key: 'normal', title: '方向', width: 70, show: (r) => words.states?.['normal']?.[r.normal] },
            side('opening_debit_fen', '期初借方', (r) => debitOf(r.opening_fen), (r) => lines(r, true)),
            side('opening_credit_fen', '期初贷方', (r) => creditOf(r.opening_fen), (r) => lines(r, true)),
            side('debit_fen', '本期借方', (r) => r.debit_fen, (r) => lines(r)),
            side('credit_fen', '本期贷方', (r) => r.credit_fen, (r) => lines(r)),
            side('closing_debit_fen', '期末借方', (r) => debitOf(r.closing_fen), (r) => upTo(r)),
            side('closing_credit_fen', '期末贷方', (r) => creditOf(r.closing_fen), (r) => upTo(r)),
          ]}
        />
      ) : null}
    </ReadPage>
  )
}
