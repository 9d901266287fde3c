// Shifts (班次): opened with a float, filled by every act at the desk, counted by denomination, handed in, frozen. A difference above the
// limit of the rule waits for another person before the shift closes; refused, the drawer is counted again.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { sentence } from '../../../kernel/contract.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { post } from '../../ledger/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { MONEY_METHODS, payment } from '../contract.ts'
import { words } from '../words.ts'
import { drawerOf, holdDrawer } from './drawer.ts'
import { boundList, LIST_MAX } from './list_sheet.ts'
import { drawNumber } from './numbers.ts'
import { ruleOf } from './rule.ts'
import { bankLines, countDrawer, differenceLines, splitByBook } from './rules/drawer.ts'
import { shiftPdf } from './shift_paper.ts'
import { readShifts, shiftDetail, shiftsShown, type ShiftRead } from './shift_rows.ts'

type Filter = Omit<z.output<typeof payment.shifts.takes>, 'page' | 'page_size'>

async function communityOf(scope: Scope, community_id: string) {
  const row = await scope.db.selectFrom('property.community as m').select(['m.community_id', 'm.name']).where('m.company_id', '=', scope.company_id).where('m.community_id', '=', community_id).where(communitiesSeenBy(scope, { alias: 'm' })).executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}

const openShift = answer(payment.openShift, async (scope, { community_id, float_fen }) => {
  const me = scope.who.account_id!
  await communityOf(scope, community_id)
  await holdDrawer(scope, me)
  const d = await drawerOf(scope, me)
  if (d.day_closed) throw scope.refuse('payment.day_closed', { on_day: scope.today })
  if (d.shift_id) throw scope.refuse('payment.shift_open_already', { shift_no: d.shift_no, opened: minuteText(d.opened_at) })
  const shift_id = uuidv7()
  const shift_no = await drawNumber(scope, 'shift')
  await scope.db.insertInto('payment.shift').values({ company_id: scope.company_id, shift_id, shift_no, community_id, cashier_id: me, state: 'open', opened_at: scope.now, opened_on: scope.today, float_fen }).execute()
  scope.note('shift', shift_id, { shift_no, float_fen })
  return { shift_id, shift_no }
})

/** The shift of the person who calls, locked; else 404. */
async function ownShift(scope: Scope, shift_id: string): Promise<ShiftRead> {
  const [row] = await readShifts(scope, sql<SqlBool>`s.shift_id = ${shift_id} and s.cashier_id = ${scope.who.account_id}`, 1, 0)
  if (!row) throw scope.notFound()
  return row
}

