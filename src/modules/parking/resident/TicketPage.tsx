// 停车票: what it costs so far, paying, where the car stands, and the code for the guard's scanner.
import { Button } from 'antd-mobile'
import { useEffect, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { keepWayBack } from '../../../ui/phone/after_pay.ts'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { parking } from '../contract.ts'
import { keepTicket, keptTicket } from './kept.ts'
import { Stay } from './ParkPage.tsx'
import { Where } from './Where.tsx'

export function TicketPage({ ticket }: { ticket: string }) {
  const view = useRead(parking.ticketView, { ticket }, { stale_ms: 0, refresh_ms: 30_000 })
  const pay = useWrite(parking.ticketPay, { invalidates: [] })
  const place = useWrite(parking.ticketPlace, { done: '已记下', invalidates: [parking.ticketView] })
  const inside = view.data?.inside
  useEffect(() => {
    if (inside === true) keepTicket(ticket)
    else if (inside === false && keptTicket() === ticket) keepTicket(null)
  }, [inside, ticket])
  return (
    <Page title="停车票">
      <Loaded reading={view}>
        {(v) => (
          <>
            {v.inside ? <Code text={`${location.origin}/resident/ticket/${ticket}`} no={v.stay.plate} /> : v.stay.due_fen > 0 ? null : <StateBlock icon="ok" title="已离场" text={`${v.community_name} ${v.lot_name}`} />}
            {v.inside || v.stay.due_fen > 0 ? <Stay v={v.stay} where={`${v.community_name} ${v.lot_name}`} paying={pay.running} pay={async () => { const a = await pay.run({ ticket }); if (a) { keepWayBack({ path: `/ticket/${ticket}`, label: '返回停车票' }); go(`/link/${a.token}`) } }} /> : null}
            {v.inside ? <Where place={v.place} saving={place.running} save={(text) => place.run({ ticket, place: text })} /> : null}
            {v.inside ? <p className="ph-center ph-weak">离场时扫出口的二维码,或把这一页给岗亭扫。请收藏这一页。</p> : null}
            {v.inside ? null : <Button className="ph-mid ph-section" block onClick={() => go('/')}>关闭</Button>}
          </>
        )}
      </Loaded>
    </Page>
  )
}
function Code({ text, no }: { text: string; no: string }) {
  const [drawn, setDrawn] = useState<string>()
  useEffect(() => {
    void import('qrcode').then((m) => m.toDataURL(text, { errorCorrectionLevel: 'M', margin: 2, width: 480 })).then(setDrawn)
  }, [text])
  return (
    <section className="ph-card ph-section ph-center" aria-label="停车票二维码">
      {drawn ? <img src={drawn} alt={`${no} 的二维码`} style={{ width: 'min(100%, 11rem)', margin: '0 auto' }} /> : null}
      <p className="ph-amount ph-num">{no}</p>
    </section>
  )
}
