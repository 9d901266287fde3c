// 考勤组: who is judged by which hours and where one clocks in.
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { Select } from 'antd'
import { attendance, type TeamRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

export default function TeamsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const all = search['all'] === '1'
  const q = useRead(attendance.teams, { ...(place_id ? { community_id: place_id } : {}), with_retired: all })
  const [open, setOpen] = useState<string>()
  return (
    <ReadPage title="考勤组" loading={q.loading} error={q.error} retry={q.retry} actions={<><Button onClick={() => setSearch({ all: all ? undefined : '1' })}>{all ? '只看使用中' : '含停用'}</Button>{may('attendance.team.write') ? <PlaceButton type="primary" onPlace={(p) => setOpen(p.id)}>新增考勤组</PlaceButton> : null}</>}>
      <div className="hy-stack">
        {q.data && q.data.without_count > 0 ? <Alert type="warning" showIcon title={`还有 ${q.data.without_count} 名在册员工没有考勤组,不计考勤`} /> : null}
        <RowsTable<TeamRow> cards label="考勤组" rows={q.data?.rows ?? []} row_key="team_id" empty="还没有考勤组" columns={[{ key: 'name', title: '考勤组', width: 160, show: (r) => <span className="hy-line"><Go to={`/attendance/teams/${r.team_id}`}>{r.name}</Go>{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'community_name', title: '小区', width: 120 }, { key: 'people_count', title: '人数', width: 70, align: 'right' }, { key: 'hours', title: '工时制', width: 110, show: (r) => said('hours', r.hours) }, { key: 'place_names', title: '打卡地点', width: 200, show: (r) => r.place_names.join('、') || '不限地点' }, { key: 'doors', title: '门禁', width: 70, show: (r) => (r.doors ? '算打卡' : '') }, { key: 'photo', title: '拍照', width: 70, show: (r) => (r.photo ? '须拍' : '') }, { key: 'roster', title: '排班', width: 80, show: (r) => <Go to={`/attendance/roster?team_id=${r.team_id}`}>排班表</Go> }]} />
      </div>
      {open ? <TeamDrawer community_id={open} close={() => setOpen(undefined)} /> : null}
    </ReadPage>
  )
}
const PlacesInput = ({ value, onChange }: Control) => {
  const q = useRead(attendance.places, {}, { stale_ms: 30_000 })
  return <Select aria-label="打卡地点" mode="multiple" maxCount={20} allowClear placeholder="不选为不限地点" style={{ width: '100%' }} value={(value as string[] | undefined) ?? []} options={(q.data?.rows ?? []).map((p) => ({ value: p.place_id, label: `${p.name}(${p.radius_m} 米)` }))} onChange={(v: string[]) => onChange?.(v)} />
}
export function TeamDrawer({ team, community_id, close }: { team?: TeamRow; community_id: string | null; close: () => void }) {
  const save = useWrite(attendance.saveTeam, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={team ? `修改 ${team.name}` : '新增考勤组'} call={attendance.saveTeam} loading={save.running} submitError={save.error} words={{ hours: words.states!['hours'] }} fixed={team ? { team_id: team.team_id, community_id } : { community_id, retired: false }}
      fields={['name', 'from_on', 'hours', { name: 'permit', help: '综合计算和不定时工时制须有', when: (i) => i['hours'] !== 'standard' }, { name: 'place_ids', wide: true, control: (c) => <PlacesInput {...c} /> }, { name: 'doors', help: '刷卡、人脸、二维码开门的记录作为打卡' }, 'photo', 'sort_no', ...(team ? ['retired' as const] : []), { name: 'basis', wide: true }]}
      initial={team ? { name: team.name, from_on: today(), hours: team.hours, permit: team.permit, place_ids: team.place_ids, doors: team.doors, photo: team.photo, sort_no: team.sort_no, retired: team.retired, basis: '' } : { name: '', from_on: today(), hours: 'standard', permit: null, place_ids: [], doors: false, photo: false, sort_no: 100, basis: '' }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
