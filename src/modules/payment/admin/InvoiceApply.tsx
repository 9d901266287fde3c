import { Button } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { useMay } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

/** Applies for an invoice of one payment on the resident's behalf. */
export function InvoiceApply({ payment_id, payer_name }: { payment_id: string; payer_name: string }) {
  const may = useMay()
  const [open, setOpen] = useState(false)
  const apply = useWrite(payment.applyInvoice, { in_form: true, done: '已申请,开具后可在「电子发票」中下载' })
  if (!may('payment.invoice.write')) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>开发票</Button>
      <FormModal
        open={open} onClose={() => setOpen(false)} title="申请电子发票" call={payment.applyInvoice}
        fields={['title_kind', 'title', { name: 'tax_no', help: '单位抬头必填' }, 'email', 'phone']} initial={{ title_kind: 'person', title: payer_name }} fixed={{ payment_ids: [payment_id] }} words={{ title_kind: words.states!['title_kind']! }}
        loading={apply.running} submitError={apply.error} onSubmit={async (input) => { if (await apply.run(input)) setOpen(false) }}
      />
    </>
  )
}
