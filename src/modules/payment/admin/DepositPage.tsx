import { Alert, Button, Drawer, Form, Input } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { DEPOSIT_TONES } from './DepositsPage.tsx'
import { PayeeFields, payeeOf, type PayeeValues } from './payee.tsx'

type Deposit = Out<typeof payment.deposit.gives>
type Act = 'refund' | 'forfeit' | 'move'
const TITLE: Record<Act, string> = { refund: '申请退押金', forfeit: '申请罚没', move: '转预存或抵账单' }

export default function DepositPage() {
  const deposit_id = useParam('deposit_id')
  const one = useRead(payment.deposit, { deposit_id })
  const [act, setAct] = useState<Act>()
  const d = one.data
  return (
    <>
      <DetailPage
        title={d ? `押金 ${d.deposit_no}` : '押金详情'} loading={one.loading} error={one.error} retry={one.retry} back="/payment/deposits"
        tags={d ? <StateTag value={d.state} words={words.states?.['deposit']} tones={DEPOSIT_TONES} /> : null}
        actions={
          d ? (
            <>
              <CanButton type="primary" can={d.can.refund} words={words} onClick={() => setAct('refund')}>申请退还</CanButton>
              <CanButton can={d.can.move} words={words} onClick={() => setAct('move')}>转预存或抵账单</CanButton>
              <CanButton danger can={d.can.forfeit} words={words} onClick={() => setAct('forfeit')}>申请罚没</CanButton>
              <Button href={fileUrl(payment.depositPdf, { deposit_id, form: 'a4' })} target="_blank">打印 A4</Button>
              <Button href={fileUrl(payment.depositPdf, { deposit_id, form: '80mm' })} target="_blank">打印小票</Button>
            </>
          ) : null
        }
        facts={
          d
            ? [
                ['房产', <Go key="h" to={`/property/houses/${d.house_id}`}>{d.community_name} {d.house_label}</Go>], ['种类', d.kind_name], ['交款人', d.payer_name], ['收取', <MoneyText key="a" fen={d.amount_fen} />], ['在押', <MoneyText key="b" fen={d.held_fen} strong />], ['其中办理中', d.pending_fen ? <Go key="p" to={`/payment/deposits/${d.deposit_id}?tab=pending`}><MoneyText fen={d.pending_fen} /></Go> : '—'],
                ['已退', <MoneyText key="r" fen={d.refunded_fen} />], ['已罚没', <MoneyText key="f" fen={d.forfeited_fen} />], ['已转', <MoneyText key="m" fen={d.moved_fen} />], ['收款', `${d.taken_by_name} ${instant(d.taken_at)} ${words.states?.['method']?.[d.method] ?? ''}`], ['流水号', d.reference], ['约定退还日', d.return_on ? <span key="o">{d.return_on}{d.overdue_days ? <span className="hy-red"> 已逾期 {d.overdue_days} 天</span> : null}</span> : '—'], ['说明', d.note],
              ]
            : []
        }
        tabs={
          d
            ? [
                ...(d.pending.length > 0 ? [{
                  key: 'pending', label: '办理中', badge: d.pending.length,
                  children: () => (
                    <RowsTable
                      label="办理中" rows={d.pending} row_key="id" empty="没有办理中的" totals={{ amount_fen: money(d.pending_fen) }}
                      columns={[
                        { key: 'at', title: '申请时间', width: 150 },
                        { key: 'kind', title: '变动', width: 100, show: (r) => words.states?.['deposit_move']?.[r.kind] },
                        { key: 'amount_fen', title: '金额', width: 120 },
                        { key: 'reason', title: '原因', width: 220 },
                        { key: 'by_name', title: '申请人', width: 100 },
                        { key: 'link', title: '单据', width: 130, show: (r) => (r.kind === 'refund' ? <Go to={`/payment/refunds/${r.id}`}>{r.number}</Go> : <Go to={`/system/approvals/${r.id}`}>审批</Go>) },
                      ]}
                    />
                  ),
                }] : []),
                {
                  key: 'moves', label: '变动', badge: d.moves.length,
                  children: () => (
                    <RowsTable
                      label="押金变动" rows={d.moves} row_key="move_id" empty="还没有变动"
                      columns={[
                        { key: 'at', title: '时间', width: 150, show: (r) => instant(r.at) },
                        { key: 'kind', title: '变动', width: 100, show: (r) => words.states?.['deposit_move']?.[r.kind] },
                        { key: 'amount_fen', title: '金额', width: 120 },
                        { key: 'reason', title: '原因', width: 220 },
                        { key: 'by_name', title: '经办人', width: 100 },
                        { key: 'link', title: '单据', width: 120, show: (r) => (r.refund_id ? <Go to={`/payment/refunds/${r.refund_id}`}>退款单</Go> : r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>收款单</Go> : r.kind === 'to_wallet' ? <Go to={`/payment/wallets?q=${encodeURIComponent(d.house_label)}`}>预存</Go> : '—') },
                      ]}
                    />
                  ),
                },
              ]
            : []
        }
      />
      {act && d ? <ActDrawer act={act} d={d} close={() => setAct(undefined)} /> : null}
    </>
  )
}

