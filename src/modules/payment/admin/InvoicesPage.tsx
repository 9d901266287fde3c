import { Button, Modal, Tooltip } from 'antd'
import { useState } from 'react'
import { Go, useGo } from '../../../ui/address.tsx'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { InvoiceRow } from '../contract_invoices.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '发票号码、抬头、房号' },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['invoice']) },
  { kind: 'select', name: 'kind', label: '种类', options: optionsOf(words.states?.['invoice_kind']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '申请日' },
]
const TONES = { issued: 'good', asked: 'busy', issuing: 'busy', failed: 'bad', red: 'warn', cancelled: 'plain' } as const

export default function InvoicesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const list = useList(payment.invoices, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [red, setRed] = useState<InvoiceRow>()
  const [lines, setLines] = useState<InvoiceRow>()
  const retry = useWrite(payment.retryInvoice, { done: '已重新提交' })
  const cancel = useWrite(payment.cancelInvoice, { done: '已取消,收款可以重新开票' })
  const redden = useWrite(payment.redInvoice, { in_form: true, done: '已申请红冲' })
  const columns: readonly Column<InvoiceRow>[] = [
    { key: 'invoice_no', title: '发票号码', width: 200, always: true, show: (r) => (r.has_pdf ? <a href={fileUrl(payment.invoicePdf, { invoice_id: r.invoice_id })} target="_blank" rel="noopener">{r.invoice_no}</a> : (r.invoice_no ?? '—')) },
    { key: 'kind', title: '种类', width: 70, show: (r) => words.states?.['invoice_kind']?.[r.kind] ?? r.kind },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['invoice']} tones={TONES} /> },
    { key: 'house_label', title: '房号', width: 110, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> },
    { key: 'title', title: '抬头', width: 180 },
    { key: 'amount_fen', title: '价税合计', width: 110 },
    { key: 'tax_fen', title: '税额', width: 90 },
    { key: 'receipts', title: '收据', width: 150, show: (r) => (r.receipts.length === 1 ? <Go to={`/payment/payments/${r.receipts[0]!.payment_id}`}>{r.receipts[0]!.receipt_no}</Go> : <Button type="link" size="small" onClick={() => setLines(r)}>{r.receipts.length} 张</Button>) },
    { key: 'asked_at', title: '申请时间', width: 150 },
    { key: 'issued_at', title: '开具时间', width: 150 },
    { key: 'failure', title: '说明', width: 180, show: (r) => <Tooltip title={r.failure ?? r.reason}><span>{r.failure ?? r.reason ?? (r.red_of_no ? `红冲 ${r.red_of_no}` : '—')}</span></Tooltip> },
    { key: 'delivered_at', title: '交付时间', width: 150, hidden: true },
    {
      key: 'can', title: '操作', width: 190,
      show: (r) => (
        <span className="hy-line">
          {r.can.red === 'payment.invoice_state' ? null : <CanButton size="small" can={r.can.red} words={words} onClick={() => setRed(r)}>红冲</CanButton>}
          {r.can.retry === 'payment.invoice_state' ? null : <CanButton size="small" can={r.can.retry} words={words} loading={retry.running} onClick={() => void retry.run({ invoice_id: r.invoice_id }, r.invoice_id)}>重试</CanButton>}
          {r.can.cancel === 'payment.invoice_state' ? null : <CanButton size="small" can={r.can.cancel} words={words} loading={cancel.running} onClick={() => void (async () => { if (await confirm({ title: '取消这次开票申请?', content: '取消后这些收款可以重新申请开票。', ok: '取消申请', danger: true })) await cancel.run({ invoice_id: r.invoice_id }, r.invoice_id) })()}>取消</CanButton>}
        </span>
      ),
    },
  ]
  return (
    <>
      <ListPage
        {...list} title="电子发票" name="payment.invoices" columns={columns} row_key="invoice_id" excel={may('payment.invoice.export') ? payment.invoicesExcel : undefined}
        totals={(d) => ({ amount_fen: money(d.amount_fen_sum), tax_fen: money(d.tax_fen_sum) })}
        actions={<Button onClick={() => go('/payment/invoice-settings')}>开票设置</Button>}
        empty={{ text: '还没有电子发票:业主可在手机上申请,也可在收款详情中代为申请' }}
      />
      {red ? (
        <ReasonModal
          open title={`红冲发票 ${red.invoice_no ?? ''}`} danger submit="申请红冲" onClose={() => setRed(undefined)} loading={redden.running} submitError={redden.error} suggestions={['抬头开错', '金额开错', '重复开票', '款项退回']}
          onConfirm={async (reason) => { if (await redden.run({ invoice_id: red.invoice_id, reason }, red.invoice_id)) setRed(undefined) }}
        />
      ) : null}
      <Modal open={lines !== undefined} title="所开收据" footer={null} onCancel={() => setLines(undefined)}>
        {lines?.receipts.map((x) => <div key={x.payment_id} className="hy-line"><Go to={`/payment/payments/${x.payment_id}`}>{x.receipt_no}</Go><span>{money(x.amount_fen)} 元</span></div>)}
      </Modal>
    </>
  )
}
