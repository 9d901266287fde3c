// 公告: drafts and what is out, newest first, with how many have read it.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { community, type NoticeRow } from '../contract.ts'
import { words } from '../words.ts'
import { NoticeDrawer } from './NoticeDrawer.tsx'

export const TONES = { draft: 'plain', asked: 'warn', scheduled: 'warn', published: 'good', expired: 'plain', replaced: 'plain', withdrawn: 'bad' } as const
const readText = (r: NoticeRow): string => (r.published_at === null ? '' : `${r.read_count} / ${r.person_count}`)
const COLUMNS: readonly Column<NoticeRow>[] = [
  { key: 'title', title: '标题', width: 260, always: true, show: (r) => <span className="hy-line"><Go to={`/community/notices/${r.notice_id}`}>{r.title}</Go>{r.pinned ? <StateTag value="x" words={{ x: '置顶' }} tones={{ x: 'busy' }} /> : null}{r.urgent ? <StateTag value="x" words={{ x: '紧急' }} tones={{ x: 'bad' }} /> : null}</span> },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states!['notice']} tones={TONES} /> }, { key: 'kind_name', title: '类别', width: 100 }, { key: 'to_text', title: '发给', width: 200 },
  { key: 'published_at', title: '发布时间', width: 170, show: (r) => (r.published_at ? instant(r.published_at) : r.publish_at && r.state === 'scheduled' ? `定于 ${instant(r.publish_at)}` : '') }, { key: 'valid_until_on', title: '有效至', width: 110, show: (r) => r.valid_until_on ?? '长期' },
  { key: 'read_count', title: '已读人数', width: 110, show: readText }, { key: 'confirmed_count', title: '已确认', width: 90, show: (r) => (r.must_confirm && r.published_at ? `${r.confirmed_count}` : '') },
  { key: 'no', title: '公告号', width: 130, hidden: true }, { key: 'community_name', title: '小区', width: 110, hidden: true }, { key: 'made_by_name', title: '拟稿人', width: 90, hidden: true }, { key: 'published_by_name', title: '发布人', width: 90, hidden: true },
]
export default function NoticesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const [open, setOpen] = useState(false)
  const kinds = useRead(community.kinds, { with_retired: true }, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '标题、公告号' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['notice']) }, { kind: 'select', name: 'kind_id', label: '类别', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })) }, { kind: 'days', names: ['from_on', 'to_on'], label: '发布日期' }], [kinds.data])
  const list = useList(community.notices, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const ready = (kinds.data?.rows ?? []).some((k) => !k.retired)
  return (
    <>
      <ListPage
        {...list} title="公告" name="community.notices" columns={COLUMNS} row_key="notice_id" note={kinds.data && !ready ? <NoKinds /> : null}
        actions={may('community.notice.write') && ready ? <Button type="primary" onClick={() => setOpen(true)}>拟写公告</Button> : null} empty={{ text: '没有符合条件的公告' }}
      />
      {open ? <NoticeDrawer close={(id) => { setOpen(false); if (id) go(`/community/notices/${id}`) }} /> : null}
    </>
  )
}
function NoKinds() {
  const may = useMay()('community.kind.write')
  const add = useWrite(community.addUsualKinds, { done: (a) => `已加入 ${a.count} 个类别` })
  return <div className="hy-card hy-line"><span>还没有公告类别,先定类别才能拟写公告。</span>{may ? <><Button type="primary" loading={add.running} onClick={() => void add.run({})}>加入常用类别</Button><Go to="/community/kinds">自己设定</Go></> : <span className="hy-muted">请有「设置公告类别」权限的人设定</span>}</div>
}
