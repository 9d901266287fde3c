import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'

/** On the home page of whoever lets people in. */
export const BookingCard = () => (mayDo(usePhoneMe(), 'bookings.booking.check') ? <div className="ph-list"><RowLink icon="calendar" title="预约签到" under="球场、会议室、活动室今天的预约" to="/bookings" /></div> : null)
