// Signing an instalment plan for a house: which bills, how many parts, when; the parts are proposed and may be changed, the sum is watched.
import { Alert, Button, Checkbox, Drawer, Input, InputNumber, Select, Switch } from 'antd'
import { useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { billing } from '../contract.ts'

interface Part { due_on: string; amount_fen: number }
/** Equal parts a month apart, on the same day of the month; the fen left over go to the first. */
function proposed(total_fen: number, count: number, first_on: string): Part[] {
  const each = Math.floor(total_fen / count)
  const day = first_on.slice(8)
  return Array.from({ length: count }, (_, i) => ({ due_on: `${addMonths(first_on.slice(0, 7), i)}-${Number(day) > 28 ? '28' : day}`, amount_fen: i === 0 ? total_fen - each * (count - 1) : each }))
}

export function SignPlan({ house_id, close }: { house_id: string; close: () => void }) {
  const go = useGo()
  const bills = useRead(billing.houseBills, { house_id, state: 'open' })
  // A plan is signed with one person: the one who owes most, unless another is chosen.
  const [payer, setPayer] = useState<string>()
  const [off, setOff] = useState<ReadonlySet<string>>(new Set())
  const [count, setCount] = useState(3)
  const [first_on, setFirst] = useState(`${addMonths(today().slice(0, 7), 1)}-10`)
  const [own, setOwn] = useState<readonly Part[]>()
  const [grace_days, setGrace] = useState(7)
  const [suspends_late_fee, setSuspends] = useState(true)
  const [note, setNote] = useState('')
  const sign = useWrite(billing.signPlan, { in_form: true, done: (a) => `已签订 ${a.no}`, invalidates: 'all' })
  const owing = new Map<string, { name: string; fen: number }>()
  for (const b of bills.data?.rows ?? []) owing.set(b.payer_id, { name: b.payer_name, fen: (owing.get(b.payer_id)?.fen ?? 0) + b.open_fen })
  const payer_id = payer ?? [...owing].toSorted((a, b) => b[1].fen - a[1].fen)[0]?.[0]
  const its = (bills.data?.rows ?? []).filter((b) => b.payer_id === payer_id)
  const chosen = its.filter((b) => !off.has(b.bill_id))
  const total = chosen.reduce((n, b) => n + b.open_fen, 0)
  const parts = own ?? (total > 0 ? proposed(total, count, first_on) : [])
  const sum = parts.reduce((n, p) => n + p.amount_fen, 0)
  const set = (i: number, p: Partial<Part>) => setOwn(parts.map((x, n) => (n === i ? { ...x, ...p } : x)))
  const send = async () => {
    const made = await sign.run({ house_id, bills: chosen.map(({ bill_id, period_on }) => ({ bill_id, period_on })), parts: [...parts], grace_days, suspends_late_fee, note: note.trim() || null })
    if (made) go(`/billing/plans/${made.plan_id}`)
  }
  return (
    <Drawer open title="签订分期协议" onClose={close} size={640} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={sign.running} disabled={parts.length < 2 || sum !== total} onClick={() => void send()}>签订</Button></div>}
    >
      {bills.error ? <ErrorBlock error={bills.error} retry={bills.retry} /> : bills.loading ? <LoadingBlock /> : (
        <div className="hy-stack">
          {sign.error ? <Alert type="error" showIcon role="alert" title={sign.error.message} /> : null}
          {owing.size > 1 ? <label className="hy-line" style={{ flexWrap: 'wrap' }}>与谁签订 <Select aria-label="与谁签订" style={{ minWidth: 240 }} value={payer_id ?? null} options={[...owing].map(([value, o]) => ({ value, label: `${o.name}(未收 ${money(o.fen)} 元)` }))} onChange={(v) => { setPayer(v); setOff(new Set()); setOwn(undefined) }} /></label> : null}
          <fieldset className="hy-card hy-stack"><legend>所含账单</legend>
            {its.length === 0 ? <span className="hy-muted">该户没有未收的账单,不用分期</span> : null}
            {its.map((b) => <Checkbox key={b.bill_id} checked={!off.has(b.bill_id)} onChange={(e) => { const next = new Set(off); if (e.target.checked) next.delete(b.bill_id); else next.add(b.bill_id); setOff(next); setOwn(undefined) }}>{b.period} {b.fee_item_name}({b.payer_name})未收 <MoneyText fen={b.open_fen} /> 元</Checkbox>)}
          </fieldset>
          <div className="hy-line" style={{ flexWrap: 'wrap' }}>
            <label className="hy-line">期数 <InputNumber aria-label="期数" min={2} max={60} precision={0} value={count} onChange={(v) => { setCount(v ?? 2); setOwn(undefined) }} /></label>
            <label className="hy-line">首期应缴日 <span style={{ width: 150 }}><DayInput value={first_on} onChange={(v) => { if (v) { setFirst(v); setOwn(undefined) } }} /></span></label>
            <span>总额 <MoneyText fen={total} strong /> 元</span>
          </div>
          {parts.map((p, i) => (
            <div key={i} className="hy-line">
              <span style={{ width: 60 }}>第 {i + 1} 期</span>
              <span style={{ width: 150 }}><DayInput aria-label={`第 ${i + 1} 期应缴日`} value={p.due_on} onChange={(v) => { if (v) set(i, { due_on: v }) }} /></span>
              <span style={{ width: 140 }}><MoneyInput aria-label={`第 ${i + 1} 期金额`} value={p.amount_fen} onChange={(v) => set(i, { amount_fen: typeof v === 'number' ? v : 0 })} /></span>
            </div>
          ))}
          {sum === total ? null : <span role="alert" className="hy-red">各期合计 <MoneyText fen={sum} /> 元,与总额相差 <MoneyText fen={total - sum} /> 元</span>}
          <label className="hy-line">逾期几天视为违约 <InputNumber aria-label="逾期几天视为违约" min={0} max={60} precision={0} value={grace_days} onChange={(v) => setGrace(v ?? 0)} /></label>
          <label className="hy-line">履行期间不计违约金、不催缴 <Switch aria-label="履行期间不计违约金、不催缴" checked={suspends_late_fee} onChange={setSuspends} /></label>
          <label>说明<Input value={note} maxLength={200} onChange={(e) => setNote(e.target.value)} /></label>
        </div>
      )}
    </Drawer>
  )
}
