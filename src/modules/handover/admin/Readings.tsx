// Meters of the house with their last readings; the reading of the day is entered here and billed with 补出账单.
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { meters } from '../../meters/contract.ts'
import type { Sheet } from '../contract.ts'
import { words } from '../words.ts'

export function Readings({ s, again }: { s: Sheet; again: () => void }) {
  const may = useMay()
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const save = useWrite(meters.saveReadings, { done: '已录入,请点「补出账单」计入结算', invalidates: 'all' })
  const writable = s.state === 'draft' && may('meters.reading.write')
  const rows = Object.entries(typed).filter(([, v]) => /^\d+(\.\d{1,4})?$/.test(v)).map(([meter_id, reading]) => ({ meter_id, reading }))
  const send = async () => {
    const done = await save.run({ period: s.on_day.slice(0, 7), read_on: s.on_day, rows })
    if (done) { setTyped({}); again() }
  }
  return (
    <>
      <RowsTable label="表计" rows={s.body.meters} row_key="meter_id" empty="这户没有表"
        columns={[
          { key: 'no', title: '表号', width: 140 },
          { key: 'kind', title: '种类', width: 80, show: (m) => words.states!['meter_kind']![m.kind] ?? m.kind },
          { key: 'last_reading', title: '最近读数', width: 110, align: 'right' },
          { key: 'last_on', title: '抄表日', width: 110 },
          { key: 'read', title: '结算月', width: 170, show: (m) => (m.read ? '已抄' : writable ? <Input aria-label={`${m.no} 结算日读数`} placeholder="结算日读数" inputMode="decimal" value={typed[m.meter_id] ?? ''} onChange={(e) => setTyped({ ...typed, [m.meter_id]: e.target.value.trim() })} /> : <span className="hy-red">未抄</span>) },
        ]}
      />
      {writable && s.body.meters.some((m) => !m.read) ? <div><Button disabled={rows.length === 0} loading={save.running} onClick={() => void send()}>录入读数</Button></div> : null}
    </>
  )
}
