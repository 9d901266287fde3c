// 社区活动: what is planned and what was, with how many come.
import { Button } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { community, type ActivityDetail, type ActivityRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { AreaInput } from './AreaInput.tsx'

export const ACTIVITY_TONES = { draft: 'plain', open: 'good', over: 'plain', cancelled: 'bad' } as const
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '名称' }, { kind: 'select', name: 'kind', label: '种类', options: optionsOf(words.states!['activity_kind']) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['activity']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '活动日期' }]
const COLUMNS: readonly Column<ActivityRow>[] = [
  { key: 'title', title: '名称', width: 220, always: true }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states!['activity']} tones={ACTIVITY_TONES} /> }, { key: 'kind', title: '种类', width: 90, show: (r) => said('activity_kind', r.kind) }, { key: 'from_at', title: '时间', width: 200, show: (r) => `${instant(r.from_at)}–${instant(r.to_at).slice(11)}` }, { key: 'place', title: '地点', width: 160 },
  { key: 'taken_count', title: '报名', width: 110, show: (r) => `${r.taken_count}${r.capacity === null ? '' : ` / ${r.capacity}`} 人` }, { key: 'waiting_count', title: '候补', width: 90, show: (r) => (r.waiting_count ? `${r.waiting_count} 人` : '') }, { key: 'came_count', title: '签到', width: 90, show: (r) => (r.came_count ? `${r.came_count} 人` : '') }, { key: 'sign_until_at', title: '报名截止', width: 150, hidden: true }, { key: 'community_name', title: '小区', width: 110, hidden: true }, { key: 'made_by_name', title: '发起人', width: 90, hidden: true },
]
export default function ActivitiesPage() {
  const { place_id } = usePlace()
  const go = useGo()
  const writes = useMay()('community.activity.write')
  const [open, setOpen] = useState(false)
  const list = useList(community.activities, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <>
      <ListPage {...list} title="社区活动" name="community.activities" columns={COLUMNS} row_key="activity_id" href={(r) => `/community/activities/${r.activity_id}`} actions={writes ? <Button type="primary" onClick={() => setOpen(true)}>发起活动</Button> : null} empty={{ text: '没有符合条件的活动' }} />
      {open ? <ActivityDrawer close={(id) => { setOpen(false); if (id) go(`/community/activities/${id}`) }} /> : null}
    </>
  )
}
export function ActivityDrawer({ row, close }: { row?: ActivityDetail; close: (activity_id?: string) => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(community.saveActivity, { in_form: true, done: (a) => (a.moved_up > 0 ? `已保存,候补补上 ${a.moved_up} 个报名` : '已保存') })
  const fixed = row?.state === 'open'
  return (
    <FormDrawer
      open onClose={() => close()} columns={2} title={row ? `修改 ${row.title}` : '发起活动'} call={community.saveActivity} loading={save.running} submitError={save.error} words={{ kind: words.states!['activity_kind'] }}
      fixed={row ? { activity_id: row.activity_id } : {}} note={<p className="hy-muted">{fixed ? '时间或地点改了,已报名和候补的人会收到消息;名额加了,候补按先后补上。' : '活动都是免费的;收费的请用场地预约或有偿服务。'}</p>}
      fields={[
        { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: fixed }, { name: 'kind', kind: 'select', disabled: fixed, help: '志愿服务按人登记时长' }, { name: 'title', wide: true }, { name: 'place', wide: true }, { name: 'from_at', control: momentControl }, { name: 'to_at', control: momentControl }, { name: 'sign_until_at', control: momentControl }, { name: 'capacity', help: '空为不限' },
        { name: 'party_max', when: (v) => v['kind'] !== 'volunteer' }, { name: 'roles', kind: 'many', options: optionsOf(words.states!['role']) }, { name: 'body', wide: true, control: (c) => <AreaInput {...c} max={4000} />, help: '# 开头是小标题,- 开头是列项,**两边加星号** 是粗体' },
      ]}
      initial={row ? { community_id: row.community_id, kind: row.kind, title: row.title, place: row.place, from_at: row.from_at, to_at: row.to_at, sign_until_at: row.sign_until_at, capacity: row.capacity, party_max: row.party_max, roles: row.roles, body: row.body } : { community_id: place_id ?? places[0]?.id ?? '', kind: 'activity', capacity: 30, party_max: 2, roles: ['owner', 'tenant', 'household'] }}
      onSubmit={async (i) => { const done = await save.run({ ...i, party_max: i.kind === 'volunteer' ? 1 : (i.party_max ?? 1) }); if (done) close(done.activity_id) }}
    />
  )
}
