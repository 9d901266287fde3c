// The plan on paper, A4 or A3 landscape, dark on white: 疏散示意图 with exits, ways out, fire equipment and assembly points (消防法 16; 公安部令 61 号 art. 40: known to everybody
// in the building), or everything numbered with a list behind it. Colour never says anything alone: each kind has its own letter.
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { hasFile, pathOf } from '../../../kernel/files.ts'
import { PrintError, renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { siteplan, type Line, type Pin } from '../contract.ts'
import { pinName, said } from '../shown.ts'
import { planToRead } from './access.ts'
import { linesOf, pinsOf, planWith } from './plans.ts'
import { HALF_MM, spread, type Frame, type Spot } from './spread.ts'

const MM = { a4: { width: 297, height: 210, side: 58 }, a3: { width: 420, height: 297, side: 76 } }
const MARGIN = 10
const HEAD = 17
const FOOT = 9
const ROWS_MAX = 1000
const SIGN: Record<string, { letter: string; fill: string; round?: boolean }> = {
  exit: { letter: '出', fill: '#0b6b3a' }, stairs: { letter: '梯', fill: '#0b6b3a' }, control: { letter: '控', fill: '#a11217' }, phone: { letter: '话', fill: '#a11217' }, here: { letter: '我', fill: '#1f2329', round: true },
  fire: { letter: '消', fill: '#a11217' }, point: { letter: '集', fill: '#0b6b3a', round: true }, door: { letter: '门', fill: '#0958b3' }, device: { letter: '智', fill: '#0958b3', round: true }, camera: { letter: '视', fill: '#4b3a86', round: true }, lane: { letter: '车', fill: '#4a4f57' }, equipment: { letter: '设', fill: '#4a4f57', round: true }, sign: { letter: '标', fill: '#7a4a00' },
}
const RELEASED = '消防释放门'
const inEscape = (p: Pin): boolean => p.shown === 'mark' || p.shown === 'fire' || p.shown === 'point' || p.shown === 'building' || (p.shown === 'door' && p.detail === RELEASED)
const keyOf = (p: Pin): string => (p.shown === 'mark' ? p.mark! : p.shown)
const inWords = (key: string): string => (said('mark', key) === key ? said('shown', key) : said('mark', key))

const SOURCE = `#let given = json(bytes(sys.inputs.data))
#let doc = given.docs.at(0)
#set text(font: "Noto Sans SC", size: 9pt, lang: "zh", region: "cn")
#set page(width: doc.width * 1mm, height: doc.height * 1mm, margin: ${MARGIN} * 1mm)
#set par(leading: 0.45em, spacing: 0.6em)
#let spot(s, size) = box(width: size, height: size, fill: rgb(s.fill), radius: if s.round { 50% } else { 1pt }, stroke: 0.6pt + white, align(center + horizon, text(fill: white, weight: "bold", size: size * 0.62, s.letter)))
#let way(kind) = if kind == "escape" { (paint: rgb("#0b6b3a"), thickness: 1.6pt, cap: "round", join: "round") } else { (paint: rgb("#a11217"), thickness: 1.4pt, dash: "dashed", cap: "round") }
#block(height: ${HEAD} * 1mm, width: 100%, { align(center, text(size: doc.big * 1pt, weight: "bold", doc.title)); v(-1mm); align(center, doc.subtitle) })
#v(-4mm)
#grid(columns: (doc.box_w * 1mm, 1fr), column-gutter: 4mm,
  box(width: doc.box_w * 1mm, height: doc.box_h * 1mm, {
    place(top + left, dx: doc.off_x * 1mm, dy: doc.off_y * 1mm, image(given.pictures.plan, width: doc.pic_w * 1mm, height: doc.pic_h * 1mm))
    place(top + left, dx: doc.off_x * 1mm, dy: doc.off_y * 1mm, rect(width: doc.pic_w * 1mm, height: doc.pic_h * 1mm, stroke: 0.6pt + black))
    for l in doc.lines { for s in l.parts { place(top + left, line(start: (s.at(0) * 1mm, s.at(1) * 1mm), end: (s.at(2) * 1mm, s.at(3) * 1mm), stroke: way(l.kind))) }; if l.arrow.len() == 3 { place(top + left, polygon(fill: way(l.kind).paint, ..l.arrow.map(p => (p.at(0) * 1mm, p.at(1) * 1mm)))) } }
    for t in doc.names { place(top + left, dx: t.x * 1mm, dy: t.y * 1mm, box(width: t.w * 1mm, align(center, box(fill: rgb("#ffffffcc"), inset: (x: 1.5pt, y: 0.8pt), text(size: 7pt, weight: "bold", t.name))))) }
    for p in doc.pins { if p.from.len() == 2 { place(top + left, line(start: (p.from.at(0) * 1mm, p.from.at(1) * 1mm), end: (p.x * 1mm, p.y * 1mm), stroke: 0.5pt + rgb(p.fill))); place(top + left, dx: (p.from.at(0) - 0.6) * 1mm, dy: (p.from.at(1) - 0.6) * 1mm, circle(radius: 0.6mm, fill: rgb(p.fill), stroke: 0.3pt + white)) } }
    for p in doc.pins { place(top + left, dx: (p.x - 2.1) * 1mm, dy: (p.y - 2.1) * 1mm, spot(p, 4.2mm)); if p.tag != "" { place(top + left, dx: p.tag_x * 1mm, dy: (p.y - 1.5) * 1mm, box(width: p.tag_w * 1mm, align(if p.tag_x < p.x { right } else { left }, box(fill: rgb("#ffffffd9"), inset: (x: 1pt, y: 0.5pt), text(size: 6.5pt, p.tag))))) } }
  }),
  { text(weight: "bold", size: 11pt)[图例]; v(1mm)
    for s in doc.legend { block(spacing: 2.4mm, grid(columns: (6mm, 1fr), column-gutter: 2mm, align: horizon, spot(s, 5mm), s.name)) }
    for l in doc.ways { block(spacing: 2.4mm, grid(columns: (10mm, 1fr), column-gutter: 2mm, align: horizon, line(length: 10mm, stroke: way(l.kind)), l.name)) }
    v(3mm); for n in doc.notes { block(spacing: 2mm, par(n)) } })
#place(bottom + left, text(size: 7.5pt, fill: rgb("#333333"), doc.foot))
#if doc.rows.len() > 0 { pagebreak(); text(weight: "bold", size: 12pt)[#doc.title 点位清单]; table(columns: (auto, 1fr, 2.4fr, 2fr, 2.4fr), stroke: 0.5pt, inset: 3pt, table.header(..("号", "种类", "名称", "位置", "说明").map(x => text(weight: "bold", x))), ..doc.rows.flatten()) }
`
function drawn(l: Line, at: (p: readonly [number, number]) => [number, number]) {
  const pts = l.points.map(at)
  const parts = pts.slice(1).map((p, i) => [...pts[i]!, ...p])
  const [a, b] = [pts.at(-2)!, pts.at(-1)!]
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  if (l.kind !== 'escape' || length < 0.1) return { kind: l.kind, parts, arrow: [] }
  const [ux, uy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length]
  return { kind: l.kind, parts, arrow: [[b[0] + ux * 2.2, b[1] + uy * 2.2], [b[0] - uy * 1.5, b[1] + ux * 1.5], [b[0] + uy * 1.5, b[1] - ux * 1.5]] }
}
/** How wide words stand in mm: a Chinese letter is as wide as high, another a bit more than half. */
export const wide = (text: string, pt: number): number => [...text].reduce((n, c) => n + (c.charCodeAt(0) > 0x2e7f ? 1 : 0.58), 0) * pt * 0.3528
const NAME_MM = 4
/** A name stands over its place, and within the frame of the picture. */
export function nameBox(name: string, [x, y]: readonly [number, number], f: Frame): { x: number; y: number; w: number } {
  const w = Math.min(wide(name, 7) + 2, f.right - f.left)
  return { x: Math.max(f.left, Math.min(x - w / 2, f.right - w)), y: Math.max(f.top, Math.min(y - NAME_MM / 2, f.bottom - NAME_MM)), w }
}
/** At the right of its point, or at the left where it would run out of the picture. */
export function tagBox(tag: string, x: number, f: Frame): { tag_x: number; tag_w: number } {
  const tag_w = wide(tag, 6.5) + 1.5
  return { tag_x: x + 2.4 + tag_w > f.right && x - 2.4 - tag_w >= f.left ? x - 2.4 - tag_w : Math.min(x + 2.4, Math.max(f.left, f.right - tag_w)), tag_w }
}
/** What a sign and its words cover. */
function signBox(tag: string, s: Spot, f: Frame): Frame {
  const { tag_x, tag_w } = tagBox(tag, s.x, f)
  const [top, bottom] = [s.y - HALF_MM, s.y + HALF_MM]
  return tag === '' ? { left: s.x - HALF_MM, top, right: s.x + HALF_MM, bottom } : { left: Math.min(s.x - HALF_MM, tag_x), top, right: Math.max(s.x + HALF_MM, tag_x + tag_w), bottom }
}
async function pictureOf(scope: Scope, app: App, version_id: string): Promise<Buffer> {
  const { rows } = await sql<{ sha256: string }>`select f.sha256 from siteplan.version v join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = v.file_id where v.company_id = ${scope.company_id} and v.version_id = ${version_id}`.execute(scope.db)
  if (!rows[0] || !(await hasFile(app.data_dir, rows[0].sha256))) throw scope.notFound()
  return readFile(pathOf(app.data_dir, rows[0].sha256))
}
export const paperAnswer = (app: () => App) =>
  answerFile(siteplan.paper, async (scope, o) => {
    await planToRead(scope, o.plan_id)
    const row = await planWith(scope, o)
    const v = row.version
    if (!v) throw scope.refuse('siteplan.no_version')
    const [pins, lines, plan] = [await pinsOf(scope, { version_id: v.version_id, community_id: row.community_id }), await linesOf(scope, v.version_id), await pictureOf(scope, app(), v.version_id)]
    const shown = o.what === 'escape' ? pins.filter(inEscape) : pins
    const m = MM[o.paper]
    const [box_w, box_h] = [m.width - 2 * MARGIN - m.side - 4, m.height - 2 * MARGIN - HEAD - FOOT]
    const scale = Math.min(box_w / v.width_px, box_h / v.height_px)
    const [pic_w, pic_h] = [v.width_px * scale, v.height_px * scale]
    const [off_x, off_y] = [(box_w - pic_w) / 2, (box_h - pic_h) / 2]
    const at = ([x, y]: readonly [number, number]): [number, number] => [off_x + (x / 1000) * pic_w, off_y + (y / 1000) * pic_h]
    const frame = { left: off_x, top: off_y, right: off_x + pic_w, bottom: off_y + pic_h }
    const symbols = shown.filter((p) => p.shown !== 'building' && p.mark !== 'text')
    const tags = symbols.map((p, i) => (o.what === 'all' ? String(i + 1) : p.shown === 'point' || (p.shown === 'mark' && p.name) ? p.name : ''))
    const spots = symbols.map((p): Spot => { const [x, y] = at([p.x_permille, p.y_permille]); return { x, y } })
    const set = spread(spots, (i, s) => signBox(tags[i]!, s, frame), frame)
    const title = o.what === 'escape' ? `${row.community_name}${row.kind === 'site' ? '' : ` ${row.name}`} 疏散示意图` : `${row.community_name} ${row.name}`
    const keys = [...new Set(symbols.map(keyOf))]
    const lineKinds = [...new Set(lines.map((l) => l.kind))]
    const doc = {
      width: m.width, height: m.height, big: o.paper === 'a3' ? 24 : 18, box_w, box_h, pic_w, pic_h, off_x, off_y, title, subtitle: [row.name, row.building_name, `第 ${v.version_no} 版,${v.from_on} 起`].filter(Boolean).join('  '),
      lines: lines.map((l) => drawn(l, at)),
      names: shown.filter((p) => p.shown === 'building' || p.mark === 'text').map((p) => { const [x, y] = at([p.x_permille, p.y_permille]); return { ...nameBox(p.name, [x, y], frame), name: p.name } }),
      pins: symbols.map((p, i) => { const s = SIGN[keyOf(p)]!; const [own, to] = [spots[i]!, set[i]!]; return { x: to.x, y: to.y, from: to.x === own.x && to.y === own.y ? [] : [own.x, own.y], letter: s.letter, fill: s.fill, round: s.round ?? false, tag: tags[i]!, ...tagBox(tags[i]!, to.x, frame) } }),
      legend: keys.map((k) => ({ ...SIGN[k]!, round: SIGN[k]!.round ?? false, name: k === 'door' && o.what === 'escape' ? '疏散门(火警时自动打开)' : inWords(k) })), ways: lineKinds.map((kind) => ({ kind, name: said('line', kind) })),
      notes: o.what === 'escape' ? ['发现火情请拨打 119,并告知物业消防控制室。', '按绿色箭头疏散,到集合点点名;不乘电梯,不返回取物。', '消防车通道和安全出口不得占用、堵塞、封闭(消防法第二十八条)。'] : [`共 ${symbols.length} 个点,清单见后页。`],
      foot: `${scope.who.name} ${minuteText(scope.now)} 打印`,
      rows: o.what === 'all' ? symbols.slice(0, ROWS_MAX).map((p, i) => [String(i + 1), inWords(keyOf(p)), pinName(p), [p.building_name, p.place].filter(Boolean).join(' '), p.detail ?? '']) : [],
    }
    try {
      return { name: `${title}.pdf`, type: 'application/pdf', body: await renderPdf({ source: SOURCE }, doc, { pictures: { plan } }), inline: true }
    } catch (error) {
      if (error instanceof PrintError) throw scope.refuse('siteplan.not_printed')
      throw error
    }
  })
