// Splitting one bill, merging several: what is asked on top, what becomes of it below, computed by the server as one types. Ctrl+Enter does it.
import { Alert, Button, Drawer, Input, InputNumber, Segmented, Select } from 'antd'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { addDays } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite, type Refused } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock } from '../../../ui/states.tsx'
import { billing } from '../contract.ts'
import { words } from '../words.ts'

type By = 'amount' | 'share' | 'days'
interface Part {
  payer_id: string
  amount_fen: number | null
  share: number | null
  from_on: string | null
}
export interface SplitOf {
  bill_id: string
  house_label: string
  period: string
  fee_item_name: string
  payer_id: string
  payer_name: string
  from_on: string
  to_on: string
  open_fen: number
}
const PARTS_MAX = 20

export function SplitDrawer({ bill: b, close }: { bill: SplitOf; close: () => void }) {
  const go = useGo()
  const [by, setBy] = useState<By>('share')
  const blank: Part = { payer_id: b.payer_id, amount_fen: null, share: 1, from_on: null }
  const [parts, setParts] = useState<readonly Part[]>([blank, blank])
  const [reason, setReason] = useState('')
  const payers = useRead(billing.splitPayers, { bill_id: b.bill_id })
  const save = useWrite(billing.splitBill, { in_form: true, done: (a) => `已拆分为 ${a.bills.length} 笔`, invalidates: 'all' })
  const set = (i: number, p: Partial<Part>) => setParts(parts.map((x, n) => (n === i ? { ...x, ...p } : x)))
  // Amounts: the last part is what is left, so that the sum is always right.
  const given = parts.slice(0, -1).reduce((n, p) => n + (p.amount_fen ?? 0), 0)
  const rest = parts.length === 1 ? b.open_fen : b.open_fen - given
  const amount = (i: number) => (i === parts.length - 1 ? rest : parts[i]!.amount_fen)
  const complete = by === 'amount' ? parts.every((_, i) => (amount(i) ?? 0) > 0) : by === 'share' ? parts.every((p) => (p.share ?? 0) > 0) : parts.every((p, i) => i === 0 || p.from_on !== null)
  const changes = parts.length > 1 || parts[0]!.payer_id !== b.payer_id
  const ask = {
    bill_id: b.bill_id, by,
    parts: parts.map((p, i) => ({ payer_id: p.payer_id, ...(by === 'amount' ? { amount_fen: amount(i) ?? 0 } : by === 'share' ? { share: p.share ?? 0 } : i > 0 && p.from_on ? { from_on: p.from_on } : {}) })),
  }
  const seen = useRead(billing.previewSplit, ask, { enabled: complete && changes, keep: true })
  const send = async () => {
    const made = await save.run({ ...ask, reason: reason.trim() })
    if (made) { close(); go(`/billing/bills/${made.bills[0]!.bill_id}`) }
  }
  const people = [...new Map((payers.data?.rows ?? []).map((p) => [p.person_id, { value: p.person_id, label: `${p.name}(${p.role === 'owner' ? '业主' : '租户'}${p.to_on ? `,至 ${p.to_on}` : ''})` }])).values()]
  const options = people.some((p) => p.value === b.payer_id) ? people : [{ value: b.payer_id, label: b.payer_name }, ...people]
  return (
    <Frame title={`拆分 ${b.house_label} ${b.period} ${b.fee_item_name}`} close={close} submit={parts.length === 1 ? '改由他人承担' : '拆分'} error={save.error} running={save.running} ready={complete && changes && !seen.error && !seen.fetching && seen.data !== undefined} reason={reason} setReason={setReason} send={send}
      hints={['两位业主各付一半', '租户承担部分', '按实际入住日分开']}
    >
      <div>未收 <MoneyText fen={b.open_fen} strong /> 元,计费 {b.from_on} 起,{b.to_on} 前;已收的部分不动。</div>
      <label className="hy-line">方式 <Segmented<By> aria-label="拆分方式" value={by} onChange={setBy} options={(['share', 'amount', 'days'] as const).map((value) => ({ value, label: words.states?.['split_by']?.[value] ?? value }))} /></label>
      {parts.map((p, i) => (
        <div key={i} className="hy-line" style={{ flexWrap: 'wrap' }}>
          <span style={{ width: 44 }}>第 {i + 1} 份</span>
          <Select aria-label={`第 ${i + 1} 份缴费人`} style={{ width: 200 }} value={p.payer_id} options={options} loading={payers.loading} onChange={(payer_id: string) => set(i, { payer_id })} />
          {by === 'share' ? <InputNumber aria-label={`第 ${i + 1} 份份额`} min={1} max={1_000_000} precision={0} value={p.share} suffix="份" style={{ width: 110 }} onChange={(share) => set(i, { share })} /> : null}
          {by === 'amount' ? (i === parts.length - 1 ? <span>其余 <MoneyText fen={rest} strong /> 元</span> : <MoneyInput aria-label={`第 ${i + 1} 份金额`} value={p.amount_fen} onChange={(v) => set(i, { amount_fen: typeof v === 'number' ? v : null })} />) : null}
          {by === 'days' ? (i === 0 ? <span>自 {b.from_on} 起</span> : <span className="hy-line">自 <span style={{ width: 140 }}><DayInput aria-label={`第 ${i + 1} 份起日`} value={p.from_on} onChange={(from_on) => set(i, { from_on })} /></span> 起</span>) : null}
          {parts.length > 1 ? <Button size="small" aria-label={`去掉第 ${i + 1} 份`} onClick={() => setParts(parts.filter((_, n) => n !== i))}>去掉</Button> : null}
        </div>
      ))}
      <div className="hy-line">
        <Button size="small" disabled={parts.length >= PARTS_MAX} onClick={() => setParts([...parts, blank])}>增加一份</Button>
        {parts.length === 1 ? <span className="hy-muted">只有一份时,整笔改由所选的人承担。</span> : by === 'days' && !complete ? <span className="hy-muted">分段日应在 {addDays(b.from_on, 1)} 至 {addDays(b.to_on, -1)} 之间。</span> : null}
      </div>
      {complete && changes ? <Seen seen={seen} /> : null}
    </Frame>
  )
}

