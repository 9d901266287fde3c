import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { payment, type ReversalRow } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { listSheet, money, text } from './list_sheet.ts'

interface Read extends Omit<ReversalRow, 'asked_by_name' | 'decided_by_name' | 'can'> {
  asked_by: string
  decided_by: string | null
}

/** Reversals within reach; alias r, and p for their payments. */
export async function reversalsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<ReversalRow[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (
      select r.*, p.receipt_no, p.house_id, p.community_id, p.total_fen from payment.reversal r join payment.payment p on p.company_id = ${c} and p.payment_id = r.payment_id
      where r.company_id = ${c} and ${seen(scope, 'p')} and ${where} order by r.asked_at desc, r.reversal_id desc limit ${limit} offset ${offset}
    )
    select x.reversal_id, x.payment_id, x.receipt_no, x.house_id, h.label as house_label, m.name as community_name, x.total_fen, x.reason, x.state, x.asked_by, x.asked_at, x.decided_by, x.decided_at, x.decide_note, x.merge_id
    from page x join property.house h on h.company_id = ${c} and h.house_id = x.house_id join property.community m on m.company_id = ${c} and m.community_id = x.community_id
    order by x.asked_at desc, x.reversal_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.flatMap((x) => [x.asked_by, x.decided_by]))
  const may = scope.who.grants.some((g) => g.permissions.includes('payment.reversal.decide') || g.permissions.includes('*'))
  return r.rows.map(({ asked_by, decided_by, ...x }) => ({
    ...x,
    asked_by_name: names.get(asked_by) ?? '',
    decided_by_name: decided_by ? (names.get(decided_by) ?? '') : null,
    can: { decide: x.state !== 'asked' ? 'payment.already_decided' : !may ? 'kernel.forbidden' : asked_by === scope.who.account_id ? 'payment.same_person' : true },
  }))
}

type Filter = z.output<typeof payment.reversalsExcel.takes>
function whereOf(f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`true`]
  if (f.state) w.push(sql<SqlBool>`r.state = ${f.state}`)
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.from_on) w.push(sql<SqlBool>`r.asked_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql<SqlBool>`r.asked_at < ${dayStart(f.to_on, 1)}`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const c = scope.company_id
  const r = await sql<{ total: number; approved_fen_sum: number }>`select count(*)::int as total, coalesce(sum(p.total_fen) filter (where r.state = 'approved'), 0)::bigint as approved_fen_sum
    from payment.reversal r join payment.payment p on p.company_id = ${c} and p.payment_id = r.payment_id where r.company_id = ${c} and ${seen(scope, 'p')} and ${where}`.execute(scope.db)
  return r.rows[0]!
}
const reversals = answer(payment.reversals, async (scope, { page, page_size, ...f }) => {
  const where = whereOf(f)
  return { ...(await sums(scope, where)), rows: await reversalsOf(scope, where, page_size, (page - 1) * page_size) }
})
const reversalsExcel = answerFile(payment.reversalsExcel, async (scope, f) => {
  const where = whereOf(f)
  const s = await sums(scope, where)
  return listSheet(scope, {
    name: '冲销', total: s.total, days: f,
    columns: [text('收据号'), text('小区'), text('房号'), money('金额'), text('冲销原因'), text('整笔'), text('状态'), text('申请人'), text('申请时间'), text('审批人'), text('审批时间'), text('审批意见')],
    rows: async (limit) => (await reversalsOf(scope, where, limit, 0)).map((r) => [r.receipt_no, r.community_name, r.house_label, r.total_fen, r.reason, r.merge_id ? '是' : '', words.states!['reversal']![r.state], r.asked_by_name, minuteText(r.asked_at), r.decided_by_name, minuteText(r.decided_at), r.decide_note]),
    totals: ['合计(已冲销)', `共 ${s.total} 笔`, null, s.approved_fen_sum],
  })
})

export const reversalListAnswers = [reversals, reversalsExcel]
