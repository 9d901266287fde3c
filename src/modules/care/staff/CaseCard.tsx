import { useRead } from '../../../ui/api.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { care } from '../contract.ts'

/** On the home page of whoever handles complaints. */
export function CaseCard() {
  const handles = mayDo(usePhoneMe(), 'care.complaint.handle')
  const { data } = useRead(care.myCases, { box: 'mine', page_size: 1 }, { enabled: handles, refresh_ms: 60_000 })
  if (!data || (data.counts.mine === 0 && data.counts.open === 0)) return null
  return (
    <div className="ph-list">
      <RowLink icon="mail" title={<span className="ph-line">我的投诉{data.counts.late > 0 ? <Tag kind="bad">超时 {data.counts.late}</Tag> : null}</span>} side={<span className="st-count ph-num">{data.counts.mine}</span>} to="/care" />
      {data.counts.open > 0 ? <RowLink icon="todo" title="待受理的投诉" side={<span className="st-count ph-num">{data.counts.open}</span>} to="/care?box=open" /> : null}
    </div>
  )
}
