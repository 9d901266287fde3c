import { Button } from 'antd'
import { useState } from 'react'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, MoneyText } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ChoosePlace } from '../../../ui/states.tsx'
import { useBook } from '../../ledger/admin/shared.tsx'
import { ledger } from '../../ledger/contract.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { spending } from '../contract.ts'

/** The days that a budget counts, both included. */
function monthsOf(year: number, month_no: number): string {
  const first = `${year}-${String(month_no || 1).padStart(2, '0')}`
  return `from_on=${first}-01&to_on=${addDays(`${addMonths(first, month_no ? 1 : 12)}-01`, -1)}`
}

export default function BudgetsPage() {
  const { place_id, place_name } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const [book, choose] = useBook()
  const year = /^20\d\d$/.test(search['year'] ?? '') ? Number(search['year']) : Number(today().slice(0, 4))
  const list = useRead(spending.budgets, { community_id: place_id ?? '', year }, { enabled: place_id !== undefined, keep: true })
  const accounts = useRead(ledger.accounts, { book }, { enabled: may('ledger.posting.read') })
  const save = useWrite(spending.setBudget, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  const lines = (book_of: string, code: string, month_no: number) => `/ledger/entries?book=${book_of}&account_code=${code}&from_on=${year}-${String(month_no || 1).padStart(2, '0')}-01&to_on=${month_no === 0 || month_no === 12 ? `${year + 1}-01` : `${year}-${String(month_no + 1).padStart(2, '0')}`}-01`
  return (
    <>
      <ReadPage
        title={`预算 ${place_name} ${year} 年`} loading={list.loading} error={list.error} retry={list.retry}
        actions={<><Button onClick={() => setSearch({ year: String(year - 1) })}>← {year - 1}</Button><Button onClick={() => setSearch({ year: String(year + 1) })}>{year + 1} →</Button>{place_id ? <ExcelButton call={spending.budgetsExcel} input={{ community_id: place_id, year }} /> : null}{may('spending.budget.write') && place_id ? <Button type="primary" onClick={() => setOpen(true)}>设定预算</Button> : null}</>}
      >
        {!place_id ? <ChoosePlace /> : list.data ? (
          <RowsTable
            label="预算" rows={list.data.rows.map((r) => ({ ...r, key: `${r.book} ${r.account_code} ${r.month_no}` }))} row_key="key" empty="还没有预算"
            columns={[
              { key: 'book', title: '账簿', width: 130, show: (r) => ledgerWords.states?.['book']?.[r.book] }, { key: 'account_name', title: '科目', width: 240, show: (r) => `${r.account_code} ${r.account_name}` }, { key: 'month_no', title: '期间', width: 90, show: (r) => (r.month_no ? `${r.month_no} 月` : '全年') }, { key: 'amount_fen', title: '预算', width: 130 },
              { key: 'used_fen', title: '已用', width: 130, show: (r) => <Go to={lines(r.book, r.account_code, r.month_no)}><MoneyText fen={r.used_fen} /></Go> }, { key: 'waiting_fen', title: '申请中', width: 120, show: (r) => (r.waiting_fen ? <Go to={`/spending/requests?book=${r.book}&account_code=${r.account_code}&waiting=1&${monthsOf(year, r.month_no)}`}><MoneyText fen={r.waiting_fen} /></Go> : '—') }, { key: 'left_fen', title: '余额', width: 130, show: (r) => <MoneyText fen={r.left_fen} strong /> }, { key: 'note', title: '说明', width: 160 },
            ]}
          />
        ) : null}
      </ReadPage>
      {open && place_id ? (
        <FormDrawer
          key={book} open onClose={() => setOpen(false)} title={`设定预算:${place_name} ${year} 年`} call={spending.setBudget} loading={save.running} submitError={save.error} note={<div className="hy-line">{choose}</div>}
          fields={[{ name: 'account_code', kind: 'select', options: (accounts.data?.rows ?? []).filter((a) => a.kind === 'expense' && !a.disabled).map((a) => ({ value: a.code, label: `${a.code} ${a.name}` })) }, 'month_no', 'amount_fen', 'note']} initial={{ month_no: 0 }} fixed={{ community_id: place_id, book, year }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }}
        />
      ) : null}
    </>
  )
}
