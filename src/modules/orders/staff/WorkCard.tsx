import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { useShift } from './shift.ts'

/** On the home page of whoever works on orders: what is in hand, what hangs in the hall. */
export function WorkCard() {
  // Opening the app is what brings the shift's work onto the phone.
  const data = useShift({ refresh_ms: 60_000 }).data?.value
  if (!data) return null
  return (
    <div className="ph-list">
      <RowLink icon="tool" title={<span className="ph-line">我的工单{data.counts.late > 0 ? <Tag kind="bad">超时 {data.counts.late}</Tag> : null}</span>} side={<span className="st-count ph-num">{data.counts.mine}</span>} to="/orders" />
      {data.counts.hall > 0 ? <RowLink icon="todo" title="抢单大厅" side={<span className="st-count ph-num">{data.counts.hall}</span>} to="/orders?box=hall" /> : null}
    </div>
  )
}

/** For whoever walks the grounds: a broken lamp, said from where it hangs. */
export function ReportCard() {
  return mayDo(usePhoneMe(), 'orders.order.report') ? <div className="ph-list"><RowLink icon="camera" title="报修公共部位" under="看到灯不亮、漏水、破损,拍照报修" to="/orders/report" /></div> : null
}
