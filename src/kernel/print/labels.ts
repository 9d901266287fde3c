// Sheets of labels on A4, by the label papers sold everywhere: QR code, title, a line under it, the code to type, a foot.
import { qrSvg } from './format.ts'

export interface Label {
  title: string
  under: string
  foot: string
  code: string
  qr_text: string
}
/** Columns × rows, the label's size, the QR's size and the type of the title, in mm and pt. */
const SIZES = {
  large: { columns: 2, width: 105, height: 74.2, qr: 52, title: 18, text: 12, rows: 4 },
  medium: { columns: 3, width: 70, height: 42.4, qr: 31, title: 11, text: 8, rows: 7 },
  small: { columns: 4, width: 52.5, height: 29.7, qr: 21, title: 8, text: 6, rows: 10 },
} as const
export type LabelSheetSize = keyof typeof SIZES
const source = (s: (typeof SIZES)[LabelSheetSize]): string => `#import "/lib.typ": *
#show: form
#set page(paper: "a4", margin: 0mm)
#for doc in docs {
  grid(columns: (${s.width}mm,) * ${s.columns}, rows: ${s.height}mm, ..doc.labels.map(one => block(width: ${s.width}mm, height: ${s.height}mm, inset: 3.5mm, clip: true, grid(
    columns: (${s.qr}mm, 1fr), column-gutter: 2.5mm,
    qr(one.qr, ${s.qr}mm),
    {
      v(1mm)
      text(size: ${s.title}pt, weight: "bold", one.title)
      linebreak()
      text(size: ${s.text}pt, one.under)
      v(1fr)
      text(size: ${s.title}pt, weight: "bold", one.code)
      linebreak()
      text(size: ${s.text - 1}pt, one.foot)
      v(1mm)
    },
  ))))
}
`
export const labelSheet = (labels: readonly Label[], size: LabelSheetSize = 'medium'): [{ source: string }, Record<string, unknown>] => [
  { source: source(SIZES[size]) },
  { labels: labels.map(({ qr_text, ...l }) => ({ ...l, code: l.code.replace(/(.{4})/g, '$1 ').trim(), qr: qrSvg(qr_text) })) },
]
