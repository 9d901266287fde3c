import { DANGEROUS } from './write_cell.ts'

/**
 * A CSV line for Excel in Chinese. Texts that a program would calculate get an apostrophe in front, as Excel itself shows it; a text
 * that already has apostrophes before such a sign gets one more, so that reading (which drops exactly one) restores every text.
 * Numbers are passed as numbers and keep their minus.
 */
export function csvLine(values: readonly (string | number | bigint | null | undefined)[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

/** Put before the first line: without it Excel in China opens UTF-8 as GBK. */
export const CSV_BOM = '\ufeff'

function csvField(value: string | number | bigint | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const inert = DANGEROUS.test(value.replace(/^'+/, '')) ? `'${value}` : value
  return inert !== value || /[",;\r\n\t|]|^\s|\s$|^sep=/i.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** The whole file, for tables that are small; larger ones join `CSV_BOM` and `csvLine` themselves. */
export const writeCsv = (rows: readonly (readonly (string | number | bigint | null | undefined)[])[]): Buffer =>
  Buffer.from(CSV_BOM + rows.map(csvLine).join(''))
