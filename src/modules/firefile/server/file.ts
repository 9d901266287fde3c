// The file on the screen, on paper, in Excel: the same chapters in each.
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { firefile, type Asked } from '../contract.ts'
import { mayWrite, placeOf } from './access.ts'
import { chaptersOf } from './chapters.ts'
import { papersOf, partsOf, profileOf } from './register.ts'
import { ruleOf } from './rule.ts'

const SPAN_DAYS = 5 * 366
async function fileOf(scope: Scope, asked: Asked) {
  if (asked.from_on > asked.to_on || addDays(asked.from_on, SPAN_DAYS) < asked.to_on) throw scope.refuse('firefile.span')
  const place = await placeOf(scope, asked.community_id)
  const [profile, parts, papers, rule] = [await profileOf(scope, asked.community_id), await partsOf(scope, asked.community_id), await papersOf(scope, asked.community_id), await ruleOf(scope)]
  return { place, profile, parts, papers, chapters: await chaptersOf({ scope, place, asked, rule, profile, parts, papers }) }
}
const SOURCE = `#import "/lib.typ": *
#let doc = docs.at(0)
#set page(width: 210mm, height: 297mm, margin: (x: 16mm, y: 16mm), footer: context align(center, text(size: 8pt)[#doc.foot 第 #counter(page).display() 页]))
#show: form.with(size: 9.5pt)
#align(center, { text(size: 20pt, weight: "bold", doc.title); linebreak(); v(2mm); doc.subtitle })
#v(4mm)
#if doc.missing.len() > 0 { block(stroke: 0.8pt + red, inset: 6pt, width: 100%, { text(weight: "bold", fill: red)[缺少或逾期 #doc.missing.len() 项]; for m in doc.missing { par(m) } }) } else { par[没有缺项。] }
#if doc.profile.len() > 0 { v(2mm); table(columns: (auto, 1fr), stroke: thin, inset: 4pt, ..doc.profile.map(r => (text(weight: "bold", r.at(0)), r.at(1))).flatten()) }
#for c in doc.chapters {
  v(5mm)
  block(breakable: false, { text(size: 13pt, weight: "bold", c.title); h(3mm); text(size: 8pt, fill: rgb("#444444"), c.basis); v(1mm); par(c.figures); for m in c.missing { par(text(fill: red, weight: "bold")[缺:#m]) } })
  v(1mm)
  if c.lines.len() > 0 { table(columns: c.columns.map(_ => 1fr), stroke: thin, inset: 3pt, table.header(..c.columns.map(x => text(weight: "bold", x))), ..c.lines.flatten()) }
  if c.more != "" { par(c.more) }
}
`
export const fileAnswers = [
  answer(firefile.file, async (scope, asked) => {
    const { place, ...f } = await fileOf(scope, asked)
    return { ...f, community_name: place.name, can_write: mayWrite(scope, asked.community_id) }
  }),
  answerFile(firefile.filePaper, async (scope, asked) => {
    const { place, chapters, profile } = await fileOf(scope, asked)
    const doc = {
      title: `${place.name} 消防安全档案`, subtitle: `${place.address ?? ''}  ${asked.from_on} 至 ${asked.to_on}`, foot: `${scope.who.name} ${minuteText(scope.now)} 打印`,
      missing: chapters.flatMap((c) => c.missing.map((m) => `${c.title}:${m}`)),
      profile: profile ? [['消防安全责任人', profile.responsible], ['消防安全管理人', `${profile.manager} ${profile.phone}`], ['使用性质与规模', profile.use_words], ['管理组织', profile.organisation], ...(profile.note ? [['说明', profile.note]] : [])] : [],
      chapters: chapters.map((c, i) => ({ title: `${i + 1} ${c.title}`, basis: c.basis, figures: c.figures.map((x) => `${x.label} ${x.value}`).join(';'), missing: c.missing, columns: c.columns, lines: c.lines.map((l) => l.cells), more: c.total > c.lines.length ? `共 ${c.total} 条,这里列出 ${c.lines.length} 条` : '' })),
    }
    return { name: `消防安全档案-${place.name}-${asked.to_on}.pdf`, type: 'application/pdf', body: await renderPdf({ source: SOURCE }, doc), inline: true }
  }),
  answerFile(firefile.fileSheet, async (scope, asked) => {
    const { place, chapters } = await fileOf(scope, asked)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [
      { name: '目录与缺项', columns: ['章节', '依据', '数字', '缺什么'].map(text), rows: chapters.map((c) => [c.title, c.basis, c.figures.map((x) => `${x.label} ${x.value}`).join(';'), c.missing.join(';')]) },
      ...chapters.map((c) => ({ name: c.title.slice(0, 31), columns: c.columns.map(text), rows: c.lines.map((l) => l.cells) })),
    ] })
    return { name: `消防安全档案-${place.name}-${asked.to_on}.xlsx`, type: XLSX, body }
  }),
]
