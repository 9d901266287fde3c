// What the repairer quotes, on the resident's phone: look at every line, sign or say no.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { Field, Sheet } from '../../../ui/phone/bits.tsx'
import { uploadPhoto } from '../../../ui/phone/kept_photos.ts'
import { Link } from '../../../ui/phone/router.tsx'
import { SignaturePad } from '../../../ui/phone/SignaturePad.tsx'
import type { Out } from '../../../kernel/contract.ts'
import { orders } from '../contract.ts'
import { closeAfter } from '../parts.tsx'
import { QuoteEnd, QuoteLines, QuoteMark } from '../quote_parts.tsx'

type Mine = Out<typeof orders.myQuotes.gives>['rows'][number]
const POLL_MS = 30_000

export function MyQuotes({ order_id }: { order_id: string }) {
  const { data } = useRead(orders.myQuotes, { order_id }, { refresh_ms: POLL_MS })
  const rows = (data?.rows ?? []).filter((q) => q.state !== 'replaced' && q.state !== 'withdrawn')
  if (rows.length === 0) return null
  return <section className="ph-card ph-section" aria-label="有偿服务报价"><h2>有偿服务报价</h2>{rows.map((q) => <One key={q.quote_id} q={q} />)}</section>
}

function One({ q }: { q: Mine }) {
  const [open, setOpen] = useState<'sign' | 'refuse'>()
  const [png, setPng] = useState<Blob>()
  const [reason, setReason] = useState('')
  const [fault, setFault] = useState('')
  const sign = useWrite(orders.signMyQuote, { in_form: true, done: '已同意,完工后出账' })
  const refuse = useWrite(orders.refuseMyQuote, { in_form: true, done: '已告知师傅' })
  const close = () => setOpen(undefined)
  const agree = async (): Promise<void> => {
    if (!png) return
    setFault('')
    const photo_id = await uploadPhoto(png).catch((e: unknown) => { setFault(e instanceof Error ? e.message : '签名没有上传成功,请重试') })
    if (photo_id) await closeAfter(sign.run({ quote_id: q.quote_id, content_hash: q.content_hash, photo_ids: [photo_id] }), close)
  }
  return (
    <article className="ph-section" aria-label={q.no}>
      <p className="ph-between"><span className="ph-num ph-weak">{q.no}</span><QuoteMark state={q.state} /></p>
      <QuoteLines q={q} />
      <QuoteEnd q={q} />
      {q.can.sign === true ? <div className="ph-two"><Button className="ph-mid" color="primary" onClick={() => setOpen('sign')}>同意并签字</Button><Button className="ph-mid" onClick={() => setOpen('refuse')}>不同意</Button></div> : null}
      {q.state === 'billed' ? <div className="ph-two">{q.bill_id ? <Link className="ph-text-button" to={`/bills/${q.bill_id}`}>查看账单</Link> : null}<a className="ph-text-button" href={fileUrl(orders.quotePaper, { quote_id: q.quote_id, form: 'a4' })} target="_blank" rel="noreferrer">有偿服务单</a></div> : null}
      <Sheet open={open === 'sign'} title="同意并签字" close={close}>
        <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void agree() }}>
          <QuoteLines q={q} />
          <p className="ph-weak">我已看过项目和价格,同意按此收费。改价须我再次签字。</p>
          <SignaturePad label="签名" signed={setPng} />
          {sign.error || fault ? <p className="ph-fault" role="alert">{sign.error?.message ?? fault}</p> : null}
          <Button className="ph-big" block color="primary" type="submit" disabled={!png} loading={sign.running}>同意并提交</Button>
        </form>
      </Sheet>
      <Sheet open={open === 'refuse'} title="不同意报价" close={close}>
        <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(refuse.run({ quote_id: q.quote_id, reason }), close) }}>
          <Field label="原因" error={refuse.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
          <Button className="ph-big" block color="primary" type="submit" disabled={reason.trim().length < 2} loading={refuse.running}>不同意</Button>
        </form>
      </Sheet>
    </article>
  )
}
