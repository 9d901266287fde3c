// 商户停车券: packs that shops bought; the link is the shop's own page to give them.
import { Button, Typography } from 'antd'
import { useMemo, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { parking, type CouponPack } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

const each = (k: CouponPack): string => (k.kind === 'minutes' ? `减 ${k.minutes} 分钟` : k.kind === 'amount' ? `减 ${yen(k.amount_fen ?? 0)}` : said('coupon', 'free'))
const COLUMNS: readonly Column<CouponPack>[] = [
  { key: 'shop_name', title: '商户', width: 140, always: true }, { key: 'house_label', title: '商铺', width: 100 }, { key: 'lot_name', title: '车场', width: 120 }, { key: 'kind', title: '每张', width: 120, show: each }, { key: 'given_count', title: '已发 / 张数', width: 110, show: (k) => `${k.given_count} / ${k.count}` },
  { key: 'price_fen', title: '购券款', width: 100, show: (k) => <MoneyText fen={k.price_fen} /> }, { key: 'paid', title: '缴款', width: 90, show: (k) => <StateTag value={k.price_fen === 0 ? 'free' : k.paid ? 'y' : 'n'} words={{ free: '不收款', y: '已缴', n: '未缴' }} tones={{ y: 'good', n: 'warn' }} /> }, { key: 'until_on', title: '有效至', width: 110 }, { key: 'bought_at', title: '购买时间', width: 140, show: (k) => instant(k.bought_at) },
  { key: 'token', title: '商户发券链接', width: 150, show: (k) => (k.token ? <Typography.Link copyable={{ text: `${location.origin}/resident/shop/${k.token}` }} href={`/resident/shop/${k.token}`} target="_blank">打开</Typography.Link> : '') },
]
export default function CouponsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [selling, setSelling] = useState(false)
  const lots = useRead(parking.lots, place_id ? { community_id: place_id } : {}, { enabled: may('parking.lot.read'), stale_ms: 60_000 })
  const filters = useMemo<readonly Filter[]>(() => [{ kind: 'select', name: 'lot_id', label: '车场', options: (lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: l.name })) }], [lots.data])
  const list = useList(parking.couponPacks, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <>
      <ListPage {...list} title="商户停车券" name="parking.coupons" columns={COLUMNS} row_key="pack_id" empty={{ text: '还没有商户买过停车券' }} actions={may('parking.permit.write') ? <Button type="primary" onClick={() => setSelling(true)}>售券</Button> : null} />
      {selling ? <SellDrawer lots={lots.data?.rows ?? []} close={() => setSelling(false)} /> : null}
    </>
  )
}
function SellDrawer({ lots, close }: { lots: readonly { lot_id: string; name: string }[]; close: () => void }) {
  const save = useWrite(parking.sellCoupons, { in_form: true, done: (_a, i) => (i.price_fen > 0 ? '已售出,购券款已出账' : '已发放,不收购券款,商户现在就能发券'), invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title="售商户停车券" submit="售券" call={parking.sellCoupons} loading={save.running} submitError={save.error} words={{ kind: words.states!['coupon'] }} note={<p className="hy-muted">购券款出账到商铺,缴清后商户用链接给顾客发券;填 0 不收款也不出账,当时就能发。一辆车一批券领一张。</p>}
      fields={[{ name: 'lot_id', kind: 'select', options: lots.map((l) => ({ value: l.lot_id, label: l.name })) }, { name: 'house_id', control: (c) => <HousePicker {...c} /> }, 'shop_name', 'kind', { name: 'minutes', when: (v) => v['kind'] === 'minutes', needed: true }, { name: 'amount_fen', when: (v) => v['kind'] === 'amount', needed: true }, 'count', 'price_fen', 'until_on']}
      initial={{ ...(lots[0] ? { lot_id: lots[0].lot_id } : {}), shop_name: '', kind: 'minutes', minutes: 60, amount_fen: null, count: 100 }}
      onSubmit={async (i) => { if (await save.run({ ...i, minutes: i.kind === 'minutes' ? i.minutes : null, amount_fen: i.kind === 'amount' ? i.amount_fen : null })) close() }}
    />
  )
}
