import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ledger } from '../../ledger/contract.ts'
import { spending, type IncomeRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '收款日' }]

export default function IncomesPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const list = useList(spending.incomes, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const accounts = useRead(ledger.accounts, { book: 'public_income' }, { enabled: may('ledger.posting.read'), stale_ms: 60_000 })
  const save = useWrite(spending.recordIncome, { in_form: true, done: (a) => `已入账,其中物业分成 ${money(a.share_fen)} 元` })
  const back = useWrite(spending.reverseIncome, { in_form: true, done: '已冲销' })
  const [open, setOpen] = useState<'new' | IncomeRow>()
  const columns: readonly Column<IncomeRow>[] = [
    { key: 'received_on', title: '收款日', width: 110, always: true }, { key: 'community_name', title: '小区', width: 120 }, { key: 'account_name', title: '收入类别', width: 130 }, { key: 'payer_name', title: '付款单位', width: 180 }, { key: 'contract_no', title: '合同编号', width: 120 }, { key: 'covers', title: '所属期间', width: 140 },
    { key: 'amount_fen', title: '收入', width: 120 }, { key: 'share_fen', title: '物业分成', width: 110 }, { key: 'owners_fen', title: '归业主', width: 120 }, { key: 'recorded_by_name', title: '登记人', width: 90 },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.reversed_at ? 'reversed' : 'live'} words={{ live: '有效', reversed: '已冲销' }} tones={{ live: 'good', reversed: 'bad' }} /> },
    { key: 'act', title: '操作', width: 130, show: (r) => <span className="hy-line"><Go to={`/ledger/journals/${r.journal_id}`}>凭证</Go>{r.reversed_at ? null : <CanButton size="small" danger can={r.can.reverse} words={words} onClick={() => setOpen(r)}>冲销</CanButton>}</span> },
  ]
  return (
    <>
      <ListPage {...list} title="公共收益" name="spending.incomes" columns={columns} row_key="income_id" excel={spending.incomesExcel} totals={(d) => ({ amount_fen: money(d.amount_fen_sum), share_fen: money(d.share_fen_sum), owners_fen: money(d.amount_fen_sum - d.share_fen_sum) })} empty={{ text: '没有登记的公共收益' }} actions={may('spending.income.write') ? <Button type="primary" onClick={() => setOpen('new')}>登记收入</Button> : null} />
      {open === 'new' ? (
        <FormDrawer
          open onClose={() => setOpen(undefined)} title="登记公共收益" call={spending.recordIncome} loading={save.running} submitError={save.error} words={{ received_in: words.states?.['pay_from'] ?? {} }}
          fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'account_code', kind: 'select', options: (accounts.data?.rows ?? []).filter((a) => a.kind === 'income' && !a.disabled).map((a) => ({ value: a.code, label: a.name })) }, 'payer_name', 'contract_no', 'covers', 'amount_fen', { name: 'share_bp', help: '按合同或业主大会决议;30% 填 3000,没有分成填 0' }, { name: 'received_in', kind: 'select' }, 'note']}
          initial={{ community_id: place_id ?? places[0]?.id ?? '', share_bp: 0, received_in: '1002' }} onSubmit={async (i) => { if (await save.run(i)) setOpen(undefined) }}
        />
      ) : null}
      {typeof open === 'object' ? <ReasonModal open title={`冲销 ${open.payer_name} ${money(open.amount_fen)} 元`} danger submit="冲销" onClose={() => setOpen(undefined)} loading={back.running} submitError={back.error} onConfirm={async (reason) => { if (await back.run({ income_id: open.income_id, reason })) setOpen(undefined) }} /> : null}
    </>
  )
}
