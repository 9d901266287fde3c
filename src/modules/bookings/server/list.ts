// The list of bookings, its sheet, and one booking with its computation, bills and history.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { bookings, type BookingDetail, type FeeLine } from '../contract.ts'
import { said, unitsText } from '../shown.ts'
import { ruleById } from './desk.ts'
import { staysLate } from './make.ts'
import { billsNow } from './money.ts'
import { BILLED, bookingRows, bookingWhere } from './rows.ts'
import { freeUntil } from './rules/slots.ts'

const EXCEL_MAX = 20_000
const STEPS_MAX = 200
const list = answer(bookings.bookings, async (scope, f) => {
  const cond = bookingWhere(scope, f)
  const rows = await bookingRows(scope, cond, { limit: f.page_size, offset: (f.page - 1) * f.page_size })
  const { rows: n } = await sql<{ total: number; paid_fen: number; open_fen: number }>`select count(*)::int as total, coalesce(sum(k.paid_fen), 0)::bigint as paid_fen, coalesce(sum(k.open_fen), 0)::bigint as open_fen from bookings.booking b left join ${BILLED(scope.company_id)} k on true where ${cond}`.execute(scope.db)
  return { rows, ...n[0]! }
})
const excel = answerFile(bookings.bookingsExcel, async (scope, f) => {
  const rows = await bookingRows(scope, bookingWhere(scope, f), { limit: EXCEL_MAX + 1 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('bookings.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const money = (title: string) => ({ title, kind: 'money_fen' as const })
  const body = await writeSheet({
    sheets: [{
      name: '预约记录', columns: [text('预约号'), text('小区'), text('场地'), text('号位'), text('起'), text('止'), text('状态'), text('房号'), text('联系人'), text('电话'), text('来源'), money('费用'), money('已缴'), money('未缴'), text('退款'), text('预约人'), text('预约时间'), text('取消人'), text('原因')],
      rows: rows.map((r) => [r.no, r.community_name, r.resource_name, unitsText(r.unit_nos, r.unit_word, r.place_units), minuteText(r.from_at), minuteText(r.to_at), said('booking', r.state), r.house_label, r.contact_name, r.contact_phone_masked, said('source', r.source), r.amount_fen, r.paid_fen, r.open_fen, said('refund', r.refund_state), r.created_by, minuteText(r.created_at), r.ended_by, r.ended_reason]),
    }],
  })
  return { name: `预约记录-${scope.today}.xlsx`, type: XLSX, body }
})
const detail = answer(bookings.booking, async (scope, { booking_id }): Promise<BookingDetail> => {
  const c = scope.company_id
  const [row] = await bookingRows(scope, sql`${bookingWhere(scope, {})} and b.booking_id = ${booking_id}`, { limit: 1 })
  if (!row) throw scope.notFound()
  const { rows } = await sql<{ code: string; note: string | null; place: string; lines: FeeLine[]; kept_fen: number; rule_id: string }>`select b.code, b.note, r.place, b.lines, b.kept_fen::int as kept_fen, b.rule_id from bookings.booking b join bookings.resource r on r.company_id = ${c} and r.resource_id = b.resource_id where b.company_id = ${c} and b.booking_id = ${booking_id}`.execute(scope.db)
  const { rule_id, ...more } = rows[0]!
  const { rows: steps } = await sql<BookingDetail['steps'][number]>`select kind, text, by_name, at from bookings.step where company_id = ${c} and booking_id = ${booking_id} order by at, step_id limit ${STEPS_MAX}`.execute(scope.db)
  const bills = (await billsNow(scope, [booking_id])).map((x) => ({ bill_id: x.bill_id, part: x.part, amount_fen: x.amount_fen, open_fen: x.open_fen, voided: x.voided, refund_id: x.refund_id }))
  const free_until = freeUntil(row.from_at, (await ruleById(scope, rule_id)).cancel_hours)
  return { ...row, ...more, late_fen: more.kept_fen, free_until, late: staysLate(scope, { state: row.state, free_until, kept_fen: more.kept_fen }), bills, steps }
})
export const listAnswers = [list, excel, detail]
