// One order on the phone of the one who works on it: the next step as one big button, everything else beside it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { PHOTOS_MAX, orders, type OrderFull } from '../contract.ts'
import { StateMark, Steps, closeAfter, starsText } from '../parts.tsx'
import { hour } from '../shown.ts'
import { words } from '../words.ts'
import { ColleagueSheet } from './ColleagueSheet.tsx'

const POLL_MS = 30_000
type Open = 'arrive' | 'finish' | 'suspend' | 'give_back' | 'transfer' | 'help'

export function WorkOrderPage() {
  const order_id = useParam('order_id')
  const reading = useRead(orders.order, { order_id }, { refresh_ms: POLL_MS })
  const [open, setOpen] = useState<Open>()
  return (
    <Page title="工单" back="/work" {...(reading.data ? { foot: <Next o={reading.data} open={setOpen} /> } : {})}>
      <Loaded reading={reading}>{(o) => <Shown o={o} open={open} setOpen={setOpen} />}</Loaded>
    </Page>
  )
}

/** The step that comes next. */
function Next({ o, open }: { o: OrderFull; open: (x: Open) => void }) {
  const take = useWrite(orders.takeOrder, { done: '抢到了' })
  const accept = useWrite(orders.acceptOrder, { done: '已接单' })
  const resume = useWrite(orders.resumeOrder, { done: '已恢复' })
  const id = { order_id: o.order_id }
  const big = { className: 'ph-big', block: true, color: 'primary' } as const
  if (o.can.take === true) return <Button {...big} loading={take.running} onClick={() => void take.run(id)}>抢单</Button>
  if (o.can.accept === true) return <Button {...big} loading={accept.running} onClick={() => void accept.run(id)}>接单</Button>
  if (o.can.arrive === true) return <Button {...big} onClick={() => open('arrive')}>我已到场</Button>
  if (o.can.finish === true) return <Button {...big} onClick={() => open('finish')}>完工</Button>
  if (o.can.resume === true) return <Button {...big} loading={resume.running} onClick={() => void resume.run(id)}>恢复处理</Button>
  return <p className="ph-weak ph-center" style={{ width: '100%' }}>{words.states!['state']![o.state]}</p>
}

function Shown({ o, open, setOpen }: { o: OrderFull; open: Open | undefined; setOpen: (x: Open | undefined) => void }) {
  const close = () => setOpen(undefined)
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2 className="st-house">{o.place}</h2><StateMark state={o.state} /></div>
        <p className="ph-line"><b>{o.category}</b>{o.urgent ? <Tag kind="bad">急修</Tag> : null}{o.round_no > 1 ? <Tag kind="warn">返修第 {o.round_no - 1} 次</Tag> : null}</p>
        <p>{o.words}</p>
        <Facts rows={[
          ['小区', o.community_name],
          ['到场时限', <span key="r" className={o.late_respond ? 'ph-red ph-strong' : ''}>{hour(o.respond_due_at)}{o.arrived_at ? `(${hour(o.arrived_at)} 到)` : ''}</span>],
          ['完工时限', <span key="f" className={o.late_finish ? 'ph-red ph-strong' : ''}>{hour(o.finish_due_at)}</span>],
          o.wished_at ? ['预约上门', instant(o.wished_at)] : null,
          ['报修人', o.reporter_name ?? '—'],
          o.helper_names.length ? ['协助', o.helper_names.join('、')] : null,
          o.rating ? ['评价', <span key="s" className="ph-star-on">{starsText(o.rating)}</span>] : null,
          ['工单号', <span key="n" className="ph-num">{o.no}</span>],
        ]} />
        {o.can.reveal === true ? <Call o={o} /> : null}
      </section>
      <div className="ph-two">
        {o.can.suspend === true ? <Button className="ph-mid" onClick={() => setOpen('suspend')}>挂起</Button> : null}
        {o.can.help === true ? <Button className="ph-mid" onClick={() => setOpen('help')}>请求协助</Button> : null}
        {o.can.transfer === true ? <Button className="ph-mid" onClick={() => setOpen('transfer')}>转单</Button> : null}
        {o.can.give_back === true ? <Button className="ph-mid" onClick={() => setOpen('give_back')}>退回</Button> : null}
      </div>
      <section className="ph-card"><h2>进度</h2><Steps order_id={o.order_id} steps={o.steps} /></section>
      <Sheet open={open === 'arrive'} title="到场" close={close}><Arrive o={o} done={close} /></Sheet>
      <Sheet open={open === 'finish'} title="完工" close={close}><Finish o={o} done={close} /></Sheet>
      <Sheet open={open === 'suspend'} title="挂起" close={close}><Suspend o={o} done={close} /></Sheet>
      <Sheet open={open === 'give_back'} title="退回工单" close={close}><GiveBack o={o} done={close} /></Sheet>
      <Sheet open={open === 'transfer' || open === 'help'} title={open === 'help' ? '请求协助' : '转单'} close={close}><ColleagueSheet o={o} kind={open === 'help' ? 'help' : 'transfer'} done={close} /></Sheet>
    </>
  )
}

