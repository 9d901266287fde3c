// 人脸开门: who agreed to what and until when, whether it is on the controllers and, once over, proved gone from them; the rule of each community, off until it is set.
import { Alert, Button, Space, Tabs, Typography } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { PickFile, Upload } from '../../../ui/Upload.tsx'
import { HousePicker } from '../../people/admin/shared.tsx'
import { doors, type FaceRow, type FaceRuleRow } from '../contract.ts'
import { photoText } from '../../../ui/photo_text.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { PersonPicker, untilReached } from './parts.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、房号' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['face']) }, { kind: 'check', name: 'left', label: '只看未生效' }]
const FILING_COUNT = 100_000
const TEXT = '我们将收集您的正面照片,由本小区门禁控制器提取面部特征,仅用于开门核验。照片在平台加密保存,特征只存放在门禁控制器,不提供给他人,不用于其他目的。人脸不是唯一的开门方式,您可以随时使用门禁卡、手机开门码。您可以随时在手机或服务中心撤回同意,撤回后照片和各门禁控制器中的特征将被删除。不满十四周岁的由监护人同意。'
export default function FacesPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="人脸开门" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'list'} onChange={(k) => setSearch({ tab: k === 'list' ? undefined : k, page: undefined })} destroyOnHidden items={[{ key: 'list', label: '名册', children: <Faces /> }, { key: 'rules', label: '开通规则', children: <Rules /> }]} />
      </div>
    </ReadPage>
  )
}
const spotText = (r: FaceRow): string => (r.state === 'live' ? (r.left_count > 0 ? `${r.left_names.join('、')} 还没有写入` : `${r.spot_count} 台控制器已写入`) : r.left_count > 0 ? `照片已删除;${r.left_names.join('、')} 还没有核对删除` : '照片与各控制器特征已删除并核对')
function Faces() {
  const { place_id } = usePlace()
  const writes = useMay()('doors.face.write')
  const list = useList(doors.faces, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: (d) => untilReached(d?.rows.some((r) => r.left_count > 0)) })
  const end = useWrite(doors.endFace, { in_form: true, done: (a) => (a.left_count > 0 ? `照片已删除;还有 ${a.left_count} 台控制器未核对删除` : '照片已删除') })
  const [open, setOpen] = useState<'new' | FaceRow>()
  const close = (): void => { setOpen(undefined); end.reset() }
  const columns = useMemo((): readonly Column<FaceRow>[] => [
    { key: 'holder_name', title: '姓名', width: 90, always: true }, { key: 'house_label', title: '房号', width: 90 }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states!['face']} tones={{ live: 'good' }} /> },
    { key: 'consented_by', title: '同意', width: 170, show: (r) => `${r.consented_by} ${said('face_way', r.way)},告知书第 ${r.text_no} 版` }, { key: 'guardian', title: '监护人', width: 110, show: (r) => r.guardian ?? '—' }, { key: 'consented_at', title: '同意时间', width: 140, show: (r) => instant(r.consented_at).slice(0, 16) }, { key: 'to_on', title: '止(不含)', width: 100 },
    { key: 'spots', title: '控制器', width: 190, show: (r) => <span className={r.left_count > 0 ? 'hy-red' : ''}>{spotText(r)}{r.only_face ? <span className="hy-red">;只剩人脸,请补卡或开通开门码</span> : null}</span> }, { key: 'ended_at', title: '结束', width: 180, hidden: true, show: (r) => (r.ended_at ? `${instant(r.ended_at).slice(0, 16)} ${r.ended_reason ?? ''}` : '') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 130, show: (r: FaceRow) => <Space size={4}>{r.has_paper ? <Button size="small" href={fileUrl(doors.facePaper, { face_id: r.face_id })} target="_blank">同意书</Button> : null}{r.state === 'live' ? <CanButton size="small" danger can={r.can.end} words={words} onClick={() => setOpen(r)}>停用</CanButton> : null}</Space> }] : []),
  ], [writes])
  const live = list.data?.live_count ?? 0
  return (
    <>
      <ListPage {...list} inside title="人脸名册" name="doors.faces" columns={columns} row_key="face_id" note={live >= FILING_COUNT * 0.9 ? <Alert type="warning" showIcon title={`在用人脸 ${live} 人;达到 10 万人须在 30 个工作日内向省级网信部门备案`} /> : undefined} empty={{ text: '还没有人使用人脸开门' }} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>登记(纸质同意书)</Button> : null} />
      {open === 'new' ? <Register close={close} /> : null}
      {open !== undefined && open !== 'new' ? <ReasonModal open danger title={`停用 ${open.holder_name} 的人脸并删除`} suggestions={['本人到服务中心撤回', '照片不清重新登记']} loading={end.running} submitError={end.error} onClose={close} onConfirm={async (reason) => { if (await end.run({ face_id: open.face_id, reason })) close() }} /> : null}
    </>
  )
}
function PhotoInput({ onChange }: Control) {
  const [url, setUrl] = useState('')
  const [fault, setFault] = useState('')
  const pick = async (file: File): Promise<void> => {
    try {
      const p = await photoText(file)
      setUrl(p.url)
      setFault('')
      onChange?.(p.base64)
    } catch {
      setUrl('')
      setFault('照片打不开,请换一张 JPG 或 PNG')
      onChange?.(undefined)
    }
  }
  return (
    <PickFile accept="image/*" label={url ? '换一张正面照片' : '选择正面照片'} hint="光线均匀、不戴口罩;也可以把照片拖到这里" onPick={pick}>
      {url ? <img src={url} alt="正面照片" style={{ width: 120 }} /> : null}
      {fault ? <span className="hy-red" role="alert">{fault}</span> : null}
    </PickFile>
  )
}
function PaperInput({ onChange }: Control) {
  const [name, setName] = useState('')
  return <div className="hy-stack">{name ? <span>{name}</span> : null}<Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传扫描件" onDone={(f) => { setName(f.name); onChange?.(f.file_id) }} /></div>
}
function Register({ close }: { close: () => void }) {
  const save = useWrite(doors.registerFace, { in_form: true, done: (a) => `已登记,有效至 ${a.to_on}` })
  const minor = (v: Record<string, unknown>): boolean => v['under_14'] === true
  return (
    <FormDrawer
      open onClose={close} title="登记人脸(纸质同意书)" submit="登记" call={doors.registerFace} loading={save.running} submitError={save.error}
      note={<p className="hy-muted">本人自愿,并且已有门禁卡或开门码。不愿意的不得要求,也不得因此区别对待。</p>}
      fields={[{ name: 'person_id', control: (c) => <PersonPicker {...c} /> }, { name: 'house_id', control: (c) => <HousePicker {...c} /> }, 'under_14', { name: 'guardian_person_id', when: minor, control: (c) => <PersonPicker {...c} /> }, { name: 'guardian_relation', when: minor, help: '如:母子' }, { name: 'paper_file_id', wide: true, control: (c) => <PaperInput {...c} /> }, { name: 'photo', wide: true, control: (c) => <PhotoInput {...c} /> }]}
      initial={{ under_14: false, guardian_person_id: null, guardian_relation: null }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function Rules() {
  const { place_id } = usePlace()
  const sets = useMay()('doors.policy.write')
  const rules = useRead(doors.faceRules, place_id ? { community_id: place_id } : {})
  const save = useWrite(doors.saveFaceRule, { in_form: true, done: (a) => `已设定,告知书第 ${a.text_no} 版` })
  const [edit, setEdit] = useState<FaceRuleRow>()
  const close = (): void => { setEdit(undefined); save.reset() }
  return (
    <div className="hy-stack">
      <p className="hy-muted">没有设定的小区不用人脸。停用后,所有照片和控制器里的特征都会删除。</p>
      <RowsTable
        label="开通规则" rows={rules.data?.rows ?? []} row_key="community_id" empty="还没有装门禁的小区"
        columns={[
          { key: 'community_name', title: '小区', width: 140 }, { key: 'enabled', title: '人脸开门', width: 100, show: (r) => <StateTag value={r.enabled ? 'on' : 'off'} words={{ on: '已开放', off: '不用' }} tones={{ on: 'good' }} /> }, { key: 'from_on', title: '生效日', width: 110, show: (r) => r.from_on ?? '—' }, { key: 'text_no', title: '告知书', width: 90, show: (r) => (r.text_no ? `第 ${r.text_no} 版` : '—') }, { key: 'months', title: '有效(月)', width: 85, show: (r) => r.months ?? '—' },
          { key: 'assessed_on', title: '影响评估', width: 160, show: (r) => (r.assessed_on ? `${r.assessed_on} ${r.assessor ?? ''}` : '—') }, { key: 'face_count', title: '在用人脸', width: 90 }, { key: 'next_from_on', title: '将来', width: 150, show: (r) => (r.next_from_on ? `${r.next_from_on} 起${r.next_enabled ? '开放' : '停用'}` : '') },
          ...(sets ? [{ key: 'act', title: '操作', width: 80, show: (r: FaceRuleRow) => <Button size="small" onClick={() => setEdit(r)}>设定</Button> }] : []),
        ]}
      />
      {rules.data?.rows.some((r) => r.enabled && r.consent_text) ? rules.data.rows.filter((r) => r.consent_text).map((r) => <details key={r.community_id}><summary>{r.community_name} 告知同意书第 {r.text_no} 版</summary><Typography.Paragraph style={{ whiteSpace: 'pre-wrap' }}>{r.consent_text}</Typography.Paragraph></details>) : null}
      {edit ? <FormDrawer key={edit.community_id} open onClose={close} title={`${edit.community_name}:人脸开门`} call={doors.saveFaceRule} loading={save.running} submitError={save.error} fixed={{ community_id: edit.community_id }} fields={['from_on', { name: 'enabled', help: '关闭即停用并删除全部人脸' }, 'purpose', { name: 'consent_text', kind: 'area', wide: true, help: '改动后版本加一,此前的同意仍按原版本' }, 'months', { name: 'assessed_on', help: '个人信息保护影响评估,报告至少保存三年' }, 'assessor', 'basis']} initial={{ from_on: today(), enabled: edit.enabled, purpose: edit.purpose ?? '小区人行门开门核验', consent_text: edit.consent_text ?? TEXT, months: edit.months ?? 12, assessed_on: edit.assessed_on, assessor: edit.assessor, basis: edit.basis ?? '人脸识别技术应用安全管理办法' }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
