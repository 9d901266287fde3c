import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { billing, type WaiverRow } from '../contract.ts'
import { words } from '../words.ts'
import { WAIVER_TONES } from './shown.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states?.['waiver_kind']) },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['waiver']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '申请日期' },
]
const COLUMNS: readonly Column<WaiverRow>[] = [
  { key: 'house_label', title: '房号', width: 150, always: true },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'kind', title: '类别', width: 90, show: (r) => words.states?.['waiver_kind']?.[r.kind] },
  { key: 'bill_count', title: '账单数', width: 80 },
  { key: 'amount_fen', title: '金额', width: 110 },
  { key: 'reason', title: '理由', width: 190 },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['waiver']} tones={WAIVER_TONES} /> },
  { key: 'asked_by_name', title: '申请人', width: 90 },
  { key: 'asked_at', title: '申请时间', width: 140 },
  { key: 'done_by_name', title: '审批人', width: 90 },
  { key: 'done_at', title: '生效时间', width: 140, hidden: true },
]

export default function WaiversPage() {
  const { place_id } = usePlace()
  const list = useList(billing.waivers, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <ListPage
      {...list} title="减免与核销" name="billing.waivers" columns={COLUMNS} row_key="waiver_id" href={(r) => `/billing/waivers/${r.waiver_id}`} excel={billing.waiversExcel}
      totals={(d) => ({ house_label: '已生效合计', amount_fen: money(d.amount_fen) })} empty={{ text: '没有减免或核销。在账单列表勾选账单、或在房产档案的账单页申请' }}
    />
  )
}
