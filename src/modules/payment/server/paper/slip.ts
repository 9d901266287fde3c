// One plain form for the papers of the desk that are no receipts of bills: 交班单, 押金收据, 退款单 …, on the 80 mm roll or on A4. The words come
// from the caller; the form only places them.
import { renderMany } from '../../../../kernel/print/index.ts'
import type { Scope } from '../../../../kernel/scope.ts'

export interface Slip {
  company: string
  title: string
  no: string
  facts: readonly (readonly [string, string])[]
  sections: readonly { title: string; rows: readonly (readonly [string, string])[] }[]
  /** The amount in capitals, with its words. */
  capitals: string
  remark: string
  /** Who signs. */
  signs: readonly string[]
  printed: string
}
export type SlipForm = '80mm' | 'a4'

const SHARED = `#import "/lib.typ": *
#show: form
#let pair(name, value) = grid(columns: (auto, 1fr), column-gutter: 2mm, row-gutter: 0.5em, align: (left, right), name, value)
#let cut = line(length: 100%, stroke: (paint: ink, thickness: 0.6pt, dash: "dashed"))
#let blocks(doc) = for one in doc.sections {
  block(breakable: false, above: 2.2mm, below: 2.2mm, { text(weight: "bold", one.title); linebreak(); for row in one.rows { pair(row.at(0), row.at(1)) } })
  cut
}
`
const ROLL = `${SHARED}
#for doc in docs {
  page(width: 80mm, height: auto, margin: (x: 4mm, top: 3mm, bottom: 6mm), {
    align(center, { text(size: 10.5pt, weight: "bold", doc.company); linebreak(); text(size: 14pt, weight: "bold", spaced(doc.title, gap: 0.25em)) })
    pair("编号", doc.no)
    for row in doc.facts { pair(row.at(0), row.at(1)) }
    cut
    blocks(doc)
    if doc.capitals != "" { par(doc.capitals) }
    if doc.remark != "" { par(doc.remark) }
    for who in doc.signs { v(7mm); [#who:#box(width: 1fr, line(length: 100%, stroke: thin))] }
    v(2mm)
    text(size: 7.5pt, doc.printed)
  })
}
`
const SHEET = `${SHARED}
#for doc in docs {
  page(paper: "a4", margin: (x: 22mm, y: 20mm), {
    set text(size: 10.5pt)
    align(center, { text(size: 12pt, doc.company); linebreak(); v(1mm); text(size: 18pt, weight: "bold", spaced(doc.title)) })
    align(right)[编号:#doc.no]
    grid(columns: (1fr, 1fr), row-gutter: 0.7em, column-gutter: 10mm, ..doc.facts.map(row => [#row.at(0):#row.at(1)]))
    v(2mm)
    for one in doc.sections {
      table(columns: (1fr, 50mm), stroke: thin, inset: 5pt, align: (left, right), table.cell(colspan: 2, align: left, text(weight: "bold", one.title)), ..one.rows.flatten())
      v(2mm)
    }
    if doc.capitals != "" { par(doc.capitals) }
    if doc.remark != "" { par(doc.remark) }
    v(12mm)
    grid(columns: doc.signs.map(_ => 1fr), ..doc.signs.map(who => [#who:]))
    v(8mm)
    text(size: 8pt, doc.printed)
  })
}
`
/** Several slips, each on pages of its own. */
export const slipsPdf = (form: SlipForm, slips: readonly Slip[]): Promise<Buffer> => renderMany({ source: form === 'a4' ? SHEET : ROLL }, slips as never)
export const slipPdf = (form: SlipForm, slip: Slip): Promise<Buffer> => slipsPdf(form, [slip])

export async function companyName(scope: Pick<Scope, 'db' | 'company_id'>): Promise<string> {
  return (await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst())?.name ?? ''
}
