import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { funds } from '../contract.ts'
import type { UseRow } from '../use_contract.ts'
import { words } from '../words.ts'
import { UseDrawer } from './UseDrawer.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['use']) },
  { kind: 'select', name: 'path', label: '程序', options: optionsOf(words.states?.['use_path']) },
]
export const USE_TONES = { draft: 'plain', posted: 'busy', passed: 'good', failed: 'bad', asked: 'warn', approved: 'good', contracted: 'busy', accepted: 'busy', settled: 'busy', shared: 'warn', booked: 'good', cancelled: 'plain' } as const
const COLUMNS: readonly Column<UseRow>[] = [
  { key: 'title', title: '项目名称', width: 220, always: true },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'path', title: '程序', width: 80, show: (r) => words.states?.['use_path']?.[r.path] },
  { key: 'scope_text', title: '分摊范围', width: 170 },
  { key: 'state', title: '状态', width: 100, show: (r) => <StateTag value={r.state} words={words.states?.['use']} tones={USE_TONES} /> },
  { key: 'budget_fen', title: '预算', width: 120 },
  { key: 'invoice_fen', title: '决算金额', width: 120 },
  { key: 'paid_fen', title: '已付', width: 120 },
  { key: 'owed_fen', title: '业主待补交', width: 110 },
  { key: 'created_by_name', title: '立项人', width: 90 },
  { key: 'created_at', title: '立项时间', width: 150 },
]

export default function UsesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const list = useList(funds.uses, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState(false)
  return (
    <>
      <ListPage
        {...list} excel={may('funds.fund.export') ? funds.usesExcel : undefined} title="维修资金使用" name="funds.uses" columns={COLUMNS} row_key="use_id" href={(r) => `/funds/uses/${r.use_id}`}
        actions={may('funds.use.write') ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>立项</PlaceButton> : null} empty={{ text: '还没有使用项目' }}
      />
      {open && place_id ? <UseDrawer community_id={place_id} close={(made) => { setOpen(false); if (made) go(`/funds/uses/${made}`) }} /> : null}
    </>
  )
}
