// 点名设置: assembly points with their codes, beacon gateways with their addresses, tags of staff, the rules by date.
import { Button, Space, Tabs, Typography } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { muster, type GatewayRow, type PointRow, type TagRow } from '../contract.ts'

const off = (r: { retired: boolean }): string => (r.retired ? '已停用' : '使用中')
export default function SetupPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="点名设置" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'points'} onChange={(k) => setSearch({ tab: k === 'points' ? undefined : k })} destroyOnHidden items={[{ key: 'points', label: '集合点', children: <Points /> }, { key: 'gateways', label: '信标网关', children: <Gateways /> }, { key: 'tags', label: '信标工牌', children: <Tags /> }, { key: 'rule', label: '规则', children: <Rules /> }]} />
      </div>
    </ReadPage>
  )
}
function usePlaces() {
  const { place_id, places } = usePlace()
  return { place_id, field: { name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }, first: place_id ?? places[0]?.id ?? '' }
}
function Points() {
  const { place_id, field, first } = usePlaces()
  const list = useRead(muster.points, place_id ? { community_id: place_id } : {})
  const save = useWrite(muster.savePoint, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: PointRow }>()
  const [code, setCode] = useState<{ name: string; url: string }>()
  const close = (): void => { setEdit(undefined); save.reset() }
  const show = async (r: PointRow): Promise<void> => setCode({ name: r.name, url: await (await import('qrcode')).toDataURL(r.code, { margin: 2, width: 480 }) })
  return (
    <div className="hy-stack">
      <div><Button type="primary" onClick={() => setEdit({})}>新增集合点</Button></div>
      {code ? <div className="hy-card" role="region" aria-label="点位码"><p>{code.name}:打印后贴在集合点,员工扫一下登记本人。</p><img src={code.url} alt={`${code.name} 点位码`} style={{ width: 220 }} /><div><Button size="small" onClick={() => setCode(undefined)}>收起</Button></div></div> : null}
      <RowsTable label="集合点" rows={list.data?.rows ?? []} row_key="point_id" empty="还没有集合点" columns={[{ key: 'name', title: '集合点', width: 160 }, { key: 'place', title: '位置', width: 240 }, { key: 'community_name', title: '小区', width: 120 }, { key: 'retired', title: '状态', width: 90, show: off }, { key: 'act', title: '操作', width: 150, show: (r) => <Space size={4}><Button size="small" onClick={() => void show(r)}>点位码</Button><Button size="small" onClick={() => setEdit({ row: r })}>修改</Button></Space> }]} />
      {edit ? <FormModal open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增集合点'} call={muster.savePoint} loading={save.running} submitError={save.error} fixed={edit.row ? { point_id: edit.row.point_id, community_id: edit.row.community_id } : { retired: false }} fields={[...(edit.row ? [] : [field]), 'name', 'place', ...(edit.row ? (['retired'] as const) : [])]} initial={{ community_id: edit.row?.community_id ?? first, name: edit.row?.name ?? '', place: edit.row?.place ?? '', retired: edit.row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
function Gateways() {
  const { place_id, field, first } = usePlaces()
  const list = useRead(muster.gateways, place_id ? { community_id: place_id } : {})
  const save = useWrite(muster.saveGateway, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: GatewayRow }>()
  const [shown, setShown] = useState<GatewayRow>()
  const close = (): void => { setEdit(undefined); save.reset() }
  return (
    <div className="hy-stack">
      <div><Button type="primary" onClick={() => setEdit({})}>新增网关</Button></div>
      {shown ? <Address key={shown.gateway_id} row={shown} close={() => setShown(undefined)} /> : null}
      <RowsTable label="信标网关" rows={list.data?.rows ?? []} row_key="gateway_id" empty="还没有信标网关;没有信标也能点名" columns={[{ key: 'name', title: '网关', width: 160 }, { key: 'zone', title: '区域', width: 200 }, { key: 'heard_at', title: '最近上报', width: 150, show: (r) => (r.heard_at ? instant(r.heard_at).slice(0, 16) : '从未上报') }, { key: 'community_name', title: '小区', width: 120 }, { key: 'retired', title: '状态', width: 90, show: off }, { key: 'act', title: '操作', width: 160, show: (r) => <Space size={4}><Button size="small" onClick={() => setShown(r)}>接入地址</Button><Button size="small" onClick={() => setEdit({ row: r })}>修改</Button></Space> }]} />
      {edit ? <FormModal open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增网关'} call={muster.saveGateway} loading={save.running} submitError={save.error} fixed={edit.row ? { gateway_id: edit.row.gateway_id, community_id: edit.row.community_id } : { retired: false }} fields={[...(edit.row ? [] : [field]), 'name', { name: 'zone', help: '点名册上显示的位置' }, ...(edit.row ? ([{ name: 'new_secret', help: '旧地址立即失效' }, 'retired'] as const) : [])]} initial={{ community_id: edit.row?.community_id ?? first, name: edit.row?.name ?? '', zone: edit.row?.zone ?? '', retired: edit.row?.retired ?? false, ...(edit.row ? { new_secret: false } : {}) }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
function Address({ row, close }: { row: GatewayRow; close: () => void }) {
  const address = useRead(muster.gatewayAddress, { gateway_id: row.gateway_id }, { stale_ms: 0 })
  return (
    <div className="hy-card" role="region" aria-label="接入地址">
      <p>{row.name}:用 POST 上报 {'{"clock": Unix 秒, "sightings": [{"tag": "工牌编号", "at": Unix 秒, "rssi": -60}]}'},每次至多 200 条。</p>
      {address.data ? <Typography.Paragraph copyable code>{`${location.origin}${address.data.path}`}</Typography.Paragraph> : <p className="hy-muted">{address.error ? address.error.message : '正在读取'}</p>}
      <Button size="small" onClick={close}>收起</Button>
    </div>
  )
}
function Tags() {
  const list = useRead(muster.tags, {})
  const save = useWrite(muster.saveTag, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: TagRow }>()
  const close = (): void => { setEdit(undefined); save.reset() }
  return (
    <div className="hy-stack">
      <div><Button type="primary" onClick={() => setEdit({})}>登记工牌</Button></div>
      <RowsTable label="信标工牌" rows={list.data?.rows ?? []} row_key="tag_id" empty="还没有工牌" columns={[{ key: 'no', title: '工牌编号', width: 200 }, { key: 'account_name', title: '员工', width: 140 }, { key: 'retired', title: '状态', width: 90, show: off }, { key: 'act', title: '操作', width: 80, show: (r) => <Button size="small" onClick={() => setEdit({ row: r })}>修改</Button> }]} />
      {edit ? <FormModal open onClose={close} title={edit.row ? `修改 ${edit.row.no}` : '登记工牌'} call={muster.saveTag} loading={save.running} submitError={save.error} fixed={edit.row ? { tag_id: edit.row.tag_id } : { retired: false }} fields={['no', { name: 'account_id', kind: 'select', options: (list.data?.staff ?? []).map((s) => ({ value: s.account_id, label: s.name })) }, ...(edit.row ? (['retired'] as const) : [])]} initial={{ no: edit.row?.no ?? '', account_id: edit.row?.account_id ?? '', retired: edit.row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
function Rules() {
  const sets = useMay()('muster.rule.write')
  const rule = useRead(muster.rule, {})
  const save = useWrite(muster.saveRule, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  const d = rule.data
  if (!d) return null
  return (
    <div className="hy-stack">
      <p>信标定位保存 {d.now.keep_hours} 小时;点名往前看 {d.now.seen_hours} 小时;{d.now.credible_min} 分钟以内的位置可信;点名册姓名保存 {d.now.roll_days} 天。依据:{d.now.basis}{d.next_from_on ? `;${d.next_from_on} 起另有新规则` : ''}</p>
      {sets ? <div><Button onClick={() => setOpen(true)}>设定</Button></div> : null}
      {open ? <FormModal open onClose={() => { setOpen(false); save.reset() }} title="点名规则" call={muster.saveRule} loading={save.running} submitError={save.error} fields={['from_on', { name: 'keep_hours', help: '过后自动删除' }, 'seen_hours', 'credible_min', { name: 'roll_days', help: '结束后多少天删除姓名' }, 'basis']} initial={{ ...d.now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
