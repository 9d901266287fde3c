// Waivers and write-offs (减免、坏账核销): one asks, another decides in the approval centre, and the yes reduces the bills. What is open is
// looked at again then: a bill paid meanwhile is refused, not over-reduced.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { addMonths, dayOf } from '../../../kernel/clock.ts'
import type { In, Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { Id } from '../../../kernel/shapes.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { covers, housesSeenBy } from '../../property/server/index.ts'
import { askApproval, type ApprovalKind, type ApprovalOf } from '../../system/server/index.ts'
import { billing } from '../contract.ts'
import type { WaiverLine, WaiverRow } from '../waiver_contract.ts'
import { words } from '../words.ts'
import { z } from 'zod'
import { billsSeenBy } from './access.ts'
import { book } from './excel.ts'
import { BAD_DEBT, incomeAccounts, reduceBills, unreduce } from './reduce.ts'
import { percentText, reductionOf, type How } from './rules/reduction.ts'
import { lockOpen } from './settle.ts'

/** Bills of one request. */
const BILLS_MAX = 2000
const EXPORT_MAX = 100_000
const KIND = words.states!['waiver_kind']!

type Which = Out<typeof billing.previewWaiver.takes>
interface Found extends Omit<WaiverLine, 'amount_fen'> {
  community_id: string
}

async function found(scope: Scope, w: Which): Promise<Found[]> {
  const c = scope.company_id
  if (!w.bills && !w.house_id) throw scope.refuse('billing.waiver_nothing')
  const where: RawBuilder<unknown>[] = [sql`b.company_id = ${c} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen`, billsSeenBy(scope)]
  if (w.bills) where.push(sql`b.period_on = any(${[...new Set(w.bills.map((b) => b.period_on))]}::date[]) and b.bill_id = any(${w.bills.map((b) => b.bill_id)}::uuid[])`)
  if (w.house_id) where.push(sql`b.house_id = ${w.house_id}`)
  if (w.fee_item_id) where.push(sql`b.fee_item_id = ${w.fee_item_id}`)
  if (w.period_from) where.push(sql`b.period_on >= ${`${w.period_from}-01`}::date`)
  if (w.period_to) where.push(sql`b.period_on < ${`${addMonths(w.period_to, 1)}-01`}::date`)
  const { rows } = await sql<Found>`
    with page as materialized (select b.bill_id, b.period_on, b.from_on, b.house_id, b.community_id, b.fee_item_id, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen from billing.bill b
      where ${sql.join(where, sql` and `)} order by b.period_on, b.from_on, b.bill_id limit ${BILLS_MAX + 1})
    select b.bill_id, b.period_on, b.house_id, b.community_id, h.label as house_label, i.name as fee_item_name, b.open_fen from page b join property.house h on h.company_id = ${c} and h.house_id = b.house_id
    join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id order by b.period_on, b.from_on, b.bill_id`.execute(scope.db)
  if (rows.length > BILLS_MAX) throw scope.refuse('billing.waiver_many', { max: BILLS_MAX })
  if (rows.length === 0 || (w.bills && rows.length !== new Set(w.bills.map((b) => b.bill_id)).size)) throw scope.refuse('billing.waiver_nothing')
  if (new Set(rows.map((r) => r.community_id)).size > 1) throw scope.refuse('billing.waiver_communities')
  return rows
}

function howOf(scope: Scope, w: Which): How {
  if (w.how === 'whole') return { how: 'whole' }
  if (w.how === 'percent' && w.percent_bp !== undefined) return { how: 'percent', percent_bp: w.percent_bp }
  if (w.how === 'sum' && w.sum_fen !== undefined) return { how: 'sum', sum_fen: w.sum_fen }
  throw scope.refuse('billing.waiver_how')
}

async function planned(scope: Scope, w: Which): Promise<{ lines: WaiverLine[]; amount_fen: number; open_fen: number; community_id: string }> {
  const rows = await found(scope, w)
  const open_fen = rows.reduce((n, r) => n + r.open_fen, 0)
  const amounts = reductionOf(rows.map((r) => r.open_fen), howOf(scope, w))
  if (!amounts) throw scope.refuse('billing.waiver_too_much', { what: `${rows.length} 条账单`, open: yuanGrouped(fen(open_fen)), asked: yuanGrouped(fen(w.sum_fen ?? 0)) })
  const lines = rows.map(({ community_id: _, ...r }, i) => ({ ...r, amount_fen: amounts[i]! })).filter((l) => l.amount_fen > 0)
  if (lines.length === 0) throw scope.refuse('billing.waiver_nothing')
  return { lines, amount_fen: lines.reduce((n, l) => n + l.amount_fen, 0), open_fen, community_id: rows[0]!.community_id }
}

/** 1-2-301 · 1-2-301 等 3 户 */
function labelOf(lines: readonly WaiverLine[]): { house_label: string; house_count: number } {
  const labels = [...new Set(lines.map((l) => l.house_label))]
  return { house_label: labels.length === 1 ? labels[0]! : `${labels[0]} 等 ${labels.length} 户`, house_count: labels.length }
}

const Payload = z.object({ waiver_id: Id })
type Payload = z.output<typeof Payload>

async function waiverOf(scope: Scope, waiver_id: string) {
  return scope.db.selectFrom('billing.waiver').selectAll().where('company_id', '=', scope.company_id).where('waiver_id', '=', waiver_id).forUpdate().executeTakeFirstOrThrow()
}
const linesOf = (scope: Scope, waiver_id: string) => scope.db.selectFrom('billing.waiver_line').select(['bill_id', 'period_on', 'amount_fen']).where('company_id', '=', scope.company_id).where('waiver_id', '=', waiver_id).execute()

async function carryOut(scope: Scope, a: ApprovalOf<Payload>): Promise<void> {
  const c = scope.company_id
  const w = await waiverOf(scope, a.payload.waiver_id)
  const lines = await linesOf(scope, w.waiver_id)
  const bills = new Map((await lockOpen(scope, lines)).map((b) => [b.bill_id, b]))
  const bad = lines.find((l) => (bills.get(l.bill_id)?.open_fen ?? 0) < l.amount_fen)
  if (bad) {
    const b = bills.get(bad.bill_id)
    throw scope.refuse('billing.waiver_too_much', { what: b ? `账单 ${b.period_on.slice(0, 7)} ${b.fee_item_name}` : `${bad.period_on.slice(0, 7)} 的账单(已作废)`, open: yuanGrouped(fen(b?.open_fen ?? 0)), asked: yuanGrouped(fen(bad.amount_fen)) })
  }
  const income = await incomeAccounts(scope, [...bills.values()].map((b) => b.fee_item_id))
  const text = `${KIND[w.kind]}${w.how === 'percent' ? ` ${percentText(w.percent_bp!)}` : ''}:${w.reason}`
  await reduceBills(
    scope,
    { kind: w.kind as 'waiver' | 'write_off', waiver_id: w.waiver_id, journal_kind: 'waiver' },
    lines.map((l) => {
      const bill = bills.get(l.bill_id)!
      return { bill, amount_fen: l.amount_fen, account_code: w.kind === 'write_off' ? BAD_DEBT : income.get(bill.fee_item_id)!, explanation: text }
    }),
  )
  await scope.db.updateTable('billing.waiver').set({ state: 'done', done_by: scope.who.account_id, done_at: scope.now }).where('company_id', '=', c).where('waiver_id', '=', w.waiver_id).execute()
  scope.note('waiver', w.waiver_id, { kind: w.kind, amount_fen: w.amount_fen, bill_count: w.bill_count })
  scope.emit('billing.waived', w.waiver_id, { waiver_id: w.waiver_id, kind: w.kind, amount_fen: w.amount_fen, community_id: w.community_id })
}

const kindFor = (kind: string, zh: string): ApprovalKind<Payload> => ({
  kind, zh, may: 'billing.waiver.decide', has_amount: true, payload: Payload,
  page: (a) => `/billing/waivers/${a.payload.waiver_id}`,
  facts: async (scope, a) => {
    const w = await scope.db.selectFrom('billing.waiver').select(['bill_count', 'house_label', 'how', 'percent_bp']).where('company_id', '=', scope.company_id).where('waiver_id', '=', a.payload.waiver_id).executeTakeFirst()
    return w ? [{ label: '房产', value: w.house_label }, { label: '账单', value: `${w.bill_count} 条` }, { label: '方式', value: w.how === 'percent' ? `按未收的 ${percentText(w.percent_bp!)}` : words.states!['waiver_how']![w.how]! }] : []
  },
  agreed: carryOut,
  dropped: async (scope, a, how) => void (await scope.db.updateTable('billing.waiver').set({ state: how }).where('company_id', '=', scope.company_id).where('waiver_id', '=', a.payload.waiver_id).execute()),
})
export const waiverApproval = kindFor('billing.waiver', '费用减免')
export const writeOffApproval = kindFor('billing.write_off', '坏账核销')

const ask = answer(billing.askWaiver, async (scope, o) => {
  const p = await planned(scope, o)
  if (p.amount_fen !== o.amount_fen) throw scope.refuse('billing.waiver_changed', { now: yuanGrouped(fen(p.amount_fen)), seen: yuanGrouped(fen(o.amount_fen)) })
  const waiver_id = uuidv7()
  const { house_label, house_count } = labelOf(p.lines)
  const { approval_id } = await askApproval(scope, o.kind === 'write_off' ? writeOffApproval : waiverApproval, {
    subject_type: 'waiver', subject_id: waiver_id, community_id: p.community_id, title: `${KIND[o.kind]} ${house_label} ${p.lines.length} 条账单 ${yuanGrouped(fen(p.amount_fen))} 元`, amount_fen: p.amount_fen, payload: { waiver_id }, reason: o.reason, attachments: o.attachments ?? [],
  })
  await scope.db.insertInto('billing.waiver').values({ company_id: scope.company_id, waiver_id, community_id: p.community_id, kind: o.kind, how: o.how, percent_bp: o.how === 'percent' ? o.percent_bp! : null, amount_fen: p.amount_fen, bill_count: p.lines.length, house_count, house_label, reason: o.reason, approval_id, asked_by: scope.who.account_id!, asked_at: scope.now }).execute()
  await scope.db.insertInto('billing.waiver_line').values(p.lines.map((l) => ({ company_id: scope.company_id, waiver_id, bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.amount_fen }))).execute()
  return { waiver_id, approval_id }
})

const reverse = answer(billing.reverseWaiver, async (scope, { waiver_id, reason }) => {
  const c = scope.company_id
  await seenWaiver(scope, waiver_id)
  const w = await waiverOf(scope, waiver_id)
  if (w.state !== 'done') throw scope.refuse('billing.waiver_not_done', { state: words.states!['waiver']![w.state] ?? w.state })
  const lines = await linesOf(scope, waiver_id)
  if ((await lockOpen(scope, lines)).length !== lines.length) throw scope.refuse('billing.waiver_voided')
  await unreduce(scope, waiver_id, reason)
  await scope.db.updateTable('billing.waiver').set({ state: 'reversed', reversed_by: scope.who.account_id, reversed_at: scope.now, reverse_reason: reason }).where('company_id', '=', c).where('waiver_id', '=', waiver_id).execute()
  scope.note('waiver', waiver_id, { reversed: true, reason, amount_fen: w.amount_fen })
  scope.emit('billing.waiver_reversed', waiver_id, { waiver_id, amount_fen: w.amount_fen, community_id: w.community_id })
  return { waiver_id }
})

/** A request is seen where one of its bills is; alias w. */
const seenBy = (scope: Scope): RawBuilder<SqlBool> => {
  const r = scope.reach()
  if (r.all) return sql<SqlBool>`true`
  return sql<SqlBool>`(w.community_id = any(${r.community_ids}::uuid[]) or exists (select from billing.waiver_line l join billing.bill b on b.company_id = ${scope.company_id} and b.period_on = l.period_on and b.bill_id = l.bill_id
    where l.company_id = ${scope.company_id} and l.waiver_id = w.waiver_id and ${housesSeenBy(scope, { alias: 'b' })}))`
}
async function seenWaiver(scope: Scope, waiver_id: string): Promise<void> {
  const { rows } = await sql`select from billing.waiver w where w.company_id = ${scope.company_id} and w.waiver_id = ${waiver_id} and ${seenBy(scope)}`.execute(scope.db)
  if (rows.length === 0) throw scope.notFound()
}

type Filter = Out<typeof billing.waiversExcel.takes>
function where(scope: Scope, f: Filter): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [sql`w.company_id = ${scope.company_id}`, seenBy(scope)]
  if (f.community_id) w.push(sql`w.community_id = ${f.community_id}`)
  if (f.kind) w.push(sql`w.kind = ${f.kind}`)
  if (f.state) w.push(sql`w.state = ${f.state}`)
  if (f.from_on) w.push(sql`w.asked_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql`w.asked_at < ${dayStart(f.to_on, 1)}`)
  return sql.join(w, sql` and `)
}
interface Raw extends Omit<WaiverRow, 'asked_by_name' | 'done_by_name' | 'can'> {
  asked_by: string
  done_by: string | null
  reversed_by: string | null
  reversed_at: string | null
  reverse_reason: string | null
}
async function rowsOf(scope: Scope, cond: RawBuilder<unknown>, limit: number, offset: number): Promise<(WaiverRow & Pick<Raw, 'reversed_at' | 'reverse_reason'> & { reversed_by_name: string | null })[]> {
  const { rows } = await sql<Raw>`with page as materialized (select w.* from billing.waiver w where ${cond} order by w.asked_at desc, w.waiver_id limit ${limit} offset ${offset})
    select w.waiver_id, w.community_id, m.name as community_name, w.kind, w.how, w.percent_bp, w.house_label, w.bill_count, w.amount_fen, w.reason, w.state, w.approval_id, w.asked_by, w.asked_at, w.done_by, w.done_at, w.reversed_by, w.reversed_at, w.reverse_reason
    from page w join property.community m on m.company_id = ${scope.company_id} and m.community_id = w.community_id order by w.asked_at desc, w.waiver_id`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.asked_by, r.done_by, r.reversed_by]))
  const may = scope.reach('billing.waiver.reverse')
  return rows.map(({ asked_by, done_by, reversed_by, ...r }) => ({
    ...r, asked_by_name: names.get(asked_by) ?? '', done_by_name: done_by ? (names.get(done_by) ?? '') : null, reversed_by_name: reversed_by ? (names.get(reversed_by) ?? '') : null,
    can: { reverse: !covers(may, { community_id: r.community_id, building_id: '' }) ? 'kernel.forbidden' : r.state === 'done' ? true : 'billing.waiver_not_done' },
  }))
}

const list = answer(billing.waivers, async (scope, { page, page_size, ...f }) => {
  const cond = where(scope, f)
  const { rows } = await sql<{ total: number; amount_fen: number }>`select count(*)::int as total, coalesce(sum(w.amount_fen) filter (where w.state = 'done'), 0)::bigint as amount_fen from billing.waiver w where ${cond}`.execute(scope.db)
  return { rows: await rowsOf(scope, cond, page_size, (page - 1) * page_size), ...rows[0]! }
})

const excel = answerFile(billing.waiversExcel, async (scope, f) => {
  const rows = await rowsOf(scope, where(scope, f), EXPORT_MAX + 1, 0)
  if (rows.length > EXPORT_MAX) throw scope.refuse('billing.export_too_large', { count: rows.length, max: EXPORT_MAX })
  const states = words.states!['waiver']!
  return book(
    `减免与核销_${scope.today}`, `减免与核销 共 ${rows.length} 笔`,
    [{ title: '小区', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '类别', kind: 'text' }, { title: '账单数', kind: 'int' }, { title: '金额', kind: 'money_fen' }, { title: '理由', kind: 'text' }, { title: '状态', kind: 'text' }, { title: '申请人', kind: 'text' }, { title: '申请日', kind: 'day' }, { title: '审批人', kind: 'text' }, { title: '生效日', kind: 'day' }],
    rows.map((r) => [r.community_name, r.house_label, KIND[r.kind] ?? r.kind, r.bill_count, r.amount_fen, r.reason, states[r.state] ?? r.state, r.asked_by_name, dayOf(r.asked_at), r.done_by_name ?? '', r.done_at ? dayOf(r.done_at) : null]),
    ['其中已生效', '', '', '', rows.reduce((n, r) => n + (r.state === 'done' ? r.amount_fen : 0), 0), '', '', '', '', '', ''],
  )
})

const detail = answer(billing.waiver, async (scope, { waiver_id }) => {
  const c = scope.company_id
  const [row] = await rowsOf(scope, sql`w.company_id = ${c} and w.waiver_id = ${waiver_id} and ${seenBy(scope)}`, 1, 0)
  if (!row) throw scope.notFound()
  const { rows: lines } = await sql<WaiverLine>`select l.bill_id, l.period_on, b.house_id, h.label as house_label, i.name as fee_item_name, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen, l.amount_fen
    from billing.waiver_line l join billing.bill b on b.company_id = ${c} and b.period_on = l.period_on and b.bill_id = l.bill_id join property.house h on h.company_id = ${c} and h.house_id = b.house_id
    join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id where l.company_id = ${c} and l.waiver_id = ${waiver_id} and ${housesSeenBy(scope, { alias: 'b' })} order by b.period_on, h.sort_no, b.bill_id limit ${BILLS_MAX}`.execute(scope.db)
  return { ...row, lines }
})

export const waiverAnswers = [answer(billing.previewWaiver, (scope, o) => planned(scope, o) as Promise<In<typeof billing.previewWaiver.gives>>), ask, reverse, list, excel, detail]
