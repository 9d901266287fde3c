// A plain table of rows that are all there: in tabs, drawers and reports. For lists with pages use ListPage.
import { Grid, Table } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import { toAntd, type Column } from './columns.tsx'
import { RowCards } from './RowCards.tsx'
import { makeScrollable } from './scrollable.ts'
import { EmptyBlock } from './states.tsx'

export interface RowsTableProps<R extends object> {
  label: string
  rows: readonly R[]
  row_key: keyof R & string
  columns: readonly Column<R>[]
  empty: string
  /** What to press when nothing is there. */
  next?: ReactNode
  /** Cells of a totals row by column key. */
  totals?: Partial<Record<string, ReactNode>> | undefined
  height?: number
  /** Below a desk's width each row is a card under its first column, instead of a table that is pushed sideways. */
  cards?: boolean
}

export function RowsTable<R extends object>({ label, rows, row_key, columns, empty, next, totals, height, cards }: RowsTableProps<R>) {
  const narrow = Grid.useBreakpoint().lg === false
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => makeScrollable(box.current, label))
  if (cards && narrow && rows.length > 0) return <RowCards label={label} rows={rows} row_key={row_key} columns={columns} totals={totals} />
  return (
    <div ref={box} role="region" aria-label={label} className="hy-rows">
      <Table<R>
        size="small" rowKey={row_key} pagination={false} dataSource={rows as R[]} columns={columns.map((c) => toAntd(c))} tableLayout="fixed"
        scroll={{ x: columns.reduce((sum, c) => sum + (typeof c.width === 'number' ? c.width : 120), 0), ...(height ? { y: height } : {}) }}
        locale={{ emptyText: <EmptyBlock text={empty} next={next} /> }}
        {...(totals ? { summary: () => totalsRow({ columns, totals }) } : {})}
      />
    </div>
  )
}

// A call, not a component: antd keeps the row at the bottom only when it sees Table.Summary itself.
function totalsRow<R>({ columns, totals }: { columns: readonly Column<R>[]; totals: Partial<Record<string, ReactNode>> }) {
  return (
    <Table.Summary fixed>
      <Table.Summary.Row className="hy-totals">
        {columns.map((c, i) => (
          <Table.Summary.Cell key={c.key} index={i} {...(/_(fen|m2|count|bp)$/.test(c.key) ? { align: 'right' as const } : {})}>
            {totals[c.key] ?? (i === 0 ? '合计' : null)}
          </Table.Summary.Cell>
        ))}
      </Table.Summary.Row>
    </Table.Summary>
  )
}
