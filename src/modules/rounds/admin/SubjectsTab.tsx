// 秩序问题种类: what findings of public order are about, with whose it is and by when, from a day on.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { rounds, type Subject } from '../contract.ts'

const SHIPPED = '2000-01-01'
const dayText = (day: string): string => (day === SHIPPED ? '出厂' : day)
export function SubjectsTab() {
  const subjects = useRead(rounds.subjects, {})
  const writes = useMay()('rounds.setup.write')
  const save = useWrite(rounds.saveSubject, { in_form: true, done: '已保存' })
  const publish = useWrite(rounds.publishSubjectRule, { in_form: true, done: '已设定' })
  const [edit, setEdit] = useState<{ kind: 'name'; row?: Subject } | { kind: 'rule'; row: Subject }>()
  if (subjects.error) return <ErrorBlock error={subjects.error} retry={subjects.retry} />
  if (!subjects.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset(); publish.reset() }
  const row = edit?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({ kind: 'name' })}>新增种类</Button></div> : null}
      <RowsTable
        label="秩序问题种类" rows={subjects.data.rows} row_key="subject_id" empty="还没有种类"
        columns={[
          { key: 'name', title: '种类', width: 180, show: (s) => <span className="hy-line">{s.name}{s.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'department', title: '责任部门', width: 100, show: (s) => s.rule?.department ?? '—' }, { key: 'fix_hours', title: '时限', width: 90, show: (s) => (s.rule ? `${s.rule.fix_hours} 小时` : '—') }, { key: 'authority', title: '制止不了时报告', width: 150, show: (s) => s.rule?.authority || '—' }, { key: 'basis', title: '依据', width: 280, show: (s) => s.rule?.basis || '—' }, { key: 'from_on', title: '生效日', width: 150, show: (s) => `${s.rule ? dayText(s.rule.from_on) : '—'}${s.next_from_on ? `;${s.next_from_on} 起改` : ''}` },
          ...(writes ? [{ key: 'act', title: '操作', width: 150, show: (s: Subject) => <span className="hy-line"><Button size="small" onClick={() => setEdit({ kind: 'rule', row: s })}>时限</Button><Button size="small" onClick={() => setEdit({ kind: 'name', row: s })}>修改</Button></span> }] : []),
        ]}
      />
      {edit?.kind === 'name' ? <FormModal key={row?.subject_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增种类'} call={rounds.saveSubject} loading={save.running} submitError={save.error} fields={['name', 'sort_no', { name: 'retired', help: '停用后不能再登记这一种' }]} fixed={row ? { subject_id: row.subject_id } : {}} initial={{ name: row?.name ?? '', sort_no: row?.sort_no ?? 500, retired: row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
      {edit?.kind === 'rule' ? <FormDrawer key={edit.row.subject_id} open onClose={close} title={`时限:${edit.row.name}`} call={rounds.publishSubjectRule} loading={publish.running} submitError={publish.error} note={<p className="hy-muted">从生效日起发现的按新时限;之前的不变。</p>} fields={['from_on', 'department', 'fix_hours', { name: 'authority', placeholder: '没有的不填' }, 'basis']} fixed={{ subject_id: edit.row.subject_id }} initial={{ department: '秩序部', fix_hours: 24, authority: '', basis: '', ...edit.row.rule, from_on: today() }} onSubmit={async (i) => { if (await publish.run(i)) close() }} /> : null}
    </div>
  )
}
