// 联动规则: conditions and what follows, tried on the last days before they are kept.
import { Button, Drawer, Tag } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { mayWith, usePlace, useSession } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { iot, type RuleBody, type RuleRow, type SlotRow } from '../contract.ts'
import { said } from '../shown.ts'
import { DeviceSelect } from './DeviceSelect.tsx'
import { BodyInput, START } from './RuleInput.tsx'
import { Acts } from './shared.tsx'
import './iot.css'

export default function RulesPage() {
  const list = useRead(iot.rules, {})
  const writes = mayWith(useSession().company_permissions, 'iot.rule.write')
  const stop = useWrite(iot.stopRule, { done: '已变更' })
  const [editing, setEditing] = useState<RuleRow | 'new'>()
  const [open, setOpen] = useState<RuleRow>()
  const columns: readonly Column<RuleRow>[] = [
    { key: 'name', title: '规则', width: 180, show: (r) => <Button type="link" className="hy-link" onClick={() => setOpen(r)}>{r.name}</Button> }, { key: 'product_name', title: '产品', width: 115, show: (r) => <div className="iot-acts">{r.product_name}</div> }, { key: 'when_text', title: '条件', width: 230, show: (r) => <div className="iot-acts">{r.when_text}</div> }, { key: 'then_text', title: '动作', width: 200, show: (r) => <div className="iot-acts">{r.then_text}</div> }, { key: 'community_name', title: '范围', width: 115, show: (r) => r.device_name ?? r.community_name ?? '全部' },
    { key: 'fire_count', title: '近 7 天触发', width: 95 }, { key: 'last_at', title: '最近触发', width: 140, show: (r) => <>{instant(r.last_at)}{r.next_at ? <div className="hy-muted">下次<br />{instant(r.next_at)}</div> : null}{r.missed_count > 0 ? <div className="hy-red">错过 {r.missed_count} 次</div> : null}</> }, { key: 'stopped', title: '状态', width: 70, show: (r) => (r.stopped ? <Tag>停用</Tag> : <Tag color="green">启用</Tag>) },
    ...(writes ? [{ key: 'act', title: '操作', width: 130, show: (r: RuleRow) => <span className="hy-line">{r.body.held ? <Go to="/iot/environment">环境监测</Go> : <Button size="small" onClick={() => setEditing(r)}>修改</Button>}<Button size="small" onClick={() => void stop.run({ rule_id: r.rule_id, stopped: !r.stopped }, r.rule_id)}>{r.stopped ? '启用' : '停用'}</Button></span> }] : []),
  ]
  return (
    <ReadPage title="联动规则" loading={list.loading} error={list.error} retry={list.retry} actions={writes ? <Button type="primary" onClick={() => setEditing('new')}>新增规则</Button> : null}>
      <RowsTable cards label="联动规则" rows={list.data?.rows ?? []} row_key="rule_id" columns={columns} empty="还没有规则。设备自报的故障、事件和离线不用规则也会报警" next={writes ? <Button onClick={() => setEditing('new')}>新增规则</Button> : null} />
      {editing ? <RuleDrawer rule={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} /> : null}
      {open ? <Fires rule={open} close={() => setOpen(undefined)} /> : null}
    </ReadPage>
  )
}
function Fires({ rule, close }: { rule: RuleRow; close: () => void }) {
  const fires = useRead(iot.ruleFires, { rule_id: rule.rule_id, page_size: 100 }, { refresh_ms: 5000, keep: true })
  return (
    <Drawer open onClose={close} title={`${rule.name}:触发记录`} size={900} styles={{ wrapper: { maxWidth: '100vw' } }} closable={{ 'aria-label': '关闭' }}>
      <p className="iot-when">{rule.when_text} → {rule.then_text}</p>
      {rule.body.trigger.kind === 'schedule' ? <Slots rule_id={rule.rule_id} /> : null}
      {fires.error ? <ErrorBlock error={fires.error} retry={fires.retry} /> : !fires.data ? <LoadingBlock /> : <RowsTable label="触发记录" rows={fires.data.rows} row_key="fire_id" empty="还没有触发过" columns={[{ key: 'at', title: '时间', width: 155, show: (r) => instant(r.at, { seconds: true }) }, { key: 'device_name', title: '设备', width: 150, show: (r) => <Go to={`/iot/devices/${r.device_id}`}>{r.device_name}</Go> }, { key: 'facts', title: '依据', width: 200 }, { key: 'did', title: '动作和结果', width: 330, show: (r) => (r.acts.length === 0 ? r.did : <Acts acts={r.acts} />) }]} />}
    </Drawer>
  )
}
/** Each moment, also those at which nothing was to be done or nobody looked. */
function Slots({ rule_id }: { rule_id: string }) {
  const slots = useRead(iot.ruleSlots, { rule_id, page_size: 50 }, { refresh_ms: 5000, keep: true })
  if (slots.error) return <ErrorBlock error={slots.error} retry={slots.retry} />
  if (!slots.data) return <LoadingBlock />
  const said_of = (r: SlotRow): string => (r.missed ? '错过,没有补做' : [`触发 ${r.fired_count} 台`, r.unmet_count > 0 ? `不满足 ${r.unmet_count} 台` : '', r.unknown_count > 0 ? `状态不明 ${r.unknown_count} 台` : ''].filter(Boolean).join(','))
  return (
    <div className="hy-stack iot-when">
      <RowsTable label="时刻记录" rows={slots.data.rows} row_key="slot_at" empty="还没有到过时刻" columns={[{ key: 'slot_at', title: '时刻', width: 155, show: (r) => instant(r.slot_at) }, { key: 'missed', title: '结果', width: 190, show: (r) => <span className={r.missed ? 'hy-red' : ''}>{said_of(r)}</span> }, { key: 'lines', title: '逐台', width: 480, show: (r) => <div className="iot-acts">{r.lines.filter((l) => l.text || l.met !== 'yes').map((l) => <div key={l.device_id}>{l.device_name} {said('met', l.met)} <span className="hy-muted">{l.text}</span></div>)}</div> }]} />
    </div>
  )
}
function RuleDrawer({ rule, close }: { rule: RuleRow | undefined; close: () => void }) {
  const { places } = usePlace()
  const save = useWrite(iot.saveRule, { in_form: true, done: (a) => `已保存为第 ${a.version_no} 版` })
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  const [now, setNow] = useState({ product_id: rule?.product_id, community_id: rule?.community_id ?? null, device_id: rule?.device_id ?? null, body: rule?.body ?? START })
  const product = useRead(iot.product, { product_id: now.product_id ?? '' }, { enabled: now.product_id !== undefined, stale_ms: 60_000 })
  return (
    <FormDrawer
      open onClose={close} width={760} columns={2} title={rule ? `修改 ${rule.name}` : '新增联动规则'} call={iot.saveRule} loading={save.running} submitError={save.error} fixed={rule ? { rule_id: rule.rule_id } : {}}
      fields={['name', { name: 'product_id', kind: 'select', options: (products.data?.rows ?? []).map((p) => ({ value: p.product_id, label: p.name })) }, { name: 'community_id', kind: 'select', placeholder: '全部小区', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'device_id', control: (c) => <DeviceSelect {...(c.id ? { id: c.id } : {})} placeholder="该产品的全部设备" enabled={now.product_id !== undefined} product_id={now.product_id} community_id={now.community_id} value={(c.value as string | null | undefined) ?? null} onChange={(v: string | null) => c.onChange?.(v)} /> }, { name: 'body', label: '条件与动作', wide: true, control: (c) => <BodyInput {...c} model={product.data?.model} product_id={now.product_id} community_id={now.community_id} /> }]}
      initial={rule ? { name: rule.name, product_id: rule.product_id, community_id: rule.community_id, device_id: rule.device_id, body: rule.body } : { name: '', community_id: null, device_id: null, body: START }}
      follows={(changed) => { setNow((x) => ({ ...x, ...(changed as Partial<typeof x>) })); return 'product_id' in changed || 'community_id' in changed ? { device_id: null } : undefined }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    >{now.product_id ? <Try ask={{ ...now, product_id: now.product_id }} /> : null}</FormDrawer>
  )
}
function Try({ ask }: { ask: { product_id: string; community_id: string | null; device_id: string | null; body: RuleBody } }) {
  const [asked, setAsked] = useState<typeof ask>()
  const tried = useRead(iot.tryRule, { ...(asked ?? ask), days: 7 }, { enabled: asked !== undefined })
  return (
    <div className="hy-stack">
      <div className="hy-line"><Button onClick={() => setAsked(ask)} loading={tried.fetching}>用最近 7 天试算</Button>{tried.data && asked ? <span>{tried.data.sample_count} 个{asked.body.trigger.kind === 'schedule' ? '时刻' : '值'}中会触发 <b>{tried.data.fire_count}</b> 次{tried.data.cut ? '(数据过多,只算了前一部分)' : ''},每次会:{tried.data.would}</span> : null}</div>
      {tried.error ? <ErrorBlock error={tried.error} retry={tried.retry} /> : null}
      {tried.data && asked && tried.data.rows.length ? <RowsTable label="试算" rows={tried.data.rows.slice(0, 20).map((r, i) => ({ ...r, n: String(i) }))} row_key="n" empty="" columns={[{ key: 'at', title: '时间', width: 155, show: (r) => instant(r.at) }, { key: 'device_name', title: '设备', width: 170 }, { key: 'facts', title: '依据', width: 280 }]} /> : null}
    </div>
  )
}
