// 观看记录: who looked at which camera, when, how long.
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { video, type ViewRow } from '../contract.ts'
import { said, saidShort } from '../shown.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '观看人、摄像机' }, { kind: 'select', name: 'what', label: '看什么', options: optionsOf(words.states!['what']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '日期' }]
const long = (s: number): string => (s < 60 ? `${s} 秒` : `${Math.floor(s / 60)} 分 ${s % 60} 秒`)
const COLUMNS: readonly Column<ViewRow>[] = [
  { key: 'asked_at', title: '时间', width: 150, always: true, show: (r) => instant(r.asked_at, { seconds: true }) }, { key: 'name', title: '观看人', width: 110 }, { key: 'camera_name', title: '摄像机', width: 150 }, { key: 'community_name', title: '小区', width: 110 },
  { key: 'what', title: '看什么', width: 80, show: (r) => said('what', r.what) }, { key: 'from_at', title: '内容', width: 200, show: (r) => r.clip_title ?? (r.from_at ? `从 ${instant(r.from_at, { seconds: true })} 起` : '') },
  { key: 'seconds', title: '看了多久', width: 110, show: (r) => (r.watching ? '正在看' : r.seconds === null ? '' : long(r.seconds)) }, { key: 'way', title: '方式', width: 130, show: (r) => said('way', r.way) }, { key: 'ip', title: '来自', width: 120, show: (r) => r.ip ?? '' }, { key: 'fault', title: '没有画面', width: 120, show: (r) => <span title={said('fault', r.fault)}>{saidShort(r.fault)}</span> },
]
export default function ViewsPage() {
  const { place_id } = usePlace()
  const list = useList(video.views, { filters: FILTERS, fixed: { ...(place_id ? { community_id: place_id } : {}) } })
  return <ListPage {...list} title="观看记录" name="video.views" columns={COLUMNS} row_key="view_id" empty={{ text: '还没有人看过' }} />
}
