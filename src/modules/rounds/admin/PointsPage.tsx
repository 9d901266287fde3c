// 点位与路线: where one walks to, in which order, and who walks.
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { rounds, type Crew, type Point, type Route } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { StopsInput } from './inputs.tsx'

export default function PointsPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="点位与路线" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'points'} onChange={(k) => setSearch({ tab: k, page: undefined })} destroyOnHidden items={[{ key: 'points', label: '点位', children: <PointsTab /> }, { key: 'routes', label: '路线', children: <RoutesTab /> }, { key: 'crews', label: '班组', children: <CrewsTab /> }]} />
      </div>
    </ReadPage>
  )
}
const Retired = ({ on }: { on: boolean }) => (on ? <StateTag value="r" words={{ r: '已停用' }} /> : null)
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '点位', placeholder: '名称、位置、点位码' }]
function usePlaces() {
  const { places } = useSession()
  const { place_id } = usePlace()
  return { options: places.map((p) => ({ value: p.id, label: p.name })), first: place_id ?? places[0]?.id }
}

function PointsTab() {
  const { place_id } = usePlace()
  const { options, first } = usePlaces()
  const writes = useMay()('rounds.plan.write')
  const [edit, setEdit] = useState<Point | 'new'>()
  const list = useList(rounds.points, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const columns: readonly Column<Point>[] = [
    { key: 'name', title: '点位', width: 150, always: true, show: (r) => <span className="hy-line">{r.name}<Retired on={r.retired} /></span> }, { key: 'place', title: '具体位置', width: 160 }, { key: 'building_name', title: '楼栋', width: 100 }, { key: 'code', title: '点位码', width: 110, show: (r) => <span className="hy-num">{r.code}</span> },
    { key: 'proof', title: '到位证明', width: 130, show: (r) => <span className="hy-line">{said('point_proof', r.proof)}{r.proof === 'screen' && writes ? <a href={`/staff/rounds/screen/${r.point_id}`} target="_blank" rel="noreferrer">打开码屏</a> : null}</span> },
    { key: 'route_count', title: '所在路线', width: 80, align: 'right' }, { key: 'last_at', title: '最近到点', width: 140, show: (r) => (r.last_at ? instant(r.last_at) : '—') }, { key: 'community_name', title: '小区', width: 100 },
    ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: Point) => <Button size="small" onClick={() => setEdit(r)}>修改</Button> }] : []),
  ]
  return (
    <>
      <ListPage {...list} inside title="点位" name="rounds.points" columns={columns} row_key="point_id" empty={{ text: '还没有点位' }} actions={<>{first ? <Button href={fileUrl(rounds.pointLabels, { community_id: first })} target="_blank">打印标签</Button> : null}{writes ? <Button type="primary" onClick={() => setEdit('new')}>新增点位</Button> : null}</>} />
      {edit ? <PointDrawer row={edit === 'new' ? undefined : edit} places={options} first={first} close={() => setEdit(undefined)} /> : null}
    </>
  )
}
interface Places { places: readonly { value: string; label: string }[]; first: string | undefined; close: () => void }
function PointDrawer({ row, places, first, close }: Places & { row: Point | undefined }) {
  const save = useWrite(rounds.savePoint, { in_form: true, done: (a) => `已保存,点位码 ${a.code}` })
  const [community_id, setCommunity] = useState(row?.community_id ?? first)
  const tree = useRead(property.tree, {}, { stale_ms: 60_000 })
  const buildings = (tree.data?.communities ?? []).find((c) => c.community_id === community_id)?.buildings ?? []
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改 ${row.name}` : '新增点位'} call={rounds.savePoint} loading={save.running} submitError={save.error} fixed={row ? { point_id: row.point_id } : {}} words={{ proof: words.states?.['point_proof'] }}
      fields={[{ name: 'name', placeholder: '如:地下水泵房' }, { name: 'community_id', kind: 'select', options: places, disabled: row !== undefined }, { name: 'building_id', kind: 'select', options: buildings.map((b) => ({ value: b.building_id, label: b.name })) }, { name: 'place', placeholder: '如:负一层 A 区东侧' }, { name: 'proof', help: 'NFC 和动态码翻拍无用,用在重要点位' }, { name: 'nfc_id', when: (v) => v['proof'] === 'nfc', placeholder: '04A1B2C3' }, { name: 'lat', placeholder: '如 34.274512' }, { name: 'lon', placeholder: '如 107.752310', help: '选填;可在检查记录里把一次定位设为点位位置' }, 'retired']}
      follows={(changed) => { if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { building_id: null } } return undefined }}
      initial={row ? { name: row.name, community_id: row.community_id, building_id: row.building_id, place: row.place, proof: row.proof, nfc_id: row.nfc_id, lat: row.lat, lon: row.lon, retired: row.retired } : { name: '', ...(first ? { community_id: first } : {}), building_id: null, place: '', proof: 'scan', nfc_id: null, lat: null, lon: null, retired: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

function RoutesTab() {
  const { place_id } = usePlace()
  const { options, first } = usePlaces()
  const routes = useRead(rounds.routes, place_id ? { community_id: place_id } : {})
  const writes = useMay()('rounds.plan.write')
  const [edit, setEdit] = useState<Route | 'new'>()
  if (routes.error) return <ErrorBlock error={routes.error} retry={routes.retry} />
  if (!routes.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit('new')}>新增路线</Button></div> : null}
      <RowsTable
        label="路线" rows={routes.data.rows} row_key="route_id" empty="还没有路线:先登记点位,再排成路线"
        columns={[
          { key: 'name', title: '路线', width: 160, show: (r) => <span className="hy-line">{r.name}<Retired on={r.retired} /></span> }, { key: 'stops', title: '点位', width: 360, show: (r) => <span>{r.stops.slice(0, 6).map((s) => s.point_name).join(r.ordered ? ' → ' : '、')}{r.stops.length > 6 ? ` 等 ${r.stops.length} 个` : ''}</span> },
          { key: 'ordered', title: '顺序', width: 80, show: (r) => (r.ordered ? '按顺序' : '不限') }, { key: 'plan_count', title: '执行计划', width: 90, align: 'right', show: (r) => r.plan_count || '—' }, { key: 'version_no', title: '版本', width: 60, align: 'right' }, { key: 'community_name', title: '小区', width: 100 },
          { key: 'act', title: '操作', width: 180, show: (r) => <span className="hy-line">{writes ? <Button size="small" onClick={() => setEdit(r)}>修改</Button> : null}<Button size="small" href={fileUrl(rounds.pointLabels, { community_id: r.community_id, route_id: r.route_id })} target="_blank">标签</Button><Go to={`/rounds/tasks?route_id=${r.route_id}`}>任务</Go></span> },
        ]}
      />
      {edit ? <RouteDrawer row={edit === 'new' ? undefined : edit} places={options} first={first} close={() => setEdit(undefined)} /> : null}
    </div>
  )
}
function RouteDrawer({ row, places, first, close }: Places & { row: Route | undefined }) {
  const save = useWrite(rounds.saveRoute, { in_form: true, done: (a) => `已保存,第 ${a.version_no} 版` })
  const [community_id, setCommunity] = useState(row?.community_id ?? first ?? '')
  return (
    <FormDrawer
      open onClose={close} width={620} title={row ? `修改 ${row.name}` : '新增路线'} call={rounds.saveRoute} loading={save.running} submitError={save.error} fixed={row ? { route_id: row.route_id } : {}}
      fields={['name', { name: 'community_id', kind: 'select', options: places, disabled: row !== undefined }, { name: 'ordered', help: '没有按顺序走的会标为可疑' }, { name: 'stops', wide: true, control: (c) => <StopsInput {...c} community_id={community_id} /> }, 'retired']}
      follows={(changed) => { if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { stops: [] } } return undefined }}
      initial={row ? { name: row.name, community_id: row.community_id, ordered: row.ordered, retired: row.retired, stops: row.stops.map((s) => ({ point_id: s.point_id, checklist_id: s.checklist_id, travel_seconds: s.travel_seconds })) } : { name: '', ...(first ? { community_id: first } : {}), ordered: true, retired: false, stops: [] }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

function CrewsTab() {
  const { place_id } = usePlace()
  const { options, first } = usePlaces()
  const crews = useRead(rounds.crews, place_id ? { community_id: place_id } : {})
  const writes = useMay()('rounds.plan.write')
  const [edit, setEdit] = useState<Crew | 'new'>()
  if (crews.error) return <ErrorBlock error={crews.error} retry={crews.retry} />
  if (!crews.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit('new')}>新增班组</Button></div> : null}
      <RowsTable
        label="班组" rows={crews.data.rows} row_key="crew_id" empty="还没有班组;计划不选班组时,该小区有权的人都可以做"
        columns={[{ key: 'name', title: '班组', width: 150, show: (r) => <span className="hy-line">{r.name}<Retired on={r.retired} /></span> }, { key: 'members', title: '成员', width: 420, show: (r) => r.members || '—' }, { key: 'community_name', title: '小区', width: 110 }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: Crew) => <Button size="small" onClick={() => setEdit(r)}>修改</Button> }] : [])]}
      />
      {edit ? <CrewDrawer row={edit === 'new' ? undefined : edit} places={options} first={first} close={() => setEdit(undefined)} /> : null}
    </div>
  )
}
function CrewDrawer({ row, places, first, close }: Places & { row: Crew | undefined }) {
  const save = useWrite(rounds.saveCrew, { in_form: true, done: '已保存' })
  const [community_id, setCommunity] = useState(row?.community_id ?? first)
  const people = useRead(rounds.crews, community_id ? { community_id } : {})
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改 ${row.name}` : '新增班组'} call={rounds.saveCrew} loading={save.running} submitError={save.error} fixed={row ? { crew_id: row.crew_id } : {}}
      fields={[{ name: 'name', placeholder: '如:秩序一班' }, { name: 'community_id', kind: 'select', options: places, disabled: row !== undefined }, { name: 'account_ids', kind: 'many', options: (people.data?.people ?? []).map((p) => ({ value: p.account_id, label: `${p.name}${p.post ? `(${p.post})` : ''}` })), help: '名单是在该小区有「执行巡查」权限的员工' }, 'retired']}
      follows={(changed) => { if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { account_ids: [] } } return undefined }}
      initial={row ? { name: row.name, community_id: row.community_id, account_ids: row.account_ids, retired: row.retired } : { name: '', ...(first ? { community_id: first } : {}), account_ids: [], retired: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
