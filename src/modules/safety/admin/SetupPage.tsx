// 安全设置: kinds with their limits, and from what harm an accident has which level.
import { Button, InputNumber, Tabs } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { MoneyInput, type Control } from '../../../ui/fields.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { safety, type Kind, type LevelRule } from '../contract.ts'
import { said } from '../shown.ts'

const SHIPPED = '2000-01-01'
const dayText = (day: string): string => (day === SHIPPED ? '出厂' : day)
export default function SetupPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="安全设置" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs"><Tabs activeKey={search['tab'] ?? 'kinds'} onChange={(k) => setSearch({ tab: k })} destroyOnHidden items={[{ key: 'kinds', label: '事件种类与时限', children: <KindsTab /> }, { key: 'levels', label: '等级界限', children: <LevelsTab /> }]} /></div>
    </ReadPage>
  )
}
function KindsTab() {
  const kinds = useRead(safety.kinds, {})
  const writes = useMay()('safety.setup.write')
  const save = useWrite(safety.saveKind, { in_form: true, done: '已保存' })
  const publish = useWrite(safety.publishKindRule, { in_form: true, done: '已设定时限' })
  const [edit, setEdit] = useState<{ kind: 'name'; row?: Kind } | { kind: 'rule'; row: Kind }>()
  if (kinds.error) return <ErrorBlock error={kinds.error} retry={kinds.retry} />
  if (!kinds.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset(); publish.reset() }
  const row = edit?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({ kind: 'name' })}>新增种类</Button></div> : null}
      <RowsTable
        label="安全事件种类" rows={kinds.data.rows} row_key="kind_id" empty="还没有种类"
        columns={[
          { key: 'name', title: '种类', width: 180, show: (k) => <span className="hy-line">{k.name}{k.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'report', title: '上报时限', width: 110, show: (k) => (k.rule?.report_minutes ? `${k.rule.report_minutes} 分钟` : '不强制') }, { key: 'to', title: '向谁上报', width: 200, show: (k) => k.rule?.report_to || '—' }, { key: 'basis', title: '依据', width: 320, show: (k) => k.rule?.basis || '—' }, { key: 'close', title: '结案', width: 80, show: (k) => (k.rule ? `${k.rule.close_days} 天` : '—') },
          { key: 'from_on', title: '生效日', width: 150, show: (k) => `${k.rule ? dayText(k.rule.from_on) : '—'}${k.next_from_on ? `;${k.next_from_on} 起改` : ''}` },
          ...(writes ? [{ key: 'act', title: '操作', width: 150, show: (k: Kind) => <span className="hy-line"><Button size="small" onClick={() => setEdit({ kind: 'rule', row: k })}>时限</Button><Button size="small" onClick={() => setEdit({ kind: 'name', row: k })}>修改</Button></span> }] : []),
        ]}
      />
      {edit?.kind === 'name' ? <FormModal key={row?.kind_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增种类'} call={safety.saveKind} loading={save.running} submitError={save.error} fields={['name', 'sort_no', { name: 'retired', help: '停用后不能再登记这一种' }]} fixed={row ? { kind_id: row.kind_id } : {}} initial={{ name: row?.name ?? '', sort_no: row?.sort_no ?? 500, retired: row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
      {edit?.kind === 'rule' ? <FormDrawer key={edit.row.kind_id} open onClose={close} title={`时限:${edit.row.name}`} call={safety.publishKindRule} loading={publish.running} submitError={publish.error} note={<p className="hy-muted">从生效日起登记的按新时限;之前的不变。</p>} fields={['from_on', { name: 'report_minutes', help: '不填为不强制;填了必须写明向谁上报和依据' }, 'report_to', 'basis', 'close_days']} fixed={{ kind_id: edit.row.kind_id }} initial={{ report_minutes: null, report_to: '', basis: '', close_days: 15, ...edit.row.rule, from_on: today() }} onSubmit={async (i) => { if (await publish.run(i)) close() }} /> : null}
    </div>
  )
}
function LimitsInput({ value, onChange }: Control) {
  const rows = (value as LevelRule['limits'] | undefined) ?? []
  const change = (i: number, part: object) => onChange?.(rows.map((r, n) => (n === i ? { ...r, ...part } : r)))
  return (
    <div className="hy-stack">
      {rows.map((r, i) => (
        <div key={r.level} className="hy-line" role="group" aria-label={said('level', r.level)}>
          <strong style={{ width: 70 }}>{said('level', r.level)}</strong>
          <span>死亡</span><InputNumber aria-label={`${said('level', r.level)}死亡人数`} style={{ width: 80 }} min={1} precision={0} value={r.dead} onChange={(v) => change(i, { dead: v })} /><span>重伤</span><InputNumber aria-label={`${said('level', r.level)}重伤人数`} style={{ width: 80 }} min={1} precision={0} value={r.badly} onChange={(v) => change(i, { badly: v })} />
          <span>损失</span><span style={{ width: 170 }}><MoneyInput aria-label={`${said('level', r.level)}损失`} value={r.loss_fen} onChange={(v) => change(i, { loss_fen: v })} /></span>
        </div>
      ))}
    </div>
  )
}
function LevelsTab() {
  const reading = useRead(safety.levelRule, {})
  const writes = useMay()('safety.setup.write')
  const save = useWrite(safety.saveLevelRule, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  if (reading.error) return <ErrorBlock error={reading.error} retry={reading.retry} />
  if (!reading.data) return <LoadingBlock />
  const { now, versions } = reading.data
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setOpen(true)}>按生效日修改</Button></div> : null}
      <p>{now.basis}({dayText(now.from_on)})</p>
      <RowsTable label="等级界限" rows={now.limits} row_key="level" empty="" columns={[{ key: 'level', title: '等级', width: 120, show: (l) => said('level', l.level) }, { key: 'dead', title: '死亡人数 ≥', width: 130, align: 'right' }, { key: 'badly', title: '或重伤人数 ≥', width: 130, align: 'right' }, { key: 'loss_fen', title: '或直接损失 ≥', width: 180, align: 'right', show: (l) => money(l.loss_fen) }]} />
      <p className="hy-muted">不到较大的:有死亡或重伤为一般,没有为轻微。</p>
      {versions.length ? <RowsTable label="历次版本" rows={versions.map((v) => ({ ...v, id: `${v.from_on} ${v.created_at}` }))} row_key="id" empty="" columns={[{ key: 'from_on', title: '生效日', width: 110 }, { key: 'basis', title: '依据', width: 360 }, { key: 'created_by_name', title: '设定人', width: 100, show: (v) => v.created_by_name ?? '—' }]} /> : null}
      {open ? <FormDrawer open onClose={() => { setOpen(false); save.reset() }} title="等级界限" call={safety.saveLevelRule} loading={save.running} submitError={save.error} fields={['from_on', { name: 'limits', control: (c) => <LimitsInput {...c} /> }, 'basis']} initial={{ from_on: today(), limits: now.limits, basis: now.basis }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