function Call({ o }: { o: OrderFull }) {
  const reveal = useWrite(orders.revealReporter, { invalidates: [] })
  const [phone, setPhone] = useState<string | null>()
  if (phone) return <a className="st-call" href={`tel:${phone}`}><Icon name="phone" />拨打 {phone}</a>
  return <Button className="ph-mid" block loading={reveal.running} onClick={() => void reveal.run({ order_id: o.order_id }).then((a) => setPhone(a?.phone))}>联系报修人 {o.reporter_phone_masked}</Button>
}

interface Act { o: OrderFull; done: () => void }
const ids = (photos: readonly Taken[]) => (photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {})
function Arrive({ o, done }: Act) {
  const [photos, setPhotos] = useState<Taken[]>([])
  const arrive = useWrite(orders.arriveOrder, { done: '已到场', in_form: true })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(arrive.run({ order_id: o.order_id, ...ids(photos) }), done) }}>
      <Photos label="到场照片(选填)" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      {arrive.error ? <p className="ph-fault" role="alert">{arrive.error.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={arrive.running}>确认到场</Button>
    </form>
  )
}
function Finish({ o, done }: Act) {
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  const finish = useWrite(orders.finishOrder, { done: '已完工,业主会收到通知', in_form: true })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(finish.run({ order_id: o.order_id, note: text, ...ids(photos) }), done) }}>
      <Field label="怎样修好的" error={finish.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={500} value={text} placeholder="如:更换水龙头阀芯,试水不漏" onChange={(e) => setText(e.target.value)} />}</Field>
      <Photos label="完工照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim() === ''} loading={finish.running}>确认完工</Button>
    </form>
  )
}
const CAUSES = Object.entries(words.states!['cause']!).map(([value, label]) => ({ value, label }))
function Suspend({ o, done }: Act) {
  const [cause, setCause] = useState('parts')
  const [text, setText] = useState('')
  const suspend = useWrite(orders.suspendOrder, { done: '已挂起', in_form: true })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(suspend.run({ order_id: o.order_id, cause: cause as 'parts', ...(text.trim() ? { note: text.trim() } : {}) }), done) }}>
      <Chips label="原因" choices={CAUSES} value={cause} choose={setCause} />
      <Field label="说明(业主能看到)" error={suspend.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={500} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <p className="ph-weak ph-small">挂起的时间会加到时限上,并留下记录。</p>
      <Button className="ph-big" block color="primary" type="submit" loading={suspend.running}>确认挂起</Button>
    </form>
  )
}
function GiveBack({ o, done }: Act) {
  const [text, setText] = useState('')
  const back = useWrite(orders.giveBackOrder, { done: '已退回', in_form: true })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(back.run({ order_id: o.order_id, reason: text }), done) }}>
      <Field label="退回原因" error={back.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim().length < 2} loading={back.running}>退回调度</Button>
    </form>
  )
}
