// What other modules show of orders on the staff's phone.
import { useRead } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { orders } from '../contract.ts'
import { StateMark } from '../parts.tsx'
import { hour } from '../shown.ts'

/** The last repairs of a device. */
export function DeviceOrders({ equipment_id }: { equipment_id: string }) {
  const may = mayDo(usePhoneMe(), 'equipment.device.read')
  const list = useRead(orders.deviceOrders, { equipment_id }, { enabled: may })
  const rows = list.data?.rows ?? []
  if (rows.length === 0) return null
  return <section className="ph-section"><h2 className="ph-h2">报修记录</h2><ul className="ph-list">{rows.map((o) => <li key={o.order_id}><RowLink to={`/orders/${o.order_id}`} title={<span className="ph-strong">{o.words}</span>} under={`${hour(o.created_at)} · ${o.category}${o.assignee_name ? ` · ${o.assignee_name}` : ''}`} side={<StateMark state={o.state} />} /></li>)}</ul></section>
}
