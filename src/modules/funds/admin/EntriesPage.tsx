import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { funds } from '../contract.ts'
import type { EntryRow } from '../shapes.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states?.['entry_kind']) },
  { kind: 'text', name: 'voucher_no', label: '凭证号' },
  { kind: 'days', names: ['from_on', 'to_on'], label: '记账日' },
]
const kind = (r: EntryRow) => words.states?.['entry_kind']?.[r.kind]

/** The columns, with the reversal at the end for those who may. */
function useEntryColumns(): { columns: readonly Column<EntryRow>[]; modal: React.ReactNode } {
  const may = useMay()
  const reverses = may('funds.deposit.reverse')
  const takes = may('funds.deposit.take')
  const receipt = useWrite(funds.issueReceipt, { done: (a) => (a.print_count === 1 ? `收据 ${a.receipt_no} 已开具` : `补打收据 ${a.receipt_no}`) })
  const print = async (entry_id: string) => { if (await receipt.run({ entry_id }, entry_id)) window.open(fileUrl(funds.receiptPdf, { entry_id }), '_blank') }
  const [row, setRow] = useState<EntryRow>()
  const save = useWrite(funds.reverseEntry, { in_form: true, done: '已更正,原记录保留' })
  return {
    columns: [
      { key: 'kind', title: '类别', width: 95, show: kind },
      { key: 'amount_fen', title: '金额', width: 120, show: (r) => <MoneyText fen={r.amount_fen} sign /> },
      { key: 'balance_fen', title: '余额', width: 120 },
      { key: 'value_on', title: '缴存日', width: 110 },
      { key: 'booked_on', title: '记账日', width: 110 },
      { key: 'voucher_no', title: '凭证号', width: 130 },
      { key: 'payer_name', title: '交款人', width: 110 },
      { key: 'note', title: '说明', width: 200 },
      { key: 'created_by_name', title: '经办人', width: 90 },
      ...(reverses || takes ? [{ key: 'act', title: '操作', width: 130, show: (r: EntryRow) => (
        <>
          {takes && r.can.receipt === true ? <Button size="small" onClick={() => void print(r.entry_id)}>收据</Button> : null}
          {reverses && (r.can.reverse === true || r.can.reverse === 'funds.own_entry') ? <CanButton size="small" can={r.can.reverse} words={words} onClick={() => setRow(r)}>更正</CanButton> : null}
        </>
      ) }] : []),
    ],
    modal: row ? <ReasonModal open danger title={`更正 ${row.house_label} ${kind(row) ?? ''} ${money(row.amount_fen)} 元`} submit="更正" onClose={() => { setRow(undefined); save.reset() }} loading={save.running} submitError={save.error} onConfirm={async (reason) => { if (await save.run({ entry_id: row.entry_id, reason })) setRow(undefined) }} /> : null,
  }
}

export function EntryTable({ rows }: { rows: readonly EntryRow[] }) {
  const { columns, modal } = useEntryColumns()
  return <>{modal}<RowsTable label="分户账明细" rows={rows} row_key="entry_id" empty="还没有明细" columns={columns} /></>
}

export default function EntriesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(funds.entries, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const { columns, modal } = useEntryColumns()
  return (
    <>
      <ListPage
        {...list} title="维修资金明细" name="funds.entries" row_key="entry_id" excel={may('funds.fund.export') ? funds.entriesExcel : undefined} totals={(d) => ({ amount_fen: money(d.amount_fen) })} empty={{ text: '没有明细' }}
        columns={[{ key: 'house_label', title: '房号', width: 120, always: true, show: (r) => <Go to={`/funds/accounts/${r.house_id}`}>{r.house_label}</Go> }, { key: 'community_name', title: '小区', width: 120, hidden: true }, ...columns]}
      />
      {modal}
    </>
  )
}
