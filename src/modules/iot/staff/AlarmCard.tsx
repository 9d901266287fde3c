import { useRead } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { iot } from '../contract.ts'

/** On the home page of whoever is told of alarms. */
export function AlarmCard() {
  const handles = mayDo(usePhoneMe(), 'iot.alarm.handle')
  const { data } = useRead(iot.alarms, { open: true, page_size: 1 }, { enabled: handles, refresh_ms: 30_000 })
  const waiting = data ? data.counts.active + data.counts.acked + data.counts.cleared : 0
  return data && waiting > 0 ? <div className="ph-list"><RowLink icon="shield" title="设备报警" under={data.counts.active > 0 ? `${data.counts.active} 条未确认` : '等待处置'} side={<span className="st-count ph-num">{waiting}</span>} to="/iot/alarms" /></div> : null
}
