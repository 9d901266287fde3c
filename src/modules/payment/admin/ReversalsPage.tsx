import { Button, Modal, Tag } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment, type ReversalRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['reversal']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '申请日' },
]

export default function ReversalsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(payment.reversals, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const decide = useWrite(payment.decideReversal, { in_form: true, done: (a) => `${a.state === 'approved' ? '已冲销' : '已驳回'}${a.count > 1 ? `整笔 ${a.count} 户` : ''}`, invalidates: 'all' })
  const [open, setOpen] = useState<{ row: ReversalRow; decision: 'approve' | 'refuse' }>()
  const close = () => { setOpen(undefined); decide.reset() }
  const columns: readonly Column<ReversalRow>[] = [
    { key: 'receipt_no', title: '收据号', width: 150, always: true, show: (r) => <span><Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go>{r.merge_id ? <> <Tag>整笔</Tag></> : null}</span> },
    { key: 'house_label', title: '房号', width: 110 },
    { key: 'community_name', title: '小区', width: 110, hidden: true },
    { key: 'total_fen', title: '金额', width: 110 },
    { key: 'reason', title: '冲销原因', width: 200 },
    { key: 'asked_by_name', title: '申请人', width: 100 },
    { key: 'asked_at', title: '申请时间', width: 150 },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['reversal']} tones={{ asked: 'warn', approved: 'bad', refused: 'plain' }} /> },
    { key: 'decided_by_name', title: '审批人', width: 100 },
    { key: 'decide_note', title: '审批意见', width: 140, hidden: true },
    {
      key: 'act', title: '操作', width: 150,
      show: (r) => (r.state === 'asked' ? <span className="hy-line"><CanButton size="small" type="primary" can={r.can.decide} words={words} onClick={() => setOpen({ row: r, decision: 'approve' })}>批准</CanButton><CanButton size="small" can={r.can.decide} words={words} onClick={() => setOpen({ row: r, decision: 'refuse' })}>驳回</CanButton></span> : '—'),
    },
  ]
  return (
    <>
      <ListPage {...list} title="冲销审批" name="payment.reversals" columns={columns} row_key="reversal_id" excel={may('payment.payment.export') ? payment.reversalsExcel : undefined} totals={(d) => ({ total_fen: <span title="已冲销的合计">{money(d.approved_fen_sum)}</span>, reason: '已冲销' })} empty={{ text: '没有冲销申请' }} />
      {open?.decision === 'approve' ? (
        <Modal
          open title={`批准冲销 ${open.row.receipt_no}`} onCancel={close}
          footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" danger loading={decide.running} onClick={async () => { if (await decide.run({ reversal_id: open.row.reversal_id, decision: 'approve' })) close() }}>批准冲销</Button></div>}
        >
          <p>{open.row.house_label} 金额 {money(open.row.total_fen)} 元,原因:{open.row.reason}</p>
          {open.row.merge_id ? <p>这是合并收款的整笔冲销,<Go to={`/payment/payments?merge_id=${open.row.merge_id}`}>同一笔的各户</Go>一起冲销。</p> : null}
          <p>批准后账单恢复未缴,记账冲回,收据作废,不能撤回。</p>
          {decide.error ? <p role="alert" className="hy-red">{decide.error.message}</p> : null}
        </Modal>
      ) : null}
      {open?.decision === 'refuse' ? <ReasonModal open title={`驳回 ${open.row.receipt_no} 的冲销申请`} label="驳回原因" submit="驳回" onClose={close} loading={decide.running} submitError={decide.error} onConfirm={async (note) => { if (await decide.run({ reversal_id: open.row.reversal_id, decision: 'refuse', note })) close() }} /> : null}
    </>
  )
}
