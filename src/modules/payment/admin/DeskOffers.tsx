// What the house at the desk may use today: chosen, it adds its prepayment to what is taken, with the working shown before.
import { Button, Tag } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { payment } from '../contract.ts'
import type { Offer } from '../contract_promotion.ts'

export function DeskOffers({ house_id, chosen, choose }: { house_id: string; chosen: Offer | undefined; choose: (o: Offer | undefined) => void }) {
  const read = useRead(payment.offers, { house_id }, { stale_ms: 0 })
  const rows = read.data?.rows ?? []
  if (rows.length === 0) return null
  return (
    <div className="hy-stack" role="group" aria-label="优惠活动">
      {rows.map((o) => (
        <div key={o.promotion_id} className="ds-offer">
          <div className="hy-line" style={{ flexWrap: 'wrap' }}>
            <Tag color="orange">{o.name}</Tag><span>{o.fee_item_name} {o.rule_text}</span>
            {o.can === true ? <Button size="small" type={chosen?.promotion_id === o.promotion_id ? 'primary' : 'default'} aria-pressed={chosen?.promotion_id === o.promotion_id} onClick={() => choose(chosen?.promotion_id === o.promotion_id ? undefined : o)}>{chosen?.promotion_id === o.promotion_id ? '已选,点此去掉' : '选用'}</Button> : null}
          </div>
          {o.can === true ? <span className="hy-muted">{o.working};到账预存 <MoneyText fen={o.wallet_fen} />。退预存时{o.refund_text}。</span> : <span className="hy-muted">{o.why_not}</span>}
        </div>
      ))}
    </div>
  )
}
