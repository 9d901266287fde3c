// One batch of coupons: its terms, every coupon with its house and receipt.
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { Coupon } from '../contract_coupon.ts'
import { words } from '../words.ts'
import { BATCH_TONES, EndCoupons } from './CouponsPage.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '券码、房号' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['coupon']) }]
const COLUMNS: readonly Column<Coupon>[] = [
  { key: 'code', title: '券码', width: 140, always: true, show: (r) => <span className="hy-num">{r.code}</span> },
  { key: 'amount_fen', title: '面额', width: 80 },
  { key: 'house_label', title: '房号', width: 120, show: (r) => (r.house_id ? <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> : '未兑换') },
  { key: 'owner_names', title: '业主', width: 150 },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['coupon']} tones={{ live: 'good', used: 'plain', forfeited: 'bad', expired: 'plain' }} /> },
  { key: 'redeemed_at', title: '兑换时间', width: 150 },
  { key: 'receipt_no', title: '收据号', width: 150, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : '—') },
  { key: 'used_at', title: '使用时间', width: 150 },
]

export default function CouponPage() {
  const batch_id = useParam('batch_id')
  const may = useMay()
  const one = useRead(payment.couponBatch, { batch_id })
  const list = useList(payment.coupons, { filters: FILTERS, fixed: { batch_id } })
  const [ending, setEnding] = useState(false)
  const b = one.data
  return (
    <>
      <DetailPage
        title={b?.name ?? '优惠券'} loading={one.loading} error={one.error} retry={one.retry} back="/payment/coupons"
        tags={b ? <StateTag value={b.state} words={words.states?.['coupon_batch']} tones={BATCH_TONES} /> : null}
        actions={b?.state === 'live' ? <CanButton can={b.can.end} words={words} onClick={() => setEnding(true)}>停用</CanButton> : null}
        facts={b ? [
          ['小区', b.community_name], ['办法', b.rule_text], ['发放方式', words.states?.['coupon_way']?.[b.way]], ['有效期', `${b.from_on} 至 ${b.to_on}`], ['张数', `${b.count} 张`], ['总面额', <MoneyText key="f" fen={b.face_fen} />],
          ['已用', <Go key="u" to={`/payment/coupon-uses?batch_id=${b.batch_id}&live=1`}>{b.used_count} 张 <MoneyText fen={b.used_fen} /></Go>], ['作废', `${b.forfeited_count} 张`], ['过期', `${b.expired_count} 张`], ...(b.way === 'code' ? [['已兑换', `${b.redeemed_count} 张`] as const] : []),
          ['冲销与退款时', words.states?.['coupon_rule']?.[b.refund_rule]], ['发放', `${b.issued_by_name} ${instant(b.issued_at)}`], ['审批', b.approval_id ? <Go key="a" to={`/system/approvals/${b.approval_id}`}>{b.approved_by_name ?? '查看审批'}</Go> : '限额内,不需审批'],
          ['依据与说明', b.basis], ...(b.end_reason ? [['停用原因', b.end_reason] as const] : []),
        ] : []}
        tabs={[{ key: 'coupons', label: '券', children: () => <ListPage {...list} inside title="券" name="payment.coupon_list" columns={COLUMNS} row_key="coupon_id" excel={may('payment.coupon.export') ? payment.couponsExcel : undefined} empty={{ text: '没有符合条件的券' }} /> }]}
      />
      {ending && b ? <EndCoupons row={b} close={() => setEnding(false)} /> : null}
    </>
  )
}
