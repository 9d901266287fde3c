// 制度设置: by when rules are read, by date, and their classes.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useSession } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { office, type Policy, type PolicyVersion, type RuleClass } from '../contract.ts'
import { words } from '../words.ts'

export default function SetupPage() {
  const q = useRead(office.policy, {})
  const writes = useSession().company_permissions.some((p) => p === '*' || p === 'office.setup.write')
  const [open, setOpen] = useState(false)
  const p = q.data?.now
  return (
    <>
      <DetailPage
        title="制度设置" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setOpen(true)}>设定阅读规则</Button> : null}
        facts={p ? [['读完期限', `告知或生效后 ${p.read_days} 天`], ['逾期提醒', `每 ${p.remind_days} 天一次`], ['失效后阅读记录保留', `${p.keep_days} 天`], ['依据', p.basis], ['生效日', p.from_on]] : []}
        tabs={q.data ? [{ key: 'classes', label: '制度分类', children: () => <Classes writes={writes} /> }, { key: 'versions', label: '历次规则', children: () => <RowsTable<PolicyVersion & { key: string }> cards label="历次规则" rows={q.data!.rows.map((r) => ({ ...r, key: `${r.from_on} ${r.made_at}` }))} row_key="key" empty="没有" columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states!['version']} tones={{ now: 'good', future: 'busy', past: 'plain' }} /> }, { key: 'read_days', title: '读完期限', width: 100, show: (r) => `${r.read_days} 天` }, { key: 'remind_days', title: '逾期提醒', width: 110, show: (r) => `每 ${r.remind_days} 天` }, { key: 'keep_days', title: '记录保留', width: 100, show: (r) => `${r.keep_days} 天` }, { key: 'basis', title: '依据', width: 240 }, { key: 'made_at', title: '设定', width: 190, show: (r) => `${r.made_by_name} ${instant(r.made_at)}` }]} /> }] : []}
      />
      {open && p ? <PolicyDrawer p={p} close={() => setOpen(false)} /> : null}
    </>
  )
}
function PolicyDrawer({ p, close }: { p: Policy; close: () => void }) {
  const save = useWrite(office.savePolicy, { in_form: true, done: (a) => `已设定,${a.from_on} 起` })
  return <FormDrawer open onClose={close} title="设定制度阅读规则" call={office.savePolicy} loading={save.running} submitError={save.error} fields={['from_on', { name: 'read_days', suffix: '天' }, { name: 'remind_days', suffix: '天' }, { name: 'keep_days', suffix: '天', help: '到期后只留人数' }, { name: 'basis', wide: true }]} initial={{ from_on: today(), read_days: p.read_days, remind_days: p.remind_days, keep_days: p.keep_days, basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Classes({ writes }: { writes: boolean }) {
  const q = useRead(office.classes, { with_retired: true })
  const save = useWrite(office.saveClass, { in_form: true, done: '已保存' })
  const usual = useWrite(office.addUsualClasses, { done: (a) => (a.count ? `已加入 ${a.count} 个分类` : '常用分类都有了') })
  const [row, setRow] = useState<RuleClass | 'new'>()
  const close = (): void => { setRow(undefined); save.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return (
    <div className="hy-stack">
      {writes ? <div className="hy-line"><Button onClick={() => setRow('new')}>新增分类</Button><Button loading={usual.running} onClick={() => void usual.run({})}>加入常用分类</Button></div> : null}
      <RowsTable<RuleClass> cards label="制度分类" rows={q.data?.rows ?? []} row_key="class_id" empty="还没有分类" columns={[{ key: 'name', title: '分类', width: 220, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'sort_no', title: '排序', width: 80, align: 'right' }, ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (r: RuleClass) => <Button size="small" onClick={() => setRow(r)}>修改</Button> }] : [])]} />
      {row ? <FormDrawer open onClose={close} title={row === 'new' ? '新增制度分类' : `修改 ${row.name}`} call={office.saveClass} loading={save.running} submitError={save.error} fixed={row === 'new' ? { retired: false } : { class_id: row.class_id }} fields={['name', 'sort_no', ...(row === 'new' ? [] : ['retired' as const])]} initial={row === 'new' ? { name: '', sort_no: 200 } : { name: row.name, sort_no: row.sort_no, retired: row.retired }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
