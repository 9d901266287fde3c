// 逐户签署 of one contract: who is asked, who signed, the rate; register, scan, void; the unsigned as a list to go by.
import { Button, Progress } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { ExcelButton, CanButton, StateTag } from '../../../ui/bits.tsx'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { contracts, type ContractFull, type SigningRow } from '../contract.ts'
import { rateText } from '../shown.ts'
import { words } from '../words.ts'
import { PaperInput } from './inputs.tsx'

export function SigningTab({ t }: { t: ContractFull }) {
  const may = useMay()
  const writes = may('contracts.signature.write')
  const [search, setSearch] = useSearchState()
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '房号、签署人' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['signing']) }], [])
  const list = useList(contracts.signing, { filters, fixed: { contract_id: t.contract_id } })
  const sign = useWrite(contracts.signHouse, { in_form: true, done: '已登记签署' })
  const scan = useWrite(contracts.addSignatureFile, { in_form: true, done: '已补传' })
  const drop = useWrite(contracts.voidSignature, { in_form: true, done: '已作废' })
  const [open, setOpen] = useState<{ what: 'sign' | 'scan' | 'void'; row?: SigningRow }>()
  const close = (): void => { setOpen(undefined); for (const w of [sign, scan, drop]) w.reset() }
  const d = list.data
  const columns: readonly Column<SigningRow>[] = [
    { key: 'label', title: '房号', width: 110, always: true, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.label}</Go> }, { key: 'owners', title: '业主', width: 130 }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.signature_id ? 'signed' : 'unsigned'} words={words.states!['signing']} tones={{ signed: 'good', unsigned: 'warn' }} /> }, { key: 'signed_on', title: '签署日', width: 105 }, { key: 'signer_name', title: '签署人', width: 100 },
    { key: 'has_file', title: '扫描件', width: 90, show: (r) => (r.has_file ? <a href={fileUrl(contracts.signatureFile, { signature_id: r.signature_id! })} target="_blank" rel="noreferrer">查看</a> : r.signature_id && writes ? <Button size="small" onClick={() => setOpen({ what: 'scan', row: r })}>补传</Button> : '') }, { key: 'note', title: '说明', width: 150 }, { key: 'made_by_name', title: '登记人', width: 90, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 85, show: (r: SigningRow) => (r.signature_id ? <Button size="small" onClick={() => setOpen({ what: 'void', row: r })}>作废</Button> : <CanButton size="small" can={t.can.house_sign} words={words} onClick={() => setOpen({ what: 'sign', row: r })}>登记</CanButton>) }] : []),
  ]
  const r = open?.row
  return (
    <div className="hy-stack">
      {d ? <div className="hy-line"><strong>签约率 {rateText(d.rate_bp)}</strong><span className="hy-muted">应签 {d.house_count} 户,已签 {d.signed_count} 户,未签 {d.house_count - d.signed_count} 户</span><div style={{ width: 180 }}><Progress percent={Math.floor((d.rate_bp ?? 0) / 100)} size="small" showInfo={false} aria-label="签约率" /></div></div> : null}
      <ListPage
        {...list} inside title="逐户签署" name="contracts.signing" columns={columns} row_key="house_id" empty={{ text: t.signed_by === 'some_houses' && !search['q'] && !search['state'] ? '还没有房产,点「登记签署」加入' : '没有符合条件的房产' }}
        note={<div className="hy-line" role="group" aria-label="常看"><Button size="small" aria-pressed={search['state'] === 'unsigned'} type={search['state'] === 'unsigned' ? 'primary' : 'default'} onClick={() => setSearch({ page: undefined, state: search['state'] === 'unsigned' ? undefined : 'unsigned' })}>只看未签</Button></div>}
        actions={<>{may('contracts.contract.export') ? <><ExcelButton call={contracts.signingExcel} input={{ contract_id: t.contract_id, state: 'unsigned' }} label="导出未签名单" /><ExcelButton call={contracts.signingExcel} input={{ contract_id: t.contract_id }} label="导出全部" /></> : null}{writes && may('system.import.use') ? <Go to="/system/imports/new?kind=contracts.signatures">导入已签名单</Go> : null}{writes ? <CanButton can={t.can.house_sign} words={words} type="primary" onClick={() => setOpen({ what: 'sign' })}>登记签署</CanButton> : null}</>}
      />
      {open?.what === 'sign' ? (
        <FormModal
          open onClose={close} title={r ? `${r.label} 登记签署` : '登记签署'} submit="登记" call={contracts.signHouse} loading={sign.running} submitError={sign.error} fixed={{ contract_id: t.contract_id, ...(r ? { house_id: r.house_id } : {}) }}
          fields={[...(r ? [] : [{ name: 'house_id' as const, control: (c: object) => <SearchSelect {...c} label="房产" placeholder="输入房号查找" call={property.houses} input={{ community_id: t.community_id ?? undefined }} option={(h: { house_id: string; label: string }) => ({ value: h.house_id, label: h.label })} /> }]), 'signed_on', 'signer_name', { name: 'file_id', label: '签署件扫描', control: (c) => <PaperInput {...c} label="上传扫描件" />, send: (v) => v ?? null }, 'note']}
          initial={{ signed_on: today(), ...(r?.owners ? { signer_name: r.owners.split('、')[0]! } : {}), note: null }} onSubmit={async (i) => { if (await sign.run(i)) close() }}
        />
      ) : null}
      {open?.what === 'scan' && r ? <FormModal open onClose={close} title={`${r.label} 补传签署件`} call={contracts.addSignatureFile} loading={scan.running} submitError={scan.error} fixed={{ signature_id: r.signature_id! }} fields={[{ name: 'file_id', label: '签署件扫描', control: (c) => <PaperInput {...c} label="上传扫描件" /> }]} onSubmit={async (i) => { if (await scan.run(i)) close() }} /> : null}
      {open?.what === 'void' && r ? <ReasonModal open danger title={`作废 ${r.label} 的签署`} submit="作废" suggestions={['登记错了房号', '签署件无效', '房屋已过户']} loading={drop.running} submitError={drop.error} onClose={close} onConfirm={async (reason) => { if (await drop.run({ signature_id: r.signature_id!, reason })) close() }} /> : null}
    </div>
  )
}
