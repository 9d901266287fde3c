// A plan's draft: who, with what, step by step.
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { usePlace, useSession } from '../../../ui/session.ts'
import { emergency, type Content, type PlanFull, type Step } from '../contract.ts'
import './emergency.css'

const EMPTY: Content = { summary: '', people: [], materials: [], steps: [{ step_id: 's1', text: '', role: '', within_minutes: null }] }
export function PlanDrawer({ plan, close }: { plan?: PlanFull; close: () => void }) {
  const { places } = useSession()
  const { place_id } = usePlace()
  const go = useGo()
  const save = useWrite(emergency.savePlan, { in_form: true, done: '已存为草稿,提交后由别人审核发布' })
  const kinds = useRead(emergency.kinds, {}, { stale_ms: 60_000 })
  const [community_id, setCommunity] = useState(plan?.community_id ?? place_id ?? places[0]?.id)
  const v = plan?.versions.find((x) => x.state === 'draft') ?? plan?.versions.find((x) => x.state === 'published')
  return (
    <FormDrawer
      open onClose={close} width={820} columns={2} title={plan ? `修改 ${plan.name}` : '新增预案'} call={emergency.savePlan} loading={save.running} submitError={save.error} fixed={plan ? { plan_id: plan.plan_id } : {}}
      fields={[{ name: 'name', placeholder: '如:供水主管爆裂应急预案' }, { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.kind_id, label: k.name })) }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: plan !== undefined }, { name: 'content', label: '内容', wide: true, control: (c) => <ContentInput {...c} community_id={community_id} /> }]}
      follows={(changed) => { if ('community_id' in changed) setCommunity(changed['community_id'] as string); return undefined }}
      initial={plan ? { name: plan.name, kind_id: plan.kind_id, community_id: plan.community_id, content: v?.content ?? EMPTY } : { name: '', ...(community_id ? { community_id } : {}), content: EMPTY }}
      onSubmit={async (i) => { const a = await save.run(i); if (a) { close(); if (!plan) go(`/emergency/plans/${a.plan_id}`) } }}
    />
  )
}
const freshStep = (list: readonly Step[]): Step => {
  for (let n = list.length + 1; ; n++) if (!list.some((s) => s.step_id === `s${n}`)) return { step_id: `s${n}`, text: '', role: '', within_minutes: null }
}
function ContentInput({ value, onChange, community_id }: Control & { community_id: string | undefined }) {
  const c = value as Content
  const set = (change: Partial<Content>): void => onChange?.({ ...c, ...change })
  const staff = useRead(emergency.staff, { community_id: community_id! }, { enabled: community_id !== undefined, stale_ms: 60_000 }).data?.rows ?? []
  const at = <T,>(list: readonly T[], i: number, change: Partial<T>): T[] => list.map((x, n) => (n === i ? { ...x, ...change } : x))
  const person = (i: number, change: Partial<Content['people'][number]>): void => set({ people: at(c.people, i, change) })
  return (
    <div className="em-rows">
      <Input.TextArea aria-label="适用与原则" rows={2} maxLength={1000} placeholder="适用范围与原则,如:先救人、后救物;先关阀、后抢修" value={c.summary} onChange={(e) => set({ summary: e.target.value })} />
      <strong>步骤</strong>
      {c.steps.map((s, i) => (
        <span key={s.step_id} className="hy-line"><span className="hy-num">{i + 1}</span><Input className="em-grow" aria-label={`第 ${i + 1} 步`} maxLength={200} placeholder="做什么" value={s.text} onChange={(e) => set({ steps: at(c.steps, i, { text: e.target.value }) })} /><Input aria-label={`第 ${i + 1} 步谁做`} style={{ width: 110 }} maxLength={20} placeholder="谁做" value={s.role} onChange={(e) => set({ steps: at(c.steps, i, { role: e.target.value }) })} /><InputNumber aria-label={`第 ${i + 1} 步时限`} style={{ width: 120 }} min={1} max={1440} precision={0} placeholder="不限" suffix="分钟内" value={s.within_minutes} onChange={(v) => set({ steps: at(c.steps, i, { within_minutes: v }) })} />
          <Button size="small" disabled={i === 0} aria-label={`第 ${i + 1} 步上移`} onClick={() => set({ steps: c.steps.map((x, n) => (n === i - 1 ? s : n === i ? c.steps[i - 1]! : x)) })}>↑</Button><Button size="small" disabled={c.steps.length <= 1} onClick={() => set({ steps: c.steps.filter((_, n) => n !== i) })}>删</Button></span>
      ))}
      <div><Button size="small" disabled={c.steps.length >= 60} onClick={() => set({ steps: [...c.steps, freshStep(c.steps)] })}>加一步</Button></div>
      <strong>人员与电话树</strong>
      {c.people.map((p, i) => (
        <span key={i} className="hy-line"><Input aria-label={`第 ${i + 1} 人职责`} style={{ width: 110 }} maxLength={20} placeholder="职责" value={p.role} onChange={(e) => person(i, { role: e.target.value })} />
          <Select aria-label={`第 ${i + 1} 人员工`} style={{ width: 150 }} allowClear placeholder="员工" showSearch={{ optionFilterProp: 'label' }} value={p.account_id} options={staff.map((x) => ({ value: x.account_id, label: x.name }))} onChange={(id: string | undefined) => person(i, { account_id: id ?? null, ...(id ? { name: staff.find((x) => x.account_id === id)?.name ?? p.name } : {}) })} />
          <Input aria-label={`第 ${i + 1} 人姓名`} style={{ width: 110 }} maxLength={20} placeholder="姓名或单位" value={p.name} onChange={(e) => person(i, { name: e.target.value })} /><Input aria-label={`第 ${i + 1} 人电话`} style={{ width: 130 }} maxLength={20} placeholder="电话" value={p.phone} onChange={(e) => person(i, { phone: e.target.value })} />
          <Select mode="multiple" aria-label={`第 ${i + 1} 人通知谁`} style={{ width: 170 }} maxTagCount="responsive" placeholder="由他通知" value={p.calls} options={c.people.map((x, n) => ({ value: n, label: x.name || `第 ${n + 1} 人` })).filter((x) => x.value !== i)} onChange={(calls: number[]) => person(i, { calls })} />
          <Button size="small" onClick={() => set({ people: c.people.filter((_, n) => n !== i).map((x) => ({ ...x, calls: x.calls.filter((n) => n !== i).map((n) => (n > i ? n - 1 : n)) })) })}>删</Button></span>
      ))}
      <div><Button size="small" disabled={c.people.length >= 60} onClick={() => set({ people: [...c.people, { role: '', name: '', account_id: null, phone: '', calls: [] }] })}>加一人</Button></div>
      <strong>物资</strong>
      {c.materials.map((m, i) => <span key={i} className="hy-line"><Input aria-label={`第 ${i + 1} 项物资`} className="em-grow" maxLength={30} placeholder="如:沙袋、潜水泵、堵漏带" value={m.name} onChange={(e) => set({ materials: at(c.materials, i, { name: e.target.value }) })} /><Input aria-label={`第 ${i + 1} 项数量`} style={{ width: 100 }} maxLength={20} placeholder="数量" value={m.count} onChange={(e) => set({ materials: at(c.materials, i, { count: e.target.value }) })} /><Input aria-label={`第 ${i + 1} 项存放处`} style={{ width: 180 }} maxLength={40} placeholder="存放处" value={m.place} onChange={(e) => set({ materials: at(c.materials, i, { place: e.target.value }) })} /><Button size="small" onClick={() => set({ materials: c.materials.filter((_, n) => n !== i) })}>删</Button></span>)}
      <div><Button size="small" disabled={c.materials.length >= 60} onClick={() => set({ materials: [...c.materials, { name: '', count: '', place: '' }] })}>加一项</Button></div>
    </div>
  )
}
