// 有偿服务单: three copies (customer, finance, file) on continuous paper or A4, with the customer's signature; laid out by template (forms). The list
// of quotes and its Excel.
import { readFile } from 'node:fs/promises'
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { hasFile, openFile, pathOf } from '../../../kernel/files.ts'
import { capitals, fen, trimDecimal, yuanGrouped } from '../../../kernel/money.ts'
import { BUILT_IN, renderMany, type PrintDesign } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { soleForm, type FormKind } from '../../forms/server/index.ts'
import { orders, type QuoteFilter, type QuoteRow } from '../contract.ts'
import { words } from '../words.ts'
import { ordersSeenBy } from './access.ts'
import { quoteToRead, type Row } from './quotes.ts'
import { hourText } from './tell.ts'

interface Sheet {
  company: string
  title: string
  no: string
  facts: readonly (readonly [string, string])[]
  rows: readonly (readonly [string, string, string, string, string])[]
  total: string
  remark: string
  signs: readonly (readonly [string, string])[]
}
const SOURCE = `#import "/lib.typ": *
#show: form.with(size: design.text * 1pt)
#let one(doc, copy) = page(width: design.width * 1mm, height: design.height * 1mm, margin: margins(), {
  if design.logo != "" { place(top + left, logo()) }
  align(center, { if design.header != "" { design.header; linebreak() }; text(size: design.title_size * 0.7pt, doc.company); linebreak(); text(size: design.title_size * 1pt, weight: "bold", spaced(title-of(doc))) })
  grid(columns: (1fr, auto), if copy != "" { text(weight: "bold", copy) }, [编号:#doc.no])
  v(0.6mm)
  if shown("facts") { grid(columns: (1fr, 1fr, 1fr), row-gutter: 0.5em, column-gutter: 4mm, ..doc.facts.map(row => [#row.at(0):#row.at(1)])); v(0.8mm) }
  table(columns: (1.1fr, 4fr, 1.6fr, 1.6fr, 1.8fr), stroke: rule, inset: (x: 3pt, y: design.row * 1pt), align: (center, left, right, right, right),
    ..("类别", "项目", "数量", "单价(元)", "金额(元)").map(x => table.cell(align: center, text(weight: "bold", x))), ..doc.rows.flatten(),
    table.cell(colspan: 5, align: left, text(weight: "bold", doc.total)))
  v(0.6mm)
  if doc.remark != "" and shown("remark") { par(doc.remark) }
  if shown("signs") {
    v(1.2mm)
    if design.seal != "" { place(right + bottom, image(design.seal, width: design.seal_mm * 1mm)) }
    grid(columns: doc.signs.map(_ => 1fr), align: horizon, ..doc.signs.enumerate().map(((n, s)) => grid(columns: (auto, auto), column-gutter: 1mm, align: horizon, [#s.at(0):], if n == 0 and doc.signature != "" { image(given.pictures.at(doc.signature), height: 9mm) } else { s.at(1) })))
  }
  if design.footer != "" { block(above: 1.5mm, design.footer) }
})
#for doc in docs { if design.copies.len() == 0 { one(doc, "") } else { for copy in design.copies { one(doc, copy) } } }
`
/** Without a signature the place is left for a pen. */
const draw = (sheet: Sheet, design: PrintDesign, signature: Uint8Array | null): Promise<Buffer> => renderMany({ source: SOURCE }, [{ ...sheet, signature: signature ? 'signature' : '' }] as never, { design, ...(signature ? { pictures: { signature } } : {}) })

