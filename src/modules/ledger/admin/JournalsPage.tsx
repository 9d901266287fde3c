import { Go } from '../../../ui/address.tsx'
import type { Out } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { kindText, sourcePath, useBook } from './shared.tsx'

type Row = Out<typeof ledger.journals.gives>['rows'][number]
const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '记账日' }, { kind: 'select', name: 'kind', label: '业务', options: optionsOf(words.states?.['kind']) }]
const COLUMNS: readonly Column<Row>[] = [
  { key: 'booked_on', title: '记账日', width: 120, always: true },
  { key: 'kind', title: '业务', width: 110, show: (r) => kindText(r.kind) },
  { key: 'note', title: '摘要', width: 240 },
  { key: 'amount_fen', title: '金额', width: 130 },
  { key: 'line_count', title: '行数', width: 80 },
  { key: 'source_type', title: '来源', width: 120, show: (r) => { const path = sourcePath(r.source_type, r.source_id); const text = words.states?.['source_type']?.[r.source_type] ?? r.source_type; return path ? <Go to={path}>{text}</Go> : text } },
  { key: 'actor_name', title: '经办人', width: 110 },
  { key: 'posted_at', title: '入账时间', width: 150 },
  { key: 'reverses', title: '冲销', width: 90, show: (r) => (r.reverses ? <Go to={`/ledger/journals/${r.reverses}`}>原凭证</Go> : '') },
]

export default function JournalsPage() {
  const { place_id } = usePlace()
  const [book, choose] = useBook()
  const list = useList(ledger.journals, { filters: FILTERS, fixed: { book, ...(place_id ? { community_id: place_id } : {}) } })
  return <ListPage {...list} title="凭证" name="ledger.journals" columns={COLUMNS} row_key="journal_id" href={(r) => `/ledger/journals/${r.journal_id}`} note={<div className="hy-line">{choose}</div>} empty={{ text: '没有符合条件的凭证' }} />
}
