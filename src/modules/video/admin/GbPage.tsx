// 国标设备: what to type into a camera, who is there, who was refused and why; fetch what a device has and pick what becomes a camera.
import { Button, Drawer, Input, Modal, Space, Switch } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { video, type GbChannelRow, type GbDeviceRow } from '../contract.ts'
import { said, saidShort } from '../shown.ts'
import { words } from '../words.ts'
import './video.css'

const AGAIN_MS = 5_000
const ASK_MS = 1_000
type Edit = { what: 'device'; row?: GbDeviceRow; code?: string } | { what: 'setting' }
export default function GbPage() {
  const { place_id, places } = usePlace()
  const [all, setAll] = useState(false)
  const list = useRead(video.gbDevices, { with_retired: all, ...(place_id ? { community_id: place_id } : {}) }, { refresh_ms: AGAIN_MS })
  const [edit, setEdit] = useState<Edit>()
  const [open, setOpen] = useState<GbDeviceRow>()
  const [task, setTask] = useState<{ name: string; task_id: string }>()
  const setting = useWrite(video.saveGbSetting, { in_form: true, done: '已设定' })
  const device = useWrite(video.saveGbDevice, { in_form: true, done: '已保存' })
  const fetching = useWrite(video.fetchCatalog, { invalidates: [] })
  const d = list.data
  const s = d?.setting
  const row = edit?.what === 'device' ? edit.row : undefined
  const known = new Set(d?.rows.map((r) => r.code))
  return (
    <ReadPage title="国标设备" loading={list.loading} error={list.error} retry={list.retry} actions={<><span className="hy-muted">停用的 <Switch size="small" aria-label="显示停用的" checked={all} onChange={setAll} /></span>{s ? <Button type="primary" onClick={() => setEdit({ what: 'device' })}>登记国标设备</Button> : null}</>}>
      <div className="hy-card hy-stack">
        <div className="hy-head"><h2>本平台:抄到摄像机或录像机的「平台接入 / GB28181」里</h2>{d?.may_set ? <Button size="small" onClick={() => setEdit({ what: 'setting' })}>{s ? '修改' : '填写'}</Button> : null}</div>
        {s ? (
          <>
            <div className="vd-type">
              {([['SIP 服务器编号', s.server_code], ['SIP 服务器域', s.domain], ['SIP 服务器地址', s.host], ['SIP 服务器端口', s.port === null ? '视频服务没有运行' : String(s.port)], ['设备编号、口令', '照下面登记的填'], ['注册有效期', '3600 秒'], ['心跳周期', '60 秒,三次没有即离线'], ['协议', 'GB/T 28181-2016,UDP 或 TCP']] as const).map(([k, v]) => <p key={k}><span className="hy-muted">{k}</span><strong className="hy-num">{v}</strong></p>)}
            </div>
            {s.fault ? <p className="hy-red" role="alert">{said('fault', s.fault)}</p> : null}
            {d!.service_at === null ? <p className="hy-red" role="alert">视频服务没有运行:设备注册不上来,请联系管理员启动。</p> : null}
          </>
        ) : <p className="hy-muted">{d?.may_set ? '还没有启用:填写本平台的编号和本机地址后,设备才能注册上来。' : '还没有启用,请公司管理员填写本平台的编号和地址。'}</p>}
      </div>
      <div className="hy-card hy-stack">
        <div className="hy-line"><span>共 {d?.rows.length ?? 0} 台</span><span>在线 {d?.rows.filter((r) => r.online).length ?? 0}</span></div>
        <RowsTable
          label="国标设备" rows={d?.rows ?? []} row_key="gb_device_id" empty="还没有登记国标设备"
          columns={[
            { key: 'name', title: '名称', width: 150, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="r" words={{ r: '停用' }} /> : null}<span className="hy-muted" title={[r.maker, r.model, r.firmware].filter(Boolean).join(' ')}>{[r.maker, r.model, r.firmware].filter(Boolean).join(' ')}</span></span> },
            { key: 'code', title: '国标编号', width: 190 }, ...(place_id ? [] : [{ key: 'community_name', title: '小区', width: 90 }]),
            { key: 'online', title: '状态', width: 75, show: (r) => (r.online === null ? '未注册' : r.online ? <StateTag value="on" words={{ on: '在线' }} tones={{ on: 'good' }} /> : <span className="hy-red">离线</span>) },
            { key: 'heard_at', title: '最近听到', width: 115, show: (r) => (r.heard_at ? instant(r.heard_at).slice(5, 16) : '—') }, { key: 'peer', title: '来自', width: 165, show: (r) => r.peer?.replace(/^(udp|tcp) /, (k) => k.toUpperCase()) ?? '—' }, { key: 'media', title: '取流', width: 60, show: (r) => r.media.toUpperCase() },
            { key: 'channels', title: '通道', width: 125, show: (r) => <span>{r.channel_count} 个,已选 {r.picked_count}{r.catalog_fault ? <span className="hy-red" title={said('fault', r.catalog_fault)}> {saidShort(r.catalog_fault)}</span> : null}</span> },
            { key: 'acts', title: '操作', width: 200, show: (r) => (
              <Space size={4}>
                <Button size="small" onClick={() => setOpen(r)}>通道</Button>
                <CanButton size="small" can={r.can.catalog} words={{ ...words, refusals: { ...words.refusals, 'video.gb_offline': '设备不在线,上线后再取' } }} loading={fetching.running} onClick={() => void fetching.run({ gb_device_id: r.gb_device_id }, r.gb_device_id).then((t) => (t ? setTask({ name: r.name, task_id: t.task_id }) : undefined))}>取目录</CanButton>
                <CanButton size="small" can={r.can.change} words={words} onClick={() => setEdit({ what: 'device', row: r })}>修改</CanButton>
              </Space>
            ) },
          ]}
        />
      </div>
      {d && d.refusals.length > 0 ? (
        <div className="hy-card hy-stack">
          <h2>被拒绝的注册(保留 30 天)</h2>
          <RowsTable
            label="被拒绝的注册" rows={d.refusals.map((r) => ({ ...r, key: `${r.code} ${r.host} ${r.reason}` }))} row_key="key" empty="没有"
            columns={[
              { key: 'last_at', title: '最近一次', width: 130, show: (r) => instant(r.last_at).slice(5, 16) }, { key: 'code', title: '自报的编号', width: 180, show: (r) => r.code || '(空)' }, { key: 'host', title: '来自', width: 120 }, { key: 'times_count', title: '次数', width: 60 },
              { key: 'reason', title: '原因', width: 330, show: (r) => said('gb_reason', r.reason) },
              { key: 'acts', title: '操作', width: 80, show: (r) => (r.reason === 'unknown' && !known.has(r.code) ? <Button size="small" onClick={() => setEdit({ what: 'device', code: r.code })}>登记</Button> : null) },
            ]}
          />
        </div>
      ) : null}
      {edit?.what === 'setting' ? <FormModal open onClose={() => { setEdit(undefined); setting.reset() }} title="本平台" call={video.saveGbSetting} loading={setting.running} submitError={setting.error} fields={[{ name: 'server_code', help: '前 8 位是行政区划,第 11 至 13 位 200;改了以后每台设备都要跟着改' }, { name: 'host', help: '摄像机连得到的这台服务器的地址,不是 127.0.0.1' }]} initial={{ server_code: s?.server_code ?? d?.suggested_code ?? '', host: s?.host ?? '' }} onSubmit={async (i) => { if (await setting.run(i)) setEdit(undefined) }} /> : null}
      {edit?.what === 'device' ? (
        <FormDrawer
          key={row?.gb_device_id ?? edit.code ?? 'new'} open onClose={() => { setEdit(undefined); device.reset() }} title={row ? `修改 ${row.name}` : '登记国标设备'} call={video.saveGbDevice} loading={device.running} submitError={device.error} width={520} words={{ media: words.states!['gb_media'] }}
          fixed={row ? { gb_device_id: row.gb_device_id, community_id: row.community_id } : { retired: false }}
          fields={[...(row ? [] : [{ name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }]), 'name', { name: 'code', help: '20 位;录像机第 11 至 13 位多为 118 或 111,单台摄像机 131 或 132' }, { name: 'password', kind: 'password', ...(row ? { placeholder: '不改则留空' } : {}), help: '在设备里填一样的;每台一个,不要共用' }, { name: 'media', help: '画面断续时改用 TCP' }, { name: 'keep_s', help: '与设备里设的一致;三次没有听到即离线' }, { name: 'alarms', help: '移动侦测、入侵、遮挡、硬盘故障等进报警中心,并留下当时的录像' }, ...(row ? (['retired'] as const) : [])]}
          initial={{ community_id: row?.community_id ?? place_id ?? places[0]?.id ?? '', code: row?.code ?? edit.code ?? '', name: row?.name ?? '', media: row?.media ?? 'udp', keep_s: row?.keep_s ?? 60, alarms: row?.alarms ?? true, retired: row?.retired ?? false }}
          onSubmit={async (i) => { if (await device.run(i)) setEdit(undefined) }}
        />
      ) : null}
      {open ? <Channels key={open.gb_device_id} device={open} close={() => setOpen(undefined)} /> : null}
      {task ? <TaskModal {...task} close={() => { setTask(undefined); list.retry() }} /> : null}
    </ReadPage>
  )
}
function TaskModal({ name, task_id, close }: { name: string; task_id: string; close: () => void }) {
  const q = useRead(video.gbTask, { task_id }, { stale_ms: 0, refresh_ms: ASK_MS })
  const t = q.data
  return (
    <Modal open title={`取目录:${name}`} onCancel={close} footer={<Button onClick={close}>关闭</Button>}>
      <p role="status" className={t?.fault || t?.state === 'no_service' ? 'hy-red' : ''}>{t?.state === 'no_service' ? '视频服务没有运行,没有去取' : t?.state === 'done' ? (t.fault ? said('fault', t.fault) : '目录收全了,点「通道」挑选') : '正在向设备要目录,最多半分钟 …'}</p>
    </Modal>
  )
}
function Channels({ device, close }: { device: GbDeviceRow; close: () => void }) {
  const q = useRead(video.gbChannels, { gb_device_id: device.gb_device_id }, { stale_ms: 0 })
  const pick = useWrite(video.pickChannels, { done: '已选入摄像机' })
  const [chosen, setChosen] = useState<Record<string, { name: string; place: string }>>({})
  const rows = q.data?.rows ?? []
  const free = rows.filter((r) => r.camera_id === null && !r.gone)
  const list = free.filter((r) => chosen[r.gb_channel_id])
  const bad = list.some((r) => chosen[r.gb_channel_id]!.name.trim() === '' || chosen[r.gb_channel_id]!.place.trim() === '')
  const toggle = (r: GbChannelRow, on: boolean): void => setChosen((c) => (on ? { ...c, [r.gb_channel_id]: { name: r.name, place: device.name } } : Object.fromEntries(Object.entries(c).filter(([k]) => k !== r.gb_channel_id))))
  const set = (id: string, change: Partial<{ name: string; place: string }>): void => setChosen((c) => ({ ...c, [id]: { ...c[id]!, ...change } }))
  return (
    <Drawer
      open size={860} onClose={close} title={`${device.name} 的通道`}
      extra={<Space><Button disabled={free.length === 0} onClick={() => setChosen(Object.fromEntries(free.map((r) => [r.gb_channel_id, chosen[r.gb_channel_id] ?? { name: r.name, place: device.name }])))}>全选</Button><Button type="primary" loading={pick.running} disabled={list.length === 0 || bad} title={bad ? '名称和位置都要填' : undefined} onClick={() => void pick.run({ gb_device_id: device.gb_device_id, channels: list.map((r) => ({ gb_channel_id: r.gb_channel_id, ...chosen[r.gb_channel_id]! })) }).then((done) => (done ? setChosen({}) : undefined))}>选入摄像机({list.length})</Button></Space>}
    >
      <p className="hy-muted">选入以后才在监控墙和回放里出现,按「摄像机」的权限看;机位号自动接着编,名称和位置可以再改。</p>
      <RowsTable
        label="通道" rows={rows} row_key="gb_channel_id" empty={q.loading ? '正在读取 …' : device.online ? '还没有目录:点「取目录」' : '还没有目录:设备上线后取'}
        columns={[
          { key: 'on', title: '选', width: 60, show: (r) => (r.camera_id === null ? <Switch size="small" aria-label={`选 ${r.name}`} disabled={r.gone} checked={chosen[r.gb_channel_id] !== undefined} onChange={(v) => toggle(r, v)} /> : null) },
          { key: 'name', title: '设备里的名称', width: 250, show: (r) => <span title={r.code}>{r.name}{r.has_ptz ? <> <StateTag value="p" words={{ p: '云台' }} /></> : null} <span className="hy-muted">{r.code}</span></span> },
          { key: 'state', title: '状态', width: 80, show: (r) => (r.gone ? <span className="hy-red">目录里没有了</span> : r.is_on ? '在线' : <span className="hy-red">离线</span>) },
          { key: 'to', title: '摄像机名称', width: 170, show: (r) => (r.camera_id ? <Go to={`/video/wall?n=1&c=${r.camera_id}`}>{r.camera_name}</Go> : chosen[r.gb_channel_id] ? <Input size="small" aria-label={`${r.name} 的名称`} maxLength={40} value={chosen[r.gb_channel_id]!.name} onChange={(e) => set(r.gb_channel_id, { name: e.target.value })} /> : null) },
          { key: 'place', title: '安装位置', width: 170, show: (r) => (chosen[r.gb_channel_id] && r.camera_id === null ? <Input size="small" aria-label={`${r.name} 的位置`} maxLength={60} value={chosen[r.gb_channel_id]!.place} onChange={(e) => set(r.gb_channel_id, { place: e.target.value })} /> : null) },
        ]}
      />
    </Drawer>
  )
}
