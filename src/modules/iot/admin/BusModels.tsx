// What hangs on a bus by its product: where each value and each command lies, and the password by which its electricity meters are switched.
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { confirm } from '../../../ui/feedback.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { iot, type BusOne, type Device } from '../contract.ts'

const LEVELS = { level: '02', password: '', operator: '00000000' }
const FIELDS = [{ name: 'level' as const, help: '一般为 02(或 04),见表计说明或供应商告知' }, { name: 'password' as const, help: '6 位,保存后不再显示', control: (c: Control) => <Input.Password autoComplete="new-password" maxLength={6} id={c.id ?? ''} value={(c.value as string | undefined) ?? ''} onChange={(e) => c.onChange?.(e.target.value)} /> }, { name: 'operator' as const, help: '8 位,表计把它记入操作记录' }]
export function ModelsTab({ b }: { b: BusOne }) {
  const writes = useMay()('iot.bus.write')
  const [setting, setSetting] = useState(false)
  const set = useWrite(iot.setBusCredential, { in_form: true, done: '已设定' })
  const forget = useWrite(iot.forgetBusCredential, { done: '已清除' })
  const switched = b.protocol === 'dlt645_2007'
  return (
    <div className="hy-stack">
      {switched ? (
        <div className="hy-line">
          <span>电表操作口令:{b.credential_at ? `${instant(b.credential_at)} 设定` : '没有设定,电表不能跳合闸'}</span>
          {writes ? <Button onClick={() => setSetting(true)}>{b.credential_at ? '重新设定' : '设定操作口令'}</Button> : null}
          {writes && b.credential_at ? <Button loading={forget.running} onClick={() => void confirm({ title: '清除这条总线的操作口令?', content: '清除后其上没有单独设口令的电表不能再跳合闸。', ok: '清除', danger: true }).then((y) => (y ? forget.run({ bus_id: b.bus_id }) : undefined))}>清除</Button> : null}
        </div>
      ) : null}
      <RowsTable
        cards label="型号与命令" rows={b.models} row_key="product_id" empty="总线上还没有设备"
        columns={[
          { key: 'name', title: '产品(型号)', width: 200 }, { key: 'device_count', title: '设备数', width: 80 }, ...(switched ? [{ key: 'own_count' as const, title: '另有口令', width: 90, show: (r: BusOne['models'][number]) => (r.own_count > 0 ? `${r.own_count} 台` : '—') }] : []),
          { key: 'points', title: '点位', width: 300, show: (r) => <div className="iot-values">{r.points.map((p) => <span key={p.name}>{p.name} <span className="hy-num hy-muted">{p.where ?? '—'}</span></span>)}</div> },
          { key: 'commands', title: '命令与回读', width: 420, show: (r) => (r.commands.length === 0 ? '只读' : r.commands.map((x) => <div key={x.name}>{x.name} <span className="hy-num">{x.where ?? '—'}</span>{x.back ? <span className="hy-muted">,回读 {x.back}</span> : null}</div>)) },
        ]}
      />
      <p className="hy-muted">一块表用哪个型号,在设备的「修改」里选产品;阀门码、表类型、字节序不同的型号各建一个产品。命令在设备的「控制」页发出。</p>
      {setting ? <FormDrawer open onClose={() => setSetting(false)} title={`${b.name}:操作口令`} call={iot.setBusCredential} loading={set.running} submitError={set.error} fixed={{ bus_id: b.bus_id }} fields={FIELDS} initial={LEVELS} onSubmit={async (i) => { if (await set.run(i)) setSetting(false) }} /> : null}
    </div>
  )
}
/** Of one meter: its own, else that of its bus. */
export function MeterPassword({ d }: { d: Device }) {
  const writes = useMay()('iot.bus.write') && d.life !== 'retired'
  const [setting, setSetting] = useState(false)
  const set = useWrite(iot.setDeviceCredential, { in_form: true, done: '已设定' })
  const forget = useWrite(iot.forgetDeviceCredential, { done: '已清除,改用总线的口令' })
  return (
    <div className="hy-line">
      <span>操作口令:{d.credential_at ? `单独设定(${instant(d.credential_at)})` : d.bus_credential_at ? '用总线的' : '没有设定,不能跳合闸'}</span>
      {writes ? <Button onClick={() => setSetting(true)}>{d.credential_at ? '重新设定' : '单独设定'}</Button> : null}
      {writes && d.credential_at ? <Button loading={forget.running} onClick={() => void confirm({ title: '清除这块表的操作口令?', content: d.bus_credential_at ? '清除后用总线的口令。' : '总线没有设口令,清除后不能跳合闸。', ok: '清除', danger: true }).then((y) => (y ? forget.run({ device_id: d.device_id }) : undefined))}>清除</Button> : null}
      {setting ? <FormDrawer open onClose={() => setSetting(false)} title={`${d.name}:操作口令`} call={iot.setDeviceCredential} loading={set.running} submitError={set.error} fixed={{ device_id: d.device_id }} fields={FIELDS} initial={LEVELS} onSubmit={async (i) => { if (await set.run(i)) setSetting(false) }} /> : null}
    </div>
  )
}
