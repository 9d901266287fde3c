import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'

export const PlanCard = () => (mayDo(usePhoneMe(), 'siteplan.plan.read') ? <div className="ph-list"><RowLink icon="house" title="平面图" under="设备、门、摄像机、标识在哪里,现在怎样" to="/siteplan" /></div> : null)
