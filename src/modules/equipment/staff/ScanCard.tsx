import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'

/** On the home page of whoever looks after devices. */
export function ScanCard() {
  return mayDo(usePhoneMe(), 'equipment.device.read') ? <div className="ph-list"><RowLink icon="camera" title="扫设备码" under="看档案、报修" to="/equipment" /></div> : null
}
