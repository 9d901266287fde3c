// Opening a sheet, from the house file.
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { useMay } from '../../../ui/session.ts'
import { people } from '../../people/contract.ts'
import { handover } from '../contract.ts'
import { words } from '../words.ts'

/** A button where one may; the sheet in work is opened, else a new one. */
export function SettleButton({ house_id, label }: { house_id: string; label: string }) {
  const may = useMay()
  const [open, setOpen] = useState(false)
  if (!may('handover.sheet.write')) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>过户、退租结算</Button>
      {open ? <OpenSheet house_id={house_id} label={label} close={() => setOpen(false)} /> : null}
    </>
  )
}

function OpenSheet({ house_id, label, close }: { house_id: string; label: string; close: () => void }) {
  const go = useGo()
  const may = useMay()
  const save = useWrite(handover.openSheet, { in_form: true, done: (a) => `已开单 ${a.no},补出账单 ${a.billed_count} 笔`, invalidates: 'all' })
  const file = useRead(people.houseFile, { house_id }, { enabled: may('people.person.read') })
  const drafts = useRead(handover.sheets, { house_id, state: 'draft', page: 1, page_size: 5 })
  const tenants = (file.data?.tenancies ?? []).filter((t) => t.active)
  const draft = drafts.data?.rows[0]
  return (
    <FormDrawer
      open onClose={close} title={`${label} 开具结算单`} call={handover.openSheet} loading={save.running} submitError={save.error} submit="开单" words={{ kind: words.states!['kind']! }}
      fields={[{ name: 'kind', kind: 'select', label: '事由' }, { name: 'tenancy_id', kind: 'select', label: '退租的租户', when: (v) => v['kind'] === 'move_out', options: tenants.map((t) => ({ value: t.tenancy_id, label: `${t.name}(${t.from_on} 起)` })) }, { name: 'on_day', help: '当日起由接手方承担,此前由离开方承担' }, 'note']}
      fixed={{ house_id }} initial={{ kind: 'transfer', on_day: today(), tenancy_id: null }}
      note={
        <>
          {draft ? <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={`已有办理中的${words.states!['kind']![draft.kind]}结算单 ${draft.no}`} action={<Button size="small" onClick={() => go(`/handover/sheets/${draft.sheet_id}`)}>打开</Button>} /> : null}
          <Alert type="info" showIcon style={{ marginBottom: 12 }} title="开单时把离开方的费用出到结算日前一天,并计收到今天的违约金;过户或退租在办结时才登记。" />
        </>
      }
      onSubmit={async (i) => { const made = await save.run(i); if (made) go(`/handover/sheets/${made.sheet_id}`) }}
    />
  )
}
