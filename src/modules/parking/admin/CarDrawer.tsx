// One waiting car: let in, let out, ticket, or not. What is possible depends on the direction and on what is known.
import { Button, DatePicker, Drawer, Input, QRCode, Radio, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { asRefused, fileUrl, readNow, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { parking, type LookRow, type TurnedRow } from '../contract.ts'
import { said, stayText } from '../shown.ts'
import { words } from '../words.ts'
import { useMay } from '../../../ui/session.ts'
import { Collect } from './Collect.tsx'
import { Picture, PlateMark, PriceLines } from './parts.tsx'

interface Props {
  look: LookRow
  lot: { lot_id: string; code: string }
  close: () => void
}
export function CarDrawer(p: Props) {
  return (
    <Drawer open size={560} title={`${p.look.lane_name}:${said('why', p.look.why)}`} onClose={p.close} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}>
      <div className="hy-stack">
        <Picture look={p.look} height={220} />
        <div className="pk-car-row"><PlateMark plate={p.look.plate} vehicle={p.look.vehicle} no_plate={p.look.no_plate} /><span className="pk-why">{said('why', p.look.why)}</span><span className="hy-muted">{instant(p.look.received_at)}</span></div>
        {p.look.direction === 'in' ? <Entry {...p} /> : <Exit {...p} />}
      </div>
    </Drawer>
  )
}

function Reasons({ value, change, list }: { value: string; change: (v: string) => void; list: readonly string[] }) {
  return (
    <div className="hy-stack">
      <Input aria-label="原因" placeholder="原因(必填)" maxLength={200} value={value} onChange={(e) => change(e.target.value)} />
      <div className="pk-near">{list.map((x) => <Button key={x} size="small" onClick={() => change(x)}>{x}</Button>)}</div>
    </div>
  )
}
function Dismiss({ look, close, list }: { look: LookRow; close: () => void; list: readonly string[] }) {
  const dismiss = useWrite(parking.dismiss, { done: '已记录不予放行' })
  const [reason, setReason] = useState('')
  const [open, setOpen] = useState(false)
  if (!open) return <Button onClick={() => setOpen(true)}>不予放行…</Button>
  return <div className="hy-stack"><Reasons value={reason} change={setReason} list={list} /><Button danger disabled={reason.trim().length < 2} loading={dismiss.running} onClick={async () => { if (await dismiss.run({ look_id: look.look_id, reason })) close() }}>确认不予放行</Button></div>
}

type Ticket = Out<typeof parking.admitTicket.gives>
/** The car is in: its ticket to print, or for the driver to scan from the screen. */
function TicketMade({ t, close }: { t: Ticket; close: () => void }) {
  return (
    <section className="hy-stack" aria-label="停车票">
      <h3>已放入,票号 {t.ticket_no}</h3>
      <QRCode value={`${location.origin}/resident/ticket/${t.ticket}`} size={180} />
      <p className="hy-muted">打印小票交给车主,或请车主用手机扫屏幕上的码;离场凭它缴费。</p>
      <div className="pk-near">{t.stay_id ? <Button type="primary" href={fileUrl(parking.ticketPaper, { stay_id: t.stay_id, origin: location.origin })} target="_blank">打印小票</Button> : null}<Button onClick={close}>完成</Button></div>
    </section>
  )
}
/** Not let in: the reason is one of the record's kinds, with words where it needs them. */
function TurnAway({ look, close }: { look: LookRow; close: () => void }) {
  const dismiss = useWrite(parking.dismiss, { done: '已登记拒入' })
  const [kind, setKind] = useState<TurnedRow['kind']>()
  const [detail, setDetail] = useState('')
  const [open, setOpen] = useState(false)
  if (!open) return <Button onClick={() => setOpen(true)}>不准进入…</Button>
  const reason = [kind ? said('turned', kind) : '', detail.trim()].filter(Boolean).join(':')
  return (
    <section className="hy-stack" aria-label="不准进入">
      <Radio.Group aria-label="拒入原因" value={kind ?? null} onChange={(e) => setKind(e.target.value as TurnedRow['kind'])} options={optionsOf(words.states!['turned'])} />
      <Input aria-label="说明" placeholder={kind === 'other' ? '说明(必填)' : '说明(可不填),如货物、车高'} maxLength={150} value={detail} onChange={(e) => setDetail(e.target.value)} />
      <Button danger disabled={!kind || (kind === 'other' && detail.trim().length < 2)} loading={dismiss.running} onClick={async () => { if (kind && (await dismiss.run({ look_id: look.look_id, kind, reason }))) close() }}>确认不准进入</Button>
    </section>
  )
}

function Entry({ look, close }: Props) {
  const admit = useWrite(parking.admit, { done: '已放入' })
  const ticket = useWrite(parking.admitTicket, {})
  const [made, setMade] = useState<Ticket>()
  const [plate, setPlate] = useState(look.no_plate || look.plate.includes('*') ? '' : look.plate)
  const [cls, setClass] = useState<'temporary' | 'free'>('temporary')
  const [reason, setReason] = useState('')
  if (made) return <TicketMade t={made} close={close} />
  return (
    <div className="hy-stack">
      {look.why === 'no_plate_refused' ? <p className="hy-red">{words.refusals?.['parking.no_plate_refused']}</p> : look.no_plate ? (
        <section className="hy-stack" aria-label="无牌车"><p>没有识别到车牌:打票放入,离场时按票号计费。</p><Button type="primary" loading={ticket.running} onClick={async () => setMade(await ticket.run({ look_id: look.look_id, vehicle: 'small' }))}>无牌车取票放入</Button></section>
      ) : null}
      <section className="hy-stack" aria-label="人工放入">
        <h3>人工放入</h3>
        <Input aria-label="车牌" placeholder="核对后的车牌" maxLength={12} value={plate} onChange={(e) => setPlate(e.target.value.toUpperCase())} />
        <Radio.Group value={cls} onChange={(e) => setClass(e.target.value as 'temporary' | 'free')} options={[{ value: 'temporary', label: '按临时车计费' }, { value: 'free', label: '本次免费' }]} />
        <Reasons value={reason} change={setReason} list={['业主同意', '送货、装修车辆', '公务、救援车辆', '识别错误,已核对车牌']} />
        <Button type="primary" disabled={reason.trim().length < 2 || plate.length < 5} loading={admit.running} onClick={async () => { if (await admit.run({ look_id: look.look_id, plate, class: cls, reason })) close() }}>放入并开闸</Button>
      </section>
      <TurnAway look={look} close={close} />
    </div>
  )
}

function Exit({ look, lot, close }: Props) {
  const [stay_id, setStay] = useState<string>()
  const car = useRead(parking.boothCar, { look_id: look.look_id, ...(stay_id ? { stay_id } : {}) }, { stale_ms: 0, refresh_ms: 3000, keep: true })
  const release = useWrite(parking.release, { done: '已放行' })
  const unknown = useWrite(parking.releaseUnknown, { done: (a) => (a.opened ? '已放行' : '已登记,请收款后放行') })
  const takes = useMay()('parking.money.take')
  const [entered, setEntered] = useState<Dayjs | null>(null)
  const [reason, setReason] = useState('')
  if (car.error) return <ErrorBlock error={car.error} retry={car.retry} />
  if (!car.data) return <LoadingBlock />
  const s = car.data.stay
  const id = s?.stay_id ?? stay_id
  const out = (debt: boolean) => async () => { if (id && (await release.run({ look_id: look.look_id, stay_id: id, debt, reason }))) close() }
  return (
    <div className="hy-stack">
      {car.data.problem ? <p className="hy-red" role="alert">价目算不出金额:{car.data.problem}</p> : null}
      {s ? (
        <section className="hy-stack" aria-label="停车费">
          {stay_id ? <div className="pk-car-row"><span>按在场车辆 <strong>{s.plate}</strong> 计费</span><Button size="small" onClick={() => setStay(undefined)}>换一辆</Button></div> : null}
          <div className="pk-car-row"><span>{said('class', s.class)}</span><span>入场 {instant(s.entered_at)}</span><span>停放 {stayText(s.minutes)}</span></div>
          <PriceLines lines={s.lines} />
          <div className="pk-car-row"><span>已收 {yen(s.paid_fen)}</span><strong>应缴 <MoneyText fen={s.due_fen} owed sign strong /></strong></div>
          {car.data.debt_fen > 0 ? <p className="hy-red">该车以前未缴离场 {yen(car.data.debt_fen)}(只提示,不影响放行)</p> : null}
          {s.due_fen > 0 && takes ? <Collect stay_id={s.stay_id} due_fen={s.due_fen} pay_at={car.data.pay_at} done={car.retry} /> : null}
          {s.due_fen === 0 ? <Button type="primary" size="large" autoFocus loading={release.running} onClick={out(false)}>{stay_id ? '就是这辆,放行' : '放行'}</Button> : null}
        </section>
      ) : (
        <FindInside lot_id={lot.lot_id} near={car.data.near} choose={setStay} />
      )}
      <section className="hy-stack" aria-label="其他处理">
        <Reasons value={reason} change={setReason} list={['车主稍后补缴', '设备故障', '断网期间入场', '公务、救援车辆']} />
        {s ? null : <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" aria-label="查证的入场时间" placeholder="查证的入场时间(可不填)" value={entered} onChange={setEntered} style={{ width: 240 }} />}
        <div className="pk-near">
          {id ? <Button disabled={reason.trim().length < 2} loading={release.running} onClick={out(true)}>未缴放行,记欠费</Button> : null}
          {!s ? <Button disabled={reason.trim().length < 2} loading={unknown.running} onClick={async () => { const a = await unknown.run({ look_id: look.look_id, reason, ...(entered ? { entered_at: entered.toISOString() } : {}) }); if (a?.opened) close(); else if (a?.stay_id) setStay(a.stay_id) }}>{entered ? '补录入场并放行' : '无入场记录放行'}</Button> : null}
        </div>
      </section>
      <Dismiss look={look} close={close} list={['未缴费', '车牌与证件不符']} />
    </div>
  )
}
/** Which car inside it is: one that reads almost the same, one found by plate or ticket number, or by the ticket's code. */
function FindInside({ lot_id, near, choose }: { lot_id: string; near: Out<typeof parking.boothCar.gives>['near']; choose: (stay_id: string) => void }) {
  const [q, setQ] = useState('')
  const [fault, setFault] = useState<string>()
  const inside = useRead(parking.insideCars, { lot_id, q }, { stale_ms: 2000, keep: true })
  const scan = async (text: string): Promise<void> => {
    setFault(undefined)
    try {
      const [one, two] = (await readNow(parking.insideCars, { lot_id, q: text })).rows
      if (one && !two) choose(one.stay_id)
      else setFault(one ? '不止一辆,请在下面选' : '没有找到这张票,可能已离场')
    } catch (error) {
      setFault(asRefused(error).message)
    }
  }
  return (
    <section className="hy-stack" aria-label="找车">
      <h3>没有这个车牌的入场记录</h3>
      {near.length ? <><p>相近的在场车辆(核对后选一辆):</p><div className="pk-near">{near.map((n) => <Button key={n.stay_id} onClick={() => choose(n.stay_id)}>{n.plate} · {instant(n.entered_at)} 入场</Button>)}</div></> : null}
      <Input.Search aria-label="扫停车票" placeholder="扫停车票,或输入票号" enterButton="找票" maxLength={200} onSearch={(text) => { if (text.trim()) void scan(text.trim()) }} />
      {fault ? <p className="hy-red" role="alert">{fault}</p> : null}
      <Select showSearch={{ filterOption: false, onSearch: setQ }} aria-label="按车牌或票号找在场车辆" placeholder="按车牌或票号找在场车辆" value={null} onChange={(v: string | null) => { if (v) choose(v) }} options={(inside.data?.rows ?? []).map((r) => ({ value: r.stay_id, label: `${r.plate} · ${said('class', r.class)} · ${instant(r.entered_at)} 入场` }))} />
    </section>
  )
}
