// Before prepayment goes back: what the promotion takes back with it, as the server reckons it.
import { Alert } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { money } from '../../../ui/format.ts'
import { payment } from '../contract.ts'

export function GiftBack({ house_id, fee_item_id, payment_id, amount_fen }: { house_id: string; fee_item_id: string | null; payment_id?: string; amount_fen: number }) {
  const read = useRead(payment.giftBack, { house_id, fee_item_id, amount_fen, ...(payment_id ? { payment_id } : {}) }, { enabled: fee_item_id !== null && amount_fen > 0, stale_ms: 0, keep: true })
  const d = read.data
  if (fee_item_id === null || amount_fen === 0 || !d) return null
  if (amount_fen > d.most_fen) return <Alert type="warning" showIcon title={`这里面有活动赠送,最多可退 ${money(d.most_fen)} 元`} />
  if (d.gift_fen === 0) return null
  return <Alert type="info" showIcon title={`退款时同时收回活动赠送 ${money(d.gift_fen)} 元`} description={d.workings.join(';')} />
}
