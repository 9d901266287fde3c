// Rules of doors in force on a day. Records: GB 50396-2007 wants events kept 180 days at the centre; the law wants no longer than needed (个人信息保护法 19).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { doors, type Policy } from '../contract.ts'

/** In force where a company has said nothing. */
const SHIPPED: Policy = { from_on: '2000-01-01', keep_days: 180, card_fee_fen: 0, qr_step_s: 30, visitors_open: true, offline_alarm_min: 10, basis: 'GB 50396-2007 通行记录保存 180 天' }
export async function policyOf(scope: Scope): Promise<Policy> {
  const { rows } = await sql<Policy>`select from_on, keep_days, card_fee_fen, qr_step_s, visitors_open, offline_alarm_min, basis from doors.policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, policy_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
const FORGET_MAX = 20_000
/** Deletes passages older than they may be kept; the audit says how many. */
export async function forgetPassages(scope: Scope): Promise<void> {
  const { keep_days } = await policyOf(scope)
  const c = scope.company_id
  const r = await sql`delete from doors.passage where company_id = ${c} and passage_id in (select passage_id from doors.passage where company_id = ${c} and at < ${scope.now}::timestamptz - make_interval(days => ${keep_days}) order by at limit ${FORGET_MAX})`.execute(scope.db)
  const deleted = Number(r.numAffectedRows ?? 0n)
  await sql`delete from doors.stray where company_id = ${c} and stray_id in (select stray_id from doors.stray where company_id = ${c} and at < ${scope.now}::timestamptz - make_interval(days => ${keep_days}) order by at limit ${FORGET_MAX})`.execute(scope.db)
  if (deleted > 0) scope.note('passage', 'old', { deleted, keep_days })
}
export const policyAnswers = [
  answer(doors.policy, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from doors.policy where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await policyOf(scope), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(doors.savePolicy, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    if (!scope.reach().all) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('doors.from_past', { today: scope.today })
    await scope.db.insertInto('doors.policy').values({ company_id: scope.company_id, policy_id: uuidv7(), ...o, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('door_policy', o.from_on, o)
    return { from_on: o.from_on }
  }),
]
