// One request: what is asked for and why, its papers, its steps with who decided what, and the decision.
import { Button, Input, Modal, Tag } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { system, type ApprovalDetail } from '../contract.ts'
import { words } from '../words.ts'
import { APPROVAL_TONES, STEP_TONES } from './tones.ts'

export default function ApprovalPage() {
  const approval_id = useParam('approval_id')
  const detail = useRead(system.approval, { approval_id })
  const decide = useWrite(system.decideApproval, { in_form: true, done: (a) => (a.state === 'agreed' ? '已通过,已办理' : a.state === 'refused' ? '已驳回' : '已同意,转下一步'), invalidates: 'all' })
  const withdraw = useWrite(system.withdrawApproval, { in_form: true, done: '已撤回', invalidates: 'all' })
  const [open, setOpen] = useState<'agree' | 'refuse' | 'withdraw'>()
  const close = () => { setOpen(undefined); decide.reset(); withdraw.reset() }
  const a = detail.data
  return (
    <>
      <DetailPage
        title={a?.title ?? '审批'} loading={detail.loading} error={detail.error} retry={detail.retry} back="/system/approvals"
        tags={a ? <><StateTag value={a.state} words={words.states?.['approval']} tones={APPROVAL_TONES} /><Tag>{a.kind_zh}</Tag></> : null}
        actions={
          a ? (
            <>
              {a.can.withdraw === true ? <Button onClick={() => setOpen('withdraw')}>撤回申请</Button> : null}
              {a.state === 'asked' ? <CanButton danger can={a.can.decide} words={words} onClick={() => setOpen('refuse')}>驳回</CanButton> : null}
              {a.state === 'asked' ? <CanButton type="primary" can={a.can.decide} words={words} onClick={() => setOpen('agree')}>同意</CanButton> : null}
            </>
          ) : null
        }
        facts={
          a
            ? [
                ...(a.amount_fen === null ? [] : [['金额', <MoneyText key="m" fen={a.amount_fen} strong />] as const]),
                ['小区', a.community_name ?? '全公司'],
                ['申请人', `${a.asked_by_name} ${instant(a.asked_at)}`],
                ['申请理由', a.reason],
                ...a.facts.map((f) => [f.label, f.value] as const),
                ...(a.page ? [['办理对象', <Go key="p" to={a.page}>打开</Go>] as const] : []),
                ...(a.files.length ? [['附件', <span key="f" className="hy-line" style={{ flexWrap: 'wrap' }}>{a.files.map((f) => <ExcelButton key={f.file_id} size="small" type="link" call={system.approvalFile} input={{ approval_id, file_id: f.file_id }} label={f.name} />)}</span>] as const] : []),
              ]
            : []
        }
      >
        {a ? <Steps a={a} /> : null}
      </DetailPage>
      {a && open === 'agree' ? <Agree a={a} close={close} running={decide.running} error={decide.error?.message} run={async (note) => { if (await decide.run({ approval_id, decision: 'agree', step_no: a.step_no, ...(note ? { note } : {}) })) close() }} /> : null}
      {a && open === 'refuse' ? <ReasonModal open danger title={`驳回:${a.title}`} label="驳回原因" submit="驳回" onClose={close} loading={decide.running} submitError={decide.error} onConfirm={async (note) => { if (await decide.run({ approval_id, decision: 'refuse', note, step_no: a.step_no })) close() }} /> : null}
      {a && open === 'withdraw' ? <ReasonModal open title={`撤回:${a.title}`} label="撤回原因" submit="撤回" suggestions={['填写有误', '不再需要']} onClose={close} loading={withdraw.running} submitError={withdraw.error} onConfirm={async (reason) => { if (await withdraw.run({ approval_id, reason })) close() }} /> : null}
    </>
  )
}

function Agree({ a, close, running, error, run }: { a: ApprovalDetail; close: () => void; running: boolean; error: string | undefined; run: (note: string) => Promise<void> }) {
  const [note, setNote] = useState('')
  const last = a.step_no === a.step_count
  return (
    <Modal open title={`同意:${a.title}`} onCancel={close} width={480} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={running} onClick={() => void run(note.trim())}>同意</Button></div>}>
      <div className="hy-stack">
        <span>{a.amount_fen === null ? null : `金额 ${money(a.amount_fen)} 元。`}{last ? '同意后立即办理。' : `同意后转第 ${a.step_no + 1} 步审批。`}</span>
        <Input.TextArea aria-label="审批意见" placeholder="意见(可不填)" value={note} maxLength={200} showCount autoSize={{ minRows: 2 }} onChange={(e) => setNote(e.target.value)} />
        {error ? <p role="alert" className="hy-red">{error}</p> : null}
      </div>
    </Modal>
  )
}

function Steps({ a }: { a: ApprovalDetail }) {
  return (
    <RowsTable
      label="审批步骤" rows={a.steps} row_key="step_no" empty="没有步骤"
      columns={[
        { key: 'step_no', title: '步骤', width: 70 },
        { key: 'zh', title: '由谁审批', width: 220 },
        { key: 'names', title: '可审批的人', width: 240, show: (s) => (s.count === 0 ? <span className="hy-red">暂无</span> : `${s.names.join('、')}${s.count > s.names.length ? ` 等 ${s.count} 人` : ''}`) },
        { key: 'state', title: '结果', width: 100, show: (s) => <StateTag value={s.state} words={words.states?.['approval_step']} tones={STEP_TONES} /> },
        { key: 'decided_by_name', title: '审批人', width: 100 },
        { key: 'decided_at', title: '时间', width: 150 },
        { key: 'note', title: '意见', width: 220 },
      ]}
    />
  )
}
