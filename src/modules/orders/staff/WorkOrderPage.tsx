// One order on the phone of the one who works on it: the next step as one big button, everything else beside it. Works without network: steps
// go through the outbox.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useOnline } from '../../../ui/phone/online.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { Link, useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { SopCard } from '../../office/staff/shared.tsx'
import { PHOTOS_MAX, orders, type OrderFull } from '../contract.ts'
import { StateMark, Steps, closeAfter, starsText } from '../parts.tsx'
import { hour } from '../shown.ts'
import { words } from '../words.ts'
import { ColleagueSheet } from './ColleagueSheet.tsx'
import { QuoteCard } from './QuoteCard.tsx'
import { CostCard } from './CostCard.tsx'
import { useKitOf } from './kit.ts'
import { doneText } from './outbox.ts'
import type { WithQueued } from './queued.ts'
import { useOrder, useQueued, useStep } from './shift.ts'

type Open = 'arrive' | 'finish' | 'suspend' | 'give_back' | 'transfer' | 'help'

export function WorkOrderPage() {
  const reading = useOrder(useParam('order_id'))
  const [open, setOpen] = useState<Open>()
  const o = reading.data?.value
  return (
    <Page title="工单" back="/orders" {...(o ? { foot: <Next o={o} open={setOpen} /> } : {})}>
      <Loaded reading={reading}>{({ value, saved_at, old }) => <>{old ? <p className="ph-strip" role="status">没有网络,显示的是 {hour(saved_at)} 存在手机上的内容</p> : null}<Shown plain={value} open={open} setOpen={setOpen} /></>}</Loaded>
    </Page>
  )
}

/** The step that comes next. */
function Next({ o: plain, open }: { o: OrderFull; open: (x: Open) => void }) {
  const o = useQueued(plain)
  const step = useStep(plain)
  const take = useWrite(orders.takeOrder, { done: '抢到了' })
  const big = { className: 'ph-big', block: true, color: 'primary' } as const
  if (o.refused) return <p className="ph-red ph-center" style={{ width: '100%' }}>有一步没有通过,请先处理</p>
  if (o.can.take === true) return <Button {...big} loading={take.running} onClick={() => void take.run({ order_id: o.order_id })}>抢单</Button>
  const fault = step.error ? <p className="ph-fault" role="alert">{step.error}</p> : null
  if (o.can.accept === true) return <>{fault}<Button {...big} loading={step.running} onClick={() => void step.run('accept')}>接单</Button></>
  if (o.can.arrive === true) return <Button {...big} onClick={() => open('arrive')}>我已到场</Button>
  if (o.can.finish === true) return <Button {...big} onClick={() => open('finish')}>完工</Button>
  if (o.can.resume === true) return <>{fault}<Button {...big} loading={step.running} onClick={() => void step.run('resume')}>恢复处理</Button></>
  return <p className="ph-weak ph-center" style={{ width: '100%' }}>{words.states!['state']![o.state]}</p>
}

/** What was done here and is not sent yet. */
function Queued({ o }: { o: WithQueued }) {
  if (o.queued.length === 0) return null
  return (
    <section className="ph-card ph-section" aria-label="待上传的步骤">
      {o.queued.map((e) => <p key={e.request_id} className="ph-between"><span>{doneText(e)}<span className="ph-weak ph-small"> {hour(e.queued_at)}</span></span>{e.state === 'refused' ? <Tag kind="bad">没有通过</Tag> : <Tag kind="busy">待上传</Tag>}</p>)}
      {o.refused ? <Link className="st-refused" to="/pending"><Icon name="warn" />去处理</Link> : null}
    </section>
  )
}

function Shown({ plain, open, setOpen }: { plain: OrderFull; open: Open | undefined; setOpen: (x: Open | undefined) => void }) {
  const o = useQueued(plain)
  const online = useOnline()
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
        {o.can.reveal === true && online ? <Call o={o} /> : null}
      </section>
      <Queued o={o} />
      <div className="ph-two">
        {o.can.suspend === true ? <Button className="ph-mid" onClick={() => setOpen('suspend')}>挂起</Button> : null}
        {o.can.help === true && online ? <Button className="ph-mid" onClick={() => setOpen('help')}>请求协助</Button> : null}
        {o.can.transfer === true && online ? <Button className="ph-mid" onClick={() => setOpen('transfer')}>转单</Button> : null}
        {o.can.give_back === true ? <Button className="ph-mid" onClick={() => setOpen('give_back')}>退回</Button> : null}
      </div>
      <SopCard at="order" id={o.order_id} />
      <QuoteCard o={o} />
      <CostCard o={o} />
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
const keysOf = (photos: readonly Kept[]): string[] => photos.map((p) => p.key)
function Arrive({ o, done }: Act) {
  const [photos, setPhotos] = useState<Kept[]>([])
  const owner = ownerOf(usePhoneMe())
  const step = useStep(o)
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(step.run('arrive', {}, keysOf(photos)), done) }}>
      <KeptPhotos label="到场照片(选填)" photos={photos} set={setPhotos} max={PHOTOS_MAX} owner={owner} camera />
      {step.error ? <p className="ph-fault" role="alert">{step.error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={step.running}>确认到场</Button>
    </form>
  )
}
function Finish({ o, done }: Act) {
  const unsigned = useKitOf(o)?.unsigned === true
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Kept[]>([])
  const owner = ownerOf(usePhoneMe())
  const step = useStep(o)
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(step.run('finish', { note: text.trim() }, keysOf(photos)), done) }}>
      <Field label="怎样修好的" error={step.error}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={500} value={text} placeholder="如:更换水龙头阀芯,试水不漏" onChange={(e) => setText(e.target.value)} />}</Field>
      <KeptPhotos label="完工照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} owner={owner} camera />
      {unsigned ? <p className="ph-fault" role="alert">报价业户还没有签字:请先请业户签字,不同意的记「业户不同意」</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim() === '' || unsigned} loading={step.running}>确认完工</Button>
    </form>
  )
}
const CAUSES = Object.entries(words.states!['cause']!).map(([value, label]) => ({ value, label }))
function Suspend({ o, done }: Act) {
  const [cause, setCause] = useState('parts')
  const [text, setText] = useState('')
  const step = useStep(o)
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(step.run('suspend', { cause, ...(text.trim() ? { note: text.trim() } : {}) }), done) }}>
      <Chips label="原因" choices={CAUSES} value={cause} choose={setCause} />
      <Field label="说明(业主能看到)" error={step.error}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={500} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <p className="ph-weak ph-small">挂起的时间会加到时限上,并留下记录。</p>
      <Button className="ph-big" block color="primary" type="submit" loading={step.running}>确认挂起</Button>
    </form>
  )
}
function GiveBack({ o, done }: Act) {
  const [text, setText] = useState('')
  const step = useStep(o)
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(step.run('give_back', { reason: text.trim() }), done) }}>
      <Field label="退回原因" error={step.error}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim().length < 2} loading={step.running}>退回调度</Button>
    </form>
  )
}
