// On paper: the roll, ballots with room and area printed on them (纸质票), the notice of the result for the board (结果公告).
import { sql } from 'kysely'
import { answerFile } from '../../../kernel/app.ts'
import { addDays, dayOf, minuteText } from '../../../kernel/clock.ts'
import { PrintError, renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { votes } from '../contract.ts'
import { said } from '../shown.ts'
import { pollToRead, type Poll } from './access.ts'
import { hasRoll, votersOf } from './lists.ts'
import { buildingNames, motionsOf } from './polls.ts'
import { centi, ofCenti } from './rules/tally.ts'
import { storedResults } from './tally.ts'

const ROLL_MAX = 10_000
const BALLOTS_MAX = 400
const BODY_MAX = 260
const COMMON = `#let given = json(bytes(sys.inputs.data))
#let doc = given.docs.at(0)
#set text(font: "Noto Sans SC", size: 10.5pt, lang: "zh", region: "cn")
#set par(leading: 0.65em, spacing: 0.8em)
`
const BALLOT = `${COMMON}#set page(width: 210mm, height: 297mm, margin: (x: 18mm, y: 16mm), footer: align(center, text(size: 8pt, doc.foot)))
#let box3() = grid(columns: (1fr, 1fr, 1fr), align: center, ..("同意", "反对", "弃权").map(x => [#box(width: 4.2mm, height: 4.2mm, stroke: 0.8pt, baseline: 0.6mm) #x]))
#for (i, b) in doc.ballots.enumerate() {
  if i > 0 { pagebreak() }
  align(center, { text(size: 17pt, weight: "bold", doc.title); linebreak(); text(size: 13pt)[表决票] })
  v(2mm)
  table(columns: (auto, 1fr, auto, 1fr), stroke: 0.6pt, inset: 5pt, [票号], text(weight: "bold", size: 13pt, b.no), [专有部分面积], text(weight: "bold", b.area), [房号], table.cell(colspan: 3, text(weight: "bold", b.houses)))
  v(1mm)
  table(columns: (9mm, 1fr, 52mm), stroke: 0.6pt, inset: 5pt, align: (center + horizon, left + horizon, center + horizon), table.header(..("序", "议题", "意见(只能选一项,打√)").map(x => text(weight: "bold", x))), ..doc.motions.map(m => (m.no, [#text(weight: "bold", m.title) \\ #text(size: 9pt, m.body)], box3())).flatten())
  v(2mm)
  for n in doc.notes { par(text(size: 9pt, n)) }
  v(5mm)
  grid(columns: (1fr, 1fr), row-gutter: 8mm, [业主(或推选的投票人)签名:#box(width: 34mm, line(length: 100%, stroke: 0.5pt))], [日期:#box(width: 34mm, line(length: 100%, stroke: 0.5pt))], [受托人签名:#box(width: 48mm, line(length: 100%, stroke: 0.5pt))], [受托人手机号:#box(width: 34mm, line(length: 100%, stroke: 0.5pt))])
}
`
const RESULT = `${COMMON}#set page(width: 210mm, height: 297mm, margin: (x: 22mm, y: 20mm), footer: align(center, text(size: 8pt, doc.foot)))
#align(center, { text(size: 20pt, weight: "bold", doc.title); linebreak(); v(1mm); text(size: 14pt)[表决结果公告] })
#v(3mm)
#for p in doc.paragraphs { par(first-line-indent: (amount: 2em, all: true), p) }
#v(2mm)
#for m in doc.motions { block(breakable: false, width: 100%, { text(weight: "bold", size: 12pt)[#m.no、#m.title]; h(1fr); text(weight: "bold", size: 12pt, m.verdict); v(0.5mm)
  table(columns: (1fr, 1fr, 1fr, 1fr, 1fr), stroke: 0.6pt, inset: 4pt, align: right + horizon, table.header(..("", "同意", "反对", "弃权", "参加合计").map(x => align(center, text(weight: "bold", x)))), align(center)[人数], ..m.heads, align(center)[面积(㎡)], ..m.areas)
  par(text(size: 9.5pt, m.rule)); par(text(size: 9.5pt, m.sentence)); v(2mm) }) }
#for p in doc.closing { par(first-line-indent: (amount: 2em, all: true), p) }
#v(6mm)
#align(right, { doc.organiser; linebreak(); doc.day })
`
async function pdf(scope: Scope, name: string, source: string, doc: Record<string, unknown>) {
  try {
    return { name: `${name}.pdf`, type: 'application/pdf', body: await renderPdf({ source }, doc), inline: true }
  } catch (error) {
    if (error instanceof PrintError && error.code === 'busy') throw scope.refuse('kernel.busy')
    throw error
  }
}
const scopeText = async (scope: Scope, v: Poll): Promise<string> => (await buildingNames(scope, v.building_ids)).join('、') || '全体业主'
const total = (r: { agree: { count: number }; oppose: { count: number }; abstain: { count: number } }): number => r.agree.count + r.oppose.count + r.abstain.count

export const paperAnswers = [
  answerFile(votes.rollPaper, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    hasRoll(scope, v)
    const rows = await votersOf(scope, poll_id, {}, { limit: ROLL_MAX, offset: 0 })
    const body = await renderPdf('table_a4', {
      company_name: v.organiser_name, title: `${v.title} 表决权人名册`, filters: [`应参加 ${v.eligible_count} 人,专有部分面积 ${v.eligible_m2} ㎡`, `名册摘要 ${v.roll_hash!.slice(0, 16)}`],
      columns: [{ title: '票号', kind: 'count' }, { title: '性质', kind: 'text' }, { title: '表决权人', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '套数', kind: 'count' }, { title: '面积(㎡)', kind: 'decimal' }, { title: '领票签字', kind: 'text' }], rows: rows.map((r) => [r.voter_no, said('voter', r.kind), r.name, r.houses, r.house_count, r.area_m2, '']), printed_by: scope.who.name, printed_at: minuteText(scope.now),
    })
    return { name: `${v.title}_名册.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answerFile(votes.ballotPaper, async (scope, { poll_id, building_id, voter_id }) => {
    const v = await pollToRead(scope, poll_id)
    hasRoll(scope, v)
    const found = await votersOf(scope, poll_id, { building_id }, { limit: voter_id ? ROLL_MAX : BALLOTS_MAX + 1, offset: 0 })
    const rows = voter_id ? found.filter((r) => r.voter_id === voter_id) : found
    if (rows.length === 0) throw scope.notFound()
    if (rows.length > BALLOTS_MAX) throw scope.refuse('votes.print_many', { max: BALLOTS_MAX })
    const motions = await motionsOf(scope, v)
    return pdf(scope, `${v.title}_表决票`, BALLOT, {
      title: v.title, ballots: rows.map((r) => ({ no: String(r.voter_no), houses: r.houses, area: `${r.area_m2} ㎡` })), motions: motions.map((m) => ({ no: String(m.motion_no), title: m.title, body: m.body.length > BODY_MAX ? `${m.body.slice(0, BODY_MAX)}…(全文见公示)` : m.body })),
      notes: [`投票时间:${minuteText(v.opens_at)} 至 ${minuteText(v.closes_at)}。一个表决权人只计一票,与手机投票合并计票,不得重复。`, '房产为共有的,由共有人推选一人签名。委托他人投票的,另附书面委托书,受托人按委托人的意见填写。', '未选、多选或涂改无法辨认的议题不计入参加。'], foot: `${v.organiser_name}  名册摘要 ${v.roll_hash!.slice(0, 16)}`,
    })
  }),
  answerFile(votes.resultPaper, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    if (v.state !== 'closed' && v.state !== 'published') throw scope.refuse('votes.not_closed')
    const [results, motions] = [await storedResults(scope, poll_id), await motionsOf(scope, v)]
    const { rows: [n] } = await sql<{ listed: number }>`select count(*)::int as listed from votes.listed where company_id = ${scope.company_id} and poll_id = ${poll_id}`.execute(scope.db)
    const published = v.published_at ? dayOf(v.published_at) : null
    return pdf(scope, `${v.title}_结果公告`, RESULT, {
      title: v.title, organiser: v.organiser_name, day: published ?? `${dayOf(v.closed_at!)} 计票,尚未公布`,
      paragraphs: [`本次表决由${v.organiser_name}组织,范围为${await scopeText(scope, v)},于 ${v.announced_on} 公示,${minuteText(v.opens_at)} 至 ${minuteText(v.closes_at)} 投票。应参加的表决权人 ${v.eligible_count} 人,专有部分面积 ${v.eligible_m2} 平方米。`],
      motions: results.map((r) => ({ no: String(r.motion_no), title: r.title, verdict: r.passed ? '通过' : '未通过', heads: [r.agree.count, r.oppose.count, r.abstain.count, total(r)].map(String), areas: [r.agree.m2, r.oppose.m2, r.abstain.m2, sumOf([r.agree.m2, r.oppose.m2, r.abstain.m2])], rule: `通过条件:${motions.find((m) => m.motion_id === r.motion_id)!.rule_text}。`, sentence: `计票:${r.sentence}` })),
      closing: published ? [`公布名单共 ${n!.listed} 行,列出每张票的回执码、面积和选择,不含姓名和房号。业主可在手机上用自己的回执码找到本人的票,也可下载名单自行相加核对。名单摘要:${v.list_hash!.slice(0, 32)}。`, `本公告自 ${published} 起公示,至 ${addDays(published, v.rule!.posting_days)}。业主认为决定侵害其合法权益的,可自知道之日起一年内请求人民法院撤销(民法典第二百八十条)。`] : [],
      foot: `打印 ${scope.who.name} ${minuteText(scope.now)}`,
    })
  }),
]
function sumOf(list: readonly string[]): string {
  return ofCenti(list.reduce((n, m) => n + centi(m), 0n))
}
