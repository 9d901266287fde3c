// 商户发停车券: the shop's own page; a plate in, a coupon out.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Facts, Field, Money } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { parking } from '../contract.ts'

export function ShopPage({ token }: { token: string }) {
  const view = useRead(parking.shopView, { token }, { stale_ms: 0 })
  const give = useWrite(parking.giveCoupon, { done: (a) => `已发券,还剩 ${a.left_count} 张`, invalidates: [parking.shopView] })
  const [plate, setPlate] = useState('')
  return (
    <Page title="发停车券">
      <Loaded reading={view}>
        {(v) => (
          <>
            <section className="ph-card"><Facts rows={[['商户', v.shop_name], ['车场', v.lot_name], ['每张', v.kind === 'minutes' ? `减 ${v.minutes} 分钟` : v.kind === 'amount' ? <Money key="a" fen={v.amount_fen ?? 0} /> : '全免'], ['剩余', `${v.left_count} 张`], ['有效至', v.until_on]]} />{v.paid ? null : <p className="ph-red" role="alert">购券款还没有缴清,缴清后才能发券</p>}</section>
            <form className="ph-card ph-section" onSubmit={async (e) => { e.preventDefault(); if (await give.run({ token, plate })) setPlate('') }}>
              <Field label="顾客车牌">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={16} value={plate} onChange={(e) => setPlate(e.target.value.toUpperCase())} />}</Field>
              <Button className="ph-big" block color="primary" type="submit" loading={give.running} disabled={plate.trim().length < 5 || !v.paid || v.left_count === 0}>发一张券</Button>
            </form>
          </>
        )}
      </Loaded>
    </Page>
  )
}
