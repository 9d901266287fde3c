import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { PHOTOS_MAX, orders, type MyOrder } from '../contract.ts'
import { hour } from '../shown.ts'
import { MyQuotes } from './MyQuotes.tsx'
import { TellCard } from './TellWays.tsx'
import { StateMark, Steps, closeAfter, starsText } from '../parts.tsx'

const POLL_MS = 30_000
export function OrderPage() {
  const order_id = useParam('order_id')
  const reading = useRead(orders.myOrder, { order_id }, { refresh_ms: POLL_MS })
  return <Page title="报修进度" back="/orders"><Loaded reading={reading}>{(o) => <Shown o={o} />}</Loaded></Page>
}

function Shown({ o }: { o: MyOrder }) {
  const cancel = useWrite(orders.cancelMine, { done: '已取消报修' })
  const urge = useWrite(orders.urgeMine, { done: '已提醒物业' })
  const [open, setOpen] = useState<'rate' | 'reopen'>()
  const call = o.assignee_phone ?? o.service_phone
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{o.category}</h2><StateMark state={o.state} of="resident_state" /></div>
        <p>{o.words}</p>
        <Facts rows={[
          ['位置', o.place], ['工单号', <span key="n" className="ph-num">{o.no}</span>], ['报修时间', instant(o.created_at)], o.urgent ? ['类别', <Tag key="u" kind="bad">急修</Tag>] : null,
          o.wished_at ? ['预约上门', instant(o.wished_at)] : null,
          o.due_at ? [o.arrived_at ? '最迟修好' : '最迟上门', <span key="d" className={o.late ? 'ph-red ph-strong' : ''}>{hour(o.due_at)}{o.late ? '(已超时,请催单)' : ''}</span>] : null,
          o.assignee_name ? ['师傅', o.assignee_name] : null, o.rating ? ['我的评价', <span key="r" className="ph-star-on">{starsText(o.rating)}</span>] : null,
        ]} />
        <div className="ph-two">
          {o.can.rate === true ? <Button className="ph-mid" color="primary" onClick={() => setOpen('rate')}>评价</Button> : null}
          {o.can.reopen === true ? <Button className="ph-mid" onClick={() => setOpen('reopen')}>没修好,返修</Button> : null}
          {o.can.urge === true ? <Button className="ph-mid" loading={urge.running} onClick={() => void urge.run({ order_id: o.order_id })}>催单</Button> : null}
          {o.can.cancel === true ? <Button className="ph-mid" loading={cancel.running} onClick={() => void confirm({ title: '取消这次报修?', yes: '取消报修' }).then((yes) => (yes ? cancel.run({ order_id: o.order_id }) : undefined))}>取消报修</Button> : null}
        </div>
        {call ? <a className="ph-line" href={`tel:${call}`}><Icon name="phone" />{o.assignee_phone ? '打给师傅' : '联系物业'} {call}</a> : null}
      </section>
      <MyQuotes order_id={o.order_id} />
      {o.due_at ? <TellCard order_id={o.order_id} /> : null}
      <section className="ph-card"><h2>进度</h2><Steps order_id={o.order_id} steps={o.steps} resident /></section>
      <Sheet open={open === 'rate'} title="评价这次维修" close={() => setOpen(undefined)}><Rate o={o} done={() => setOpen(undefined)} /></Sheet>
      <Sheet open={open === 'reopen'} title="申请返修" close={() => setOpen(undefined)}><Reopen o={o} done={() => setOpen(undefined)} /></Sheet>
    </>
  )
}

const SAID = ['很差', '较差', '一般', '满意', '非常满意']
function Rate({ o, done }: { o: MyOrder; done: () => void }) {
  const [rating, setRating] = useState(5)
  const [text, setText] = useState('')
  const rate = useWrite(orders.rateMine, { done: '谢谢您的评价', in_form: true })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(rate.run({ order_id: o.order_id, rating, ...(text.trim() ? { words: text.trim() } : {}) }), done) }}>
      <div className="ph-stars" role="radiogroup" aria-label="评分">
        {SAID.map((s, i) => <button key={s} type="button" role="radio" aria-checked={i + 1 === rating} aria-label={`${i + 1} 分,${s}`} className={`ph-star${i < rating ? ' ph-star-on' : ''}`} onClick={() => setRating(i + 1)}>{i < rating ? '★' : '☆'}</button>)}
      </div>
      <p className="ph-strong">{SAID[rating - 1]}</p>
      <Field label="想说的话(选填)">{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      {rate.error ? <p className="ph-fault" role="alert">{rate.error.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={rate.running}>提交评价</Button>
    </form>
  )
}

function Reopen({ o, done }: { o: MyOrder; done: () => void }) {
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  const reopen = useWrite(orders.reopenMine, { done: '已提交返修', in_form: true })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(reopen.run({ order_id: o.order_id, reason: text, ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}) }), done) }}>
      <Field label="哪里没有修好" error={reopen.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Photos label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} />
      {o.reopen_until ? <p className="ph-weak ph-small">{hour(o.reopen_until)} 前可以申请</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim().length < 2} loading={reopen.running}>提交返修</Button>
    </form>
  )
}
