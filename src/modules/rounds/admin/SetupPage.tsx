// 巡查设置: checklists with their versions, kinds, the rules, weather.
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { rounds, type Checklist, type Kind } from '../contract.ts'
import { limitsText } from '../judge.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { ItemsInput, freshItem } from './inputs.tsx'
import { SubjectsTab } from './SubjectsTab.tsx'

export default function SetupPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="巡查设置" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'checklists'} onChange={(k) => setSearch({ tab: k })} destroyOnHidden items={[{ key: 'checklists', label: '检查表', children: <ChecklistsTab /> }, { key: 'kinds', label: '种类与部门', children: <KindsTab /> }, { key: 'subjects', label: '秩序问题种类', children: <SubjectsTab /> }, { key: 'policy', label: '巡查规则', children: <PolicyTab /> }, { key: 'weather', label: '天气记录', children: <WeatherTab /> }]} />
      </div>
    </ReadPage>
  )
}
const Retired = ({ on }: { on: boolean }) => (on ? <StateTag value="r" words={{ r: '已停用' }} /> : null)

function ChecklistsTab() {
  const lists = useRead(rounds.checklists, {})
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 60_000 })
  const writes = useMay()('rounds.setup.write')
  const save = useWrite(rounds.saveChecklist, { in_form: true, done: (a) => `已保存,第 ${a.version_no} 版` })
  const [edit, setEdit] = useState<Checklist | 'new'>()
  if (lists.error) return <ErrorBlock error={lists.error} retry={lists.retry} />
  if (!lists.data) return <LoadingBlock />
  const row = edit === 'new' ? undefined : edit
  const close = () => { setEdit(undefined); save.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit('new')}>新增检查表</Button></div> : null}
      <RowsTable
        label="检查表" rows={lists.data.rows} row_key="checklist_id" empty="还没有检查表"
        columns={[
          { key: 'name', title: '检查表', width: 180, show: (l) => <span className="hy-line">{l.name}<Retired on={l.retired} /></span> }, { key: 'kind_name', title: '种类', width: 100 }, { key: 'items', title: '检查项', width: 420, show: (l) => l.items.map((i) => `${i.text}${i.answer === 'number' ? `(${limitsText(i)})` : ''}`).join(';') },
          { key: 'points', title: '满分', width: 65, align: 'right', show: (l) => l.items.reduce((n, i) => n + i.points, 0) }, { key: 'version_no', title: '版本', width: 60, align: 'right' }, { key: 'changed_at', title: '修改时间', width: 145 },
          ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (l: Checklist) => <Button size="small" onClick={() => setEdit(l)}>修改</Button> }] : []),
        ]}
      />
      {edit ? (
        <FormDrawer
          open onClose={close} width={640} title={row ? `修改 ${row.name}` : '新增检查表'} call={rounds.saveChecklist} loading={save.running} submitError={save.error} fixed={row ? { checklist_id: row.checklist_id } : {}}
          fields={['name', { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.kind_id, label: k.name })) }, { name: 'items', wide: true, control: (c) => <ItemsInput {...c} /> }, 'retired']}
          initial={row ? { name: row.name, kind_id: row.kind_id, items: row.items, retired: row.retired } : { name: '', items: [freshItem([])], retired: false }}
          onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
    </div>
  )
}

