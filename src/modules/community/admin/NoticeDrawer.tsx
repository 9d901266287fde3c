// The draft of a notice: to whom, with the numbers at once; the words beside how they will look; when, how long, how loud.
import { Form, Input } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { usePlace } from '../../../ui/session.ts'
import { FILES_MAX, PICTURES_MAX, community, type Audience, type NoticeDetail } from '../contract.ts'
import { NoticeText } from '../NoticeText.tsx'
import { countsText } from '../shown.ts'
import { words } from '../words.ts'
import { FilesInput } from './FilesInput.tsx'
import { TargetsInput } from './TargetsInput.tsx'

export function NoticeDrawer({ row, close }: { row?: NoticeDetail; close: (notice_id?: string) => void }) {
  const { place_id, places } = usePlace()
  const kinds = useRead(community.kinds, {}, { stale_ms: 60_000 })
  const save = useWrite(community.saveNotice, { in_form: true, done: '草稿已保存' })
  const community_id = row?.community_id ?? place_id ?? places[0]?.id ?? ''
  const known = (row?.targets ?? []).filter((t) => t.scope === 'house').map((t) => ({ value: t.target_id, label: t.name }))
  const files = row?.files ?? []
  const idsOf = (picture: boolean): string[] => files.filter((f) => f.picture === picture).map((f) => f.file_id)
  return (
    <FormDrawer
      open onClose={() => close()} columns={2} width={860} title={row ? `修改草稿 ${row.title}` : '拟写公告'} submit="保存草稿" call={community.saveNotice} loading={save.running} submitError={save.error} fixed={row ? { notice_id: row.notice_id } : {}}
      fields={[
        { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })) },
        { name: 'title', wide: true, placeholder: '如 11 月 28 日 1–3 栋停水通知' }, { name: 'body', wide: true, control: (c) => <BodyInput {...c} />, help: '# 开头是小标题,- 开头是列项,**两边加星号** 是粗体,其余每行一段' },
        { name: 'targets', wide: true, control: (c) => <TargetsInput {...c} known={known} /> }, { name: 'roles', kind: 'many', options: optionsOf(words.states!['role']) }, { name: 'house_kinds', kind: 'many', options: optionsOf(words.states!['house_kind']), help: '不选为所有房产' },
        'urgent', { name: 'by_sms', when: (v) => v['urgent'] === true, help: '按短信条数计费,免打扰时段推迟' }, 'must_confirm', 'pinned', { name: 'publish_at', control: momentControl, help: '空为发布时立即发出' }, { name: 'valid_until_on', help: '空为长期' },
        { name: 'picture_ids', wide: true, more: true, control: (c) => <FilesInput {...c} picture max={PICTURES_MAX} known={files} /> }, { name: 'file_ids', wide: true, more: true, control: (c) => <FilesInput {...c} picture={false} max={FILES_MAX} known={files} /> },
      ]}
      follows={(changed, values) => {
        if ('community_id' in changed) return { targets: [{ scope: 'community', target_id: changed['community_id'] }] }
        if (changed['urgent'] === false) return { by_sms: false }
        const k = kinds.data?.rows.find((x) => x.kind_id === changed['kind_id'])
        return k && values['urgent'] !== undefined ? { urgent: k.urgent, must_confirm: k.must_confirm, valid_until_on: k.valid_days ? addDays(today(), k.valid_days) : null, ...(k.urgent ? {} : { by_sms: false }) } : undefined
      }}
      initial={row ? { community_id, kind_id: row.kind_id, title: row.title, body: row.body, targets: row.targets.map(({ scope, target_id }) => ({ scope, target_id })), roles: row.roles, house_kinds: row.house_kinds, urgent: row.urgent, by_sms: row.by_sms, must_confirm: row.must_confirm, pinned: row.pinned, publish_at: row.publish_at, valid_until_on: row.valid_until_on, picture_ids: idsOf(true), file_ids: idsOf(false) }
        : { community_id, targets: [{ scope: 'community', target_id: community_id }], roles: ['owner', 'tenant', 'household'], house_kinds: [], urgent: false, by_sms: false, must_confirm: false, pinned: false, publish_at: null, valid_until_on: null, picture_ids: [], file_ids: [] }}
      onSubmit={async (i) => { const done = await save.run({ ...i, by_sms: i.by_sms === true }); if (done) close(done.notice_id) }}
    >
      <Reaches />
    </FormDrawer>
  )
}
/** 将发给 3 栋 96 户 182 人: as the choice stands. */
function Reaches() {
  const form = Form.useFormInstance()
  const a = Form.useWatch((v: Partial<Audience>) => ({ community_id: v.community_id, targets: v.targets, roles: v.roles, house_kinds: v.house_kinds }), form)
  const ready = Boolean(a?.community_id && a.targets?.length && a.roles?.length)
  const q = useRead(community.audience, { community_id: a?.community_id ?? '', targets: a?.targets ?? [], roles: a?.roles ?? [], house_kinds: a?.house_kinds ?? [] }, { enabled: ready, keep: true, stale_ms: 10_000 })
  if (!ready) return <p className="hy-muted" role="status">选好范围和身份后显示将发给多少人</p>
  if (q.error) return <p className="hy-red" role="alert">{q.error.message}</p>
  return <p role="status">{q.data ? <><strong>将发给 {countsText(q.data)}</strong>{q.data.unreachable_count > 0 ? <span className="hy-muted">,其中 {q.data.unreachable_count} 人没有登记手机号,收不到</span> : null}</> : '正在计算人数…'}</p>
}
function BodyInput({ value, onChange, id }: Control) {
  const body = (value as string | undefined) ?? ''
  return (
    <div className="nt-side">
      <Input.TextArea {...(id ? { id } : {})} value={body} maxLength={6000} autoSize={{ minRows: 8, maxRows: 20 }} onChange={(e) => onChange?.(e.target.value)} />
      <div className="hy-card" role="region" aria-label="正文预览">{body.trim() ? <NoticeText body={body} /> : <span className="hy-muted">这里显示业户看到的样子</span>}</div>
    </div>
  )
}
