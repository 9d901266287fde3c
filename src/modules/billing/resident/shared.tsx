import type { Out } from '../../../ui/api.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Link } from '../../../ui/phone/router.tsx'
import type { billing } from '../contract.ts'

export type MyBill = Omit<Out<(typeof billing.myBill)['gives']>, 'reductions'>

export function BillTag({ bill }: { bill: MyBill }) {
  if (bill.state === 'void') return <Tag>已作废</Tag>
  if (bill.state === 'paid') return <Tag kind="good">已缴</Tag>
  if (bill.overdue_days > 0) return <Tag kind="bad">逾期 {bill.overdue_days} 天</Tag>
  return bill.state === 'partly' ? <Tag kind="warn">部分已缴</Tag> : <Tag kind="warn">待缴</Tag>
}

export function BillItem({ bill, with_house = false }: { bill: MyBill; with_house?: boolean }) {
  return (
    <li>
      <Link className="ph-row" to={`/bills/${bill.bill_id}`}>
        <span className="ph-row-body">
          <span className="ph-between"><span className="ph-strong">{bill.fee_item_name}{with_house ? ` · ${bill.house_label}` : ''}</span><Money className="ph-strong" fen={bill.amount_fen} /></span>
          <span className="ph-explain" style={{ display: 'block' }}>{bill.explanation}</span>
          <span className="ph-between ph-small"><span className="ph-weak">应缴日 {bill.due_on}</span><BillTag bill={bill} /></span>
        </span>
        <Icon name="next" className="ph-chevron" />
      </Link>
    </li>
  )
}
