// 打卡记录: every punch with its clock, place and picture.
import { fileUrl } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { Go } from '../../../ui/address.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { attendance, type PunchRow } from '../contract.ts'
import { PLACE_TONES, said } from '../shown.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '员工', placeholder: '姓名、工号' }, { kind: 'days', names: ['from_on', 'to_on'], label: '日期' }, { kind: 'select', name: 'way', label: '方式', options: optionsOf(words.states!['way']) }, { kind: 'select', name: 'place_state', label: '位置', options: optionsOf(words.states!['place']) }, { kind: 'check', name: 'doubt', label: '手机时间可疑' }]
const COLUMNS: readonly Column<PunchRow>[] = [
  { key: 'name', title: '姓名', width: 100, always: true, show: (r) => <Go to={`/staff/employees/${r.employee_id}`}>{r.name}</Go> }, { key: 'at', title: '时间', width: 145 }, { key: 'which', title: '上下班', width: 80, show: (r) => said('which', r.which) || '—' }, { key: 'way', title: '方式', width: 70, show: (r) => said('way', r.way) },
  { key: 'place_state', title: '位置', width: 95, show: (r) => <StateTag value={r.place_state} words={words.states!['place']} tones={PLACE_TONES} /> }, { key: 'place_name', title: '地点', width: 150, show: (r) => `${r.place_name ?? ''}${r.distance_m === null ? '' : ` 距 ${r.distance_m} 米`}${r.accuracy_m === null ? '' : `,误差 ${r.accuracy_m} 米`}` },
  { key: 'clock', title: '时间依据', width: 140, show: (r) => <StateTag value={r.clock} words={words.states!['clock']} tones={{ server: 'good', moved: 'warn', doubt: 'bad', door: 'busy' }} /> }, { key: 'device_at', title: '手机时间', width: 145, show: (r) => (r.device_at ? instant(r.device_at) : '') }, { key: 'received_at', title: '收到时间', width: 145 },
  { key: 'photo', title: '照片', width: 65, show: (r) => (r.has_photo ? <a href={fileUrl(attendance.punchPhoto, { punch_id: r.punch_id })} target="_blank" rel="noreferrer">查看</a> : '') }, { key: 'no', title: '工号', width: 90, hidden: true }, { key: 'community_name', title: '小区', width: 120, hidden: true },
]
export default function PunchesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(attendance.punches, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="打卡记录" name="attendance.punches" columns={COLUMNS} row_key="punch_id" excel={may('attendance.sheet.export') ? attendance.punchesExcel : undefined} empty={{ text: '没有符合条件的打卡' }} />
}
