// 网关与接入: the gateway as it stands, operators' platforms that push to it, brokers of others that it listens to.
import { Alert, Button, Modal } from 'antd'
import { useState, type ReactNode } from 'react'
import { nowMs } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { mayWith, useSession } from '../../../ui/session.ts'
import { iot, type BrokerRow, type OperatorRow, type TlsState } from '../contract.ts'
import { LINE_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import './iot.css'

const REFRESH_MS = 5000
interface Told {
  url: string
  token: string | null
}
const refusedOf = (r: { refused_count: number; refused_at: string | null; refused_why: string | null }): string => (r.refused_count === 0 ? '0' : `${r.refused_count}(${instant(r.refused_at)} ${r.refused_why ?? ''})`)
function stateColumns<T extends OperatorRow | BrokerRow>(): Column<T>[] {
  return [
    { key: 'device_count', title: '设备数', width: 75, show: (r) => r.device_count }, { key: 'heard_count', title: '收到', width: 85, show: (r) => r.heard_count }, { key: 'heard_at', title: '最近收到', width: 150, show: (r) => (r.heard_at ? instant(r.heard_at, { seconds: true }) : '还没有收到') }, { key: 'refused_count', title: '拒收', width: 190, align: 'left' as const, show: (r) => <span className={r.refused_count > 0 ? 'hy-red' : ''}>{refusedOf(r)}</span> },
  ]
}
const SOON_MS = 30 * 86_400_000
/** The doors over TLS: where they are, how long the certificate holds, and what is wrong with it. */
function tlsFacts(g: { mqtts_address: string | null; https_address: string | null; tls: TlsState | null }): [string, ReactNode][] {
  const t = g.tls
  const left = t?.valid_until ? Date.parse(t.valid_until) - nowMs() : null
  if (!t?.open) return [['加密接入(TLS)', t?.why ? <span key="w" className="hy-red">没有启用:{t.why}</span> : '没有启用:没有证书(见设备接入文档,或在服务器上运行 npm run heyuan -- certs 生成)']]
  return [
    ['MQTT 地址(TLS)', g.mqtts_address], ['HTTP 地址(TLS)', g.https_address],
    ['证书', <span key="c" className={left !== null && left < SOON_MS ? 'hy-red' : ''}>{t.names} 有效至 {instant(t.valid_until)}{left === null ? '' : left <= 0 ? ',已过期,设备不能加密接入,请换发' : left < SOON_MS ? `,还有 ${Math.ceil(left / 86_400_000)} 天,请换发` : ''}</span>],
    ...(t.why ? [['新证书没有启用', <span key="n" className="hy-red">{t.why};仍用原来的</span>] as [string, ReactNode]] : []),
    ...(t.refused_count > 0 ? [['握手没有成功', `${t.refused_count} 次,最近 ${instant(t.refused_at, { seconds: true })} ${t.refused_why ?? ''}`] as [string, ReactNode]] : []),
  ]
}
export default function ChannelsPage() {
  const page = useRead(iot.channels, {}, { refresh_ms: REFRESH_MS, keep: true })
  const writes = mayWith(useSession().company_permissions, 'iot.channel.write')
  const g = page.data?.gateway
  return (
    <ReadPage title="网关与接入" loading={page.loading} error={page.error} retry={page.retry}>
      {g ? <Facts facts={[['网关', <StateTag key="g" value={g.alive ? 'open' : 'closed'} words={{ open: '运行', closed: '没有运行' }} tones={LINE_TONE} />], ['启动', instant(g.started_at)], ['最近心跳', g.beat_at ? instant(g.beat_at, { seconds: true }) : '—'], ['启动以来', `${g.messages} 条消息,${g.points} 个值,${g.events} 个事件,拒收 ${g.refused}`], ['MQTT 地址', g.mqtt_address ?? '明文接入已关闭'], ['HTTP 地址', g.http_address ?? '明文接入已关闭'], ...tlsFacts(g)]} /> : null}
      <Operators rows={page.data?.operators ?? []} writes={writes} />
      <Brokers rows={page.data?.brokers ?? []} writes={writes} />
    </ReadPage>
  )
}
function ToldOnce({ told, close }: { told: Told; close: () => void }) {
  return (
    <Modal open title="填到平台上的推送地址" onCancel={close} onOk={close} okText="已抄下" cancelButtonProps={{ style: { display: 'none' } }} mask={{ closable: false }}>
      <div className="hy-stack"><Alert type="warning" showIcon title="口令只在这里显示一次,请填到平台上;忘记只能重置。" /><code className="iot-code">{told.token ? `推送地址 ${told.url}\nToken ${told.token}\n消息加密方式选「明文模式」` : `推送地址 ${told.url}\n最后一段是口令,不要公开`}</code></div>
    </Modal>
  )
}
function Operators({ rows, writes }: { rows: readonly OperatorRow[]; writes: boolean }) {
  const stop = useWrite(iot.stopOperator, { done: '已变更' })
  const renew = useWrite(iot.renewOperator)
  const save = useWrite(iot.saveOperator, { in_form: true, done: '已保存' })
  const [editing, setEditing] = useState<OperatorRow | 'new'>()
  const [told, setTold] = useState<Told>()
  const columns: readonly Column<OperatorRow>[] = [
    { key: 'name', title: '运营商平台', width: 170 }, { key: 'kind', title: '平台', width: 175, show: (r) => said('operator', r.kind) }, { key: 'line', title: '状态', width: 85, show: (r) => <StateTag value={r.line} words={{ ...words.states?.['line'], open: '接收中' }} tones={LINE_TONE} /> }, ...stateColumns<OperatorRow>(),
    ...(writes ? [{ key: 'act', title: '操作', width: 220, show: (r: OperatorRow) => <span className="hy-line"><Button size="small" onClick={() => setEditing(r)}>修改</Button><Button size="small" onClick={() => void confirm({ title: `重置「${r.name}」的口令?`, content: '旧口令立即失效,要到平台上换成新的。', ok: '重置', danger: true }).then(async (y) => { if (y) setTold((await renew.run({ operator_id: r.operator_id }, r.operator_id))?.told) })}>重置口令</Button><Button size="small" onClick={() => void stop.run({ operator_id: r.operator_id, stopped: !r.stopped }, r.operator_id)}>{r.stopped ? '启用' : '停用'}</Button></span> }] : []),
  ]
  const one = editing === 'new' ? undefined : editing
  return (
    <div className="hy-stack">
      <div className="hy-line"><b>运营商平台(NB-IoT)</b>{writes ? <Button size="small" type="primary" onClick={() => setEditing('new')}>新增运营商账号</Button> : null}</div>
      <RowsTable cards label="运营商平台" rows={[...rows]} row_key="operator_id" columns={columns} empty="还没有账号:水表、烟感等经 CTWing 或 OneNET 上报时新增" />
      {editing ? <FormDrawer open onClose={() => setEditing(undefined)} width={480} title={one ? `修改 ${one.name}` : '新增运营商账号'} call={iot.saveOperator} loading={save.running} submitError={save.error} fixed={one ? { operator_id: one.operator_id } : {}} words={{ kind: words.states!['operator'] }} fields={[{ name: 'name', placeholder: '如:电信 NB 水表' }, { name: 'kind', kind: 'select', disabled: one !== undefined }]} initial={one ? { name: one.name, kind: one.kind } : { name: '', kind: 'ctwing' }} onSubmit={async (i) => { const a = await save.run(i); if (a) { setEditing(undefined); if (a.told) setTold(a.told) } }} /> : null}
      {told ? <ToldOnce told={told} close={() => setTold(undefined)} /> : null}
    </div>
  )
}
function Brokers({ rows, writes }: { rows: readonly BrokerRow[]; writes: boolean }) {
  const stop = useWrite(iot.stopBroker, { done: '已变更' })
  const save = useWrite(iot.saveBroker, { in_form: true, done: '已保存,网关随即连接' })
  const [editing, setEditing] = useState<BrokerRow | 'new'>()
  const columns: readonly Column<BrokerRow>[] = [
    { key: 'name', title: '外部 MQTT', width: 120 }, { key: 'line', title: '线路', width: 85, show: (r) => <StateTag value={r.line} words={words.states?.['line']} tones={LINE_TONE} /> }, { key: 'host', title: '地址', width: 185, show: (r) => `${r.tls ? 'mqtts' : 'mqtt'}://${r.host}:${r.port}${r.prefix ? `/${r.prefix}` : ''}` }, { key: 'line_why', title: '说明', width: 150, show: (r) => (r.line === 'closed' ? r.line_why : null) }, ...stateColumns<BrokerRow>(),
    ...(writes ? [{ key: 'act', title: '操作', width: 130, show: (r: BrokerRow) => <span className="hy-line"><Button size="small" onClick={() => setEditing(r)}>修改</Button><Button size="small" onClick={() => void stop.run({ broker_id: r.broker_id, stopped: !r.stopped }, r.broker_id)}>{r.stopped ? '启用' : '停用'}</Button></span> }] : []),
  ]
  const one = editing === 'new' ? undefined : editing
  return (
    <div className="hy-stack">
      <div className="hy-line"><b>外部 MQTT 服务器</b>{writes ? <Button size="small" type="primary" onClick={() => setEditing('new')}>新增外部 MQTT</Button> : null}</div>
      <RowsTable cards label="外部 MQTT 服务器" rows={[...rows]} row_key="broker_id" columns={columns} empty="没有外部服务器:设备都连到本系统的网关。要接别家的 MQTT 服务器时新增" />
      {editing ? <FormDrawer open onClose={() => setEditing(undefined)} columns={2} title={one ? `修改 ${one.name}` : '新增外部 MQTT 服务器'} call={iot.saveBroker} loading={save.running} submitError={save.error} fixed={one ? { broker_id: one.broker_id } : {}} fields={['name', { name: 'prefix', placeholder: '没有前缀就空着', help: '设备的主题是 前缀/v1/设备编号/telemetry' }, 'host', 'port', 'tls', { name: 'username' }, { name: 'password', help: one?.has_password ? '不填就保持原来的' : '' }, { name: 'ca', wide: true, more: true, help: one?.has_ca ? '已有证书;不填就保持原来的' : '对方用自签证书时粘贴它的 CA(PEM);公认的 CA 不用填' }]} initial={one ? { name: one.name, host: one.host, port: one.port, tls: one.tls, username: one.username, prefix: one.prefix } : { name: '', host: '', port: 8883, tls: true, username: null, prefix: '' }} onSubmit={async (i) => { if (await save.run(i)) setEditing(undefined) }} /> : null}
    </div>
  )
}
