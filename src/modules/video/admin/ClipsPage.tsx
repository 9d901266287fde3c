// 留存片段: what was kept of alarms, passages and by hand, why, until when; watching is a view of its own in the log.
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { video, type ClipRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { KeptModal } from './KeptModal.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '事由、摄像机' }, { kind: 'select', name: 'why', label: '缘由', options: optionsOf(words.states!['why']) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['clip']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
]
const mb = (n: number): string => (n < 1_000_000 ? `${Math.ceil(n / 1000)} KB` : `${(n / 1_000_000).toFixed(1)} MB`)
export default function ClipsPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const camera_id = search['camera_id']
  const list = useList(video.clips, { filters: FILTERS, fixed: { ...(place_id ? { community_id: place_id } : {}), ...(camera_id ? { camera_id } : {}) } })
  const [open, setOpen] = useState<ClipRow>()
  const [hold, setHold] = useState<ClipRow>()
  const holding = useWrite(video.holdClip, { in_form: true, done: '已改' })
  const columns: readonly Column<ClipRow>[] = [
    { key: 'from_at', title: '时间', width: 150, always: true, show: (r) => instant(r.from_at, { seconds: true }) }, { key: 'camera_name', title: '摄像机', width: 130, show: (r) => <Go to={`/video/playback?camera_id=${r.camera_id}&at=${r.from_at}`}>{r.camera_name}</Go> },
    { key: 'why', title: '缘由', width: 70, show: (r) => said('why', r.why) }, { key: 'title', title: '事由', width: 200, show: (r) => (r.alarm_id ? <Go to={`/iot/alarms/${r.alarm_id}`}>{r.title}</Go> : r.title) },
    { key: 'kind', title: '种类', width: 60, show: (r) => said('clip_kind', r.kind) }, { key: 'seconds', title: '时长', width: 70, show: (r) => (r.seconds === null ? '' : `${r.seconds} 秒`) }, { key: 'size', title: '大小', width: 80, show: (r) => (r.size_bytes === null ? '' : mb(r.size_bytes)) },
    { key: 'state', title: '状态', width: 90, show: (r) => <span title={said('fault', r.fault)}><StateTag value={r.state} words={words.states!['clip']} tones={{ kept: 'good', waiting: 'busy', failed: 'bad', deleted: 'plain' }} /></span> },
    { key: 'expires_at', title: '保存到', width: 105, show: (r) => (r.state === 'deleted' ? '' : r.held ? <span title={r.held_reason ?? ''}>长期保全</span> : instant(r.expires_at).slice(0, 10)) }, { key: 'by_name', title: '留存人', width: 90 },
    { key: 'acts', title: '操作', width: 130, show: (r) => <Space size={4}><CanButton size="small" can={r.can.watch} words={words} onClick={() => setOpen(r)}>观看</CanButton><CanButton size="small" can={r.can.hold} words={words} onClick={() => setHold(r)}>{r.held ? '解除' : '保全'}</CanButton></Space> },
  ]
  return (
    <>
      <ListPage {...list} title="留存片段" name="video.clips" columns={columns} row_key="clip_id" empty={{ text: '还没有留存的片段' }} note={camera_id ? <div className="hy-line"><span>只看一台摄像机{list.data?.rows[0] ? `「${list.data.rows[0].camera_name}」` : ''}</span><Button size="small" onClick={() => setSearch({ camera_id: undefined })}>看全部</Button></div> : null} />
      {open ? <KeptModal key={open.clip_id} row={open} close={() => setOpen(undefined)} /> : null}
      {hold ? <ReasonModal open title={hold.held ? `解除「${hold.title}」的保全` : `长期保全「${hold.title}」`} suggestions={hold.held ? ['案件已结', '不再需要'] : ['公安调取', '诉讼证据', '保险理赔']} loading={holding.running} submitError={holding.error} onClose={() => { setHold(undefined); holding.reset() }} onConfirm={async (reason) => { if (await holding.run({ clip_id: hold.clip_id, held: !hold.held, reason })) setHold(undefined) }} /> : null}
    </>
  )
}
