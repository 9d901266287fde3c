import { Alert, Checkbox } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { InvoiceApply } from './InvoiceApply.tsx'
import { tendersText } from './PaymentsPage.tsx'
import { AskRefund } from './AskRefund.tsx'
import { PrintButtons, usePrint } from './print.tsx'

const w = (state: string, key: string) => words.states?.[state]?.[key] ?? key

export default function PaymentPage() {
  const payment_id = useParam('payment_id')
  const detail = useRead(payment.payment, { payment_id })
  const ask = useWrite(payment.askReversal, { in_form: true, done: '已提交,等待另一人审批' })
  const print = usePrint()
  const [asking, setAsking] = useState(false)
  const [refunding, setRefunding] = useState(false)
  const [whole, setWhole] = useState(true)
  const p = detail.data
  const others = p?.merged.filter((m) => m.reversed_at === null) ?? []
  return (
    <>
      <DetailPage
        title={p ? `收据 ${p.receipt_no}` : '收款详情'} loading={detail.loading} error={detail.error} retry={detail.retry} back="/payment/payments"
        tags={p ? <StateTag value={p.reversed_at ? 'r' : p.reversal_asked ? 'a' : 'ok'} words={{ ok: '有效', r: '已冲销', a: '冲销待审' }} tones={{ ok: 'good', r: 'bad', a: 'warn' }} /> : null}
        actions={p ? <>{p.can.print === true ? <PrintButtons payment_id={payment_id} print={print} /> : null}{p.reversed_at ? null : <InvoiceApply payment_id={payment_id} payer_name={p.payer_name} />}<CanButton can={p.can.ask_refund} words={words} onClick={() => setRefunding(true)}>申请退款</CanButton><CanButton danger can={p.can.ask_reversal} words={words} onClick={() => setAsking(true)}>申请冲销</CanButton></> : null}
        facts={
          p
            ? [
                ['房产', <Go key="h" to={`/property/houses/${p.house_id}`}>{p.community_name} {p.house_label}</Go>],
                ['缴款人', p.payer_name],
                ['实收', <MoneyText key="t" fen={p.total_fen} strong />],
                ['冲抵账单', <MoneyText key="a" fen={p.applied_fen} />],
                ['转入预存', <MoneyText key="p" fen={p.prepaid_fen} />],
                ['找零', <MoneyText key="c" fen={p.change_fen} />],
                ...(p.refunded_fen + p.refunding_fen > 0 ? [['退款', <Go key="r" to={`/payment/refunds?payment_id=${payment_id}`}>已退 {money(p.refunded_fen)},退款中 {money(p.refunding_fen)}</Go>] as const] : []),
                ['收款方式', tendersText(p)],
                ['收费员', p.taken_by ? `${p.taken_by_name}(${w('source', p.source)})` : w('source', p.source)],
                ['收款时间', instant(p.taken_at)],
                ['备注', p.remark],
                ...(p.merged.length > 0 ? [['合并收款', <Go key="m" to={`/payment/payments?merge_id=${p.merge_id}`}>与 {p.merged.map((m) => m.house_label).join('、').slice(0, 60)} 一起收,共 {p.merged.length + 1} 户</Go>] as const] : []),
                ...(p.settlement ? [['渠道流水', `${p.settlement.channel_name} ${p.settlement.provider_txn}`] as const] : []),
              ]
            : []
        }
        tabs={
          p
            ? [
                {
                  key: 'lines', label: '冲抵明细',
                  children: () => (
                    <RowsTable
                      label="冲抵明细" rows={p.lines} row_key="bill_id" empty="这笔全部转入预存" totals={{ amount_fen: money(p.lines.reduce((n, l) => n + l.amount_fen, 0)) }}
                      columns={[
                        { key: 'period_on', title: '账期', width: 90, show: (l) => <Go to={`/billing/bills/${l.bill_id}`}>{l.period_on.slice(0, 7)}</Go> },
                        { key: 'fee_item_name', title: '收费项目', width: 120 },
                        { key: 'explanation', title: '计算过程', width: 300 },
                        { key: 'bill_amount_fen', title: '账单金额', width: 110 },
                        { key: 'amount_fen', title: '本次冲抵', width: 110 },
                      ]}
                    />
                  ),
                },
                {
                  key: 'prints', label: '打印记录', badge: p.prints.length,
                  children: () => <RowsTable label="打印记录" rows={p.prints} row_key="print_no" empty="还没有打印" columns={[{ key: 'print_no', title: '第几次', width: 90, show: (r) => (r.print_no > 1 ? `第 ${r.print_no} 次(补打)` : '首次') }, { key: 'form', title: '版式', width: 130, show: (r) => w('form', r.form) }, { key: 'printed_by_name', title: '打印人', width: 110 }, { key: 'printed_at', title: '时间', width: 150 }]} />,
                },
                {
                  key: 'reversals', label: '冲销', badge: p.reversals.length,
                  children: () => <RowsTable label="冲销" rows={p.reversals} row_key="reversal_id" empty="没有冲销" columns={[{ key: 'state', title: '状态', width: 90, show: (r) => w('reversal', r.state) }, { key: 'reason', title: '原因', width: 200 }, { key: 'asked_by_name', title: '申请人', width: 100 }, { key: 'asked_at', title: '申请时间', width: 150 }, { key: 'decided_by_name', title: '审批人', width: 100 }, { key: 'decided_at', title: '审批时间', width: 150 }, { key: 'decide_note', title: '意见', width: 160 }]} />,
                },
              ]
            : []
        }
      />
      {refunding ? <AskRefund payment_id={payment_id} close={() => setRefunding(false)} /> : null}
      {asking && p ? (
        <ReasonModal
          open title={`申请冲销 ${p.receipt_no}`} danger submit="提交申请" onClose={() => setAsking(false)} loading={ask.running} submitError={ask.error} suggestions={['收错房号', '金额录错', '收款方式录错', '重复收款']}
          onConfirm={async (reason) => { if (await ask.run({ payment_id, reason, whole: whole && others.length > 0 })) setAsking(false) }}
        >
          <Alert type="info" showIcon title={`${p.house_label} 实收 ${money(p.total_fen)} 元。由另一人批准后,账单恢复未缴,收据作废。`} style={{ marginBottom: 12 }} />
          {others.length > 0 ? <Checkbox checked={whole} onChange={(e) => setWhole(e.target.checked)} style={{ marginBottom: 12 }}>整笔冲销:连同 {others.map((m) => m.house_label).join('、').slice(0, 80)},共 {others.length + 1} 户 {money(others.reduce((n, m) => n + m.total_fen, p.total_fen))} 元</Checkbox> : null}
        </ReasonModal>
      ) : null}
    </>
  )
}
