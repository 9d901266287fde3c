// 进度通知: how a resident wants to hear of this order besides the app.
import { RowSwitch } from '../../../ui/phone/bits.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { BindCard } from '../../messages/resident/shared.tsx'
import { orders, type TellBy, type TellChoice } from '../contract.ts'

const turned = (list: TellBy, way: TellBy[number], on: boolean): TellBy => [...list.filter((w) => w !== way), ...(on ? [way] : [])]
export function TellSwitches({ choice, value, set, back }: { choice: TellChoice; value: TellBy; set: (v: TellBy) => void; back: string }) {
  if (!choice.sms && choice.wechat === 'none') return null
  return (
    <section className="ph-section" aria-label="进度通知">
      <p className="ph-legend">进度通知(应用内总会有)</p>
      <div className="ph-list">
        {choice.wechat === 'ready' ? <RowSwitch title="公众号消息" on={value.includes('wechat')} set={(on) => set(turned(value, 'wechat', on))} /> : null}
        {choice.sms ? <RowSwitch title="短信" under="发到您登录的手机号" on={value.includes('sms')} set={(on) => set(turned(value, 'sms', on))} /> : null}
      </div>
      {choice.wechat === 'unbound' ? <BindCard back={back} text="绑定微信,进度发到公众号" /> : null}
    </section>
  )
}
/** On an order that runs: changed at once. */
export function TellCard({ order_id }: { order_id: string }) {
  const ways = useRead(orders.tellWays, { order_id })
  const save = useWrite(orders.tellMine, { done: '已修改' })
  if (!ways.data || (!ways.data.sms && ways.data.wechat === 'none')) return null
  return <section className="ph-card"><TellSwitches choice={ways.data} value={ways.data.tell_by} back={`/orders/${order_id}`} set={(tell_by) => void save.run({ order_id, tell_by })} /></section>
}
