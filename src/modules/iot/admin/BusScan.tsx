// Scanning a bus: who hangs on it, how far it is, and from there into the register.
import { Button, Input, InputNumber, Progress } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { iot, type BusOne } from '../contract.ts'

const ASK_MS = 1000
const bare = (address: string): string => address.replace(/^0+(?=.)/, '')
const HOW: Record<string, string> = {
  dlt645: '用缩位寻址(AA 通配)询问:只有一块表时一问即得;多块表应答冲突时,从表号末两位起逐级查找。1997 版的表不一定支持。',
  cjt188: '询问总线上是谁:只有一块表时有效。多块表同时应答会冲突,请逐块接线扫描,或按表箱清单导入。',
  modbus: '逐个站号询问一个寄存器,应答或拒绝都算找到。',
}
export function ScanTab({ b, register }: { b: BusOne; register: (lines: string) => void }) {
  const kind = b.protocol.startsWith('modbus') ? 'modbus' : b.protocol.startsWith('dlt645') ? 'dlt645' : 'cjt188'
  const may = useMay()('iot.bus.write')
  const [from_no, setFrom] = useState(1)
  const [to_no, setTo] = useState(247)
  const [where_text, setWhere] = useState('hr:0:u16')
  const [begun, setBegun] = useState<string>()
  const start = useWrite(iot.startTask, { invalidates: [] })
  const stop = useWrite(iot.stopTask, { done: '已要求停止' })
  const task_id = begun ?? b.scan_task_id
  const task = useRead(iot.task, { task_id: task_id ?? '' }, { enabled: task_id !== null, refresh_ms: ASK_MS, keep: true })
  const t = task_id === null ? undefined : task.data
  const running = start.running || t?.state === 'waiting' || t?.state === 'running'
  const known = new Map(b.slaves.flatMap((s) => (s.device_id ? [[bare(s.address), s] as const] : [])))
  const rows = (t?.result ?? []).map((r) => ({ ...r, device: known.get(bare(r.address)) ?? null }))
  const fresh = rows.filter((r) => !r.device && r.name === '')
  const at_most_min = kind === 'modbus' ? Math.ceil(((to_no - from_no + 1) * b.settings.timeout_ms * (b.protocol === 'modbus_rtu' ? 2 : 1)) / 60_000) : null
  const go = async (): Promise<void> => setBegun((await start.run({ bus_id: b.bus_id, what: 'scan', addresses: [], where_text: kind === 'modbus' ? where_text : '', from_no, to_no }))?.task_id)
  return (
    <div className="hy-stack">
      <p className="hy-muted">{HOW[kind]}扫描排在命令、试读和轮询之后{at_most_min === null ? '' : `,至多约 ${at_most_min} 分钟`},可随时停止。</p>
      <div className="hy-line">
        {kind === 'modbus' ? <><label>站号 <InputNumber aria-label="扫描自" min={1} max={247} precision={0} value={from_no} onChange={(v) => setFrom(v ?? 1)} /></label><label>至 <InputNumber aria-label="扫描至" min={1} max={247} precision={0} value={to_no} onChange={(v) => setTo(v ?? 247)} /></label><label>寄存器 <Input aria-label="寄存器" style={{ width: 120 }} maxLength={40} value={where_text} onChange={(e) => setWhere(e.target.value)} /></label></> : null}
        <Button type="primary" loading={running} disabled={!may || from_no > to_no} onClick={() => void go()}>{running ? '正在扫描' : '扫描总线'}</Button>
        {running && task_id ? <Button loading={stop.running} onClick={() => void stop.run({ task_id })}>停止</Button> : null}
        {!running && fresh.length > 0 ? <Button onClick={() => register(fresh.map((r) => `${r.address}\t${r.address}`).join('\n'))}>登记未登记的 {fresh.length} 台</Button> : null}
      </div>
      {running && t ? <div aria-live="polite"><Progress percent={t.planned_count ? Math.floor(((t.asked_count ?? 0) * 100) / t.planned_count) : 0} size="small" /><span className="hy-muted">{t.state === 'waiting' ? '等待网关' : `已问 ${t.asked_count ?? 0} 次,预计 ${t.planned_count ?? 1} 次(遇到冲突会增加),找到 ${rows.length} 台`}</span></div> : null}
      {!running && t ? <p>{t.state === 'failed' ? `没有扫成:${t.note ?? '总线未启用,或网关重启'}` : `${t.note ? `${t.note}。` : '扫描完成,'}问了 ${t.asked_count ?? 0} 次,找到 ${rows.length} 台`}</p> : null}
      {t ? <RowsTable cards label="扫描结果" rows={rows} row_key="address" empty={running ? '还没有找到' : t.note ? '没有找到' : '没有设备应答:核对接线、波特率和前导字节,再扫一次'} columns={[{ key: 'address', title: '地址', width: 150 }, { key: 'value', title: '读到的值', width: 100, show: (r) => r.value ?? '—' }, { key: 'device', title: '登记', width: 180, show: (r) => (r.device ? <Go to={`/iot/devices/${r.device.device_id}`}>{r.device.device_name}</Go> : <span className="hy-muted">未登记</span>) }, { key: 'name', title: '说明', width: 260, show: (r) => r.name || '—' }]} /> : null}
    </div>
  )
}
