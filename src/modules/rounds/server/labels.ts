// Labels for points: A4, 3 × 7 (70 × 42.3 mm, as the label paper sold everywhere), QR code, name, place, and the code to type.
import { qrSvg } from '../../../kernel/print/index.ts'

export interface Label {
  title: string
  under: string
  foot: string
  code: string
  qr_text: string
}
const SOURCE = `#import "/lib.typ": *
#show: form
#set page(paper: "a4", margin: 0mm)
#for doc in docs {
  grid(columns: (70mm,) * 3, rows: 42.4mm, ..doc.labels.map(one => block(width: 70mm, height: 42.4mm, inset: 3.5mm, grid(
    columns: (31mm, 1fr), column-gutter: 2.5mm,
    qr(one.qr, 31mm),
    {
      v(1mm)
      text(size: 11pt, weight: "bold", one.title)
      linebreak()
      text(size: 8pt, one.under)
      v(1fr)
      text(size: 11pt, weight: "bold", one.code)
      linebreak()
      text(size: 7pt, one.foot)
      v(1mm)
    },
  ))))
}
`
export const labelSheet = (labels: readonly Label[]): [{ source: string }, Record<string, unknown>] => [
  { source: SOURCE },
  { labels: labels.map(({ qr_text, ...l }) => ({ ...l, code: l.code.replace(/(.{4})/g, '$1 ').trim(), qr: qrSvg(qr_text) })) },
]
