import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'

/** On the home page of staff: what residents of their communities have been told. */
export const NoticeCard = () => (mayDo(usePhoneMe(), 'community.notice.read') ? <div className="ph-list"><RowLink icon="mail" title="小区公告" under="停水停电、通知、活动" to="/community/notices" /></div> : null)
