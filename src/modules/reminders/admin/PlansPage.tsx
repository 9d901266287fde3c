import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { reminders, type PlanRow, type Step } from '../contract.ts'
import { words } from '../words.ts'
import { PlanDrawer } from './PlanDrawer.tsx'
import { channelName } from './shared.tsx'

const dayText = (s: Step): string => `${words.states?.['anchor']?.[s.anchor]}${s.offset_days === 0 ? '当天' : s.offset_days < 0 ? `前 ${-s.offset_days} 天` : `后 ${s.offset_days} 天`}`

export default function PlansPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const plans = useRead(reminders.plans, { with_ended: true, ...(place_id ? { community_id: place_id } : {}) })
  const [edit, setEdit] = useState<{ plan?: PlanRow; copy?: boolean }>()
  const [preview, setPreview] = useState<PlanRow>()
  const rows = plans.data?.rows ?? []
  return (
    <ReadPage title="催缴方案" loading={plans.loading} error={plans.error} retry={plans.retry} actions={may('reminders.plan.write') ? <Button type="primary" onClick={() => setEdit({})}>新建方案</Button> : null}>
      <div className="hy-stack">
        {rows.length === 0 ? <div className="hy-card"><EmptyBlock text="还没有催缴方案:没有方案时,系统不会自动催缴" /></div> : rows.map((p) => <PlanCard key={p.plan_id} plan={p} edit={setEdit} preview={setPreview} />)}
      </div>
      {edit ? <PlanDrawer key={edit.plan?.plan_id ?? 'new'} {...edit} close={() => setEdit(undefined)} /> : null}
      {preview ? <PreviewModal plan={preview} close={() => setPreview(undefined)} /> : null}
    </ReadPage>
  )
}

function PlanCard({ plan: p, edit, preview }: { plan: PlanRow; edit: (e: { plan: PlanRow; copy?: boolean }) => void; preview: (p: PlanRow) => void }) {
  const end = useWrite(reminders.endPlan, { done: '已停用' })
  const endNow = async () => {
    if (await confirm({ title: `停用「${p.name}」?`, content: '停用后不再自动催缴;已经出现的任务照常办理。', ok: '停用', danger: true })) await end.run({ plan_id: p.plan_id })
  }
  return (
    <section className="hy-card hy-stack" aria-label={p.name}>
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        <strong>{p.name}</strong><StateTag value={p.state} words={words.states?.['plan']} tones={{ active: 'good', draft: 'warn' }} />
        <span className="hy-muted">{p.community_name ?? '全公司'} · {p.from_on} 起{p.to_on ? `,至 ${p.to_on}(不含)` : ''} · 低于 {money(p.min_open_fen)} 元不催 · {p.fee_item_ids.length ? `只催 ${p.fee_item_ids.length} 个项目` : '全部项目'}{p.activated_by_name ? ` · ${p.activated_by_name}启用` : ''}</span>
        <span className="hy-tools">
          {p.state === 'ended' ? null : <Button size="small" onClick={() => preview(p)}>试算今天</Button>}
          {p.state === 'draft' ? <CanButton size="small" can={p.can.change} words={words} onClick={() => edit({ plan: p })}>修改</CanButton> : <CanButton size="small" can={p.can.end === 'kernel.forbidden' ? 'kernel.forbidden' : true} words={words} onClick={() => edit({ plan: p, copy: true })}>复制为草稿</CanButton>}
          {p.state === 'active' ? <CanButton size="small" can={p.can.end} words={words} loading={end.running} onClick={() => void endNow()}>停用</CanButton> : null}
        </span>
      </div>
      <RowsTable
        label={`${p.name}的步骤`} rows={p.steps.map((s, i) => ({ ...s, no: i + 1 }))} row_key="no" empty="没有步骤"
        columns={[
          { key: 'no', title: '步', width: 50 }, { key: 'name', title: '步骤', width: 140 }, { key: 'day', title: '时间', width: 140, show: dayText },
          { key: 'channels', title: '方式', width: 240, show: (s) => s.channels.map(channelName).join('、') }, { key: 'tone', title: '用语', width: 120, show: (s) => words.states?.['tone']?.[s.tone] },
        ]}
      />
    </section>
  )
}

/** What it would do today; a draft is put in force from here. */
function PreviewModal({ plan, close }: { plan: PlanRow; close: () => void }) {
  const planned = useRead(reminders.previewPlan, { plan_id: plan.plan_id }, { stale_ms: 0 })
  const activate = useWrite(reminders.activatePlan, { done: (a) => (a.ended_count ? '已启用,原方案同日停用' : '已启用') })
  return (
    <Modal
      open width={680} title={`试算:${plan.name}`} onCancel={close}
      footer={<div className="hy-form-buttons"><Button onClick={close}>关闭</Button>{plan.state === 'draft' ? <CanButton type="primary" can={plan.can.activate} words={words} loading={activate.running} onClick={async () => { if (await activate.run({ plan_id: plan.plan_id })) close() }}>启用方案</CanButton> : null}</div>}
    >
      {planned.error ? <ErrorBlock error={planned.error} retry={planned.retry} /> : planned.data ? (
        <div className="hy-stack">
          <p>按今天的账单,会新发 <strong>{planned.data.reminder_count}</strong> 条(已催过、已暂停、已承诺的不再发;同一步最多补催前 3 天)。</p>
          <RowsTable
            label="试算结果" rows={planned.data.rows.map((r) => ({ ...r, key: `${r.step_no} ${r.channel}` }))} row_key="key" empty="今天没有要催的"
            columns={[{ key: 'step_name', title: '步骤', width: 140 }, { key: 'channel', title: '方式', width: 100, show: (r) => channelName(r.channel) }, { key: 'reminder_count', title: '条数', width: 80 }, { key: 'open_fen', title: '欠费', width: 120 }]}
          />
        </div>
      ) : <LoadingBlock />}
    </Modal>
  )
}
