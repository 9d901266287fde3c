// The parts of a supplier's file: qualifications, contacts, contracts, yearly evaluations, the blacklist.
import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay } from '../../../ui/session.ts'
import { PaperInput } from '../../contracts/admin/shared.tsx'
import { contracts } from '../../contracts/contract.ts'
import { words as contractWords } from '../../contracts/words.ts'
import { suppliers, type Evaluation, type Paper, type SupplierFull } from '../contract.ts'

type Of = { s: SupplierFull }
export function PapersTab({ s }: Of) {
  const writes = useMay()('suppliers.supplier.write')
  const add = useWrite(suppliers.addPaper, { in_form: true, done: '已登记' })
  const end = useWrite(suppliers.endPaper, { in_form: true, done: '已作废' })
  const [open, setOpen] = useState<Paper | 'new'>()
  const close = (): void => { setOpen(undefined); add.reset(); end.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button onClick={() => setOpen('new')}>登记资质</Button></div> : null}
      <RowsTable<Paper>
        cards label="资质" rows={s.papers} row_key="paper_id" empty="还没有登记资质"
        columns={[
          { key: 'name', title: '名称', width: 190, show: (p) => <a href={fileUrl(suppliers.paperFile, { paper_id: p.paper_id })} target="_blank" rel="noreferrer">{p.name}</a> }, { key: 'no', title: '证号', width: 150 }, { key: 'issuer', title: '发证机关', width: 150 }, { key: 'span', title: '有效期', width: 185, show: (p) => `${p.valid_from_on} 至 ${p.valid_to_on ?? '长期'}` },
          { key: 'left', title: '剩余', width: 110, show: (p) => (p.ended ? '已作废' : p.days_left === null ? '' : <span className={p.days_left < 0 ? 'hy-red hy-strong' : ''}>{p.days_left < 0 ? `过期 ${-p.days_left} 天` : `还有 ${p.days_left} 天`}</span>) }, { key: 'told_count', title: '已提醒', width: 75, align: 'left', show: (p) => (p.told_count ? `${p.told_count} 次` : '') }, { key: 'ended', title: '作废', width: 150 },
          ...(writes ? [{ key: 'act', title: '操作', width: 75, show: (p: Paper) => (p.ended ? null : <Button size="small" onClick={() => setOpen(p)}>作废</Button>) }] : []),
        ]}
      />
      {open === 'new' ? <FormModal open onClose={close} title="登记资质" call={suppliers.addPaper} loading={add.running} submitError={add.error} fixed={{ supplier_id: s.supplier_id }} fields={['name', 'no', 'issuer', 'valid_from_on', { name: 'valid_to_on', help: '含当天;长期有效的不填' }, { name: 'file_id', label: '证照', control: (c) => <PaperInput {...c} label="上传证照" /> }]} initial={{ name: '营业执照', valid_from_on: today() }} onSubmit={async (i) => { if (await add.run(i)) close() }} /> : null}
      {open && open !== 'new' ? <ReasonModal open title={`作废「${open.name}」`} submit="作废" suggestions={['换了新证', '登记有误', '证照被吊销']} loading={end.running} submitError={end.error} onClose={close} onConfirm={async (reason) => { if (await end.run({ paper_id: open.paper_id, reason })) close() }} /> : null}
    </div>
  )
}
export function ContactsTab({ s }: Of) {
  const may = useMay()
  const writes = may('suppliers.supplier.write')
  const save = useWrite(suppliers.saveContact, { in_form: true, done: '已保存' })
  const drop = useWrite(suppliers.dropContact, { in_form: true, done: '已删去' })
  const reveal = useWrite(suppliers.revealContact, { invalidates: [] })
  const [phones, setPhones] = useState<Record<string, string>>({})
  const [open, setOpen] = useState<{ what: 'save' | 'drop'; row?: SupplierFull['contacts'][number] }>()
  const close = (): void => { setOpen(undefined); save.reset(); drop.reset() }
  const r = open?.row
  return (
    <div className="hy-stack">
      {writes ? <div><Button onClick={() => setOpen({ what: 'save' })}>新增联系人</Button></div> : null}
      <RowsTable
        cards label="联系人" rows={s.contacts} row_key="contact_id" empty="还没有联系人"
        columns={[
          { key: 'name', title: '姓名', width: 130 }, { key: 'post', title: '职务', width: 130 }, { key: 'phone', title: '电话', width: 220, show: (k) => <span className="hy-line">{phones[k.contact_id] ?? k.phone_masked}{!phones[k.contact_id] && may('suppliers.contact.reveal') ? <Button size="small" type="link" onClick={async () => { const a = await reveal.run({ contact_id: k.contact_id }, k.contact_id); if (a) setPhones((p) => ({ ...p, [k.contact_id]: a.phone })) }}>查看</Button> : null}</span> },
          ...(writes ? [{ key: 'act', title: '操作', width: 140, show: (k: SupplierFull['contacts'][number]) => <span className="hy-line"><Button size="small" onClick={() => setOpen({ what: 'save', row: k })}>修改</Button><Button size="small" onClick={() => setOpen({ what: 'drop', row: k })}>删去</Button></span> }] : []),
        ]}
      />
      {open?.what === 'save' ? <FormModal open onClose={close} title={r ? `修改 ${r.name}` : '新增联系人'} call={suppliers.saveContact} loading={save.running} submitError={save.error} fixed={{ supplier_id: s.supplier_id, ...(r ? { contact_id: r.contact_id } : {}) }} fields={['name', { name: 'phone', ...(r ? { help: `现为 ${r.phone_masked},不填为不改` } : { needed: true }), send: (v) => v || undefined }, 'post']} initial={r ? { name: r.name, post: r.post } : {}} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
      {open?.what === 'drop' && r ? <ReasonModal open title={`删去 ${r.name}`} submit="删去" suggestions={['已离职', '不再负责']} loading={drop.running} submitError={drop.error} onClose={close} onConfirm={async (reason) => { if (await drop.run({ contact_id: r.contact_id, reason })) close() }} /> : null}
    </div>
  )
}
export function ContractsTab({ s }: Of) {
  const may = useMay()
  const writes = may('suppliers.supplier.write') && may('contracts.contract.read')
  const link = useWrite(suppliers.linkContract, { in_form: true, done: '已办理' })
  const [open, setOpen] = useState(false)
  const close = (): void => { setOpen(false); link.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button onClick={() => setOpen(true)}>关联合同</Button></div> : null}
      <RowsTable
        cards label="合同" rows={s.contracts} row_key="contract_id" empty="还没有关联合同"
        columns={[{ key: 'no', title: '合同编号', width: 140, show: (t) => <Go to={`/contracts/list/${t.contract_id}`}>{t.no}</Go> }, { key: 'title', title: '名称', width: 230 }, { key: 'state', title: '状态', width: 90, show: (t) => contractWords.states!['contract']![t.state] ?? t.state }, { key: 'span', title: '期限', width: 190, show: (t) => `${t.from_on} 至 ${t.to_on ?? '不定期'}` }, { key: 'amount_fen', title: '金额', width: 110, show: (t) => (t.amount_fen === null ? '' : money(t.amount_fen)) }, ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (t: SupplierFull['contracts'][number]) => <Button size="small" loading={link.running} onClick={() => void link.run({ supplier_id: s.supplier_id, contract_id: t.contract_id, linked: false })}>取消关联</Button> }] : [])]}
      />
      {open ? <FormModal open onClose={close} title="关联合同" submit="关联" call={suppliers.linkContract} loading={link.running} submitError={link.error} fixed={{ supplier_id: s.supplier_id, linked: true }} fields={[{ name: 'contract_id', control: (c) => <SearchSelect {...c} label="合同" placeholder="编号、名称、当事人" call={contracts.contracts} input={{}} option={(t: { contract_id: string; no: string; title: string }) => ({ value: t.contract_id, label: `${t.no} ${t.title}` })} /> }]} onSubmit={async (i) => { if (await link.run(i)) close() }} /> : null}
    </div>
  )
}
export function EvaluationsTab({ s }: Of) {
  const writes = useMay()('suppliers.evaluation.write')
  const scheme = useRead(suppliers.scheme, {}, { stale_ms: 60_000 })
  const save = useWrite(suppliers.evaluate, { in_form: true, done: (a) => `${a.total} 分,${a.grade}` })
  const drop = useWrite(suppliers.voidEvaluation, { in_form: true, done: '已作废' })
  const [open, setOpen] = useState<Evaluation | 'new'>()
  const close = (): void => { setOpen(undefined); save.reset(); drop.reset() }
  const items = scheme.data?.now.items ?? []
  return (
    <div className="hy-stack">
      {writes ? <div><Button disabled={!scheme.data} onClick={() => setOpen('new')}>年度评价</Button></div> : null}
      <RowsTable<Evaluation>
        cards label="年度评价" rows={s.evaluations} row_key="evaluation_id" empty="还没有评价"
        columns={[{ key: 'year', title: '年度', width: 75 }, { key: 'grade', title: '等级', width: 80, show: (e) => <StateTag value={e.voided ? 'x' : 'g'} words={{ x: '已作废', g: e.grade }} tones={{ g: 'busy' }} /> }, { key: 'total', title: '总分', width: 75, align: 'right' }, { key: 'items', title: '各项得分(权重)', width: 330, show: (e) => e.items.map((i) => `${i.name} ${i.score}(${i.weight})`).join(';') }, { key: 'words', title: '评语', width: 220 }, { key: 'made', title: '评价人', width: 160, show: (e) => `${e.made_by_name} ${instant(e.made_at).slice(0, 10)}` }, { key: 'voided', title: '作废', width: 130 }, ...(writes ? [{ key: 'act', title: '操作', width: 75, show: (e: Evaluation) => (e.voided ? null : <Button size="small" onClick={() => setOpen(e)}>作废</Button>) }] : [])]}
      />
      {open === 'new' ? (
        <FormModal
          open onClose={close} title={`评价 ${s.name}`} submit="评价" call={suppliers.evaluate} loading={save.running} submitError={save.error} fixed={{ supplier_id: s.supplier_id }}
          fields={[{ name: 'year', help: s.score ? `平均验收分 ${s.score}` : '还没有验收过的工作' }, { name: 'scores', wide: true, control: (c) => <div className="hy-stack">{items.map((x, n) => { const v = (c.value as (number | null)[] | undefined) ?? []; return <label key={x.name} className="hy-between hy-line"><span style={{ minWidth: 140 }}>{x.name}(权重 {x.weight})</span><InputNumber aria-label={`${x.name}得分`} min={0} max={100} precision={0} value={v[n] ?? null} onChange={(score) => c.onChange?.(items.map((_, i) => (i === n ? score : (v[i] ?? null))))} /></label> })}</div> }, 'words']}
          initial={{ year: Number.parseInt(today().slice(0, 4), 10) }} onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
      {open && open !== 'new' ? <ReasonModal open title={`作废 ${open.year} 年度评价`} submit="作废" suggestions={['打分有误', '重新评价']} loading={drop.running} submitError={drop.error} onClose={close} onConfirm={async (reason) => { if (await drop.run({ evaluation_id: open.evaluation_id, reason })) close() }} /> : null}
    </div>
  )
}
export function BansTab({ s }: Of) {
  return <RowsTable cards label="黑名单" rows={s.bans} row_key="ban_id" empty="没有列入过黑名单" columns={[{ key: 'span', title: '期限', width: 200, show: (b) => `${b.from_on} 至 ${b.to_on ?? '不定期'}` }, { key: 'live', title: '状态', width: 90, show: (b) => <StateTag value={b.live ? 'l' : 'x'} words={{ l: '有效', x: b.lifted ? '已解除' : '已到期' }} tones={{ l: 'bad' }} /> }, { key: 'reason', title: '原因', width: 300 }, { key: 'made', title: '列入', width: 170, show: (b) => `${b.made_by_name} ${instant(b.made_at).slice(0, 10)}` }, { key: 'lifted', title: '解除', width: 200 }]} />
}
