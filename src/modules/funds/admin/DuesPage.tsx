// 缴存明细: what each house should have paid by the standard, what it paid, what is missing; picked houses are booked with one voucher.
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { count, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { funds } from '../contract.ts'
import type { DueRow } from '../topup_contract.ts'
import { words } from '../words.ts'
import { DepositDrawer } from './DepositDrawer.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '房号', placeholder: '如 1-2-301' },
  { kind: 'select', name: 'state', label: '缴存状态', options: optionsOf(words.states?.['due']) },
]
const TONES = { paid: 'good', part: 'warn', unpaid: 'bad', none: 'plain' } as const
const COLUMNS: readonly Column<DueRow>[] = [
  { key: 'house_label', title: '房号', width: 100, always: true },
  { key: 'community_name', title: '小区', width: 120, hidden: true },
  { key: 'building_name', title: '楼栋', width: 70 },
  { key: 'owner_names', title: '业主', width: 115 },
  { key: 'house_kind', title: '类别', width: 60, show: (r) => words.states?.['house_kind']?.[r.house_kind] ?? r.house_kind },
  { key: 'built_area_m2', title: '建筑面积', width: 85 },
  { key: 'standard_name', title: '适用标准', width: 180, show: (r) => (r.standard_name ? `${r.standard_name} ${r.unit_price ?? ''} 元/㎡` : '—') },
  { key: 'due_fen', title: '应缴', width: 105 },
  { key: 'first_fen', title: '已缴', width: 105 },
  { key: 'missing_fen', title: '欠缴', width: 100, show: (r) => (r.missing_fen ? <MoneyText fen={r.missing_fen} owed /> : '—') },
  { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['due']} tones={TONES} /> },
  { key: 'paid_on', title: '首次缴存日', width: 100 },
]

export default function DuesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(funds.dues, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState(false)
  const [picked, setPicked] = useState<readonly DueRow[]>()
  const takes = may('funds.deposit.take')
  return (
    <>
      <ListPage
        {...list} title="维修资金缴存明细" name="funds.dues" columns={COLUMNS} row_key="house_id" href={(r) => `/funds/accounts/${r.house_id}`} excel={may('funds.fund.export') ? funds.duesExcel : undefined}
        totals={(d) => ({ due_fen: money(d.due_fen), first_fen: money(d.first_fen), missing_fen: money(d.missing_fen) })}
        note={list.data && list.data.unpaid_count > 0 ? <span className="hy-muted">{count(list.data.unpaid_count)} 户未缴足,欠缴 {money(list.data.missing_fen)} 元</span> : null}
        actions={takes ? <><Go to="/system/imports?kind=funds.deposits">从 Excel 批量登记</Go><PlaceButton type="primary" onPlace={() => setOpen(true)}>登记缴存</PlaceButton></> : null}
        {...(takes && place_id ? { batch: [{ label: '登记所选缴存', can: (rows: readonly DueRow[]) => (rows.every((r) => r.missing_fen > 0) ? true : '所选房产中有已缴清或没有标准的'), run: (rows: readonly DueRow[]) => setPicked(rows) }] } : {})}
        empty={{ text: '没有符合条件的房产' }}
      />
      {open && place_id ? <DepositDrawer community_id={place_id} close={() => setOpen(false)} /> : null}
      {picked && place_id ? <PickedDrawer community_id={place_id} rows={picked} close={() => setPicked(undefined)} /> : null}
    </>
  )
}

function PickedDrawer({ community_id, rows, close }: { community_id: string; rows: readonly DueRow[]; close: () => void }) {
  const take = useWrite(funds.takeDeposit, { in_form: true, done: (a) => `已登记 ${a.house_count} 户 ${money(a.amount_fen)} 元` })
  const amount_fen = rows.reduce((n, r) => n + r.missing_fen, 0)
  return (
    <FormDrawer
      open title={`登记 ${rows.length} 户缴存`} width={520} call={funds.takeDeposit} onClose={close} loading={take.running} submitError={take.error} submit={`登记 ${money(amount_fen)} 元`} initial={{ paid_on: today() }} fields={['paid_on', 'voucher_no', 'payer_name', 'note']}
      fixed={{ community_id, kind: 'first', amount_fen, lines: rows.map((r) => ({ house_id: r.house_id, amount_fen: r.missing_fen })) }} onSubmit={async (input) => { if (await take.run(input)) close() }}
    >
      <RowsTable label="所选房产" rows={rows} row_key="house_id" empty="没有房产" height={260} totals={{ missing_fen: money(amount_fen) }} columns={[{ key: 'house_label', title: '房号', width: 110 }, { key: 'owner_names', title: '业主', width: 130 }, { key: 'missing_fen', title: '金额', width: 120 }]} />
    </FormDrawer>
  )
}
