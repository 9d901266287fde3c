import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { bookText, kindText, sourcePath } from './shared.tsx'

export default function JournalPage() {
  const journal_id = useParam('journal_id')
  const may = useMay()
  const detail = useRead(ledger.journal, { journal_id })
  const ask = useWrite(ledger.draftReversal, { in_form: true, done: '已提交,另一人审核后入账' })
  const [asking, setAsking] = useState(false)
  const j = detail.data
  const first = j?.rows[0]
  const path = first ? sourcePath(first.source_type, first.source_id) : null
  const source = first ? (words.states?.['source_type']?.[first.source_type] ?? first.source_type) : ''
  return (
    <>
      <DetailPage
        title={first ? `凭证 ${first.booked_on} ${kindText(first.kind)}` : '凭证'} loading={detail.loading} error={detail.error} retry={detail.retry} back="/ledger/journals"
        actions={j && may('ledger.entry.draft') ? <CanButton danger can={j.can.reverse} words={words} onClick={() => setAsking(true)}>红字冲销</CanButton> : null}
        facts={
          j && first
            ? [
                ['账簿', bookText(first.book)],
                ['来源', path ? <Go key="s" to={path}>{source}</Go> : source],
                ['摘要', j.note],
                ['经办人', first.actor_name ?? '系统'],
                ['入账时间', instant(first.posted_at)],
                ...(j.reverses ? [['冲销的凭证', <Go key="r" to={`/ledger/journals/${j.reverses}`}>打开</Go>] as const] : []),
                ...(j.reversed_by ? [['被冲销', <Go key="b" to={`/ledger/journals/${j.reversed_by}`}>冲销凭证</Go>] as const] : []),
                ...j.beside.map((b) => [`同一单据在${bookText(b.book)}`, <Go key={b.journal_id} to={`/ledger/journals/${b.journal_id}`}>打开</Go>] as const),
              ]
            : []
        }
      >
        {j ? (
          <RowsTable
            label="分录" rows={j.rows.map((r) => ({ ...r, key: String(r.line_no) }))} row_key="key" empty="没有分录"
            totals={{ debit_fen: money(j.rows.reduce((n, r) => n + r.debit_fen, 0)), credit_fen: money(j.rows.reduce((n, r) => n + r.credit_fen, 0)), subject_name: j.line_count > j.rows.length ? `共 ${j.line_count} 行,显示前 ${j.rows.length} 行` : '' }}
            columns={[
              { key: 'line_no', title: '行', width: 60 },
              { key: 'account_code', title: '科目', width: 240, show: (r) => <Go to={`/ledger/accounts/${r.account_code}?book=${r.book}&year=${r.booked_on.slice(0, 4)}`}>{`${r.account_code} ${r.account_name}`}</Go> },
              { key: 'community_name', title: '小区', width: 120 },
              { key: 'subject_name', title: '辅助核算', width: 160, show: (r) => (r.subject_type === 'house' && r.subject_id ? <Go to={`/property/houses/${r.subject_id}`}>{r.subject_name}</Go> : (words.states?.['subject_type']?.[r.subject_type ?? ''] ?? '—')) },
              { key: 'debit_fen', title: '借方', width: 130, show: (r) => (r.debit_fen ? money(r.debit_fen) : '') },
              { key: 'credit_fen', title: '贷方', width: 130, show: (r) => (r.credit_fen ? money(r.credit_fen) : '') },
            ]}
          />
        ) : null}
      </DetailPage>
      {asking ? <ReasonModal open title="红字冲销这张凭证" danger submit="提交审核" onClose={() => setAsking(false)} loading={ask.running} submitError={ask.error} onConfirm={async (reason) => { if (await ask.run({ journal_id, reason })) setAsking(false) }} /> : null}
    </>
  )
}
