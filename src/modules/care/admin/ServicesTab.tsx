// 申请事项: names, and their forms and steps by version; a form is edited as rows and published from a day on.
import { Alert, Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { FIELDS_MAX, FIELD_KINDS, care, type FormField, type FormStep, type Service } from '../contract.ts'
import { said } from '../shown.ts'
import './care.css'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
export function ServicesTab() {
  const list = useRead(care.services, {})
  const writes = useMay()('care.setup.write')
  const save = useWrite(care.saveService, { in_form: true, done: '已保存' })
  const remove = useWrite(care.removeService, { done: '已删除' })
  const [edit, setEdit] = useState<{ kind: 'name'; row?: Service } | { kind: 'form'; row: Service }>()
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset() }
  const row = edit?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({ kind: 'name' })}>新增事项</Button></div> : null}
      <RowsTable label="申请事项" rows={list.data.rows} row_key="service_id" empty="还没有事项" columns={[
        { key: 'name', title: '事项', width: 130, show: (s) => <span className="hy-line">{s.name}{s.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'fields', title: '表单栏目', width: 300, show: (s) => s.version?.fields.map((f) => f.zh).join('、') ?? <span className="hy-red">还没有表单</span> }, { key: 'steps', title: '审批步骤', width: 160, show: (s) => s.version?.steps.map((x) => `${x.name} ${x.days} 天`).join(' → ') ?? '—' },
        { key: 'permit', title: '凭条', width: 90, show: (s) => (s.version?.permit ? `${s.version.permit_hours} 小时` : '—') }, { key: 'version', title: '版本', width: 150, show: (s) => (s.version ? `第 ${s.version.version_no} 版${s.version.from_on === '2000-01-01' ? '' : `,${s.version.from_on} 起`}${s.next_from_on ? `;${s.next_from_on} 起改` : ''}` : '—') },
        ...(writes ? [{ key: 'act', title: '操作', width: 190, show: (s: Service) => <span className="hy-line">{s.version ? null : <Button size="small" danger loading={remove.running} onClick={() => void confirm({ title: `删除「${s.name}」?`, content: '还没有发布过表单,可以删除。', ok: '删除', danger: true }).then((yes) => (yes ? remove.run({ service_id: s.service_id }) : undefined))}>删除</Button>}<Button size="small" onClick={() => setEdit({ kind: 'form', row: s })}>表单</Button><Button size="small" onClick={() => setEdit({ kind: 'name', row: s })}>修改</Button></span> }] : []),
      ]} />
      {edit?.kind === 'name' ? <FormModal key={row?.service_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增事项'} call={care.saveService} loading={save.running} submitError={save.error} fields={['name', 'sort_no', { name: 'retired', help: '停用后不能再申请' }]} fixed={row ? { service_id: row.service_id } : {}} initial={{ name: row?.name ?? '', sort_no: row?.sort_no ?? 100, retired: row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
      {edit?.kind === 'form' ? <FormEditor key={edit.row.service_id} service={edit.row} close={close} /> : null}
    </div>
  )
}

/** The first free key of the form: f1, f2, … */
const freeKey = (fields: readonly FormField[]): string => { for (let n = 1; ; n++) if (!fields.some((f) => f.key === `f${n}`)) return `f${n}` }
function FormEditor({ service, close }: { service: Service; close: () => void }) {
  const departments = useRead(care.departments, {})
  const publish = useWrite(care.publishService, { in_form: true, done: (a) => `已发布第 ${a.version_no} 版` })
  const v = service.version
  const [from_on, setFrom] = useState(today())
  const [intro, setIntro] = useState(v?.intro ?? '')
  const [fields, setFields] = useState<readonly FormField[]>(v?.fields ?? [])
  const [steps, setSteps] = useState<readonly FormStep[]>(v?.steps ?? [{ name: '客服核对', department_id: null, days: 1 }])
  const [permit, setPermit] = useState(v?.permit ?? false)
  const [permit_hours, setHours] = useState(v?.permit_hours ?? 72)
  const [show_arrears, setArrears] = useState(v?.show_arrears ?? false)
  const field = (i: number, change: Partial<FormField>) => setFields(fields.map((f, n) => (n === i ? { ...f, ...change } : f)))
  const step = (i: number, change: Partial<FormStep>) => setSteps(steps.map((s, n) => (n === i ? { ...s, ...change } : s)))
  const move = (i: number): void => setFields(fields.map((f, n) => (n === i - 1 ? fields[i]! : n === i ? fields[i - 1]! : f)))
  const ready = (departments.data?.rows ?? []).filter((d) => !d.retired && d.account_ids.length > 0)
  const submit = async (): Promise<void> => { if (await publish.run({ service_id: service.service_id, from_on, intro, fields: [...fields], steps: [...steps], permit, permit_hours, show_arrears })) close() }
  return (
    <Drawer open title={`表单:${service.name}`} onClose={close} size={860} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={publish.running} onClick={() => void submit()}>发布新版本</Button></div>}>
      <Form layout="vertical" className="hy-form">
        {publish.error ? <Alert className="hy-form-alert" type="error" showIcon title={publish.error.message} /> : null}
        <p className="hy-muted">从生效日起按新表单填写;已提交的按原来的表单和步骤办完。</p>
        <Form.Item label="生效日" htmlFor="fe-from"><Suspense fallback={null}><DayInput id="fe-from" value={from_on} onChange={(d) => setFrom((d as string | null) ?? today())} /></Suspense></Form.Item>
        <Form.Item label="办理说明" htmlFor="fe-intro"><Input.TextArea id="fe-intro" rows={2} maxLength={500} value={intro} onChange={(e) => setIntro(e.target.value)} /></Form.Item>
        <h2 className="care-head">表单栏目</h2>
        {fields.map((f, i) => (
          <div key={f.key} className="hy-line care-row" role="group" aria-label={`第 ${i + 1} 栏`}>
            <Input aria-label="名称" style={{ width: 140 }} maxLength={30} value={f.zh} onChange={(e) => field(i, { zh: e.target.value })} />
            <Select aria-label="类型" style={{ width: 100 }} value={f.kind} onChange={(kind: FormField['kind']) => field(i, { kind, ...(kind === 'choice' ? {} : { options: [] }) })} options={FIELD_KINDS.map((k) => ({ value: k, label: said('field_kind', k) }))} />
            {f.kind === 'choice' ? <Select aria-label="选项" mode="tags" style={{ width: 220 }} placeholder="输入后回车" value={f.options} onChange={(options: string[]) => field(i, { options })} /> : <Input aria-label="提示" style={{ width: 220 }} maxLength={60} placeholder="提示(选填)" value={f.hint} onChange={(e) => field(i, { hint: e.target.value })} />}
            <span className="hy-line"><Switch aria-label="必填" checked={f.needed} onChange={(needed) => field(i, { needed })} />必填</span>
            <Button size="small" disabled={i === 0} onClick={() => move(i)}>上移</Button>
            <Button size="small" danger onClick={() => setFields(fields.filter((_, n) => n !== i))}>删除</Button>
          </div>
        ))}
        <p><Button disabled={fields.length >= FIELDS_MAX} onClick={() => setFields([...fields, { key: freeKey(fields), zh: '', kind: 'text', options: [], needed: true, hint: '' }])}>添加栏目</Button></p>
        <h2 className="care-head">审批步骤</h2>
        {steps.map((s, i) => (
          <div key={i} className="hy-line care-row" role="group" aria-label={`第 ${i + 1} 步`}>
            <Input aria-label="步骤名称" style={{ width: 160 }} maxLength={30} value={s.name} onChange={(e) => step(i, { name: e.target.value })} />
            <Select aria-label="审批部门" style={{ width: 200 }} value={s.department_id ?? ''} onChange={(d: string) => step(i, { department_id: d || null })} options={[{ value: '', label: '有审批权限的员工' }, ...ready.map((d) => ({ value: d.department_id, label: d.name }))]} />
            <InputNumber aria-label="工作日" min={1} max={60} value={s.days} onChange={(n) => step(i, { days: n ?? 1 })} suffix="工作日" style={{ width: 110 }} />
            <Button size="small" danger disabled={steps.length === 1} onClick={() => setSteps(steps.filter((_, n) => n !== i))}>删除</Button>
          </div>
        ))}
        <p><Button disabled={steps.length >= 5} onClick={() => setSteps([...steps, { name: '', department_id: null, days: 1 }])}>添加步骤</Button></p>
        <div className="hy-line"><Switch id="fe-permit" aria-label="批准后出具放行凭条" checked={permit} onChange={setPermit} /><label htmlFor="fe-permit">批准后出具放行凭条,门岗核验</label>{permit ? <InputNumber aria-label="凭条有效小时" min={1} max={720} value={permit_hours} onChange={(n) => setHours(n ?? 72)} suffix="小时有效" style={{ width: 140 }} /> : null}</div>
        <div className="hy-line" style={{ marginTop: 8 }}><Switch id="fe-arrears" aria-label="审批时显示欠费" checked={show_arrears} onChange={setArrears} /><label htmlFor="fe-arrears">审批时显示欠费(只显示,不能据此不批准)</label></div>
      </Form>
    </Drawer>
  )
}
