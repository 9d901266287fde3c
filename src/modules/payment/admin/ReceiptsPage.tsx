import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import type { Out } from '../../../ui/api.ts'
import { payment } from '../contract.ts'

type Receipt = Out<typeof payment.receipts.gives>['rows'][number]
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '收据号', placeholder: '收据号' },
  { kind: 'days', names: ['from_on', 'to_on'], label: '开具日' },
  { kind: 'check', name: 'voided', label: '只看作废' },
]
const COLUMNS: readonly Column<Receipt>[] = [
  { key: 'receipt_no', title: '收据号', width: 150, always: true },
  { key: 'issued_at', title: '开具时间', width: 150 },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'payer_name', title: '缴款人', width: 110 },
  { key: 'total_fen', title: '金额', width: 110 },
  { key: 'print_count', title: '打印次数', width: 90 },
  { key: 'voided_at', title: '状态', width: 90, show: (r) => <StateTag value={r.voided_at ? 'v' : 'ok'} words={{ ok: '有效', v: '作废' }} tones={{ ok: 'good', v: 'bad' }} /> },
]

export default function ReceiptsPage() {
  const { place_id } = usePlace()
  const list = useList(payment.receipts, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="收据" name="payment.receipts" columns={COLUMNS} row_key="payment_id" href={(r) => `/payment/payments/${r.payment_id}?tab=prints`} empty={{ text: '没有符合条件的收据' }} />
}
