// 通道与相机: lanes, their cameras, where they push to, what stands on them.
import { Button, Input, QRCode, Typography } from 'antd'
import { useState } from 'react'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { parking, type CameraRow, type LaneRow, type LotDetail } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { Asked, CameraAddress, REACH_NOTE } from './CameraAddress.tsx'

/** A camera's clock that is further off is said. */
const CLOCK_OFF_S = 10
/** Read so often without agreeing, it is a matter for a person. */
const UNEQUAL = 3
/** What the last reading of a camera's list said. */
function ReadBack({ k }: { k: CameraRow }) {
  if (!k.reach_host) return <span className="hy-muted">没有填相机地址</span>
  if (k.read_waiting) return <span className="hy-muted">等待核对</span>
  if (k.read_fault) return <span className="hy-red">{k.read_fault}({k.read_at ? instant(k.read_at) : ''})</span>
  if (!k.read_at) return <span className="hy-muted">还没有核对过</span>
  const off = [k.missing_count ? `缺 ${k.missing_count}` : '', k.extra_count ? `多 ${k.extra_count}` : '', k.wrong_count ? `期限不符 ${k.wrong_count}` : ''].filter(Boolean).join('、')
  if (!off) return <span>一致,{k.read_count} 个({instant(k.read_at)})</span>
  return <span className={k.unequal_count >= UNEQUAL ? 'hy-red' : ''}>{off},{k.unequal_count >= UNEQUAL ? `连续 ${k.unequal_count} 次不一致,请到现场检查` : '正在补发'}({instant(k.read_at)})</span>
}
function ListsState({ lanes }: { lanes: readonly LaneRow[] }) {
  const cameras = lanes.filter((n) => !n.retired).flatMap((n) => n.cameras).filter((k) => !k.retired)
  const left = cameras.filter((k) => (k.list_left ?? 0) > 0 || (k.missing_count ?? 0) + (k.wrong_count ?? 0) + (k.extra_count ?? 0) > 0)
  if (cameras.length === 0) return null
  return left.length > 0 ? <p className="hy-red" role="status">名单还没有在 {left.length} / {cameras.length} 台相机上生效</p> : <p className="hy-muted" role="status">{cameras.length} 台相机的名单都已下发,其中 {cameras.filter((k) => k.verified_at).length} 台读回核对过</p>
}
export function LanesTab({ l }: { l: LotDetail }) {
  const lane = useWrite(parking.saveLane, { in_form: true, done: '已保存' })
  const camera = useWrite(parking.saveCamera, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ what: 'lane'; row?: LaneRow } | { what: 'camera'; lane: LaneRow; row?: CameraRow } | { what: 'address'; row: CameraRow } | { what: 'reach'; row: CameraRow } | { what: 'sign'; row: LaneRow }>()
  const reach = useWrite(parking.saveCameraReach, { in_form: true, done: '已保存,正在访问相机' })
  const readBack = useWrite(parking.readLists, { done: (a) => `正在核对 ${a.camera_count} 台相机${a.without_count ? `,${a.without_count} 台没有填相机地址` : ''}` })
  const close = (): void => { setEdit(undefined); lane.reset(); camera.reset(); reach.reset() }
  const writes = l.can.write === true
  const rows = l.lanes.flatMap((n): { key: string; n: LaneRow; k: CameraRow | null }[] => (n.cameras.length ? n.cameras.map((k) => ({ key: k.camera_id, n, k })) : [{ key: n.lane_id, n, k: null }]))
  return (
    <div className="hy-stack">
      {writes ? <div className="hy-line"><Button type="primary" onClick={() => setEdit({ what: 'lane' })}>新增通道</Button><Button loading={readBack.running} onClick={() => void readBack.run({ lot_id: l.lot_id })}>核对白名单</Button><Button href={fileUrl(parking.laneSigns, { lot_id: l.lot_id, origin: location.origin })} target="_blank">打印二维码</Button></div> : null}
      <ListsState lanes={l.lanes} />
      <RowsTable
        label="通道与相机" cards rows={rows} row_key="key" empty="还没有通道"
        columns={[
          { key: 'lane', title: '通道', width: 140, show: ({ n }) => <span className="hy-line">{n.name}<StateTag value={n.direction} words={words.states!['direction']} tones={{ in: 'good', out: 'busy', both: 'plain' }} />{n.retired ? <StateTag value="r" words={{ r: '停用' }} /> : null}</span> },
          { key: 'zone', title: '通向 · 断网时', width: 110, show: ({ n }) => <div className="pk-wrap">{n.zone_name ?? '全场'} · {said('fail_mode', n.fail_mode)}</div> },
          { key: 'camera', title: '相机', width: 150, show: ({ k }) => (k ? <div className="pk-wrap"><span className={`pk-dot${k.online ? ' pk-dot-on' : ''}`} title={k.online ? '在线' : '离线'} /> {k.name}(看{said('direction', k.direction)}){k.dialect === 'vzenith' ? '' : ` · ${said('dialect', k.dialect)}`}{k.retired ? '(停用)' : ''}</div> : <span className="hy-muted">还没有相机</span>) },
          { key: 'seen', title: '最近心跳', width: 160, show: ({ k }) => (k ? <div className="pk-wrap">{k.seen_at ? <span className={k.online ? '' : 'hy-red'}>{instant(k.seen_at)}</span> : <span className="hy-red">没有连接过</span>}{k.clock_off_s !== null && Math.abs(k.clock_off_s) > CLOCK_OFF_S ? <span className="hy-red"> 时钟差 {k.clock_off_s} 秒</span> : null}<Asked k={k} /></div> : '') },
          { key: 'list', title: '白名单', width: 100, show: ({ k }) => (k ? <div className="pk-wrap">{`${k.list_count} 个${k.list_left ? `,待下发 ${k.list_left}` : ''}`}{k.list_fault ? <span className="hy-red">({k.list_fault})</span> : null}</div> : '') }, { key: 'read', title: '读回核对', width: 160, show: ({ k }) => (k ? <div className="pk-wrap"><ReadBack k={k} /></div> : '') },
          ...(writes ? [{ key: 'act', title: '操作', width: 300, show: ({ n, k }: { n: LaneRow; k: CameraRow | null }) => <span className="hy-line"><Button size="small" onClick={() => setEdit({ what: 'lane', row: n })}>通道</Button>{n.sign ? <Button size="small" onClick={() => setEdit({ what: 'sign', row: n })}>二维码</Button> : null}{k ? <><Button size="small" onClick={() => setEdit({ what: 'camera', lane: n, row: k })}>相机</Button><Button size="small" onClick={() => setEdit({ what: 'address', row: k })}>推送地址</Button><Button size="small" onClick={() => setEdit({ what: 'reach', row: k })}>相机地址</Button></> : null}<Button size="small" onClick={() => setEdit({ what: 'camera', lane: n })}>加相机</Button></span> }] : []),
        ]}
      />
      {edit?.what === 'lane' ? <FormModal key={edit.row?.lane_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增通道'} call={parking.saveLane} loading={lane.running} submitError={lane.error} words={{ direction: words.states!['direction'], fail_mode: words.states!['fail_mode'] }} fields={['name', 'direction', { name: 'zone_id', kind: 'select', options: l.zones.filter((z) => !z.retired).map((z) => ({ value: z.zone_id, label: z.name })), help: '不选为全场' }, 'fail_mode', ...(edit.row ? (['retired'] as const) : [])]} fixed={{ lot_id: l.lot_id, ...(edit.row ? { lane_id: edit.row.lane_id } : { retired: false }) }} initial={{ name: edit.row?.name ?? '', direction: edit.row?.direction ?? 'in', zone_id: edit.row?.zone_id ?? null, fail_mode: edit.row?.fail_mode ?? 'closed', retired: edit.row?.retired ?? false }} onSubmit={async (i) => { if (await lane.run(i)) close() }} /> : null}
      {edit?.what === 'camera' ? <FormModal key={edit.row?.camera_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : `${edit.lane.name}:加相机`} call={parking.saveCamera} loading={camera.running} submitError={camera.error} words={{ direction: words.states!['direction'], dialect: words.states!['dialect'] }} note={<p className="hy-muted">保存后在「推送地址」看要填到相机上的内容,在「相机地址」填平台访问相机的地址和账号。</p>} fields={['name', { name: 'dialect', kind: 'select', ...(edit.row ? { help: '改品牌后,原来填的相机地址和名单状态作废' } : {}) }, { name: 'direction', kind: 'select', options: (['in', 'out'] as const).map((v) => ({ value: v, label: said('direction', v) })) }, { name: 'serial_no', help: '填写后只收这台相机的推送' }, { name: 'channel', help: '一台相机看一条车道时填 1' }, ...(edit.row ? ([{ name: 'new_secret', help: '旧地址立即失效,要到相机上改成新地址' }, 'retired'] as const) : [])]} fixed={{ lane_id: edit.lane.lane_id, ...(edit.row ? { camera_id: edit.row.camera_id } : { retired: false }) }} initial={{ name: edit.row?.name ?? '', direction: edit.row?.direction ?? (edit.lane.direction === 'out' ? 'out' : 'in'), dialect: edit.row?.dialect ?? 'vzenith', channel: edit.row?.channel ?? 1, serial_no: edit.row?.serial_no ?? null, retired: edit.row?.retired ?? false, ...(edit.row ? { new_secret: false } : {}) }} onSubmit={async (i) => { if (await camera.run(i)) close() }} /> : null}
      {edit?.what === 'reach' ? <FormModal key={edit.row.camera_id} open onClose={close} title={`${edit.row.name}:相机地址`} call={parking.saveCameraReach} loading={reach.running} submitError={reach.error} note={<p className="hy-muted">{REACH_NOTE[edit.row.dialect]}</p>} fields={['address', 'user', { name: 'password', control: (c) => <Input.Password autoComplete="new-password" maxLength={60} id={c.id ?? ''} value={(c.value as string | undefined) ?? ''} onChange={(e) => c.onChange?.(e.target.value)} />, help: edit.row.reach_host ? '不改可留空' : '' }, { name: 'plain_ok', help: '只给不支持 Digest 登录的旧相机;密码会以明文在局域网传送' }]} fixed={{ camera_id: edit.row.camera_id }} initial={{ address: edit.row.reach_host ? `http://${edit.row.reach_host}` : null, user: 'admin', plain_ok: false }} onSubmit={async (i) => { if (await reach.run(i)) setEdit({ what: 'address', row: edit.row }) }} /> : null}
      {edit?.what === 'sign' ? <div className="hy-card" role="region" aria-label="通道二维码"><p>{edit.row.name}:车主在栏杆前扫这个码,无牌车取票入场、缴费离场。整套码用「打印二维码」。</p><QRCode value={`${location.origin}/resident/lane/${edit.row.sign}`} size={160} /><Typography.Paragraph copyable code>{`${location.origin}/resident/lane/${edit.row.sign}`}</Typography.Paragraph><Button size="small" onClick={close}>收起</Button></div> : null}
      {edit?.what === 'address' ? <CameraAddress key={edit.row.camera_id} lot_id={l.lot_id} camera={l.lanes.flatMap((n) => n.cameras).find((k) => k.camera_id === edit.row.camera_id) ?? edit.row} close={close} /> : null}
    </div>
  )
}
