// The draft of a rule: its words, from which day, and who must read it, with the number at once.
import { Form, Input, Select } from 'antd'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { usePlace, useSession } from '../../../ui/session.ts'
import { ALL_ID, FILES_MAX, TARGETS, office, type Audience, type Target, type VersionText } from '../contract.ts'
import { said } from '../shown.ts'
import { FilesInput } from './FilesInput.tsx'

/** `from`: the version whose words it begins with. */
export function RuleDrawer({ doc_id, class_id, community_id, from, close }: { doc_id?: string; class_id?: string; community_id?: string | null; from?: VersionText; close: (doc_id?: string) => void }) {
  const save = useWrite(office.saveDraft, { in_form: true, done: '草稿已保存' })
  const classes = useRead(office.classes, {}, { stale_ms: 60_000 })
  const whole = useSession().company_permissions.some((p) => p === '*' || p === 'office.rule.write')
  const { places, place_id } = usePlace()
  const place = doc_id ? (community_id ?? null) : whole ? null : (place_id ?? places[0]?.id ?? null)
  const open = from?.state === 'draft'
  return (
    <FormDrawer
      open width={860} onClose={() => close()} title={doc_id ? (open ? `修改 ${from?.title ?? ''}` : `修订 ${from?.title ?? ''}`) : '起草制度'} submit="保存草稿" call={office.saveDraft} loading={save.running} submitError={save.error} columns={2} {...(doc_id ? { fixed: { doc_id } } : {})}
      fields={[
        'title', { name: 'class_id', kind: 'select', options: (classes.data?.rows ?? []).map((k) => ({ value: k.class_id, label: k.name })) },
        { name: 'community_id', control: (c) => <PlaceInput {...c} whole={whole} fixed={doc_id !== undefined} />, help: doc_id ? '修订不能换小区' : '全公司的制度由全公司权限的人起草' }, { name: 'from_on', help: '批准晚于这一天的,从批准当天起' },
        { name: 'body', wide: true, control: (c) => <BodyInput {...c} />, help: '一行一段;行首「# 」是小标题' }, { name: 'targets', wide: true, control: (c) => <TargetsInput {...c} /> }, { name: 'must_confirm' }, { name: 'change_note', wide: true, help: doc_id && !open ? '改了什么、为什么改' : '依据或来由' },
        { name: 'file_ids', wide: true, more: true, control: (c) => <FilesInput {...c} max={FILES_MAX} known={from?.files ?? []} /> },
      ]}
      initial={{ title: from?.title ?? '', ...(class_id ? { class_id } : {}), community_id: place, from_on: from && open && from.from_on > today() ? from.from_on : today(), body: from?.body ?? '', targets: from?.targets.map(({ kind, target_id }) => ({ kind, target_id })) ?? [{ kind: 'all', target_id: ALL_ID }], must_confirm: from?.must_confirm ?? true, change_note: open ? from.change_note : '', file_ids: from?.files.map((f) => f.file_id) ?? [] }}
      onSubmit={async (i) => { const done = await save.run({ ...i, community_id: i.community_id ?? null }); if (done) close(done.doc_id) }}
    >
      <Reaches />
    </FormDrawer>
  )
}
const COMPANY = 'company'
function PlaceInput({ value, onChange, id, whole, fixed }: Control & { whole: boolean; fixed: boolean }) {
  const { places } = usePlace()
  return <Select {...(id ? { id } : {})} aria-label="适用小区" disabled={fixed} value={(value as string | null) ?? COMPANY} onChange={(v: string) => onChange?.(v === COMPANY ? null : v)} options={[...(whole || fixed ? [{ value: COMPANY, label: '全公司' }] : []), ...places.map((p) => ({ value: p.id, label: p.name }))]} style={{ width: '100%' }} />
}
function Reaches() {
  const form = Form.useFormInstance()
  const a = Form.useWatch((v: Partial<Audience>) => ({ community_id: v.community_id, targets: v.targets }), form)
  const ready = Boolean(a?.targets?.length)
  const q = useRead(office.audience, { community_id: a?.community_id ?? null, targets: a?.targets ?? [] }, { enabled: ready, keep: true, stale_ms: 10_000 })
  if (!ready) return <p className="hy-muted" role="status">选好谁必须读后显示人数</p>
  if (q.error) return <p className="hy-red" role="alert">{q.error.message}</p>
  return <p role="status">{q.data ? <strong>现在有 {q.data.person_count} 人要读</strong> : '正在计算人数…'}</p>
}
function BodyInput({ value, onChange, id }: Control) {
  return <Input.TextArea {...(id ? { id } : {})} value={(value as string | undefined) ?? ''} maxLength={20_000} showCount autoSize={{ minRows: 10, maxRows: 24 }} onChange={(e) => onChange?.(e.target.value)} />
}
const keyOf = (t: Target): string => `${t.kind}:${t.target_id}`
export const targetOf = (key: string): Target => ({ kind: key.split(':')[0] as Target['kind'], target_id: key.split(':')[1]! })
/** All, posts, departments, communities, roles, under their headings in one box. */
function TargetsInput({ value, onChange, id }: Control) {
  const q = useRead(office.choices, { community_id: null }, { stale_ms: 60_000 })
  const options = TARGETS.map((kind) => ({ label: said('target', kind), title: said('target', kind), options: kind === 'all' ? [{ value: keyOf({ kind, target_id: ALL_ID }), label: '全体员工' }] : (q.data?.targets ?? []).filter((t) => t.kind === kind).map((t) => ({ value: keyOf(t), label: `${said('target', kind)}:${t.name}` })) })).filter((g) => g.options.length > 0)
  return <Select {...(id ? { id } : {})} mode="multiple" aria-label="谁必须读" loading={q.loading} value={((value as Target[] | undefined) ?? []).map(keyOf)} onChange={(keys: string[]) => onChange?.(keys.map(targetOf))} options={options} showSearch optionFilterProp="label" placeholder="全体员工,或按岗位、部门、小区、角色" style={{ width: '100%' }} />
}
