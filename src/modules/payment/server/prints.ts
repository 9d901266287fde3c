// Receipts printed many at once. Each is a numbered print of its receipt, so that a second one says 补打; the batch says who printed what when.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen } from '../../../kernel/money.ts'
import { renderMany, renderPdf, type ReceiptData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { soleForm } from '../../forms/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { payment, PRINTS_MAX } from '../contract.ts'
import { seen } from './access.ts'
import { PAPER, TEMPLATE, receiptData, unprinted } from './receipts.ts'
import type { ReceiptContent } from './record.ts'
import { receiptFooter, receiptTitle } from './settings.ts'

type Ask = z.output<typeof payment.printReceipts.takes>
const LANE_MS = 120_000

/** What is to be printed, in the order in which somebody carries it from door to door. */
async function chosen(scope: Scope, ask: Ask): Promise<{ payment_id: string; merge_id: string | null; label: string }[]> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`p.company_id = ${c}`, seen(scope, 'p')]
  if (ask.payment_ids) w.push(sql<SqlBool>`p.payment_id = any(${ask.payment_ids}::uuid[])`)
  else if (ask.merge_id) w.push(sql<SqlBool>`p.merge_id = ${ask.merge_id}`)
  // A void receipt is printed only when somebody names it.
  else w.push(sql<SqlBool>`p.reversed_at is null and p.taken_on >= ${ask.from_on ?? scope.today} and p.taken_on <= ${ask.to_on ?? scope.today}`)
  if (ask.community_id) w.push(sql<SqlBool>`p.community_id = ${ask.community_id}`)
  if (ask.building_id) w.push(sql<SqlBool>`p.building_id = ${ask.building_id}`)
  if (ask.taken_by) w.push(sql<SqlBool>`p.taken_by = ${ask.taken_by}`)
  if (ask.unprinted) w.push(unprinted(scope))
  const r = await sql<{ payment_id: string; merge_id: string | null; label: string }>`select p.payment_id, p.merge_id, h.label from payment.payment p join property.house h on h.company_id = ${c} and h.house_id = p.house_id
    where ${sql.join(w, sql` and `)} order by h.sort_no, h.label, p.taken_at, p.payment_id limit ${PRINTS_MAX + 1}`.execute(scope.db)
  if (ask.payment_ids && r.rows.length !== new Set(ask.payment_ids).size) throw scope.notFound()
  if (r.rows.length === 0) throw scope.refuse('payment.nothing_to_print')
  if (r.rows.length > PRINTS_MAX) throw scope.refuse('payment.too_many_prints', { max: PRINTS_MAX })
  const one = r.rows[0]!.merge_id
  if (ask.together && (one === null || r.rows.some((x) => x.merge_id !== one))) throw scope.refuse('payment.not_merged')
  return r.rows
}

/** What the log says was printed. */
function titleOf(ask: Ask, rows: readonly { label: string }[]): string {
  const ends = new Set(rows.map((r) => r.label)).size > 1 ? `${rows[0]!.label} 至 ${rows.at(-1)!.label}` : rows[0]!.label
  const days = ask.payment_ids || ask.merge_id ? '' : `收款日 ${ask.from_on ?? '当天'} 至 ${ask.to_on ?? '当天'} `
  return `${ask.merge_id ? '合并收款 ' : ask.payment_ids ? '选定 ' : days}${ends}`.slice(0, 200)
}

