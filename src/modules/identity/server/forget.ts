// Codes and sessions hold phones, addresses and browsers of people: they go after their time (个人信息保护法 19, 47), some thousand a transaction.
import { sql } from 'kysely'
import type { Schedule } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'

const AT_ONCE = 5000
/** Somebody who says that no code came, or that he did not ask for it, says it in these days. */
const CODE_DAYS = 30
/** The least that network logs are kept (网络安全法 21). */
const SESSION_DAYS = 180

/** One portion; true while there is more. The last session of an account stays: it says when somebody was here last. */
export async function forgetSessions(scope: Scope): Promise<boolean> {
  const codes = await sql`delete from identity.code where code_id in (select code_id from identity.code where expires_at < ${scope.now}::timestamptz - make_interval(days => ${CODE_DAYS}) limit ${AT_ONCE} for update skip locked)`.execute(scope.db)
  const sessions = await sql`delete from identity.session where token_hash in (
    select s.token_hash from identity.session s where least(s.ended_at, s.expires_at) < ${scope.now}::timestamptz - make_interval(days => ${SESSION_DAYS})
      and exists (select from identity.session n where n.account_id = s.account_id and n.company_id = s.company_id and n.kind = s.kind and n.created_at > s.created_at)
    limit ${AT_ONCE} for update skip locked)`.execute(scope.db)
  return Number(codes.numAffectedRows) === AT_ONCE || Number(sessions.numAffectedRows) === AT_ONCE
}

export const forgetSchedule: Schedule = {
  name: 'identity.forget',
  every_s: 6 * 3600,
  of: 'platform',
  run: async (work) => {
    while (await work.tx(forgetSessions));
  },
}
