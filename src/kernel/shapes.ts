// Shapes that every contract uses. Runs on the server and in the browser; knows no word of the trade.
import { z } from 'zod'
import { zhCN } from 'zod/locales'

z.config(zhCN())

export const Id = z.uuid()
/** A business day, YYYY-MM-DD. */
export const Day = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '日期格式应为 YYYY-MM-DD').refine(isRealDay, '没有这一天')
/** A month, YYYY-MM. */
export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份格式应为 YYYY-MM')
/** An instant, ISO 8601 in UTC as the database driver gives it. */
export const Instant = z.string()
/** Whole fen; may be negative only where the field says so. */
export const FenShape = z.int()
/** A decimal as text, at most 6 places: prices, quantities, areas. */
export const Decimal = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, '应为数字,小数不超过 6 位')
export const Positive = Decimal.refine((v) => !v.startsWith('-') && !/^0+(\.0+)?$/.test(v), '应大于 0')
export const Text = (max: number) => z.string().trim().max(max)
export const Needed = (max: number) => z.string().trim().min(1, '必填').max(max)
export const Reason = z.string().trim().min(2, '请写明原因').max(200).meta({ zh: '原因' })

/** A write that may be sent again with the same effect once; `dry_run` runs it whole and rolls back. */
export const Repeatable = z.object({ request_id: Id.optional(), dry_run: z.boolean().optional() })

export const PAGE_MAX = 200
export const Paging = z.object({
  page: z.int().min(1).max(100_000).default(1),
  page_size: z.int().min(1).max(PAGE_MAX).default(20),
})
export const pageOf = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), total: z.int() })

/** Answers that travel with a row: true, or the refusal code that says why not. */
export const Can = <const N extends string>(...names: N[]) =>
  z.object(Object.fromEntries(names.map((n) => [n, z.union([z.literal(true), z.string()])])) as Record<N, z.ZodUnion<[z.ZodLiteral<true>, z.ZodString]>>)

function isRealDay(v: string): boolean {
  const [y, m, d] = v.split('-').map(Number) as [number, number, number]
  return d <= new Date(Date.UTC(y, m, 0)).getUTCDate()
}