const example: Sheet = {
  company: '示例公司', title: '有偿服务单', no: '示例-000001', facts: [['小区', '示例小区'], ['房号', '1-1-101'], ['工单', '示例']], rows: [['人工', '还没有有偿服务,用示例预览', '1 次', '1.00', '1.00']], total: '合计 1.00 元(大写:壹元整)', remark: '', signs: [['业户签字', ''], ['维修人员', '示例'], ['财务', '']],
}
async function sheetOf(scope: Scope, q: Row): Promise<{ sheet: Sheet; sha256: string | null }> {
  const c = scope.company_id
  const { rows } = await sql<{ company: string; community: string; label: string; order_no: string; category: string; words: string; sha256: string | null }>`select (select name from identity.company where company_id = ${c}) as company, k.name as community, h.label, w.no as order_no, g.name as category, w.words,
      (select f.sha256 from kernel.file f where f.company_id = ${c} and f.file_id = ${q.signature_file_id}::uuid) as sha256
    from orders.work_order w join property.community k on k.company_id = ${c} and k.community_id = w.community_id join property.house h on h.company_id = ${c} and h.house_id = w.house_id join orders.category g on g.company_id = ${c} and g.category_id = w.category_id
    where w.company_id = ${c} and w.order_id = ${q.order_id}`.execute(scope.db)
  const a = rows[0]!
  const zh = words.states!['service_kind']!
  const state = q.state === 'voided' ? '【已作废】' : ''
  return {
    sha256: a.sha256,
    sheet: {
      company: a.company, title: '有偿服务单', no: `${q.no}${state}`,
      facts: [['小区', a.community], ['房号', a.label], ['付费人', q.payer_name], ['工单', a.order_no], ['服务', a.category], ['报价时间', hourText(q.made_at)]],
      rows: q.lines.map((l) => [zh[l.kind]!, l.name, `${trimDecimal(l.quantity)} ${l.unit}`, trimDecimal(l.unit_price), yuanGrouped(fen(l.amount_fen))] as const),
      total: `合计 ${yuanGrouped(fen(q.amount_fen))} 元(大写:${capitals(fen(q.amount_fen))})`,
      remark: [q.note, q.signed_at ? `${q.signer_name} 于 ${hourText(q.signed_at)} 在${q.signed_on === 'own_phone' ? '本人手机' : '维修人员手机'}上签字同意上述项目和价格。` : '业户签字即表示同意上述项目和价格。'].filter(Boolean).join(';'),
      signs: [['业户签字', ''], ['维修人员', q.made_by_name], ['财务', '']],
    },
  }
}
async function signatureOf(app: App, sha256: string | null): Promise<Buffer | null> {
  return sha256 && (await hasFile(app.data_dir, sha256)) ? readFile(pathOf(app.data_dir, sha256)) : null
}

export const serviceForm = (app: () => App): FormKind => ({
  kind: 'orders.service', zh: '有偿服务单', note: '维修人员现场报价、业户签字后打印;一式三联:客户、财务、存档', sole: true, papers: { third: 'service_three_copy', a4: 'service_a4' }, columns: [], params: [],
  blocks: [{ key: 'facts', zh: '小区、房号与工单' }, { key: 'remark', zh: '说明与签字记录' }, { key: 'signs', zh: '签字栏与印章' }],
  subjects: async (scope, { community_id }) => {
    const { rows } = await sql<{ subject_id: string; label: string }>`select q.quote_id as subject_id, q.no || ' ' || o.place as label from orders.quote q join orders.work_order o on o.company_id = ${scope.company_id} and o.order_id = q.order_id
      where q.company_id = ${scope.company_id} and ${ordersSeenBy(scope)} ${community_id ? sql`and q.community_id = ${community_id}` : sql``} order by q.made_at desc, q.quote_id limit 20`.execute(scope.db)
    return rows
  },
  draw: async (scope, subject_id, d) => {
    if (!subject_id) return draw(example, d.print, null)
    const { sheet, sha256 } = await sheetOf(scope, (await quoteToRead(scope, subject_id)).q)
    return draw(sheet, d.print, await signatureOf(app(), sha256))
  },
})

function conditions(scope: Scope, f: QuoteFilter): RawBuilder<unknown> {
  const p: RawBuilder<unknown>[] = [sql`q.company_id = ${scope.company_id}`, ordersSeenBy(scope)]
  if (f.state) p.push(sql`q.state = ${f.state}`)
  if (f.community_id) p.push(sql`q.community_id = ${f.community_id}`)
  if (f.from_on) p.push(sql`q.made_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`q.made_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) p.push(sql`(q.no ilike ${`%${f.q.trim()}%`} or o.no ilike ${`%${f.q.trim()}%`} or o.place like ${`%${f.q.trim()}%`} or q.signer_name like ${`${f.q.trim()}%`})`)
  return sql.join(p, sql` and `)
}
const FROM = (c: number) => sql`from orders.quote q join orders.work_order o on o.company_id = ${c} and o.order_id = q.order_id`
/** Money of what was refused, replaced or taken back counts nothing. */
const COUNTS = sql`q.state in ('offered','consented','billed')`
const LINES = (c: number, kind: 'labour' | 'material') => sql`coalesce((select sum(l.amount_fen) from orders.quote_line l where l.company_id = ${c} and l.quote_id = q.quote_id and l.kind = ${kind}), 0)::bigint`

