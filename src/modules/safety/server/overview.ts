// 安全统计 on the screen, in Excel, on paper for the monthly report: the same sections in each.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { daysBetween, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { safety, type OverviewAsked, type Section } from '../contract.ts'
import { sectionsOf } from './overview_parts.ts'

/** A year; the lists that the numbers open go no further. */
const SPAN_DAYS = 366
async function overviewOf(scope: Scope, asked: OverviewAsked): Promise<{ place: string; sections: Section[] }> {
  if (asked.from_on > asked.to_on || daysBetween(asked.from_on, asked.to_on) > SPAN_DAYS) throw scope.refuse('safety.overview_span', { days: SPAN_DAYS })
  const place = asked.community_id ? (await communityToChange(scope, asked.community_id)).name : ((await sql<{ name: string }>`select name from identity.company where company_id = ${scope.company_id}`.execute(scope.db)).rows[0]?.name ?? '')
  return { place, sections: await sectionsOf({ scope, asked }) }
}
const SOURCE = `#import "/lib.typ": *
#let doc = docs.at(0)
#set page(width: 210mm, height: 297mm, margin: (x: 14mm, y: 14mm), footer: context align(center, text(size: 8pt)[#doc.foot 第 #counter(page).display() 页]))
#show: form.with(size: 9pt)
#align(center, { text(size: 18pt, weight: "bold", doc.title); linebreak(); v(1mm); doc.subtitle })
#v(3mm)
#table(columns: (1fr, 1fr, 1fr, 1fr), stroke: thin, inset: 5pt, ..doc.headlines.map(h => { text(size: 8pt, h.at(0)); linebreak(); text(size: 13pt, weight: "bold", h.at(1)); linebreak(); text(size: 8pt, fill: rgb("#444444"), h.at(2)) }))
#for s in doc.sections {
  v(4mm)
  text(size: 12pt, weight: "bold", s.title)
  for t in s.tables {
    v(1mm)
    block(breakable: t.rows.len() > 20, {
      text(size: 9pt, t.title)
      v(0.5mm)
      if t.rows.len() > 0 { table(columns: (1.8fr, ..t.columns.slice(1).map(_ => 1fr)), stroke: thin, inset: 3pt, align: (x, y) => if x == 0 { left } else { right }, table.header(..t.columns.map(x => text(weight: "bold", size: 8pt, x))), ..t.rows.flatten()) } else { par(text(fill: rgb("#444444"))[没有]) }
    })
  }
}
#v(8mm)
#grid(columns: (1fr, 1fr, 1fr), [编制:], [审核:], [日期:])
`
export const overviewAnswers = [
  answer(safety.overview, overviewOf),
  answerFile(safety.overviewSheet, async (scope, asked) => {
    const { place, sections } = await overviewOf(scope, asked)
    const whole = (rows: Section['tables'][number]['rows'], i: number): boolean => i > 0 && rows.length > 0 && rows.every((r) => /^\d+$/.test(r[i]!.text))
    const body = await writeSheet({ sheets: [
      { name: '概况', columns: ['章节', '项目', '数字', '说明'].map((title) => ({ title, kind: 'text' as const })), rows: sections.flatMap((s) => s.headlines.map((h) => [s.title, h.label, h.text, h.under])) },
      ...sections.flatMap((s) => s.tables.map((t) => ({ name: `${s.title} ${t.title}`.slice(0, 31), columns: t.columns.map((title, i) => ({ title, kind: whole(t.rows, i) ? ('int' as const) : ('text' as const) })), rows: t.rows.map((r) => r.map((x, i) => (whole(t.rows, i) ? Number(x.text) : x.text))) }))),
    ] })
    return { name: `安全统计-${place}-${asked.from_on}至${asked.to_on}.xlsx`, type: XLSX, body }
  }),
  answerFile(safety.overviewPaper, async (scope, asked) => {
    const { place, sections } = await overviewOf(scope, asked)
    const doc = {
      title: `${place} 安全工作统计`, subtitle: `${asked.from_on} 至 ${asked.to_on}`, foot: `${scope.who.name} ${minuteText(scope.now)} 打印`, headlines: sections.flatMap((s) => s.headlines.map((h) => [h.label, h.text, h.under])),
      sections: sections.map((s) => ({ title: s.title, tables: s.tables.map((t) => ({ title: t.title, columns: t.columns, rows: t.rows.map((r) => r.map((x) => x.text)) })) })),
    }
    return { name: `安全统计-${place}-${asked.to_on}.pdf`, type: 'application/pdf', body: await renderPdf({ source: SOURCE }, doc), inline: true }
  }),
]
