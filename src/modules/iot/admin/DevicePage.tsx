// 智能设备: now, history, raw values, events, how it is connected.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { useMay } from '../../../ui/session.ts'
import { DetailPage, Facts } from '../../../ui/pages.tsx'
import { iot, type Device } from '../contract.ts'
import { TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { DeviceDrawer, Secret } from './DeviceDrawer.tsx'
import { MeterPassword } from './BusModels.tsx'
import { ControlTab } from './ControlTab.tsx'
import { EventsTab, HistoryTab, SamplesTab } from './DeviceTabs.tsx'
import './iot.css'

const REFRESH_MS = 5000
type Life = Device['life']
export default function DevicePage() {
  const device_id = useParam('device_id')
  const device = useRead(iot.device, { device_id }, { refresh_ms: REFRESH_MS, keep: true })
  const [editing, setEditing] = useState(false)
  const [life, setLife] = useState<Life>()
  const [settling, setSettling] = useState(false)
  const change = useWrite(iot.setLife, { in_form: true, done: '已变更' })
  const settle = useWrite(iot.settleCounters, { in_form: true, done: '已确认,累计值自此重新起算' })
  const d = device.data
  const may = useMay()
  return (
    <>
      <DetailPage
        title={d ? `${d.no} ${d.name}` : '智能设备'} loading={device.loading} error={device.error} retry={device.retry} back="/iot/devices"
        tags={d ? <><Tag>{d.product_name}</Tag>{d.life === 'retired' ? <Tag>停用</Tag> : <StateTag value={d.state} words={words.states?.['state']} tones={TONE} />}</> : null}
        actions={d && d.life !== 'retired' ? (
          <>
            {d.life === 'active' ? <CanButton can={d.can.maintain} words={words} onClick={() => setLife('maintenance')}>转检修</CanButton> : <CanButton can={d.can.resume} words={words} type="primary" onClick={() => setLife('active')}>恢复在用</CanButton>}
            {d.model.points.some((p) => p.kind === 'counter') ? <CanButton can={d.can.write} words={words} onClick={() => setSettling(true)}>确认换表或清零</CanButton> : null}
            <CanButton can={d.can.retire} words={words} danger onClick={() => setLife('retired')}>停用</CanButton>
            <CanButton can={d.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton>
          </>
        ) : null}
        facts={d ? [['小区', d.community_name], ['安装位置', d.place], ['楼栋', d.building_name], ...(may('siteplan.plan.read') ? [['平面图', <Go key="s" to={`/siteplan?at=device.${d.device_id}`}>在平面图上看</Go>] as const] : []), ['最近上报', instant(d.heard_at, { seconds: true })], ['状态自', instant(d.state_at)], ...(d.refused_why ? [['最近拒收', <span key="r" className="hy-red">{instant(d.refused_at, { seconds: true })} {d.refused_why}</span>] as const] : []), ['设备台账', d.equipment_id ? <Go key="e" to={`/equipment/devices/${d.equipment_id}`}>{d.equipment_name}</Go> : null], ['对应表计', d.meter_id ? <Go key="m" to={`/meters/meters/${d.meter_id}`}>{d.meter_no}</Go> : null], ['检修或停用原因', d.life === 'active' ? null : d.life_reason], ['备注', d.note]] : []}
        tabs={d ? [
          { key: 'now', label: '实时', children: () => <NowTab d={d} /> },
          ...(d.model.commands.length ? [{ key: 'control', label: '控制', children: () => <ControlTab d={d} /> }] : []),
          { key: 'history', label: '历史曲线', children: () => <HistoryTab d={d} /> },
          { key: 'samples', label: '原始数据', children: () => <SamplesTab d={d} /> },
          ...(d.model.events.length ? [{ key: 'events', label: '事件', children: () => <EventsTab d={d} /> }] : []),
          { key: 'link', label: '接入', children: () => <LinkTab d={d} /> },
        ] : []}
      />
      {editing && d ? <DeviceDrawer device={d} close={() => setEditing(false)} /> : null}
      {life && d ? <ReasonModal open title={`${d.name}:${life === 'active' ? '恢复在用' : said('life', life)}`} danger={life === 'retired'} suggestions={life === 'maintenance' ? ['定期检修', '故障维修'] : life === 'retired' ? ['设备更换', '线路拆除'] : ['检修完成']} onClose={() => setLife(undefined)} loading={change.running} submitError={change.error} onConfirm={async (reason) => { if (await change.run({ device_id, life, reason })) setLife(undefined) }} /> : null}
      {settling && d ? <ReasonModal open title={`${d.name}:确认换表或清零`} suggestions={['更换表计', '控制器清零', '核实读数无误']} onClose={() => setSettling(false)} loading={settle.running} submitError={settle.error} onConfirm={async (reason) => { if (await settle.run({ device_id, reason })) setSettling(false) }} /> : null}
    </>
  )
}

function NowTab({ d }: { d: Device }) {
  return (
    <div className="iot-tiles">
      {d.values.map((v) => (
        <div key={v.point} className={`iot-tile${v.fault || v.q === 'bad' ? ' iot-bad' : ''}`}>
          <span className="hy-muted">{v.name}</span><b>{v.text}</b>
          <span className="hy-muted">{v.at ? instant(v.at, { seconds: true }) : '还没有这个值'}{v.q && v.q !== 'good' ? ` · ${said('quality', v.q)}` : ''}</span>
        </div>
      ))}
    </div>
  )
}
function LinkTab({ d }: { d: Device }) {
  const renew = useWrite(iot.renewSecret)
  const [secret, setSecret] = useState<string>()
  if (d.bus_id)
    return (
      <div className="hy-stack">
        <Facts facts={[['接入方式', said('link', d.link)], ['总线', <Go key="b" to={`/iot/buses/${d.bus_id}`}>{d.bus_name}</Go>], ['地址', d.address]]} />
        {d.link === 'dlt645_2007' && d.model.commands.length > 0 ? <MeterPassword d={d} /> : null}
      </div>
    )
  if (d.link === 'gb26875' || d.link === 'hj212') return <Facts facts={[['接入方式', said('link', d.link)], ['地址', d.address], ['接入地址(TCP)', d.tcp_address], ['说明', '协议没有口令,端口只对内网开放']]} />
  if (d.link === 'fire_printer') return <Facts facts={[['接入方式', said('link', d.link)], ['注册包和心跳包', d.address], ['接入地址(TCP)', d.tcp_address], ['说明', '串口服务器接主机的打印口,设为 TCP 客户端;注册包、心跳包都填上面的内容并以换行结束,心跳不超过 5 分钟。没有口令,端口只对内网开放。主机的时钟要准:相差 10 分钟以上的火警只报警,不自动联动']]} />
  if (d.link === 'nbiot') return <Facts facts={[['接入方式', said('link', d.link)], ['平台上的标识', d.address], ['内容格式', said('inner', d.model.inner ?? 'json')], ['说明', '由运营商平台推送,账号和地址在「网关与接入」;推送没有下行,不能下发命令']]} />
  const sample = `{"ts": 1790000000000, ${d.model.points.slice(0, 3).map((p) => `"${p.key}": 1`).join(', ')}}`
  const doors = ([['MQTT', d.mqtt_address], ['MQTT(TLS)', d.mqtts_address], ['HTTP', d.http_address], ['HTTP(TLS)', d.https_address]] as const).flatMap(([name, at]) => (at ? [`${name} ${at}`] : []))
  return (
    <div className="hy-stack">
      <Facts facts={[['接入方式', said('link', d.link)], ...(d.broker_name ? [['外部 MQTT 服务器', d.broker_name] as [string, string], ['说明', '主题前面加上该服务器的主题前缀;账号由该服务器管理'] as [string, string]] : []), ['口令', d.has_secret ? '已设定' : '没有'], ['所属网关', d.gateway_id ? <Go key="g" to={`/iot/devices/${d.gateway_id}`}>{d.gateway_name}</Go> : null], ['上报周期', `${d.model.period_s} 秒`], ['离线判定', `${d.model.offline_after_s} 秒没有上报`]]} />
      <div>账号与接入地址{d.mqtts_address || d.https_address ? '(TLS 的要装入网关证书的 CA)' : ''}:</div>
      <code className="iot-code">{[`账号 ${d.device_id}`, ...(d.broker_name ? [] : doors.length > 0 ? doors : ['网关还没有运行过,地址待其启动后显示'])].join('\n')}</code>
      <div>上报主题与内容(MQTT 3.1.1,客户端编号与用户名都填账号;QoS 1 在入库后才应答):</div>
      <code className="iot-code">{`v1/${d.device_id}/telemetry\n${sample}${d.model.events.length ? `\n\nv1/${d.device_id}/event\n{"id": "设备内唯一编号", "ts": 1790000000000, "kind": "${d.model.events[0]!.key}", "data": {}}` : ''}`}</code>
      {d.can.write === true ? <div><Button loading={renew.running} onClick={() => void confirm({ title: '重置接入口令?', content: '旧口令立即失效,设备要换上新口令才能上报。', ok: '重置', danger: true }).then(async (y) => { if (y) setSecret((await renew.run({ device_id: d.device_id }))?.secret) })}>重置口令</Button></div> : null}
      {secret ? <Secret device_id={d.device_id} secret={secret} close={() => setSecret(undefined)} /> : null}
    </div>
  )
}
