import { useState } from 'react'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { funds } from '../contract.ts'
import type { AccountRow } from '../shapes.ts'
import { words } from '../words.ts'
import { DepositDrawer } from './DepositDrawer.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '房号', placeholder: '如 1-2-301' },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['account']) },
]
export const stateOf = (r: AccountRow): string => (r.closed_on ? 'closed' : r.low ? 'low' : r.opened_on ? 'open' : 'none')
export const TONES = { open: 'good', none: 'plain', low: 'warn', closed: 'plain' } as const
const COLUMNS: readonly Column<AccountRow>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'building_name', title: '楼栋', width: 100 },
  { key: 'owner_names', title: '业主', width: 140 },
  { key: 'built_area_m2', title: '建筑面积', width: 100 },
  { key: 'first_fen', title: '首次缴存', width: 120 },
  { key: 'balance_fen', title: '余额', width: 120 },
  { key: 'state', title: '状态', width: 110, show: (r) => <StateTag value={stateOf(r)} words={words.states?.['account']} tones={TONES} /> },
  { key: 'opened_on', title: '立户日', width: 110, hidden: true },
]

export default function AccountsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(funds.accounts, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="维修资金分户账" name="funds.accounts" columns={COLUMNS} row_key="house_id" href={(r) => `/funds/accounts/${r.house_id}`}
        excel={may('funds.fund.export') ? funds.accountsExcel : undefined} totals={(d) => ({ first_fen: money(d.first_fen), balance_fen: money(d.balance_fen) })}
        actions={may('funds.deposit.take') ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>登记缴存</PlaceButton> : null}
        empty={{ text: '没有符合条件的分户账' }}
      />
      {open && place_id ? <DepositDrawer community_id={place_id} close={() => setOpen(false)} /> : null}
    </>
  )
}
