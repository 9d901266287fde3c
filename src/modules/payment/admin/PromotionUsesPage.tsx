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
import type { PromotionUse } from '../contract_promotion.ts'

const COLUMNS: readonly Column<PromotionUse>[] = [
  { key: 'used_at', title: '时间', width: 150, always: true },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'promotion_name', title: '活动', width: 150 },
  { key: 'receipt_no', title: '收据号', width: 150, show: (r) => <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> },
  { key: 'paid_fen', title: '实缴预存', width: 110 },
  { key: 'gift_fen', title: '赠送', width: 100 },
  { key: 'refunded_fen', title: '已退与在退', width: 110 },
  { key: 'taken_fen', title: '已收回', width: 100 },
  { key: 'working', title: '计算过程', width: 330 },
  { key: 'used_by_name', title: '经办人', width: 90 },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.reversed_at ? 'r' : 'ok'} words={{ ok: '有效', r: '已冲销' }} tones={{ ok: 'good', r: 'bad' }} /> },
]

export default function PromotionUsesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const all = useRead(payment.promotions, { ...(place_id ? { community_id: place_id } : {}), page: 1, page_size: 200 }, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'select', name: 'promotion_id', label: '活动', options: (all.data?.rows ?? []).map((p) => ({ value: p.promotion_id, label: p.name })), loading: all.loading },
    { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
    { kind: 'check', name: 'live', label: '不看冲销的' },
  ], [all.data, all.loading])
  const list = useList(payment.promotionUses, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...(search['house_id'] ? { house_id: search['house_id'] } : {}) } })
  return (
    <ListPage
      {...list} title="优惠享受明细" name="payment.promotion_uses" columns={COLUMNS} row_key="use_id" excel={may('payment.promotion.export') ? payment.promotionUsesExcel : undefined}
      totals={(d) => ({ paid_fen: money(d.paid_fen_sum), gift_fen: money(d.gift_fen_sum), refunded_fen: money(d.refunded_fen_sum), taken_fen: money(d.taken_fen_sum), working: '合计只算有效的' })} empty={{ text: '还没有房产享受优惠' }}
    />
  )
}