const printReceipts = answer(payment.printReceipts, async (scope, ask) => {
  const c = scope.company_id
  const rows = await chosen(scope, ask)
  const ids = rows.map((x) => x.payment_id)
  // Locked in id order, as every other print does one by one.
  const prints = await sql<{ payment_id: string; print_no: number }>`with k as materialized (select payment_id from payment.receipt where company_id = ${c} and payment_id = any(${ids}::uuid[]) order by payment_id for update)
    update payment.receipt e set print_count = e.print_count + 1 from k where e.company_id = ${c} and e.payment_id = k.payment_id returning e.payment_id, e.print_count as print_no`.execute(scope.db)
  const reprint_count = prints.rows.filter((p) => p.print_no > 1).length
  const batch_id = uuidv7()
  await scope.db.insertInto('payment.print_batch').values({ company_id: c, batch_id, form: ask.form, together: ask.together, title: titleOf(ask, rows), receipt_count: ids.length, reprint_count, printed_by: scope.who.account_id!, printed_at: scope.now }).execute()
  await sql`insert into payment.receipt_print (company_id, payment_id, print_no, form, printed_by, printed_at, batch_id)
    select ${c}::bigint, k.payment_id, k.print_no, ${ask.form}, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz, ${batch_id}::uuid from unnest(${prints.rows.map((p) => p.payment_id)}::uuid[], ${prints.rows.map((p) => p.print_no)}::int[]) as k(payment_id, print_no)`.execute(scope.db)
  scope.note('print_batch', batch_id, { count: ids.length, reprint_count, form: ask.form })
  return { count: ids.length, reprint_count, input: { batch_id } }
})

interface Printed {
  receipt_no: string
  total_fen: number
  lines: ReceiptContent
  voided: boolean
  print_no: number
  community_id: string
  taken_on: string
  taken_at: string
}
const receiptsPdf = (app: () => App) => answerFile(payment.receiptsPdf, async (scope, { batch_id }) => {
  const c = scope.company_id
  const b = await scope.db.selectFrom('payment.print_batch').select(['form', 'together', 'receipt_count']).where('company_id', '=', c).where('batch_id', '=', batch_id).executeTakeFirst()
  const r = await sql<Printed>`select e.receipt_no, e.total_fen, e.lines, e.voided_at is not null as voided, x.print_no, p.community_id, p.taken_on, p.taken_at from payment.receipt_print x
    join payment.receipt e on e.company_id = ${c} and e.payment_id = x.payment_id join payment.payment p on p.company_id = ${c} and p.payment_id = x.payment_id join property.house h on h.company_id = ${c} and h.house_id = p.house_id
    where x.company_id = ${c} and x.batch_id = ${batch_id} and ${seen(scope, 'p')} order by h.sort_no, h.label, p.taken_at, p.payment_id limit ${PRINTS_MAX}`.execute(scope.db)
  // A batch that is not wholly within reach is not this person's.
  if (!b || r.rows.length !== b.receipt_count) throw scope.notFound()
  const worded = await wordedOf(scope, r.rows)
  const data = r.rows.map((x, i) => receiptData(c, x.receipt_no, x.total_fen, x.lines, { reprint_count: x.print_no - 1, voided: x.voided, ...worded[i]! }))
  const form = TEMPLATE[b.form as 'a5']
  // One file is one layout: that of the newest receipt in it.
  const newest = r.rows.reduce((a, x) => (x.taken_at > a.taken_at ? x : a))
  const own = await soleForm(app(), scope, { kind: 'payment.receipt', paper: PAPER[b.form as 'a5'], community_id: newest.community_id, on: newest.taken_on, at: newest.taken_at })
  const o = { time_ms: LANE_MS, ...(own ? { design: own.print } : {}) }
  const body = b.together ? await renderPdf(form, merged(data), o) : await renderMany(form, data, o)
  return { name: `收据_${r.rows[0]!.receipt_no}_共${r.rows.length}张.pdf`, type: 'application/pdf', body, inline: true }
})

