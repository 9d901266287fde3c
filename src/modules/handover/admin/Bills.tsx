// Open bills of a sheet; with `choice`, each with who bears it.
import type { ReactNode } from 'react'
import { addDays } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { MoneyText } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import type { SheetBill } from '../contract.ts'
import { words } from '../words.ts'

export function Bills({ rows, choice }: { rows: readonly SheetBill[]; choice?: (b: SheetBill) => ReactNode }) {
  return (
    <RowsTable label="未收账单" rows={rows} row_key="bill_id" empty="离开方没有未收账单"
      totals={{ open_fen: money(rows.reduce((n, r) => n + r.open_fen, 0)), leaver_fen: money(rows.reduce((n, r) => n + r.leaver_fen, 0)), taker_fen: money(rows.reduce((n, r) => n + r.taker_fen, 0)) }}
      columns={[
        { key: 'period', title: '账期', width: 80, show: (r) => <Go to={`/billing/bills/${r.bill_id}`}>{r.period}</Go> },
        { key: 'fee_item_name', title: '收费项目', width: 110 },
        ...(choice ? [] : [{ key: 'explanation', title: '计算过程', width: 260 } as const]),
        { key: 'span', title: '计费期间', width: 185, show: (r) => `${r.from_on} 至 ${addDays(r.to_on, -1)}` },
        { key: 'place', title: '位置', width: 95, show: (r) => words.states!['place']![r.place] },
        { key: 'open_fen', title: '未收', width: 95, show: (r) => <MoneyText fen={r.open_fen} owed /> },
        { key: 'leaver_fen', title: '离开方', width: 95 },
        { key: 'taker_fen', title: '接手方', width: 95 },
        ...(choice ? [{ key: 'choice', title: '由谁承担', width: 170, show: choice } as const] : []),
      ]}
    />
  )
}
