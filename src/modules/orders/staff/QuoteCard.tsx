// The quotes of an order on the repairer's phone: the one that stands, and what may be done with it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl } from '../../../ui/api.ts'
import { Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { useOnline } from '../../../ui/phone/online.ts'
import { Link } from '../../../ui/phone/router.tsx'
import { orders, type OrderFull, type Quote } from '../contract.ts'
import { closeAfter } from '../parts.tsx'
import { QuoteEnd, QuoteLines, QuoteMark } from '../quote_parts.tsx'
import { useKitOf } from './kit.ts'
import { Sign } from './QuotePage.tsx'
import { useLater } from './shift.ts'

export function QuoteCard({ o }: { o: OrderFull }) {
  const data = useKitOf(o)
  if (!data || (data.rows.length === 0 && data.can.quote !== true)) return null
  return (
    <section className="ph-card ph-section" aria-label="有偿服务">
      <div className="ph-between"><h2>有偿服务</h2>{data.can.quote === true ? <Link className="ph-text-button" to={`/orders/${o.order_id}/quote`}>{data.rows.some((q) => q.state === 'offered' || q.state === 'consented') ? '改报价' : '报价'}</Link> : null}</div>
      {data.rows.length === 0 ? <p className="ph-weak ph-small">收费的维修先报价、业户签字,再动手;完工时自动出账。</p> : null}
      {data.rows.map((q) => <One key={q.quote_id} q={q} o={o} unsent={data.unsent.has(q.quote_id)} />)}
    </section>
  )
}

function One({ q, o, unsent }: { q: Quote; o: OrderFull; unsent: boolean }) {
  const online = useOnline()
  const [open, setOpen] = useState<'sign' | 'refuse'>()
  const later = useLater(o)
  const close = () => setOpen(undefined)
  const old = q.state === 'replaced' || q.state === 'withdrawn' || q.state === 'refused' || q.state === 'voided'
  return (
    <article className="ph-section" aria-label={q.no || '待上传的报价'}>
      <p className="ph-between"><span className="ph-num ph-weak">{q.no || '有网后编号'}</span><span className="ph-line">{unsent ? <Tag kind="busy">待上传</Tag> : null}<QuoteMark state={q.state} /></span></p>
      {old ? null : <QuoteLines q={q} />}
      <QuoteEnd q={q} />
      <div className="ph-two">
        {q.can.sign === true ? <Button className="ph-mid" color="primary" onClick={() => setOpen('sign')}>请业户签字</Button> : null}
        {q.can.sign === true ? <Button className="ph-mid" onClick={() => setOpen('refuse')}>业户不同意</Button> : null}
        {old || unsent || !online ? null : <a className="ph-text-button" href={fileUrl(orders.quotePaper, { quote_id: q.quote_id })} target="_blank" rel="noreferrer">有偿服务单</a>}
      </div>
      <Sheet open={open === 'sign'} title="业户签字" close={close}>
        <QuoteLines q={q} />
        <Sign name={o.reporter_name ?? ''} running={later.running} error={later.error} sign={({ signer_name, photo_key }) => closeAfter(later.run({ call: orders.signQuote, what: '请业户签字', input: { quote_id: q.quote_id, content_hash: q.content_hash, signer_name }, photo_keys: [photo_key] }), close)} />
      </Sheet>
      <Sheet open={open === 'refuse'} title="业户不同意" close={close}><RefuseQuote q={q} o={o} done={close} /></Sheet>
    </article>
  )
}

function RefuseQuote({ q, o, done }: { q: Quote; o: OrderFull; done: () => void }) {
  const [reason, setReason] = useState('')
  const refuse = useLater(o)
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(refuse.run({ call: orders.refuseQuote, what: '记业户不同意', input: { quote_id: q.quote_id, reason: reason.trim() } }), done) }}>
      <Field label="原因" error={refuse.error}>{(p) => <input {...p} className="ph-input" maxLength={200} placeholder="如:业户自行购买材料" value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={reason.trim().length < 2} loading={refuse.running}>记为不同意</Button>
    </form>
  )
}
