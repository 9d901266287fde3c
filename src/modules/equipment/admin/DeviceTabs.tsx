// The tabs of a device's file.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { CanButton, Figure, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { equipment, type CertRow, type Device } from '../contract.ts'
import { LIGHT_TONE, TONE, said } from '../shown.ts'
import { CertDrawer, CertHistory, aboutOf, leftText, type CertAbout } from './CertParts.tsx'
import { words } from '../words.ts'
import './equipment.css'

export function DataTab({ d }: { d: Device }) {
  const s = d.standards
  return (
    <div className="hy-stack">
      <Facts facts={d.fields.length ? d.fields.map((f) => [f.name, d.details[f.field_id] ? `${d.details[f.field_id]}${f.unit ? ` ${f.unit}` : ''}` : null] as const) : [['技术参数', '该类别没有技术参数']]} />
      <Facts facts={([['安装标准', s.install], ['维修标准', s.repair], ['更换标准', s.replace]] as const).map(([k, v]) => [k, v ? <span key={k} className="eq-std">{v}</span> : null])} />
      {d.parts.length ? <RowsTable label="下级设备" rows={d.parts} row_key="equipment_id" empty="" columns={[{ key: 'no', title: '设备编号', width: 130, show: (r) => <Go to={`/equipment/devices/${r.equipment_id}`}>{r.no}</Go> }, { key: 'name', title: '下级设备', width: 220 }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> }]} /> : null}
    </div>
  )
}
export function PapersTab({ d }: { d: Device }) {
  const [file, setFile] = useState<{ file_id: string; name: string }>()
  const add = useWrite(equipment.addPaper, { in_form: true, done: '已上传' })
  const remove = useWrite(equipment.removePaper, { done: '已移除' })
  const writes = d.can.write === true
  return (
    <div className="hy-stack">
      {writes ? <Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png,.doc,.docx,.xls,.xlsx,.dwg" label="上传资料" hint="说明书、图纸、合格证、验收资料、合同、照片" onDone={setFile} /> : null}
      <RowsTable
        label="资料" rows={d.papers} row_key="document_id" empty="还没有资料"
        columns={[
          { key: 'title', title: '资料', width: 240, show: (r) => <a href={fileUrl(equipment.paper, { equipment_id: d.equipment_id, document_id: r.document_id })} target="_blank" rel="noreferrer">{r.title}</a> }, { key: 'kind', title: '种类', width: 100, show: (r) => said('paper', r.kind) }, { key: 'file_name', title: '文件', width: 220 }, { key: 'added_by_name', title: '上传人', width: 90 }, { key: 'added_at', title: '上传时间', width: 140 },
          ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: Device['papers'][number]) => <Button size="small" danger onClick={() => void confirm({ title: `移除「${r.title}」?`, ok: '移除', danger: true }).then((y) => (y ? remove.run({ equipment_id: d.equipment_id, document_id: r.document_id }, r.document_id) : undefined))}>移除</Button> }] : []),
        ]}
      />
      {file ? <FormModal open onClose={() => setFile(undefined)} title="上传资料" submit="保存" call={equipment.addPaper} fields={['title', { name: 'kind', kind: 'select' }]} words={{ kind: words.states?.['paper'] }} fixed={{ equipment_id: d.equipment_id, file_id: file.file_id }} initial={{ title: file.name.replace(/\.\w+$/, '').slice(0, 60), kind: 'manual' }} loading={add.running} submitError={add.error} onSubmit={async (i) => { if (await add.run(i)) setFile(undefined) }} /> : null}
    </div>
  )
}
export function CostsTab({ d }: { d: Device }) {
  const [open, setOpen] = useState(false)
  const [undo_id, setUndo] = useState<string>()
  const add = useWrite(equipment.addCost, { in_form: true, done: '已登记' })
  const undo = useWrite(equipment.undoCost, { in_form: true, done: '已撤销' })
  return (
    <div className="hy-stack">
      <div className="hy-figures"><Figure label="购置" value={d.purchase_fen === null ? '—' : <MoneyText fen={d.purchase_fen} />} unit="元" /><Figure label="登记的保养、检验、外修等" value={<MoneyText fen={d.cost_fen} />} unit="元" compare={`${d.costs.filter((c) => c.undone === null).length} 笔`} /></div>
      {d.can.write === true ? <div><Button type="primary" onClick={() => setOpen(true)}>登记费用</Button></div> : null}
      <RowsTable
        label="费用" rows={d.costs} row_key="cost_id" empty="还没有登记费用"
        columns={[
          { key: 'on_day', title: '日期', width: 105 }, { key: 'kind', title: '种类', width: 100, show: (r) => said('cost', r.kind) }, { key: 'amount_fen', title: '金额', width: 110, show: (r) => <span style={r.undone ? { textDecoration: 'line-through' } : {}}><MoneyText fen={r.amount_fen} /></span> }, { key: 'payee', title: '收款单位', width: 150 }, { key: 'note', title: '说明', width: 220, show: (r) => (r.undone ? `${r.note ?? ''}(已撤销:${r.undone})` : (r.note ?? '—')) }, { key: 'by_name', title: '登记人', width: 90 }, { key: 'at', title: '登记时间', width: 140, show: (r) => instant(r.at) },
          ...(d.can.write === true ? [{ key: 'act', title: '操作', width: 80, show: (r: Device['costs'][number]) => (r.undone ? null : <Button size="small" onClick={() => setUndo(r.cost_id)}>撤销</Button>) }] : []),
        ]}
      />
      {open ? <FormModal open onClose={() => setOpen(false)} title="登记费用" call={equipment.addCost} fields={[{ name: 'kind', kind: 'select' }, 'on_day', 'amount_fen', 'payee', { name: 'note', placeholder: '维修工单领用的材料不在此重复登记' }]} words={{ kind: words.states?.['cost'] }} fixed={{ equipment_id: d.equipment_id }} initial={{ kind: 'maintenance', on_day: today(), payee: null, note: null }} loading={add.running} submitError={add.error} onSubmit={async (i) => { if (await add.run(i)) setOpen(false) }} /> : null}
      {undo_id ? <ReasonModal open title="撤销这笔费用" onClose={() => setUndo(undefined)} loading={undo.running} submitError={undo.error} suggestions={['金额登错', '重复登记']} onConfirm={async (reason) => { if (await undo.run({ equipment_id: d.equipment_id, cost_id: undo_id, reason })) setUndo(undefined) }} /> : null}
    </div>
  )
}
export function RunningTab({ d }: { d: Device }) {
  const [open, setOpen] = useState(false)
  const note = useWrite(equipment.noteRunning, { in_form: true, done: (a) => `已记,累计 ${a.total_hours} 小时` })
  return (
    <div className="hy-stack">
      <div><CanButton type="primary" can={d.can.run} words={words} onClick={() => setOpen(true)}>抄运行小时</CanButton></div>
      <RowsTable label="运行小时" rows={d.running} row_key="running_no" empty="还没有抄过运行小时" columns={[{ key: 'read_at', title: '时间', width: 150, show: (r) => instant(r.read_at) }, { key: 'hours', title: '表上小时数', width: 120, align: 'right', show: (r) => `${r.hours}${r.replaced ? '(换计时器)' : ''}` }, { key: 'total_hours', title: '累计小时', width: 120, align: 'right' }, { key: 'by_name', title: '抄表人', width: 100 }]} />
      {open ? <FormModal open onClose={() => setOpen(false)} title={`抄运行小时 ${d.no}`} call={equipment.noteRunning} fields={[{ name: 'hours', kind: 'decimal', help: d.running[0] ? `上次 ${d.running[0].hours}(${instant(d.running[0].read_at)})` : undefined }, 'replaced']} fixed={{ equipment_id: d.equipment_id }} initial={{ replaced: false }} loading={note.running} submitError={note.error} onSubmit={async (i) => { if (await note.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}
export function HistoryTab({ d }: { d: Device }) {
  return (
    <RowsTable
      label="状态历史" rows={d.states} row_key="state_no" empty=""
      columns={[
        { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> }, { key: 'from_at', title: '起', width: 150, show: (r) => instant(r.from_at) }, { key: 'to_at', title: '止', width: 150, show: (r) => (r.to_at ? instant(r.to_at) : '至今') },
        { key: 'reason', title: '原因', width: 260, show: (r) => (r.order_id ? <Go to={`/orders/list/${r.order_id}`}>{r.reason}</Go> : (r.reason ?? '—')) }, { key: 'by_name', title: '办理人', width: 100 }, { key: 'at', title: '登记时间', width: 150, show: (r) => instant(r.at) },
      ]}
    />
  )
}
const CERTS = 50
export function CertsTab({ d }: { d: Device }) {
  const writes = useMay()('equipment.cert.write')
  const list = useRead(equipment.certBoard, { equipment_id: d.equipment_id, page_size: CERTS })
  const [open, setOpen] = useState<CertRow>()
  const [adding, setAdding] = useState<CertAbout>()
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <RowsTable
        label="检验与证件" rows={list.data.rows} row_key="key" empty="这类设备没有要管的检验与证件;种类在「检验规则」中设定"
        columns={[
          { key: 'kind_name', title: '种类', width: 170, show: (r) => <Button type="link" size="small" onClick={() => setOpen(r)}>{r.kind_name}</Button> }, { key: 'light', title: '状态', width: 130, show: (r) => <StateTag value={r.light} words={words.states?.['light']} tones={LIGHT_TONE} /> }, { key: 'valid_to_on', title: '有效期至', width: 110, show: (r) => r.valid_to_on ?? '—' }, { key: 'days_left', title: '剩余', width: 110, show: leftText },
          { key: 'issuer', title: '单位', width: 170, show: (r) => r.issuer ?? '—' }, { key: 'no', title: '编号', width: 130, show: (r) => r.no ?? '—' }, { key: 'file_count', title: '附件', width: 60, show: (r) => r.file_count || '—' }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: CertRow) => <Button size="small" onClick={() => setAdding(aboutOf(r))}>登记</Button> }] : []),
        ]}
      />
      {open ? <CertHistory row={open} close={() => setOpen(undefined)} /> : null}
      {adding ? <CertDrawer about={adding} close={() => setAdding(undefined)} /> : null}
    </div>
  )
}
