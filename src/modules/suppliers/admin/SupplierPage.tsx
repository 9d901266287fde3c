// 供应商档案: who they are, what they may do, what they did and how well, and whether they are barred.
import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { suppliers } from '../contract.ts'
import { words } from '../words.ts'
import { BansTab, ContactsTab, ContractsTab, EvaluationsTab, PapersTab } from './SupplierTabs.tsx'
import { SupplierDrawer } from './SuppliersPage.tsx'
import { SUPPLIER_TONES, supplierState } from './tones.ts'
import { WorksOf } from './WorksPage.tsx'

export default function SupplierPage() {
  const supplier_id = useParam('supplier_id')
  const may = useMay()
  const q = useRead(suppliers.supplier, { supplier_id })
  const bank = useWrite(suppliers.revealBank, { invalidates: [] })
  const ban = useWrite(suppliers.banSupplier, { in_form: true, done: '已列入黑名单' })
  const lift = useWrite(suppliers.liftBan, { in_form: true, done: '已解除' })
  const [open, setOpen] = useState<'edit' | 'ban' | 'lift'>()
  const [account, setAccount] = useState<string>()
  const close = (): void => { setOpen(undefined); ban.reset(); lift.reset() }
  const s = q.data
  return (
    <>
      <DetailPage
        title={s?.name ?? '供应商档案'} loading={q.loading} error={q.error} retry={q.retry} back="/suppliers/list" tags={s ? <StateTag value={supplierState(s)} words={words.states!['supplier']} tones={SUPPLIER_TONES} /> : null}
        actions={s ? <>{may('suppliers.evaluation.write') ? (s.banned ? <Button onClick={() => setOpen('lift')}>解除黑名单</Button> : <Button danger onClick={() => setOpen('ban')}>列入黑名单</Button>) : null}{may('suppliers.supplier.write') ? <Button type="primary" onClick={() => setOpen('edit')}>修改</Button> : null}</> : null}
        facts={s ? [
          ['统一社会信用代码', s.credit_code], ['供应类别', s.categories.join('、')], ['对接人', s.keeper_name], ['地址', s.address], ['开户行', s.bank_name],
          ['银行账号', s.bank_account_tail ? <span key="b" className="hy-line">{account ?? `**** ${s.bank_account_tail}`}{!account && may('suppliers.bank.reveal') ? <Button size="small" type="link" loading={bank.running} onClick={async () => { const a = await bank.run({ supplier_id }); if (a?.bank_account) setAccount(a.bank_account) }}>查看</Button> : null}</span> : null],
          ['平均验收分', s.score], ['最近评价', s.grade], ['黑名单', s.banned ? `${s.ban_to_on ? `至 ${s.ban_to_on}` : '不定期'}:${s.ban_reason}` : null], ['备注', s.note],
        ] : []}
        tabs={s ? [
          { key: 'papers', label: '资质', badge: s.papers.filter((p) => !p.ended).length || undefined, children: () => <PapersTab s={s} /> }, { key: 'contacts', label: '联系人', children: () => <ContactsTab s={s} /> }, { key: 'works', label: '承接工作', children: () => <WorksOf supplier_id={supplier_id} supplier={s} /> },
          { key: 'contracts', label: '合同', badge: s.contracts.length || undefined, children: () => <ContractsTab s={s} /> }, { key: 'evaluations', label: '年度评价', children: () => <EvaluationsTab s={s} /> }, { key: 'bans', label: '黑名单', children: () => <BansTab s={s} /> },
        ] : []}
      >
        {s?.banned ? <p className="hy-red">在黑名单内,不能再委托。<Go to={`/suppliers/list/${supplier_id}?tab=bans`}>查看原因</Go></p> : null}
      </DetailPage>
      {s && open === 'edit' ? <SupplierDrawer row={s} close={close} /> : null}
      {s && open === 'ban' ? <FormModal open danger onClose={close} title={`${s.name} 列入黑名单`} submit="列入" call={suppliers.banSupplier} loading={ban.running} submitError={ban.error} fixed={{ supplier_id }} fields={[{ name: 'to_on', help: '含当天;不定期的不填' }, 'reason']} onSubmit={async (i) => { if (await ban.run(i)) close() }} /> : null}
      {s && open === 'lift' ? <ReasonModal open title={`解除 ${s.name} 的黑名单`} submit="解除" suggestions={['整改完成', '列入有误']} loading={lift.running} submitError={lift.error} onClose={close} onConfirm={async (reason) => { if (await lift.run({ supplier_id, reason })) close() }} /> : null}
    </>
  )
}
