// 合同详情: what was agreed, its papers by version, who signed, what happened, and what may be done now.
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { contracts, type ContractFull } from '../contract.ts'
import { CONTRACT_TONES, leftText, partiesText, said, spanText } from '../shown.ts'
import { words } from '../words.ts'
import { ContractDrawer } from './ContractDrawer.tsx'
import { PaperInput } from './inputs.tsx'
import { PapersTab } from './PapersTab.tsx'
import { SigningTab } from './SigningTab.tsx'

type Open = 'edit' | 'submit' | 'back' | 'sign' | 'end' | 'void' | 'renew' | 'keep'
export default function ContractPage() {
  const contract_id = useParam('contract_id')
  const writes = useMay()('contracts.contract.write')
  const q = useRead(contracts.contract, { contract_id }, { stale_ms: 0 })
  const [open, setOpen] = useState<Open>()
  const t = q.data
  const act = (key: Open, label: string, can: true | string, o: { primary?: boolean; danger?: boolean } = {}) => <CanButton key={key} can={can} words={words} {...(o.primary ? { type: 'primary' as const } : {})} danger={o.danger ?? false} onClick={() => setOpen(key)}>{label}</CanButton>
  return (
    <>
      <DetailPage
        title={t ? t.title : '合同详情'} loading={q.loading} error={q.error} retry={q.retry} back="/contracts/list"
        tags={t ? <><StateTag value={t.state} words={words.states!['contract']} tones={CONTRACT_TONES} />{leftText(t) ? <span className={t.state === 'expired' ? 'hy-red' : 'hy-muted'}>{leftText(t)}</span> : null}{t.posted ? <StateTag value="p" words={{ p: '已公示' }} tones={{ p: 'busy' }} /> : null}</> : null}
        actions={t && writes ? <>
          {t.state === 'draft' ? <>{act('void', '作废', t.can.void)}{act('edit', '修改', t.can.edit)}{act('submit', t.rule.needs_approval ? '送审批' : '送签', t.can.submit, { primary: true })}</> : null}
          {t.state === 'signing' ? <>{act('void', '作废', t.can.void)}{act('back', '退回草拟', t.can.back)}{act('sign', '登记签署', t.can.sign, { primary: true })}</> : null}
          {t.state === 'active' || t.state === 'expired' || t.state === 'renewed' ? <>{act('keep', '更换责任人', t.can.keep)}{act('end', '终止', t.can.end, { danger: true })}{act('renew', '续签', t.can.renew, { primary: true })}</> : null}
        </> : null}
        facts={t ? [
          ['合同编号', t.no], ['种类', t.kind_name], ['小区', t.community_name ?? '全公司'], ['当事人', partiesText(t.parties)], ['期限', spanText(t)], ['签署日', t.signed_on], ['金额', t.amount_fen === null ? null : yen(t.amount_fen)], ['付款方式', t.pay_terms], ['责任人', t.keeper_name], ['到期提醒', `到期前 ${t.rule.ladder.join('、')} 天`],
          ['原合同', t.renews ? <Go key="o" to={`/contracts/list/${t.renews.contract_id}`}>{t.renews.no}</Go> : null], ['续签合同', t.renewed_by ? <Go key="n" to={`/contracts/list/${t.renewed_by.contract_id}`}>{t.renewed_by.no}</Go> : null], ['审批单', t.approval_id ? <Go key="a" to={`/system/approvals/${t.approval_id}`}>查看</Go> : null],
          ['终止', t.ended_on ? `${t.ended_on} ${t.end_reason ?? ''}` : t.end_reason], ['所涉房产', t.houses.length > 0 ? <span key="h" className="hy-line">{t.houses.slice(0, 20).map((h) => <Go key={h.house_id} to={`/property/houses/${h.house_id}`}>{h.label}</Go>)}{t.houses.length > 20 ? <span className="hy-muted">等 {t.houses.length} 套</span> : null}</span> : null], ['备注', t.note],
        ] : []}
        tabs={t ? [
          { key: 'papers', label: '文件', badge: t.papers.length || undefined, children: () => <PapersTab t={t} /> },
          ...(t.signed_by === 'parties' ? [] : [{ key: 'signing', label: '逐户签署', children: () => <SigningTab t={t} /> }]),
          { key: 'steps', label: '经过', children: () => <Steps t={t} /> },
        ] : []}
      />
      {t && open ? <Act key={open} t={t} open={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
function Steps({ t }: { t: ContractFull }) {
  const rows = [...t.steps.map((s, i) => ({ key: `s${i}`, at: s.at, what: said('step', s.kind), text: s.text, by: s.by_name })), ...t.told.map((s) => ({ key: `t${s.step}`, at: s.told_at, what: '到期提醒', text: s.days_left < 0 ? `已过期 ${-s.days_left} 天,通知 ${s.told_count} 人` : `还有 ${s.days_left} 天,通知 ${s.told_count} 人`, by: '系统' }))].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return <RowsTable cards label="经过" rows={rows} row_key="key" empty="没有记录" columns={[{ key: 'at', title: '时间', width: 150, show: (s) => instant(s.at) }, { key: 'what', title: '事项', width: 110 }, { key: 'text', title: '说明', width: 420 }, { key: 'by', title: '谁', width: 110 }]} />
}
function Act({ t, open, close }: { t: ContractFull; open: Open; close: () => void }) {
  const go = useGo()
  const { contract_id } = t
  const submit = useWrite(contracts.submitContract, { in_form: true, done: (a) => (a.state === 'asked' ? '已送审批' : '已送签'), invalidates: 'all' })
  const back = useWrite(contracts.backToDraft, { in_form: true, done: '已退回草拟' })
  const sign = useWrite(contracts.signContract, { in_form: true, done: '已生效', invalidates: 'all' })
  const end = useWrite(contracts.endContract, { in_form: true, done: '已终止', invalidates: 'all' })
  const drop = useWrite(contracts.voidContract, { in_form: true, done: '已作废' })
  const renew = useWrite(contracts.renewContract, { in_form: true, done: (a) => `已生成续签草稿 ${a.no}` })
  const keep = useWrite(contracts.setKeeper, { in_form: true, done: '已更换' })
  const staff = useRead(contracts.people, { community_id: t.community_id }, { stale_ms: 60_000, enabled: open === 'keep' })
  if (open === 'edit') return <ContractDrawer row={t} close={close} />
  if (open === 'submit') return <FormModal open onClose={close} title={t.rule.needs_approval ? `${t.no} 送审批` : `${t.no} 送签`} submit={t.rule.needs_approval ? '送审批' : '送签'} call={contracts.submitContract} loading={submit.running} submitError={submit.error} fixed={{ contract_id }} fields={[{ name: 'reason', label: '说明' }]} initial={{ reason: '' }} onSubmit={async (i) => { if (await submit.run(i)) close() }} />
  if (open === 'back') return <ReasonModal open title={`${t.no} 退回草拟`} submit="退回" suggestions={['条款要改', '对方未签', '金额有误']} loading={back.running} submitError={back.error} onClose={close} onConfirm={async (reason) => { if (await back.run({ contract_id, reason })) close() }} />
  if (open === 'void') return <ReasonModal open danger title={`作废 ${t.no}`} submit="作废" suggestions={['重复起草', '不再签订']} loading={drop.running} submitError={drop.error} onClose={close} onConfirm={async (reason) => { if (await drop.run({ contract_id, reason })) close() }} />
  if (open === 'sign') return <FormModal open onClose={close} title={`${t.no} 登记签署`} submit="生效" call={contracts.signContract} loading={sign.running} submitError={sign.error} fixed={{ contract_id }} note={<p className="hy-muted">{t.signed_by === 'parties' ? '上传双方签字盖章的扫描件。' : '生效后开始登记逐户签署。'}签署后的内容不能再改。</p>} fields={['signed_on', { name: 'file_id', label: '签署件', control: (c) => <PaperInput {...c} label="上传签署件" />, send: (v) => v ?? null }]} initial={{ signed_on: today() }} onSubmit={async (i) => { if (await sign.run(i)) close() }} />
  if (open === 'end') return <FormModal open danger onClose={close} title={`终止 ${t.no}`} submit="终止" call={contracts.endContract} loading={end.running} submitError={end.error} fixed={{ contract_id }} fields={['ended_on', 'reason', { name: 'file_id', label: '终止文件', help: '解除协议、通知书或判决', control: (c) => <PaperInput {...c} label="上传终止文件" /> }]} initial={{ ended_on: today() }} onSubmit={async (i) => { if (await end.run(i)) close() }} />
  if (open === 'keep') return <FormModal open onClose={close} title={`${t.no} 更换责任人`} call={contracts.setKeeper} loading={keep.running} submitError={keep.error} fixed={{ contract_id }} fields={[{ name: 'keeper_id', kind: 'select', options: (staff.data?.rows ?? []).map((p) => ({ value: p.account_id, label: p.name })) }, 'note']} initial={{ keeper_id: t.keeper_id, note: t.note }} onSubmit={async (i) => { if (await keep.run(i)) close() }} />
  return (
    <FormModal
      open onClose={close} title={`续签 ${t.no}`} submit="生成草稿" call={contracts.renewContract} loading={renew.running} submitError={renew.error} fixed={{ contract_id }} note={<p className="hy-muted">当事人、付款方式和所涉房产照原合同,草稿里还可以改;新合同生效后原合同标为已续签。</p>}
      fields={['from_on', { name: 'to_on', help: '含当天;不定期的不填' }, 'amount_fen']} initial={{ from_on: t.to_on ? addDays(t.to_on, 1) : today(), to_on: null, amount_fen: t.amount_fen }}
      onSubmit={async (i) => { const made = await renew.run(i); if (made) { close(); go(`/contracts/list/${made.contract_id}`) } }}
    />
  )
}
