// 登记承诺: what somebody who owes says at the desk or on the phone, without a task to answer. Until that day nothing is sent.
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { billing } from '../../billing/contract.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { reminders } from '../contract.ts'

export function PromiseModal({ close }: { close: () => void }) {
  const [house_id, setHouse] = useState<string>()
  const bills = useRead(billing.houseBills, { house_id: house_id ?? '', state: 'open' }, { enabled: house_id !== undefined })
  const save = useWrite(reminders.savePromise, { in_form: true, done: '已登记,承诺日之前不再催' })
  const owing = new Map<string, { name: string; fen: number }>()
  for (const b of house_id ? (bills.data?.rows ?? []) : []) owing.set(b.payer_id, { name: b.payer_name, fen: (owing.get(b.payer_id)?.fen ?? 0) + b.open_fen })
  const none = house_id !== undefined && bills.data !== undefined && owing.size === 0
  return (
    <FormModal
      open onClose={close} title="登记承诺缴费" call={reminders.savePromise} loading={save.running} submitError={save.error}
      follows={(changed) => { if (!('house_id' in changed)) return undefined; setHouse((changed['house_id'] as string | undefined) || undefined); return { payer_id: undefined } }}
      fields={[
        { name: 'house_id', label: '房产', control: (c) => <HousePicker {...c} /> },
        { name: 'payer_id', label: '承诺人', kind: 'select', options: [...owing].map(([value, o]) => ({ value, label: `${o.name}(未收 ${money(o.fen)} 元)` })), help: none ? '该户没有未收的账单,不用登记承诺' : house_id ? undefined : '先选房产' },
        'amount_fen', { name: 'promised_on', help: '到这一天还没缴够,记为未履行,继续催缴' }, 'note',
      ]}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
