import { Button, Modal } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ledger, type ManualRow } from '../contract.ts'
import { words } from '../words.ts'
import { LinesEditor, emptyLines, sendLines } from './LinesEditor.tsx'
import { bookText, useBook } from './shared.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['manual_state']) }]

function EntryDrawer({ close }: { close: () => void }) {
  const { places } = usePlace()
  const [book, choose] = useBook()
  const accounts = useRead(ledger.accounts, { book })
  const draft = useWrite(ledger.draftEntry, { in_form: true, done: '已提交,另一人审核后入账' })
  const options = (accounts.data?.rows ?? []).filter((a) => !a.disabled).map((a) => ({ value: a.code, label: `${a.code} ${a.name}` }))
  return (
    <FormDrawer
      key={book} open onClose={close} title="填制凭证" width={820} call={ledger.draftEntry} loading={draft.running} submitError={draft.error} submit="提交审核" note={<div className="hy-line">{choose}</div>}
      fields={['booked_on', 'note', { name: 'lines', label: '分录', wide: true, send: sendLines, control: (c) => <LinesEditor {...c} accounts={options} places={places.map((p) => ({ value: p.id, label: p.name }))} /> }]}
      initial={{ booked_on: today(), lines: emptyLines() as never }} fixed={{ book }}
      onSubmit={async (input) => { if (await draft.run(input)) close() }}
    />
  )
}

export default function ManualPage() {
  const may = useMay()
  const list = useList(ledger.manualEntries, { filters: FILTERS })
  const decide = useWrite(ledger.decideEntry, { in_form: true, done: (a) => (a.state === 'approved' ? '已入账' : '已驳回') })
  const [drafting, setDrafting] = useState(false)
  const [open, setOpen] = useState<{ row: ManualRow; act: 'look' | 'refuse' }>()
  const close = () => { setOpen(undefined); decide.reset() }
  const columns: readonly Column<ManualRow>[] = [
    { key: 'booked_on', title: '记账日', width: 110, always: true },
    { key: 'book', title: '账簿', width: 130, show: (r) => bookText(r.book) },
    { key: 'note', title: '摘要', width: 240 },
    { key: 'amount_fen', title: '金额', width: 120 },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['manual_state']} tones={{ asked: 'warn', approved: 'good', refused: 'plain' }} /> },
    { key: 'asked_by_name', title: '制单人', width: 100 },
    { key: 'asked_at', title: '制单时间', width: 150 },
    { key: 'decided_by_name', title: '审核人', width: 100 },
    { key: 'decide_note', title: '审核意见', width: 150, hidden: true },
    { key: 'journal_id', title: '凭证', width: 80, show: (r) => (r.journal_id ? <Go to={`/ledger/journals/${r.journal_id}`}>打开</Go> : '—') },
  ]
  return (
    <>
      <ListPage
        {...list} title="手工凭证" name="ledger.manual" columns={columns} row_key="entry_id" open={(row) => setOpen({ row, act: 'look' })} empty={{ text: '没有手工凭证' }}
        actions={may('ledger.entry.draft') ? <Button type="primary" onClick={() => setDrafting(true)}>填制凭证</Button> : null}
      />
      {drafting ? <EntryDrawer close={() => setDrafting(false)} /> : null}
      {open?.act === 'look' ? (
        <Modal
          open title={`${bookText(open.row.book)} ${open.row.booked_on} ${open.row.note}`} width={760} onCancel={close}
          footer={<div className="hy-form-buttons"><Button onClick={close}>关闭</Button><CanButton can={open.row.can.decide} words={words} onClick={() => setOpen({ ...open, act: 'refuse' })}>驳回</CanButton><CanButton type="primary" can={open.row.can.decide} words={words} loading={decide.running} onClick={async () => { if (await decide.run({ entry_id: open.row.entry_id, decision: 'approve' })) close() }}>审核入账</CanButton></div>}
        >
          {decide.error ? <p role="alert" className="hy-red">{decide.error.message}</p> : null}
          <RowsTable
            label="分录" rows={open.row.lines.map((l, i) => ({ ...l, key: String(i) }))} row_key="key" empty="没有分录" totals={{ debit_fen: money(open.row.amount_fen), credit_fen: money(open.row.amount_fen) }}
            columns={[{ key: 'account_code', title: '科目', width: 260, show: (l) => `${l.account_code} ${l.account_name}` }, { key: 'community_name', title: '小区', width: 120 }, { key: 'debit_fen', title: '借方', width: 120, show: (l) => (l.debit_fen ? money(l.debit_fen) : '') }, { key: 'credit_fen', title: '贷方', width: 120, show: (l) => (l.credit_fen ? money(l.credit_fen) : '') }]}
          />
        </Modal>
      ) : null}
      {open?.act === 'refuse' ? <ReasonModal open title={`驳回:${open.row.note}`} label="驳回原因" submit="驳回" onClose={close} loading={decide.running} submitError={decide.error} onConfirm={async (note) => { if (await decide.run({ entry_id: open.row.entry_id, decision: 'refuse', note })) close() }} /> : null}
    </>
  )
}
