// 考勤设置: shifts, places, the calendar of days off, rules by date.
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useSession } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { attendance, type CalendarDay, type PlaceRow, type PolicyVersion, type Shift } from '../contract.ts'
import { VERSION_TONES, hm, shiftText } from '../shown.ts'
import { words } from '../words.ts'

const yes = (v: boolean): string => (v ? '是' : '否')
export default function SetupPage() {
  const q = useRead(attendance.policy, {})
  const writes = useSession().company_permissions.some((p) => p === '*' || p === 'attendance.setup.write')
  const [open, setOpen] = useState(false)
  const save = useWrite(attendance.savePolicy, { in_form: true, done: (a) => `已设定,${a.from_on} 起` })
  const p = q.data?.now
  const close = (): void => { setOpen(false); save.reset() }
  return (
    <>
      <DetailPage
        title="考勤设置" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setOpen(true)}>设定新规则</Button> : null}
        facts={p ? [['可打上班卡', `上班前 ${p.early_open_minutes} 分钟起`], ['可打下班卡', `下班后 ${p.late_open_minutes} 分钟内`], ['补卡', `每月 ${p.fix_month_max} 次,${p.fix_back_days} 天内`], ['断网打卡', `${p.offline_days} 天内上传,手机误差 ${p.skew_minutes} 分钟`], ['范围外打卡算数', yes(p.out_counts)], ['缺卡日照计工时', yes(p.missing_counts)], ['定位误差', `超过 ${p.accuracy_max_m} 米不判断`], ['每月加班上限', hm(p.overtime_max_minutes)], ['标准日工时', hm(p.day_minutes)], ['最多连续上班', `${p.run_max_days} 天`], ['定位和照片保留', `${p.position_keep_days} 天`], ['依据', p.basis]] : []}
        tabs={q.data ? [{ key: 'shifts', label: '班次', children: () => <Shifts writes={writes} /> }, { key: 'places', label: '打卡地点', children: () => <Places writes={writes} /> }, { key: 'calendar', label: '放假安排', children: () => <Calendar writes={writes} /> }, { key: 'versions', label: '历次规则', children: () => <RowsTable<PolicyVersion & { key: string }> cards label="历次规则" rows={q.data!.rows.map((r) => ({ ...r, key: `${r.from_on} ${r.made_at}` }))} row_key="key" empty="没有" columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['version']} tones={VERSION_TONES} /> }, { key: 'fix', title: '补卡', width: 120, show: (r) => `${r.fix_month_max} 次,${r.fix_back_days} 天内` }, { key: 'overtime', title: '加班上限', width: 90, show: (r) => hm(r.overtime_max_minutes) }, { key: 'out', title: '范围外算数', width: 100, show: (r) => yes(r.out_counts) }, { key: 'basis', title: '依据', width: 260 }, { key: 'made_at', title: '登记', width: 190, show: (r) => `${r.made_by_name} ${instant(r.made_at)}` }]} /> }] : []}
      />
      {open && p ? <FormDrawer open onClose={close} columns={2} title="设定考勤规则" call={attendance.savePolicy} loading={save.running} submitError={save.error} fields={['from_on', 'early_open_minutes', 'late_open_minutes', 'fix_month_max', 'fix_back_days', 'skew_minutes', 'offline_days', 'out_counts', 'missing_counts', 'accuracy_max_m', { name: 'overtime_max_minutes', help: '劳动法 41:36 小时为 2160 分钟' }, 'day_minutes', { name: 'run_max_days', help: '劳动法 38:每周至少休一日' }, { name: 'position_keep_days', help: '到期只删定位和照片' }, { name: 'basis', wide: true }]} initial={{ ...p, from_on: today(), basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </>
  )
}
function Shifts({ writes }: { writes: boolean }) {
  const q = useRead(attendance.shifts, { with_retired: true })
  const save = useWrite(attendance.saveShift, { in_form: true, done: '已保存' })
  const [row, setRow] = useState<Shift | 'new'>()
  const close = (): void => { setRow(undefined); save.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  const fields = ['code', 'name', { name: 'from_on', help: '已用的班次从生效日起按新的时间' }, { name: 'from_time', placeholder: '08:00' }, { name: 'to_time', placeholder: '17:30', help: '不晚于上班的算次日' }, { name: 'break_from', placeholder: '12:00' }, { name: 'break_to', placeholder: '13:30' }, 'late_grace_minutes', 'early_grace_minutes', { name: 'absent_after_minutes', help: '迟到或早退超过的算旷工半天;不填为不算' }, 'sort_no'] as const
  return (
    <div className="hy-stack">
      {writes ? <div><Button onClick={() => setRow('new')}>新增班次</Button></div> : null}
      <RowsTable<Shift> cards label="班次" rows={q.data?.rows ?? []} row_key="shift_id" empty="还没有班次" columns={[{ key: 'code', title: '简称', width: 70 }, { key: 'name', title: '班次', width: 220, show: (r) => <span className="hy-line">{shiftText(r)}{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'break', title: '休息', width: 120, show: (r) => (r.break_from ? `${r.break_from}–${r.break_to}` : '—') }, { key: 'minutes', title: '工时', width: 70, align: 'right', show: (r) => hm(r.minutes) }, { key: 'grace', title: '宽限(迟、早)', width: 120, show: (r) => `${r.late_grace_minutes}、${r.early_grace_minutes} 分钟` }, { key: 'absent', title: '旷工半天', width: 120, show: (r) => (r.absent_after_minutes === null ? '—' : `超过 ${r.absent_after_minutes} 分钟`) }, { key: 'from_on', title: '生效日', width: 105 }, { key: 'next', title: '将改', width: 150, show: (r) => r.versions.filter((v) => v.state === 'future').map((v) => `${v.from_on} 起 ${v.from_time}–${v.to_time}`).join(';') }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: Shift) => <Button size="small" onClick={() => setRow(r)}>修改</Button> }] : [])]} />
      {row ? <FormDrawer open onClose={close} columns={2} title={row === 'new' ? '新增班次' : `修改 ${row.name}`} call={attendance.saveShift} loading={save.running} submitError={save.error} fixed={row === 'new' ? { retired: false } : { shift_id: row.shift_id }} fields={[...fields, ...(row === 'new' ? [] : ['retired' as const]), { name: 'basis', wide: true }]} initial={row === 'new' ? { code: '', name: '', from_on: today(), break_from: null, break_to: null, late_grace_minutes: 5, early_grace_minutes: 0, absent_after_minutes: null, sort_no: 100, basis: '' } : { code: row.code, name: row.name, from_on: today(), from_time: row.from_time, to_time: row.to_time, break_from: row.break_from, break_to: row.break_to, late_grace_minutes: row.late_grace_minutes, early_grace_minutes: row.early_grace_minutes, absent_after_minutes: row.absent_after_minutes, sort_no: row.sort_no, retired: row.retired, basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
function Places({ writes }: { writes: boolean }) {
  const q = useRead(attendance.places, { with_retired: true })
  const save = useWrite(attendance.savePlace, { in_form: true, done: '已保存' })
  const [row, setRow] = useState<PlaceRow | { community_id: string }>()
  const close = (): void => { setRow(undefined); save.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  const old = row && 'place_id' in row ? row : undefined
  return (
    <div className="hy-stack">
      {writes ? <div><PlaceButton onPlace={(p) => setRow({ community_id: p.id })}>新增打卡地点</PlaceButton></div> : null}
      <RowsTable<PlaceRow> cards label="打卡地点" rows={q.data?.rows ?? []} row_key="place_id" empty="还没有打卡地点;考勤组不选地点时不限地点" columns={[{ key: 'name', title: '名称', width: 160, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'community_name', title: '小区', width: 120 }, { key: 'at', title: '纬度,经度', width: 190, show: (r) => `${r.lat}, ${r.lon}` }, { key: 'radius_m', title: '范围', width: 90, show: (r) => `${r.radius_m} 米` }, { key: 'changed_at', title: '修改', width: 190, show: (r) => `${r.changed_by_name} ${instant(r.changed_at)}` }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: PlaceRow) => <Button size="small" onClick={() => setRow(r)}>修改</Button> }] : [])]} />
      {row ? <FormDrawer open onClose={close} title={old ? `修改 ${old.name}` : '新增打卡地点'} call={attendance.savePlace} loading={save.running} submitError={save.error} fixed={old ? { place_id: old.place_id, community_id: old.community_id } : { community_id: row.community_id, retired: false }} fields={['name', { name: 'lat', placeholder: '34.272000', help: '手机定位用的坐标(WGS84),可在现场用手机定位读取' }, { name: 'lon', placeholder: '107.750000' }, 'radius_m', ...(old ? ['retired' as const] : [])]} initial={old ? { name: old.name, lat: old.lat, lon: old.lon, radius_m: old.radius_m, retired: old.retired } : { name: '', radius_m: 300 }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
function Calendar({ writes }: { writes: boolean }) {
  const [search, setSearch] = useSearchState()
  const year = Number(search['year'] ?? today().slice(0, 4))
  const q = useRead(attendance.calendar, { year }, { keep: true })
  const save = useWrite(attendance.saveCalendar, { in_form: true, done: (a) => `已登记 ${a.day_count} 天` })
  const [open, setOpen] = useState(false)
  const close = (): void => { setOpen(false); save.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return (
    <div className="hy-stack">
      <div className="hy-line"><Button onClick={() => setSearch({ year: String(year - 1) })}>上一年</Button><strong>{year} 年</strong><Button onClick={() => setSearch({ year: String(year + 1) })}>下一年</Button>{writes ? <Button onClick={() => setOpen(true)}>登记放假安排</Button> : null}</div>
      {q.data && !q.data.known ? <Alert type="warning" showIcon title={`${year} 年的放假安排还没有登记,周末按休息日、其余按工作日计`} /> : null}
      <RowsTable<CalendarDay> cards label="放假安排" rows={q.data?.rows ?? []} row_key="on_day" empty="没有登记" columns={[{ key: 'on_day', title: '日期', width: 120 }, { key: 'kind', title: '种类', width: 110, show: (r) => <StateTag value={r.kind} words={words.states!['day_kind']} tones={{ holiday: 'bad', rest: 'good', work: 'busy', plain: 'plain' }} /> }, { key: 'name', title: '名称', width: 130 }, { key: 'basis', title: '依据', width: 240 }, { key: 'made_by_name', title: '登记', width: 120 }]} />
      {open ? <FormDrawer open onClose={close} title="登记放假安排" call={attendance.saveCalendar} loading={save.running} submitError={save.error} words={{ kind: words.states!['day_kind'] }} fields={['from_on', 'to_on', { name: 'kind', help: '法定节假日出勤按 300% 计,放假和调休按休息日计' }, 'name', { name: 'basis', wide: true }]} initial={{ kind: 'holiday' }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
