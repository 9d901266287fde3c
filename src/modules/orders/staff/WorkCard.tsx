import { useRead } from '../../../ui/api.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { orders } from '../contract.ts'

/** On the home page of whoever works on orders: what is in hand, what hangs in the hall. */
export function WorkCard() {
  const works = mayDo(usePhoneMe(), 'orders.order.work')
  const { data } = useRead(orders.myWork, { box: 'mine', page_size: 1 }, { enabled: works, stale_ms: 30_000 })
  if (!data) return null
  return (
    <div className="ph-list">
      <RowLink icon="tool" title={<span className="ph-line">我的工单{data.counts.late > 0 ? <Tag kind="bad">超时 {data.counts.late}</Tag> : null}</span>} side={<span className="st-count ph-num">{data.counts.mine}</span>} to="/work" />
      {data.counts.hall > 0 ? <RowLink icon="todo" title="抢单大厅" side={<span className="st-count ph-num">{data.counts.hall}</span>} to="/work?box=hall" /> : null}
    </div>
  )
}
