import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { usePlace } from '../../../ui/session.ts'
import { billing } from '../../billing/contract.ts'
import { USUAL_STEPS, reminders, type PlanRow, type Step } from '../contract.ts'
import { words } from '../words.ts'

export function PlanDrawer({ plan, copy, close }: { plan?: PlanRow; copy?: boolean; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(reminders.savePlan, { in_form: true, done: '已保存为草稿,试算后启用' })
  const items = useRead(billing.feeItems, plan?.community_id ?? place_id ? { community_id: (plan?.community_id ?? place_id)! } : {})
  const [day] = useState(today)
  return (
    <FormDrawer
      open onClose={close} width={860} columns={2} title={plan ? (copy ? `复制:${plan.name}` : `修改:${plan.name}`) : '新建催缴方案'} call={reminders.savePlan} loading={save.running} submitError={save.error} submit="保存草稿"
      fields={[
        'name',
        { name: 'community_id', label: '小区(不选为全公司)', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) },
        'from_on', 'min_open_fen',
        { name: 'fee_item_ids', label: '只催这些项目(不选为全部)', kind: 'many', wide: true, options: (items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: `${i.community_name} ${i.name}` })) },
        { name: 'steps', wide: true, control: (c) => <StepsEditor value={(c.value as Step[] | undefined) ?? []} onChange={(v) => c.onChange?.(v)} /> },
      ]}
      initial={plan ? { name: copy ? `${plan.name}(新)` : plan.name, community_id: plan.community_id, from_on: copy ? day : plan.from_on, min_open_fen: plan.min_open_fen, fee_item_ids: plan.fee_item_ids, steps: plan.steps } : { name: '标准催缴', community_id: place_id ?? null, from_on: day, min_open_fen: 100, fee_item_ids: [], steps: [...USUAL_STEPS] }}
      fixed={plan && !copy ? { plan_id: plan.plan_id } : {}}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

function StepsEditor({ value, onChange }: { value: Step[]; onChange: (v: Step[]) => void }) {
  const set = (i: number, change: Partial<Step>) => onChange(value.map((s, j) => (j === i ? { ...s, ...change } : s)))
  const name = (i: number, what: string) => `第 ${i + 1} 步${what}`
  return (
    <div className="hy-stack">
      {value.map((s, i) => (
        <div key={i} className="hy-line" style={{ flexWrap: 'wrap' }}>
          <span className="hy-num">{i + 1}</span>
          <Input aria-label={name(i, '名称')} style={{ width: 120 }} value={s.name} onChange={(e) => set(i, { name: e.target.value })} />
          <Select aria-label={name(i, '起算')} style={{ width: 100 }} value={s.anchor} options={optionsOf(words.states?.['anchor'])} onChange={(anchor) => set(i, { anchor })} />
          <InputNumber aria-label={name(i, '天数')} style={{ width: 110 }} precision={0} suffix="天" value={s.offset_days} onChange={(v) => set(i, { offset_days: v ?? 0 })} />
          <Select aria-label={name(i, '方式')} mode="multiple" style={{ minWidth: 170, flex: 1 }} value={s.channels} options={optionsOf(words.states?.['channel'])} onChange={(channels) => set(i, { channels })} />
          <Select aria-label={name(i, '用语')} style={{ width: 120 }} value={s.tone} options={optionsOf(words.states?.['tone'])} onChange={(tone) => set(i, { tone })} />
          <Button size="small" aria-label={name(i, '删除')} disabled={value.length === 1} onClick={() => onChange(value.filter((_, j) => j !== i))}>删</Button>
        </div>
      ))}
      <div><Button disabled={value.length >= 20} onClick={() => onChange([...value, { name: `第 ${value.length + 1} 步`, anchor: 'due', offset_days: (value.at(-1)?.offset_days ?? 0) + 30, channels: ['sms'], tone: 'overdue' }])}>加一步</Button> <span className="hy-muted">负数表示之前;账单走到多步时只催最近的一步;同一步选了微信和短信的,先发微信,送不到再发短信</span></div>
    </div>
  )
}