function KindsTab() {
  const kinds = useRead(rounds.kinds, {})
  const writes = useMay()('rounds.setup.write')
  const save = useWrite(rounds.saveKind, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<Kind | 'new'>()
  if (kinds.error) return <ErrorBlock error={kinds.error} retry={kinds.retry} />
  if (!kinds.data) return <LoadingBlock />
  const row = edit === 'new' ? undefined : edit
  const close = () => { setEdit(undefined); save.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit('new')}>新增种类</Button></div> : null}
      <RowsTable label="巡查种类" rows={kinds.data.rows} row_key="kind_id" empty="还没有种类" columns={[{ key: 'name', title: '种类', width: 160, show: (k) => <span className="hy-line">{k.name}<Retired on={k.retired} /></span> }, { key: 'department', title: '责任部门', width: 160 }, { key: 'sort_no', title: '排序', width: 70, align: 'right' }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (k: Kind) => <Button size="small" onClick={() => setEdit(k)}>修改</Button> }] : [])]} />
      {edit ? <FormModal open onClose={close} title={row ? `修改 ${row.name}` : '新增种类'} call={rounds.saveKind} loading={save.running} submitError={save.error} fixed={row ? { kind_id: row.kind_id } : {}} fields={['name', { name: 'department', help: '统计和得分按部门汇总' }, 'sort_no', 'retired']} initial={row ? { name: row.name, department: row.department, sort_no: row.sort_no, retired: row.retired } : { name: '', department: '', sort_no: 200, retired: false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}

const POLICY = [{ name: 'ahead_days', suffix: '天' }, { name: 'early_minutes', suffix: '分钟' }, { name: 'accept_days', suffix: '天', help: '没有网络时做完的,这些天内补传有效' }, { name: 'skew_minutes', suffix: '分钟', help: '超过即标为可疑' }, { name: 'rotate_seconds', suffix: '秒' }, { name: 'fix_days', suffix: '天', help: '限期整改的默认天数' }, { name: 'positions', help: '开启后,到点检查时手机定位一次(本人可以不允许,会显示给审核人);不跟踪。请先告知员工' }, { name: 'far_m', suffix: '米', help: '已减去手机所报的误差' }, { name: 'speed_kmh', suffix: '公里/小时' }, { name: 'position_days', suffix: '天', help: '到期自动删除,删除后只留下当时的结论' }] as const
function PolicyTab() {
  const policy = useRead(rounds.policy, {})
  const writes = useMay()('rounds.setup.write')
  const save = useWrite(rounds.savePolicy, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  if (policy.error) return <ErrorBlock error={policy.error} retry={policy.retry} />
  if (!policy.data) return <LoadingBlock />
  const { now, versions } = policy.data
  return (
    <div className="hy-stack">
      <div className="hy-line"><span>提前排 <strong>{now.ahead_days}</strong> 天的任务</span><span>可提前 <strong>{now.early_minutes}</strong> 分钟开始</span><span>离线补传 <strong>{now.accept_days}</strong> 天内有效</span><span>手机时间误差 <strong>{now.skew_minutes}</strong> 分钟以上算异常</span><span>动态码 <strong>{now.rotate_seconds}</strong> 秒一换</span><span>整改期限 <strong>{now.fix_days}</strong> 天</span><span>到点定位 <strong>{now.positions ? `记录,离点位 ${now.far_m} 米或每小时 ${now.speed_kmh} 公里以上可疑,留 ${now.position_days} 天` : '不记录'}</strong></span>{writes ? <Button type="primary" onClick={() => setOpen(true)}>修改规则</Button> : null}</div>
      <RowsTable label="历次规则" rows={versions.map((v, i) => ({ ...v, key: `${i}` }))} row_key="key" empty="没有改过,用的是出厂规则" columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'ahead_days', title: '提前排(天)', width: 90 }, { key: 'early_minutes', title: '可提前(分)', width: 90 }, { key: 'accept_days', title: '补传(天)', width: 80 }, { key: 'skew_minutes', title: '误差(分)', width: 80 }, { key: 'rotate_seconds', title: '动态码(秒)', width: 90 }, { key: 'fix_days', title: '整改(天)', width: 80 }, { key: 'created_by_name', title: '设置人', width: 100 }, { key: 'created_at', title: '设置时间', width: 150 }]} />
      {open ? <FormModal open onClose={() => { setOpen(false); save.reset() }} title="修改巡查规则" call={rounds.savePolicy} loading={save.running} submitError={save.error} fields={['from_on', ...POLICY]} initial={{ ...now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}

const MONTH = 30
function WeatherTab() {
  const { places } = useSession()
  const { place_id } = usePlace()
  const community_id = place_id ?? places[0]?.id
  if (!community_id) return <EmptyBlock text="还没有小区" />
  return <WeatherOf key={community_id} community_id={community_id} name={places.find((p) => p.id === community_id)?.name ?? ''} />
}
function WeatherOf({ community_id, name }: { community_id: string; name: string }) {
  const seen = useRead(rounds.weather, { community_id, from_on: addDays(today(), -MONTH), to_on: today() })
  const writes = useMay()('rounds.weather.write')
  const note = useWrite(rounds.noteWeather, { in_form: true, done: (a) => (a.task_count ? `已记录,产生 ${a.task_count} 项天气任务` : '已记录') })
  const [open, setOpen] = useState(false)
  if (seen.error) return <ErrorBlock error={seen.error} retry={seen.retry} />
  if (!seen.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <div className="hy-line"><strong>{name}</strong><span>已连续 <strong>{seen.data.dry_days}</strong> 天无雨雪</span>{writes ? <Button type="primary" onClick={() => setOpen(true)}>记录天气</Button> : null}</div>
      <RowsTable label="天气记录" rows={seen.data.rows.map((r) => ({ ...r, key: `${r.day_on} ${r.weather}` }))} row_key="key" empty="近 30 天没有记录;记录雨雪后才能算干旱天数" columns={[{ key: 'day_on', title: '日期', width: 110 }, { key: 'weather', title: '天气', width: 80, show: (r) => said('weather', r.weather) }, { key: 'note', title: '说明', width: 240 }, { key: 'noted_by_name', title: '记录人', width: 100 }]} />
      {open ? <FormModal open onClose={() => { setOpen(false); note.reset() }} title="记录天气" call={rounds.noteWeather} words={{ weather: words.states?.['weather'] }} loading={note.running} submitError={note.error} fixed={{ community_id }} fields={['day_on', { name: 'weather', help: '今天的雪、冰、汛情会立即产生天气任务' }, 'note']} initial={{ day_on: today(), weather: 'rain', note: null }} onSubmit={async (i) => { if (await note.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
