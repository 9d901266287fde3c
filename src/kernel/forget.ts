// What the kernel keeps only to work by is let go after its time, some thousand rows a transaction. Facts (kernel.event) and the audit are records and stay.
import { sql } from 'kysely'
import type { Scope } from './scope.ts'

const AT_ONCE = 5000
/** A job that ended well is looked at for days at most; of one that failed, half a year later somebody may still ask why. */
const DONE_DAYS = 30
const FAILED_DAYS = 180
/** A phone that was off asks again with what it did weeks ago, and must not do it twice; after half a year nobody comes. The least that network logs are kept (网络安全法 21) is as long. */
const REQUEST_DAYS = 180

/** One portion; true while there is more. */
export async function forgetEnds(scope: Scope): Promise<boolean> {
  const jobs = await sql`delete from kernel.job where job_id in (
    select job_id from kernel.job where company_id = ${scope.company_id} and (state in ('done', 'cancelled') and ended_at < ${scope.now}::timestamptz - make_interval(days => ${DONE_DAYS}) or state = 'failed' and ended_at < ${scope.now}::timestamptz - make_interval(days => ${FAILED_DAYS}))
    order by job_id limit ${AT_ONCE} for update skip locked)`.execute(scope.db)
  const requests = await sql`delete from kernel.request where company_id = ${scope.company_id} and request_id in (
    select request_id from kernel.request where company_id = ${scope.company_id} and at < ${scope.now}::timestamptz - make_interval(days => ${REQUEST_DAYS}) limit ${AT_ONCE} for update skip locked)`.execute(scope.db)
  return Number(jobs.numAffectedRows) === AT_ONCE || Number(requests.numAffectedRows) === AT_ONCE
}
