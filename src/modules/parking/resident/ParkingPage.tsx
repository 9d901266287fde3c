// 停车: my cars inside and what they owe, my passes, asking for one.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Facts, Field, Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { keepWayBack } from '../../../ui/phone/after_pay.ts'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { useMyHouse } from '../../people/resident/shared.tsx'
import { parking } from '../contract.ts'
import { said } from '../shown.ts'
import { Stay } from './ParkPage.tsx'
import { Where } from './Where.tsx'

type Passes = Out<typeof parking.myPasses.gives>
export function ParkingPage() {
  const cars = useRead(parking.myCars, {}, { stale_ms: 0, refresh_ms: 30_000 })
  const passes = useRead(parking.myPasses, {})
  const pay = useWrite(parking.payMine, { invalidates: [] })
  const place = useWrite(parking.myPlace, { done: '已记下', invalidates: [parking.myCars] })
  return (
    <Page title="停车" back="/">
      <h2 className="ph-h2">在场车辆</h2>
      <Loaded reading={cars}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="info" title="没有在场的车" text="登记在您名下的车辆入场后显示在这里,离场前可先缴费" /> : <>{rows.map((r) => <div key={r.stay_id}><Stay v={r} where={`${r.lot_name}${r.where ? `,${r.where}` : ''}(${r.house_label})`} paying={pay.running} pay={async () => { const a = await pay.run({ stay_id: r.stay_id }, r.stay_id); if (a) { keepWayBack({ path: '/parking', label: '返回我的停车' }); go(`/link/${a.token}`) } }} />{r.left_at ? null : <Where place={r.place} saving={place.running} save={(text) => place.run({ stay_id: r.stay_id, place: text }, r.stay_id)} />}</div>)}</>)}
      </Loaded>
      {cars.data && cars.data.lots.length > 0 ? <><h2 className="ph-h2">余位</h2><section className="ph-card" aria-label="余位"><Facts rows={cars.data.lots.flatMap((l) => [[l.name, <span key={l.lot_id} className={l.free === 0 ? 'ph-red' : 'ph-strong'}>{l.free === 0 ? '已满' : `${l.free} 个`}<span className="ph-weak"> / {l.capacity}</span></span>] as const, ...l.zones.map((z) => [`　${z.name}`, `${z.free} / ${z.capacity}`] as const)])} /></section></> : null}
      <h2 className="ph-h2">月卡与车位</h2>
      <Loaded reading={passes}>{(d) => <><PassList d={d} /><Apply d={d} /></>}</Loaded>
    </Page>
  )
}
function PassList({ d }: { d: Passes }) {
  const renew = useWrite(parking.renewMine, { done: '已出账,请在账单里缴费', invalidates: 'all' })
  if (d.rows.length === 0) return <p className="ph-center ph-weak">还没有月卡或车位授权</p>
  return (
    <>
      {d.rows.map((p) => (
        <section key={p.permit_id} className="ph-card ph-section" aria-label={p.plates.join('、')}>
          <div className="ph-between"><h3>{p.plates.join('、')}</h3><Tag kind={p.holds ? 'good' : 'warn'}>{p.state === 'live' ? (p.holds ? '有效' : '未生效') : said('permit_state', p.state)}</Tag></div>
          <Facts rows={[['车场', p.lot_name], ['类别', said('permit_kind', p.kind)], ['房号', p.house_label ?? ''], ...(p.kind === 'monthly' ? [['已缴至(不含)', p.term_to_on ?? '未缴费'] as const] : []), ...(p.unpaid_fen > 0 ? [['待缴租费', <Money key="u" className="ph-red" fen={p.unpaid_fen} />] as const] : [])]} />
          {p.unpaid_fen > 0 ? <Button className="ph-mid" block color="primary" onClick={() => go('/bills?state=open')}>去缴租费</Button> : p.state === 'live' && p.kind === 'monthly' && p.month_fen !== null ? <div className="ph-between">{[1, 3, 12].map((months) => <Button key={months} className="ph-mid" loading={renew.running} onClick={() => void renew.run({ permit_id: p.permit_id, months }, `${p.permit_id} ${months}`)}>续 {months} 个月</Button>)}</div> : null}
        </section>
      ))}
    </>
  )
}
function Apply({ d }: { d: Passes }) {
  const { houses } = useMyHouse()
  const apply = useWrite(parking.applyPass, { done: '已提交,物业审批后出账' })
  const [lot_id, setLot] = useState(d.lots[0]?.lot_id ?? '')
  const lot = d.lots.find((l) => l.lot_id === lot_id)
  const here = houses.filter((h) => h.community_id === lot?.community_id)
  const [house_id, setHouse] = useState('')
  const [plate, setPlate] = useState('')
  const [months, setMonths] = useState(1)
  if (d.lots.length === 0) return null
  const house = house_id || here[0]?.house_id
  return (
    <form className="ph-card ph-section" onSubmit={async (e) => { e.preventDefault(); if (house && (await apply.run({ lot_id, house_id: house, plate, months }))) setPlate('') }}>
      <h3>申请月卡</h3>
      <Field label="车场">{(p) => <select {...p} className="ph-input" value={lot_id} onChange={(e) => setLot(e.target.value)}>{d.lots.map((l) => <option key={l.lot_id} value={l.lot_id}>{l.name}</option>)}</select>}</Field>
      <Field label="房产">{(p) => <select {...p} className="ph-input" value={house} onChange={(e) => setHouse(e.target.value)}>{here.map((h) => <option key={h.house_id} value={h.house_id}>{h.label}</option>)}</select>}</Field>
      <Field label="车牌">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" maxLength={12} value={plate} onChange={(e) => setPlate(e.target.value.toUpperCase())} />}</Field>
      <Field label="月数">{(p) => <select {...p} className="ph-input" value={months} onChange={(e) => setMonths(Number(e.target.value))}>{[1, 3, 6, 12].map((n) => <option key={n} value={n}>{n} 个月</option>)}</select>}</Field>
      {lot ? <p className="ph-small ph-weak">每月 <Money fen={lot.month_fen} />,合计 <Money fen={lot.month_fen * months} />;审批后出账,缴清生效。</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={apply.running} disabled={plate.trim().length < 5 || !house}>提交申请</Button>
    </form>
  )
}
