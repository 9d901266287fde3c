// 产品模型: kinds of devices as data, versioned; ready ones are loaded with one press.
import { Button, Drawer, Tag } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { mayWith, useSession } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { iot, type Model, type ProductRow } from '../contract.ts'
import { said } from '../shown.ts'
import { ProductDrawer } from './ProductDrawer.tsx'
import './iot.css'

export default function ProductsPage() {
  const list = useRead(iot.products, { with_retired: true })
  const writes = mayWith(useSession().company_permissions, 'iot.product.write')
  const load = useWrite(iot.loadProducts, { done: (a) => `已载入 ${a.added_count} 种` })
  const [open, setOpen] = useState<string>()
  const [editing, setEditing] = useState<ProductRow & { model: Model } | 'new'>()
  const columns: readonly Column<ProductRow>[] = [
    { key: 'name', title: '产品', width: 220, show: (r) => <Button type="link" className="hy-link" onClick={() => setOpen(r.product_id)}>{r.name}</Button> }, { key: 'category', title: '类别', width: 90, show: (r) => said('category', r.category) }, { key: 'link', title: '接入方式', width: 130, show: (r) => said('link', r.link) },
    { key: 'point_count', title: '点位', width: 70 }, { key: 'command_count', title: '命令', width: 70 }, { key: 'device_count', title: '设备数', width: 80 }, { key: 'period_s', title: '上报周期(秒)', width: 110 }, { key: 'offline_after_s', title: '离线判定(秒)', width: 110 }, { key: 'version_no', title: '版本', width: 70 }, { key: 'retired', title: '', width: 70, show: (r) => (r.retired ? <Tag>停用</Tag> : null) },
  ]
  const [keeping, setKeeping] = useState(false)
  const ready = list.data?.ready_count ?? 0
  return (
    <ReadPage title="产品模型" loading={list.loading} error={list.error} retry={list.retry} actions={writes ? <><Button onClick={() => setKeeping(true)}>数据保留</Button>{ready > 0 ? <Button loading={load.running} onClick={() => void load.run({})}>载入现成产品({ready})</Button> : null}<Button type="primary" onClick={() => setEditing('new')}>新增产品</Button></> : null}>
      <RowsTable cards label="产品模型" rows={list.data?.rows ?? []} row_key="product_id" columns={columns} empty="还没有产品模型" next={writes ? <Button type="primary" loading={load.running} onClick={() => void load.run({})}>载入现成产品</Button> : null} />
      {open ? <Shown product_id={open} close={() => setOpen(undefined)} edit={writes ? (p) => { setOpen(undefined); setEditing(p) } : undefined} /> : null}
      {keeping ? <RetentionModal close={() => setKeeping(false)} /> : null}
      {editing ? <ProductDrawer product={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} /> : null}
    </ReadPage>
  )
}
function RetentionModal({ close }: { close: () => void }) {
  const now = useRead(iot.retention, {})
  const save = useWrite(iot.saveRetention, { in_form: true, done: '已保存' })
  const r = now.data
  if (!r) return null
  return <FormModal open onClose={close} title="数据保留" call={iot.saveRetention} fields={['from_on', 'raw_days', 'quarter_months', 'day_years']} initial={{ from_on: today(), raw_days: r.raw_days, quarter_months: r.quarter_months, day_years: r.day_years }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) close() }}><p className="hy-muted">现在保留:原始值自 {r.raw_from},每 15 分钟汇总自 {r.quarter_from},每天汇总自 {r.day_from}。过期的每小时自动清理,记入操作日志,不能恢复。</p></FormModal>
}
const num = (n: number | null): string => (n === null ? '—' : String(n))
function Shown({ product_id, close, edit }: { product_id: string; close: () => void; edit: ((p: ProductRow & { model: Model }) => void) | undefined }) {
  const product = useRead(iot.product, { product_id })
  const retire = useWrite(iot.retireProduct, { done: '已变更' })
  const p = product.data
  return (
    <Drawer open onClose={close} title={p?.name ?? '产品模型'} size={760} styles={{ wrapper: { maxWidth: '100vw' } }} closable={{ 'aria-label': '关闭' }} extra={p && edit ? <><Button onClick={() => void retire.run({ product_id, retired: !p.retired })} loading={retire.running}>{p.retired ? '恢复' : '停用'}</Button> <Button type="primary" onClick={() => edit(p)}>修改</Button></> : null}>
      {product.error ? <ErrorBlock error={product.error} retry={product.retry} /> : !p ? <LoadingBlock /> : (
        <div className="hy-stack">
          <Facts facts={[['代码', p.code], ['类别', said('category', p.category)], ['接入方式', said('link', p.link)], ['上报周期', `${p.period_s} 秒`], ['离线判定', `${p.offline_after_s} 秒没有上报`], ['版本', `第 ${p.version_no} 版`], ['设备数', p.device_count]]} />
          <RowsTable label="点位" rows={p.model.points} row_key="key" empty="没有点位" columns={[{ key: 'name', title: '点位', width: 120 }, { key: 'key', title: '代号', width: 90 }, { key: 'kind', title: '类型', width: 80, show: (r) => said('kind', r.kind) }, { key: 'unit', title: '单位', width: 70 }, { key: 'low', title: '量程', width: 120, show: (r) => (r.kind === 'state' ? r.labels.map((l) => `${l.value} ${l.name}${l.fault ? '(故障)' : ''}`).join('、') : `${num(r.low)} 至 ${num(r.high)}`) }, { key: 'max_per_h', title: '每小时最大变化', width: 120, show: (r) => num(r.max_per_h) }, { key: 'where', title: '数据标识或寄存器', width: 130 }]} />
          {p.model.commands.length ? <RowsTable label="命令" rows={p.model.commands} row_key="key" empty="没有命令" columns={[{ key: 'name', title: '命令', width: 120 }, { key: 'key', title: '代号', width: 90 }, { key: 'safety', title: '安全级别', width: 90, show: (r) => said('safety', r.safety) }, { key: 'ttl_s', title: '有效秒数', width: 80 }, { key: 'confirm', title: '回读确认', width: 140, show: (r) => (r.confirm ? `${p.model.points.find((x) => x.key === r.confirm!.point)?.name ?? ''}${r.confirm.equals === null ? ' 等于参数' : ` = ${r.confirm.equals}`}` : '不回读') }]} /> : null}
          {p.model.events.length ? <RowsTable label="事件" rows={p.model.events} row_key="key" empty="没有事件" columns={[{ key: 'name', title: '事件', width: 140 }, { key: 'key', title: '代号', width: 120 }, { key: 'level', title: '级别', width: 90, show: (r) => said('level', r.level) }]} /> : null}
        </div>
      )}
    </Drawer>
  )
}
