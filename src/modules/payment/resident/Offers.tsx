// What prepaying earns today, reckoned for the house.
import { useRead } from '../../../ui/api.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Link } from '../../../ui/phone/router.tsx'
import { payment } from '../contract.ts'
import type { Offer } from '../contract_promotion.ts'

export function Offers({ house_id }: { house_id: string }) {
  const read = useRead(payment.myOffers, {}, { stale_ms: 60_000 })
  const rows = read.data?.houses.find((h) => h.house_id === house_id)?.rows ?? []
  if (rows.length === 0) return null
  return (
    <section className="ph-section" aria-label="优惠活动">
      <h2 className="ph-h2">优惠活动</h2>
      <ul className="ph-list">{rows.map((o) => <OfferRow key={o.promotion_id} offer={o} house_id={house_id} />)}</ul>
    </section>
  )
}

export function OfferRow({ offer: o, house_id, house }: { offer: Offer; house_id: string; house?: string }) {
  return (
    <li>
      <Link className="ph-row" to={`/promotions/${o.promotion_id}?house=${house_id}`}>
        <span className="ph-row-body">
          <span className="ph-between"><span className="ph-strong">{o.fee_item_name} {o.rule_text}</span><Tag kind="warn">{o.to_on} 止</Tag></span>
          {house ? <span className="ph-small ph-weak" style={{ display: 'block' }}>{house}</span> : null}
          <span className="ph-explain" style={{ display: 'block' }}>{o.name}:{o.working}</span>
          <span className="ph-small ph-weak" style={{ display: 'block' }}>实缴 <Money fen={o.pay_fen} />,到账预存 <Money fen={o.wallet_fen} /></span>
        </span>
        <Icon name="next" />
      </Link>
    </li>
  )
}
