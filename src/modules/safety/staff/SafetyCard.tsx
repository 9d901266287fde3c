import { useRead } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { useOnline } from '../../../ui/phone/online.ts'
import { safety } from '../contract.ts'

/** For whoever walks the grounds: fire, theft, somebody hurt. */
export function SafetyCard() {
  const may = mayDo(usePhoneMe(), 'safety.incident.create')
  const online = useOnline()
  const { data } = useRead(safety.myIncidents, {}, { enabled: may && online, refresh_ms: 60_000 })
  if (!may) return null
  const open = (data?.rows ?? []).filter((r) => r.state !== 'closed' && r.state !== 'void').length
  return (
    <div className="ph-list">
      <RowLink icon="shield" title="报告安全事件" under="火情、盗窃、受伤、纠纷,没有网络也能报" to="/safety/report" />
      {open > 0 ? <RowLink icon="todo" title="安全事件" side={<span className="st-count ph-num">{open}</span>} to="/safety" /> : null}
    </div>
  )
}
