// 部门: the tree of today, each with its history; a change begins on a day.
import { Button, Checkbox, Modal } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { staff, type DepartmentRow } from '../contract.ts'
import { VERSION_TONES } from '../shown.ts'
import { words } from '../words.ts'
import { PlaceInput } from './inputs.tsx'

export default function DepartmentsPage() {
  const may = useMay()
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState<{ row?: DepartmentRow; parent?: DepartmentRow }>()
  const [history, setHistory] = useState<DepartmentRow>()
  const [ending, setEnding] = useState<DepartmentRow>()
  const q = useRead(staff.departments, { with_retired: all })
  const retire = useWrite(staff.retireDepartment, { in_form: true, done: '已保存' })
  const writes = q.data?.rows[0]?.can.write === true || (q.data?.rows.length === 0 && may('staff.org.write'))
  const close = (): void => { setEnding(undefined); retire.reset() }
  return (
    <ReadPage title="部门" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setOpen({})}>新增部门</Button> : null}>
      <div className="hy-card hy-stack">
        <div><Checkbox checked={all} onChange={(e) => setAll(e.target.checked)}>含撤销的</Checkbox></div>
        <RowsTable<DepartmentRow> cards label="部门" rows={q.data?.rows ?? []} row_key="department_id" empty="还没有部门" columns={[
          { key: 'name', title: '部门', width: 230, show: (r) => <span className="hy-line" style={{ paddingLeft: r.depth * 20 }}>{r.name}{r.retired ? <StateTag value="x" words={{ x: '已撤销' }} /> : null}{r.from_on > today() ? <StateTag value="x" words={{ x: `${r.from_on} 起` }} tones={{ x: 'busy' }} /> : null}</span> }, { key: 'parent_name', title: '上级', width: 130, show: (r) => r.parent_name ?? '公司' }, { key: 'community_name', title: '小区', width: 120 }, { key: 'people_count', title: '人数', width: 70, show: (r) => (r.people_count > 0 && may('staff.file.view') ? <Go to={`/staff/employees?department_id=${r.department_id}`}>{r.people_count}</Go> : r.people_count) }, { key: 'from_on', title: '现名称起', width: 110 }, { key: 'next_on', title: '下次变更', width: 110 },
          { key: 'act', title: '操作', width: 230, show: (r) => <span className="hy-line"><Button size="small" onClick={() => setHistory(r)}>沿革</Button>{writes && !r.retired ? <><Button size="small" onClick={() => setOpen({ row: r })}>变更</Button><Button size="small" onClick={() => setOpen({ parent: r })}>加下级</Button></> : null}{writes ? <Button size="small" danger={!r.retired} onClick={() => setEnding(r)}>{r.retired ? '恢复' : '撤销'}</Button> : null}</span> },
        ]} />
      </div>
      {open ? <DepartmentDrawer {...open} rows={q.data?.rows ?? []} close={() => setOpen(undefined)} /> : null}
      {history ? <History row={history} close={() => setHistory(undefined)} /> : null}
      {ending ? <ReasonModal open danger={!ending.retired} title={`${ending.retired ? '恢复' : '撤销'} ${ending.name}`} loading={retire.running} submitError={retire.error} onClose={close} onConfirm={async (reason) => { if (await retire.run({ department_id: ending.department_id, retired: !ending.retired, reason })) close() }} /> : null}
    </ReadPage>
  )
}
function DepartmentDrawer({ row, parent, rows, close }: { row?: DepartmentRow; parent?: DepartmentRow; rows: readonly DepartmentRow[]; close: () => void }) {
  const save = useWrite(staff.saveDepartment, { in_form: true, done: '已保存' })
  const { place_id } = usePlace()
  return (
    <FormDrawer
      open onClose={close} title={row ? `变更 ${row.name}` : '新增部门'} call={staff.saveDepartment} loading={save.running} submitError={save.error} fixed={row ? { department_id: row.department_id } : {}} note={row ? <p className="hy-muted">从生效日起用新的名称、上级和小区,以前的保留。</p> : null}
      fields={['name', { name: 'parent_id', kind: 'select', options: rows.filter((d) => !d.retired && d.department_id !== row?.department_id).map((d) => ({ value: d.department_id, label: d.name })), placeholder: '公司直属' }, { name: 'community_id', control: (c) => <PlaceInput {...c} /> }, 'from_on', 'sort_no', 'basis']}
      initial={row ? { name: row.name, parent_id: row.parent_id, community_id: row.community_id, from_on: today(), sort_no: row.sort_no, basis: '' } : { name: '', parent_id: parent?.department_id ?? null, community_id: parent?.community_id ?? place_id ?? null, from_on: today(), sort_no: 10, basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function History({ row, close }: { row: DepartmentRow; close: () => void }) {
  const q = useRead(staff.departmentVersions, { department_id: row.department_id })
  return (
    <Modal open title={`${row.name} 沿革`} footer={null} onCancel={close} width={820}>
      {q.error ? <ErrorBlock error={q.error} retry={q.retry} /> : <RowsTable cards label="沿革" rows={q.data?.rows ?? []} row_key="version_id" empty="加载中" columns={[{ key: 'from_on', title: '生效日', width: 105 }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['version']} tones={VERSION_TONES} /> }, { key: 'name', title: '名称', width: 120 }, { key: 'parent_name', title: '上级', width: 120, show: (r) => r.parent_name ?? '公司' }, { key: 'community_name', title: '小区', width: 110 }, { key: 'basis', title: '依据', width: 160 }, { key: 'made_at', title: '设定', width: 180, show: (r) => `${r.made_by_name} ${instant(r.made_at)}` }]} />}
    </Modal>
  )
}
