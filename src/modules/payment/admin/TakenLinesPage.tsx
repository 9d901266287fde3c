// 实收明细: money received bill by bill; every figure of what was received opens here with its own filter.
import { useMemo } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { billing } from '../../billing/contract.ts'
import { payment } from '../contract.ts'
import type { TakenLine } from '../contract_lines.ts'
import { words } from '../words.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
type Row = TakenLine & { key: string }
const COLUMNS: readonly Column<Row>[] = [
  { key: 'on', title: '日期', width: 105, always: true },
  { key: 'kind', title: '类别', width: 80, show: (r) => <StateTag value={r.kind} words={words.states?.['line_kind']} tones={{ taken: 'good', reversed: 'bad', refunded: 'warn' }} /> },
  { key: 'receipt_no', title: '收据号、退款单号', width: 150, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : r.receipt_no) },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'fee_item_name', title: '收费项目', width: 120 },
  { key: 'period', title: '账期', width: 85 },
  { key: 'amount_fen', title: '金额', width: 110 },
  { key: 'taken_by_name', title: '收费员', width: 110 },
]

export default function TakenLinesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const community_id = search['community_id'] ?? place_id
  const items = useRead(billing.feeItems, community_id ? { community_id, with_disabled: true } : { with_disabled: true }, { enabled: may('billing.item.read'), stale_ms: 60_000 })
  const people = useRead(payment.collectors, {}, { enabled: may('payment.payment.read'), stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
      { kind: 'select', name: 'fee_item_id', label: '收费项目', options: (items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: community_id ? i.name : `${i.community_name} ${i.name}` })), loading: items.loading },
      { kind: 'select', name: 'taken_by', label: '收费员', options: [...(people.data?.rows ?? []).map((r) => ({ value: r.account_id, label: r.name })), { value: NOBODY, label: words.states!['collector']!['nobody']! }], loading: people.loading },
      { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states?.['line_kind']) },
      { kind: 'month', name: 'period_from', label: '账期起', more: true },
      { kind: 'month', name: 'period_to', label: '账期止', more: true },
    ],
    [items.data, items.loading, people.data, people.loading, community_id],
  )
  const carried = Object.fromEntries((['building_id', 'house_id'] as const).flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const fixed = { from_on: search['from_on'] ?? `${today().slice(0, 7)}-01`, to_on: search['to_on'] ?? today(), ...(community_id ? { community_id } : {}), ...carried }
  const list = useList(payment.takenLines, { filters, fixed })
  const data = list.data ? { ...list.data, rows: list.data.rows.map((r): Row => ({ ...r, key: `${r.kind}-${r.receipt_no}-${r.bill_id}` })) } : undefined
  return (
    <ListPage
      {...list} data={data} title="实收明细" name="payment.lines" columns={COLUMNS} row_key="key" href={(r) => `/billing/bills/${r.bill_id}`}
      excel={may('payment.report.export') ? payment.takenLinesExcel : undefined}
      totals={(d) => ({ on: `合计 ${count(d.total)} 条`, amount_fen: money(d.amount_fen) })}
      note={Object.keys(carried).length ? <span className="hy-muted">正在查看{search['house_id'] ? '一户' : '一栋楼'}的实收</span> : null}
      empty={{ text: '这段时间没有实收' }}
    />
  )
}