async function page(scope: Scope, f: QuoteFilter, o: { limit: number; offset: number }): Promise<QuoteRow[]> {
  const c = scope.company_id
  const { rows } = await sql<QuoteRow>`with page as materialized (select q.quote_id ${FROM(c)} where ${conditions(scope, f)} order by q.made_at desc, q.quote_id limit ${o.limit} offset ${o.offset})
    select q.quote_id, q.no, q.order_id, o.no as order_no, k.name as community_name, o.place, g.name as category, q.state, ${LINES(c, 'labour')} as labour_fen, ${LINES(c, 'material')} as material_fen, q.amount_fen, coalesce(b.paid_fen, 0)::bigint as paid_fen, p.name as payer_name, q.made_by_name, q.made_at, q.signed_at, q.billed_at
    from page x join orders.quote q on q.company_id = ${c} and q.quote_id = x.quote_id join orders.work_order o on o.company_id = ${c} and o.order_id = q.order_id join property.community k on k.company_id = ${c} and k.community_id = q.community_id
      join orders.category g on g.company_id = ${c} and g.category_id = o.category_id join people.person p on p.company_id = ${c} and p.person_id = q.payer_id left join billing.bill b on b.company_id = ${c} and b.period_on = q.bill_period_on and b.bill_id = q.bill_id
    order by q.made_at desc, q.quote_id`.execute(scope.db)
  return rows
}
const EXCEL_MAX = 20_000

export const paperQuoteAnswers = (app: () => App) => [
  answerFile(orders.quotePaper, async (scope, { quote_id, form }) => {
    const { q, o } = await quoteToRead(scope, quote_id)
    const { sheet, sha256 } = await sheetOf(scope, q)
    const own = await soleForm(app(), scope, { kind: 'orders.service', paper: form === 'a4' ? 'a4' : 'third', community_id: q.community_id, on: dayOf(q.made_at), at: q.made_at })
    const body = await draw(sheet, own?.print ?? BUILT_IN[form === 'a4' ? 'service_a4' : 'service_three_copy'], await signatureOf(app(), sha256))
    return { name: `有偿服务单_${q.no}_${o.no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answerFile(orders.quoteSignature, async (scope, { quote_id }) => {
    const { q } = await quoteToRead(scope, quote_id)
    const { rows } = await sql<{ sha256: string; type: string }>`select sha256, type from kernel.file where company_id = ${scope.company_id} and file_id = ${q.signature_file_id}::uuid`.execute(scope.db)
    if (!rows[0] || !(await hasFile(app().data_dir, rows[0].sha256))) throw scope.notFound()
    return { name: `签名_${q.no}.png`, type: rows[0].type, body: openFile(app().data_dir, rows[0].sha256), inline: true }
  }),
  answer(orders.quotes, async (scope, { page: n, page_size, ...f }) => {
    const c = scope.company_id
    const [rows, sums] = await Promise.all([
      page(scope, f, { limit: page_size, offset: (n - 1) * page_size }),
      sql<{ total: number; labour: number; material: number; amount: number; paid: number }>`select count(*)::int as total, coalesce(sum(${LINES(c, 'labour')}) filter (where ${COUNTS}), 0)::bigint as labour, coalesce(sum(${LINES(c, 'material')}) filter (where ${COUNTS}), 0)::bigint as material, coalesce(sum(q.amount_fen) filter (where ${COUNTS}), 0)::bigint as amount,
        coalesce(sum((select b.paid_fen from billing.bill b where b.company_id = ${c} and b.period_on = q.bill_period_on and b.bill_id = q.bill_id)), 0)::bigint as paid ${FROM(c)} where ${conditions(scope, f)}`.execute(scope.db),
    ])
    const s = sums.rows[0]!
    return { rows, total: s.total, labour_fen_sum: s.labour, material_fen_sum: s.material, amount_fen_sum: s.amount, paid_fen_sum: s.paid }
  }),
  answerFile(orders.quotesExcel, async (scope, f) => {
    const rows = await page(scope, f, { limit: EXCEL_MAX + 1, offset: 0 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('orders.too_many_rows', { max: EXCEL_MAX })
    const text = (titles: string[]) => titles.map((title) => ({ title, kind: 'text' as const }))
    const money = (titles: string[]) => titles.map((title) => ({ title, kind: 'money_fen' as const }))
    const body = await writeSheet({
      sheets: [{
        name: '有偿服务', columns: [...text(['报价单号', '工单号', '小区', '位置', '分类', '状态']), ...money(['人工', '材料', '合计', '已收']), ...text(['付费人', '报价人', '报价时间', '签字时间', '出账时间'])],
        rows: rows.map((r) => [r.no, r.order_no, r.community_name, r.place, r.category, words.states!['quote']![r.state]!, r.labour_fen, r.material_fen, r.amount_fen, r.paid_fen, r.payer_name, r.made_by_name, hourText(r.made_at), r.signed_at ? hourText(r.signed_at) : null, r.billed_at ? hourText(r.billed_at) : null]),
      }],
    })
    return { name: `有偿服务_${scope.today}.xlsx`, type: XLSX, body }
  }),
]
