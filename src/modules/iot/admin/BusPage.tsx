// One bus: what each address answers, test reads, raw frames, a list of devices brought in at once.
import { Button, Input, Tag } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { iot, type BusOne, type Model, type TaskResult } from '../contract.ts'
import { LINE_TONE, lineText, said } from '../shown.ts'
import { words } from '../words.ts'
import { BusDrawer } from './BusesPage.tsx'
import { ModelsTab } from './BusModels.tsx'
import { ScanTab } from './BusScan.tsx'
import { ProductDrawer } from './ProductDrawer.tsx'
import './iot.css'

const REFRESH_MS = 5000
export default function BusPage() {
  const bus_id = useParam('bus_id')
  const bus = useRead(iot.bus, { bus_id }, { refresh_ms: REFRESH_MS, keep: true })
  const writes = useMay()('iot.bus.write')
  const stop = useWrite(iot.stopBus, { done: '已变更' })
  const [editing, setEditing] = useState(false)
  /** What the list begins with; null: closed. */
  const [importing, setImporting] = useState<string | null>(null)
  const b = bus.data
  return (
    <>
      <DetailPage
        title={b?.name ?? '总线'} loading={bus.loading} error={bus.error} retry={bus.retry} back="/iot/buses" tags={b ? <><Tag>{said('protocol', b.protocol)}</Tag><StateTag value={b.line} words={words.states?.['line']} tones={LINE_TONE} /></> : null}
        actions={b && writes ? <><Button loading={stop.running} onClick={() => void confirm({ title: b.line === 'stopped' ? '启用这条总线?' : '停用这条总线?', content: b.line === 'stopped' ? '网关随即连接并轮询。' : '停用后其上的设备不再轮询,过时即显示离线。', ok: b.line === 'stopped' ? '启用' : '停用' }).then((y) => (y ? stop.run({ bus_id, stopped: b.line !== 'stopped' }) : undefined))}>{b.line === 'stopped' ? '启用' : '停用'}</Button><Button onClick={() => setEditing(true)}>修改</Button><Button type="primary" onClick={() => setImporting('')}>导入设备清单</Button></> : null}
        facts={b ? [['小区', b.community_name], [b.serial ? '串口' : '地址', b.serial ? `${b.serial.path}(${lineText(b)})` : lineText(b)], ['轮询周期', `${b.settings.period_s} 秒`], ['应答时限', `${b.settings.timeout_ms} 毫秒`], ['排队', b.waiting_count], ['说明', b.line_why], ['更新', instant(b.changed_at, { seconds: true })]] : []}
        tabs={b ? [{ key: 'slaves', label: '设备与统计', children: () => <SlavesTab b={b} /> }, { key: 'models', label: '型号与命令', children: () => <ModelsTab b={b} /> }, ...(writes ? [{ key: 'test', label: '试读', children: () => <TestTab b={b} /> }, ...(b.protocol === 'bacnet_ip' ? [] : [{ key: 'scan', label: '扫描', children: () => <ScanTab b={b} register={setImporting} /> }])] : []), { key: 'frames', label: '原始报文', children: () => <FramesTab b={b} /> }] : []}
      />
      {editing && b ? <BusDrawer bus={b} close={() => setEditing(false)} /> : null}
      {importing !== null && b ? <ImportDrawer b={b} begin={importing} close={() => setImporting(null)} /> : null}
    </>
  )
}
function SlavesTab({ b }: { b: BusOne }) {
  return (
    <RowsTable
      label="设备与统计" rows={b.slaves} row_key="address" empty="总线上还没有设备,点「导入设备清单」"
      columns={[{ key: 'address', title: '地址', width: 140 }, { key: 'device_name', title: '设备', width: 180, show: (r) => (r.device_id ? <Go to={`/iot/devices/${r.device_id}`}>{r.device_name}</Go> : <span className="hy-muted">试读过,未登记</span>) }, { key: 'asked', title: '问', width: 70 }, { key: 'answered', title: '答', width: 70 }, { key: 'timeouts', title: '超时', width: 70 }, { key: 'bad', title: '错帧', width: 70 }, { key: 'late', title: '迟到', width: 70 }, { key: 'refused', title: '拒绝', width: 70 }, { key: 'rtt_ms', title: '耗时(毫秒)', width: 95 }, { key: 'last_ok_at', title: '最近应答', width: 150, show: (r) => instant(r.last_ok_at, { seconds: true }) }, { key: 'last_why', title: '最近失败', width: 160, show: (r) => (r.rests_until ? `${r.last_why ?? ''},暂停至 ${instant(r.rests_until).slice(11)}` : (r.last_why ?? '—')) }]}
    />
  )
}
const WHERE: Record<string, string> = { dlt645_2007: '00010000', dlt645_1997: '9010', cjt188: '901F', modbus_tcp: 'hr:0:u16', modbus_rtu: 'hr:0:u16', bacnet_ip: 'ai:1' }
const ASK_MS = 1000
function TestTab({ b }: { b: BusOne }) {
  const [text, setText] = useState(b.slaves.slice(0, 3).map((s) => s.address).join('\n'))
  const [where_text, setWhere] = useState(WHERE[b.protocol] ?? '')
  const [task_id, setTask] = useState<string>()
  const start = useWrite(iot.startTask, { invalidates: [] })
  const task = useRead(iot.task, { task_id: task_id ?? '' }, { enabled: task_id !== undefined, refresh_ms: ASK_MS })
  const running = start.running || (task_id !== undefined && (task.data === undefined || task.data.state === 'waiting' || task.data.state === 'running'))
  const [what, setWhat] = useState<'read' | 'scan' | 'objects'>('read')
  const [making, setMaking] = useState<Model>()
  const bacnet = b.protocol === 'bacnet_ip'
  const go = async (w: typeof what, list: string[]): Promise<void> => { setTask(undefined); setWhat(w); setTask((await start.run({ bus_id: b.bus_id, what: w, addresses: list, where_text: w === 'read' ? where_text : '' }))?.task_id) }
  const addresses = text.split(/[\s,,;]+/).filter((x) => x !== '')
  return (
    <div className="hy-stack">
      <div className="hy-line"><label>数据标识或寄存器 <Input aria-label="数据标识或寄存器" style={{ width: 160 }} maxLength={40} value={where_text} onChange={(e) => setWhere(e.target.value)} /></label><Button type="primary" loading={running} disabled={addresses.length === 0 || addresses.length > 64 || where_text === ''} onClick={() => void go('read', addresses)}>试读 {addresses.length} 个地址</Button>{bacnet ? <><Button disabled={running} onClick={() => void go('scan', [])}>扫描设备</Button><Button disabled={running || addresses.length !== 1} title={addresses.length === 1 ? '' : '下面只留一个设备实例号'} onClick={() => void go('objects', addresses)}>读对象清单</Button></> : null}</div>
      <Input.TextArea aria-label="地址" placeholder="每行一个地址,最多 64 个" autoSize={{ minRows: 3, maxRows: 10 }} value={text} onChange={(e) => setText(e.target.value)} />
      <p className="hy-muted">电表如 00010000(总电能)、02010100(A 相电压);水表 901F;Modbus 写作 hr:0:u16:0.1(保持寄存器 0,无符号,乘 0.1)。BACnet 的地址是设备实例号,对象写作 ai:1(模拟输入 1)、av、bi、bo、bv、mv,命令可带优先级如 ao:1@8。试读排在轮询之前。</p>
      {task_id && what !== 'read' ? <FoundTable rows={task.data?.result ?? []} running={running} what={what} choose={(address) => setText(address)} make={setMaking} /> : null}
      {making ? <ProductDrawer product={undefined} begin={{ link: 'bacnet', model: making }} close={() => setMaking(undefined)} /> : null}
      {task_id && what === 'read' ? <RowsTable label="试读结果" rows={task.data?.result ?? []} row_key="address" empty={running ? '网关正在逐个询问 …' : '网关没有执行(总线未连通,或网关未运行)'} columns={[{ key: 'address', title: '地址', width: 160 }, { key: 'ok', title: '结果', width: 90, show: (r) => <StateTag value={r.ok ? 'y' : 'n'} words={{ y: '应答', n: '失败' }} tones={{ y: 'good', n: 'bad' }} /> }, { key: 'value', title: '值', width: 130, show: (r) => (r.ok ? (r.value ?? '设备说没有值') : '—') }, { key: 'rtt_ms', title: '耗时(毫秒)', width: 100 }, { key: 'why', title: '说明', width: 260 }]} /> : null}
    </div>
  )
}
/** Points of a product out of what a device holds: values that switch are states, those that are measured gauges. */
function modelOf(rows: TaskResult): Model {
  const points = rows.filter((r) => r.ok && r.where).slice(0, 60).map((r): Model['points'][number] => {
    const analog = r.where!.startsWith('a')
    return { key: r.where!.replace(':', '').toLowerCase(), name: (r.name || r.where!).slice(0, 20), kind: analog ? 'gauge' : 'state', unit: (r.unit ?? '').slice(0, 10), places: analog ? 1 : 0, low: null, high: null, max_per_h: null, labels: r.where!.startsWith('b') ? [{ value: 0, name: '停', fault: false }, { value: 1, name: '运行', fault: false }] : [], where: r.where! }
  })
  return { points, commands: [], events: [], period_s: 60, offline_after_s: 300 }
}
function FoundTable({ rows, running, what, choose, make }: { rows: TaskResult; running: boolean; what: 'scan' | 'objects'; choose: (address: string) => void; make: (m: Model) => void }) {
  const list = rows.map((r, i) => ({ ...r, n: `${r.address} ${r.where ?? i}` }))
  const good = rows.filter((r) => r.ok && r.where)
  if (what === 'scan') return <RowsTable label="扫描结果" rows={list} row_key="n" empty={running ? '正在等待设备应答 …' : '没有设备应答:核对广播地址和端口,设备与网关要在同一网段'} columns={[{ key: 'address', title: '设备实例号', width: 120 }, { key: 'name', title: '名称', width: 240 }, { key: 'n', title: '', width: 110, show: (r) => <Button size="small" onClick={() => choose(r.address)}>选它</Button> }]} />
  return (
    <div className="hy-stack">
      {good.length > 0 ? <div><Button onClick={() => make(modelOf(rows))}>用这 {Math.min(good.length, 60)} 个对象建产品</Button></div> : null}
      <RowsTable label="对象清单" rows={list} row_key="n" empty={running ? '正在读对象清单 …' : '没有可用的对象'} columns={[{ key: 'where', title: '对象', width: 110 }, { key: 'name', title: '名称', width: 240 }, { key: 'value', title: '现在的值', width: 120, show: (r) => (r.value === null ? '—' : `${r.value}${r.unit ? ` ${r.unit}` : ''}`) }, { key: 'why', title: '说明', width: 220 }]} />
    </div>
  )
}
function FramesTab({ b }: { b: BusOne }) {
  const rows = b.frames.map((f, i) => ({ ...f, n: String(i) }))
  return <RowsTable label="原始报文" rows={rows} row_key="n" empty="还没有报文" columns={[{ key: 'at', title: '时间', width: 150, show: (r) => instant(r.at, { seconds: true }) }, { key: 'way', title: '方向', width: 90, show: (r) => <StateTag value={r.way} words={{ out: '发出', in: '收到', late: '丢弃' }} tones={{ out: 'plain', in: 'good', late: 'warn' }} /> }, { key: 'hex', title: '报文', width: 720, show: (r) => <span className="hy-num iot-hex">{r.hex}</span> }]} />
}
interface Line {
  address: string
  name: string
  place: string
  meter_no: string | null
}
const linesOf = (text: string): Line[] => text.split('\n').map((l) => l.trim()).filter((l) => l !== '').map((l) => { const [address = '', name = '', place = '', meter_no = ''] = l.split(/[\t,,]/).map((x) => x.trim()); return { address, name: name || address, place, meter_no: meter_no || null } })
function ImportDrawer({ b, begin, close }: { b: BusOne; begin: string; close: () => void }) {
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  const fitting = (products.data?.rows ?? []).filter((p) => b.protocol.startsWith(p.link))
  const save = useWrite(iot.importDevices, { in_form: true, done: (a) => `已登记 ${a.added_count} 台` })
  // What is chosen first must be there when the form is made.
  if (!products.data) return null
  return <FormDrawer open onClose={close} width={640} title={`${b.name}:导入设备清单`} submit="导入" call={iot.importDevices} loading={save.running} submitError={save.error} fixed={{ bus_id: b.bus_id }} fields={[{ name: 'product_id', kind: 'select', options: fitting.map((p) => ({ value: p.product_id, label: p.name })) }, { name: 'rows', wide: true, control: (c) => <RowsInput {...c} begin={begin} /> }]} initial={{ ...(fitting[0] ? { product_id: fitting[0].product_id } : {}), rows: linesOf(begin) }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function RowsInput({ onChange, id, begin }: Control & { begin: string }) {
  const [n, setN] = useState(linesOf(begin).length)
  return <div className="hy-stack"><Input.TextArea id={id ?? 'rows'} defaultValue={begin} aria-label="设备清单" autoSize={{ minRows: 8, maxRows: 18 }} placeholder={'每行一台,从 Excel 复制即可:\n地址	名称	安装位置	表号(对应抄表的表计,可空)\n202611260001	1栋公共照明	1栋电表箱	DB-0001'} onChange={(e) => { const rows = linesOf(e.target.value); setN(rows.length); onChange?.(rows) }} /><span className="hy-muted">已识别 {n} 台</span></div>
}
