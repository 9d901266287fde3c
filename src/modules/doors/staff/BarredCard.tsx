import { useRead } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { doors } from '../contract.ts'

const AGAIN_MS = 300_000
/** For whoever stands at a gate, only while somebody is barred. */
export function BarredCard() {
  const me = usePhoneMe()
  const may = mayDo(me, 'doors.barred.read') && mayDo(me, 'doors.door.open')
  const list = useRead(doors.doorsBarred, { state: 'on', page_size: 1 }, { enabled: may, refresh_ms: AGAIN_MS })
  if (!may || !list.data || list.data.total === 0) return null
  return <div className="ph-list"><RowLink icon="warn" title="门禁黑名单" under="这些人的卡和码不能开门" to="/doors/barred" side={<span className="ph-red">{list.data.total} 人</span>} /></div>
}
