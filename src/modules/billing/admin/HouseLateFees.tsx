// What has accrued on a house's overdue bills up to today, with its computation, and making it a bill.
import { Button } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { billing } from '../contract.ts'

export function HouseLateFees({ house_id }: { house_id: string }) {
  const may = useMay()
  const late = useRead(billing.lateFees, { house_id }, { enabled: may('billing.bill.read') })
  const bill = useWrite(billing.billLateFees, { done: (a) => `已计收违约金 ${money(a.amount_fen)} 元`, invalidates: 'all' })
  // Closed at first: the bills below are what somebody came to pay.
  const [open, setOpen] = useState(false)
  const d = late.data
  if (!d || d.rows.length === 0) return null
  const charge = async () => {
    if (await confirm({ title: `计收违约金 ${money(d.rest_fen)} 元?`, content: '按今天计算,各笔生成一条违约金账单,可与本金一起收;减免请对违约金账单申请。', ok: '计收' })) await bill.run({ house_id })
  }
  return (
    <section className="hy-card hy-stack" aria-label="违约金">
      <div className="hy-row">
        <span>截至 {d.as_of} 违约金 <MoneyText fen={d.fee_fen} strong /> 元,未计收 <MoneyText fen={d.rest_fen} owed strong /> 元</span>
        {may('billing.late.bill') && d.rest_fen > 0 ? <Button size="small" loading={bill.running} onClick={() => void charge()}>计收违约金</Button> : null}
        <Button size="small" type="link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? '收起明细' : `看明细(${d.rows.length} 笔)`}</Button>
      </div>
      {open ? <RowsTable
        cards label="违约金明细" rows={d.rows} row_key="bill_id" empty="" height={d.rows.length > 6 ? 220 : 0}
        columns={[{ key: 'period_on', title: '账期', width: 75, show: (r) => r.period_on.slice(0, 7) }, { key: 'fee_item_name', title: '收费项目', width: 100 }, { key: 'explanation', title: '计算过程', width: 260, show: (r) => <span className="hy-wrap">{r.paused ? `${r.explanation}(分期履行中,暂不计)` : r.explanation}</span> }, { key: 'fee_fen', title: '违约金', width: 80 }, { key: 'billed_fen', title: '已计收', width: 80 }, { key: 'rest_fen', title: '未计收', width: 80 }]}
      /> : null}
    </section>
  )
}
