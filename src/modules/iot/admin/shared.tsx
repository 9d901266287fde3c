// What several pages of devices show: values in a line, and a warning when nobody listens.
import { Alert, InputNumber } from 'antd'
import { StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { instant } from '../../../ui/format.ts'
import type { FireAct, Shown } from '../contract.ts'
import { ACT_TONE } from '../shown.ts'
import { words } from '../words.ts'
import './iot.css'

export function Values({ values, max = 6 }: { values: readonly Shown[]; max?: number }) {
  const said = values.filter((v) => v.v !== null)
  if (said.length === 0) return <span className="hy-muted">还没有上报</span>
  return <span className="iot-values">{said.slice(0, max).map((v) => <span key={v.point} className={v.fault || v.q === 'bad' ? 'hy-red' : v.q === 'uncertain' ? 'hy-muted' : ''}><span className="hy-muted">{v.name}</span> {v.text}{v.q === 'uncertain' ? '(存疑)' : v.q === 'bad' ? '(无效)' : ''}</span>)}</span>
}
/** What a rule did, with what came of each. */
export function Acts({ acts }: { acts: readonly FireAct[] }) {
  return <div className="iot-acts">{acts.map((a) => <div key={a.act_no}><StateTag value={a.state} words={words.states?.['fired']} tones={ACT_TONE} /> {a.what}{a.told ? <span className="hy-muted"> {a.told}</span> : null}</div>)}</div>
}
const LATE_MS = 60_000
/** `now_ms` is when the answer was shown. */
export function GatewayLine({ heard_at, now_ms }: { heard_at: string | null; now_ms: number }) {
  if (heard_at === null) return <Alert type="warning" showIcon title="采集网关没有运行过,设备无法上报。请联系管理员启动网关进程。" />
  if (now_ms - Date.parse(heard_at) > LATE_MS) return <Alert type="warning" showIcon title={`采集网关自 ${instant(heard_at)} 起没有应答,下面是那时的状态。请联系管理员。`} />
  return null
}
/** For a form's first values: the community, when one is known. */
export const placeOf = (community_id: string | undefined): { community_id?: string } => (community_id ? { community_id } : {})
/** A number with its decimals: fields of a form take whole ones otherwise. */
export const measure = <N extends string>(name: N) => ({ name, control: (c: Control) => <InputNumber {...(c.id ? { id: c.id } : {})} className="hy-wide" value={(c.value as number | null | undefined) ?? null} onChange={(v) => c.onChange?.(v)} /> })
