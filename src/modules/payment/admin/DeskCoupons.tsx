// Coupons of the house at the desk: chosen against what is ticked, with the working shown before; a code is redeemed where it is typed.
import { Alert, Button, Input, Tag } from 'antd'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { payment } from '../contract.ts'
import { COUPONS_MAX } from '../contract_coupon.ts'

export type CouponCut = Out<typeof payment.couponQuote.gives>
export interface AskedLine {
  bill_id: string
  period_on: string
  amount_fen: number
}

/** What the chosen coupons come to for these lines; asked again whenever either changes. */
export function useCoupons(house_id: string, lines: readonly AskedLine[]) {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const read = useRead(payment.couponQuote, { house_id, lines: [...lines], coupon_ids: [...chosen] }, { stale_ms: 0, keep: true })
  // Until the answer is there nothing is taken off; what does not fit any more is not sent.
  const fresh = read.data && !read.fetching ? read.data : undefined
  const fits = fresh?.rows.filter((r) => r.chosen).map((r) => r.coupon_id) ?? []
  return { chosen, setChosen, rows: read.data?.rows ?? [], waiting: read.fetching && chosen.length > 0, off_fen: fresh?.off_fen ?? 0, ids: fits, again: read.retry }
}

export function DeskCoupons({ house_id, coupons }: { house_id: string; coupons: ReturnType<typeof useCoupons> }) {
  const { chosen, setChosen, rows } = coupons
  const [code, setCode] = useState('')
  const [typing, setTyping] = useState(false)
  const redeem = useWrite(payment.redeemCoupon, { in_form: true, done: (a) => `已兑换:${a.name} ${a.rule_text}` })
  const enter = async () => {
    const done = code.trim() ? await redeem.run({ house_id, code: code.trim() }, code.trim()) : undefined
    if (!done) return
    setCode('')
    setTyping(false)
    setChosen([...chosen, done.coupon_id].slice(0, COUPONS_MAX))
    coupons.again()
  }
  return (
    <div className="hy-stack" role="group" aria-label="优惠券">
      {rows.map((k) => {
        const on = chosen.includes(k.coupon_id)
        return (
          <div key={k.coupon_id} className="ds-offer" title={`${k.code},${k.to_on} 前有效;${k.refund_text}`}>
            <div className="hy-line" style={{ flexWrap: 'wrap' }}>
              <Tag color="volcano">{k.name}</Tag><span>{k.rule_text}</span>
              {k.why_not === null || on ? <Button size="small" type={on ? 'primary' : 'default'} aria-pressed={on} disabled={!on && chosen.length >= COUPONS_MAX} onClick={() => setChosen(on ? chosen.filter((x) => x !== k.coupon_id) : [...chosen, k.coupon_id])}>{on ? '已选,点此去掉' : '选用'}</Button> : null}
            </div>
            {k.chosen || k.why_not ? <span className="hy-muted">{k.chosen ? k.working : k.why_not}</span> : null}
          </div>
        )
      })}
      {typing ? (
        <>
          <Input.Search autoFocus aria-label="券码" placeholder="输入 10 位券码" enterButton="兑换" maxLength={20} value={code} loading={redeem.running} onChange={(e) => setCode(e.target.value)} onSearch={() => void enter()} />
          {redeem.error ? <Alert type="warning" showIcon role="alert" title={redeem.error.message} /> : null}
        </>
      ) : <Button size="small" type="link" style={{ alignSelf: 'flex-start', padding: 0 }} onClick={() => setTyping(true)}>用券码</Button>}
    </div>
  )
}
