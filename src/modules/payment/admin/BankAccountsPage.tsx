import { Button } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { BankAccount } from '../contract_bank.ts'

export default function BankAccountsPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const accounts = useRead(payment.bankAccounts, place_id ? { community_id: place_id } : {})
  const save = useWrite(payment.saveBankAccount, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState<BankAccount | 'new'>()
  const row = open === 'new' ? undefined : open
  const close = () => { setOpen(undefined); save.reset() }
  return (
    <>
      <ReadPage title="收款银行账户" loading={accounts.loading} error={accounts.error} retry={accounts.retry} actions={may('payment.bank.setup') ? <Button type="primary" onClick={() => setOpen('new')}>新增账户</Button> : null}>
        <RowsTable
          label="收款银行账户" rows={accounts.data?.rows ?? []} row_key="account_id" empty="还没有账户,登记后才能导入银行流水"
          columns={[
            { key: 'bank', title: '开户行', width: 200 },
            { key: 'account_no', title: '账号', width: 220 },
            { key: 'name', title: '户名', width: 180 },
            { key: 'community_name', title: '小区', width: 130 },
            { key: 'line_count', title: '流水数', width: 90 },
            { key: 'last_on', title: '最近流水', width: 110 },
            { key: 'disabled_at', title: '状态', width: 90, show: (r) => <StateTag value={r.disabled_at ? 'off' : 'on'} words={{ on: '使用中', off: '已停用' }} tones={{ on: 'good', off: 'plain' }} /> },
            { key: 'act', title: '操作', width: 90, show: (r) => (may('payment.bank.setup') ? <Button size="small" onClick={() => setOpen(r)}>修改</Button> : '—') },
          ]}
        />
      </ReadPage>
      {open ? (
        <FormDrawer
          key={row?.account_id ?? 'new'} open onClose={close} title={row ? '修改账户' : '新增账户'} call={payment.saveBankAccount} loading={save.running} submitError={save.error} {...(row ? { fixed: { account_id: row.account_id } } : {})}
          initial={row ? { community_id: row.community_id, name: row.name, bank: row.bank, account_no: row.account_no, disabled: row.disabled_at !== null } : { community_id: place_id ?? places[0]?.id ?? '' }}
          fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, 'name', 'bank', 'account_no', 'disabled']}
          onSubmit={async (input) => { if (await save.run(input)) close() }}
        />
      ) : null}
    </>
  )
}
