// Opening a legal case from a house: against whom, of those who owe something overdue.
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { billing } from '../contract.ts'

export function OpenCase({ house_id, close }: { house_id: string; close: () => void }) {
  const go = useGo()
  const bills = useRead(billing.houseBills, { house_id, state: 'open' })
  const open = useWrite(billing.openLegalCase, { in_form: true, done: '已立案' })
  const owing = new Map((bills.data?.rows ?? []).filter((b) => b.overdue_days > 0).map((b) => [b.payer_id, b.payer_name]))
  return (
    <FormModal
      open call={billing.openLegalCase} title="法务立案:该缴费人全部逾期账单" submit="立案" onClose={close} loading={open.running} submitError={open.error} fixed={{ house_id }}
      fields={[{ name: 'payer_id', label: '欠费人', kind: 'select', options: [...owing].map(([value, label]) => ({ value, label })), help: bills.data && owing.size === 0 ? '该户没有逾期账单' : undefined }, 'note']}
      onSubmit={async (input) => { const made = await open.run(input); if (made) go(`/billing/legal/${made.case_id}`) }}
    />
  )
}
