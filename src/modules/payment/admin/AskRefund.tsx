// Asking for a refund of a payment: by bill and of what became prepayment, in parts.
import { Alert, Button, Drawer, Form } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { payment } from '../contract.ts'
import { GiftBack } from './GiftBack.tsx'
import { PayeeFields, payeeOf, type PayeeValues } from './payee.tsx'

export function AskRefund({ payment_id, close }: { payment_id: string; close: () => void }) {
  const left = useRead(payment.refundable, { payment_id }, { stale_ms: 0 })
  const ask = useWrite(payment.askRefund, { in_form: true, done: (a) => `已申请 ${a.refund_no},等待审批`, invalidates: 'all' })
  const [form] = Form.useForm<PayeeValues>()
  const [back, setBack] = useState<Record<string, number>>({})
  const [wallet, setWallet] = useState(0)
  const d = left.data
  const sum = Object.values(back).reduce((n, v) => n + v, wallet)
  const submit = async (v: PayeeValues) => {
    if (!d) return
    const lines = d.lines.flatMap((l) => ((back[l.bill_id] ?? 0) > 0 ? [{ bill_id: l.bill_id, period_on: l.period_on, amount_fen: back[l.bill_id]! }] : []))
    if (await ask.run({ payment_id, lines, wallet_fen: wallet, ...payeeOf(v) })) close()
  }
  return (
    <Drawer open onClose={close} title={d ? `申请退款:${d.receipt_no}` : '申请退款'} size={720} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><span style={{ flex: 1 }}>本次退款 <MoneyText fen={sum} strong /> 元</span><Button onClick={close}>取消</Button><Button type="primary" disabled={sum === 0} loading={ask.running} onClick={() => form.submit()}>提交申请</Button></div>}>
      {left.error ? <ErrorBlock error={left.error} retry={left.retry} /> : !d ? <LoadingBlock /> : (
        <div className="hy-stack">
          <p className="hy-muted">最多可退 {money(d.left_fen)} 元。批准后,退了账单的部分恢复欠缴。</p>
          <RowsTable
            cards label="可退账单" rows={d.lines} row_key="bill_id" empty="这笔收款没有冲抵账单"
            columns={[
              { key: 'period_on', title: '账期', width: 90, show: (r) => r.period_on.slice(0, 7) },
              { key: 'fee_item_name', title: '收费项目', width: 120 },
              { key: 'paid_fen', title: '本次冲抵', width: 100 },
              { key: 'left_fen', title: '可退', width: 100 },
              { key: 'back', title: '退款', width: 130, show: (r) => <MoneyInput aria-label={`退 ${r.fee_item_name} ${r.period_on.slice(0, 7)}`} placeholder="不退" disabled={r.left_fen === 0} value={back[r.bill_id] || null} onChange={(v) => setBack({ ...back, [r.bill_id]: typeof v === 'number' ? v : 0 })} /> },
            ]}
          />
          <div className="hy-line">
            <Button size="small" onClick={() => { setBack(Object.fromEntries(d.lines.map((l) => [l.bill_id, l.left_fen]))); setWallet(d.wallet_left_fen) }}>全部退</Button>
            {d.wallet_left_fen > 0 ? <><span>退预存(可退 {money(d.wallet_left_fen)})</span><span style={{ width: 140 }}><MoneyInput aria-label="退预存" placeholder="不退" value={wallet || null} onChange={(v) => setWallet(typeof v === 'number' ? v : 0)} /></span></> : null}
          </div>
          <GiftBack house_id={d.house_id} fee_item_id={d.prepay_item_id} payment_id={payment_id} amount_fen={wallet} />
          {ask.error ? <Alert type="error" showIcon role="alert" title={ask.error.message} /> : null}
          <Form form={form} layout="vertical" initialValues={{ method: d.methods[0], payee_name: d.payer_name }} onFinish={(v) => void submit(v)}><PayeeFields methods={d.methods} /></Form>
        </div>
      )}
    </Drawer>
  )
}
