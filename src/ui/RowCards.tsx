// Rows as cards under their first column, for a phone's width: nothing is pushed over the edge.
import { Checkbox } from 'antd'
import type { ReactNode } from 'react'
import { toAntd, type Column } from './columns.tsx'
import { t } from './t.ts'

interface Props<R extends object> {
  label: string
  rows: readonly R[]
  row_key: keyof R & string
  columns: readonly Column<R>[]
  /** Cells of a last card by column key. */
  totals?: Partial<Record<string, ReactNode>> | undefined
  /** Makes the first column a link. */
  wrap?: ((row: R, content: ReactNode) => ReactNode) | undefined
  pick?: { picked: readonly R[]; set: (rows: readonly R[]) => void } | undefined
  /** Two short values beside each other. */
  dense?: boolean
}
const EMPTY: readonly ReactNode[] = [null, undefined, false, '', '—']

export function RowCards<R extends object>({ label, rows, row_key, columns, totals, wrap, pick, dense = false }: Props<R>) {
  const [head, ...rest] = columns.map((c, i) => ({ key: c.key, title: c.title, cell: toAntd(c, i === 0 ? wrap : undefined).render! as (v: unknown, row: R, index: number) => ReactNode }))
  const keyOf = (r: R): string => String(r[row_key])
  const picked = new Set(pick?.picked.map(keyOf))
  const all = rows.length > 0 && picked.size === rows.length
  return (
    <>
      {pick ? <div className="hy-cards-all"><Checkbox checked={all} indeterminate={picked.size > 0 && !all} onChange={() => pick.set(all ? [] : rows)}>{t('全选本页')}</Checkbox></div> : null}
      <ul className={dense ? 'hy-cards hy-cards-dense' : 'hy-cards'} aria-label={label}>
        {rows.map((r, i) => (
          <li key={keyOf(r)} className="hy-card">
            <div className="hy-cards-head">
              {pick ? <Checkbox aria-label={t('选择此行')} checked={picked.has(keyOf(r))} onChange={() => pick.set(picked.has(keyOf(r)) ? pick.picked.filter((x) => keyOf(x) !== keyOf(r)) : [...pick.picked, r])} /> : null}
              <span>{head?.cell(undefined, r, i)}</span>
            </div>
            <dl>
              {rest.map((c) => {
                const shown = c.cell(undefined, r, i)
                return EMPTY.includes(shown) ? null : <div key={c.key}>{c.title ? <dt>{c.title}</dt> : <dt className="hy-unseen">{t('状态')}</dt>}<dd>{shown}</dd></div>
              })}
            </dl>
          </li>
        ))}
        {totals ? (
          <li className="hy-card">
            <div className="hy-cards-head">{totals[columns[0]?.key ?? ''] ?? t('合计')}</div>
            <dl>{columns.slice(1).map((c) => (EMPTY.includes(totals[c.key]) ? null : <div key={c.key}><dt>{c.title}</dt><dd>{totals[c.key]}</dd></div>))}</dl>
          </li>
        ) : null}
      </ul>
    </>
  )
}
