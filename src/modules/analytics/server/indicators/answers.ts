// The board on the screen, in Excel and on paper: the same figures in each.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../../kernel/app.ts'
import { minuteText } from '../../../../kernel/clock.ts'
import { readFen, yuanGrouped } from '../../../../kernel/money.ts'
import { percentText } from '../../../../kernel/percent.ts'
import { renderPdf } from '../../../../kernel/print/index.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../../kernel/sheet/index.ts'
import { communityToChange } from '../../../property/server/index.ts'
import { analytics } from '../../contract.ts'
import { specOf, type Cockpit, type CockpitAsked, type CockpitRow, type Indicator } from '../../contract_cockpit.ts'
import { words } from '../../words.ts'
import { cockpitOf, trendOf } from './read.ts'

const said = (of: string, code: string): string => words.states?.[of]?.[code] ?? code
/** As it is written on paper: 93.50%, 12,345.00, 7; — where there is nothing. */
export function valueText(code: Indicator, v: number | null): string {
  if (v === null) return '—'
  const { unit } = specOf(code)
  return unit === 'rate' ? percentText(v)! : unit === 'fen' ? yuanGrouped(readFen(v)) : String(v)
}
const partText = (r: CockpitRow): string => (r.whole === null ? '' : specOf(r.code).group === 'fees' ? `${yuanGrouped(readFen(r.part))} / ${yuanGrouped(readFen(r.whole))}` : `${r.part} / ${r.whole}`)
const HEAD = ['指标', '本月', '分子 / 分母', '上月', '目标', '预警线', '状态'] as const
const line = (r: CockpitRow): string[] => [said('indicator', r.code), valueText(r.code, r.value), partText(r), valueText(r.code, r.before), valueText(r.code, r.goal), valueText(r.code, r.warn), said('standing', r.standing)]

async function named(scope: Scope, o: CockpitAsked): Promise<{ d: Cockpit; place: string }> {
  const d = await cockpitOf(scope, o)
  const place = o.community_id ? (await communityToChange(scope, o.community_id)).name : ((await sql<{ name: string }>`select name from identity.company where company_id = ${scope.company_id}`.execute(scope.db)).rows[0]?.name ?? '')
  return { d, place }
}
const SOURCE = `#import "/lib.typ": *
#let doc = docs.at(0)
#set page(width: 297mm, height: 210mm, margin: (x: 12mm, y: 12mm), footer: context align(center, text(size: 8pt)[#doc.foot 第 #counter(page).display() 页]))
#show: form.with(size: 9pt)
#align(center, { text(size: 18pt, weight: "bold", doc.title); linebreak(); v(1mm); doc.subtitle })
#v(3mm)
#table(columns: (1.4fr, 1fr, 1.8fr, 1fr, 1fr, 1fr, 0.9fr), stroke: thin, inset: 4pt, align: (x, y) => if x == 0 or x == 6 { left } else { right }, table.header(..doc.head.map(x => text(weight: "bold", x))), ..doc.rows.flatten())
#if doc.places.len() > 0 {
  v(4mm)
  for t in doc.places {
    block(breakable: t.rows.len() > 20, {
      text(size: 10pt, weight: "bold", t.title)
      v(0.5mm)
      table(columns: (1.8fr, ..t.head.slice(1).map(_ => 1fr)), stroke: thin, inset: 3pt, align: (x, y) => if x == 0 { left } else { right }, table.header(..t.head.map(x => text(weight: "bold", size: 8pt, x))), ..t.rows.flatten())
    })
    v(3mm)
  }
}
`
/** Columns of a sheet of paper. */
const ACROSS = 10
export const cockpitAnswers = [
  answer(analytics.cockpit, cockpitOf),
  answer(analytics.trend, trendOf),
  answerFile(analytics.cockpitExcel, async (scope, o) => {
    const { d, place } = await named(scope, o)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const codes = d.rows.map((r) => r.code)
    const body = await writeSheet({ sheets: [
      { name: '指标', title_rows: [`${place} 经营看板 ${d.month}`], columns: ['类别', ...HEAD, '口径'].map(text), rows: d.rows.map((r) => [said('indicator_group', specOf(r.code).group), ...line(r), said('indicator_how', r.code)]) },
      ...(d.places.length > 0 ? [{ name: '各小区', title_rows: [`${place} ${d.month}`], columns: [text('小区'), ...codes.map((k) => text(said('indicator', k)))], rows: d.places.map((p) => [p.name, ...p.cells.map((c) => valueText(c.code, c.value))]) }] : []),
    ] })
    return { name: `经营看板_${place}_${d.month}.xlsx`, type: XLSX, body }
  }),
  answerFile(analytics.cockpitPaper, async (scope, o) => {
    const { d, place } = await named(scope, o)
    const codes = d.rows.map((r) => r.code)
    const parts = Array.from({ length: Math.ceil(codes.length / ACROSS) }, (_, i) => codes.slice(i * ACROSS, (i + 1) * ACROSS))
    const doc = {
      title: `${place} 经营看板`, subtitle: `${d.month}${d.running ? `(截至 ${scope.today})` : ''}`, foot: `${scope.who.name} ${minuteText(scope.now)} 打印`, head: HEAD, rows: d.rows.map(line),
      places: d.places.length > 0 ? parts.map((part, i) => ({ title: parts.length > 1 ? `各小区(${i + 1}/${parts.length})` : '各小区', head: ['小区', ...part.map((k) => said('indicator', k))], rows: d.places.map((p) => [p.name, ...p.cells.filter((c) => part.includes(c.code)).map((c) => valueText(c.code, c.value))]) })) : [],
    }
    return { name: `经营看板-${place}-${d.month}.pdf`, type: 'application/pdf', body: await renderPdf({ source: SOURCE }, doc), inline: true }
  }),
]
