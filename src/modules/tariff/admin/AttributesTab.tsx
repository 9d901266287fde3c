// What a tariff asks about a house and the register does not know: height, stopped heating, low income, grade.
import { Button } from 'antd'
import { useState } from 'react'
import { useWrite, type Out } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { HousesPicker } from '../../people/admin/shared.tsx'
import { tariff } from '../contract.ts'
import { words } from '../words.ts'

type Row = Out<typeof tariff.attributes.gives>['rows'][number]
const NAMES = words.states?.['attribute'] ?? {}
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '房号', placeholder: '1-2-301' }, { kind: 'select', name: 'name', label: '属性', options: optionsOf(NAMES) }]

export function AttributesTab({ community_id }: { community_id: string }) {
  const list = useList(tariff.attributes, { filters: FILTERS, fixed: { community_id } })
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<Row>()
  const set = useWrite(tariff.setAttributes, { in_form: true, done: (a) => `已设置 ${a.count} 户` })
  const end = useWrite(tariff.endAttribute, { in_form: true, done: '已结束' })
  const columns: readonly Column<Row>[] = [
    { key: 'house_label', title: '房号', width: 130, always: true },
    { key: 'name', title: '属性', width: 150, show: (r) => (NAMES[r.name] ? `${NAMES[r.name]}(${r.name})` : r.name) },
    { key: 'value', title: '值', width: 120 },
    { key: 'from_on', title: '起(含)', width: 110 },
    { key: 'to_on', title: '止(不含)', width: 110, show: (r) => r.to_on ?? '长期' },
    { key: 'note', title: '说明', width: 200 },
    { key: 'act', title: '操作', width: 90, show: (r) => <CanButton size="small" type="link" can={r.can.write} words={words} onClick={() => setEnding(r)}>结束</CanButton> },
  ]
  return (
    <>
      <ListPage {...list} inside title="逐户属性" name="tariff.attributes" columns={columns} row_key="attribute_id" actions={may('tariff.tariff.write') ? <Button onClick={() => setAdding(true)}>设置属性</Button> : null} empty={{ text: '没有逐户属性:面积、楼层、人数、用量取自登记,不必在这里设置' }} />
      {adding ? (
        <FormDrawer
          open onClose={() => setAdding(false)} title="设置逐户属性" call={tariff.setAttributes} loading={set.running} submitError={set.error}
          fields={[{ name: 'house_ids', label: '房产', control: HousesPicker, wide: true }, { name: 'name', kind: 'suggest', options: Object.entries(NAMES).map(([value, zh]) => ({ value, label: `${zh} ${value}` })), help: '价目条件里用到的名称' }, { name: 'value', help: '数字、文字,或 是/否' }, 'from_on', { name: 'to_on', label: '止(不含)', kind: 'day' }, 'note']}
          initial={{ to_on: null }} onSubmit={async (i) => { if (await set.run(i)) setAdding(false) }}
        />
      ) : null}
      {ending ? <FormDrawer open onClose={() => setEnding(undefined)} title={`结束 ${ending.house_label} 的${NAMES[ending.name] ?? ending.name}`} call={tariff.endAttribute} loading={end.running} submitError={end.error} submit="结束" fields={['to_on']} fixed={{ attribute_id: ending.attribute_id }} onSubmit={async (i) => { if (await end.run(i)) setEnding(undefined) }} /> : null}
    </>
  )
}
