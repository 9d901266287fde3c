// The forms of one incident: each names its call.
import { nowIso } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { photosControl } from '../../../ui/PhotosInput.tsx'
import { PHOTOS_MAX, safety, type IncidentFull } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { MeasuresInput } from './inputs.tsx'

export type Form = 'assign' | 'note' | 'change' | 'report_out' | 'party' | 'submit' | 'approve' | 'return' | 'void' | 'reopen'
export type PartyRow = IncidentFull['parties'][number]
interface P {
  o: IncidentFull
  close: () => void
}
const id = (o: IncidentFull) => ({ incident_id: o.incident_id })

export function IncidentForm({ form, party, ...p }: P & { form: Form; party?: PartyRow | undefined }) {
  switch (form) {
    case 'assign': return <Assign {...p} />
    case 'note': return <Note {...p} />
    case 'change': return <Change {...p} />
    case 'report_out': return <ReportOut {...p} />
    case 'party': return <PartyForm {...p} party={party} />
    case 'submit': return <Submit {...p} />
    case 'approve': return <Approve {...p} />
    default: return <WithReason {...p} form={form} />
  }
}
function Assign({ o, close }: P) {
  const people = useRead(safety.handlers, { community_id: o.community_id })
  const save = useWrite(safety.assignIncident, { in_form: true, done: '已指派' })
  return <FormModal open onClose={close} title={`指派 ${o.no}`} submit="指派" call={safety.assignIncident} loading={save.running} submitError={save.error} fixed={id(o)} fields={[{ name: 'account_id', kind: 'select', options: (people.data?.rows ?? []).map((x) => ({ value: x.account_id, label: `${x.name}${x.post ? ` · ${x.post}` : ''}` })) }, { name: 'note', kind: 'area' }]} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Note({ o, close }: P) {
  const save = useWrite(safety.noteIncident, { in_form: true, done: '已记录' })
  return <FormDrawer open onClose={close} title={`处置经过 ${o.no}`} call={safety.noteIncident} loading={save.running} submitError={save.error} fixed={id(o)} fields={[{ name: 'note', kind: 'area' }, { name: 'photo_ids', control: photosControl(PHOTOS_MAX) }]} initial={{ photo_ids: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Change({ o, close }: P) {
  const save = useWrite(safety.changeIncident, { in_form: true, done: '已更正' })
  return <FormDrawer open onClose={close} title={`更正伤亡与损失 ${o.no}`} call={safety.changeIncident} loading={save.running} submitError={save.error} fixed={id(o)} words={{ level: words.states?.['level'] }} note={<p className="hy-muted">按现在登记的伤亡与损失,等级应为「{said('level', o.level_by_rule)}」({o.level_basis})。</p>} fields={['level', 'dead_count', 'badly_count', 'hurt_count', 'loss_fen', 'reason']} initial={{ level: o.level, dead_count: o.dead_count, badly_count: o.badly_count, hurt_count: o.hurt_count, loss_fen: o.loss_fen }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function ReportOut({ o, close }: P) {
  const save = useWrite(safety.reportOut, { in_form: true, done: '已登记上报' })
  return <FormDrawer open onClose={close} title={`登记上报 ${o.no}`} call={safety.reportOut} loading={save.running} submitError={save.error} fixed={id(o)} words={{ authority: words.states?.['authority'], way: words.states?.['way'] }} note={o.report_to ? <p className="hy-muted">应向{o.report_to}上报{o.basis ? `(${o.basis})` : ''}。</p> : undefined} fields={['authority', 'receiver', 'way', { name: 'reported_at', control: momentControl }, { name: 'arrived_at', control: momentControl }, { name: 'outside_no', placeholder: '接警单号、立案号' }, { name: 'words', kind: 'area' }]} initial={{ way: 'phone', reported_at: nowIso(), arrived_at: null }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function PartyForm({ o, close, party }: P & { party: PartyRow | undefined }) {
  const save = useWrite(safety.saveParty, { in_form: true, done: party ? '已保存' : '已登记' })
  return <FormDrawer open onClose={close} title={party ? `修改 ${party.name}` : '登记涉及人员'} call={safety.saveParty} loading={save.running} submitError={save.error} fixed={{ ...id(o), ...(party ? { party_id: party.party_id } : {}) }} words={{ role: words.states?.['role'] }} fields={['role', 'name', ...(party ? [] : (['phone'] as const)), { name: 'words', kind: 'area' }, ...(party ? (['removed'] as const) : [])]} initial={{ role: party?.role ?? 'victim', name: party?.name ?? '', words: party?.words ?? '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Submit({ o, close }: P) {
  const people = useRead(safety.handlers, { community_id: o.community_id })
  const save = useWrite(safety.submitIncident, { in_form: true, done: '已提交审核' })
  return <FormDrawer open onClose={close} title={`提交审核 ${o.no}`} submit="提交审核" call={safety.submitIncident} loading={save.running} submitError={save.error} fixed={id(o)} note={<p className="hy-muted">由另一位负责人审核结案;措施到期前一天起提醒责任人。</p>} fields={[{ name: 'cause', kind: 'area' }, { name: 'duty', kind: 'area' }, { name: 'measures', control: (c) => <MeasuresInput {...c} people={people.data?.rows ?? []} /> }]} initial={{ cause: o.cause ?? '', duty: o.duty ?? '', measures: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Approve({ o, close }: P) {
  const save = useWrite(safety.approveIncident, { in_form: true, done: '已结案' })
  return <FormModal open onClose={close} title={`审核结案 ${o.no}`} submit="结案" call={safety.approveIncident} loading={save.running} submitError={save.error} fixed={id(o)} note={<p className="hy-muted">原因:{o.cause}{o.measures.length ? `;措施 ${o.measures.length} 项` : ';没有整改措施'}</p>} fields={[{ name: 'note', kind: 'area' }]} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function WithReason({ o, close, form }: P & { form: 'return' | 'void' | 'reopen' }) {
  const back = useWrite(safety.returnIncident, { in_form: true, done: '已退回' })
  const cancel = useWrite(safety.voidIncident, { in_form: true, done: '已作废' })
  const reopen = useWrite(safety.reopenIncident, { in_form: true, done: '已重新处理' })
  const common = { open: true, onClose: close, fixed: id(o), fields: ['reason'] as const } as const
  const done = async (made: Promise<unknown>) => { if (await made) close() }
  if (form === 'return') return <FormModal {...common} title={`退回 ${o.no}`} submit="退回" call={safety.returnIncident} loading={back.running} submitError={back.error} onSubmit={(i) => done(back.run(i))} />
  if (form === 'void') return <FormModal {...common} title={`作废 ${o.no}`} submit="作为误报作废" danger call={safety.voidIncident} loading={cancel.running} submitError={cancel.error} onSubmit={(i) => done(cancel.run(i))} />
  return <FormModal {...common} title={`重新处理 ${o.no}`} submit="重新处理" call={safety.reopenIncident} loading={reopen.running} submitError={reopen.error} onSubmit={(i) => done(reopen.run(i))} />
}
