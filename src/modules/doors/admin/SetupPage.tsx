// 门禁设置: controllers with their doors, the address for the installer, the rules of doors by date.
import { Button, Space, Typography } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { doors, type ControllerRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { BuildingPicker } from './parts.tsx'

type DoorOf = ControllerRow['doors'][number]
type Edit = { what: 'controller'; row?: ControllerRow } | { what: 'door'; k: ControllerRow; row?: DoorOf } | { what: 'address'; row: ControllerRow } | { what: 'policy' }
export default function SetupPage() {
  const { place_id, places } = usePlace()
  const rules = useMay()('doors.policy.write')
  const list = useRead(doors.controllers, { with_retired: true, ...(place_id ? { community_id: place_id } : {}) }, { refresh_ms: 15_000 })
  const controller = useWrite(doors.saveController, { in_form: true, done: '已保存' })
  const door = useWrite(doors.saveDoor, { in_form: true, done: (a) => (a.adopted_count > 0 ? `已保存;这一路此前的 ${a.adopted_count} 条记录已归入` : '已保存') })
  const [edit, setEdit] = useState<Edit>()
  const close = (): void => { setEdit(undefined); controller.reset(); door.reset() }
  return (
    <ReadPage title="门禁设置" loading={list.loading} error={list.error} retry={list.retry} actions={<>{rules ? <Button onClick={() => setEdit({ what: 'policy' })}>门禁规则</Button> : null}<Button type="primary" onClick={() => setEdit({ what: 'controller' })}>新增控制器</Button></>}>
      {edit?.what === 'address' ? <Address row={edit.row} close={close} /> : null}
      {(list.data?.rows ?? []).length === 0 ? <p className="hy-card hy-muted">还没有控制器</p> : null}
      {(list.data?.rows ?? []).map((k) => (
        <section key={k.controller_id} className="hy-card hy-stack" aria-label={k.name}>
          <div className="hy-line" style={{ flexWrap: 'wrap' }}>
            <strong>{k.name}</strong><span className="hy-muted">{k.community_name}</span>{k.retired ? <StateTag value="r" words={{ r: '停用' }} /> : k.online ? <StateTag value="on" words={{ on: '在线' }} tones={{ on: 'good' }} /> : <span className="hy-red">离线 {k.heard_at ? instant(k.heard_at) : '从未连接'}</span>}
            <span className="hy-muted">名单 {k.list_count} 条{k.left_count ? `,待下发 ${k.left_count}` : ''}</span><span className="hy-muted">{k.verified_at ? `回读一致 ${instant(k.verified_at).slice(5, 16)}` : '还没有回读'}</span>{k.mismatch_count > 0 ? <span className="hy-red">回读连续 {k.mismatch_count} 次不一致</span> : null}{k.batch_tries >= 3 ? <span className="hy-red">下发 {k.batch_tries} 次未确认</span> : null}{k.clock_off_s !== null && Math.abs(k.clock_off_s) > 2 ? <span className="hy-red">时钟差 {k.clock_off_s} 秒</span> : null}
            <Space size={4}><Button size="small" onClick={() => setEdit({ what: 'controller', row: k })}>修改</Button><Button size="small" onClick={() => setEdit({ what: 'address', row: k })}>接入地址</Button><Button size="small" onClick={() => setEdit({ what: 'door', k })}>加门</Button></Space>
          </div>
          <RowsTable label={`${k.name} 的门`} rows={k.doors} row_key="door_id" empty="还没有门" columns={[{ key: 'port_no', title: '路', width: 50 }, { key: 'name', title: '门', width: 180, show: (d) => <span className="hy-line">{d.name}{d.retired ? <StateTag value="r" words={{ r: '停用' }} /> : null}</span> }, { key: 'kind', title: '种类', width: 100, show: (d) => said('kind', d.kind) }, { key: 'place', title: '位置', width: 160 }, { key: 'fire_release', title: '消防释放', width: 90, show: (d) => (d.fire_release ? '释放' : '不释放') }, { key: 'held_s', title: '开门超时', width: 90, show: (d) => `${d.held_s} 秒` }, { key: 'act', title: '操作', width: 80, show: (d: DoorOf) => <Button size="small" onClick={() => setEdit({ what: 'door', k, row: d })}>修改</Button> }]} />
        </section>
      ))}
      {edit?.what === 'controller' ? <FormModal key={edit.row?.controller_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增控制器'} call={doors.saveController} loading={controller.running} submitError={controller.error} fixed={edit.row ? { controller_id: edit.row.controller_id, community_id: edit.row.community_id } : { retired: false }} fields={[...(edit.row ? [] : [{ name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }]), 'name', 'serial_no', ...(edit.row ? ([{ name: 'new_secret', help: '旧地址立即失效,要到控制器上改成新地址' }, 'retired'] as const) : [])]} initial={{ community_id: edit.row?.community_id ?? place_id ?? places[0]?.id ?? '', name: edit.row?.name ?? '', serial_no: edit.row?.serial_no ?? null, retired: edit.row?.retired ?? false, ...(edit.row ? { new_secret: false } : {}) }} onSubmit={async (i) => { if (await controller.run(i)) close() }} /> : null}
      {edit?.what === 'door' ? <FormDrawer key={edit.row?.door_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : `${edit.k.name}:加门`} call={doors.saveDoor} loading={door.running} submitError={door.error} words={{ kind: words.states!['kind'] }} fixed={{ controller_id: edit.k.controller_id, ...(edit.row ? { door_id: edit.row.door_id } : { retired: false }) }} fields={['name', 'port_no', 'kind', { name: 'building_id', control: (c) => <BuildingPicker {...c} community_id={edit.k.community_id} /> }, { name: 'unit_no', help: '单元门填写,只对本单元住户开放' }, { name: 'fire_release', help: '疏散出口必须释放(GB 50396 9.0.1)' }, 'held_s', ...(edit.row ? (['retired'] as const) : [])]} initial={{ name: edit.row?.name ?? '', port_no: edit.row?.port_no ?? Math.max(0, ...edit.k.doors.map((d) => d.port_no)) + 1, kind: edit.row?.kind ?? 'unit', building_id: edit.row?.building_id ?? null, unit_no: edit.row?.unit_no ?? null, fire_release: edit.row?.fire_release ?? true, held_s: edit.row?.held_s ?? 30, retired: edit.row?.retired ?? false }} onSubmit={async (i) => { if (await door.run(i)) close() }} /> : null}
      {edit?.what === 'policy' ? <PolicyModal close={close} /> : null}
    </ReadPage>
  )
}
function Address({ row, close }: { row: ControllerRow; close: () => void }) {
  const address = useRead(doors.controllerAddress, { controller_id: row.controller_id }, { stale_ms: 0 })
  return (
    <div className="hy-card" role="region" aria-label="接入地址">
      <p>{row.name} 的接入地址(填到控制器的平台地址):</p>
      {address.data ? <Typography.Paragraph copyable code>{`${location.origin}${address.data.path}`}</Typography.Paragraph> : <p className="hy-muted">{address.error ? address.error.message : '正在读取'}</p>}
      <Button size="small" onClick={close}>收起</Button>
    </div>
  )
}
function PolicyModal({ close }: { close: () => void }) {
  const policy = useRead(doors.policy, {})
  const save = useWrite(doors.savePolicy, { in_form: true, done: '已设定' })
  if (!policy.data) return null
  return <FormModal open onClose={close} title="门禁规则" call={doors.savePolicy} loading={save.running} submitError={save.error} note={<p className="hy-muted">现行补卡工本费 {yen(policy.data.now.card_fee_fen)}{policy.data.next_from_on ? `;${policy.data.next_from_on} 起另有新规则` : ''}</p>} fields={['from_on', { name: 'keep_days', help: '过后自动删除' }, 'card_fee_fen', 'qr_step_s', 'visitors_open', { name: 'offline_alarm_min', help: '超过后通知值班人员,没有人确认就升级' }, 'basis']} initial={{ ...policy.data.now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
