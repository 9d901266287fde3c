// The quotes of one order at the desk: lines, the signature, the bill, the paper; taking back asks for a second person.
import { Button, Image } from 'antd'
import { useState } from 'react'
import { trimDecimal } from '../../../kernel/money.ts'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { orders, type OrderFull, type Quote } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { QUOTE_TONES } from './QuotesPage.tsx'

export function QuotesCard({ o }: { o: OrderFull }) {
  const { data } = useRead(orders.orderQuotes, { order_id: o.order_id })
  if (!data || data.rows.length === 0) return null
  return <section className="hy-card hy-stack" aria-label="有偿服务"><h2>有偿服务</h2>{data.rows.map((q) => <One key={q.quote_id} q={q} />)}</section>
}

function One({ q }: { q: Quote }) {
  const [open, setOpen] = useState<'void' | 'withdraw'>()
  const ask = useWrite(orders.askQuoteVoid, { in_form: true, done: '已提交审批,由另一人批准后作废', invalidates: 'all' })
  const withdraw = useWrite(orders.withdrawQuote, { in_form: true, done: '已撤回' })
  const close = () => { setOpen(undefined); ask.reset(); withdraw.reset() }
  return (
    <article className="hy-stack" aria-label={q.no}>
      <div className="hy-line">
        <strong className="hy-num">{q.no}</strong><StateTag value={q.state} words={words.states?.['quote']} tones={QUOTE_TONES} />{q.void_asked ? <StateTag value="v" words={{ v: '作废待批准' }} tones={{ v: 'warn' }} /> : null}
        <span className="hy-muted">{q.made_by_name} {instant(q.made_at)} 报价,付费人 {q.payer_name}{q.signed_at ? `;${q.signer_name} ${instant(q.signed_at)} 在${words.states!['signed_on']![q.signed_on!]}上签字${q.signed_received_at ? `(无网时签,${instant(q.signed_received_at)} 补传)` : ''}` : ''}{q.billed_at ? `;${instant(q.billed_at)} 出账` : ''}{q.end_reason ? `;${words.states!['quote']![q.state]}:${q.end_reason}` : ''}</span>
      </div>
      <RowsTable
        label={`${q.no} 明细`} rows={q.lines.map((l) => ({ ...l, key: String(l.line_no) }))} row_key="key" empty=""
        columns={[{ key: 'kind', title: '类别', width: 70, show: (l) => said('service_kind', l.kind) }, { key: 'name', title: '项目', width: 220, show: (l) => `${l.name}${l.item_id ? '' : '(临时)'}` }, { key: 'quantity', title: '数量', width: 90, show: (l) => `${trimDecimal(l.quantity)} ${l.unit}` }, { key: 'unit_price', title: '单价', width: 90, show: (l) => trimDecimal(l.unit_price) }, { key: 'amount_fen', title: '金额', width: 100 }]}
      />
      <div className="hy-line">
        <strong>合计 {money(q.amount_fen)} 元</strong>
        {q.bill_id ? <Go to={`/billing/bills/${q.bill_id}`}>账单</Go> : null}
        <Button size="small" href={fileUrl(orders.quotePaper, { quote_id: q.quote_id })} target="_blank">三联单</Button>
        <Button size="small" href={fileUrl(orders.quotePaper, { quote_id: q.quote_id, form: 'a4' })} target="_blank">A4 打印</Button>
        {q.can.withdraw === true ? <Button size="small" onClick={() => setOpen('withdraw')}>撤回</Button> : null}
        {q.state === 'billed' && q.can.void !== 'kernel.forbidden' ? <CanButton size="small" danger can={q.can.void} words={words} onClick={() => setOpen('void')}>申请作废</CanButton> : null}
        {q.signed_at ? <Image width={120} height={44} style={{ objectFit: 'contain', border: '1px solid #e5e6eb' }} alt={`${q.signer_name} 的签名`} src={fileUrl(orders.quoteSignature, { quote_id: q.quote_id })} /> : null}
      </div>
      {open === 'void' ? <FormModal open onClose={close} title={`申请作废 ${q.no}`} submit="提交审批" danger call={orders.askQuoteVoid} fields={['reason']} fixed={{ quote_id: q.quote_id }} loading={ask.running} submitError={ask.error} note={<p className="hy-muted">另一人批准后,账单以红字冲回;已收款的要先在收款台冲销。</p>} onSubmit={async (i) => { if (await ask.run(i)) close() }} /> : null}
      {open === 'withdraw' ? <FormModal open onClose={close} title={`撤回 ${q.no}`} submit="撤回" call={orders.withdrawQuote} fields={['reason']} fixed={{ quote_id: q.quote_id }} loading={withdraw.running} submitError={withdraw.error} onSubmit={async (i) => { if (await withdraw.run(i)) close() }} /> : null}
    </article>
  )
}
