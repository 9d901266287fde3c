import { Alert, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ApprovalLink } from '../../system/admin/shared.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { REFUND_TONES } from './RefundsPage.tsx'

const w = (group: string, v: string) => words.states?.[group]?.[v] ?? v

export default function RefundPage() {
  const refund_id = useParam('refund_id')
  const one = useRead(payment.refund, { refund_id })
  const pay = useWrite(payment.payRefund, { in_form: true, done: '已付出' })
  const cancel = useWrite(payment.cancelRefund, { in_form: true, done: '已取消,钱已转为预存', invalidates: 'all' })
  const [open, setOpen] = useState<'pay' | 'cancel'>()
  const [reference, setReference] = useState('')
  const close = () => { setOpen(undefined); pay.reset(); cancel.reset() }
  const r = one.data
  return (
    <>
      <DetailPage
        title={r ? `退款 ${r.refund_no}` : '退款详情'} loading={one.loading} error={one.error} retry={one.retry} back="/payment/refunds"
        tags={r ? <StateTag value={r.state} words={words.states?.['refund']} tones={REFUND_TONES} /> : null}
        actions={
          r ? (
            <>
              {r.can.pay === 'payment.refund_state' || r.can.pay === 'payment.refund_by_channel' ? null : <CanButton type="primary" can={r.can.pay} words={words} onClick={() => setOpen('pay')}>付出</CanButton>}
              {r.can.cancel === 'payment.refund_state' ? null : <CanButton danger can={r.can.cancel} words={words} onClick={() => setOpen('cancel')}>取消退款</CanButton>}
              <Button href={fileUrl(payment.refundPdf, { refund_id, form: 'a4' })} target="_blank">打印 A4</Button>
              <Button href={fileUrl(payment.refundPdf, { refund_id, form: '80mm' })} target="_blank">打印小票</Button>
            </>
          ) : null
        }
        facts={
          r
            ? [
                ['房产', <Go key="h" to={`/property/houses/${r.house_id}`}>{r.community_name} {r.house_label}</Go>], ['来源', w('refund_source', r.source)], ['原收据', r.payment_id ? <Go key="p" to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : r.deposit_id ? <Go key="d" to={`/payment/deposits/${r.deposit_id}`}>{r.deposit_no}</Go> : '—'],
                ['退款金额', <MoneyText key="a" fen={r.amount_fen} strong />], ['其中退预存', r.wallet_fen ? <span key="w"><MoneyText fen={r.wallet_fen} />{r.fee_item_name ? `(${r.fee_item_name}专项)` : ''}</span> : '—'],
                ...(r.gift_back_fen ? [['收回活动赠送', <span key="g"><MoneyText fen={r.gift_back_fen} /> {r.gift_workings.join(';')}</span>] as const] : []),
                ['方式', w('refund_method', r.method)], ['收款人', [r.payee_name, r.payee_bank, r.payee_account_tail ? `尾号 ${r.payee_account_tail}` : ''].filter(Boolean).join(' ')], ['退款原因', r.reason],
                ['申请', `${r.asked_by_name} ${instant(r.asked_at)}`], ['审批', r.decided_by_name ? `${r.decided_by_name} ${instant(r.decided_at!)}${r.decide_note ? `:${r.decide_note}` : ''}` : <ApprovalLink key="d" subject_type="refund" subject_id={refund_id}>等待审批</ApprovalLink>], ['付出', r.paid_by_name ? `${r.paid_by_name} ${instant(r.paid_at!)}` : '—'], ['付款凭证号', r.reference], ...(r.failure ? [['说明', r.failure] as const] : []),
              ]
            : []
        }
        tabs={r ? [{ key: 'lines', label: '退款账单', badge: r.lines.length, children: () => <RowsTable cards label="退款账单" rows={r.lines} row_key="bill_id" empty="没有退账单,全部退自预存或押金" totals={{ amount_fen: money(r.lines.reduce((n, l) => n + l.amount_fen, 0)) }} columns={[{ key: 'period_on', title: '账期', width: 100, show: (l) => <Go to={`/billing/bills/${l.bill_id}`}>{l.period_on.slice(0, 7)}</Go> }, { key: 'fee_item_name', title: '收费项目', width: 160 }, { key: 'amount_fen', title: '退款', width: 120 }]} /> }] : []}
      />
      {open === 'pay' && r ? (
        <Modal open title={`付出 ${r.refund_no}`} onCancel={close} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={pay.running} onClick={async () => { if (await pay.run({ refund_id, ...(reference.trim() ? { reference: reference.trim() } : {}) })) close() }}>确认已付出</Button></div>}>
          <div className="hy-stack">
            <p>{w('refund_method', r.method)} 付给 {r.payee_name} <MoneyText fen={r.amount_fen} strong /> 元。{r.method === 'cash' ? '现金从您的班次中付出。' : ''}</p>
            <Input aria-label="付款凭证号" placeholder={r.method === 'cash' ? '凭证号(选填)' : '银行或渠道流水号(必填)'} maxLength={64} value={reference} onChange={(e) => setReference(e.target.value)} />
            {pay.error ? <Alert type="error" showIcon role="alert" title={pay.error.message} /> : null}
          </div>
        </Modal>
      ) : null}
      {open === 'cancel' && r ? <ReasonModal open danger title={`取消 ${r.refund_no}`} submit="取消退款" onClose={close} loading={cancel.running} submitError={cancel.error} suggestions={['业主改为抵扣', '收款账号有误']} onConfirm={async (reason) => { if (await cancel.run({ refund_id, reason })) close() }}><Alert type="info" showIcon title="取消后,这笔钱转为本户预存(押金退回押金)。" style={{ marginBottom: 12 }} /></ReasonModal> : null}
    </>
  )
}
