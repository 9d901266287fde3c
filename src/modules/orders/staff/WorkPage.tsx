// 工单: what is mine, what hangs in the hall, what I finished. The hall asks again every quarter of a minute and rings when something new hangs there.
import { Button } from 'antd-mobile'
import { useEffect, useRef, type ReactNode } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, RowLink, RowSwitch, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { stored } from '../../../ui/phone/stored.ts'
import { orders, type OrderRow } from '../contract.ts'
import { DueMark, StateMark } from '../parts.tsx'
import { beep } from './sound.ts'

const POLL_MS = 15_000
const SHOWN = 50
const sound = stored('heyuan.staff.hall_sound')
type Box = 'mine' | 'hall' | 'done'
const EMPTY: Record<Box, [string, string]> = { mine: ['手上没有工单', '派给您的和您抢到的会显示在这里'], hall: ['大厅里没有单', '有新的报修会显示在这里'], done: ['还没有完成的工单', '完工后会显示在这里'] }

export function WorkPage({ tabs }: { tabs: ReactNode }) {
  const asked = useQueryText('box')
  const box: Box = asked === 'hall' || asked === 'done' ? asked : 'mine'
  const set = useQuerySetter()
  const list = useRead(orders.myWork, { box, page_size: SHOWN }, { refresh_ms: POLL_MS, keep: true })
  const rings = sound.use() !== 'off'
  const hall = list.data?.counts.hall
  const before = useRef<number>(undefined)
  useEffect(() => {
    if (rings && before.current !== undefined && hall !== undefined && hall > before.current) beep()
    before.current = hall
  }, [hall, rings])
  const n = list.data?.counts
  return (
    <Page title="工单" tabs={tabs}>
      <Chips label="工单" choices={[{ value: 'mine', label: `我的${n ? ` ${n.mine}` : ''}` }, { value: 'hall', label: `抢单大厅${n ? ` ${n.hall}` : ''}` }, { value: 'done', label: '已完成' }]} value={box} choose={(v) => set('box', v === 'mine' ? undefined : v)} />
      {n && n.late > 0 && box === 'mine' ? <p className="ph-red ph-strong" role="status">有 {n.late} 单已超时</p> : null}
      <Loaded reading={list}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="tool" title={EMPTY[box][0]} text={EMPTY[box][1]} /> : <ul className="ph-section">{rows.map((o) => <li key={o.order_id}>{box === 'hall' ? <HallCard o={o} /> : <Row o={o} />}</li>)}</ul>)}
      </Loaded>
      {box === 'hall' ? <div className="ph-list"><RowSwitch icon="info" title="新单响铃" under="大厅里有新单时响一声,页面要开着" on={rings} set={(on) => sound.set(on ? 'on' : 'off')} /></div> : null}
    </Page>
  )
}

function Row({ o }: { o: OrderRow }) {
  return (
    <div className="ph-list">
      <RowLink to={`/orders/${o.order_id}`} title={<span className="ph-line"><span className="ph-strong">{o.place}</span>{o.urgent ? <Tag kind="bad">急修</Tag> : null}{o.round_no > 1 ? <Tag kind="warn">返修</Tag> : null}</span>} under={<>{o.category} · {o.words}<br /><DueMark order={o} /></>} side={<StateMark state={o.state} />} />
    </div>
  )
}

function HallCard({ o }: { o: OrderRow }) {
  const take = useWrite(orders.takeOrder, { done: '抢到了' })
  return (
    <section className="ph-card ph-section" aria-label={`${o.place} ${o.category}`}>
      <RowLink to={`/orders/${o.order_id}`} title={<span className="ph-line"><span className="ph-strong">{o.place}</span>{o.urgent ? <Tag kind="bad">急修</Tag> : null}</span>} under={<>{o.category} · {o.words}<br /><DueMark order={o} /></>} />
      <Button className="ph-big" block color="primary" loading={take.running} onClick={() => void take.run({ order_id: o.order_id }).then((done) => (done ? go(`/orders/${o.order_id}`) : undefined))}>抢单</Button>
    </section>
  )
}
