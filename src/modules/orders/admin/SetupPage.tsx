// 工单设置: categories with their limits, the rules, who takes orders.
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
import { orders, type Category } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { BuildersTab } from './BuildersTab.tsx'
import { PricesTab } from './PricesTab.tsx'
import { WorkersTab } from './WorkersTab.tsx'

export default function SetupPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="工单设置" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'categories'} onChange={(k) => setSearch({ tab: k })} destroyOnHidden items={[{ key: 'categories', label: '分类与时限', children: <CategoriesTab /> }, { key: 'policy', label: '工单规则', children: <PolicyTab /> }, { key: 'workers', label: '接单人员', children: <WorkersTab /> }, { key: 'prices', label: '有偿服务价目', children: <PricesTab /> }, { key: 'warranty', label: '保修', children: <BuildersTab /> }]} />
      </div>
    </ReadPage>
  )
}

type Editing = { kind: 'category'; row?: Category; parent: Category | undefined } | { kind: 'rule'; row: Category }
function CategoriesTab() {
  const kinds = useRead(orders.categories, {})
  const writes = useMay()('orders.setup.write')
  const save = useWrite(orders.saveCategory, { in_form: true, done: '已保存' })
  const publish = useWrite(orders.publishRule, { in_form: true, done: '已设定时限' })
  const [edit, setEdit] = useState<Editing>()
  if (kinds.error) return <ErrorBlock error={kinds.error} retry={kinds.retry} />
  if (!kinds.data) return <LoadingBlock />
  const { rows, skills } = kinds.data
  const groups = rows.filter((g) => g.parent_id === null)
  const close = () => { setEdit(undefined); save.reset(); publish.reset() }
  const row = edit?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({ kind: 'category', parent: undefined })}>新增大类</Button></div> : null}
      {groups.map((g) => (
        <section key={g.category_id} className="hy-stack" aria-label={g.name}>
          <div className="hy-line"><h2>{g.name}</h2><span className="hy-muted">{said('place', g.place)}</span>{g.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}{writes ? <><Button size="small" onClick={() => setEdit({ kind: 'category', row: g, parent: undefined })}>修改</Button><Button size="small" onClick={() => setEdit({ kind: 'category', parent: g })}>新增小类</Button></> : null}</div>
          <RowsTable
            label={`${g.name}的小类`} rows={rows.filter((k) => k.parent_id === g.category_id)} row_key="category_id" empty="还没有小类"
            columns={[
              { key: 'name', title: '小类', width: 170, show: (k) => <span className="hy-line">{k.name}{k.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> },
              { key: 'urgent', title: '级别', width: 70, show: (k) => (k.rule?.urgent ? <StateTag value="u" words={{ u: '急修' }} tones={{ u: 'bad' }} /> : k.rule ? '一般' : '—') },
              { key: 'respond', title: '到场时限', width: 100, show: (k) => (k.rule ? `${k.rule.respond_n} ${said('unit', k.rule.respond_unit)}` : <span className="hy-red">未设</span>) },
              { key: 'finish', title: '完工时限', width: 100, show: (k) => (k.rule ? `${k.rule.finish_n} ${said('unit', k.rule.finish_unit)}` : '—') },
              { key: 'clock', title: '计时', width: 90, show: (k) => (k.rule ? said('clock', k.rule.clock) : '—') },
              { key: 'skill', title: '工种', width: 80, show: (k) => k.rule?.skill ?? '—' },
              { key: 'from_on', title: '生效日', width: 150, show: (k) => `${k.rule ? (k.rule.from_on === '2000-01-01' ? '出厂' : k.rule.from_on) : '—'}${k.next_from_on ? `;${k.next_from_on} 起改` : ''}` },
              ...(writes ? [{ key: 'act', title: '操作', width: 150, show: (k: Category) => <span className="hy-line"><Button size="small" onClick={() => setEdit({ kind: 'rule', row: k })}>时限</Button><Button size="small" onClick={() => setEdit({ kind: 'category', row: k, parent: g })}>修改</Button></span> }] : []),
            ]}
          />
        </section>
      ))}
      {edit?.kind === 'category' ? (
        <FormModal
          key={row?.category_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : edit.parent ? `在「${edit.parent.name}」下新增小类` : '新增大类'} call={orders.saveCategory} loading={save.running} submitError={save.error} words={{ place: words.states?.['place'] }}
          fields={['name', ...(edit.parent ? [] : ['place' as const]), 'sort_no', { name: 'retired', help: '停用后不能再报这一类,已有工单不受影响' }]} fixed={{ parent_id: edit.parent?.category_id ?? null, ...(row ? { category_id: row.category_id } : {}), ...(edit.parent ? { place: edit.parent.place } : {}) }}
          initial={{ name: row?.name ?? '', place: row?.place ?? 'house', sort_no: row?.sort_no ?? (edit.parent?.sort_no ?? 0) + 50, retired: row?.retired ?? false }}
          onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
      {edit?.kind === 'rule' ? (
        <FormDrawer
          key={edit.row.category_id} open onClose={close} title={`时限:${edit.row.name}`} call={orders.publishRule} loading={publish.running} submitError={publish.error} words={{ clock: words.states?.['clock'], respond_unit: words.states?.['unit'], finish_unit: words.states?.['unit'] }}
          note={<p className="hy-muted">从生效日起报修的工单按新时限;之前的不变。</p>} fields={['from_on', 'urgent', 'respond_n', 'respond_unit', 'finish_n', 'finish_unit', { name: 'clock', help: '急修用自然时间;工作时间按工作时段和节假日安排' }, { name: 'skill', kind: 'suggest', options: skills.map((s) => ({ value: s, label: s })) }]} fixed={{ category_id: edit.row.category_id }}
          initial={{ from_on: today(), urgent: false, respond_n: 1, respond_unit: 'day', finish_n: 3, finish_unit: 'day', clock: 'working', skill: null, ...(edit.row.rule ? { ...edit.row.rule, from_on: today() } : {}) }}
          onSubmit={async (i) => { if (await publish.run(i)) close() }}
        />
      ) : null}
    </div>
  )
}

function PolicyTab() {
  const policy = useRead(orders.policy, {})
  const writes = useMay()('orders.setup.write')
  const save = useWrite(orders.savePolicy, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  if (policy.error) return <ErrorBlock error={policy.error} retry={policy.retry} />
  if (!policy.data) return <LoadingBlock />
  const { now, versions } = policy.data
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <span>工作时段 <strong className="hy-num">{now.work_from} – {now.work_to}</strong></span><span>时限前 <strong>{now.warn_minutes}</strong> 分钟提醒</span><span>完工后 <strong>{now.reopen_days}</strong> 天内可返修,过后自动办结</span><span>抢单大厅 <strong>{now.hall ? '开放' : '关闭'}</strong></span><span>自动派单 <strong>{now.auto_assign ? '开启' : '关闭'}</strong></span><span>普通报修回访 <strong>{now.visit_percent}%</strong>,评分 <strong>{now.visit_below}</strong> 分以下和返修必访</span><span>预约时刻后 <strong>{now.grace_minutes}</strong> 分钟内到场算及时</span><span>无网步骤 <strong>{now.offline_hours}</strong> 小时内补传按实际时间计</span><span>短信告知进度 <strong>{now.progress_sms ? '业户可选' : '不用'}</strong></span>
        {writes ? <Button type="primary" onClick={() => setOpen(true)}>修改规则</Button> : null}
      </div>
      <p className="hy-muted">周六、周日默认休息;放假与调休在 <Go to="/billing/late-rules">违约金规则 · 节假日安排</Go> 中维护,工单共用。</p>
      <RowsTable
        label="历次规则" rows={versions.map((v, i) => ({ ...v, key: `${i}` }))} row_key="key" empty="没有改过,用的是出厂规则"
        columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'hours', title: '工作时段', width: 130, show: (v) => `${v.work_from} – ${v.work_to}` }, { key: 'warn_minutes', title: '提前提醒', width: 90, show: (v) => `${v.warn_minutes} 分钟` }, { key: 'reopen_days', title: '可返修', width: 80, show: (v) => `${v.reopen_days} 天` }, { key: 'hall', title: '抢单', width: 70, show: (v) => (v.hall ? '开放' : '关闭') }, { key: 'auto_assign', title: '自动派单', width: 90, show: (v) => (v.auto_assign ? '开启' : '关闭') }, { key: 'visit_percent', title: '回访', width: 80, show: (v) => `${v.visit_percent}%` }, { key: 'created_by_name', title: '设置人', width: 100 }, { key: 'created_at', title: '设置时间', width: 150 }]}
      />
      {open ? <FormModal open onClose={() => { setOpen(false); save.reset() }} title="修改工单规则" call={orders.savePolicy} loading={save.running} submitError={save.error} fields={['from_on', { name: 'work_from', placeholder: '08:30' }, { name: 'work_to', placeholder: '17:30' }, { name: 'warn_minutes', suffix: '分钟' }, { name: 'reopen_days', suffix: '天' }, { name: 'hall', help: '关闭后只能由调度派单' }, { name: 'auto_assign', help: '报修后自动派给当班、工种合适、责任区内、手上最少的人;没有合适的仍待派单' }, { name: 'visit_percent', suffix: '%' }, { name: 'visit_below', suffix: '分', help: '0 为不按评分;返修的必回访' }, { name: 'grace_minutes', suffix: '分钟' }, { name: 'offline_hours', suffix: '小时', help: '维修人员在地下室等无网处办理的步骤,有网后自动补传;超过此时限的按收到时间计' }, { name: 'progress_sms', help: '开启后业户报修时可选用短信接收进度,每步一条,费用由公司承担' }]} initial={{ ...now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
