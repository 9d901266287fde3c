// 工单: what is mine, what hangs in the hall, what I finished. The hall asks again every quarter of a minute and rings when something new hangs there.
// What is mine and the hall are kept on the phone for the way without network.
import { Button } from 'antd-mobile'
import { useEffect, useRef, type ReactNode } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, RowLink, RowSwitch, Tag } from '../../../ui/phone/bits.tsx'
import { useOnline } from '../../../ui/phone/online.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { stored } from '../../../ui/phone/stored.ts'
import { orders, type OrderFull, type OrderRow } from '../contract.ts'
import { DueMark, StateMark } from '../parts.tsx'
import { hour } from '../shown.ts'
import { withQueued, type WithQueued } from './queued.ts'
import { useKit } from './kit.ts'
import { useShift } from './shift.ts'
import { beep } from '../../../ui/sound.ts'

const SHOWN = 50
const sound = stored('heyuan.staff.hall_sound')
type Box = 'mine' | 'hall' | 'done'
const EMPTY: Record<Box, [string, string]> = { mine: ['手上没有工单', '派给您的和您抢到的会显示在这里'], hall: ['大厅里没有单', '有新的报修会显示在这里'], done: ['还没有完成的工单', '完工后会显示在这里'] }

export function WorkPage({ tabs }: { tabs: ReactNode }) {
  const asked = useQueryText('box')
  const box: Box = asked === 'hall' || asked === 'done' ? asked : 'mine'
  const set = useQuerySetter()
  const shift = useShift()
  useKit()
  const rings = sound.use() !== 'off'
  const kept = shift.data?.value
  const hall = kept?.counts.hall
  const before = useRef<number>(undefined)
  useEffect(() => {
    if (rings && before.current !== undefined && hall !== undefined && hall > before.current) beep()
    before.current = hall
  }, [hall, rings])
  const n = kept?.counts
  return (
    <Page title="工单" tabs={tabs}>
      <OutboxCard />
      <Chips label="工单" choices={[{ value: 'mine', label: `我的${n ? ` ${n.mine}` : ''}` }, { value: 'hall', label: `抢单大厅${n ? ` ${n.hall}` : ''}` }, { value: 'done', label: '已完成' }]} value={box} choose={(v) => set('box', v === 'mine' ? undefined : v)} />
      {shift.data?.old && box !== 'done' ? <p className="ph-strip" role="status">没有网络,显示的是 {hour(shift.data.saved_at)} 存在手机上的工单</p> : null}
      {n && n.late > 0 && box === 'mine' ? <p className="ph-red ph-strong" role="status">有 {n.late} 单已超时</p> : null}
      {box === 'done' ? <Done /> : <Loaded reading={shift}>{({ value }) => (box === 'mine' ? <Cards box="mine" rows={value.mine} /> : <Cards box="hall" rows={value.hall} />)}</Loaded>}
      {box === 'hall' ? <div className="ph-list"><RowSwitch icon="info" title="新单响铃" under="大厅里有新单时响一声,页面要开着" on={rings} set={(on) => sound.set(on ? 'on' : 'off')} /></div> : null}
    </Page>
  )
}
function Done() {
  const list = useRead(orders.myWork, { box: 'done', page_size: SHOWN }, { keep: true })
  return <Loaded reading={list}>{({ rows }) => <Cards box="done" rows={rows} />}</Loaded>
}
function Cards(p: { box: 'mine'; rows: readonly OrderFull[] } | { box: 'hall' | 'done'; rows: readonly OrderRow[] }) {
  const { entries } = useOutbox()
  if (p.rows.length === 0) return <StateBlock icon="tool" title={EMPTY[p.box][0]} text={EMPTY[p.box][1]} />
  return <ul className="ph-section">{p.rows.map((o) => <li key={o.order_id}>{p.box === 'hall' ? <HallCard o={o} /> : p.box === 'mine' ? <Row o={withQueued(o as OrderFull, entries)} /> : <Row o={o} />}</li>)}</ul>
}

function Row({ o }: { o: OrderRow & Partial<Pick<WithQueued, 'queued' | 'refused'>> }) {
  return (
    <div className="ph-list">
      <RowLink to={`/orders/${o.order_id}`} title={<span className="ph-line"><span className="ph-strong">{o.place}</span>{o.urgent ? <Tag kind="bad">急修</Tag> : null}{o.round_no > 1 ? <Tag kind="warn">返修</Tag> : null}{o.refused ? <Tag kind="bad">有步骤没通过</Tag> : o.queued?.length ? <Tag kind="busy">待上传 {o.queued.length}</Tag> : null}</span>} under={<>{o.category} · {o.words}<br /><DueMark order={o} /></>} side={<StateMark state={o.state} />} />
    </div>
  )
}

function HallCard({ o }: { o: OrderRow }) {
  const online = useOnline()
  const take = useWrite(orders.takeOrder, { done: '抢到了' })
  return (
    <section className="ph-card ph-section" aria-label={`${o.place} ${o.category}`}>
      <RowLink to={`/orders/${o.order_id}`} title={<span className="ph-line"><span className="ph-strong">{o.place}</span>{o.urgent ? <Tag kind="bad">急修</Tag> : null}</span>} under={<>{o.category} · {o.words}<br /><DueMark order={o} /></>} />
      <Button className="ph-big" block color="primary" disabled={!online} loading={take.running} onClick={() => void take.run({ order_id: o.order_id }).then((done) => (done ? go(`/orders/${o.order_id}`) : undefined))}>{online ? '抢单' : '有网络时才能抢单'}</Button>
    </section>
  )
}
