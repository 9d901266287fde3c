// 活动详情: what it is, who comes, the hours of volunteers, and what remains of it afterwards.
import { Button } from 'antd'
import { useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { REPORT_PHOTOS_MAX, community, type ActivityDetail, type SignupRow } from '../contract.ts'
import { NoticeText } from '../NoticeText.tsx'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { ACTIVITY_TONES, ActivityDrawer } from './ActivitiesPage.tsx'
import { AreaInput } from './AreaInput.tsx'
import { FilesInput } from './FilesInput.tsx'

export default function ActivityPage() {
  const activity_id = useParam('activity_id')
  const q = useRead(community.activity, { activity_id }, { stale_ms: 0 })
  const a = q.data
  const facts: [string, React.ReactNode][] = a ? [['小区', a.community_name], ['种类', said('activity_kind', a.kind)], ['时间', `${instant(a.from_at)} 至 ${instant(a.to_at)}`], ['地点', a.place], ['报名截止', instant(a.sign_until_at)], ['谁可以报名', a.roles.map((r) => said('role', r)).join('、')], ['费用', '免费'], ['报名', `${a.taken_count}${a.capacity === null ? '' : ` / ${a.capacity}`} 人`], ['候补', a.waiting_count ? `${a.waiting_count} 人` : null], ['签到', a.came_count ? `${a.came_count} 人` : null], ['发起人', a.made_by_name], ['取消原因', a.ended_reason]] : []
  return (
    <DetailPage
      title={a?.title ?? '活动详情'} loading={q.loading} error={q.error} retry={q.retry} back="/community/activities" tags={a ? <StateTag value={a.state} words={words.states!['activity']} tones={ACTIVITY_TONES} /> : null} actions={a ? <Acts a={a} /> : null} facts={facts.filter(([, v]) => v !== null)}
      tabs={a ? [{ key: 'signups', label: '报名名单', children: () => <Signups a={a} /> }, { key: 'words', label: '说明', children: () => <div className="hy-card" style={{ maxWidth: 760 }}><NoticeText body={a.body} /></div> }, ...(a.state === 'over' ? [{ key: 'report', label: '回顾', children: () => <Report a={a} /> }] : [])] : []}
    />
  )
}
function Acts({ a }: { a: ActivityDetail }) {
  const { activity_id } = a
  const writes = useMay()('community.activity.write')
  const [open, setOpen] = useState<'edit' | 'cancel' | 'sign'>()
  const publish = useWrite(community.openActivity, { done: '已发布,业户可以报名' })
  const cancel = useWrite(community.cancelActivity, { in_form: true, done: (r) => `已取消,通知了 ${r.told} 人` })
  const sign = useWrite(community.signUpFor, { in_form: true, done: (r) => (r.state === 'in' ? '已报名' : '名额已满,已列入候补') })
  if (!writes) return null
  const close = (): void => { setOpen(undefined); cancel.reset(); sign.reset() }
  return (
    <>
      {a.state === 'draft' || a.state === 'open' ? <CanButton can={a.can.edit} words={words} onClick={() => setOpen('edit')}>修改</CanButton> : null}
      {a.state === 'draft' ? <CanButton can={a.can.open} words={words} type="primary" loading={publish.running} onClick={async () => { if (await confirm({ title: `发布「${a.title}」?`, content: '发布后业户可以报名;要告知业户,请另发公告' })) await publish.run({ activity_id }) }}>发布</CanButton> : null}
      {a.state === 'open' ? <><CanButton can={a.can.cancel} words={words} danger onClick={() => setOpen('cancel')}>取消活动</CanButton><CanButton can={a.can.sign} words={words} type="primary" onClick={() => setOpen('sign')}>代业户报名</CanButton></> : null}
      {open === 'edit' ? <ActivityDrawer row={a} close={close} /> : null}
      {open === 'cancel' ? <ReasonModal open danger title={`取消「${a.title}」`} submit="取消活动" suggestions={['天气原因', '报名人数不足', '场地另有安排']} loading={cancel.running} submitError={cancel.error} onClose={close} onConfirm={async (reason) => { if (await cancel.run({ activity_id, reason })) close() }}><p className="hy-muted">已报名和候补的人会收到消息。</p></ReasonModal> : null}
      {open === 'sign' ? (
        <FormModal
          open title="代业户报名" onClose={close} call={community.signUpFor} fixed={{ activity_id }} loading={sign.running} submitError={sign.error} submit="报名" initial={{ people_count: 1, contact_phone: null }}
          fields={[{ name: 'house_id', control: (c) => <SearchSelect {...c} label="房产" call={property.houses} input={{ community_id: a.community_id }} option={(h: { house_id: string; label: string }) => ({ value: h.house_id, label: h.label })} /> }, 'contact_name', { name: 'contact_phone', help: '有电话的能收到变更和候补消息' }, { name: 'people_count', help: `最多 ${a.party_max} 人` }]}
          onSubmit={async (i) => { if (await sign.run(i)) close() }}
        />
      ) : null}
    </>
  )
}
const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['signup']) }, { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、姓名、签到码' }]
function Signups({ a }: { a: ActivityDetail }) {
  const may = useMay()
  const [open, setOpen] = useState<{ row: SignupRow; what: 'cancel' | 'minutes' }>()
  const list = useList(community.signups, { filters: FILTERS, fixed: { activity_id: a.activity_id } })
  const check = useWrite(community.checkIn, { done: '已签到' })
  const cancel = useWrite(community.cancelSignup, { in_form: true, done: '已取消报名' })
  const minutes = useWrite(community.saveMinutes, { in_form: true, done: '已登记时长' })
  const agree = useWrite(community.confirmMinutes, { done: '已确认时长' })
  const close = (): void => { setOpen(undefined); cancel.reset(); minutes.reset() }
  const [writes, checks] = [may('community.activity.write'), may('community.activity.check')]
  const acts = (r: SignupRow) => (
    <span className="hy-line">
      {checks && r.state === 'in' && r.came_at === null ? <CanButton size="small" can={r.can.check_in} words={words} onClick={() => void check.run({ signup_id: r.signup_id }, r.signup_id)}>签到</CanButton> : null}
      {writes && a.kind === 'volunteer' && r.came_at !== null && r.confirmed_by_name === null ? <CanButton size="small" can={r.can.minutes} words={words} onClick={() => setOpen({ row: r, what: 'minutes' })}>{r.minutes === null ? '登记时长' : '改时长'}</CanButton> : null}
      {may('community.hours.confirm') && r.minutes !== null && r.confirmed_by_name === null ? <CanButton size="small" can={r.can.confirm} words={words} onClick={() => void agree.run({ signup_id: r.signup_id }, r.signup_id)}>确认时长</CanButton> : null}
      {writes && r.can.cancel === true && a.state === 'open' ? <Button size="small" danger onClick={() => setOpen({ row: r, what: 'cancel' })}>取消</Button> : null}
    </span>
  )
  const columns: readonly Column<SignupRow>[] = [
    { key: 'contact_name', title: '姓名', width: 100, always: true }, { key: 'house_label', title: '房号', width: 100 }, { key: 'no', title: '序号', width: 70 }, { key: 'contact_phone_masked', title: '电话', width: 120 }, { key: 'people_count', title: '人数', width: 70 }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states!['signup']} tones={{ in: 'good', waiting: 'warn', cancelled: 'plain' }} /> }, { key: 'came_at', title: '签到', width: 150 },
    ...(a.kind === 'volunteer' ? [{ key: 'minutes', title: '时长', width: 190, show: (r: SignupRow) => (r.minutes === null ? '' : `${r.minutes} 分钟,${r.confirmed_by_name ? `${r.confirmed_by_name} 已确认` : `${r.minutes_by_name} 登记,待确认`}`) } as const] : []),
    { key: 'code', title: '签到码', width: 90, hidden: true }, { key: 'made_at', title: '报名时间', width: 150, hidden: true }, { key: 'ended_reason', title: '取消原因', width: 140, hidden: true }, { key: 'acts', title: '办理', width: 200, always: true, show: acts },
  ]
  return (
    <>
      <ListPage {...list} inside title="报名名单" name="community.signups" columns={columns} row_key="signup_id" excel={may('community.activity.export') ? community.signupsExcel : undefined} empty={{ text: '没有符合条件的报名' }} />
      {open?.what === 'cancel' ? <ReasonModal open danger title={`取消 ${open.row.contact_name} 的报名`} submit="取消报名" suggestions={['业户来电取消', '重复报名']} loading={cancel.running} submitError={cancel.error} onClose={close} onConfirm={async (reason) => { if (await cancel.run({ signup_id: open.row.signup_id, reason })) close() }}><p className="hy-muted">空出的名额由候补按先后补上。</p></ReasonModal> : null}
      {open?.what === 'minutes' ? <FormModal open title={`${open.row.contact_name} 的服务时长`} onClose={close} call={community.saveMinutes} fields={[{ name: 'minutes', suffix: '分钟', help: '由另一人确认后计入' }]} fixed={{ signup_id: open.row.signup_id }} initial={{ minutes: open.row.minutes ?? Math.min(1440, Math.round((Date.parse(a.to_at) - Date.parse(a.from_at)) / 60_000)) }} loading={minutes.running} submitError={minutes.error} onSubmit={async (i) => { if (await minutes.run(i)) close() }} /> : null}
    </>
  )
}
function Report({ a }: { a: ActivityDetail }) {
  const writes = useMay()('community.activity.write')
  const [open, setOpen] = useState(false)
  const save = useWrite(community.saveReport, { in_form: true, done: '已保存,业户可以看到' })
  const url = (file_id: string): string => fileUrl(community.activityPhoto, { activity_id: a.activity_id, file_id })
  return (
    <div className="hy-card hy-stack" style={{ maxWidth: 760 }}>
      {a.report ? <><NoticeText body={a.report} /><div className="nt-pictures">{a.photo_ids.map((id, i) => <a key={id} href={url(id)} target="_blank" rel="noreferrer"><img src={url(id)} alt={`照片 ${i + 1}`} /></a>)}</div><p className="hy-muted">{a.report_by_name} {a.report_at ? instant(a.report_at) : ''}</p></> : <p className="hy-muted">还没有回顾</p>}
      {writes ? <div><CanButton can={a.can.report} words={words} onClick={() => setOpen(true)}>{a.report ? '修改回顾' : '写回顾'}</CanButton></div> : null}
      {open ? <FormModal open title="活动回顾" onClose={() => { setOpen(false); save.reset() }} call={community.saveReport} fixed={{ activity_id: a.activity_id }} initial={{ report: a.report ?? '', photo_ids: a.photo_ids }} loading={save.running} submitError={save.error} fields={[{ name: 'report', control: (c) => <AreaInput {...c} max={4000} /> }, { name: 'photo_ids', help: '上传前请确认照片中的人同意', control: (c) => <FilesInput {...c} picture max={REPORT_PHOTOS_MAX} known={a.photo_ids.map((file_id, i) => ({ file_id, name: `照片 ${i + 1}` }))} /> }]} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
