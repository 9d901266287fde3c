// 收支表与公示: made from the books, each figure opens its lines; what was disclosed stands below as it was.
import { Button, Segmented } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, MoneyText } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ChoosePlace } from '../../../ui/states.tsx'
import { spending } from '../contract.ts'
import { words } from '../words.ts'

const MonthInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.MonthInput })))

export default function StatementPage() {
  const { place_id, place_name } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const book = search['book'] === 'owners' ? ('owners' as const) : ('public_income' as const)
  const last = addMonths(today().slice(0, 7), -1)
  const from_month = search['from'] ?? `${last.slice(0, 4)}-01`
  const to_month = search['to'] ?? last
  const input = { community_id: place_id ?? '', book, from_month, to_month }
  const one = useRead(spending.statement, input, { enabled: place_id !== undefined, keep: true })
  const posted = useRead(spending.disclosures, place_id ? { community_id: place_id } : {})
  const publish = useWrite(spending.publishStatement, { in_form: true, done: '已向业主公示' })
  const [open, setOpen] = useState(false)
  const s = one.data
  const entries = (code: string) => `/ledger/entries?book=${book}&account_code=${code}&from_on=${from_month}-01&to_on=${addMonths(to_month, 1)}-01`
  const rows = s ? [{ key: 'opening', name: '期初结余', code: '', income: null, expense: null, left: s.opening_fen }, ...s.income.map((l) => ({ key: l.account_code, name: l.account_name, code: l.account_code, income: l.fen, expense: null, left: null })), ...s.expense.map((l) => ({ key: l.account_code, name: l.account_name, code: l.account_code, income: null, expense: l.fen, left: null }))] : []
  const figure = (fen: number | null, code: string) => (fen === null ? '' : code ? <Go to={entries(code)}><MoneyText fen={fen} /></Go> : <MoneyText fen={fen} />)
  return (
    <>
      <ReadPage
        title={`${place_name} ${words.states?.['statement']?.[book]}`} loading={one.loading} error={one.error} retry={one.retry}
        actions={
          <>
            <Suspense fallback={null}>
              <label className="hy-from">从<span><MonthInput value={from_month} onChange={(v) => setSearch({ from: v ?? undefined })} /></span></label>
              <label className="hy-from">到<span><MonthInput value={to_month} onChange={(v) => setSearch({ to: v ?? undefined })} /></span></label>
            </Suspense>
            {place_id ? <Button href={fileUrl(spending.statementPdf, input)} target="_blank">打印</Button> : null}
            {place_id ? <ExcelButton call={spending.statementExcel} input={input} /> : null}
            {place_id && may('spending.disclosure.publish') ? <Button type="primary" onClick={() => setOpen(true)}>向业主公示</Button> : null}
          </>
        }
        note={<div className="hy-line"><Segmented aria-label="账簿" value={book} onChange={(v) => setSearch({ book: v === 'owners' ? 'owners' : undefined })} options={[{ value: 'public_income', label: '公共收益' }, { value: 'owners', label: '物业服务资金(酬金制)' }]} /></div>}
      >
        <div className="hy-stack">
          {!place_id ? <ChoosePlace /> : s ? (
            <RowsTable
              label="收支表" rows={rows} row_key="key" empty="这段时间没有收支" totals={{ income_fen: money(s.income_fen), expense_fen: money(s.expense_fen), left_fen: money(s.closing_fen) }}
              columns={[{ key: 'name', title: '项目', width: 280 }, { key: 'income_fen', title: '收入', width: 150, show: (r) => figure(r.income, r.code) }, { key: 'expense_fen', title: '支出', width: 150, show: (r) => figure(r.expense, r.code) }, { key: 'left_fen', title: '结余', width: 150, show: (r) => figure(r.left, '') }]}
            />
          ) : null}
          <h2 className="hy-strong">公示记录</h2>
          <RowsTable
            label="公示记录" rows={posted.data?.rows ?? []} row_key="disclosure_id" empty="还没有公示过"
            columns={[{ key: 'posted_on', title: '公示日', width: 110 }, { key: 'community_name', title: '小区', width: 130 }, { key: 'book', title: '收支表', width: 220, show: (r) => words.states?.['statement']?.[r.book] }, { key: 'span', title: '期间', width: 170, show: (r) => `${r.from_month} 至 ${r.to_month}` }, { key: 'closing_fen', title: '期末结余', width: 130, show: (r) => <MoneyText fen={r.figures.closing_fen} /> }, { key: 'posted_by_name', title: '公示人', width: 100 }, { key: 'note', title: '说明', width: 200 }]}
          />
        </div>
      </ReadPage>
      {open && place_id ? <FormModal open onClose={() => setOpen(false)} title={`公示 ${from_month} 至 ${to_month}`} submit="公示" call={spending.publishStatement} fields={['note']} fixed={input} loading={publish.running} submitError={publish.error} note={<p>业主在手机上看到的是现在的数字,以后的更正另行公示。</p>} onSubmit={async (i) => { if (await publish.run(i)) setOpen(false) }} /> : null}
    </>
  )
}
