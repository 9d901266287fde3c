import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'

/** On the home page of whoever stands at a gate. */
export function GateCard() {
  return mayDo(usePhoneMe(), 'care.gate.check') ? <div className="ph-list"><RowLink icon="shield" title="放行核验" under="搬出放行条扫码" to="/care/gate" /></div> : null
}
