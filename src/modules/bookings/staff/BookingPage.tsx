// One booking on the phone of whoever decides: what is asked for, yes or no.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant, yen } from '../../../ui/format.ts'
import { Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { bookings, type BookingDetail } from '../contract.ts'
import { said, untilText } from '../shown.ts'

export function BookingPage() {
  const booking_id = useParam('booking_id')
  const q = useRead(bookings.booking, { booking_id }, { stale_ms: 0 })
  return <Page title="预约详情" back="/"><Loaded reading={q}>{(b) => <Shown b={b} />}</Loaded></Page>
}
function Shown({ b }: { b: BookingDetail }) {
  const me = usePhoneMe()
  const decide = useWrite(bookings.decideBooking, { done: '已办理' })
  const [reason, setReason] = useState('')
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{b.resource_name}</h2><Tag kind={b.state === 'asked' ? 'warn' : 'busy'}>{said('booking', b.state)}</Tag></div>
        <Facts rows={[['预约号', b.no], ['时间', `${instant(b.from_at)} 至 ${untilText(b.to_at)}`], ['房号', `${b.house_label} ${b.contact_name}`], ['费用', b.amount_fen === 0 ? '免费' : yen(b.amount_fen)], b.note ? ['备注', b.note] : null, b.ended_reason ? ['原因', b.ended_reason] : null]} />
      </section>
      {b.state === 'asked' && mayDo(me, 'bookings.booking.write') ? (
        <section className="ph-card ph-section" aria-label="审核">
          <Button className="ph-big" block color="primary" loading={decide.running} onClick={async () => { if (await confirm({ title: `通过 ${b.no}?`, yes: '通过' })) await decide.run({ booking_id: b.booking_id, agree: true }) }}>通过</Button>
          <Field label="不通过的原因" hint="业户会看到">{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
          <Button className="ph-mid" block loading={decide.running} disabled={reason.trim().length < 2} onClick={() => void decide.run({ booking_id: b.booking_id, agree: false, reason })}>不通过</Button>
        </section>
      ) : null}
    </>
  )
}
