// 收费员日结: the cashier says that the day is over; the figures of that moment are kept and nothing more is taken that day. Another person may
// reopen it, with a reason that stays.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { payment, type DailyRow } from '../contract.ts'
import type { DayClose } from '../contract_shift.ts'
import { drawerOf, holdDrawer } from './drawer.ts'
import { count, day, listSheet, money, text } from './list_sheet.ts'
import { readDaily } from './reports.ts'

const closeDay = answer(payment.closeDay, async (scope) => {
  const c = scope.company_id
  const me = scope.who.account_id!
  await holdDrawer(scope, me)
  const d = await drawerOf(scope, me)
  if (d.day_closed) throw scope.refuse('payment.day_closed', { on_day: scope.today })
  if (d.shift_id) throw scope.refuse('payment.day_shift_open', { shift_no: d.shift_no })
  const { total } = await readDaily(scope, { from_on: scope.today, to_on: scope.today, taken_by: me })
  const last = await scope.db.selectFrom('payment.payment').select('community_id').where('company_id', '=', c).where('taken_by', '=', me).where('taken_on', '<=', scope.today).orderBy('taken_on', 'desc').orderBy('taken_at', 'desc').limit(1).executeTakeFirst()
  if (!last || (total.payment_count === 0 && total.reversed_count === 0 && total.refunded_count === 0)) throw scope.refuse('payment.day_empty', { on_day: scope.today })
  const close_id = uuidv7()
  await scope.db.insertInto('payment.day_close').values({ company_id: c, close_id, cashier_id: me, on_day: scope.today, community_id: last.community_id, totals: JSON.stringify(total), closed_at: scope.now }).execute()
  scope.note('day_close', close_id, { on_day: scope.today, received_fen: total.received_fen, payment_count: total.payment_count })
  return { close_id, on_day: scope.today, payment_count: total.payment_count, received_fen: total.received_fen }
})

const reopenDay = answer(payment.reopenDay, async (scope, { close_id, reason }) => {
  const c = scope.company_id
  const d = await scope.db.selectFrom('payment.day_close as d').selectAll('d').where('d.company_id', '=', c).where('d.close_id', '=', close_id).where(communitiesSeenBy(scope, { alias: 'd' })).forUpdate().executeTakeFirst()
  if (!d) throw scope.notFound()
  if (d.reopened_at) throw scope.refuse('payment.day_open_already', { name: (await memberNames(scope, [d.cashier_id])).get(d.cashier_id) ?? '', on_day: d.on_day })
  if (d.cashier_id === scope.who.account_id) throw scope.refuse('payment.day_own')
  await scope.db.updateTable('payment.day_close').set({ reopened_by: scope.who.account_id, reopened_at: scope.now, reopen_reason: reason }).where('company_id', '=', c).where('close_id', '=', close_id).execute()
  scope.note('day_close', close_id, { on_day: d.on_day, reopened: true, reason })
  return { close_id }
})

interface Read extends Omit<DayClose, 'cashier_name' | 'reopened_by_name' | 'can' | 'payment_count' | 'cash_fen' | 'received_fen' | 'reversed_fen' | 'refunded_fen'> {
  totals: DailyRow
  reopened_by: string | null
}
type Filter = z.output<typeof payment.dayClosesExcel.takes>
function whereOf(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`d.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 'd' })]
  if (f.from_on) w.push(sql<SqlBool>`d.on_day >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`d.on_day <= ${f.to_on}`)
  if (f.cashier_id) w.push(sql<SqlBool>`d.cashier_id = ${f.cashier_id}`)
  if (f.community_id) w.push(sql<SqlBool>`d.community_id = ${f.community_id}`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const of = (key: string) => sql`coalesce(sum((d.totals->>${key})::bigint) filter (where d.reopened_at is null), 0)::bigint`
  const r = await sql<{ total: number; cash_fen_sum: number; received_fen_sum: number; reversed_fen_sum: number; refunded_fen_sum: number }>`select count(*)::int as total, ${of('cash_fen')} as cash_fen_sum, ${of('received_fen')} as received_fen_sum, ${of('reversed_fen')} as reversed_fen_sum, ${of('refunded_fen')} as refunded_fen_sum from payment.day_close d where ${where}`.execute(scope.db)
  return r.rows[0]!
}
async function read(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<DayClose[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (select d.* from payment.day_close d where ${where} order by d.on_day desc, d.closed_at desc limit ${limit} offset ${offset})
    select d.close_id, d.cashier_id, m.name as community_name, d.on_day, d.closed_at, d.totals, d.reopened_by, d.reopened_at, d.reopen_reason
    from page d join property.community m on m.company_id = ${c} and m.community_id = d.community_id order by d.on_day desc, d.closed_at desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.flatMap((x) => [x.cashier_id, x.reopened_by]))
  const may = scope.who.grants.some((g) => g.permissions.includes('payment.shift.reopen') || g.permissions.includes('*'))
  return r.rows.map(({ totals, reopened_by, ...x }): DayClose => ({
    ...x,
    cashier_name: names.get(x.cashier_id) ?? '',
    payment_count: totals.payment_count, cash_fen: totals.cash_fen, received_fen: totals.received_fen, reversed_fen: totals.reversed_fen,
    // Days closed before refunds were counted say nothing of them.
    refunded_fen: (totals as Partial<DailyRow>).refunded_fen ?? 0,
    reopened_by_name: reopened_by ? (names.get(reopened_by) ?? '') : null,
    can: { reopen: x.reopened_at ? 'payment.day_open_already' : !may ? 'kernel.forbidden' : x.cashier_id === scope.who.account_id ? 'payment.day_own' : true },
  }))
}
const dayCloses = answer(payment.dayCloses, async (scope, { page, page_size, ...f }) => {
  const where = whereOf(scope, f)
  return { ...(await sums(scope, where)), rows: await read(scope, where, page_size, (page - 1) * page_size) }
})
const dayClosesExcel = answerFile(payment.dayClosesExcel, async (scope, f) => {
  const where = whereOf(scope, f)
  const s = await sums(scope, where)
  return listSheet(scope, {
    name: '收费员日结', total: s.total, days: f,
    columns: [day('收款日'), text('收费员'), text('小区'), count('笔数'), money('现金'), money('实收合计'), money('冲销金额'), money('退款金额'), text('日结时间'), text('状态'), text('重开人'), text('重开时间'), text('重开原因')],
    rows: async (limit) => (await read(scope, where, limit, 0)).map((r) => [r.on_day, r.cashier_name, r.community_name, r.payment_count, r.cash_fen, r.received_fen, r.reversed_fen, r.refunded_fen, minuteText(r.closed_at), r.reopened_at ? '已重开' : '已日结', r.reopened_by_name, minuteText(r.reopened_at), r.reopen_reason]),
    totals: ['合计(不含已重开)', `共 ${s.total} 次`, null, null, s.cash_fen_sum, s.received_fen_sum, s.reversed_fen_sum, s.refunded_fen_sum],
  })
})

export const dayAnswers = [closeDay, reopenDay, dayCloses, dayClosesExcel]
