// 客服设置: kinds with their limits, causes, departments, the rules.
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { care, type Cause, type Department, type Kind } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { ServicesTab } from './ServicesTab.tsx'

export default function SetupPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="客服设置" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'kinds'} onChange={(k) => setSearch({ tab: k })} destroyOnHidden items={[{ key: 'kinds', label: '类别与时限', children: <KindsTab /> }, { key: 'departments', label: '处理部门', children: <DepartmentsTab /> }, { key: 'services', label: '服务申请事项', children: <ServicesTab /> }, { key: 'causes', label: '原因', children: <CausesTab /> }, { key: 'policy', label: '规则', children: <PolicyTab /> }]} />
      </div>
    </ReadPage>
  )
}
const retiredTag = <StateTag value="r" words={{ r: '已停用' }} />

function KindsTab() {
  const kinds = useRead(care.kinds, {})
  const departments = useRead(care.departments, {})
  const writes = useMay()('care.setup.write')
  const save = useWrite(care.saveKind, { in_form: true, done: '已保存' })
  const publish = useWrite(care.publishKindRule, { in_form: true, done: '已设定时限' })
  const [edit, setEdit] = useState<{ kind: 'name'; row?: Kind } | { kind: 'rule'; row: Kind }>()
  if (kinds.error) return <ErrorBlock error={kinds.error} retry={kinds.retry} />
  if (!kinds.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset(); publish.reset() }
  const row = edit?.row
  const nameOf = (id: string | null) => departments.data?.rows.find((d) => d.department_id === id)?.name ?? '待分派'
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({ kind: 'name' })}>新增类别</Button></div> : null}
      <RowsTable
        label="投诉类别" rows={kinds.data.rows} row_key="kind_id" empty="还没有类别"
        columns={[
          { key: 'nature', title: '性质', width: 60, show: (k) => said('nature', k.nature) }, { key: 'name', title: '类别', width: 150, show: (k) => <span className="hy-line">{k.name}{k.retired ? retiredTag : null}</span> },
          { key: 'accept', title: '受理时限', width: 90, show: (k) => (k.rule ? `${k.rule.accept_n} ${said('unit', k.rule.accept_unit)}` : <span className="hy-red">未设</span>) }, { key: 'answer', title: '答复时限', width: 90, show: (k) => (k.rule ? `${k.rule.answer_n} ${said('unit', k.rule.answer_unit)}` : '—') },
          { key: 'clock', title: '计时', width: 80, show: (k) => (k.rule ? said('clock', k.rule.clock) : '—') }, { key: 'department', title: '登记后派给', width: 95, show: (k) => nameOf(k.rule?.department_id ?? null) }, { key: 'visit', title: '回访', width: 60, show: (k) => (k.rule?.visit ? '必须' : '不必') }, { key: 'pauses', title: '暂停催缴', width: 80, show: (k) => (k.pauses ? '是' : '—') },
          { key: 'from_on', title: '生效日', width: 150, show: (k) => `${k.rule ? (k.rule.from_on === '2000-01-01' ? '出厂' : k.rule.from_on) : '—'}${k.next_from_on ? `;${k.next_from_on} 起改` : ''}` },
          ...(writes ? [{ key: 'act', title: '操作', width: 150, show: (k: Kind) => <span className="hy-line"><Button size="small" onClick={() => setEdit({ kind: 'rule', row: k })}>时限</Button><Button size="small" onClick={() => setEdit({ kind: 'name', row: k })}>修改</Button></span> }] : []),
        ]}
      />
      {edit?.kind === 'name' ? <FormModal key={row?.kind_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增类别'} call={care.saveKind} loading={save.running} submitError={save.error} words={{ nature: words.states?.['nature'] }} fields={['nature', 'name', { name: 'pauses', help: '收费争议类打开:未办结时该户不催缴' }, 'sort_no', { name: 'retired', help: '停用后不能再登记这一类' }]} fixed={row ? { kind_id: row.kind_id } : {}} initial={{ nature: row?.nature ?? 'complaint', name: row?.name ?? '', pauses: row?.pauses ?? false, sort_no: row?.sort_no ?? 500, retired: row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
      {edit?.kind === 'rule' ? (
        <FormDrawer
          key={edit.row.kind_id} open onClose={close} title={`时限:${edit.row.name}`} call={care.publishKindRule} loading={publish.running} submitError={publish.error} words={{ clock: words.states?.['clock'], accept_unit: words.states?.['unit'], answer_unit: words.states?.['unit'] }} note={<p className="hy-muted">从生效日起登记的按新时限;之前的不变。</p>}
          fields={['from_on', 'accept_n', 'accept_unit', 'answer_n', 'answer_unit', { name: 'clock', help: '工作时间按工单的工作时段和节假日安排' }, { name: 'department_id', options: (departments.data?.rows ?? []).filter((d) => !d.retired && d.account_ids.length > 0).map((d) => ({ value: d.department_id, label: d.name })), help: '不选则登记后待分派' }, 'visit']} fixed={{ kind_id: edit.row.kind_id }}
          initial={{ accept_n: 4, accept_unit: 'hour', answer_n: 2, answer_unit: 'day', clock: 'working', department_id: null, visit: true, ...edit.row.rule, from_on: today() }} onSubmit={async (i) => { if (await publish.run(i)) close() }}
        />
      ) : null}
    </div>
  )
}

