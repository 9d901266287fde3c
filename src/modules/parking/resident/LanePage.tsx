// 通道扫码: opened by the code on a lane's sign, without an account. In without a plate: a ticket; out: pay and go. The phone keeps the ticket and finds it again at the exit.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Facts } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { keepWayBack } from '../../../ui/phone/after_pay.ts'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { parking, type LaneView } from '../contract.ts'
import { words } from '../words.ts'
import { Stay } from './ParkPage.tsx'
import { keepTicket, keptTicket, sizeText } from './kept.ts'

const LOOK_MS = 4000
/** A reason is a code of this module's, or words already. */
const reason = (text: string): string => words.refusals?.[text] ?? text
export function LanePage({ token }: { token: string }) {
  const ticket = keptTicket()
  const lane = useRead(parking.laneView, { token, ...(ticket ? { ticket } : {}) }, { stale_ms: 0, refresh_ms: LOOK_MS })
  return (
    <Page title="通道扫码">
      <Loaded reading={lane}>
        {(v) => (
          <>
            <section className="ph-card"><Facts rows={[['车场', `${v.community_name} ${v.lot_name}`], ['通道', v.lane_name], sizeText(v) ? ['限制', sizeText(v)] : null]} /></section>
            {!v.car ? <StateBlock icon="info" title="正在等车停稳" text="请把车停在栏杆前,识别后这里会自动显示" /> : v.car.direction === 'in' ? <Entry v={v} token={token} /> : <Exit v={v} token={token} ticket={ticket} />}
            {ticket ? <Button className="ph-mid ph-section" block fill="none" onClick={() => go(`/ticket/${ticket}`)}>看我的停车票</Button> : null}
          </>
        )}
      </Loaded>
    </Page>
  )
}
function Entry({ v, token }: { v: LaneView; token: string }) {
  // One ask of this page is one ticket, however often it is sent.
  const [ask] = useState(() => crypto.randomUUID())
  const enter = useWrite(parking.laneEnter, { invalidates: [] })
  if (v.can.enter !== true) return <StateBlock icon="warn" title={v.car?.no_plate ? '现在不能进入' : `识别到 ${v.car?.plate ?? ''}`} text={v.car?.no_plate ? reason(v.can.enter) : `${v.car?.why ?? ''}。${reason(v.can.enter)}`} />
  return (
    <section className="ph-card ph-section" aria-label="无牌车入场">
      <p>没有识别到车牌:取一张停车票入场,离场时按它缴费。</p>
      <Button className="ph-big" block color="primary" loading={enter.running} onClick={async () => { const a = await enter.run({ token, ask }); if (a) { keepTicket(a.ticket); go(`/ticket/${a.ticket}`) } }}>取票入场</Button>
    </section>
  )
}
function Exit({ v, token, ticket }: { v: LaneView; token: string; ticket: string | null }) {
  const mine = { token, ...(ticket ? { ticket } : {}) }
  const pay = useWrite(parking.lanePay, { invalidates: [] })
  const leave = useWrite(parking.laneLeave, { done: '已开闸,请慢行' })
  const pass = async (): Promise<void> => { if (await leave.run(mine)) keepTicket(null) }
  return (
    <>
      {v.stay ? <Stay v={v.stay} paying={pay.running} pay={async () => { const a = await pay.run(mine); if (a) { keepWayBack({ path: `/lane/${token}`, label: '回到通道,开闸离场' }); go(`/link/${a.token}`) } }} /> : <StateBlock icon="warn" title={v.car?.no_plate ? '没有识别到车牌' : `识别到 ${v.car?.plate ?? ''}`} text={v.can.leave === true ? '' : reason(v.can.leave)} />}
      {v.can.leave === true ? <Button className="ph-big ph-section" block color="primary" loading={leave.running} onClick={() => void pass()}>开闸离场</Button> : null}
    </>
  )
}
