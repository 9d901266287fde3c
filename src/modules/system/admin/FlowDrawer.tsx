// A new version of a flow: tiers with their steps, the day it begins, and the trial with an amount.
import { Alert, Button, Drawer, Input, Select } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { DayInput } from '../../../ui/dates.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { system, type ApprovalFlow, type ApprovalStep, type ApprovalTiers } from '../contract.ts'

interface Draft { up_to_fen: number | null | string; steps: ApprovalStep[] }
const textOf = (s: ApprovalStep): string => `${s.by}:${s.code}`
const stepOf = (text: string): ApprovalStep => { const at = text.indexOf(':'); return { by: text.slice(0, at) as ApprovalStep['by'], code: text.slice(at + 1) } }

export function FlowDrawer({ flow, roles, community_id, close }: { flow: ApprovalFlow; roles: readonly { code: string; name: string }[]; community_id: string | null; close: () => void }) {
  const now = flow.versions.find((v) => v.state === 'now') ?? flow.versions[0]
  const first = { by: flow.default_step.by, code: flow.default_step.code }
  const [tiers, setTiers] = useState<Draft[]>(() => now?.tiers.map((t) => ({ up_to_fen: t.up_to_fen, steps: t.steps.map(({ by, code }) => ({ by, code })) })) ?? [{ up_to_fen: null, steps: [first] }])
  const [from_on, setFrom] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const [amount, setAmount] = useState<unknown>(null)
  const save = useWrite(system.saveApprovalFlow, { in_form: true, done: '已保存,从生效日起的新申请按此审批' })
  const options = [{ label: '权限', options: [{ value: textOf(first), label: flow.default_step.zh }] }, { label: '角色', options: roles.map((r) => ({ value: textOf({ by: 'role', code: r.code }), label: r.name })) }]
  const change = (i: number, t: Partial<Draft>) => setTiers(tiers.map((x, n) => (n === i ? { ...x, ...t } : x)))
  const whole = tiers.every((t) => t.up_to_fen === null || typeof t.up_to_fen === 'number')
  const given = tiers as unknown as ApprovalTiers
  const trial = useRead(system.previewApprovalFlow, { kind: flow.kind, tiers: given, ...(community_id ? { community_id } : {}), ...(typeof amount === 'number' ? { amount_fen: Math.abs(amount) } : {}) }, { enabled: whole, keep: true })
  return (
    <Drawer open title={`${flow.kind_zh}的审批流`} onClose={close} size={620} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} disabled={!from_on || !whole} onClick={async () => { if (await save.run({ kind: flow.kind, community_id, from_on: from_on!, tiers: given, note: note.trim() || null })) close() }}>保存</Button></div>}
    >
      <div className="hy-stack">
        {save.error ? <Alert type="error" showIcon role="alert" title={save.error.message} /> : null}
        {tiers.map((t, i) => (
          <section key={i} className="hy-card hy-stack" aria-label={`第 ${i + 1} 档`}>
            <div className="hy-row">
              {i === tiers.length - 1 ? <strong>{tiers.length === 1 ? '不分金额' : '以上不限'}</strong> : <label className="hy-line">不超过 <MoneyInput aria-label={`第 ${i + 1} 档上限`} value={t.up_to_fen} onChange={(v) => change(i, { up_to_fen: v === null ? '' : (v as number) })} /></label>}
              {tiers.length > 1 && i < tiers.length - 1 ? <Button size="small" onClick={() => setTiers(tiers.filter((_, n) => n !== i))}>删除这一档</Button> : null}
            </div>
            {t.steps.map((s, n) => (
              <div key={n} className="hy-line">
                <span>第 {n + 1} 步</span>
                <Select aria-label={`第 ${i + 1} 档第 ${n + 1} 步`} style={{ width: 320 }} value={textOf(s)} options={options} showSearch={{ optionFilterProp: 'label' }} onChange={(v) => change(i, { steps: t.steps.map((x, k) => (k === n ? stepOf(v) : x)) })} />
                {t.steps.length > 1 ? <Button size="small" onClick={() => change(i, { steps: t.steps.filter((_, k) => k !== n) })}>删除</Button> : null}
              </div>
            ))}
            {t.steps.length < 5 ? <div><Button size="small" onClick={() => change(i, { steps: [...t.steps, first] })}>增加一步</Button></div> : null}
          </section>
        ))}
        {flow.has_amount && tiers.length < 8 ? <div><Button onClick={() => setTiers([...tiers.slice(0, -1), { up_to_fen: '', steps: [first] }, tiers[tiers.length - 1]!])}>增加一档</Button></div> : null}
        <label className="hy-line">生效日 <DayInput value={from_on ?? ''} onChange={setFrom} /></label>
        <label className="hy-line">修改说明 <Input value={note} maxLength={100} onChange={(e) => setNote(e.target.value)} /></label>
        <section className="hy-card hy-stack" aria-label="试一试">
          {flow.has_amount ? <label className="hy-line">试一个金额 <MoneyInput aria-label="试一个金额" value={amount} onChange={setAmount} /></label> : <strong>将由谁审批</strong>}
          {trial.error ? <span role="alert" className="hy-red">{trial.error.message}</span> : null}
          {trial.data?.steps.map((s, n) => <div key={n}>第 {n + 1} 步:{s.zh}({s.count === 0 ? <span className="hy-red">现在没有人可以审批</span> : `${s.names.join('、')}${s.count > s.names.length ? ` 等 ${s.count} 人` : ''}`})</div>)}
        </section>
      </div>
    </Drawer>
  )
}
