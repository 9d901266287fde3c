// 优惠券: batches with what became of them. Issued here; above the limit another person agrees in the approval centre.
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { billing } from '../../billing/contract.ts'
import { property } from '../../property/contract.ts'
import { words as houseWords } from '../../property/words.ts'
import { payment } from '../contract.ts'
import type { CouponBatch } from '../contract_coupon.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['coupon_batch']) }]
export const BATCH_TONES = { asked: 'warn', live: 'good', refused: 'bad', ended: 'plain' } as const
const at = (r: CouponBatch, state?: string): string => `/payment/coupons/${r.batch_id}${state ? `?state=${state}` : ''}`

export default function CouponsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(payment.couponBatches, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState(false)
  const [ending, setEnding] = useState<CouponBatch>()
  const columns: readonly Column<CouponBatch>[] = [
    { key: 'name', title: '优惠券', width: 140, always: true },
    { key: 'community_name', title: '小区', width: 110, hidden: true },
    { key: 'rule_text', title: '办法', width: 210 },
    { key: 'way', title: '发放方式', width: 110, show: (r) => words.states?.['coupon_way']?.[r.way] },
    { key: 'from_on', title: '有效期', width: 190, show: (r) => `${r.from_on} 至 ${r.to_on}` },
    { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['coupon_batch']} tones={BATCH_TONES} /> },
    { key: 'issued_count', title: '张数', width: 70, show: (r) => <Go to={at(r)}>{r.count}</Go> },
    { key: 'used_count', title: '已用', width: 70, show: (r) => <Go to={at(r, 'used')}>{r.used_count}</Go> },
    { key: 'used_fen', title: '已抵减', width: 95, show: (r) => <Go to={`/payment/coupon-uses?batch_id=${r.batch_id}&live=1`}><MoneyText fen={r.used_fen} /></Go> },
    { key: 'forfeited_count', title: '作废', width: 65, show: (r) => <Go to={at(r, 'forfeited')}>{r.forfeited_count}</Go> },
    { key: 'expired_count', title: '过期', width: 65, show: (r) => <Go to={at(r, 'expired')}>{r.expired_count}</Go> },
    { key: 'refund_rule', title: '冲销与退款时', width: 160, hidden: true, show: (r) => words.states?.['coupon_rule']?.[r.refund_rule] },
    { key: 'basis', title: '依据与说明', width: 180, hidden: true },
    { key: 'issued_by_name', title: '发放人', width: 90, hidden: true },
    { key: 'approved_by_name', title: '审批', width: 90, hidden: true, show: (r) => (r.approval_id ? <Go to={`/system/approvals/${r.approval_id}`}>{r.approved_by_name ?? '查看审批'}</Go> : '限额内') },
    { key: 'act', title: '操作', width: 70, show: (r) => (r.state === 'live' ? <CanButton size="small" can={r.can.end} words={words} onClick={() => setEnding(r)}>停用</CanButton> : null) },
  ]
  return (
    <>
      <ListPage
        {...list} title="优惠券" name="payment.coupons" columns={columns} row_key="batch_id" href={at} empty={{ text: '还没有发放过优惠券' }}
        actions={<><Go to="/payment/coupon-uses">使用明细</Go>{may('payment.coupon.write') ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>发放优惠券</PlaceButton> : null}</>}
        totals={(d) => ({ issued_count: String(d.count_sum), used_count: String(d.used_count_sum), used_fen: money(d.used_fen_sum), forfeited_count: String(d.forfeited_count_sum) })}
      />
      {open ? <Issue community_id={place_id!} close={() => setOpen(false)} /> : null}
      {ending ? <EndCoupons row={ending} close={() => setEnding(undefined)} /> : null}
    </>
  )
}

export function EndCoupons({ row, close }: { row: CouponBatch; close: () => void }) {
  const end = useWrite(payment.endCoupons, { in_form: true, done: '已停用,没用的券不能再用' })
  return <FormModal open call={payment.endCoupons} title={`停用「${row.name}」`} submit="停用" onClose={close} fields={['reason']} fixed={{ batch_id: row.batch_id }} loading={end.running} submitError={end.error} onSubmit={async (input) => { if (await end.run(input as never)) close() }} />
}

/** Rooms as people paste them: by line, comma or blank. */
const roomsOf = (v: unknown): string[] => (typeof v === 'string' ? [...new Set(v.split(/[\s,,、;;]+/).filter(Boolean))] : [])

function Issue({ community_id, close }: { community_id: string; close: () => void }) {
  const items = useRead(billing.feeItems, { community_id }, { stale_ms: 60_000 })
  const buildings = useRead(property.tree, { community_id }, { stale_ms: 60_000 })
  const issue = useWrite(payment.issueCoupons, { in_form: true, done: (a) => (a.approval_id ? `${a.count} 张已提交,由另一人在审批中心批准后可用` : `已发放 ${a.count} 张`), invalidates: 'all' })
  const is = (way: string) => (v: Record<string, unknown>) => (v['way'] ?? 'house') === way
  return (
    <FormDrawer
      open onClose={close} title="发放优惠券" submit="发放" call={payment.issueCoupons} loading={issue.running || items.loading} submitError={issue.error} fixed={{ community_id }}
      words={{ way: words.states!['coupon_way']!, refund_rule: words.states!['coupon_rule']!, house_kinds: houseWords.states!['house_kind']! }} initial={{ way: 'house', refund_rule: 'return_reversal', house_kinds: ['dwelling'], building_ids: [], rooms: [] }}
      fields={[
        'name', 'way', { name: 'count', kind: 'whole', suffix: '张', when: is('code') },
        'amount_fen', { name: 'min_fen', help: '同一次缴费中可用的账单满这个数才能用,要大于面额' },
        { name: 'fee_item_id', kind: 'select', options: (items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: i.name })), help: '不选为本公司收入的任何项目;代收、公共收益和酬金制物业费不能抵' },
        'from_on', 'to_on',
        { name: 'building_ids', kind: 'many', when: is('house'), options: (buildings.data?.communities[0]?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name })), help: '不选为全部楼栋' },
        { name: 'house_kinds', kind: 'many', when: is('house'), options: optionsOf(houseWords.states?.['house_kind']) },
        { name: 'rooms', kind: 'area', when: is('house'), wide: true, send: roomsOf, help: '填了房号就只发给这些房产,用换行、逗号或空格分开' },
        { name: 'paid_up', when: is('house') },
        { name: 'refund_rule', kind: 'select' }, { name: 'basis', wide: true },
      ]}
      onSubmit={async (input) => { if (await issue.run(input)) close() }}
    />
  )
}
