// The quotes of an order on the repairer's phone: the one that stands, and what may be done with it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { Field, Sheet } from '../../../ui/phone/bits.tsx'
import { uploadPhoto } from '../../../ui/phone/kept_photos.ts'
import { Link } from '../../../ui/phone/router.tsx'
import { orders, type OrderFull, type Quote } from '../contract.ts'
import { closeAfter } from '../parts.tsx'
import { QuoteEnd, QuoteLines, QuoteMark } from '../quote_parts.tsx'
import { Sign } from './QuotePage.tsx'

export function QuoteCard({ o }: { o: OrderFull }) {
  const { data } = useRead(orders.orderQuotes, { order_id: o.order_id })
  if (!data || (data.rows.length === 0 && data.can.quote !== true)) return null
  return (
    <section className="ph-card ph-section" aria-label="有偿服务">
      <div className="ph-between"><h2>有偿服务</h2>{data.can.quote === true ? <Link className="ph-text-button" to={`/orders/${o.order_id}/quote`}>{data.rows.some((q) => q.state === 'offered' || q.state === 'consented') ? '改报价' : '报价'}</Link> : null}</div>
      {data.rows.length === 0 ? <p className="ph-weak ph-small">收费的维修先报价、业户签字,再动手;完工时自动出账。</p> : null}
      {data.rows.map((q) => <One key={q.quote_id} q={q} o={o} />)}
    </section>
  )
}

function One({ q, o }: { q: Quote; o: OrderFull }) {
  const [open, setOpen] = useState<'sign' | 'refuse'>()
  const sign = useWrite(orders.signQuote, { in_form: true, done: '业户已签字同意' })
  const close = () => setOpen(undefined)
  const old = q.state === 'replaced' || q.state === 'withdrawn' || q.state === 'refused' || q.state === 'voided'
  return (
    <article className="ph-section" aria-label={q.no}>
      <p className="ph-between"><span className="ph-num ph-weak">{q.no}</span><QuoteMark state={q.state} /></p>
      {old ? null : <QuoteLines q={q} />}
      <QuoteEnd q={q} />
      <div className="ph-two">
        {q.can.sign === true ? <Button className="ph-mid" color="primary" onClick={() => setOpen('sign')}>请业户签字</Button> : null}
        {q.can.sign === true ? <Button className="ph-mid" onClick={() => setOpen('refuse')}>业户不同意</Button> : null}
        {old ? null : <a className="ph-text-button" href={fileUrl(orders.quotePaper, { quote_id: q.quote_id })} target="_blank" rel="noreferrer">有偿服务单</a>}
      </div>
      <Sheet open={open === 'sign'} title="业户签字" close={close}>
        <QuoteLines q={q} />
        <Sign name={o.reporter_name ?? ''} running={sign.running} error={sign.error?.message} sign={async ({ signer_name, png }) => closeAfter(sign.run({ quote_id: q.quote_id, content_hash: q.content_hash, signer_name, photo_ids: [await uploadPhoto(png)] }), close)} />
      </Sheet>
      <Sheet open={open === 'refuse'} title="业户不同意" close={close}><RefuseQuote q={q} done={close} /></Sheet>
    </article>
  )
}

function RefuseQuote({ q, done }: { q: Quote; done: () => void }) {
  const [reason, setReason] = useState('')
  const refuse = useWrite(orders.refuseQuote, { in_form: true, done: '已记下' })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(refuse.run({ quote_id: q.quote_id, reason }), done) }}>
      <Field label="原因" error={refuse.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={200} placeholder="如:业户自行购买材料" value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={reason.trim().length < 2} loading={refuse.running}>记为不同意</Button>
    </form>
  )
}
