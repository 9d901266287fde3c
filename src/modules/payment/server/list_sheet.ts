// The Excel of a list: the rows of the screen in its order; more than the bound is refused rather than cut off without a word.
import type { FileAnswer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX, type ColumnSpec, type OutValue } from '../../../kernel/sheet/index.ts'

export const LIST_MAX = 50_000
export const text = (title: string): ColumnSpec => ({ title, kind: 'text' })
export const money = (title: string): ColumnSpec => ({ title, kind: 'money_fen' })
export const count = (title: string): ColumnSpec => ({ title, kind: 'int' })
export const day = (title: string): ColumnSpec => ({ title, kind: 'day' })

/** Before the rows are read. */
export function boundList(scope: Scope, list: string, total: number, max = LIST_MAX): void {
  if (total > max) throw scope.refuse('payment.list_too_long', { list, count: total, max })
}

interface Listed {
  name: string
  total: number
  columns: readonly ColumnSpec[]
  rows: (limit: number) => Promise<readonly (readonly OutValue[])[]>
  totals?: readonly OutValue[]
  days?: { from_on?: string | undefined; to_on?: string | undefined }
}
export async function listSheet(scope: Scope, o: Listed): Promise<FileAnswer> {
  boundList(scope, o.name, o.total)
  const body = await writeSheet({ sheets: [{ name: o.name, columns: o.columns, rows: await o.rows(LIST_MAX), ...(o.totals ? { totals: o.totals } : {}) }] })
  return { name: `${o.name}_${o.days?.from_on ? `${o.days.from_on}_` : ''}${o.days?.to_on ?? scope.today}.xlsx`, type: XLSX, body }
}
