import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { handover, type SheetRow } from '../contract.ts'
import { words } from '../words.ts'

export const SHEET_TONES = { draft: 'busy', done: 'good', cancelled: 'plain' } as const
const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'kind', label: '事由', options: optionsOf(words.states!['kind']!) },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['state']!) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '结算日' },
]
const COLUMNS: readonly Column<SheetRow>[] = [
  { key: 'no', title: '结算单号', width: 140, always: true },
  { key: 'kind', title: '事由', width: 70, show: (r) => words.states!['kind']![r.kind] },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'on_day', title: '结算日', width: 105 },
  { key: 'leaver_names', title: '离开的人', width: 120 },
  { key: 'taker_names', title: '接手的人', width: 120 },
  { key: 'created_by_name', title: '开单人', width: 90 },
  { key: 'created_at', title: '开单时间', width: 145 },
  { key: 'done_at', title: '办结时间', width: 145 },
  { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={SHEET_TONES} /> },
]

export default function SheetsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(handover.sheets, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="过户与退租结算" name="handover.sheets" columns={COLUMNS} row_key="sheet_id" href={(r) => `/handover/sheets/${r.sheet_id}`} excel={may('handover.sheet.export') ? handover.sheetsExcel : undefined} empty={{ text: '还没有结算单;在房产档案点「过户、退租结算」开单' }} />
}
