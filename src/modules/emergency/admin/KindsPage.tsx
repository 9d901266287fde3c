// 事件种类: how often each is drilled a year, from a day on, beside the law.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { emergency, type Kind } from '../contract.ts'

export default function KindsPage() {
  const kinds = useRead(emergency.kinds, {})
  const writes = useMay()('emergency.plan.write')
  const [edit, setEdit] = useState<Kind | 'new'>()
  return (
    <ReadPage title="事件种类" loading={kinds.loading} error={kinds.error} retry={kinds.retry} actions={writes ? <Button type="primary" onClick={() => setEdit('new')}>新增种类</Button> : null}>
      {kinds.data ? <section className="hy-card"><RowsTable label="事件种类" rows={kinds.data.rows} row_key="kind_id" empty="还没有种类" columns={[{ key: 'name', title: '事件种类', width: 150, show: (k) => <span className="hy-line">{k.name}{k.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'per_year', title: '每年演练', width: 90, align: 'right', show: (k) => `${k.per_year} 次` }, { key: 'source', title: '依据', width: 560 }, { key: 'from_on', title: '生效日', width: 110, show: (k) => (k.from_on === '2000-01-01' ? '出厂' : k.from_on) }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (k: Kind) => <Button size="small" onClick={() => setEdit(k)}>修改</Button> }] : [])]} /></section> : null}
      {edit ? <KindModal row={edit === 'new' ? undefined : edit} close={() => setEdit(undefined)} /> : null}
    </ReadPage>
  )
}
function KindModal({ row, close }: { row: Kind | undefined; close: () => void }) {
  const save = useWrite(emergency.saveKind, { in_form: true, done: '已保存' })
  return <FormModal open onClose={close} title={row ? `修改 ${row.name}` : '新增种类'} call={emergency.saveKind} loading={save.running} submitError={save.error} fixed={row ? { kind_id: row.kind_id } : {}} fields={['name', { name: 'per_year', suffix: '次' }, { name: 'source', placeholder: '法规、标准或公司制度' }, { name: 'from_on', help: '改了次数或依据时从哪天起' }, 'sort_no', 'retired']} initial={row ? { name: row.name, per_year: row.per_year, source: row.source, from_on: today(), sort_no: row.sort_no, retired: row.retired } : { name: '', per_year: 1, source: '公司制度', from_on: today(), sort_no: 200, retired: false }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
