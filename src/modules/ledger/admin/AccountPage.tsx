// 科目总账: one account through a year; each figure opens its lines.
import { Button } from 'antd'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go, useParam, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { ledger } from '../contract.ts'
import { sideOf } from '../sides.ts'
import { words } from '../words.ts'
import { bookText, useBook } from './shared.tsx'

const Balance = ({ fen }: { fen: number }) => <>{sideOf(fen)} <MoneyText fen={Math.abs(fen)} strong /></>

export default function AccountPage() {
  const code = useParam('code')
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const [book] = useBook()
  const year = /^20\d\d$/.test(search['year'] ?? '') ? Number(search['year']) : Number(today().slice(0, 4))
  const read = useRead(ledger.account, { book, code, year, ...(place_id ? { community_id: place_id } : {}) }, { keep: true })
  const d = read.data
  const lines = (month: string) => `/ledger/entries?book=${book}&account_code=${code}&from_on=${month}-01&to_on=${addMonths(month, 1)}-01`
  const sum = (k: 'debit_fen' | 'credit_fen') => money((d?.months ?? []).reduce((n, m) => n + m[k], 0))
  return (
    <DetailPage
      title={d ? `${d.account.code} ${d.account.name}` : '科目总账'} loading={read.loading} error={read.error} retry={read.retry} back={`/ledger/accounts?book=${book}`}
      actions={<><Button onClick={() => setSearch({ year: String(year - 1) })}>← {year - 1}</Button><Button onClick={() => setSearch({ year: String(year + 1) })}>{year + 1} →</Button></>}
      facts={d ? [['账簿', bookText(book)], ['年度', String(year)], ['类别', words.states?.['account_kind']?.[d.account.kind]], ['余额方向', words.states?.['normal']?.[d.account.normal]], ['年初余额', <Balance key="o" fen={d.opening_fen} />], ['年末或至今余额', <Balance key="c" fen={d.closing_fen} />]] : []}
    >
      {d ? (
        <RowsTable
          label="逐月" rows={d.months} row_key="month" empty="这一年没有发生额" totals={{ debit_fen: sum('debit_fen'), credit_fen: sum('credit_fen'), closing_side: sideOf(d.closing_fen), closing_fen: money(Math.abs(d.closing_fen)) }}
          columns={[
            { key: 'month', title: '月份', width: 120, show: (m) => <Go to={lines(m.month)}>{m.month}</Go> },
            { key: 'debit_fen', title: '借方', width: 150, show: (m) => <Go to={lines(m.month)}><MoneyText fen={m.debit_fen} /></Go> },
            { key: 'credit_fen', title: '贷方', width: 150, show: (m) => <Go to={lines(m.month)}><MoneyText fen={m.credit_fen} /></Go> },
            { key: 'closing_side', title: '方向', width: 70, show: (m) => sideOf(m.closing_fen) },
            { key: 'closing_fen', title: '月末余额', width: 150, show: (m) => <MoneyText fen={Math.abs(m.closing_fen)} /> },
          ]}
        />
      ) : null}
    </DetailPage>
  )
}