function ActDrawer({ act, d, close }: { act: Act; d: Deposit; close: () => void }) {
  const [form] = Form.useForm<PayeeValues & { amount_fen: number }>()
  const refund = useWrite(payment.askDepositRefund, { in_form: true, done: (a) => `已申请 ${a.refund_no},等待审批`, invalidates: 'all' })
  const forfeit = useWrite(payment.askForfeit, { in_form: true, done: '已申请,等待审批', invalidates: 'all' })
  const moving = useWrite(payment.moveDeposit, { in_form: true, done: '已转', invalidates: 'all' })
  const desk = useRead(payment.desk, { house_id: d.house_id }, { enabled: act === 'move' })
  const [lines, setLines] = useState<Record<string, number>>({})
  const running = refund.running || forfeit.running || moving.running
  const error = refund.error ?? forfeit.error ?? moving.error
  const submit = async (v: PayeeValues & { amount_fen: number }) => {
    const base = { deposit_id: d.deposit_id, amount_fen: v.amount_fen }
    const done =
      act === 'refund' ? await refund.run({ ...base, ...payeeOf(v) })
      : act === 'forfeit' ? await forfeit.run({ ...base, reason: v.reason.trim() })
      : await moving.run({ ...base, reason: v.reason.trim(), lines: (desk.data?.lines ?? []).flatMap((l) => ((lines[l.bill_id] ?? 0) > 0 ? [{ bill_id: l.bill_id, period_on: l.period_on, amount_fen: lines[l.bill_id]! }] : [])) })
    if (done) close()
  }
  return (
    <Drawer open onClose={close} title={`${TITLE[act]}:${d.deposit_no}`} size={act === 'move' ? 720 : 480} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" danger={act === 'forfeit'} loading={running} onClick={() => form.submit()}>{act === 'move' ? '转出' : '提交申请'}</Button></div>}>
      <Form form={form} layout="vertical" initialValues={{ amount_fen: d.held_fen - d.pending_fen, method: 'cash', payee_name: d.payer_name }} onFinish={(v) => void submit(v)}>
        {error ? <Alert type="error" showIcon role="alert" title={error.message} style={{ marginBottom: 12 }} /> : null}
        <p className="hy-muted">在押 {money(d.held_fen)} 元{d.pending_fen ? `,其中办理中 ${money(d.pending_fen)} 元` : ''}</p>
        <Form.Item name="amount_fen" label="金额" rules={[{ required: true, message: '必填' }]}><MoneyInput /></Form.Item>
        {act === 'move' ? (
          <>
            <RowsTable
              label="抵账单" rows={desk.data?.lines ?? []} row_key="bill_id" empty="没有未缴账单,全部转预存"
              columns={[{ key: 'period_on', title: '账期', width: 90, show: (r) => r.period_on.slice(0, 7) }, { key: 'fee_item_name', title: '收费项目', width: 130 }, { key: 'open_fen', title: '欠缴', width: 110 }, { key: 'pay', title: '抵', width: 130, show: (r) => <MoneyInput aria-label={`抵 ${r.fee_item_name} ${r.period_on.slice(0, 7)}`} placeholder="不抵" value={lines[r.bill_id] || null} onChange={(v) => setLines({ ...lines, [r.bill_id]: typeof v === 'number' ? v : 0 })} /> }]}
            />
            <p className="hy-muted">没有抵账单的部分转入本户预存。</p>
          </>
        ) : null}
        {act === 'refund' ? <PayeeFields methods={['cash', 'transfer', 'card', 'wechat', 'alipay', 'other']} /> : <Form.Item name="reason" label="原因" rules={[{ required: true, min: 2, message: '请写明原因' }]}><Input.TextArea maxLength={200} autoSize={{ minRows: 2, maxRows: 5 }} /></Form.Item>}
      </Form>
    </Drawer>
  )
}
