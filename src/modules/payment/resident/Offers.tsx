// What prepaying earns today, reckoned for the house. Prepaying itself is done where it is offered: at the desk.
import { useRead } from '../../../ui/api.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { payment } from '../contract.ts'

export function Offers({ house_id }: { house_id: string }) {
  const read = useRead(payment.myOffers, {}, { stale_ms: 60_000 })
  const rows = read.data?.houses.find((h) => h.house_id === house_id)?.rows ?? []
  if (rows.length === 0) return null
  return (
    <section className="ph-section" aria-label="优惠活动">
      <h2 className="ph-h2">优惠活动</h2>
      <ul className="ph-list">
        {rows.map((o) => (
          <li key={o.promotion_id} className="ph-row">
            <span className="ph-row-body">
              <span className="ph-between"><span className="ph-strong">{o.fee_item_name} {o.rule_text}</span><Tag kind="warn">{o.to_on} 止</Tag></span>
              <span className="ph-explain" style={{ display: 'block' }}>{o.name}:{o.working}</span>
              <span className="ph-small ph-weak" style={{ display: 'block' }}>实缴 <Money fen={o.pay_fen} />,到账预存 <Money fen={o.wallet_fen} />;退预存时{o.refund_text}。到物业服务中心收费台缴纳。</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
