// The paper of a grid of people by days: A4 or A3 across, the days narrow, the head again on each page.
export const GRID = `#import "/lib.typ": *
#let doc = docs.at(0)
#let big = doc.paper == "a3"
#set page(width: if big { 420mm } else { 297mm }, height: if big { 297mm } else { 210mm }, margin: (x: 8mm, y: 10mm), footer: context align(center, text(size: 8pt)[#doc.foot 第 #counter(page).display() 页]))
#show: form.with(size: if big { 8pt } else { 6.5pt })
#align(center, text(size: 15pt, weight: "bold", doc.title))
#v(1.5mm)
#doc.subtitle
#v(1mm)
#let n = doc.columns.len() - doc.fixed - doc.tail
#table(columns: ((auto,) * doc.fixed + (1fr,) * n + (auto,) * doc.tail), stroke: thin, inset: (x: 1pt, y: 2.5pt), align: center + horizon, table.header(..doc.columns.map(x => text(weight: "bold", x))), ..doc.rows.flatten())
`
