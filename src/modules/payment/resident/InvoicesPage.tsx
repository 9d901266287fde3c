// Own electronic invoices: tick payments, write the title, download the paper.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fen, sumFen } from '../../../kernel/money.ts'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Field, Money, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

const TONE = { issued: 'good', asked: 'busy', issuing: 'busy', failed: 'warn', red: 'bad', cancelled: 'warn' } as const
const PICK_MAX = 50

export function InvoicesPage() {
  const list = useGrowing(payment.myInvoices, {})
  const [asking, setAsking] = useState(false)
  return (
    <Page title="电子发票" back="/mine" foot={<Button className="ph-big" block color="primary" onClick={() => setAsking(true)}>申请开票</Button>}>
      <Loaded reading={list}>
        {({ rows }) =>
          rows.length === 0 ? (
            <StateBlock icon="info" title="还没有电子发票" text="缴费后可以在这里申请" />
          ) : (
            <>
              <ul className="ph-list">
                {rows.map((i) => (
                  <li key={i.invoice_id} className="ph-row">
                    <span className="ph-row-body">
                      <span className="ph-between"><span className="ph-strong">{i.title}</span><Money className="ph-strong" fen={i.kind === 'red' ? -i.amount_fen : i.amount_fen} /></span>
                      <span className="ph-weak ph-small" style={{ display: 'block' }}>{i.house_label} · {instant(i.asked_at)}{i.kind === 'red' ? ' · 红字' : ''}</span>
                      <span className="ph-small" style={{ display: 'block' }}><Tag kind={TONE[i.state]}>{words.states?.['invoice']?.[i.state] ?? i.state}</Tag> {i.invoice_no ?? ''}</span>
                    </span>
                    {i.has_pdf ? <span className="ph-row-side"><a className="ph-text-button" href={fileUrl(payment.myInvoicePdf, { invoice_id: i.invoice_id })} target="_blank" rel="noopener">下载</a></span> : null}
                  </li>
                ))}
              </ul>
              {list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的</Button> : null}
            </>
          )
        }
      </Loaded>
      <Sheet open={asking} title="申请开票" close={() => setAsking(false)}>{asking ? <Ask done={() => { setAsking(false); list.retry() }} /> : null}</Sheet>
    </Page>
  )
}

function Ask({ done }: { done: () => void }) {
  const reading = useRead(payment.myInvoiceable, {}, { stale_ms: 0 })
  const apply = useWrite(payment.myApplyInvoice, { in_form: true })
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [kind, setKind] = useState<'person' | 'company'>('person')
  const [title, setTitle] = useState('')
  const [tax_no, setTaxNo] = useState('')
  const [email, setEmail] = useState('')
  const d = reading.data
  const rows = d?.rows ?? []
  const house = rows.find((r) => picked.has(r.payment_id))?.house_id
  const total = sumFen(rows.filter((r) => picked.has(r.payment_id)).map((r) => fen(r.amount_fen)))
  const turn = (id: string, on: boolean): void => setPicked((before) => {
    const next = new Set(before)
    if (on) next.add(id)
    else next.delete(id)
    return next
  })
  const submit = async (): Promise<void> => {
    const answer = await apply.run({ payment_ids: [...picked], title_kind: kind, title: title.trim(), ...(kind === 'company' && tax_no.trim() ? { tax_no: tax_no.trim().toUpperCase() } : {}), ...(email.trim() ? { email: email.trim() } : {}) })
    if (answer) done()
  }
  return (
    <Loaded reading={reading}>
      {() =>
        !d?.open ? <StateBlock icon="info" title="暂未开通电子发票" text="请到物业服务中心开票" /> : rows.length === 0 ? <StateBlock icon="info" title="没有可以开票的缴费" /> : (
          <>
            <ul className="ph-list">
              {rows.map((r) => (
                <li key={r.payment_id}>
                  <label className="ph-row ph-check">
                    <input type="checkbox" checked={picked.has(r.payment_id)} disabled={!picked.has(r.payment_id) && (picked.size >= PICK_MAX || (house !== undefined && house !== r.house_id))} onChange={(e) => turn(r.payment_id, e.target.checked)} />
                    <span className="ph-row-body"><span className="ph-between"><span>{r.house_label} · {r.taken_on}</span><Money className="ph-strong" fen={r.amount_fen} /></span><span className="ph-weak ph-small" style={{ display: 'block' }}>{r.receipt_no}</span></span>
                  </label>
                </li>
              ))}
            </ul>
            <Chips label="抬头类型" choices={[{ value: 'person', label: '个人' }, { value: 'company', label: '单位' }]} value={kind} choose={(v) => setKind(v as 'person' | 'company')} />
            <Field label="抬头">{(p) => <input {...p} className="ph-input" maxLength={100} value={title} onChange={(e) => setTitle(e.target.value)} />}</Field>
            {kind === 'company' ? <Field label="纳税人识别号">{(p) => <input {...p} className="ph-input" maxLength={20} value={tax_no} onChange={(e) => setTaxNo(e.target.value)} />}</Field> : null}
            <Field label="接收邮箱(选填)">{(p) => <input {...p} className="ph-input" type="email" maxLength={100} value={email} onChange={(e) => setEmail(e.target.value)} />}</Field>
            {apply.error ? <p role="alert" className="ph-fault">{apply.error.message}</p> : null}
            <Button className="ph-big" block color="primary" disabled={picked.size === 0 || title.trim() === ''} loading={apply.running} onClick={() => void submit()}>申请 {picked.size} 笔,合计 <Money fen={total} /></Button>
          </>
        )
      }
    </Loaded>
  )
}
