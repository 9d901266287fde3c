import { Button } from 'antd'
import { useState } from 'react'
import { trimDecimal } from '../../../kernel/money.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { billing, type ReductionRow } from '../contract.ts'
import { words } from '../words.ts'
import { useMay } from '../../../ui/session.ts'
import { WaiverDrawer } from './shared.tsx'
import { BillTag } from './shown.tsx'

export default function BillPage() {
  const bill_id = useParam('bill_id')
  const bill = useRead(billing.bill, { bill_id })
  const save = useWrite(billing.voidBill, { in_form: true, done: '已作废', invalidates: 'all' })
  const [voiding, setVoiding] = useState(false)
  const [waiving, setWaiving] = useState(false)
  const may = useMay()
  const b = bill.data
  return (
    <>
      <DetailPage
        title={b ? `${b.house_label} ${b.period} ${b.fee_item_name}` : '账单详情'} loading={bill.loading} error={bill.error} retry={bill.retry} back="/billing/bills"
        tags={b ? <BillTag state={b.state} /> : null}
        actions={b ? <>{may('billing.waiver.ask') && b.open_fen > 0 ? <Button onClick={() => setWaiving(true)}>申请减免</Button> : null}<CanButton danger can={b.can.void} words={words} onClick={() => setVoiding(true)}>作废</CanButton></> : null}
        facts={
          b
            ? [
                ['计算过程', <strong key="e">{b.explanation}</strong>],
                ['房产', <Go key="h" to={`/property/houses/${b.house_id}`}>{b.community_name} {b.house_label}</Go>],
                ['缴费人', <Go key="p" to={`/people/persons/${b.payer_id}`}>{b.payer_name}</Go>],
                ['计费期间', `${b.from_on} 起,${b.to_on} 前`],
                ['应收', <MoneyText key="a" fen={b.amount_fen} strong />],
                ['已收', <MoneyText key="r" fen={b.paid_fen} />],
                ['减免', b.reductions.length ? <Go key="d" to={`/billing/bills/${bill_id}?tab=reductions`}><MoneyText fen={b.reduced_fen} /></Go> : <MoneyText key="d" fen={b.reduced_fen} />],
                ['未收', <MoneyText key="o" fen={b.open_fen} owed strong />],
                ['出账日', b.issued_on],
                ['到期日', b.overdue_days > 0 ? `${b.due_on}(逾期 ${b.overdue_days} 天)` : b.due_on],
                ['单价依据', b.price ? `${trimDecimal(b.price.unit_price)} 元,${b.price.from_on} 起${b.price.basis ? `,${b.price.basis}` : ''}` : null],
                ['出账批次', b.run ? <Go key="n" to={`/billing/runs/${b.run.run_id}`}>制单 {b.run.created_by_name ?? '—'},发布 {b.run.published_by_name ?? '—'}</Go> : null],
                ...(b.voided_at ? [['作废', `${instant(b.voided_at)} ${b.voided_by_name ?? ''}:${b.void_reason ?? ''}`] as const] : []),
                ...(b.siblings.length ? [['相关账单', <span key="s">{b.siblings.map((s) => <Go key={s.bill_id} to={`/billing/bills/${s.bill_id}`}>{s.voided ? '已作废的原账单' : '重出的账单'} </Go>)}</span>] as const] : []),
              ]
            : []
        }
        tabs={[
          ...(b?.reductions.length ? [{ key: 'reductions', label: '减免明细', badge: b.reductions.length, children: () => <Reductions rows={b.reductions} /> }] : []),
          {
            key: 'postings', label: '记账分录',
            children: () => (
              <RowsTable
                label="记账分录" rows={(b?.postings ?? []).map((p, i) => ({ ...p, key: String(i) }))} row_key="key" empty="没有分录"
                columns={[
                  { key: 'booked_on', title: '记账日', width: 110 },
                  { key: 'account_code', title: '科目', width: 200, show: (p) => `${p.account_code} ${p.account_name}` },
                  { key: 'debit', title: '借方', width: 120, align: 'right', show: (p) => (p.amount_fen > 0 ? <MoneyText fen={p.amount_fen} /> : '') },
                  { key: 'credit', title: '贷方', width: 120, align: 'right', show: (p) => (p.amount_fen < 0 ? <MoneyText fen={-p.amount_fen} /> : '') },
                ]}
              />
            ),
          },
        ]}
      />
      {waiving && b ? <WaiverDrawer title={`申请减免 ${b.house_label} ${b.period} ${b.fee_item_name}`} of={{ bills: [{ bill_id, period_on: b.period_on }] }} close={() => setWaiving(false)} /> : null}
      {voiding && b ? (
        <ReasonModal
          open title={`作废 ${b.house_label} ${b.period} ${b.fee_item_name}`} danger submit="作废" onClose={() => setVoiding(false)} loading={save.running} submitError={save.error} suggestions={['面积有误', '单价有误', '缴费人有误', '读数有误']}
          onConfirm={async (reason) => { if (await save.run({ bill_id, reason })) setVoiding(false) }}
        >
          <p>作废后记账自动冲回,可重新出账。应收 {b.explanation}</p>
        </ReasonModal>
      ) : null}
    </>
  )
}

function Reductions({ rows }: { rows: readonly ReductionRow[] }) {
  return (
    <RowsTable
      label="减免明细" rows={rows} row_key="reduction_id" empty="没有减免"
      columns={[
        { key: 'booked_on', title: '日期', width: 110 },
        { key: 'kind', title: '类别', width: 100, show: (r) => words.states?.['reduction']?.[r.kind] },
        { key: 'amount_fen', title: '金额', width: 120 },
        { key: 'explanation', title: '说明', width: 300 },
        { key: 'from', title: '依据', width: 120, show: (r) => (r.waiver_id ? <Go to={`/billing/waivers/${r.waiver_id}`}>查看申请</Go> : r.discount_id ? <Go to="/billing/discounts">查看折扣</Go> : null) },
      ]}
    />
  )
}