/** Title and footer as they stood on the day of each receipt: the community's own before the company's. */
async function wordedOf(scope: Scope, list: readonly { community_id: string; taken_on: string }[]): Promise<{ title: string; footer: string }[]> {
  const c = scope.company_id
  const keys = [...new Map(list.map((x) => [`${x.community_id} ${x.taken_on}`, x])).values()]
  const value = (key: string) => sql`(select s.value #>> '{}' from system.setting s where s.company_id = ${c} and s.key = ${key} and (s.community_id = k.community_id or s.community_id is null) and s.from_on <= k.taken_on
    order by s.community_id is null, s.from_on desc, s.created_at desc limit 1)`
  const r = await sql<{ community_id: string; taken_on: string; title: string | null; footer: string | null }>`select k.community_id, k.taken_on, ${value(receiptTitle.key)} as title, ${value(receiptFooter.key)} as footer
    from unnest(${keys.map((k) => k.community_id)}::uuid[], ${keys.map((k) => k.taken_on)}::date[]) as k(community_id, taken_on)`.execute(scope.db)
  const by = new Map(r.rows.map((x) => [`${x.community_id} ${x.taken_on}`, { title: x.title ?? receiptTitle.otherwise, footer: x.footer ?? receiptFooter.otherwise }]))
  return list.map((x) => by.get(`${x.community_id} ${x.taken_on}`)!)
}

/** One paper for all houses of a merged payment; every receipt keeps its own number, and all stand on it. */
function merged(list: readonly ReceiptData[]): ReceiptData {
  const first = list[0]!
  const sum = (of: (d: ReceiptData) => number) => fen(list.reduce((n, d) => n + of(d), 0))
  const tenders = new Map<string, number>()
  for (const t of list.flatMap((d) => d.tenders)) tenders.set(t.name, (tenders.get(t.name) ?? 0) + t.amount_fen)
  const numbers = list.map((d) => d.receipt_no)
  return {
    ...first,
    receipt_no: numbers.length > 1 ? `${numbers[0]} 等 ${numbers.length} 张` : numbers[0]!,
    house_name: list.map((d) => d.house_name).join('、').slice(0, 78),
    lines: list.flatMap((d) => d.lines.map((l) => ({ ...l, item: `${d.house_name} ${l.item}` }))),
    tenders: [...tenders].map(([name, amount_fen]) => ({ name, amount_fen: fen(amount_fen) })),
    prepaid_used_fen: sum((d) => d.prepaid_used_fen ?? 0),
    prepaid_added_fen: sum((d) => d.prepaid_added_fen ?? 0),
    prepaid_balance_fen: null,
    arrears_fen: sum((d) => d.arrears_fen ?? 0),
    remark: [`收据号:${numbers.join('、')}`, first.remark].filter(Boolean).join(';').slice(0, 290),
    reprint_count: Math.max(...list.map((d) => d.reprint_count ?? 0)),
    voided: list.some((d) => d.voided),
  }
}

const printBatches = answer(payment.printBatches, async (scope, { page, page_size, from_on, to_on }) => {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`b.company_id = ${c}`]
  if (from_on) w.push(sql<SqlBool>`b.printed_at >= ${dayStart(from_on)}`)
  if (to_on) w.push(sql<SqlBool>`b.printed_at < ${dayStart(to_on, 1)}`)
  // Only batches all of whose receipts are within reach, as the paper itself.
  if (!scope.reach().all) w.push(sql<SqlBool>`not exists (select from payment.receipt_print x join payment.payment p on p.company_id = ${c} and p.payment_id = x.payment_id where x.company_id = ${c} and x.batch_id = b.batch_id and not ${seen(scope, 'p')})`)
  const where = sql.join(w, sql` and `)
  const count = await sql<{ total: number }>`select count(*)::int as total from payment.print_batch b where ${where}`.execute(scope.db)
  const rows = (await sql<{ batch_id: string; title: string; form: 'a5' | '80mm' | 'three_copy'; together: boolean; receipt_count: number; reprint_count: number; printed_by: string; printed_at: string }>`select b.batch_id, b.title, b.form, b.together, b.receipt_count, b.reprint_count, b.printed_by, b.printed_at
    from payment.print_batch b where ${where} order by b.printed_at desc, b.batch_id limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)).rows
  const names = await memberNames(scope, rows.map((r) => r.printed_by))
  return { total: count.rows[0]!.total, rows: rows.map(({ printed_by, ...r }) => ({ ...r, printed_by_name: names.get(printed_by) ?? '' })) }
})
export const printAnswers = (app: () => App) => [printReceipts, receiptsPdf(app), printBatches]
