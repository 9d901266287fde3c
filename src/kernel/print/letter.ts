// A letter or an agreement with one table. The table is laid out as a report's is; see table.ts.
import type { LetterData } from './data.ts'
import { dayInWords, line, plain, qrSvg } from './format.ts'
import type { View } from './format.ts'
import { tableView } from './table.ts'

/** About thirty sheets: a handbook of rules is printed whole. */
const PARAGRAPHS = 400
/** A4 upright less 24 mm at each side. */
const WIDTH_PT = 459
const texts = (all: readonly string[] | undefined) => (all ?? []).slice(0, PARAGRAPHS).map((one) => plain(one, 1500))

export function letterView(data: LetterData): View {
  const table = data.columns?.length ? (tableView({ title: data.title, columns: data.columns, rows: data.rows ?? [], totals: data.totals ?? null }, WIDTH_PT).view as { columns: unknown[]; rows: unknown[]; totals: unknown[]; totals_span: number; size: number }) : { columns: [], rows: [], totals: [], totals_span: 0, size: 9 }
  return {
    view: {
      company: line(data.company_name, 60),
      title: line(data.title, 30),
      no: line(data.no, 40),
      date: dayInWords(data.dated_on),
      qr: qrSvg(data.qr_text),
      to: line(data.to, 100),
      paragraphs: texts(data.paragraphs),
      closing: texts(data.closing),
      columns: table.columns,
      rows: table.rows,
      totals: table.totals,
      totals_span: table.totals_span,
      table_size: table.size,
      signs: (data.signs ?? []).slice(0, 3).map((s) => ({ who: line(s.who, 40), fields: s.fields.slice(0, 8).map((f) => line(f, 30)) })),
    },
    assets: [],
  }
}
