import { RowLink } from '../../../ui/phone/bits.tsx'
import { useRead } from '../../../ui/api.ts'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { access } from '../contract.ts'

const AGAIN_MS = 60_000
/** On the home page of whoever stands at a gate. */
export function GuardCard() {
  const may = mayDo(usePhoneMe(), 'access.visit.check')
  const gate = useRead(access.gate, {}, { enabled: may, refresh_ms: AGAIN_MS })
  if (!may) return null
  const over = gate.data?.overstayed_count ?? 0
  return <div className="ph-list"><RowLink icon="key" title="门岗核验" under={gate.data ? `在访 ${gate.data.inside_count},待到访 ${gate.data.awaited_count}` : '访客、放行凭条、登记访客'} to="/guard" {...(over > 0 ? { side: <span className="ph-red">超时未离 {over}</span> } : {})} /></div>
}
