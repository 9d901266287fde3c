// 岗亭: live lanes, cars that wait with the reason, and what the guard does. Everything by keys as well: 1–9 opens the first waiting car of a lane,
// Shift and a digit opens the barrier by hand.
import { Button, Empty, Select } from 'antd'
import { useEffect, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Figure, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { Parts } from '../../../ui/parts.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../../payment/contract.ts'
import { parking, type BoothLane, type LookRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { CarDrawer } from './CarDrawer.tsx'
import './parking.css'
import { Picture, PlateMark } from './parts.tsx'

const POLL_MS = 2000
const SHIFT_MS = 30_000
const HAND_REASONS = ['消防、救护、警车进出', '搬家车辆', '道闸故障', '车主已核实']

export default function BoothPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const lots = useRead(parking.boothLots, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const lot_id = search['lot'] ?? lots.data?.rows[0]?.lot_id
  const choose = <Select aria-label="车场" style={{ minWidth: 220 }} value={lot_id ?? null} onChange={(v) => setSearch({ lot: v ?? undefined })} options={(lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: `${l.community_name} ${l.name}` }))} />
  return (
    <ReadPage title="岗亭" loading={lots.loading} error={lots.error} retry={lots.retry} actions={choose}>
      {lot_id ? <Booth key={lot_id} lot_id={lot_id} /> : <div className="hy-card"><Empty description="还没有可值守的车场,请先在「车场设置」建立" /></div>}
    </ReadPage>
  )
}