export function MergeDrawer({ bills, close }: { bills: readonly { bill_id: string; period_on: string }[]; close: () => void }) {
  const go = useGo()
  const [reason, setReason] = useState('')
  const keys = bills.map(({ bill_id, period_on }) => ({ bill_id, period_on }))
  const seen = useRead(billing.previewMerge, { bills: keys })
  const save = useWrite(billing.mergeBills, { in_form: true, done: '已合并', invalidates: 'all' })
  const send = async () => {
    const made = await save.run({ bills: keys, reason: reason.trim() })
    if (made) { close(); go(`/billing/bills/${made.bills[0]!.bill_id}`) }
  }
  return (
    <Frame title={`合并 ${bills.length} 笔账单`} close={close} submit="合并" error={save.error} running={save.running} ready={!seen.error && !seen.loading} reason={reason} setReason={setReason} send={send} hints={['一次收取', '业主要求合并开单']}>
      <Seen seen={seen} />
    </Frame>
  )
}

interface FrameProps {
  title: string
  close: () => void
  submit: string
  error: Refused | null | undefined
  running: boolean
  ready: boolean
  reason: string
  setReason: (v: string) => void
  send: () => Promise<void>
  hints: readonly string[]
  children: ReactNode
}
function Frame(p: FrameProps) {
  const ready = p.ready && p.reason.trim().length >= 2
  const key = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && ready && !p.running) void p.send()
  }
  return (
    <Drawer open title={p.title} onClose={p.close} size={720} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={p.close}>取消</Button><Button type="primary" title="Ctrl+Enter" loading={p.running} disabled={!ready} onClick={() => void p.send()}>{p.submit}</Button></div>}
    >
      <div className="hy-stack" onKeyDown={key}>
        {p.error ? <Alert type="error" showIcon role="alert" title={p.error.message} /> : null}
        {p.children}
        <label>原因<Input autoFocus aria-label="原因" value={p.reason} maxLength={200} onChange={(e) => p.setReason(e.target.value)} /></label>
        <div className="hy-line" style={{ flexWrap: 'wrap' }}>{p.hints.map((h) => <Button key={h} size="small" onClick={() => p.setReason(h)}>{h}</Button>)}</div>
      </div>
    </Drawer>
  )
}

interface SeenProps {
  data: { open_fen: number; paid_fen: number; late_fen: number; bills: readonly { period: string; payer_name: string; from_on: string; to_on: string; due_on: string; amount_fen: number; explanation: string }[] } | undefined
  error: Refused | null | undefined
  retry: () => void
}
function Seen({ seen }: { seen: SeenProps }) {
  if (seen.error) return <ErrorBlock error={seen.error} retry={seen.retry} />
  if (!seen.data) return null
  const d = seen.data
  return (
    <>
      {d.late_fen > 0 ? <Alert type="warning" showIcon title={`本账单已计收未缴的违约金 ${money(d.late_fen)} 元将作废,按新账单从原到期日重新计算。`} /> : null}
      {d.paid_fen > 0 ? <Alert type="info" showIcon title={`已收 ${money(d.paid_fen)} 元留在原账单,只转出未收的 ${money(d.open_fen)} 元。`} /> : null}
      <RowsTable label="办理后的账单" rows={d.bills.map((x, i) => ({ ...x, key: String(i) }))} row_key="key" empty="" totals={{ amount_fen: money(d.open_fen) }}
        columns={[{ key: 'period', title: '账期', width: 80 }, { key: 'payer_name', title: '缴费人', width: 100 }, { key: 'span', title: '计费期间', width: 190, show: (x) => `${x.from_on} 至 ${addDays(x.to_on, -1)}` }, { key: 'due_on', title: '到期日', width: 105 }, { key: 'amount_fen', title: '金额', width: 100 }]}
      />
    </>
  )
}
