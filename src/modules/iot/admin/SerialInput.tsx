// A serial port of the gateway's machine and how it is set: port, speed, bits.
import { Select } from 'antd'
import { useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { BAUDS, iot, type Serial } from '../contract.ts'
import { words } from '../words.ts'

export const SERIAL_DEFAULTS: Serial = { path: '', baud: 2400, data_bits: 8, parity: 'even', stop_bits: 1 }
const REFRESH_MS = 5000
const parities = Object.entries(words.states!['parity']!).map(([value, label]) => ({ value, label: `${label}校验` }))
export function SerialInput({ value, onChange, id }: Control) {
  const buses = useRead(iot.buses, {}, { refresh_ms: REFRESH_MS })
  const v = (value as Serial | undefined) ?? SERIAL_DEFAULTS
  const set = (change: Partial<Serial>): void => onChange?.({ ...v, ...change })
  const there = buses.data?.serial_ports ?? []
  const options = [...there.map((p) => ({ value: p.path, label: p.name })), ...(v.path !== '' && !there.some((p) => p.path === v.path) ? [{ value: v.path, label: `${v.path}(现在没有插好)` }] : [])]
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <Select id={id ?? 'serial'} aria-label="串口" style={{ minWidth: 220, flex: 1 }} placeholder="选一个串口" options={options} value={v.path || null} onChange={(path: string) => set({ path })} notFoundContent="网关的机器上没有发现串口,插好适配器后几秒即出现" />
        <Select aria-label="波特率" style={{ width: 105 }} options={BAUDS.map((n) => ({ value: n, label: n }))} value={v.baud} onChange={(baud) => set({ baud })} />
        <Select aria-label="数据位" style={{ width: 95 }} options={[{ value: 8, label: '8 数据位' }, { value: 7, label: '7 数据位' }] as { value: 7 | 8; label: string }[]} value={v.data_bits} onChange={(data_bits) => set({ data_bits })} />
        <Select aria-label="校验" style={{ width: 95 }} options={parities as { value: Serial['parity']; label: string }[]} value={v.parity} onChange={(parity) => set({ parity })} />
        <Select aria-label="停止位" style={{ width: 95 }} options={[{ value: 1, label: '1 停止位' }, { value: 2, label: '2 停止位' }] as { value: 1 | 2; label: string }[]} value={v.stop_bits} onChange={(stop_bits) => set({ stop_bits })} />
      </div>
      <span className="hy-muted">电表、水表多为 2400 8 偶 1;Modbus 多为 9600 8 无 1,以铭牌为准。列出的是网关所在机器的串口。</span>
    </div>
  )
}
