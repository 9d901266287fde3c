import { Button } from 'antd'
import { useState } from 'react'
import { trimDecimal } from '../../../kernel/money.ts'
import type { Out } from '../../../kernel/contract.ts'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { billing, type ReductionRow } from '../contract.ts'
import { words } from '../words.ts'
import { useMay } from '../../../ui/session.ts'
import { SplitDrawer } from './Rework.tsx'
import { WaiverDrawer } from './shared.tsx'
import { BillTag } from './shown.tsx'

export default function BillPage() {
  const bill_id = useParam('bill_id')
  const bill = useRead(billing.bill, { bill_id })
  const save = useWrite(billing.voidBill, { in_form: true, done: '已作废', invalidates: 'all' })
  const [voiding, setVoiding] = useState(false)
  const [waiving, setWaiving] = useState(false)
  const [splitting, setSplitting] = useState(false)
  const may = useMay()
  const b = bill.data
  return (
    <>
      <DetailPage
        title={b ? `${b.house_label} ${b.period} ${b.fee_item_name}` : '账单详情'} loading={bill.loading} error={bill.error} retry={bill.retry} back="/billing/bills"
        tags={b ? <BillTag state={b.state} /> : null}
        actions={b ? <>{may('billing.waiver.ask') && b.open_fen > 0 ? <Button onClick={() => setWaiving(true)}>申请减免</Button> : null}{may('billing.bill.rework') && b.open_fen > 0 ? <Button onClick={() => setSplitting(true)}>拆分</Button> : null}<CanButton danger can={b.can.void} words={words} onClick={() => setVoiding(true)}>作废</CanButton></> : null}
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
                ...(b.moved_fen ? [['拆并转出', <Go key="m" to={`/billing/bills/${bill_id}?tab=reductions`}><MoneyText fen={b.moved_fen} /></Go>] as const] : []),
                ['未收', <MoneyText key="o" fen={b.open_fen} owed strong />],
                ['出账日', b.issued_on],
                ['到期日', b.overdue_days > 0 ? `${b.due_on}(逾期 ${b.overdue_days} 天)` : b.due_on],
                ['单价依据', b.price ? `${trimDecimal(b.price.unit_price)} 元,${b.price.from_on} 起${b.price.basis ? `,${b.price.basis}` : ''}` : null],
                ['出账批次', b.run ? <Go key="n" to={`/billing/runs/${b.run.run_id}`}>制单 {b.run.created_by_name ?? '—'},发布 {b.run.published_by_name ?? '—'}</Go> : null],
                ...(b.voided_at ? [['作废', `${instant(b.voided_at)} ${b.voided_by_name ?? ''}:${b.void_reason ?? ''}`] as const] : []),
                ...(b.late_of ? [['逾期的账单', <Go key="l" to={`/billing/bills/${b.late_of.bill_id}`}>{b.late_of.period}</Go>] as const] : []),
                ...(b.siblings.length ? [['相关账单', <span key="s">{b.siblings.map((s) => <Go key={s.bill_id} to={`/billing/bills/${s.bill_id}`}>{s.voided ? '已作废的原账单' : '重出的账单'} </Go>)}</span>] as const] : []),
              ]
            : []
        }
        tabs={[
          ...(b?.reductions.length ? [{ key: 'reductions', label: '减免明细', badge: b.reductions.length, children: () => <Reductions rows={b.reductions} /> }] : []),
          ...(b?.reworks.length ? [{ key: 'reworks', label: '拆分与合并', badge: b.reworks.length, children: () => <Reworks bill_id={bill_id} rows={b.reworks} /> }] : []),
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
      {splitting && b ? <SplitDrawer bill={b} close={() => setSplitting(false)} /> : null}
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

type Rework = Out<typeof billing.bill.gives>['reworks'][number]
/** What the bill came from or became; an act is taken back as long as nothing of it is paid. */
function Reworks({ bill_id, rows }: { bill_id: string; rows: readonly Rework[] }) {
  const [undoing, setUndoing] = useState<Rework>()
  const go = useGo()
  const save = useWrite(billing.undoRework, { in_form: true, done: '已撤销,原账单已恢复应收', invalidates: 'all' })
  return (
    <div className="hy-stack">
      {rows.map((r) => (
        <div key={r.rework_id} className="hy-card hy-stack">
          <div className="hy-line" style={{ flexWrap: 'wrap' }}>
            <strong>{words.states?.['rework']?.[r.kind]}</strong>
            <span>{instant(r.created_at)} {r.created_by_name}:{r.reason}</span>
            {r.undone_at ? <span className="hy-muted">已于 {instant(r.undone_at)} 撤销:{r.undo_reason}</span> : <CanButton size="small" can={r.can.undo} words={words} onClick={() => setUndoing(r)}>撤销</CanButton>}
          </div>
          <RowsTable label="拆并前后的账单" rows={r.bills} row_key="bill_id" empty=""
            columns={[
              { key: 'side', title: '前后', width: 90, show: (x) => (x.side === 'from' ? '原账单' : '新账单') },
              { key: 'period', title: '账期', width: 100, show: (x) => (x.bill_id === bill_id ? `${x.period}(本账单)` : <Go to={`/billing/bills/${x.bill_id}`}>{x.period}</Go>) },
              { key: 'payer_name', title: '缴费人', width: 140 },
              { key: 'amount_fen', title: '金额', width: 120 },
            ]}
          />
        </div>
      ))}
      {undoing ? (
        <ReasonModal open title={`撤销${words.states?.['rework']?.[undoing.kind] ?? ''}`} danger submit="撤销" onClose={() => setUndoing(undefined)} loading={save.running} submitError={save.error} suggestions={['拆分有误', '双方另有约定']}
          onConfirm={async (reason) => { const done = await save.run({ rework_id: undoing.rework_id, reason }); if (done) { setUndoing(undefined); go(`/billing/bills/${done.bills[0]!.bill_id}`) } }}
        ><p>新账单作废,原账单按原样重新应收;记账自动冲回。</p></ReasonModal>
      ) : null}
    </div>
  )
}