const countShift = answer(payment.countShift, async (scope, ask) => {
  await holdDrawer(scope, scope.who.account_id!)
  const s = await ownShift(scope, ask.shift_id)
  if (s.state !== 'open' && s.state !== 'recount') throw scope.refuse('payment.shift_not_open', { shift_no: s.shift_no })
  const twice = ask.pieces.find((p, i) => ask.pieces.findIndex((q) => q.face_fen === p.face_fen) !== i)
  if (twice) throw scope.refuse('payment.face_twice', { face: yuanGrouped(fen(twice.face_fen)) })
  const rule = await ruleOf(scope, 'desk', s.community_id)
  const n = countDrawer({ float_fen: s.float_fen, cash_fen: s.cash_fen, pieces: ask.pieces, hand_ins: ask.hand_ins })
  // All that is missing at once: somebody stands at the drawer, and each refusal costs a walk through the form.
  const missing = [
    ...(rule.bank_needs_slip ? ask.hand_ins.flatMap((h, i) => (h.to === 'bank' && !h.slip_no ? [{ path: `hand_ins.${i}.slip_no`, code: 'payment.slip_needed', params: { amount: yuanGrouped(fen(h.amount_fen)) } }] : [])) : []),
    ...(n.kept_fen < 0 ? [{ path: 'hand_ins', code: 'payment.hand_in_too_much', params: { handed: yuanGrouped(n.handed_fen), counted: yuanGrouped(n.counted_fen) } }] : []),
    ...(n.difference_fen !== 0 && (ask.difference_reason ?? '').length < 2 ? [{ path: 'difference_reason', code: 'payment.shift_reason_needed', params: { expected: yuanGrouped(n.expected_fen), counted: yuanGrouped(n.counted_fen), difference: yuanGrouped(n.difference_fen) } }] : []),
  ]
  if (missing.length > 0) {
    const issues = missing.map(({ path, code, params }) => ({ path, message: sentence(words.refusals![code]!, params) }))
    throw missing.length === 1 ? scope.refuse(missing[0]!.code, { ...missing[0]!.params, issues }) : scope.refuse('payment.shift_incomplete', { count: missing.length, detail: issues.map((i) => i.message).join(';'), issues })
  }
  const waits = Math.abs(n.difference_fen) > rule.difference_limit_fen
  await scope.db
    .updateTable('payment.shift')
    .set({ state: 'counted', counted_at: scope.now, expected_fen: n.expected_fen, counted_fen: n.counted_fen, difference_fen: n.difference_fen, difference_reason: ask.difference_reason || null, pieces: JSON.stringify(ask.pieces.filter((p) => p.pieces > 0)), hand_ins: JSON.stringify(ask.hand_ins), kept_fen: n.kept_fen })
    .where('company_id', '=', scope.company_id)
    .where('shift_id', '=', s.shift_id)
    .execute()
  scope.note('shift', s.shift_id, { shift_no: s.shift_no, ...n })
  if (waits)
    await askApproval(scope, differenceApproval, {
      subject_type: 'shift', subject_id: s.shift_id, community_id: s.community_id, amount_fen: Math.abs(n.difference_fen), payload: {}, reason: ask.difference_reason!,
      title: `${s.shift_no} ${scope.who.name} ${n.difference_fen > 0 ? '长款' : '短款'} ${yuanGrouped(fen(Math.abs(n.difference_fen)))} 元`,
    })
  else await finish(scope, s.shift_id, null)
  return { state: waits ? ('counted' as const) : ('closed' as const), expected_fen: n.expected_fen, counted_fen: n.counted_fen, difference_fen: n.difference_fen, kept_fen: n.kept_fen }
})

/** Closes a counted shift and books what it handed in and what was missing. */
async function finish(scope: Scope, shift_id: string, decided_by: string | null): Promise<void> {
  const c = scope.company_id
  const s = await scope.db.updateTable('payment.shift').set({ state: 'closed', closed_at: scope.now, decided_by }).where('company_id', '=', c).where('shift_id', '=', shift_id).where('state', '=', 'counted').returning(['community_id', 'cashier_id', 'difference_fen', 'hand_ins', 'shift_no']).executeTakeFirstOrThrow()
  const bank_fen = (s.hand_ins as { to: string; amount_fen: number }[]).reduce((n, h) => n + (h.to === 'bank' ? h.amount_fen : 0), 0)
  const held = await sql<{ n: number }>`select coalesce(sum(amount_fen), 0)::bigint as n from payment.shift_entry where company_id = ${c} and shift_id = ${shift_id} and method = 'cash' and book = 'trust'`.execute(scope.db)
  const split = splitByBook(bank_fen, held.rows[0]!.n)
  const head = { booked_on: scope.today, source_type: 'shift', source_id: shift_id }
  const at = <T extends object>(lines: readonly T[]) => lines.map((l) => ({ ...l, community_id: s.community_id }))
  if (split.company_fen > 0) await post(scope, { ...head, book: 'company', kind: 'shift_hand_in', lines: at(bankLines(split.company_fen)) })
  if (split.trust_fen > 0) await post(scope, { ...head, book: 'trust', kind: 'shift_hand_in', lines: at(bankLines(split.trust_fen)) })
  if (s.difference_fen) await post(scope, { ...head, book: 'company', kind: 'shift_difference', lines: at(differenceLines(s.difference_fen, s.cashier_id)) })
  scope.note('shift', shift_id, { shift_no: s.shift_no, state: 'closed' })
}

