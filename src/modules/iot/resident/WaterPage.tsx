// 用水提醒: what one's own water meter told — flow at night, flow that never stops, a burst — with the hours that show it.
import { useRead, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Link } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { iot, type Curve } from '../contract.ts'
import './water.css'

type Row = Out<typeof iot.myWater.gives>['rows'][number]
export function WaterPage() {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="用水提醒" back="/meters">
      <Loaded reading={reading}>{() => (house ? <><HouseSwitcher houses={houses} house={house} /><OfHouse key={house.house_id} house_id={house.house_id} /></> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />)}</Loaded>
    </Page>
  )
}
function OfHouse({ house_id }: { house_id: string }) {
  const mine = useRead(iot.myWater, { house_id })
  return <Loaded reading={mine} rows={3}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="meter" title="近 30 天没有用水异常" text="联网水表发现夜间流量、一直不停的流量或突增时,会在这里提醒您" /> : <>{rows.map((r) => <Alert key={r.alarm_id} r={r} />)}</>)}</Loaded>
}
const ADVICE: Record<string, string> = { water_night: '夜里没有人用水时水表仍在走。常见的是马桶水箱漏水:往水箱滴几滴酱油,不冲水,过半小时看便池有没有颜色。', water_flow: '水表已经很久没有停过。请关闭所有水龙头看水表是否还走;还在走,请关总阀并报修。', water_burst: '一小时用水远多于平时。如果不是您在用水,请立即关总阀并报修。' }
function Alert({ r }: { r: Row }) {
  return (
    <section className="ph-card ph-section">
      <h2>{r.title} {r.over_at ? <Tag>已恢复</Tag> : <Tag kind="warn">进行中</Tag>}</h2>
      <Facts rows={[['水表', r.meter_no ?? '—'], ['发现时间', instant(r.raised_at)], ...(r.over_at ? [['恢复时间', instant(r.over_at)] as const] : []), ...r.facts.map((f) => [f.name, f.text] as const)]} />
      {r.curve ? <Hours curve={r.curve} /> : null}
      {r.over_at ? null : <p className="ph-weak">{ADVICE[r.kind]}</p>}
      {r.over_at ? null : <Link to="/orders/new">报修</Link>}
    </section>
  )
}
/** Four days of hours; those of the finding darker. */
function Hours({ curve: c }: { curve: Curve }) {
  const top = Math.max(0.001, ...c.v.map((v) => v ?? 0))
  const [from, to] = [Date.parse(c.mark_from_at), Date.parse(c.mark_to_at)]
  const at = (i: number): number => Date.parse(c.from_at) + i * c.step_s * 1000
  return (
    <figure className="iot-hours" aria-label={`每小时用水,最多 ${top} ${c.unit}`}>
      <div>{c.v.map((v, i) => <i key={i} className={at(i) >= from - c.step_s * 500 && at(i) < to ? 'iot-marked' : ''} style={{ height: `${Math.round(((v ?? 0) / top) * 100)}%` }} />)}</div>
      <figcaption><span>{instant(c.from_at).slice(5, 10)}</span><span>每小时用水,最高 {top} {c.unit}</span><span>{instant(new Date(at(c.v.length)).toISOString()).slice(5, 10)}</span></figcaption>
    </figure>
  )
}
