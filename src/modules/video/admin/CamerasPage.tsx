// 摄像机: the list with how each is, its address with a test that shows codec and size, what is recorded, what it looks at; the rules of video by date.
import { Button, Modal, Select, Space, Switch } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { doors } from '../../doors/contract.ts'
import { iot } from '../../iot/contract.ts'
import { parking } from '../../parking/contract.ts'
import { property } from '../../property/contract.ts'
import { video, type CameraRow, type LOOKS } from '../contract.ts'
import { said, saidShort } from '../shown.ts'
import { words } from '../words.ts'

const AGAIN_MS = 10_000
const ASK_MS = 1_000
type Edit = { what: 'camera'; row?: CameraRow } | { what: 'recording'; row: CameraRow } | { what: 'policy' }
export default function CamerasPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [all, setAll] = useState(false)
  const list = useRead(video.cameras, { with_retired: all, ...(place_id ? { community_id: place_id } : {}) }, { refresh_ms: AGAIN_MS })
  const [edit, setEdit] = useState<Edit>()
  const [probe, setProbe] = useState<{ name: string; probe_id: string }>()
  const recording = useWrite(video.setRecording, { in_form: true, done: '已设定' })
  const test = useWrite(video.testCamera, { invalidates: [] })
  const [testing, setTesting] = useState<CameraRow>()
  const rows = list.data?.rows ?? []
  return (
    <ReadPage title="摄像机" loading={list.loading} error={list.error} retry={list.retry} actions={<><span className="hy-muted">停用的 <Switch size="small" aria-label="显示停用的" checked={all} onChange={setAll} /></span>{may('video.policy.write') ? <Button onClick={() => setEdit({ what: 'policy' })}>视频规则</Button> : null}{may('video.camera.change') ? <Button type="primary" onClick={() => setEdit({ what: 'camera' })}>新增摄像机</Button> : null}</>}>
      {list.data && list.data.service_at === null ? <p className="hy-card hy-red" role="alert">视频服务没有运行:画面、录像和连接测试都停着,请联系管理员启动。</p> : null}
      <div className="hy-card hy-stack">
        <div className="hy-line"><span>共 {rows.length} 台</span><span>在线 {rows.filter((r) => r.state.online).length}</span>{rows.some((r) => r.state.online === false) ? <span className="hy-red">离线 {rows.filter((r) => r.state.online === false).length}</span> : null}<span>录像 {rows.filter((r) => r.state.recording).length}</span></div>
        <RowsTable
          label="摄像机" rows={rows} row_key="camera_id" empty="还没有登记摄像机"
          columns={[
            { key: 'no', title: '机位号', width: 70 }, { key: 'name', title: '名称', width: 140, show: (r) => <span className="hy-line">{r.can.watch === true ? <Go to={`/video/wall?n=1&c=${r.camera_id}`}>{r.name}</Go> : r.name}{r.retired ? <StateTag value="r" words={{ r: '停用' }} /> : null}{r.has_ptz ? <StateTag value="p" words={{ p: '云台' }} /> : null}{r.host ? <span className="hy-muted">{r.host}</span> : null}</span> },
            { key: 'place', title: '位置', width: 120, show: (r) => { const at = `${place_id ? '' : `${r.community_name} `}${r.place}`; return may('siteplan.plan.read') ? <Go to={`/siteplan?at=camera.${r.camera_id}`}>{at}</Go> : at } },
            { key: 'state', title: '状态', width: 120, show: (r) => (r.state.online === null ? '未检查' : r.state.online ? <span>{<StateTag value="on" words={{ on: '在线' }} tones={{ on: 'good' }} />} {r.state.fault ? <span className="hy-red" title={said('fault', r.state.fault)}>{saidShort(r.state.fault)}</span> : null}</span> : <span className="hy-red" title={said('fault', r.state.fault)}>离线 {saidShort(r.state.fault)}</span>) },
            { key: 'seen', title: '最近有画面', width: 105, show: (r) => (r.state.seen_at ? instant(r.state.seen_at).slice(5, 16) : '—') },
            { key: 'codec', title: '编码', width: 125, show: (r) => (r.state.codec ? `${r.state.width}×${r.state.height} ${r.state.fps ? `${Math.round(r.state.fps)} 帧` : ''}` : '—') },
            { key: 'mode', title: '录像', width: 130, show: (r) => <span>{said('mode', r.mode)}{r.mode === 'always' && r.state.online && !r.state.recording ? <span className="hy-red"> 未在录</span> : null}</span> },
            { key: 'looks_at', title: '对着', width: 105, show: (r) => r.looks_at.map((x) => x.name).join('、') || '—' },
            { key: 'viewer_count', title: '在看', width: 55, show: (r) => r.state.viewer_count || '' },
            { key: 'acts', title: '操作', width: 190, show: (r) => (
              <Space size={4}>
                <CanButton size="small" can={r.can.change} words={words} onClick={() => setEdit({ what: 'camera', row: r })}>修改</CanButton>
                <CanButton size="small" can={r.retired ? 'video.clip_gone' : r.can.change} words={words} onClick={() => setEdit({ what: 'recording', row: r })}>录像</CanButton>
                <CanButton size="small" can={r.can.change} words={words} onClick={() => setTesting(r)}>测试</CanButton>
              </Space>
            ) },
          ]}
        />
      </div>
      {edit?.what === 'camera' ? <CameraDrawer key={edit.row?.camera_id ?? 'new'} row={edit.row} no={Math.max(0, ...rows.map((r) => r.no)) + 1} close={() => setEdit(undefined)} test={(p) => setProbe(p)} /> : null}
      {edit?.what === 'recording' ? <FormModal open onClose={() => { setEdit(undefined); recording.reset() }} title={`${edit.row.name}:录像方式`} call={video.setRecording} loading={recording.running} submitError={recording.error} fixed={{ camera_id: edit.row.camera_id }} words={{ mode: words.states!['mode'], stream: words.states!['stream'] }} fields={['from_on', { name: 'mode', help: '「只留事件前后」保持取流,报警和通行时留片段;「连续录像」另占磁盘' }, { name: 'stream', help: '子码流占用小;取证用主码流' }]} initial={{ from_on: today(), mode: edit.row.mode, stream: edit.row.stream }} onSubmit={async (i) => { if (await recording.run(i)) setEdit(undefined) }} /> : null}
      {edit?.what === 'policy' ? <PolicyModal close={() => setEdit(undefined)} /> : null}
      {testing ? <StartTest key={testing.camera_id} row={testing} run={test} done={(probe_id) => { setTesting(undefined); setProbe({ name: testing.name, probe_id }) }} close={() => setTesting(undefined)} /> : null}
      {probe ? <ProbeModal {...probe} close={() => setProbe(undefined)} /> : null}
    </ReadPage>
  )
}
/** The address as it is kept is read first: the test is of that. */
function StartTest({ row, run, done, close }: { row: CameraRow; run: ReturnType<typeof useWrite<typeof video.testCamera.takes, typeof video.testCamera.gives>>; done: (probe_id: string) => void; close: () => void }) {
  const at = useRead(video.camera, { camera_id: row.camera_id }, { stale_ms: 0 })
  return (
    <Modal open title={`测试 ${row.name}`} onCancel={close} footer={<Button type="primary" loading={at.loading || run.running} disabled={!at.data} onClick={() => void (async () => { const { has_password: _, ...a } = at.data!; const p = await run.run({ camera_id: row.camera_id, community_id: row.community_id, ...a }); if (p) done(p.probe_id) })()}>开始测试</Button>}>
      <p>{row.host}:依次连接主码流和子码流,各取到第一幅画面为止,最多半分钟。</p>
    </Modal>
  )
}
function ProbeModal({ name, probe_id, close }: { name: string; probe_id: string; close: () => void }) {
  const q = useRead(video.probe, { probe_id }, { stale_ms: 0, refresh_ms: ASK_MS })
  const r = q.data?.result
  return (
    <Modal open title={`连接测试:${name}`} onCancel={close} footer={<Button onClick={close}>关闭</Button>}>
      {!r ? <p role="status" className={q.data?.state === 'no_service' ? 'hy-red' : 'hy-muted'}>{q.data?.state === 'no_service' ? '视频服务没有运行,测试没有进行' : '正在连接摄像机 …'}</p> : (
        <div className="hy-stack" role="status">
          {r.ok ? <p><StateTag value="ok" words={{ ok: '通过' }} tones={{ ok: 'good' }} /> 用时 {((r.ms ?? 0) / 1000).toFixed(1)} 秒</p> : <p className="hy-red">{said('fault', r.fault)}</p>}
          {r.device ? <p>{r.device.maker} {r.device.model} {r.device.firmware}{r.has_ptz ? ',能转动' : ''}</p> : null}
          {r.streams.map((s) => <p key={s.stream}>{said('stream', s.stream)}:{s.ok ? `${s.codec} ${s.width}×${s.height},首画面 ${s.first_picture_ms} 毫秒` : <span className="hy-red">{said('fault', s.fault)}</span>}</p>)}
          {r.found.length > 0 ? <p className="hy-muted">摄像机报告的码流:{r.found.map((f) => `${f.name} ${f.codec} ${f.width}×${f.height}`).join(';')}</p> : null}
        </div>
      )}
    </Modal>
  )
}
function BuildingPicker({ value, onChange, id, community_id }: Control & { community_id: string | undefined }) {
  const tree = useRead(property.tree, community_id ? { community_id } : {})
  return <Select {...(id ? { id } : {})} showSearch allowClear optionFilterProp="label" loading={tree.loading} placeholder="不选为小区公共" value={(value as string | null | undefined) ?? null} onChange={(v: string | null) => onChange?.(v ?? null)} options={(tree.data?.communities ?? []).flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: b.name })))} />
}
type Looks = { kind: (typeof LOOKS)[number]; subject_id: string }
function LooksPicker({ value, onChange, id, community_id, known }: Control & { community_id: string | undefined; known: CameraRow['looks_at'] }) {
  const may = useMay()
  const d = useRead(doors.board, community_id ? { community_id } : {}, { enabled: may('doors.door.read') })
  const [typed, setTyped] = useState('')
  const v = useRead(iot.devices, { page_size: 50, ...(typed ? { q: typed } : {}), ...(community_id ? { community_id } : {}) }, { enabled: may('iot.device.read'), keep: true })
  const chosen = useRead(iot.devices, { page_size: 200, retired: true, device_ids: ((value as Looks[] | undefined) ?? []).filter((x) => x.kind === 'device').map((x) => x.subject_id) }, { enabled: may('iot.device.read'), keep: true })
  const n = useRead(parking.lanes, community_id ? { community_id } : {}, { enabled: may('parking.lot.read') })
  const options = new Map<string, string>(known.map((x) => [`${x.kind}:${x.subject_id}`, x.name]))
  for (const x of d.data?.rows ?? []) options.set(`door:${x.door_id}`, `门 ${x.name}`)
  for (const x of [...(chosen.data?.rows ?? []), ...(v.data?.rows ?? [])]) options.set(`device:${x.device_id}`, `设备 ${x.name}`)
  for (const x of n.data?.rows ?? []) options.set(`lane:${x.lane_id}`, `车道 ${x.lot_name} ${x.name}`)
  const list = ((value as Looks[] | undefined) ?? []).map((x) => `${x.kind}:${x.subject_id}`)
  return <Select {...(id ? { id } : {})} mode="multiple" showSearch={{ filterOption: (t, o) => String(o?.value).startsWith('device:') || String(o?.label).includes(t), onSearch: (t) => setTyped(t.trim().slice(0, 40)) }} loading={d.loading || v.loading || n.loading} placeholder="报警、通行和人工开闸时自动留片段" value={list} onChange={(keys: string[]) => onChange?.(keys.map((k) => ({ kind: k.split(':')[0], subject_id: k.split(':')[1] })))} options={[...options].map(([key, label]) => ({ value: key, label }))} />
}
function CameraDrawer({ row, no, close, test }: { row: CameraRow | undefined; no: number; close: () => void; test: (p: { name: string; probe_id: string }) => void }) {
  const { place_id, places } = usePlace()
  const community_id = row?.community_id ?? place_id ?? places[0]?.id
  const at = useRead(video.camera, { camera_id: row?.camera_id ?? '' }, { enabled: row !== undefined, stale_ms: 0 })
  const save = useWrite(video.saveCamera, { in_form: true, done: '已保存' })
  const probe = useWrite(video.testCamera, { invalidates: [] })
  if (row && !at.data) return null
  const a = at.data ?? { source: 'rtsp' as const, main_url: null, sub_url: null, playback_url: null, onvif_url: null, gb_channel_id: null, user: '', has_password: false }
  // Its channel was picked under 国标设备; the rest is as with any camera.
  const gb = a.source === 'gb'
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改 ${row.name}` : '新增摄像机'} call={video.saveCamera} submit="保存并测试" loading={save.running || probe.running} submitError={save.error} width={560}
      fixed={{ ...(row ? { camera_id: row.camera_id, community_id: row.community_id } : { retired: false }), gb_channel_id: a.gb_channel_id, ...(gb ? { source: 'gb' as const, main_url: null, sub_url: null, playback_url: null, onvif_url: null, user: '' } : {}) }} words={{ source: words.states!['source'] }}
      fields={[
        ...(row ? [] : [{ name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }]), 'no', 'name', 'place', { name: 'building_id', control: (c) => <BuildingPicker {...c} community_id={community_id} /> },
        ...(gb ? [] : [{ name: 'source' as const, options: (['rtsp', 'onvif'] as const).map((v) => ({ value: v, label: said('source', v) })), help: '国标设备的通道在「国标设备」里选入' },
        { name: 'onvif_url' as const, placeholder: 'http://192.168.1.64/onvif/device_service', when: (v: Record<string, unknown>) => v['source'] === 'onvif', help: '码流地址由摄像机告诉我们,自动挑选 H.264 的主、子码流' },
        { name: 'main_url' as const, placeholder: 'rtsp://192.168.1.64/Streaming/Channels/101', when: (v: Record<string, unknown>) => v['source'] === 'rtsp' }, { name: 'sub_url' as const, placeholder: 'rtsp://192.168.1.64/Streaming/Channels/102', when: (v: Record<string, unknown>) => v['source'] === 'rtsp', help: '监控墙和录像用子码流;请设为 H.264' },
        'user' as const, { name: 'password' as const, kind: 'password' as const, ...(a.has_password ? { placeholder: '不改则留空' } : {}) }, { name: 'playback_url' as const, help: '海康类:rtsp://录像机/Streaming/tracks/101?starttime={start}&endtime={end};没有录像机则留空', wide: true }]), { name: 'has_ptz', help: gb ? '转动由国标控制' : '转动按 ONVIF 控制' },
        { name: 'looks_at', wide: true, control: (c) => <LooksPicker {...c} community_id={community_id} known={row?.looks_at ?? []} /> }, ...(row ? (['retired'] as const) : []),
      ]}
      initial={{ gb_channel_id: a.gb_channel_id, community_id: community_id ?? '', building_id: row?.building_id ?? null, no: row?.no ?? no, name: row?.name ?? '', place: row?.place ?? '', source: a.source, main_url: a.main_url, sub_url: a.sub_url, playback_url: a.playback_url, onvif_url: a.onvif_url, user: a.user, has_ptz: row?.has_ptz ?? false, looks_at: row?.looks_at.map(({ kind, subject_id }) => ({ kind, subject_id })) ?? [], retired: row?.retired ?? false }}
      onSubmit={async (i) => {
        const done = await save.run(i)
        if (!done) return
        close()
        if (i.retired) return
        const { source, main_url, sub_url, playback_url, onvif_url, gb_channel_id, user } = i
        const p = await probe.run({ camera_id: done.camera_id, community_id: i.community_id, source, main_url, sub_url, playback_url, onvif_url, gb_channel_id, user })
        if (p) test({ name: i.name, probe_id: p.probe_id })
      }}
    />
  )
}
function PolicyModal({ close }: { close: () => void }) {
  const policy = useRead(video.policy, {})
  const save = useWrite(video.savePolicy, { in_form: true, done: '已设定' })
  if (!policy.data) return null
  return <FormModal open onClose={close} title="视频规则" call={video.savePolicy} loading={save.running} submitError={save.error} words={{ alarm_level: words.states!['level'] }} note={policy.data.next_from_on ? <p className="hy-muted">{policy.data.next_from_on} 起另有新规则</p> : null} fields={['from_on', { name: 'keep_days', help: '到期自动删除;不少于 30 日(保安服务管理条例 25)' }, 'clip_days', { name: 'view_days', help: '不少于六个月' }, 'before_s', 'after_s', { name: 'alarm_level', help: '这一级和更高的设备报警' }, 'passages', 'basis']} initial={{ ...policy.data.now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