function DepartmentsTab() {
  const list = useRead(care.departments, {})
  const people = useRead(care.handlers, {})
  const writes = useMay()('care.setup.write')
  const save = useWrite(care.saveDepartment, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: Department }>()
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset() }
  const row = edit?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({})}>新增部门</Button></div> : null}
      <RowsTable label="处理部门" rows={list.data.rows} row_key="department_id" empty="还没有部门" columns={[{ key: 'name', title: '部门', width: 140, show: (d) => <span className="hy-line">{d.name}{d.retired ? retiredTag : null}</span> }, { key: 'names', title: '成员', width: 420, show: (d) => d.names.join('、') || <span className="hy-red">还没有成员,不能派给它</span> }, ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (d: Department) => <Button size="small" onClick={() => setEdit({ row: d })}>修改</Button> }] : [])]} />
      {edit ? <FormDrawer key={row?.department_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增部门'} call={care.saveDepartment} loading={save.running} submitError={save.error} fields={['name', { name: 'account_ids', kind: 'many', options: (people.data?.rows ?? []).map((x) => ({ value: x.account_id, label: `${x.name}${x.post ? ` · ${x.post}` : ''}` })), help: '名单为有「处理投诉」权限的员工' }, 'sort_no', 'retired']} fixed={row ? { department_id: row.department_id } : {}} initial={{ name: row?.name ?? '', account_ids: row?.account_ids ?? [], sort_no: row?.sort_no ?? 100, retired: row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}

function CausesTab() {
  const may = useMay()
  const list = useRead(care.causes, {}, { enabled: may('care.complaint.handle') })
  const writes = may('care.setup.write')
  const save = useWrite(care.saveCause, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: Cause }>()
  if (!may('care.complaint.handle')) return <p className="hy-muted">处理投诉的岗位才看得到原因清单。</p>
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset() }
  const row = edit?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({})}>新增原因</Button></div> : null}
      <RowsTable label="投诉原因" rows={list.data.rows} row_key="cause_id" empty="还没有原因" columns={[{ key: 'name', title: '原因', width: 180 }, { key: 'from_on', title: '启用日', width: 110, show: (x) => (x.from_on === '2000-01-01' ? '出厂' : x.from_on) }, { key: 'to_on', title: '停用日', width: 110 }, { key: 'sort_no', title: '排序', width: 70 }, ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (x: Cause) => <Button size="small" onClick={() => setEdit({ row: x })}>修改</Button> }] : [])]} />
      {edit ? <FormModal key={row?.cause_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增原因'} call={care.saveCause} loading={save.running} submitError={save.error} fields={['name', 'from_on', { name: 'to_on', help: '从这天起不能再选;已选的不变' }, 'sort_no']} fixed={row ? { cause_id: row.cause_id } : {}} initial={{ name: row?.name ?? '', from_on: row?.from_on ?? today(), to_on: row?.to_on ?? null, sort_no: row?.sort_no ?? 200 }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}

function PolicyTab() {
  const policy = useRead(care.policy, {})
  const writes = useMay()('care.setup.write')
  const save = useWrite(care.savePolicy, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  if (policy.error) return <ErrorBlock error={policy.error} retry={policy.retry} />
  if (!policy.data) return <LoadingBlock />
  const { now, versions } = policy.data
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <span>时限前 <strong>{now.warn_hours}</strong> 小时提醒</span><span>答复后 <strong>{now.visit_days}</strong> 天内回访,<strong>{now.visit_tries}</strong> 次联系不上可办结</span><span>答复后 <strong>{now.reopen_days}</strong> 天内可重开,过后自动办结</span><span><strong>{now.satisfied_from}</strong> 分以上算满意,目标 <strong>{now.goal_percent}%</strong></span><span>匿名投诉 <strong>{now.unnamed_open ? '开放' : '关闭'}</strong></span>
        {writes ? <Button type="primary" onClick={() => setOpen(true)}>修改规则</Button> : null}
      </div>
      <p className="hy-muted">工作时段与 <Go to="/orders/setup?tab=policy">工单规则</Go> 相同;放假与调休在 <Go to="/billing/late-rules">违约金规则 · 节假日安排</Go> 中维护。</p>
      <RowsTable label="历次规则" rows={versions.map((v, i) => ({ ...v, key: `${i}` }))} row_key="key" empty="没有改过,用的是出厂规则" columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'warn_hours', title: '提前提醒', width: 90, show: (v) => `${v.warn_hours} 小时` }, { key: 'visit_days', title: '回访', width: 80, show: (v) => `${v.visit_days} 天` }, { key: 'reopen_days', title: '可重开', width: 80, show: (v) => `${v.reopen_days} 天` }, { key: 'goal_percent', title: '目标', width: 70, show: (v) => `${v.goal_percent}%` }, { key: 'unnamed_open', title: '匿名', width: 70, show: (v) => (v.unnamed_open ? '开放' : '关闭') }, { key: 'created_by_name', title: '设置人', width: 100 }, { key: 'created_at', title: '设置时间', width: 150 }]} />
      {open ? <FormModal open onClose={() => { setOpen(false); save.reset() }} title="修改投诉规则" call={care.savePolicy} loading={save.running} submitError={save.error} fields={['from_on', { name: 'warn_hours', suffix: '小时' }, { name: 'visit_days', suffix: '天' }, { name: 'visit_tries', suffix: '次' }, { name: 'reopen_days', suffix: '天' }, { name: 'satisfied_from', suffix: '分' }, { name: 'goal_percent', suffix: '%' }, { name: 'unnamed_open', help: '关闭后业主端不能匿名提交;已有的仍可凭查询码跟进' }]} initial={{ ...now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
