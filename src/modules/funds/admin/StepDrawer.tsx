// The form of each step. All have a day, a note and papers; some have numbers of their own.
import { useState } from 'react'
import { useWrite, type Call, type Out, type Shape } from '../../../ui/api.ts'
import { FormDrawer, type FormOverProps } from '../../../ui/FormDrawer.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { today } from '../../../kernel/clock.ts'
import { funds } from '../contract.ts'

type Use = Out<(typeof funds.use)['gives']>
export type Act = 'post' | 'vote' | 'ask' | 'contract' | 'pay' | 'accept' | 'settle' | 'share' | 'unshare' | 'revise' | 'reapply' | 'cancel'
interface Step {
  title: string
  call: Call
  fields: readonly string[]
  note?: string
  /** Papers may be added. */
  papers?: boolean
}
const STEPS: Record<Act, Step> = {
  post: { title: '公示方案', call: funds.postUse, fields: ['on_day', 'note'], papers: true, note: '说明里写明公示地点' },
  vote: { title: '登记表决结果', call: funds.recordVote, fields: ['on_day', 'base_count', 'base_m2', 'joined_count', 'joined_m2', 'yes_count', 'yes_m2', 'objected_count', 'objected_m2', 'note'], papers: true, note: '按现行管理办法判定是否通过' },
  ask: { title: '提交审批', call: funds.askUse, fields: ['reason'], papers: true },
  contract: { title: '登记合同', call: funds.contractUse, fields: ['on_day', 'supplier_name', 'contract_no', 'contract_fen', 'note'], papers: true },
  pay: { title: '登记工程付款', call: funds.payUse, fields: ['amount_fen', 'paid_on', 'voucher_no', 'note'] },
  accept: { title: '登记竣工验收', call: funds.acceptUse, fields: ['on_day', 'note'], papers: true },
  settle: { title: '登记决算', call: funds.settleUse, fields: ['on_day', 'invoice_no', 'invoice_fen', 'audit_no', 'note'], papers: true },
  share: { title: '公示分摊清单', call: funds.postShares, fields: ['on_day', 'note'], papers: true, note: '清单按决算金额和建筑面积算出,逐户合计等于决算金额;可先在「分摊试算」核对并打印' },
  unshare: { title: '撤回分摊公示', call: funds.withdrawShares, fields: ['on_day', 'note'] },
  revise: { title: '修改后重报', call: funds.reviseUse, fields: ['on_day', 'note'] },
  reapply: { title: '超预算重新申请', call: funds.reapplyUse, fields: ['on_day', 'budget_fen', 'note'], note: '回到立项,按新预算重新公示、表决和审批' },
  cancel: { title: '取消项目', call: funds.cancelUse, fields: ['on_day', 'note'] },
}

export function StepDrawer({ act, use, close }: { act: Act; use: Use; close: () => void }) {
  const s = STEPS[act]
  const save = useWrite(s.call, { in_form: true, done: `已${s.title.startsWith('登记') ? '登记' : s.title}`, invalidates: 'all' })
  const [files, setFiles] = useState<readonly { file_id: string; name: string }[]>([])
  const attachments = s.papers && files.length ? { attachments: files.map((f) => f.file_id) } : {}
  const props = {
    open: true, title: s.title, call: s.call, onClose: close, loading: save.running, submitError: save.error, submit: s.title, fields: s.fields, fixed: { use_id: use.use_id }, initial: initialOf(act, use), columns: act === 'vote' ? 2 : 1, note: s.note ? <p className="hy-muted">{s.note}</p> : null,
    onSubmit: async (input: object) => { if (await save.run({ ...input, ...attachments })) close() },
    children: s.papers ? (
      <div className="hy-stack" style={{ marginTop: 12 }}>
        <Upload purpose="proof" label="添加附件" onDone={(f) => setFiles([...files, f])} />
        {files.map((f) => <span key={f.file_id} className="hy-muted">{f.name}</span>)}
      </div>
    ) : null,
  }
  return <FormDrawer {...(props as unknown as FormOverProps<Shape>)} />
}

function initialOf(act: Act, u: Use): object {
  const day = { on_day: today() }
  if (act === 'pay') return { paid_on: today(), amount_fen: Math.max((u.invoice_fen ?? u.contract_fen ?? 0) - u.paid_fen, 0) || undefined }
  if (act === 'contract') return { ...day, supplier_name: u.supplier_name, contract_no: u.contract_no, contract_fen: u.contract_fen ?? u.budget_fen }
  if (act === 'settle') return { ...day, invoice_fen: u.contract_fen }
  if (act === 'vote') return { ...day, objected_count: 0, objected_m2: '0' }
  return day
}
