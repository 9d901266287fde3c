import { Button } from 'antd-mobile'
import { useEffect, useMemo, useState } from 'react'
import { fen, sumFen } from '../../../kernel/money.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { money } from '../../../ui/format.ts'
import { forgetWayBack } from '../../../ui/phone/after_pay.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Link, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { groupBy, monthText } from '../../../ui/phone/text.ts'
import { BindCard } from '../../messages/resident/shared.tsx'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { payment, type OpenLine } from '../contract.ts'
import { AskOther } from './AskOther.tsx'
import { CouponChoice, useCoupons } from './Coupons.tsx'
import { Offers } from './Offers.tsx'
import { useLeaveToPay } from './leave.ts'
import { ChannelChoice, resultPath } from './shared.tsx'

type Payable = Out<(typeof payment.myPayable)['gives']>
type PayableHouse = Payable['houses'][number]
const LINES_MAX = 200

export function PayPage() {
  const asked = useQueryText('house')
  const { houses, house, reading } = useMyHouse()
  const house_id = asked ?? house?.house_id
  const payable = useRead(payment.myPayable, house_id ? { house_id } : {}, { enabled: house_id !== undefined, stale_ms: 0 })
  const of_house = payable.data?.houses.find((h) => h.house_id === house_id)
  if (payable.data && of_house && of_house.lines.length > 0) return <Choose key={house_id} house={of_house} channels={payable.data.channels} more={houses.length > 1} />
  return (
    <Page title="缴费" back="/">
      {reading.data && !house_id ? <StateBlock icon="house" title="名下还没有房产" /> : null}
      {house_id ? (
        <Loaded reading={payable}>
          {() => (
            <>
              {house && !asked ? <HouseSwitcher houses={houses} house={house} /> : null}
              <StateBlock icon="ok" title="没有待缴的账单" text="这套房产的账单都已缴清"><Link to="/payments">查看缴费记录</Link></StateBlock>
              <Offers house_id={house_id} />
            </>
          )}
        </Loaded>
      ) : null}
    </Page>
  )
}

/** Everything that can be paid is ticked at the start, so that paying is one tap here; or only the bills that the address names. */
function Choose({ house, channels, more }: { house: PayableHouse; channels: Payable['channels']; more: boolean }) {
  const of_address = useQueryText('bill') ?? ''
  const named = of_address.split(',')
  // Whoever came by the menu does not go back to what he left without paying.
  useEffect(() => { if (!of_address) forgetWayBack() }, [of_address])
  const payable = useMemo(() => house.lines.filter((l) => !l.being_paid && l.open_fen > 0), [house.lines])
  const [off, setOff] = useState<ReadonlySet<string>>(() => new Set(payable.some((l) => named.includes(l.bill_id)) ? payable.filter((l) => !named.includes(l.bill_id)).map((l) => l.bill_id) : payable.slice(LINES_MAX).map((l) => l.bill_id)))
  const [channel_id, setChannel] = useState(channels[0]?.channel_id)
  const ticked = payable.filter((l) => !off.has(l.bill_id))
  const total = sumFen(ticked.map((l) => fen(l.open_fen)))
  const coupons = useCoupons(house.house_id, ticked.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })))
  const pay = usePay(house.house_id, channel_id, ticked, coupons.ids)
  const turn = (ids: readonly string[], on: boolean): void => setOff((before) => {
    const next = new Set(before)
    for (const id of ids) if (on) next.delete(id); else next.add(id)
    return next
  })
  const all = ticked.length === payable.length
  const foot = (
    <>
      <div className="rs-total"><span className="ph-weak ph-small">合计 {ticked.length} 笔{coupons.off_fen > 0 ? `,券抵 ${money(coupons.off_fen)}` : null}</span><Money className="ph-strong" fen={sumFen([total, fen(-coupons.off_fen)])} /></div>
      <Button className="ph-big rs-pay" color="primary" disabled={ticked.length === 0 || ticked.length > LINES_MAX || !channel_id || coupons.waiting} loading={pay.running} loadingText="正在前往支付" onClick={() => void pay.run()}>确认支付</Button>
    </>
  )
  return (
    <Page title="确认缴费" back="/" foot={foot}>
      <p className="ph-between"><span className="ph-strong">{house.community_name} {house.house_label}</span>{payable.length > 1 ? <button type="button" className="ph-text-button" onClick={() => turn(payable.map((l) => l.bill_id), !all)}>{all ? '全部不选' : '全选'}</button> : null}</p>
      {more ? <Link className="rs-other" to="/pay/merged">名下其他房产也有待缴,去合并缴费</Link> : null}
      <BindCard back={`/pay?house=${house.house_id}`} text="绑定微信后可在微信里直接付款" />
      {house.live_intent_id ? <LivePayment intent_id={house.live_intent_id} /> : null}
      {channels.length === 0 ? <StateBlock icon="info" title="线上缴费暂未开通" text="请到物业服务中心缴费" /> : null}
      {ticked.length > LINES_MAX ? <p role="alert" className="ph-fault">一次最多支付 {LINES_MAX} 笔,请减少勾选,其余下次再付。</p> : null}
      {groupBy(house.lines, (l) => l.period_on.slice(0, 7)).map(([period, lines]) => (
        <fieldset key={period} className="ph-section">
          <legend className="ph-h2">{monthText(period)}</legend>
          <ul className="ph-list">{lines.map((l) => <Line key={l.bill_id} line={l} on={!off.has(l.bill_id)} turn={(on) => turn([l.bill_id], on)} />)}</ul>
        </fieldset>
      ))}
      {ticked.length > 0 ? <CouponChoice coupons={coupons} /> : null}
      {channels.length > 0 ? <ChannelChoice channels={channels} value={channel_id} choose={setChannel} /> : null}
      {channels.length > 0 && ticked.length > 0 ? <AskOther house_id={house.house_id} lines={ticked} coupon_ids={coupons.waiting ? [] : coupons.ids} /> : null}
      {house.wallet_fen > 0 ? <p className="ph-weak ph-small">预存余额 <Money fen={house.wallet_fen} />,可到服务中心抵扣账单。</p> : null}
      <Offers house_id={house.house_id} />
    </Page>
  )
}

