// Coupons on the phone: chosen against what is ticked, redeemed by code, and a page of one's own.
import { Button, Input } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { payment } from '../contract.ts'
import { COUPONS_MAX } from '../contract_coupon.ts'

interface Asked {
  bill_id: string
  period_on: string
  amount_fen: number
}
const LINES_MAX = 200

/** What the chosen coupons come to for these lines; asked again whenever either changes. */
export function useCoupons(house_id: string, lines: readonly Asked[]) {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const read = useRead(payment.myCouponQuote, { house_id, lines: lines.slice(0, LINES_MAX), coupon_ids: [...chosen] }, { stale_ms: 0, keep: true, enabled: lines.length > 0 })
  const fresh = read.data && !read.fetching ? read.data : undefined
  return { chosen, setChosen, rows: read.data?.rows ?? [], waiting: read.fetching && chosen.length > 0, off_fen: lines.length > 0 ? (fresh?.off_fen ?? 0) : 0, ids: fresh?.rows.filter((r) => r.chosen).map((r) => r.coupon_id) ?? [] }
}

export function CouponChoice({ coupons, of }: { coupons: ReturnType<typeof useCoupons>; of?: string }) {
  const { rows, chosen, setChosen } = coupons
  if (rows.length === 0) return null
  return (
    <fieldset className="ph-section">
      <legend className="ph-h2">优惠券{of ? ` ${of}` : ''}</legend>
      <ul className="ph-list">
        {rows.map((k) => {
          const on = chosen.includes(k.coupon_id)
          return (
            <li key={k.coupon_id}>
              <label className="ph-row ph-check">
                <input type="checkbox" checked={on} disabled={!on && (k.why_not !== null || chosen.length >= COUPONS_MAX)} onChange={(e) => setChosen(e.target.checked ? [...chosen, k.coupon_id] : chosen.filter((x) => x !== k.coupon_id))} />
                <span className="ph-row-body">
                  <span className="ph-between"><span className="ph-strong">{k.name}</span>{k.off_fen > 0 ? <span className="ph-green">-<Money fen={k.off_fen} /></span> : <Tag kind="warn">{k.to_on} 止</Tag>}</span>
                  <span className="ph-explain" style={{ display: 'block' }}>{k.chosen ? k.working : k.rule_text}</span>
                  <span className="ph-small ph-weak" style={{ display: 'block' }}>{k.why_not ?? k.refund_text}</span>
                </span>
              </label>
            </li>
          )
        })}
      </ul>
    </fieldset>
  )
}

const KIND: Record<string, { kind?: 'good' | 'bad' }> = { live: { kind: 'good' }, forfeited: { kind: 'bad' } }
const WORD = { live: '未使用', used: '已使用', forfeited: '已作废', expired: '已过期' } as const

export function CouponsPage() {
  const mine = useRead(payment.myCoupons, {}, { stale_ms: 0 })
  const { houses, house, reading } = useMyHouse()
  const [code, setCode] = useState('')
  const redeem = useWrite(payment.redeemMyCoupon, { done: (a) => `已兑换:${a.name}` })
  return (
    <Page title="优惠券" back="/mine">
      {reading.data && house ? (
        <section className="ph-section">
          <h2 className="ph-h2">兑换券码</h2>
          {houses.length > 1 ? <HouseSwitcher houses={houses} house={house} /> : null}
          <div className="ph-card rs-code">
            <Input aria-label="券码" placeholder="10 位券码" clearable maxLength={20} value={code} onChange={setCode} autoCapitalize="characters" />
            <Button color="primary" disabled={code.trim().length !== 10} loading={redeem.running} onClick={async () => { if (await redeem.run({ house_id: house.house_id, code: code.trim() }, code.trim())) setCode('') }}>兑换</Button>
          </div>
        </section>
      ) : null}
      <Loaded reading={mine}>
        {(d) => (d.houses.length === 0 ? <StateBlock icon="empty" title="还没有优惠券" text="物业发放后会显示在这里,有券码可以在上面兑换" /> : (
          <>
            {d.houses.map((h) => (
              <section key={h.house_id} className="ph-section">
                <h2 className="ph-h2">{h.community_name} {h.house_label}</h2>
                <ul className="ph-list">
                  {h.rows.map((k) => (
                    <li key={k.coupon_id} className="ph-row">
                      <span className="ph-row-body">
                        <span className="ph-between"><span className="ph-strong">{k.name} <Money fen={k.amount_fen} /></span><Tag {...KIND[k.state]}>{WORD[k.state]}</Tag></span>
                        <span className="ph-explain" style={{ display: 'block' }}>{k.rule_text}</span>
                        <span className="ph-small ph-weak" style={{ display: 'block' }}>{k.code},{k.from_on} 至 {k.to_on};{k.refund_text}</span>
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </>
        ))}
      </Loaded>
    </Page>
  )
}