/** What the guard took stands in his shift, which he counts and hands in like a cashier. */
function MyShift() {
  const may = useMay()
  const works = may('payment.shift.work') && may('parking.money.take')
  const mine = useRead(payment.myShift, {}, { enabled: works, refresh_ms: SHIFT_MS })
  if (!works || !mine.data) return null
  const s = mine.data.shift
  return <div className="hy-line" role="status">{s ? <><span>我的班次 {s.shift_no}</span><span>现金 {yen(s.cash_fen)}</span><span>其他 {yen(s.other_fen)}</span><Go to="/payment/shift">点钞交班</Go></> : <><span className="hy-muted">还没有开班,收现金前请先开班</span><Go to="/payment/shift">开班</Go></>}</div>
}
function Booth({ lot_id }: { lot_id: string }) {
  const booth = useRead(parking.booth, { lot_id }, { refresh_ms: POLL_MS, keep: true, stale_ms: 0 })
  const [car, setCar] = useState<LookRow>()
  const [hand, setHand] = useState<BoothLane>()
  const [turning, setTurning] = useState(false)
  const turn = useWrite(parking.turnAway, { in_form: true, done: '已登记' })
  const open = useWrite(parking.openByHand, { in_form: true, done: '已下令开闸' })
  const lanes = booth.data?.lanes
  useEffect(() => {
    const press = (e: KeyboardEvent): void => {
      if (e.target instanceof HTMLElement && e.target.closest('input, textarea, [role=dialog], [role=combobox]')) return
      const lane = /^Digit[1-9]$/.test(e.code) && !e.ctrlKey && !e.metaKey && !e.altKey ? lanes?.[Number(e.code.slice(5)) - 1] : undefined
      if (!lane) return
      e.preventDefault()
      if (e.shiftKey) setHand(lane)
      else if (lane.waiting[0]) setCar(lane.waiting[0])
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [lanes])
  const b = booth.data
  if (!b) return <div className="hy-card">{booth.error ? <p className="hy-red">{booth.error.message}</p> : <p className="hy-muted">正在读取</p>}</div>
  const free = b.capacity === null ? null : Math.max(0, b.capacity - b.inside)
  return (
    <div className="hy-stack">
      {booth.error ? <p className="hy-red" role="alert">画面没有更新:{booth.error.message}</p> : null}
      <MyShift />
      <div className="hy-figures">
        <Figure label="余位" value={free ?? '—'} compare={b.capacity === null ? '还没有规则' : `共 ${b.capacity}`} />
        <Figure label="在场" value={b.inside} compare={`固定车 ${b.residents}`} to={`/parking/stays?lot_id=${lot_id}&state=in`} />
        <Figure label="今日进 / 出" value={`${b.today.in_count} / ${b.today.out_count}`} to={`/parking/stays?lot_id=${lot_id}`} />
        <Figure label="今日收款" value={yen(b.today.taken_fen)} />
      </div>
      <div className="hy-line">
        {b.zones.map((z) => <span key={z.name}>{z.name} 余 <strong className={z.inside >= z.capacity ? 'hy-red' : ''}>{Math.max(0, z.capacity - z.inside)}</strong> / {z.capacity}</span>)}
        {b.max_height_cm === null ? null : <span>限高 {b.max_height_cm / 100} 米</span>}{b.max_weight_kg === null ? null : <span>限重 {b.max_weight_kg / 1000} 吨</span>}
        <Button size="small" onClick={() => setTurning(true)}>登记拒入车辆</Button><Go to="/parking/days?tab=turned">拒入记录</Go>
      </div>
      <div className="pk-lanes">{b.lanes.map((l, i) => <Lane key={l.lane_id} l={l} n={i + 1} deal={setCar} hand={() => setHand(l)} />)}</div>
      {b.lanes.length === 0 ? <div className="hy-card"><Empty description="这个车场还没有通道" /></div> : null}
      {car ? <CarDrawer key={car.look_id} look={car} lot={{ lot_id, code: b.code }} close={() => setCar(undefined)} /> : null}
      {turning ? <FormModal open title="登记拒入车辆" submit="登记" onClose={() => { setTurning(false); turn.reset() }} call={parking.turnAway} loading={turn.running} submitError={turn.error} words={{ kind: words.states!['turned'] }} fields={[{ name: 'kind', kind: 'select', options: optionsOf(words.states!['turned']) }, { name: 'lane_id', kind: 'select', options: b.lanes.filter((l) => l.direction !== 'out').map((l) => ({ value: l.lane_id, label: l.name })) }, { name: 'plate', help: '看不清可以不填' }, { name: 'detail', wide: true, help: '如货物、车高、车重' }]} fixed={{ lot_id }} initial={{ lane_id: b.lanes.find((l) => l.direction !== 'out')?.lane_id ?? null, plate: null, detail: null }} onSubmit={async (i) => { if (await turn.run(i)) setTurning(false) }} /> : null}
      {hand ? <ReasonModal open title={`手动开闸:${hand.name}`} onClose={() => { setHand(undefined); open.reset() }} loading={open.running} submitError={open.error} suggestions={HAND_REASONS} onConfirm={async (reason) => { if (await open.run({ lane_id: hand.lane_id, reason })) setHand(undefined) }} /> : null}
    </div>
  )
}

function Lane({ l, n, deal, hand }: { l: BoothLane; n: number; deal: (look: LookRow) => void; hand: () => void }) {
  return (
    <section className="hy-card pk-lane" aria-label={l.name}>
      <h2><span className={`pk-dot${l.online ? ' pk-dot-on' : ''}`} title={l.online ? '相机在线' : '相机离线'} />{n}. {l.name}<StateTag value={l.direction} words={words.states!['direction']} tones={{ in: 'good', out: 'busy', both: 'plain' }} />{l.online ? null : <span className="hy-red">相机离线</span>}</h2>
      {l.waiting.map((w) => (
        <div key={w.look_id} className="pk-car">
          <Picture look={w} />
          <div className="pk-car-row"><PlateMark plate={w.plate} vehicle={w.vehicle} no_plate={w.no_plate} /><span className="pk-why">{said('why', w.why)}</span>{w.amount_fen ? <strong className="hy-num hy-red">{yen(w.amount_fen)}</strong> : null}</div>
          <div className="pk-car-row"><span className="hy-muted">{instant(w.received_at)}{w.class ? ` · ${said('class', w.class)}` : ''}{w.confidence !== null ? ` · 可信度 ${w.confidence}` : ''}</span><Button type="primary" onClick={() => deal(w)}>处理</Button></div>
        </div>
      ))}
      {l.last && l.waiting.every((w) => w.look_id !== l.last!.look_id) ? (
        <div className="hy-stack">
          <Picture look={l.last} height={120} />
          <div className="pk-car-row"><PlateMark plate={l.last.plate} vehicle={l.last.vehicle} no_plate={l.last.no_plate} small /><span>{said('decision', l.last.decision)}:{said('why', l.last.why)}</span>{l.last.done ? <span className="hy-muted">{said('done', l.last.done.what)} · {l.last.done.by_name}</span> : null}</div>
          <span className="hy-muted">{instant(l.last.received_at)}{l.last.stay_id ? <> · <Go to={`/parking/stays/${l.last.stay_id}`}>停车记录</Go></> : null}</span>
        </div>
      ) : null}
      {!l.last && l.waiting.length === 0 ? <p className="hy-muted">{l.camera_count === 0 ? '还没有相机' : '还没有车经过'}</p> : null}
      <Parts at="parking.lane" id={l.lane_id} />
      <div className="pk-lane-foot">
        <Command c={l.command} />
        <Button onClick={hand} aria-keyshortcuts={`Shift+${n}`}>手动开闸</Button>
      </div>
    </section>
  )
}

/** What came of the last order to open. One that did not get through is a matter for the guard now. */
const LOST: readonly string[] = ['expired', 'refused', 'unreachable', 'unknown']
function Command({ c }: { c: BoothLane['command'] }) {
  if (!c) return <span />
  const lost = LOST.includes(c.state)
  return <span className={lost ? 'hy-red' : 'hy-muted'} role={lost ? 'alert' : undefined}>开闸:{said('command', c.state)}({c.by_name},{c.reason}){c.note ? `。${c.note}` : ''}</span>
}
