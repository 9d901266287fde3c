// Opened by whoever was sent the link, without an account: a masked house, the bills, one button.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Facts, Money } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { forgetWayBack, wayBack } from '../../../ui/phone/after_pay.ts'
import { go, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { monthText } from '../../../ui/phone/text.ts'
import { payment } from '../contract.ts'
import type { LinkView } from '../contract_links.ts'
import { ChannelChoice, leadTo } from './shared.tsx'

const POLL_MS = 2500

export function LinkPage({ token }: { token: string }) {
  const came_back = useQueryText('back') === '1'
  const [over, setOver] = useState(false)
  const view = useRead(payment.linkView, { token }, { stale_ms: 0, ...(over ? {} : { refresh_ms: POLL_MS }) })
  const state = view.data?.state
  if (state !== undefined && state !== 'open' && !over) setOver(true)
  return (
    <Page title={view.data?.title ?? '代缴物业费'}>
      <Loaded reading={view}>{(v) => (v.state === 'open' ? <Open token={token} v={v} came_back={came_back} /> : <Over v={v} />)}</Loaded>
    </Page>
  )
}

function Over({ v }: { v: LinkView }) {
  const back = wayBack()
  if (v.state !== 'paid') return <StateBlock icon="warn" title={v.state === 'revoked' ? '链接已作废' : '链接已失效'} text="请让发给您的人重新生成一个" />
  return (
    <>
      <StateBlock icon="ok" title="已缴清" text={`${v.community_name} ${v.title ?? v.house_masked}`} />
      {v.order?.receipt_no ? <section className="ph-card"><Facts rows={[['金额', <Money key="m" fen={v.order.amount_fen} />], ['收据号', v.order.receipt_no]]} /></section> : null}
      {back ? <Button className="ph-big ph-section" block color="primary" onClick={() => { forgetWayBack(); go(back.path) }}>{back.label}</Button> : null}
    </>
  )
}

function Open({ token, v, came_back }: { token: string; v: LinkView; came_back: boolean }) {
  const [channel_id, setChannel] = useState(v.channels[0]?.channel_id)
  const pay = useWrite(payment.payLink, { invalidates: [payment.linkView] })
  const waiting = v.order !== null && (v.order.state === 'created' || v.order.state === 'pending' || v.order.state === 'unknown')
  const press = async (): Promise<void> => {
    if (!channel_id) return
    const answer = await pay.run({ token, channel_id, origin: location.origin }, channel_id)
    const url = answer?.order?.pay_url ? leadTo(answer.order.pay_url) : undefined
    if (url) location.assign(url)
  }
  return (
    <>
      <section className="ph-card">
        <Facts rows={[['物业公司', v.company_name], ['小区', v.community_name], v.title ? ['缴什么', v.title] : ['房号', v.house_masked], ['应缴', <Money key="m" className="ph-strong" fen={v.open_fen} />]]} />
      </section>
      <ul className="ph-list">
        {v.lines.map((l) => <li key={`${l.fee_item_name} ${l.period_on}`} className="ph-row"><span className="ph-row-body">{l.fee_item_name}<span className="ph-weak ph-small" style={{ display: 'block' }}>{monthText(l.period_on.slice(0, 7))}</span></span><span className="ph-row-side"><Money fen={l.open_fen} /></span></li>)}
        {v.coupons.map((k) => <li key={k.name} className="ph-row"><span className="ph-row-body">优惠券「{k.name}」</span><span className="ph-row-side ph-green">-<Money fen={k.off_fen} /></span></li>)}
      </ul>
      {v.coupon_missed ? <p className="ph-weak ph-small" role="status">优惠券没有用上:{v.coupon_missed}</p> : null}
      {v.channels.length === 0 ? <StateBlock icon="info" title="线上缴费暂未开通" text="请到物业服务中心缴费" /> : <ChannelChoice channels={v.channels} value={channel_id} choose={setChannel} />}
      {waiting && came_back ? <p className="ph-center ph-weak" role="status">正在确认支付结果,已付款的请不要重复支付。</p> : null}
      {v.order?.state === 'failed' || v.order?.state === 'closed' ? <p className="ph-center ph-weak">上一次没有支付成功,可以重新支付。</p> : null}
      <Button className="ph-big" block color="primary" disabled={!channel_id} loading={pay.running} loadingText="正在前往支付" onClick={() => void press()}>{waiting ? '继续支付' : '立即支付'}</Button>
      <p className="ph-center ph-weak ph-small">{v.title ? '只能缴纳以上账单。' : '只能缴纳以上账单,不显示业主的个人信息。'}</p>
    </>
  )
}
