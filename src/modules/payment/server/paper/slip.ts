// One plain form for the papers of the desk that are no receipts of bills: 交班单, 押金收据, 退款单 …, on the 80 mm roll or on A4. The words come
// from the caller; the form only places them.
import type { App } from '../../../../kernel/app.ts'
import { dayOf } from '../../../../kernel/clock.ts'
import { BUILT_IN, renderMany, type PrintDesign } from '../../../../kernel/print/index.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { soleForm } from '../../../forms/server/index.ts'

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
#show: form.with(size: design.text * 1pt)
#let title(doc) = if design.title != "" { design.title } else { doc.title }
#let stamp() = if design.seal != "" { place(right + horizon, image(design.seal, width: design.seal_mm * 1mm)) }
#let tail(doc) = {
  if design.footer != "" { block(above: 2mm, design.footer) }
  if shown("printed") { text(size: design.text * 0.78pt, doc.printed) }
}
#let pair(name, value) = grid(columns: (auto, 1fr), column-gutter: 2mm, row-gutter: 0.5em, align: (left, right), name, value)
#let cut = line(length: 100%, stroke: (paint: ink, thickness: 0.6pt, dash: "dashed"))
#let blocks(doc) = for one in doc.sections {
  block(breakable: false, above: 2.2mm, below: 2.2mm, { text(weight: "bold", one.title); linebreak(); for row in one.rows { pair(row.at(0), row.at(1)) } })
  cut
}
`
const ROLL = `${SHARED}
#for doc in docs {
  page(width: 80mm, height: auto, margin: margins(), {
    align(center, { if design.logo != "" { logo(); linebreak() }; if design.header != "" { design.header; linebreak() }; text(size: 10.5pt, weight: "bold", doc.company); linebreak(); text(size: design.title_size * 1pt, weight: "bold", spaced(title(doc), gap: 0.25em)) })
    pair("编号", doc.no)
    for row in doc.facts { pair(row.at(0), row.at(1)) }
    cut
    blocks(doc)
    if doc.capitals != "" { par(doc.capitals) }
    if doc.remark != "" { par(doc.remark) }
    if shown("signs") { stamp(); for who in doc.signs { v(7mm); [#who:#box(width: 1fr, line(length: 100%, stroke: thin))] } }
    v(2mm)
    tail(doc)
  })
}
`
const SHEET = `${SHARED}
#for doc in docs {
  page(width: design.width * 1mm, height: design.height * 1mm, margin: margins(), {
    if design.logo != "" { place(top + left, logo()) }
    align(center, { if design.header != "" { design.header; linebreak() }; text(size: design.title_size * 2pt / 3, doc.company); linebreak(); v(1mm); text(size: design.title_size * 1pt, weight: "bold", spaced(title(doc))) })
    align(right)[编号:#doc.no]
    grid(columns: (1fr, 1fr), row-gutter: 0.7em, column-gutter: 10mm, ..doc.facts.map(row => [#row.at(0):#row.at(1)]))
    v(2mm)
    for one in doc.sections {
      table(columns: (1fr, 50mm), stroke: thin, inset: design.row * 1pt, align: (left, right), table.cell(colspan: 2, align: left, text(weight: "bold", one.title)), ..one.rows.flatten())
      v(2mm)
    }
    if doc.capitals != "" { par(doc.capitals) }
    if doc.remark != "" { par(doc.remark) }
    v(12mm)
    if shown("signs") { stamp(); grid(columns: doc.signs.map(_ => 1fr), ..doc.signs.map(who => [#who:])); v(8mm) }
    tail(doc)
  })
}
`
export const SLIP_BUILT = { a4: BUILT_IN.slip_a4, '80mm': BUILT_IN.slip_80mm } as const
export const drawSlip = (slip: Slip, design: PrintDesign): Promise<Buffer> => renderMany({ source: design.paper === 'roll' ? ROLL : SHEET }, [slip] as never, { design })

/** With the layout that was in force when the paper came about. */
export async function slipPdf(app: App, scope: Scope, o: { kind: string; form: SlipForm; at: string } & ({ community_id: string } | { house_id: string }), slip: Slip): Promise<Buffer> {
  const community_id = 'community_id' in o ? o.community_id : (await scope.db.selectFrom('property.house').select('community_id').where('company_id', '=', scope.company_id).where('house_id', '=', o.house_id).executeTakeFirstOrThrow()).community_id
  const own = await soleForm(app, scope, { kind: o.kind, paper: o.form === 'a4' ? 'a4' : 'roll', community_id, on: dayOf(o.at), at: o.at })
  return drawSlip(slip, own?.print ?? SLIP_BUILT[o.form])
}

export async function companyName(scope: Pick<Scope, 'db' | 'company_id'>): Promise<string> {
  return (await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst())?.name ?? ''
}
