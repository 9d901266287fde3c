// What other modules' pages show of bills: the request for a waiver, opened from a list, a bill, a house.
import { Alert, Button, Drawer, Input, Segmented } from 'antd'
import { useState } from 'react'
import { tryParseYuan } from '../../../kernel/money.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock } from '../../../ui/states.tsx'
import { Upload, type Uploaded } from '../../../ui/Upload.tsx'
import { billing } from '../contract.ts'
import { words } from '../words.ts'

export interface WaiverOf {
  bills?: readonly { bill_id: string; period_on: string }[]
  house_id?: string
}
type How = 'whole' | 'percent' | 'sum'

/** '50' or '33.33' as ten-thousandths; undefined while it is none. */
function percentOf(text: string): number | undefined {
  const bp = tryParseYuan(text)
  return bp !== undefined && bp >= 1 && bp <= 10_000 ? bp : undefined
}

export function WaiverDrawer({ of, title, close }: { of: WaiverOf; title: string; close: () => void }) {
  const [kind, setKind] = useState<'waiver' | 'write_off'>('waiver')
  const [how, setHow] = useState<How>('whole')
  const [percent, setPercent] = useState('50')
  const [sum, setSum] = useState<unknown>(null)
  const [reason, setReason] = useState('')
  const [files, setFiles] = useState<readonly Uploaded[]>([])
  const ask = useWrite(billing.askWaiver, { in_form: true, done: '已提交,等待另一人审批', invalidates: 'all' })
  const percent_bp = percentOf(percent)
  const complete = how === 'whole' || (how === 'percent' ? percent_bp !== undefined : typeof sum === 'number' && sum > 0)
  const what = { ...(of.bills ? { bills: [...of.bills] } : {}), ...(of.house_id ? { house_id: of.house_id } : {}), kind, how, ...(how === 'percent' && percent_bp ? { percent_bp } : {}), ...(how === 'sum' && typeof sum === 'number' ? { sum_fen: sum } : {}) }
  const seen = useRead(billing.previewWaiver, what, { enabled: complete, keep: true })
  const ready = complete && !seen.fetching && seen.data !== undefined && !seen.error && reason.trim().length >= 2
  const act = kind === 'waiver' ? '减免' : '核销'
  const missing = !complete ? (how === 'percent' ? `请填${act}比例,1% 到 100%` : `请填${act}金额`) : seen.error ? '请先处理上面的提示' : reason.trim().length < 2 ? '请写理由,至少两个字' : ''
  const send = async () => {
    if (await ask.run({ ...what, amount_fen: seen.data!.amount_fen, reason: reason.trim(), ...(files.length ? { attachments: files.map((f) => f.file_id) } : {}) })) close()
  }
  return (
    <Drawer open title={title} onClose={close} size={640} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons">{ready || seen.fetching ? null : <span className="hy-muted" role="status" style={{ flex: 1 }}>{missing}</span>}<Button onClick={close}>取消</Button><Button type="primary" loading={ask.running} disabled={!ready} onClick={() => void send()}>提交审批</Button></div>}
    >
      <div className="hy-stack">
        {ask.error ? <Alert type="error" showIcon role="alert" title={ask.error.message} /> : null}
        <label className="hy-line">类别 <Segmented<'waiver' | 'write_off'> aria-label="类别" value={kind} onChange={setKind} options={[{ value: 'waiver', label: '减免' }, { value: 'write_off', label: '坏账核销' }]} /></label>
        <label className="hy-line">方式 <Segmented<How> aria-label="方式" value={how} onChange={setHow} options={[{ value: 'whole', label: '全部未收' }, { value: 'percent', label: '按比例' }, { value: 'sum', label: '按金额' }]} /></label>
        {how === 'percent' ? <label className="hy-line">{act}比例 <Input aria-label={`${act}比例`} style={{ width: 140 }} inputMode="decimal" suffix="%" value={percent} {...(percent_bp === undefined ? { status: 'error' as const } : {})} onChange={(e) => setPercent(e.target.value.trim())} /></label> : null}
        {how === 'sum' ? <label className="hy-line">{act}金额 <MoneyInput aria-label={`${act}金额`} value={sum} onChange={setSum} /><span className="hy-muted">从最早的账单起</span></label> : null}
        <label>理由<Input.TextArea aria-label="理由" value={reason} maxLength={200} showCount autoSize={{ minRows: 2, maxRows: 5 }} onChange={(e) => setReason(e.target.value)} /></label>
        <div className="hy-stack">
          <Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png,.doc,.docx" label="上传附件" hint="会议纪要、整改单、法院文书等" disabled={files.length >= 10} onDone={(f) => setFiles([...files, f])} />
          {files.map((f) => <div key={f.file_id} className="hy-line"><span>{f.name}</span><Button size="small" onClick={() => setFiles(files.filter((x) => x !== f))}>移除</Button></div>)}
        </div>
        {complete && seen.error ? <ErrorBlock error={seen.error} retry={seen.retry} /> : null}
        {complete && seen.data && !seen.error ? (
          <>
            <div>共 {seen.data.lines.length} 条账单,未收 <MoneyText fen={seen.data.open_fen} /> 元,{act} <MoneyText fen={seen.data.amount_fen} strong /> 元</div>
            <RowsTable cards label={`逐条${act}`} rows={seen.data.lines} row_key="bill_id" empty="" height={320} totals={{ amount_fen: money(seen.data.amount_fen), open_fen: money(seen.data.open_fen) }}
              columns={[{ key: 'house_label', title: '房号', width: 110 }, { key: 'period_on', title: '账期', width: 90, show: (l) => l.period_on.slice(0, 7) }, { key: 'fee_item_name', title: '收费项目', width: 120 }, { key: 'open_fen', title: '未收', width: 100 }, { key: 'amount_fen', title: words.states?.['waiver_kind']?.[kind] ?? '', width: 100 }]}
            />
          </>
        ) : null}
      </div>
    </Drawer>
  )
}

export { HouseDiscounts } from './HouseDiscounts.tsx'
export { SignPlan } from './SignPlan.tsx'
export { OpenCase } from './OpenCase.tsx'
export { HouseLateFees } from './HouseLateFees.tsx'
