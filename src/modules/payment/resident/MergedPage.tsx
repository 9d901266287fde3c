// Several own houses in one payment: tick houses, pay once; each house gets its own receipt.
import { Button } from 'antd-mobile'
import { useEffect, useState, type Dispatch, type SetStateAction } from 'react'
import { fen, sumFen } from '../../../kernel/money.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { payment } from '../contract.ts'
import { CouponChoice, useCoupons } from './Coupons.tsx'
import { useLeaveToPay } from './leave.ts'
import { ChannelChoice } from './shared.tsx'

type Payable = Out<(typeof payment.myPayable)['gives']>
const HOUSES_MAX = 10
const BILLS_MAX = 100

/** Coupons of a house that fit, and what they take off. */
interface HouseCut {
  ids: readonly string[]
  off_fen: number
  waiting: boolean
}
const NO_CUT: HouseCut = { ids: [], off_fen: 0, waiting: false }

export function MergedPage() {
  const payable = useRead(payment.myPayable, {}, { stale_ms: 0 })
  const owing = payable.data?.houses.filter((h) => h.lines.some((l) => !l.being_paid && l.open_fen > 0)) ?? []
  if (payable.data && owing.length > 0) return <Choose houses={owing} channels={payable.data.channels} />
  return <Page title="合并缴费" back="/pay"><Loaded reading={payable}>{() => <StateBlock icon="ok" title="没有待缴的账单" />}</Loaded></Page>
}

const billsOf = (h: Payable['houses'][number]) => h.lines.filter((l) => !l.being_paid && l.open_fen > 0).slice(0, BILLS_MAX)

/** What the owner has for this house; nothing where he has none. */
function HouseCoupons({ h, named, setCuts }: { h: Payable['houses'][number]; named: boolean; setCuts: Dispatch<SetStateAction<ReadonlyMap<string, HouseCut>>> }) {
  const { house_id } = h
  const coupons = useCoupons(h.house_id, billsOf(h).map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })))
  const { off_fen, waiting } = coupons
  const ids = coupons.ids.join(',')
  useEffect(() => setCuts((before) => new Map(before).set(house_id, { ids: ids ? ids.split(',') : [], off_fen, waiting })), [house_id, ids, off_fen, waiting, setCuts])
  return <CouponChoice coupons={coupons} {...(named ? { of: h.house_label } : {})} />
}

function Choose({ houses, channels }: { houses: Payable['houses']; channels: Payable['channels'] }) {
  const [off, setOff] = useState<ReadonlySet<string>>(() => new Set(houses.slice(HOUSES_MAX).map((h) => h.house_id)))
  const [channel_id, setChannel] = useState(channels[0]?.channel_id)
  const start = useWrite(payment.startMerged)
  const leave = useLeaveToPay()
  const [cuts, setCuts] = useState<ReadonlyMap<string, HouseCut>>(new Map())
  const cutOf = (h: Payable['houses'][number]): HouseCut => cuts.get(h.house_id) ?? NO_CUT
  const ticked = houses.filter((h) => !off.has(h.house_id))
  const off_fen = ticked.reduce((n, h) => n + cutOf(h).off_fen, 0)
  const waiting = ticked.some((h) => cutOf(h).waiting)
  const total = fen(sumFen(ticked.flatMap(billsOf).map((l) => fen(l.open_fen))) - off_fen)
  const turn = (house_id: string, on: boolean): void => setOff((before) => {
    const next = new Set(before)
    if (on) next.delete(house_id)
    else next.add(house_id)
    return next
  })
  const pay = async (): Promise<void> => {
    if (!channel_id) return
    const asked = ticked.map((h) => ({ house_id: h.house_id, coupon_ids: [...cutOf(h).ids], bills: billsOf(h).map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })) }))
    const intent = await start.run({ channel_id, houses: asked }, `${channel_id} ${JSON.stringify(asked)}`)
    if (!intent) return
    await leave.run(intent.intent_id)
  }
  const foot = (
    <>
      <div className="rs-total"><span className="ph-weak ph-small">合计 {ticked.length} 套{off_fen > 0 ? <>,券抵 <Money fen={off_fen} /></> : null}</span><Money className="ph-strong" fen={total} /></div>
      <Button className="ph-big rs-pay" color="primary" disabled={ticked.length === 0 || ticked.length > HOUSES_MAX || !channel_id || waiting} loading={start.running || leave.running} loadingText="正在前往支付" onClick={() => void pay()}>确认支付</Button>
    </>
  )
  return (
    <Page title="合并缴费" back="/pay" foot={foot}>
      <p className="ph-weak">一次支付多套房产,每套各开一张收据。</p>
      {ticked.length > HOUSES_MAX ? <p role="alert" className="ph-fault">一次最多合并 {HOUSES_MAX} 套,请减少勾选。</p> : null}
      <ul className="ph-list">
        {houses.map((h) => (
          <li key={h.house_id}>
            <label className="ph-row ph-check">
              <input type="checkbox" checked={!off.has(h.house_id)} onChange={(e) => turn(h.house_id, e.target.checked)} />
              <span className="ph-row-body">
                <span className="ph-between"><span className="ph-strong">{h.community_name} {h.house_label}</span><Money className="ph-strong" fen={sumFen(billsOf(h).map((l) => fen(l.open_fen)))} /></span>
                <span className="ph-weak ph-small" style={{ display: 'block' }}>{billsOf(h).length} 笔账单{h.lines.some((l) => l.being_paid) ? <Tag kind="busy">另有正在支付</Tag> : null}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {ticked.map((h) => <HouseCoupons key={h.house_id} h={h} named={ticked.length > 1} setCuts={setCuts} />)}
      <ChannelChoice channels={channels} value={channel_id} choose={setChannel} />
    </Page>
  )
}
