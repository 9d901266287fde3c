import { useMemo } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import type { Out } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useRead } from '../../../ui/api.ts'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { kindText, sourcePath, useBook } from './shared.tsx'

type Row = Out<typeof ledger.entries.gives>['rows'][number]
const COLUMNS: readonly Column<Row & { key: string }>[] = [
  { key: 'booked_on', title: '记账日', width: 110, always: true },
  { key: 'kind', title: '业务', width: 100, show: (r) => kindText(r.kind) },
  { key: 'account_code', title: '科目', width: 200, show: (r) => `${r.account_code} ${r.account_name}` },
  { key: 'subject_name', title: '辅助核算', width: 130, show: (r) => (r.subject_type === 'house' && r.subject_id ? <Go to={`/property/houses/${r.subject_id}`}>{r.subject_name}</Go> : (words.states?.['subject_type']?.[r.subject_type ?? ''] ?? '—')) },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'debit_fen', title: '借方', width: 120, show: (r) => (r.debit_fen ? money(r.debit_fen) : '') },
  { key: 'credit_fen', title: '贷方', width: 120, show: (r) => (r.credit_fen ? money(r.credit_fen) : '') },
  { key: 'note', title: '摘要', width: 200 },
  { key: 'source_type', title: '来源', width: 110, show: (r) => { const path = sourcePath(r.source_type, r.source_id); const text = words.states?.['source_type']?.[r.source_type] ?? r.source_type; return path ? <Go to={path}>{text}</Go> : text } },
  { key: 'actor_name', title: '经办人', width: 100 },
]

export default function EntriesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const [book, choose] = useBook()
  const accounts = useRead(ledger.accounts, { book }, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'select', name: 'account_code', label: '科目', options: (accounts.data?.rows ?? []).map((a) => ({ value: a.code, label: `${a.code} ${a.name}` })), loading: accounts.loading },
      { kind: 'day', name: 'from_on', label: '从' },
      { kind: 'day', name: 'to_on', label: '到(不含)' },
    ],
    [accounts.data, accounts.loading],
  )
  const carried = Object.fromEntries((['subject_type', 'subject_id', 'source_type', 'source_id'] as const).flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const list = useList(ledger.entries, { filters, fixed: { book, ...(place_id ? { community_id: place_id } : {}), ...carried } })
  // A line is known by its journal and number; the table wants one key.
  const data = list.data ? { ...list.data, rows: list.data.rows.map((r) => ({ ...r, key: `${r.journal_id}-${r.line_no}` })) } : undefined
  return (
    <ListPage
      {...list} data={data} title="明细账" name="ledger.entries" columns={COLUMNS} row_key="key" href={(r) => `/ledger/journals/${r.journal_id}`} note={<div className="hy-line">{choose}</div>}
      excel={may('ledger.posting.export') ? ledger.entriesExcel : undefined} totals={(d) => ({ debit_fen: money(d.debit_fen), credit_fen: money(d.credit_fen) })} empty={{ text: '没有符合条件的分录' }}
    />
  )
}
