// Control by hand: what the device can do, and what came of what was asked.
import { Button } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { iot, type CommandRow, type Device } from '../contract.ts'
import { COMMAND_TONE, said, valueText } from '../shown.ts'
import { words } from '../words.ts'

/** A meter is switched for these alone: never to collect a debt, nor to run anything. */
const METER_REASONS = Object.fromEntries(['safety', 'own_request'].map((k) => [k, said('reason_code', k)]))
type Spec = Device['model']['commands'][number]
const REFRESH_MS = 1500
const RIGHT = { info: 'iot.command.comfort', comfort: 'iot.command.comfort', access: 'iot.command.access', life: 'iot.command.life' } as const
export function ControlTab({ d }: { d: Device }) {
  const may = useMay()
  const list = useRead(iot.commands, { device_id: d.device_id, page_size: 50 }, { refresh_ms: REFRESH_MS, keep: true })
  const [asking, setAsking] = useState<Spec>()
  const running = new Set((list.data?.rows ?? []).filter((r) => r.running).map((r) => r.command))
  const online = d.state === 'running' || d.state === 'fault' || d.state === 'maintenance'
  return (
    <div className="hy-stack">
      <div className="hy-line">{d.model.commands.filter((c) => may(RIGHT[c.safety])).map((c) => running.has(c.key) ? <Button key={c.key} disabled loading>{c.name}(执行中)</Button> : <Button key={c.key} disabled={!online || d.life === 'retired'} danger={c.safety === 'life'} onClick={() => setAsking(c)}>{c.name}</Button>)}{online ? null : <span className="hy-muted">设备不在线,命令不会发出</span>}</div>
      {list.error ? <ErrorBlock error={list.error} retry={list.retry} /> : !list.data ? <LoadingBlock /> : (
        <RowsTable
          cards label="控制记录" rows={list.data.rows} row_key="command_id" empty="还没有控制过"
          columns={[{ key: 'asked_at', title: '发出时间', width: 155, show: (r) => instant(r.asked_at, { seconds: true }) }, { key: 'name', title: '命令', width: 130, show: (r) => `${r.name}${r.arg === null ? '' : ` ${r.arg}`}` }, { key: 'state', title: '状态', width: 105, show: (r) => <StateTag value={r.state === 'accepted' && !r.reads_back ? 'answered' : r.state} words={words.states?.['command']} tones={COMMAND_TONE} /> }, { key: 'seen_v', title: '回读值', width: 80, show: (r) => seenText(d, r) }, { key: 'answer', title: '设备应答', width: 110 }, { key: 'why', title: '说明', width: 220, show: (r) => (r.why ? <div className="iot-acts">{r.why}</div> : '—') }, { key: 'asked_by_name', title: '发出人', width: 90 }, { key: 'source', title: '来源', width: 70, show: (r) => said('source', r.source) }, { key: 'reason', title: '原因', width: 170, show: (r) => [r.reason_code === 'operation' ? '' : said('reason_code', r.reason_code), r.reason].filter(Boolean).join(':') || '—' }]}
        />
      )}
      {asking ? <SendModal d={d} spec={asking} close={() => setAsking(undefined)} /> : null}
    </div>
  )
}
/** As the point itself says it: 断, not 1. */
function seenText(d: Device, r: CommandRow): string {
  const key = d.model.commands.find((c) => c.name === r.name)?.confirm?.point
  const p = d.model.points.find((x) => x.key === key)
  return r.seen_v === null ? '—' : p ? valueText(p, Number(r.seen_v)) : r.seen_v
}
function SendModal({ d, spec, close }: { d: Device; spec: Spec; close: () => void }) {
  const send = useWrite(iot.sendCommand, { in_form: true, done: '已交给网关,结果见控制记录' })
  const careful = spec.safety === 'life' || spec.safety === 'access'
  return (
    <FormModal
      open onClose={close} title={`${d.name}:${spec.name}`} submit={spec.name} danger={spec.safety === 'life'} call={iot.sendCommand} loading={send.running} submitError={send.error} fixed={{ device_id: d.device_id, command: spec.key }} words={{ reason_code: d.category === 'meter' ? METER_REASONS : words.states!['reason_code'] }}
      fields={[...(spec.arg ? [{ name: 'arg' as const, kind: 'whole' as const, label: `${spec.arg.name}(${spec.arg.low} 至 ${spec.arg.high} ${spec.arg.unit})` }] : []), ...(d.category === 'meter' ? [{ name: 'reason_code' as const, kind: 'select' as const }] : []), { name: 'reason' as const, ...(careful ? { help: '涉及安全的命令要写明原因' } : {}) }]}
      initial={{ ...(spec.arg ? { arg: spec.arg.high } : {}), reason_code: d.category === 'meter' ? 'safety' : 'operation' }} onSubmit={async (i) => { if (await send.run(i)) close() }}
    ><p className="hy-muted">{spec.ttl_s} 秒内有效{spec.confirm ? ',以回读为准' : ',设备没有回读,以应答为准'}。{d.category === 'meter' ? '表计通断只因安全处置或用户本人申请,不得因欠费停水停电停暖。' : ''}{d.link === 'dlt645_2007' && !d.credential_at && !d.bus_credential_at ? '还没有设定电表的操作口令,命令不会发出:请在「接入」页设定。' : ''}</p></FormModal>
  )
}
