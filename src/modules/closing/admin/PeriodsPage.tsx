// 期末结账: the months of a year by book, and requests to open one again.
import { Button } from 'antd'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { BOOKS } from '../../ledger/contract.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { closing } from '../contract.ts'
import { words } from '../words.ts'

type Row = Out<typeof closing.periods.gives>['rows'][number]
const bookText = (b: string): string => ledgerWords.states?.['book']?.[b] ?? b

export default function PeriodsPage() {
  const [search, setSearch] = useSearchState()
  const year = /^20\d\d$/.test(search['year'] ?? '') ? Number(search['year']) : Number(today().slice(0, 4))
  const list = useRead(closing.periods, { year }, { keep: true })
  const asked = useRead(closing.reopenings, { state: 'asked' })
  return (
    <ReadPage
      title={`期末结账 ${year} 年`} loading={list.loading} error={list.error} retry={list.retry}
      actions={<><Button onClick={() => setSearch({ year: String(year - 1) })}>← {year - 1}</Button><Button onClick={() => setSearch({ year: String(year + 1) })}>{year + 1} →</Button></>}
      note={asked.data?.total ? <p className="hy-red">有 {asked.data.total} 件反结账申请待批准:{asked.data.rows.map((r) => <span key={r.reopening_id}><Go to={`/closing/periods/${r.book}/${r.month}`}>{bookText(r.book)} {r.month}</Go> </span>)}</p> : null}
    >
      {list.data ? (
        <RowsTable
          label="结账状态" rows={list.data.rows} row_key="month" empty="没有期间"
          columns={[
            { key: 'month', title: '期间', width: 110 },
            ...BOOKS.map((book) => ({
              key: book, title: bookText(book), width: 150,
              show: (r: Row) => {
                const state = r.books.find((b) => b.book === book)?.state ?? 'none'
                const tag = <StateTag value={state} words={words.states?.['period']} tones={{ closed: 'good', open: 'warn' }} />
                return state === 'open' || state === 'closed' ? <Go to={`/closing/periods/${book}/${r.month}`}>{tag}</Go> : tag
              },
            })),
          ]}
        />
      ) : null}
    </ReadPage>
  )
}
