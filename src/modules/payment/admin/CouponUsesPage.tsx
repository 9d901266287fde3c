import { useMemo } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { CouponUse } from '../contract_coupon.ts'
import { words } from '../words.ts'

const stateOf = (r: CouponUse): string => (r.end_how === null ? 'ok' : r.returned ? 'back' : 'gone')
const COLUMNS: readonly Column<CouponUse>[] = [
  { key: 'used_at', title: '使用时间', width: 150, always: true },
  { key: 'house_label', title: '房号', width: 100, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'coupon_name', title: '优惠券', width: 130, show: (r) => <Go to={`/payment/coupons/${r.batch_id}`}>{r.coupon_name}</Go> },
  { key: 'code', title: '券码', width: 120 },
  { key: 'receipt_no', title: '收据号', width: 140, show: (r) => <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> },
  { key: 'amount_fen', title: '抵减', width: 90 },
  { key: 'working', title: '计算过程', width: 225 },
  { key: 'used_by_name', title: '经办人', width: 80 },
  { key: 'state', title: '状态', width: 130, show: (r) => <StateTag value={stateOf(r)} words={{ ok: '有效', back: `${words.states?.['coupon_end']?.[r.end_how ?? ''] ?? ''},券退回`, gone: `${words.states?.['coupon_end']?.[r.end_how ?? ''] ?? ''},券作废` }} tones={{ ok: 'good', back: 'plain', gone: 'bad' }} /> },
]

export default function CouponUsesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const all = useRead(payment.couponBatches, { ...(place_id ? { community_id: place_id } : {}), page: 1, page_size: 200 }, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'select', name: 'batch_id', label: '优惠券', options: (all.data?.rows ?? []).map((b) => ({ value: b.batch_id, label: b.name })), loading: all.loading },
    { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
    { kind: 'check', name: 'live', label: '只看有效的' },
  ], [all.data, all.loading])
  const list = useList(payment.couponUses, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...(search['house_id'] ? { house_id: search['house_id'] } : {}) } })
  return (
    <ListPage
      {...list} title="优惠券使用明细" name="payment.coupon_uses" columns={COLUMNS} row_key="use_id" excel={may('payment.coupon.export') ? payment.couponUsesExcel : undefined}
      totals={(d) => ({ amount_fen: money(d.amount_fen_sum), working: '合计只算有效的' })} empty={{ text: '还没有人用过优惠券' }}
    />
  )
}
