import { Button } from 'antd-mobile'
import { useEffect, useState } from 'react'
import { fileUrl, keyOf, queries, useRead, useWrite } from '../../../ui/api.ts'
import { Facts, Money } from '../../../ui/phone/bits.tsx'
import { forgetWayBack, wayBack } from '../../../ui/phone/after_pay.ts'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useParam, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { inWechat } from '../../../ui/phone/wechat.ts'
import { payment } from '../contract.ts'
import type { MyIntent as Intent } from '../contract_online.ts'
import { useLeaveToPay } from './leave.ts'
import { leadTo } from './shared.tsx'

const FAST_MS = 1500
const SLOW_MS = 10_000
/** After so long the answer is no longer about to come; the page asks less often. */
const PATIENCE_MS = 60_000
const isFinal = (state: Intent['state'] | undefined): boolean => state === 'succeeded' || state === 'closed' || state === 'failed'

export function PayResultPage() {
  const intent_id = useParam('intent_id')
  const [patient, setPatient] = useState(true)
  const done = isFinal(queries.getQueryData<Intent>(keyOf(payment.paymentState, { intent_id }))?.state)
  const reading = useRead(payment.paymentState, { intent_id }, { stale_ms: 0, ...(done ? {} : { refresh_ms: patient ? FAST_MS : SLOW_MS }) })
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    // What is owed, paid and shown elsewhere has changed with it.
    if (done) void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== payment.paymentState.name })
  }, [done])
  return (
    <Page title="支付结果" back="/">
      <Loaded reading={reading}>
        {(i) => (
          <div aria-live="polite">{i.state === 'succeeded' ? <Succeeded intent={i} /> : isFinal(i.state) ? <NotPaid intent={i} /> : <Waiting intent={i} patient={patient} />}</div>
        )}
      </Loaded>
    </Page>
  )
}

function Head({ icon, kind, title, fen }: { icon: 'ok' | 'warn' | 'history'; kind: string; title: string; fen: number }) {
  return (
    <section className={`ph-card rs-result ${kind}`}>
      <Icon name={icon} className="" />
      <h2>{title}</h2>
      <p className="ph-amount"><Money fen={fen} /></p>
    </section>
  )
}

function Succeeded({ intent }: { intent: Intent }) {
  const [from] = useState(wayBack)
  const leave = (path: string): void => { forgetWayBack(); go(path, { replace: true }) }
  const prepaid = intent.promotion ? 0 : intent.receipts.reduce((n, r) => n + r.prepaid_fen, 0)
  return (
    <div className="ph-section rs-gap">
      <Head icon="ok" kind="ph-green" title="支付成功" fen={intent.amount_fen} />
      <section className="ph-card">
        {intent.promotion?.gift_fen ? <p className="ph-green">已参加「{intent.promotion.name}」,另赠预存 <Money fen={intent.promotion.gift_fen} /></p> : null}
        {intent.promotion?.missed ? <p role="status" className="ph-amber">没有赠送:{intent.promotion.missed}。款项已转入预存,可抵扣账单,或到服务中心申请退回。</p> : null}
        {intent.coupon?.off_fen ? <p className="ph-green">优惠券抵减 <Money fen={intent.coupon.off_fen} /></p> : null}
        {intent.coupon?.missed ? <p role="status" className="ph-amber">优惠券没有用上:{intent.coupon.missed}。付的钱已缴账单,差额仍待缴。</p> : null}
        {prepaid > 0 ? <p role="status">其中 <Money fen={prepaid} /> 已转入预存,可抵扣账单,或到服务中心申请退回。</p> : null}
        <Facts rows={[['房产', intent.house_label], intent.receipts.length > 1 ? ['收据', `${intent.receipts.length} 张`] : intent.receipt_no ? ['收据号', intent.receipt_no] : null, ['订单号', intent.out_trade_no]]} />
      </section>
      {intent.receipts.map((r, i) => <a key={r.payment_id} className={`adm-button ${i === 0 ? 'adm-button-primary ' : ''}adm-button-block adm-button-large adm-button-shape-default ph-big rs-link-button`} href={fileUrl(payment.myReceiptPdf, { payment_id: r.payment_id })} target="_blank" rel="noopener">{intent.receipts.length > 1 ? `${r.house_label} 收据(PDF)` : '查看收据(PDF)'}</a>)}
      {intent.receipts.length === 0 ? <p className="ph-center ph-weak">收据正在开具,稍后可在「缴费记录」中查看。</p> : null}
      {from ? <Button className="ph-big" block color="primary" fill="outline" onClick={() => leave(from.path)}>{from.label}</Button> : null}
      <Button className="ph-big" block onClick={() => leave('/')}>返回首页</Button>
    </div>
  )
}

function NotPaid({ intent }: { intent: Intent }) {
  return (
    <div className="ph-section rs-gap">
      <Head icon="warn" kind="ph-amber" title={intent.state === 'failed' ? '没有支付成功' : '支付已取消'} fen={intent.amount_fen} />
      <p className="ph-center">{intent.failure ?? '没有扣款,账单仍为待缴。'}</p>
      <Button className="ph-big" block color="primary" onClick={() => go(`/pay?house=${intent.house_id}`, { replace: true })}>重新支付</Button>
      <Button className="ph-big" block onClick={() => go('/', { replace: true })}>返回首页</Button>
    </div>
  )
}

function Waiting({ intent, patient }: { intent: Intent; patient: boolean }) {
  const came_back = useQueryText('back') === '1'
  const close = useWrite(payment.closeIntent, { invalidates: [payment.paymentState, payment.myPayable] })
  const url = intent.state === 'pending' && intent.pay_url ? leadTo(intent.pay_url) : undefined
  const leave = useLeaveToPay()
  const jsapi = intent.way === 'jsapi' && intent.state === 'pending'
  const giveUp = async (): Promise<void> => {
    if (await confirm({ title: '取消这笔支付?', text: '如果您已经付款,请不要取消,等待结果即可。', yes: '取消支付', no: '再等等' })) await close.run({ intent_id: intent.intent_id }, intent.intent_id)
  }
  return (
    <div className="ph-section rs-gap">
      <Head icon="history" kind="" title={came_back && patient ? '正在确认支付结果' : intent.state === 'unknown' ? '结果确认中' : '等待支付'} fen={intent.amount_fen} />
      <p className="ph-center ph-weak">{intent.state === 'unknown' ? '暂时没有收到支付通道的答复,请不要重复支付,系统会自动确认。' : came_back ? '已付款的,通常几秒内会显示结果,请不要重复支付。' : '还没有付款,可以继续支付,也可以取消。'}</p>
      {url ? <Button className="ph-big" block color="primary" fill={came_back && patient ? 'outline' : 'solid'} onClick={() => location.assign(url)}>继续支付</Button> : null}
      {jsapi && inWechat() ? <Button className="ph-big" block color="primary" fill={came_back && patient ? 'outline' : 'solid'} loading={leave.running} onClick={() => void leave.run(intent.intent_id)}>继续支付</Button> : null}
      {jsapi && !inWechat() ? <p className="ph-center ph-weak">这笔订单在微信里发起,请回到微信继续支付;或取消后在这里重新支付。</p> : null}
      <Button className="ph-big" block loading={close.running} onClick={() => void giveUp()}>取消支付</Button>
    </div>
  )
}
