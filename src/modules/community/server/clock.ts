// What the clock does: notices whose hour has come, reading records whose days are over.
import { sql } from 'kysely'
import type { Work } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { settingOn } from '../../system/server/index.ts'
import { noticeHeld } from './access.ts'
import { putOut, setState } from './publish.ts'
import { readersKept } from './settings.ts'

const AT_ONCE = 50
/** One notice a transaction. One that can no longer go out, because its last day is over or what it corrects is gone, is a draft again, and whoever wrote it sees it there. */
export async function publishDue(w: Work): Promise<void> {
  const due = await w.tx(async (s) => (await sql<{ notice_id: string }>`select notice_id from community.notice where company_id = ${s.company_id} and state = 'scheduled' and publish_at <= ${s.now}::timestamptz order by publish_at limit ${AT_ONCE}`.execute(s.db)).rows)
  for (const { notice_id } of due) {
    const out = async (s: Scope): Promise<void> => {
      const n = await noticeHeld(s, notice_id)
      if (n.state === 'scheduled') await putOut(s, n)
    }
    try {
      await w.tx(out)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await w.tx(async (s) => setState(s, await noticeHeld(s, notice_id), 'draft'))
    }
  }
}
const FORGET_MAX = 5000
/** Who read when is deleted some days after the notice ended; the numbers stay with it. A notice without an end counts from its publishing. */
export async function forgetReaders(scope: Scope): Promise<void> {
  const c = scope.company_id
  const days = Number.parseInt(await settingOn(scope, readersKept, null, scope.today), 10)
  const before = addDays(scope.today, -days)
  const { rows } = await sql<{ notice_id: string; title: string }>`select n.notice_id, n.title from community.notice n where n.company_id = ${c} and n.published_at is not null and coalesce(n.ended_at, (n.valid_until_on + 1)::timestamptz, n.published_at) < ${`${before}T00:00:00+08:00`}::timestamptz and exists (select from community.notice_reader r where r.company_id = ${c} and r.notice_id = n.notice_id) order by n.published_at limit 1`.execute(scope.db)
  const n = rows[0]
  if (!n) return
  await sql`update community.notice n set kept_counts = (select jsonb_build_object('person_count', count(distinct r.person_id), 'read_count', count(distinct r.person_id) filter (where r.read_at is not null), 'confirmed_count', count(distinct r.person_id) filter (where r.confirmed_at is not null), 'house_count', count(distinct r.house_id), 'read_house_count', count(distinct r.house_id) filter (where r.read_at is not null), 'unreachable_count', count(distinct r.person_id) filter (where r.sent_at is null and r.read_at is null)) from community.notice_reader r where r.company_id = ${c} and r.notice_id = n.notice_id)
    where n.company_id = ${c} and n.notice_id = ${n.notice_id} and n.kept_counts is null`.execute(scope.db)
  const gone = await sql`delete from community.notice_reader r where r.company_id = ${c} and r.notice_id = ${n.notice_id} and (r.house_id, r.person_id) in (select x.house_id, x.person_id from community.notice_reader x where x.company_id = ${c} and x.notice_id = ${n.notice_id} limit ${FORGET_MAX})`.execute(scope.db)
  scope.note('notice', n.notice_id, { title: n.title, readers_deleted: Number(gone.numAffectedRows ?? 0n) })
}
/** Two entries of the register that were one person: what he read is his. */
export async function followMerged(scope: Scope, keep_id: string, drop_id: string): Promise<void> {
  const c = scope.company_id
  await sql`with gone as (delete from community.notice_reader where company_id = ${c} and person_id = ${drop_id} returning *)
    insert into community.notice_reader (company_id, notice_id, house_id, person_id, role, sent_at, read_at, confirmed_at, reminded_at) select company_id, notice_id, house_id, ${keep_id}::uuid, role, sent_at, read_at, confirmed_at, reminded_at from gone
    on conflict (company_id, notice_id, house_id, person_id) do update set sent_at = coalesce(notice_reader.sent_at, excluded.sent_at), read_at = coalesce(notice_reader.read_at, excluded.read_at), confirmed_at = coalesce(notice_reader.confirmed_at, excluded.confirmed_at)`.execute(scope.db)
}
