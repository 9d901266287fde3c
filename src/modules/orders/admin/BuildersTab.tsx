// 建设单位与保修期限: who answers for which buildings since when, the deposit as it is taken and drawn, the periods per part.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { orders, type Builder, type WarrantyTerm } from '../contract.ts'
import { words } from '../words.ts'
import { categoryOptions } from './OrdersPage.tsx'

type Editing = { kind: 'builder'; row?: Builder } | { kind: 'move'; row: Builder } | { kind: 'term'; row?: WarrantyTerm }
export function BuildersTab() {
  const { place_id } = usePlace()
  const builders = useRead(orders.builders, place_id ? { community_id: place_id } : {})
  const may = useMay()
  const [edit, setEdit] = useState<Editing>()
  if (builders.error) return <ErrorBlock error={builders.error} retry={builders.retry} />
  if (!builders.data) return <LoadingBlock />
  const close = () => setEdit(undefined)
  const writes = may('orders.warranty.write')
  return (
    <div className="hy-stack">
      <div className="hy-line"><h2>建设单位</h2>{writes ? <Button type="primary" onClick={() => setEdit({ kind: 'builder' })}>新增建设单位</Button> : null}</div>
      {builders.data.rows.length === 0 ? <p className="hy-muted">登记建设单位和竣工验收日后,工单会显示是否在保修期内,并可出具保修通知书。</p> : null}
      {builders.data.rows.map((b) => (
        <section key={b.builder_id} className="hy-stack" aria-label={b.name}>
          <div className="hy-line"><strong>{b.name}</strong>{b.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}<span className="hy-muted">{b.community_name} · {b.buildings} · {b.accepted_on} 竣工验收 · {b.answer_days} 天内答复、{b.repair_days} 天内修复 · {[b.contact_name, b.contact_phone].filter(Boolean).join(' ')}</span><span>保修金余额 <strong className="hy-num">{money(b.balance_fen)}</strong> 元</span>{writes ? <><Button size="small" onClick={() => setEdit({ kind: 'move', row: b })}>登记保修金</Button><Button size="small" onClick={() => setEdit({ kind: 'builder', row: b })}>修改</Button></> : null}</div>
          <div className="hy-line">{b.parts.map((p) => <span key={p.part}><StateTag value={p.covered ? 'in' : 'out'} words={{ in: `至 ${p.covered_until_on}`, out: `${p.covered_until_on} 已届满` }} tones={{ in: 'good', out: 'plain' }} />{p.part}</span>)}</div>
          {b.moves.length ? <RowsTable label={`${b.name}保修金`} rows={b.moves} row_key="move_id" empty="" columns={[{ key: 'done_on', title: '日期', width: 110 }, { key: 'kind', title: '类别', width: 80, show: (m) => words.states!['builder_move']![m.kind] }, { key: 'amount_fen', title: '金额', width: 110 }, { key: 'paper', title: '凭证', width: 260 }, { key: 'claim_no', title: '保修通知', width: 140 }]} /> : null}
        </section>
      ))}
      <Terms edit={setEdit} />
      {edit?.kind === 'builder' ? <BuilderForm row={edit.row} close={close} /> : null}
      {edit?.kind === 'move' ? <MoveForm row={edit.row} close={close} /> : null}
      {edit?.kind === 'term' ? <TermForm row={edit.row} close={close} /> : null}
    </div>
  )
}