export const differenceApproval: ApprovalKind<Record<string, never>> = {
  kind: 'payment.shift_difference',
  zh: '收银长短款',
  may: 'payment.shift.approve',
  has_amount: true,
  payload: z.object({}) as unknown as z.ZodType<Record<string, never>>,
  page: (a) => `/payment/shifts/${a.subject_id}`,
  facts: async (scope, a) => {
    const [s] = await shiftsShown(scope, await readShifts(scope, sql<SqlBool>`s.shift_id = ${a.subject_id}`, 1, 0))
    if (!s) return []
    return [['收费员', s.cashier_name], ['备用金', yuanGrouped(fen(s.float_fen))], ['现金净收', yuanGrouped(fen(s.cash_fen))], ['应有现金', yuanGrouped(fen(s.expected_fen))], ['实点现金', yuanGrouped(fen(s.counted_fen ?? 0))], ['长短款', yuanGrouped(fen(s.difference_fen ?? 0))]].map(([label, value]) => ({ label: label!, value: value! }))
  },
  agreed: async (scope, a) => {
    await holdDrawer(scope, a.asked_by)
    await finish(scope, a.subject_id, scope.who.account_id)
  },
  dropped: async (scope, a) => {
    // Not open again: what came in and went out stays frozen, only the counting is done anew.
    await scope.db.updateTable('payment.shift').set({ state: 'recount' }).where('company_id', '=', scope.company_id).where('shift_id', '=', a.subject_id).where('state', '=', 'counted').execute()
  },
}
export const shiftApprovals = [approvalKind(differenceApproval)]

const myShift = answer(payment.myShift, async (scope) => {
  const c = scope.company_id
  const me = scope.who.account_id
  const mine = await readShifts(scope, sql<SqlBool>`s.cashier_id = ${me} and s.state <> 'closed'`, 20, 0)
  const open = mine.find((s) => s.state === 'open')
  const day = await drawerOf(scope, me!)
  // Where he may keep a drawer: a guard need not see the register of communities.
  const places = await sql<{ community_id: string; name: string }>`select k.community_id, k.name from property.community k where k.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'k' })} order by k.name limit 1000`.execute(scope.db)
  // Where he kept his drawer last is where he sits today.
  const last = await scope.db.selectFrom('payment.shift').select('community_id').where('company_id', '=', c).where('cashier_id', '=', me).orderBy('opened_at', 'desc').limit(1).executeTakeFirst()
  const t = await sql<Record<`${(typeof MONEY_METHODS)[number]}_fen`, number> & { payment_count: number }>`
    select ${sql.join(MONEY_METHODS.map((m) => sql`coalesce(sum(t.amount_fen) filter (where t.method = ${m}), 0)::bigint as ${sql.ref(`${m}_fen`)}`))}, count(distinct p.payment_id)::int as payment_count
    from payment.payment p join payment.tender t on t.company_id = ${c} and t.payment_id = p.payment_id where p.company_id = ${c} and p.taken_by = ${me} and p.taken_on = ${scope.today}::date`.execute(scope.db)
  const back = await sql<{ refunded_count: number; refunded_fen: number }>`select count(*)::int as refunded_count, coalesce(sum(amount_fen), 0)::bigint as refunded_fen from payment.refund where company_id = ${c} and paid_by = ${me} and paid_on = ${scope.today}::date and state = 'done' and method <> 'original'`.execute(scope.db)
  return { shift: open ? await shiftDetail(scope, open) : null, waiting: await Promise.all(mine.filter((s) => s.state !== 'open').map((s) => shiftDetail(scope, s))), day_closed: day.day_closed, places: places.rows, last_community_id: last?.community_id ?? null, today: { ...t.rows[0]!, ...back.rows[0]! }, rule: await ruleOf(scope, 'desk', open?.community_id ?? null) }
})

function shiftsWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [communitiesSeenBy(scope, { alias: 's' })]
  if (f.from_on) w.push(sql<SqlBool>`s.opened_on >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`s.opened_on <= ${f.to_on}`)
  if (f.community_id) w.push(sql<SqlBool>`s.community_id = ${f.community_id}`)
  if (f.cashier_id) w.push(sql<SqlBool>`s.cashier_id = ${f.cashier_id}`)
  if (f.state) w.push(sql<SqlBool>`s.state = ${f.state}`)
  if (f.different) w.push(sql<SqlBool>`s.difference_fen <> 0`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function shiftSums(scope: Scope, where: RawBuilder<SqlBool>) {
  const r = await sql<{ total: number; difference_fen_sum: number; handed_fen_sum: number }>`select count(*)::int as total, coalesce(sum(s.difference_fen), 0)::bigint as difference_fen_sum, coalesce(sum(s.counted_fen - s.kept_fen), 0)::bigint as handed_fen_sum
    from payment.shift s where s.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
  return r.rows[0]!
}
const shifts = answer(payment.shifts, async (scope, { page, page_size, ...f }) => {
  const where = shiftsWhere(scope, f)
  return { ...(await shiftSums(scope, where)), rows: await shiftsShown(scope, await readShifts(scope, where, page_size, (page - 1) * page_size)) }
})
const shiftsExcel = answerFile(payment.shiftsExcel, async (scope, f) => {
  const where = shiftsWhere(scope, f)
  const sums = await shiftSums(scope, where)
  boundList(scope, '班次', sums.total)
  const rows = await shiftsShown(scope, await readShifts(scope, where, LIST_MAX, 0))
  const money = (title: string) => ({ title, kind: 'money_fen' as const })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [
      {
        name: '班次',
        columns: [text('班次号'), text('小区'), text('收费员'), text('状态'), text('开班时间'), text('交班时间'), money('备用金'), money('现金净收'), money('其他方式净收'), money('应有现金'), money('实点现金'), money('长短款'), text('差额原因'), money('交款'), money('留存')],
        rows: rows.map((r) => [r.shift_no, r.community_name, r.cashier_name, words.states!['shift']![r.state] ?? r.state, minuteText(r.opened_at), minuteText(r.closed_at), r.float_fen, r.cash_fen, r.other_fen, r.expected_fen, r.counted_fen, r.difference_fen, r.difference_reason, r.handed_fen, r.kept_fen]),
        totals: ['合计', `${sums.total} 班`, null, null, null, null, null, null, null, null, null, sums.difference_fen_sum, null, sums.handed_fen_sum, null],
      },
    ],
  })
  return { name: `班次_${f.from_on ?? ''}_${f.to_on ?? scope.today}.xlsx`, type: XLSX, body }
})

/** A cashier sees his own everywhere; others by the community of the desk. */
export async function shiftToRead(scope: Scope, shift_id: string): Promise<ShiftRead> {
  const [row] = await readShifts(scope, sql<SqlBool>`s.shift_id = ${shift_id} and (s.cashier_id = ${scope.who.account_id} or ${communitiesSeenBy(scope, { alias: 's' })})`, 1, 0)
  if (!row) throw scope.notFound()
  return row
}
const shift = answer(payment.shift, async (scope, { shift_id }) => shiftDetail(scope, await shiftToRead(scope, shift_id)))

interface EntryRead {
  entry_id: string
  at: string
  source_type: 'payment' | 'reversal' | 'refund' | 'deposit'
  source_id: string
  payment_id: string | null
  number: string
  house_label: string
  method: (typeof MONEY_METHODS)[number]
  amount_fen: number
}
const shiftEntries = answer(payment.shiftEntries, async (scope, { shift_id, method, page, page_size }) => {
  await shiftToRead(scope, shift_id)
  const c = scope.company_id
  const where = sql`company_id = ${c} and shift_id = ${shift_id} ${method ? sql`and method = ${method}` : sql``}`
  const count = await sql<{ n: number }>`select count(*)::int as n from payment.shift_entry where ${where}`.execute(scope.db)
  const r = await sql<EntryRead>`
    with page as materialized (select * from payment.shift_entry where ${where} order by at desc, entry_id desc limit ${page_size} offset ${(page - 1) * page_size})
    select e.entry_id, e.at, e.source_type, e.source_id, p.payment_id, e.method, e.amount_fen, coalesce(p.receipt_no, f.refund_no, d.deposit_no, '') as number, coalesce(h.label, '') as house_label
    from page e
    left join payment.reversal v on v.company_id = ${c} and e.source_type = 'reversal' and v.reversal_id = e.source_id
    left join payment.payment p on p.company_id = ${c} and p.payment_id = case e.source_type when 'payment' then e.source_id when 'reversal' then v.payment_id end
    left join payment.refund f on f.company_id = ${c} and e.source_type = 'refund' and f.refund_id = e.source_id
    left join payment.deposit d on d.company_id = ${c} and e.source_type = 'deposit' and d.deposit_id = e.source_id
    left join property.house h on h.company_id = ${c} and h.house_id = coalesce(p.house_id, f.house_id, d.house_id)
    order by e.at desc, e.entry_id desc`.execute(scope.db)
  return { rows: r.rows, total: count.rows[0]!.n }
})

export const shiftAnswers = (app: () => App) => [openShift, countShift, myShift, shifts, shiftsExcel, shift, shiftEntries, shiftPdf(app, shiftToRead)]
