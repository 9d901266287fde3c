// What is done to a meter: entry, change of the device, removal.
import { Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { usePlace } from '../../../ui/session.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { MeterKind, meters, type MeterRow } from '../contract.ts'
import { words } from '../words.ts'
import { PointPicker, RegisterInputs, say, short, useBuildings, type RegisterValue } from './shared.tsx'
import type { Control } from '../../../ui/fields.tsx'

const REGISTERS = Object.keys(words.states!['register']!)

/** Which registers there are beside the total, and where they stand. */
function RegisterStarts({ value, onChange }: Control) {
  const now = (value as { register: string; start_reading: string }[] | undefined) ?? []
  const as = now.map((r) => ({ register: r.register, reading: r.start_reading }))
  const tell = (list: RegisterValue[]) => onChange?.(list.map((r) => ({ register: r.register, start_reading: r.reading })))
  return (
    <div className="hy-stack">
      <Select mode="multiple" aria-label="分时计度器" placeholder="只有总计度器" value={now.map((r) => r.register)} options={REGISTERS.map((r) => ({ value: r, label: say('register', r) }))} onChange={(list: string[]) => tell(list.map((r) => ({ register: r, reading: as.find((x) => x.register === r)?.reading ?? '0' })))} />
      {now.length ? <RegisterInputs value={as} onChange={(v) => tell(v as RegisterValue[])} registers={now.map((r) => r.register)} /> : null}
    </div>
  )
}

export function MeterDrawer({ m, use, close }: { m: MeterRow | undefined; use: 'house' | 'shared'; close: () => void }) {
  const save = useWrite(meters.saveMeter, { in_form: true, done: '已保存' })
  const { place_id, places } = usePlace()
  const [kind, setKind] = useState<MeterRow['kind']>(m?.kind ?? 'water')
  const community_id = m?.community_id ?? place_id
  const buildings = useBuildings(community_id)
  const house = use === 'house'
  return (
    <FormDrawer
      open onClose={close} title={m ? `修改 ${m.house_label} 表 ${m.no}` : house ? '新增户表' : '新增总表、公用表'} call={meters.saveMeter} loading={save.running} submitError={save.error} columns={2}
      words={{ kind: words.states?.['meter_kind'] ?? {} }}
      fields={[
        ...(house ? [{ name: 'house_id' as const, label: '房号', control: (c: Control) => <HousePicker {...c} {...(m ? { label: m.house_label } : {})} /> }] : [
          { name: 'name' as const, label: '名称', placeholder: '如 1栋楼梯照明' },
          { name: 'community_id' as const, label: '小区', kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) },
          { name: 'building_id' as const, label: '楼栋', kind: 'select' as const, options: buildings, help: '小区总表不选' },
        ]),
        { name: 'kind', control: (c) => <Select {...(c.id ? { id: c.id } : {})} aria-label="表种" value={c.value as MeterRow['kind']} onChange={(v: MeterRow['kind']) => { setKind(v); c.onChange?.(v) }} options={MeterKind.options.map((value) => ({ value, label: say('meter_kind', value) }))} /> },
        'no',
        { name: 'multiplier', kind: 'decimal', help: '电流互感器的变比,普通表为 1' },
        { name: 'start_reading', kind: 'decimal', help: '不知道就留空:首次抄表只作底数,不计用量' },
        'installed_on',
        { name: 'whole_digits', help: '表盘小数点前的位数,走满归零(过零)时要用' },
        { name: 'parent_point_id', label: '上级总表', control: (c) => <PointPicker {...c} kind={kind} {...(community_id ? { community_id } : {})} shown={m?.parent_name ?? undefined} label="上级总表" /> },
        { name: 'registers', label: '分时、反向计度器', wide: true, control: (c) => <RegisterStarts {...c} /> },
      ]}
      initial={m
        ? { house_id: m.house_id, name: m.name, community_id: m.community_id, building_id: m.building_id, kind: m.kind, no: m.no, multiplier: m.multiplier, start_reading: m.start_reading, installed_on: m.installed_on, whole_digits: m.whole_digits, parent_point_id: m.parent_point_id, registers: m.registers }
        : { kind, multiplier: '1', registers: [], ...(community_id && !house ? { community_id } : {}) }}
      {...(m ? { fixed: { meter_id: m.meter_id } } : {})}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

export function ReplaceDrawer({ m, close, done }: { m: MeterRow; close: () => void; done: (meter_id: string) => void }) {
  const save = useWrite(meters.replaceMeter, { in_form: true, done: '已换表,旧表止数和新表起数都已登记' })
  const registers = m.registers.map((r) => r.register)
  return (
    <FormDrawer
      open onClose={close} title={`换表 ${m.house_label} ${m.no}`} call={meters.replaceMeter} loading={save.running} submitError={save.error} submit="换表" columns={2}
      fields={[
        { name: 'on_day', kind: 'day' },
        { name: 'last_reading', kind: 'decimal', help: `最近读数 ${short(m.last_reading ?? m.start_reading)}` },
        ...(m.whole_digits ? [{ name: 'last_rolled' as const, kind: 'switch' as const }] : []),
        ...(registers.length ? [{ name: 'last_parts' as const, wide: true, control: (c: Control) => <RegisterInputs {...c} registers={registers} /> }] : []),
        'new_no',
        { name: 'new_start_reading', kind: 'decimal' },
        ...(registers.length ? [{ name: 'new_parts' as const, wide: true, control: (c: Control) => <RegisterInputs {...c} registers={registers} /> }] : []),
        { name: 'new_multiplier', kind: 'decimal', help: '与旧表相同可不填' },
        { name: 'new_whole_digits', help: '与旧表相同可不改' },
        { name: 'note', wide: true },
      ]}
      fixed={{ meter_id: m.meter_id }} initial={{ new_start_reading: '0', new_whole_digits: m.whole_digits }} onSubmit={async (i) => { const a = await save.run(i); if (a) done(a.meter_id) }}
    />
  )
}

export function RemoveDrawer({ m, close }: { m: MeterRow; close: () => void }) {
  const save = useWrite(meters.removeMeter, { in_form: true, done: '已拆表,止数已登记' })
  const registers = m.registers.map((r) => r.register)
  return (
    <FormDrawer
      open danger onClose={close} title={`拆表 ${m.house_label} ${m.no}`} call={meters.removeMeter} loading={save.running} submitError={save.error} submit="拆表"
      fields={[{ name: 'on_day', kind: 'day' }, { name: 'last_reading', kind: 'decimal', help: `最近读数 ${short(m.last_reading ?? m.start_reading)}` }, ...(m.whole_digits ? [{ name: 'last_rolled' as const, kind: 'switch' as const }] : []), ...(registers.length ? [{ name: 'last_parts' as const, control: (c: Control) => <RegisterInputs {...c} registers={registers} /> }] : []), 'reason']}
      fixed={{ meter_id: m.meter_id }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