function Line({ line, on, turn }: { line: OpenLine; on: boolean; turn: (on: boolean) => void }) {
  return (
    <li>
      <label className="ph-row ph-check">
        <input type="checkbox" checked={on && !line.being_paid} disabled={line.being_paid} onChange={(e) => turn(e.target.checked)} />
        <span className="ph-row-body">
          <span className="ph-between"><span className="ph-strong">{line.fee_item_name}</span><Money className="ph-strong" fen={line.open_fen} /></span>
          <span className="ph-explain" style={{ display: 'block' }}>{line.explanation}</span>
          {line.paid_fen + line.reduced_fen > 0 ? <span className="ph-small ph-weak" style={{ display: 'block' }}>应缴 <Money fen={line.amount_fen} />,已缴或减免 <Money fen={sumFen([fen(line.paid_fen), fen(line.reduced_fen)])} /></span> : null}
          {line.being_paid ? <Tag kind="busy">正在支付中</Tag> : line.overdue_days > 0 ? <Tag kind="bad">逾期 {line.overdue_days} 天</Tag> : null}
        </span>
      </label>
    </li>
  )
}

export function LivePayment({ intent_id }: { intent_id: string }) {
  return <Link className="rs-live" to={resultPath(intent_id)}>有一笔支付还没有完成,点此查看或取消</Link>
}

/** Intent first, then the order at the channel, then wherever it is paid. */
function usePay(house_id: string, channel_id: string | undefined, lines: readonly OpenLine[], coupon_ids: readonly string[]): { run: () => Promise<void>; running: boolean } {
  const start = useWrite(payment.startPayment)
  const leave = useLeaveToPay()
  const run = async (): Promise<void> => {
    if (!channel_id) return
    // The request id belongs to what was ticked: other lines are another intention.
    const key = `${channel_id} ${lines.map((l) => `${l.bill_id}:${l.open_fen}`).join(' ')} ${coupon_ids.join(' ')}`
    const intent = await start.run({ house_id, channel_id, bills: lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })), ...(coupon_ids.length > 0 ? { coupon_ids: [...coupon_ids] } : {}) }, key)
    if (intent) await leave.run(intent.intent_id)
  }
  return { run, running: start.running || leave.running }
}
