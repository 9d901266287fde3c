// The forms of one complaint: each names its call.
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { photosControl } from '../../../ui/PhotosInput.tsx'
import { orders } from '../../orders/contract.ts'
import { PHOTOS_MAX, care, type ComplaintFull } from '../contract.ts'
import { SCORES, said } from '../shown.ts'
import { words } from '../words.ts'

export type Form = 'assign' | 'answer' | 'note' | 'visit' | 'order' | 'close' | 'reopen' | 'merge' | 'extend' | 'release' | 'reject' | 'withdraw'
interface P {
  o: ComplaintFull
  close: () => void
}
const id = (o: ComplaintFull) => ({ complaint_id: o.complaint_id })

export function ComplaintForm({ form, ...p }: P & { form: Form }) {
  switch (form) {
    case 'assign': return <Assign {...p} />
    case 'answer': return <Answer {...p} />
    case 'visit': return <VisitForm {...p} />
    case 'order': return <OrderForm {...p} />
    case 'merge': return <Merge {...p} />
    case 'note': return <Note {...p} />
    case 'close': return <Close {...p} />
    default: return <WithReason {...p} form={form} />
  }
}

function Assign({ o, close }: P) {
  const departments = useRead(care.departments, {})
  const people = useRead(care.handlers, { community_id: o.community_id })
  const save = useWrite(care.assignComplaint, { in_form: true, done: '已分派' })
  const ready = (departments.data?.rows ?? []).filter((d) => !d.retired && d.account_ids.length > 0)
  return (
    <FormDrawer open onClose={close} title={`分派 ${o.no}`} submit="分派" call={care.assignComplaint} loading={save.running} submitError={save.error} fixed={id(o)} initial={{ department_id: o.department_id, account_id: null }}
      note={<p className="hy-muted">派给部门的,成员都会收到,先受理者办理;派给个人的由他受理。</p>}
      fields={[{ name: 'department_id', options: ready.map((d) => ({ value: d.department_id, label: `${d.name}(${d.names.join('、')})` })), ...(ready.length === 0 && departments.data ? { help: '还没有有成员的部门,可在「投诉设置 → 处理部门」添加' } : {}) }, { name: 'account_id', options: (people.data?.rows ?? []).map((x) => ({ value: x.account_id, label: `${x.name}${x.post ? ` · ${x.post}` : ''} · 手上 ${x.open_count} 件${x.late_count ? `,超时 ${x.late_count}` : ''}` })) }, { name: 'note', kind: 'area' }]}
      onSubmit={async (i) => { if (await save.run(i)) close() }} />
  )
}
function useCauses() {
  const causes = useRead(care.causes, {}, { stale_ms: 300_000 })
  return (causes.data?.rows ?? []).filter((x) => x.to_on === null).map((x) => ({ value: x.cause_id, label: x.name }))
}
function Answer({ o, close }: P) {
  const causes = useCauses()
  const save = useWrite(care.answerComplaint, { in_form: true, done: '已答复' })
  return <FormDrawer open onClose={close} title={`答复 ${o.no}`} submit="答复业户" call={care.answerComplaint} loading={save.running} submitError={save.error} fixed={id(o)} fields={[{ name: 'answer', kind: 'area', help: o.unnamed ? '业户凭查询码看到' : '业户在手机上看到,并收到消息' }, { name: 'cause_id', kind: 'select', options: causes }, { name: 'photo_ids', control: photosControl(PHOTOS_MAX) }]} initial={{ photo_ids: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Note({ o, close }: P) {
  const save = useWrite(care.noteComplaint, { in_form: true, done: '已记录' })
  return <FormDrawer open onClose={close} title={`处理经过 ${o.no}`} call={care.noteComplaint} loading={save.running} submitError={save.error} fixed={id(o)} note={<p className="hy-muted">只有物业内部看得到。</p>} fields={[{ name: 'note', kind: 'area' }, { name: 'photo_ids', control: photosControl(PHOTOS_MAX) }]} initial={{ photo_ids: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function VisitForm({ o, close }: P) {
  const save = useWrite(care.visitComplaint, { in_form: true, done: '已记录回访' })
  const reached = (v: Record<string, unknown>) => v['reached'] === true
  return (
    <FormDrawer open onClose={close} title={`回访 ${o.no}`} call={care.visitComplaint} loading={save.running} submitError={save.error} fixed={id(o)} words={{ way: words.states?.['way'] }} note={<p className="hy-muted">满意即办结;不满意或没有解决的退回处理人重新处理。处理人 {o.assignee_name ?? '—'}。</p>}
      fields={['way', { name: 'reached', help: '没有联系上的仍待回访' }, { name: 'satisfaction', kind: 'select', when: reached, options: SCORES }, { name: 'solved', when: reached }, { name: 'words', kind: 'area' }]} initial={{ way: 'phone', reached: true, solved: true }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
  )
}
function OrderForm({ o, close }: P) {
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000 })
  const rows = (kinds.data?.rows ?? []).filter((g) => !g.retired)
  const save = useWrite(care.makeComplaintOrder, { in_form: true, done: (a) => `已派生工单 ${a.no}` })
  const leaves = rows.filter((k) => k.parent_id !== null && k.rule && (o.house_id !== null || k.place === 'public'))
  return (
    <FormDrawer open onClose={close} title={`派生工单:${o.no}`} submit="派生工单" call={care.makeComplaintOrder} loading={save.running} submitError={save.error} fixed={id(o)} initial={{ words: o.words.slice(0, 500), ...(o.house_id ? {} : { place: o.place ?? '' }) }}
      fields={[{ name: 'category_id', kind: 'select', options: leaves.map((k) => ({ value: k.category_id, label: `${rows.find((g) => g.category_id === k.parent_id)?.name ?? ''} / ${k.name}` })) }, { name: 'place', help: '公共区域的请写明具体位置' }, { name: 'words', kind: 'area' }]} onSubmit={async (i) => { if (await save.run(i)) close() }} />
  )
}
function Merge({ o, close }: P) {
  const save = useWrite(care.mergeComplaint, { in_form: true, done: '已并案' })
  return <FormDrawer open onClose={close} title={`并案:${o.no}`} submit="并入" call={care.mergeComplaint} loading={save.running} submitError={save.error} fixed={id(o)} note={<p className="hy-muted">同一问题多人反映的并入一件;那一件答复时,本件反映人一并收到。</p>} fields={[{ name: 'into_id', control: (c) => <OtherInput o={o} {...c} /> }, 'reason']} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
/** Open ones of the same community, found by number or words. */
function OtherInput({ o, value, onChange, id: field_id }: { o: ComplaintFull; value?: unknown; onChange?: (v: unknown) => void; id?: string }) {
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const found = useRead(care.complaints, { fact: 'open', community_id: o.community_id, page_size: 50, ...(q ? { q } : {}) }, { keep: true })
  const rows = (found.data?.rows ?? []).filter((r) => r.complaint_id !== o.complaint_id)
  return <Select {...(field_id ? { id: field_id } : {})} placeholder="编号或内容" value={(value as string | undefined) ?? null} onChange={(v: string) => onChange?.(v)} loading={found.fetching} showSearch={{ filterOption: false, onSearch: setTyped }} notFoundContent="同小区没有其他未答复的" options={rows.map((r) => ({ value: r.complaint_id, label: `${r.no} ${r.kind}:${r.words}` }))} />
}
function Close({ o, close }: P) {
  const causes = useCauses()
  const save = useWrite(care.closeComplaint, { in_form: true, done: '已办结' })
  return <FormModal open onClose={close} title={`办结 ${o.no}`} submit="办结" call={care.closeComplaint} loading={save.running} submitError={save.error} fixed={id(o)} fields={[{ name: 'cause_id', kind: 'select', options: causes, help: `答复时选的是「${o.cause ?? '—'}」,核实后可改` }, { name: 'note', kind: 'area' }]} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}

function WithReason({ o, close, form }: P & { form: Exclude<Form, 'assign' | 'answer' | 'note' | 'visit' | 'order' | 'close' | 'merge'> }) {
  const reopen = useWrite(care.reopenComplaint, { in_form: true, done: '已退回重新处理' })
  const release = useWrite(care.releaseComplaint, { in_form: true, done: '已退回' })
  const reject = useWrite(care.rejectComplaint, { in_form: true, done: '已告知业户不受理' })
  const withdraw = useWrite(care.withdrawComplaint, { in_form: true, done: '已撤回' })
  const extend = useWrite(care.extendComplaint, { in_form: true, done: '已延长' })
  const common = { open: true, onClose: close, fixed: id(o) } as const
  const done = async (made: Promise<unknown>) => { if (await made) close() }
  if (form === 'extend') return <FormModal {...common} title={`延长时限 ${o.no}`} submit="延长" call={care.extendComplaint} fields={[{ name: 'due_at', control: momentControl, help: `现在的答复时限 ${instant(o.answer_due_at)}` }, 'reason']} loading={extend.running} submitError={extend.error} onSubmit={(i) => done(extend.run(i))} />
  if (form === 'reopen') return <FormModal {...common} title={`重新处理 ${o.no}`} submit="重新处理" call={care.reopenComplaint} fields={['reason']} loading={reopen.running} submitError={reopen.error} onSubmit={(i) => done(reopen.run(i))} />
  if (form === 'release') return <FormModal {...common} title={`退回 ${o.no}`} submit="退回" call={care.releaseComplaint} fields={['reason']} loading={release.running} submitError={release.error} onSubmit={(i) => done(release.run(i))} />
  if (form === 'reject') return <FormModal {...common} title={`不受理 ${o.no}`} submit="不受理" danger call={care.rejectComplaint} fields={['reason']} loading={reject.running} submitError={reject.error} onSubmit={(i) => done(reject.run(i))} />
  return <FormModal {...common} title={`撤回 ${o.no}`} submit="撤回" danger note={<p className="hy-muted">{said('source', o.source)}反映人要求撤回的,写明来由。</p>} call={care.withdrawComplaint} fields={['reason']} loading={withdraw.running} submitError={withdraw.error} onSubmit={(i) => done(withdraw.run(i))} />
}
