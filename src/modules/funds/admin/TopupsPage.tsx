import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { funds } from '../contract.ts'
import type { TopupRow } from '../topup_contract.ts'
import { words } from '../words.ts'
import { TOPUP_TONES, percentOf } from './shared.ts'
import { TopupDrawer } from './TopupDrawer.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['topup']) }]
const COLUMNS: readonly Column<TopupRow>[] = [
  { key: 'plan_no', title: '方案号', width: 150, always: true },
  { key: 'title', title: '名称', width: 170 },
  { key: 'community_name', title: '小区', width: 100, hidden: true },
  { key: 'way', title: '依据方式', width: 105, show: (r) => words.states?.['topup_way']?.[r.way] },
  { key: 'target_bp', title: '补足到', width: 75, show: (r) => percentOf(r.target_bp) },
  { key: 'house_count', title: '户数', width: 70 },
  { key: 'total_fen', title: '应补合计', width: 110 },
  { key: 'paid_fen', title: '已补', width: 105 },
  { key: 'open_fen', title: '未补', width: 105 },
  { key: 'state', title: '状态', width: 110, show: (r) => <StateTag value={r.state} words={words.states?.['topup']} tones={TOPUP_TONES} /> },
  { key: 'due_on', title: '缴款期限', width: 110 },
  { key: 'created_by_name', title: '拟定人', width: 90 },
]

export default function TopupsPage() {
  const { place_id } = usePlace()
  const go = useGo()
  const may = useMay()
  const list = useList(funds.topups, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState(false)
  return (
    <>
      <ListPage
        {...list} excel={may('funds.fund.export') ? funds.topupsExcel : undefined} title="维修资金续筹" name="funds.topups" columns={COLUMNS} row_key="plan_id" href={(r) => `/funds/topups/${r.plan_id}`} empty={{ text: '还没有续筹方案' }}
        actions={may('funds.topup.write') ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>拟定方案</PlaceButton> : null}
      />
      {open && place_id ? <TopupDrawer community_id={place_id} close={(plan_id) => { setOpen(false); if (plan_id) go(`/funds/topups/${plan_id}`) }} /> : null}
    </>
  )
}
