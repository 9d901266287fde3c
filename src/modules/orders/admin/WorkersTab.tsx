import { Button, Select } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { orders, type WorkerRow } from '../contract.ts'

const DAYS = ['一', '二', '三', '四', '五', '六', '日'].map((d, i) => ({ value: i + 1, label: `周${d}` }))
const shiftText = (r: WorkerRow): string => [r.weekdays.length ? r.weekdays.map((d) => DAYS[d - 1]?.label).join('、') : '每天', r.duty_from ? `${r.duty_from} – ${r.duty_to}` : '全天'].join(' ')
const Days = ({ value, onChange, id }: Control) => <Select {...(id ? { id } : {})} mode="multiple" placeholder="不选为每天" value={(value as number[] | undefined) ?? []} onChange={(v: number[]) => onChange?.(v)} options={DAYS} />

export function WorkersTab() {
  const { place_id } = usePlace()
  const may = useMay()
  const workers = useRead(orders.workers, place_id ? { community_id: place_id } : {})
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000 })
  const tree = useRead(property.tree, place_id ? { community_id: place_id } : {}, { enabled: may('property.house.read'), stale_ms: 60_000 })
  const save = useWrite(orders.saveWorker, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<WorkerRow>()
  const writes = may('orders.setup.write')
  if (workers.error) return <ErrorBlock error={workers.error} retry={workers.retry} />
  if (!workers.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset() }
  return (
    <>
      <RowsTable
        label="接单人员" rows={workers.data.rows} row_key="account_id" empty="还没有接单人员:在「员工账号」给员工「维修工」角色"
        columns={[
          { key: 'name', title: '姓名', width: 100 }, { key: 'post', title: '岗位', width: 140 }, { key: 'skills', title: '工种', width: 150, show: (r) => r.skills.join('、') || '—' }, { key: 'buildings', title: '责任楼栋', width: 170, show: (r) => r.buildings || '全部' },
          { key: 'shift', title: '当班', width: 170, show: shiftText }, { key: 'open', title: '手上单数', width: 110, show: (r) => <>{r.open_count} / {r.open_max}{r.late_count ? <span className="hy-red">,超时 {r.late_count}</span> : null}</> },
          ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: WorkerRow) => <Button size="small" onClick={() => setEdit(r)}>设置</Button> }] : []),
        ]}
      />
      {edit ? (
        <FormDrawer
          key={edit.account_id} open onClose={close} title={`接单设置:${edit.name}`} call={orders.saveWorker} loading={save.running} submitError={save.error} fixed={{ account_id: edit.account_id }}
          fields={[
            { name: 'skills', kind: 'many', options: (kinds.data?.skills ?? []).map((s) => ({ value: s, label: s })) },
            { name: 'building_ids', kind: 'many', help: '不选为全部', options: (tree.data?.communities ?? []).flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: `${c.name} ${b.name}` }))) },
            { name: 'weekdays', control: (c) => <Days {...c} /> }, { name: 'duty_from', placeholder: '08:00', help: '当班起止都不填为全天;止早于起为跨夜班' }, { name: 'duty_to', placeholder: '20:00' }, { name: 'open_max', suffix: '单' },
          ]}
          initial={{ skills: edit.skills, building_ids: edit.building_ids, weekdays: edit.weekdays, duty_from: edit.duty_from, duty_to: edit.duty_to, open_max: edit.open_max }}
          onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
    </>
  )
}
