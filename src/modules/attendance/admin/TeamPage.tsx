// One team: its people by date, its history.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { attendance, type Member } from '../contract.ts'
import { VERSION_TONES, said } from '../shown.ts'
import { words } from '../words.ts'
import { TeamDrawer } from './TeamsPage.tsx'

export default function TeamPage() {
  const team_id = useParam('team_id')
  const q = useRead(attendance.team, { team_id })
  const [open, setOpen] = useState<'edit' | 'join'>()
  const [gone, setGone] = useState<Member>()
  const join = useWrite(attendance.join, { in_form: true, done: (a) => `已编入 ${a.people_count} 人` })
  const leave = useWrite(attendance.leave, { in_form: true, done: '已移出' })
  const t = q.data
  const close = (): void => { setOpen(undefined); setGone(undefined); join.reset(); leave.reset() }
  return (
    <>
      <DetailPage
        title={t?.name ?? '考勤组'} loading={q.loading} error={q.error} retry={q.retry} back="/attendance/teams"
        actions={t ? <><CanButton can={t.can.write} words={words} onClick={() => setOpen('edit')}>修改</CanButton><CanButton type="primary" can={t.can.people} words={words} onClick={() => setOpen('join')}>编入员工</CanButton></> : null}
        facts={t ? [['小区', t.community_name], ['人数', String(t.people_count)], ['工时制', said('hours', t.hours)], ...(t.permit ? [['批准文号', t.permit] as const] : []), ['打卡地点', t.place_names.join('、') || '不限地点'], ['门禁通行', t.doors ? '算打卡' : '不算'], ['拍照', t.photo ? '须拍照' : '选拍'], ['排班', <Go key="r" to={`/attendance/roster?team_id=${team_id}`}>排班表</Go>]] : []}
        tabs={t ? [
          { key: 'people', label: '人员', badge: t.people_count, children: () => <RowsTable<Member> cards label="人员" rows={t.members} row_key="member_id" empty="还没有人" columns={[{ key: 'name', title: '姓名', width: 110, show: (r) => <Go to={`/staff/employees/${r.employee_id}`}>{r.name}</Go> }, { key: 'no', title: '工号', width: 100 }, { key: 'post_name', title: '岗位', width: 130 }, { key: 'from_on', title: '起', width: 110 }, { key: 'to_on', title: '止', width: 110, show: (r) => r.to_on ?? '—' }, { key: 'has_account', title: '手机打卡', width: 100, show: (r) => (r.has_account ? '可以' : '没有账号') }, { key: 'made_by_name', title: '登记人', width: 100 }, { key: 'act', title: '操作', width: 80, show: (r) => (t.can.write === true && (r.to_on === null || r.to_on >= today()) ? <Button size="small" onClick={() => setGone(r)}>移出</Button> : null) }]} /> },
          { key: 'versions', label: '沿革', children: () => <RowsTable cards label="沿革" rows={t.versions} row_key="version_id" empty="没有" columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['version']} tones={VERSION_TONES} /> }, { key: 'name', title: '名称', width: 140 }, { key: 'hours', title: '工时制', width: 100, show: (r) => said('hours', r.hours) }, { key: 'place_names', title: '打卡地点', width: 180, show: (r) => r.place_names.join('、') || '不限地点' }, { key: 'basis', title: '依据', width: 180 }, { key: 'made_at', title: '登记', width: 190, show: (r) => `${r.made_by_name} ${instant(r.made_at)}` }]} /> },
        ] : []}
      />
      {t && open === 'edit' ? <TeamDrawer team={t} community_id={t.community_id} close={close} /> : null}
      {t && open === 'join' ? <FormDrawer open onClose={close} title={`编入 ${t.name}`} call={attendance.join} loading={join.running} submitError={join.error} fixed={{ team_id }} fields={['from_on', { name: 'employee_ids', wide: true, control: (c) => <PeopleInput {...c} team_id={team_id} /> }]} initial={{ from_on: today(), employee_ids: [] }} onSubmit={async (i) => { if (await join.run(i)) close() }} /> : null}
      {gone ? <FormDrawer open onClose={close} title={`把 ${gone.name} 移出`} call={attendance.leave} loading={leave.running} submitError={leave.error} fixed={{ member_id: gone.member_id }} fields={['to_on', 'reason']} initial={{ to_on: today() }} onSubmit={async (i) => { if (await leave.run(i)) close() }} /> : null}
    </>
  )
}
const named = (e: { employee_id: string; name: string; no: string; post_name: string }) => ({ value: e.employee_id, label: `${e.name}(${e.no})${e.post_name}` })
function PeopleInput({ value, onChange, team_id }: Control & { team_id: string }) {
  const [q] = useState({ team_id, on_day: today() })
  const everybody = useRead(attendance.candidates, { ...q, page_size: 200 })
  const ids = (value as string[] | undefined) ?? []
  return (
    <div className="hy-stack">
      <SearchSelect multiple max={200} label="员工" placeholder="姓名、工号" value={ids} onChange={onChange as (v: unknown) => void} call={attendance.candidates} input={q} option={named} known={everybody.data?.rows.map(named) ?? []} />
      {everybody.data && everybody.data.total > 0 && everybody.data.total <= 200 ? <div><Button size="small" onClick={() => onChange?.(everybody.data!.rows.map((e) => e.employee_id))}>全选没有考勤组的 {everybody.data.total} 人</Button></div> : null}
    </div>
  )
}
