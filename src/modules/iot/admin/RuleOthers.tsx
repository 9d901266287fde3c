// What a rule tells other devices: where they are, which product, which command; its argument as the product's model has it.
import { Button, InputNumber, Select } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { DeviceSelect } from './DeviceSelect.tsx'
import { iot, type CommandSpec, type OtherCommand, type RuleBody } from '../contract.ts'

interface Shown {
  b: RuleBody
  set: (change: Partial<RuleBody>) => void
  community_id: string | null
  /** Something ends: it can be taken back. */
  ends: boolean
}
const NAMED = 'named'
const PLACES = [{ value: 'community', label: '同小区全部' }, { value: 'building', label: '同楼栋全部' }, { value: NAMED, label: '指定设备' }]
const LINES_MAX = 8
export function OthersInput({ b, set, community_id, ends }: Shown) {
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  const others = b.others ?? []
  // What shuts a meter is told by a person, one by one.
  const options = (products.data?.rows ?? []).filter((p) => p.command_count > 0 && p.category !== 'meter').map((p) => ({ value: p.product_id, label: p.name }))
  const put = (i: number, change: Partial<OtherCommand>): void => set({ others: others.map((o, n) => (n === i ? { ...o, ...change } : o)) })
  return (
    <>
      {others.map((o, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`第 ${i + 1} 种其他设备`}>
          <label>控制 <Select aria-label="其他产品" showSearch={{ optionFilterProp: 'label' }} style={{ width: 180 }} options={options} value={o.product_id || null} placeholder="产品" onChange={(product_id) => put(i, { product_id, device_ids: [], command: '', arg: null, back: null })} /></label>
          {o.product_id ? <OneOther o={o} put={(change) => put(i, change)} community_id={community_id} ends={ends} /> : null}
          <Button size="small" aria-label={`删除第 ${i + 1} 种其他设备`} onClick={() => set({ others: others.filter((_, n) => n !== i) })}>删</Button>
        </div>
      ))}
      {others.length < LINES_MAX ? <div><Button size="small" onClick={() => set({ others: [...others, { product_id: '', where: 'community', device_ids: [], command: '', arg: null, back: null }] })}>{others.length === 0 ? '控制其他产品的设备' : '再控制一种'}</Button></div> : null}
    </>
  )
}
function OneOther({ o, put, community_id, ends }: { o: OtherCommand; put: (change: Partial<OtherCommand>) => void; community_id: string | null; ends: boolean }) {
  const product = useRead(iot.product, { product_id: o.product_id }, { stale_ms: 60_000 })
  const devices = useRead(iot.devices, { product_id: o.product_id, ...(community_id ? { community_id } : {}), page_size: 1 }, { stale_ms: 60_000 })
  const rows = devices.data?.rows ?? []
  const commands = (product.data?.model.commands ?? []).filter((c) => c.safety !== 'life')
  const named = o.device_ids.length > 0
  return (
    <>
      <Select aria-label="哪里的" style={{ width: 120 }} options={PLACES.map((p) => ({ ...p, disabled: p.value === NAMED && rows.length === 0 }))} value={named ? NAMED : o.where} onChange={(v) => put(v === NAMED ? { device_ids: rows.slice(0, 1).map((d) => d.device_id) } : { where: v as OtherCommand['where'], device_ids: [] })} />
      {named ? <DeviceSelect label="哪些设备" multiple max={100} clear={false} width={260} product_id={o.product_id} community_id={community_id} value={o.device_ids} onChange={(device_ids: string[]) => (device_ids.length > 0 ? put({ device_ids }) : undefined)} /> : null}
      <OneCommand label="其他命令" commands={commands} value={o.command ? o : null} onChange={(c) => put(c ?? { command: '', arg: null })} />
      {ends && o.command ? <label>恢复时 <OneCommand label="恢复时的命令" commands={commands} value={o.back} clear onChange={(back) => put({ back })} /></label> : null}
    </>
  )
}
/** A command of a product, with its argument within what the product takes. */
export function OneCommand({ label, commands, value, clear = false, onChange }: { label: string; commands: readonly CommandSpec[]; value: { command: string; arg: number | null } | null; clear?: boolean; onChange: (c: { command: string; arg: number | null } | null) => void }) {
  const spec = commands.find((c) => c.key === value?.command)
  return (
    <>
      <Select aria-label={label} allowClear={clear} style={{ width: 140 }} placeholder={clear ? '不做' : '命令'} options={commands.map((c) => ({ value: c.key, label: c.name }))} value={value?.command ?? null} onChange={(v?: string) => onChange(v ? { command: v, arg: commands.find((c) => c.key === v)?.arg?.high ?? null } : null)} />
      {spec?.arg && value ? <InputNumber aria-label={`${label}${spec.arg.name}`} title={`${spec.arg.low} 至 ${spec.arg.high} ${spec.arg.unit}`} style={{ width: 110 }} min={spec.arg.low} max={spec.arg.high} suffix={spec.arg.unit} value={value.arg} onChange={(arg) => onChange({ command: value.command, arg })} /> : null}
    </>
  )
}
