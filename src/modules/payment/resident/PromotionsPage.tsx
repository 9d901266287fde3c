// 优惠活动: what is offered to my houses, what I have used; one offer with how it is reckoned, and paying it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Link, useParam, useQueryText } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { BindCard } from '../../messages/resident/shared.tsx'
import { payment } from '../contract.ts'
import type { Offer } from '../contract_promotion.ts'
import { useLeaveToPay } from './leave.ts'
import { OfferRow } from './Offers.tsx'
import { ChannelChoice } from './shared.tsx'

export function PromotionsPage() {
  const offers = useRead(payment.myOffers, {}, { stale_ms: 60_000 })
  const uses = useGrowing(payment.myPromotionUses, {})
  return (
    <Page title="优惠活动" back="/mine">
      <Loaded reading={offers}>
        {({ houses }) => (houses.length === 0 ? <StateBlock icon="empty" title="现在没有可参加的活动" text="物业开展预存优惠时会显示在这里" /> : <ul className="ph-list">{houses.flatMap((h) => h.rows.map((o) => <OfferRow key={`${h.house_id} ${o.promotion_id}`} offer={o} house_id={h.house_id} house={`${h.community_name} ${h.house_label}`} />))}</ul>)}
      </Loaded>
      <section className="ph-section">
        <h2 className="ph-h2">享受明细</h2>
        <Loaded reading={uses} rows={1}>
          {({ rows }) => (rows.length === 0 ? <div className="ph-card"><p className="ph-weak">还没有享受过优惠</p></div> : (
            <ul className="ph-list">
              {rows.map((u) => (
                <li key={u.use_id} className="ph-row">
                  <span className="ph-row-body">
                    <span className="ph-between"><span className="ph-strong">{u.promotion_name}</span>{u.reversed_at ? <Tag kind="bad">已冲销</Tag> : <span className="ph-green">赠 <Money fen={u.gift_fen} /></span>}</span>
                    <span className="ph-explain" style={{ display: 'block' }}>{u.working}</span>
                    <span className="ph-small ph-weak" style={{ display: 'block' }}>{u.house_label},实缴 <Money fen={u.paid_fen} />,收据 {u.receipt_no},{instant(u.used_at)}</span>
                    {u.refunded_fen > 0 ? <span className="ph-small ph-weak" style={{ display: 'block' }}>已退 <Money fen={u.refunded_fen} />,收回赠送 <Money fen={u.taken_fen} /></span> : null}
                  </span>
                </li>
              ))}
            </ul>
          ))}
        </Loaded>
        {uses.loadingMore ? <Bones rows={1} /> : uses.more ? <Button className="ph-big" block onClick={uses.loadMore}>查看更早的</Button> : null}
      </section>
    </Page>
  )
}

export function PromotionPage() {
  const promotion_id = useParam('promotion_id')
  const house_id = useQueryText('house')
  const offers = useRead(payment.myOffers, {}, { stale_ms: 0 })
  const payable = useRead(payment.myPayable, house_id ? { house_id } : {}, { enabled: house_id !== undefined, stale_ms: 0 })
  const house = offers.data?.houses.find((h) => h.house_id === house_id)
  const offer = house?.rows.find((o) => o.promotion_id === promotion_id)
  if (house && offer && payable.data) return <One house_id={house.house_id} house={`${house.community_name} ${house.house_label}`} offer={offer} channels={payable.data.channels} />
  return (
    <Page title="优惠活动" back="/promotions">
      <Loaded reading={offers}>{() => (offer ? <Loaded reading={payable}>{() => null}</Loaded> : <StateBlock icon="info" title="这套房产不能参加" text="活动已结束、名额已满,或已经享受过"><Link to="/promotions">查看全部活动</Link></StateBlock>)}</Loaded>
    </Page>
  )
}

function One({ house_id, house, offer: o, channels }: { house_id: string; house: string; offer: Offer; channels: readonly { channel_id: string; name: string; simulated: boolean }[] }) {
  const [channel_id, setChannel] = useState(channels[0]?.channel_id)
  const start = useWrite(payment.startPayment)
  const leave = useLeaveToPay()
  const pay = async (): Promise<void> => {
    if (!channel_id) return
    const intent = await start.run({ house_id, channel_id, promotion_id: o.promotion_id, prepay_fen: o.pay_fen }, `${channel_id} ${o.promotion_id} ${o.pay_fen}`)
    if (intent) await leave.run(intent.intent_id)
  }
  const foot = (
    <>
      <div className="rs-total"><span className="ph-weak ph-small">实缴</span><Money className="ph-strong" fen={o.pay_fen} /></div>
      <Button className="ph-big rs-pay" color="primary" disabled={!channel_id} loading={start.running || leave.running} loadingText="正在前往支付" onClick={() => void pay()}>确认支付</Button>
    </>
  )
  return (
    <Page title="优惠活动" back="/promotions" foot={foot}>
      <section className="ph-card ph-section">
        <h2 className="ph-h2">{o.name}</h2>
        <p className="ph-strong">{o.fee_item_name} {o.rule_text}</p>
        <p className="ph-explain">{o.working}</p>
        <Facts rows={[['房产', house], ['实缴预存', <Money key="p" fen={o.pay_fen} />], ['赠送', <Money key="g" fen={o.gift_fen} />], ['到账预存', <Money key="w" fen={o.wallet_fen} />], ['只抵扣', o.fee_item_name], ['退预存时', o.refund_text], ['截止', o.to_on], ['依据', o.basis]]} />
      </section>
      <p className="ph-weak ph-small">以支付成功时仍有名额为准;名额已满时款项转入预存,可抵扣账单或申请退回。</p>
      <BindCard back={`/promotions/${o.promotion_id}?house=${house_id}`} text="绑定微信后可在微信里直接付款" />
      {channels.length === 0 ? <StateBlock icon="info" title="线上缴费暂未开通" text="请到物业服务中心办理" /> : <ChannelChoice channels={channels} value={channel_id} choose={setChannel} />}
    </Page>
  )
}