function Terms({ edit }: { edit: (e: Editing) => void }) {
  const terms = useRead(orders.warrantyTerms, {}, { stale_ms: 60_000 })
  const may = useMay()('orders.setup.write')
  return (
    <>
      <div className="hy-line"><h2>保修期限</h2>{may ? <Button size="small" onClick={() => edit({ kind: 'term' })}>新增部位</Button> : null}<span className="hy-muted">法定最低期限见《建设工程质量管理条例》第四十条;合同约定更长的,在此设定。</span></div>
      <RowsTable
        label="保修期限" rows={(terms.data?.rows ?? []).map((t, i) => ({ ...t, key: `${t.part} ${t.from_on} ${i}` }))} row_key="key" empty=""
        columns={[{ key: 'part', title: '部位', width: 300 }, { key: 'n', title: '期限', width: 150, show: (t) => `${t.n} ${words.states!['warranty_unit']![t.unit]}` }, { key: 'from_on', title: '此日起竣工的', width: 115 }, { key: 'category_ids', title: '对应分类', width: 90, show: (t) => `${t.category_ids.length} 类` }, { key: 'basis', title: '依据', width: 300 }, { key: 'by', title: '设定人', width: 80, show: (t) => (t.shipped ? '法定' : (t.created_by_name ?? '—')) }, ...(may ? [{ key: 'act', title: '操作', width: 80, show: (t: WarrantyTerm) => <Button size="small" onClick={() => edit({ kind: 'term', row: t })}>改期限</Button> }] : [])]}
      />
    </>
  )
}

function BuilderForm({ row, close }: { row: Builder | undefined; close: () => void }) {
  const { place_id, places } = usePlace()
  const may = useMay()
  const save = useWrite(orders.saveBuilder, { in_form: true, done: '已保存' })
  const tree = useRead(property.tree, {}, { enabled: may('property.house.read'), stale_ms: 60_000 })
  return (
    <FormDrawer
      key={row?.builder_id ?? 'new'} open onClose={close} title={row ? `修改 ${row.name}` : '新增建设单位'} call={orders.saveBuilder} loading={save.running} submitError={save.error}
      fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, 'name', 'accepted_on', { name: 'building_ids', kind: 'many', options: (tree.data?.communities ?? []).flatMap((c) => c.buildings.map((x) => ({ value: x.building_id, label: `${c.name} ${x.name}` }))), help: '不选为整个小区' }, 'contact_name', 'contact_phone', { name: 'answer_days', suffix: '天' }, { name: 'repair_days', suffix: '天' }, 'note', 'retired']}
      fixed={row ? { builder_id: row.builder_id } : {}} initial={row ?? { community_id: place_id ?? places[0]?.id ?? '', building_ids: [], contact_name: null, contact_phone: null, note: null, answer_days: 7, repair_days: 30, retired: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function MoveForm({ row, close }: { row: Builder; close: () => void }) {
  const add = useWrite(orders.addBuilderMove, { in_form: true, done: '已登记' })
  return <FormModal open onClose={close} title={`登记保修金:${row.name}`} call={orders.addBuilderMove} words={{ kind: words.states?.['builder_move'] }} note={<p className="hy-muted">保修金由监管账户或主管部门持有,这里登记交存与退还;扣除由保修通知经审批产生。</p>} fields={['kind', 'amount_fen', 'done_on', 'paper']} fixed={{ builder_id: row.builder_id }} initial={{ kind: 'paid_in', done_on: today() }} loading={add.running} submitError={add.error} onSubmit={async (i) => { if (await add.run(i)) close() }} />
}
function TermForm({ row, close }: { row: WarrantyTerm | undefined; close: () => void }) {
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000 })
  const publish = useWrite(orders.publishWarrantyTerm, { in_form: true, done: '已设定' })
  return (
    <FormDrawer
      key={kinds.data ? 'ready' : 'wait'} open onClose={close} title={row ? `保修期限:${row.part}` : '新增保修部位'} call={orders.publishWarrantyTerm} words={{ unit: words.states?.['warranty_unit'] }} loading={publish.running} submitError={publish.error}
      fields={[{ name: 'part', disabled: row !== undefined }, 'from_on', 'n', 'unit', { name: 'season_from', placeholder: '11-15', when: (v) => v['unit'] === 'season' }, { name: 'season_to', placeholder: '03-15', when: (v) => v['unit'] === 'season' }, { name: 'category_ids', kind: 'many', options: categoryOptions(kinds.data?.rows ?? []).filter((c) => !c.label.endsWith('(全部)')) }, 'basis']}
      initial={row ?? { n: 2, unit: 'year', season_from: null, season_to: null, category_ids: [] }} onSubmit={async (i) => { if (await publish.run(i)) close() }}
    />
  )
}
