import { useMemo } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { usePlace } from '../../../ui/session.ts'
import { property, type HouseRow } from '../contract.ts'
import { words } from '../words.ts'

const FORM_WORDS = { kind: words.states?.['house_kind'] ?? {}, state: words.states?.['house_state'] ?? {} }

/** New house, or the register data of one that is there. */
export function HouseDrawer({ house, close, done }: { house?: HouseRow; close: () => void; done?: () => void }) {
  const { place_id } = usePlace()
  const tree = useRead(property.tree, place_id && !house ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const buildings = useMemo(() => (tree.data?.communities ?? []).flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: `${c.name} ${b.name}` }))), [tree.data])
  const save = useWrite(property.saveHouse, { in_form: true, done: (a) => `已保存 ${a.label}` })
  return (
    <FormDrawer
      open onClose={close} title={house ? `修改房产 ${house.label}` : '新增房产'} call={property.saveHouse} loading={save.running} submitError={save.error} columns={2} words={FORM_WORDS}
      fields={[
        { name: 'building_id', label: '楼栋', kind: 'select', options: buildings, disabled: house !== undefined },
        { name: 'unit_no', placeholder: '没有单元时留空', disabled: house !== undefined },
        { name: 'room_no', placeholder: '如 301' },
        'floor_no',
        { name: 'kind', kind: 'select' },
        { name: 'state', kind: 'select' },
        'built_area_m2',
        'inner_area_m2',
        'heated_area_m2',
        'delivered_on',
        'usage',
        { name: 'note', wide: true },
        ...(house ? [{ name: 'reason' as const, wide: true, help: '面积、类别、状态的变更会留下历史,请写明原因' }] : []),
      ]}
      initial={house ? { ...house, unit_no: house.unit_name?.replace(/单元$/, '') ?? null } : { kind: 'dwelling', state: 'vacant', floor_no: 1, built_area_m2: '', inner_area_m2: null, heated_area_m2: null, delivered_on: null, usage: null, note: null }}
      {...(house ? { fixed: { house_id: house.house_id, building_id: house.building_id } } : {})}
      onSubmit={async (input) => {
        if (!(await save.run(input))) return
        done?.()
        close()
      }}
    />
  )
}
