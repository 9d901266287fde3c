import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { area, day } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { funds } from '../contract.ts'
import { words } from '../words.ts'
import { stateOf, TONES } from './AccountsPage.tsx'
import { DepositDrawer } from './DepositDrawer.tsx'
import { EntryTable } from './EntriesPage.tsx'

export default function AccountPage() {
  const house_id = useParam('house_id')
  const may = useMay()
  const read = useRead(funds.account, { house_id })
  const refund = useWrite(funds.askRefund, { in_form: true, done: '已提交审批' })
  const [act, setAct] = useState<'deposit' | 'refund'>()
  const a = read.data
  const takes = may('funds.deposit.take') && a && !a.closed_on
  return (
    <>
      <DetailPage
        title={a ? `维修资金 ${a.house_label}` : '分户账'} loading={read.loading} error={read.error} retry={read.retry} back="/funds/accounts"
        tags={a ? <StateTag value={stateOf(a)} words={words.states?.['account']} tones={TONES} /> : null}
        actions={<>{a?.opened_on ? <><Button href={fileUrl(funds.accountPdf, { house_id })} target="_blank">打印</Button>{may('funds.fund.export') ? <ExcelButton call={funds.entriesExcel} input={{ house_id }} /> : null}</> : null}{takes ? <><Button type="primary" onClick={() => setAct('deposit')}>登记缴存</Button>{a.balance_fen > 0 ? <Button onClick={() => setAct('refund')}>房屋灭失退还</Button> : null}</> : null}</>}
        facts={a ? [
          ['余额', <MoneyText key="b" fen={a.balance_fen} strong />], ['首次缴存', <MoneyText key="f" fen={a.first_fen} />], ['房产', <Go key="h" to={`/property/houses/${house_id}`}>{a.community_name} {a.house_label}</Go>], ['业主', a.owner_names || '—'],
          ['建筑面积', area(a.built_area_m2)], ['专户', a.bank_name ? `${a.bank_name} ${a.account_no ?? ''}` : '—'], ['立户日', day(a.opened_on)], ...(a.closed_on ? [['销户日', a.closed_on] as const] : []),
        ] : []}
      >
        {a ? <EntryTable rows={a.entries} /> : null}
      </DetailPage>
      {act === 'deposit' && a ? <DepositDrawer community_id={a.community_id} house={{ house_id, label: a.house_label, first: a.first_fen > 0 }} close={() => setAct(undefined)} /> : null}
      {act === 'refund' && a ? (
        <FormDrawer
          open title={`退还 ${a.house_label} 的维修资金`} call={funds.askRefund} onClose={() => { setAct(undefined); refund.reset() }} loading={refund.running} submitError={refund.error} submit="提交审批" fixed={{ house_id }} fields={['payee_name', 'payee_account', 'voucher_no', { name: 'reason', label: '原因与证明' }]}
          onSubmit={async (input) => { if (await refund.run(input)) setAct(undefined) }}
        />
      ) : null}
    </>
  )
}
