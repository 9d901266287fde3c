// Money of one house in its file: bills, what it is charged and by whom paid, payments.
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { trimDecimal } from '../../../kernel/money.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import { instant, money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { HouseDiscounts, HouseLateFees, OpenCase, SignPlan, WaiverDrawer } from '../../billing/admin/shared.tsx'
import { billing } from '../../billing/contract.ts'
import { words as billingWords } from '../../billing/words.ts'
import { payment } from '../../payment/contract.ts'
import { words as paymentWords } from '../../payment/words.ts'

export function BillsTab({ house_id }: { house_id: string }) {
  const [state, setState] = useState<'open' | 'all'>('open')
  const [waiving, setWaiving] = useState(false)
  const [signing, setSigning] = useState(false)
  const [suing, setSuing] = useState(false)
  const may = useMay()
  const bills = useRead(billing.houseBills, { house_id, state }, { keep: true })
  if (bills.error) return <ErrorBlock error={bills.error} retry={bills.retry} />
  if (bills.loading || !bills.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <Segmented aria-label="账单范围" value={state} onChange={(v) => setState(v === 'all' ? 'all' : 'open')} options={[{ value: 'open', label: '未收' }, { value: 'all', label: '全部' }]} />
        <span>欠费合计 <MoneyText fen={bills.data.open_fen} owed strong /> 元,{bills.data.open_count} 笔</span>
        {may('billing.waiver.ask') && bills.data.open_count > 0 ? <Button size="small" onClick={() => setWaiving(true)}>申请减免或核销</Button> : null}
        {may('billing.plan.write') && bills.data.open_count > 0 ? <Button size="small" onClick={() => setSigning(true)}>签订分期</Button> : null}
        {may('billing.legal.write') && bills.data.rows.some((b) => b.open_fen > 0 && b.overdue_days > 0) ? <Button size="small" onClick={() => setSuing(true)}>法务立案</Button> : null}
      </div>
      <HouseLateFees house_id={house_id} />
      <RowsTable
        label="账单" rows={bills.data.rows} row_key="bill_id" empty={state === 'open' ? '没有欠费' : '还没有账单'}
        totals={{ amount_fen: money(bills.data.rows.reduce((n, r) => n + (r.state === 'void' ? 0 : r.amount_fen), 0)), open_fen: money(bills.data.open_fen) }}
        columns={[
          { key: 'period', title: '账期', width: 90, show: (r) => <Go to={`/billing/bills/${r.bill_id}`}>{r.period}</Go> },
          { key: 'fee_item_name', title: '收费项目', width: 120 },
          { key: 'explanation', title: '计算过程', width: 300 },
          { key: 'payer_name', title: '缴费人', width: 110 },
          { key: 'amount_fen', title: '应收', width: 100 },
          { key: 'paid_fen', title: '已收', width: 100 },
          { key: 'reduced_fen', title: '减免', width: 90, show: (r) => (r.reduced_fen ? <Go to={`/billing/bills/${r.bill_id}?tab=reductions`}><MoneyText fen={r.reduced_fen} /></Go> : <MoneyText fen={0} />) },
          { key: 'open_fen', title: '未收', width: 100, show: (r) => <MoneyText fen={r.open_fen} owed /> },
          { key: 'due_on', title: '到期日', width: 105 },
          { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={billingWords.states?.['bill']} tones={{ open: 'bad', partly: 'warn', paid: 'good', void: 'plain' }} /> },
        ]}
      />
      {suing ? <OpenCase house_id={house_id} close={() => setSuing(false)} /> : null}
      {signing ? <SignPlan house_id={house_id} close={() => setSigning(false)} /> : null}
      {waiving ? <WaiverDrawer title="申请减免或核销:全部未收账单" of={{ house_id }} close={() => setWaiving(false)} /> : null}
    </div>
  )
}

export function FeesTab({ house_id, community_id }: { house_id: string; community_id: string }) {
  const fees = useRead(billing.houseFees, { house_id })
  if (fees.error) return <ErrorBlock error={fees.error} retry={fees.retry} />
  if (fees.loading) return <LoadingBlock />
  return (
    <div className="hy-stack">
    <RowsTable
      label="收费标准" rows={fees.data?.rows ?? []} row_key="fee_item_id" empty="这户没有适用的收费项目"
      columns={[
        { key: 'name', title: '收费项目', width: 130 },
        { key: 'quantity', title: '数量', width: 100, align: 'right', show: (r) => (r.quantity ? trimDecimal(r.quantity) : '—') },
        { key: 'unit_price', title: '单价', width: 110, show: (r) => (r.unit_price ? `${trimDecimal(r.unit_price)} 元` : '未定价') },
        { key: 'unit_name', title: '单位', width: 110 },
        { key: 'payer_name', title: '现由谁承担', width: 120 },
        { key: 'explanation', title: '计算过程', width: 280 },
        { key: 'amount_fen', title: '每期金额', width: 110 },
      ]}
    />
    <HouseDiscounts house_id={house_id} community_id={community_id} />
    </div>
  )
}

export function PaymentsTab({ house_id }: { house_id: string }) {
  const list = useRead(payment.payments, { house_id, page: 1, page_size: 100 })
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (list.loading || !list.data) return <LoadingBlock />
  const method = paymentWords.states?.['method'] ?? {}
  return (
    <RowsTable
      label="收款" rows={list.data.rows} row_key="payment_id" empty="还没有收款"
      totals={{ total_fen: money(list.data.total_fen_sum) }}
      columns={[
        { key: 'receipt_no', title: '收据号', width: 150, show: (r) => <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> },
        { key: 'taken_at', title: '收款时间', width: 150, show: (r) => instant(r.taken_at) },
        { key: 'total_fen', title: '金额', width: 110 },
        { key: 'tenders', title: '方式', width: 160, show: (r) => r.tenders.map((t) => `${method[t.method] ?? t.method} ${money(t.amount_fen)}`).join('、') },
        { key: 'payer_name', title: '缴款人', width: 110 },
        { key: 'taken_by_name', title: '收费员', width: 100 },
        { key: 'reversed_at', title: '状态', width: 90, show: (r) => (r.reversed_at ? <StateTag value="r" words={{ r: '已冲销' }} tones={{ r: 'bad' }} /> : <StateTag value="ok" words={{ ok: '有效' }} tones={{ ok: 'good' }} />) },
      ]}
    />
  )
}
