// The households of a sample, and how they hear that they were drawn.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, ties } from '../../people/server/index.ts'
import type { HouseToAsk } from '../contract.ts'
import { and } from './list.ts'
import { notify } from './tell.ts'

const TOLD_AT_ONCE = 2000
export type Raw = Omit<HouseToAsk, 'phone_masked'> & { phone: string | null }
interface Asked { survey_id: string; open_only?: boolean | undefined; building_id?: string | undefined }
export const conditions = (f: Asked): RawBuilder<SqlBool> => and([sql`s.survey_id = ${f.survey_id}`, ...(f.open_only ? [sql`not s.answered and s.last_call is distinct from 'refused'`] : []), ...(f.building_id ? [sql`s.building_id = ${f.building_id}`] : [])])
/** Whoever is reached there first: with a number before without. */
export const PERSON = (scope: Scope) => sql`left join lateral (select q.name, q.phone from ${ties(scope)} l join people.person q on q.company_id = ${scope.company_id} and q.person_id = l.person_id where l.house_id = s.house_id and ${activeOn('l', scope.today)} order by q.phone is null, l.role, q.name limit 1) p on true`
export async function rowsOf(scope: Scope, f: Asked, page: { limit: number; offset: number }): Promise<Raw[]> {
  const c = scope.company_id
  return (await sql<Raw>`select s.house_id, b.name as building, h.label, p.name, p.phone, s.answered, s.call_count, s.last_call from care.survey_house s join property.house h on h.company_id = ${c} and h.house_id = s.house_id join property.building b on b.company_id = ${c} and b.building_id = s.building_id
      ${PERSON(scope)} where s.company_id = ${c} and ${conditions(f)} order by s.answered, h.sort_no, h.label limit ${page.limit} offset ${page.offset}`.execute(scope.db)).rows
}

/** Of one survey those who were drawn and have not answered; the same is said once (`day` makes it once a day). */
export async function tell(scope: Scope, v: { survey_id: string; title: string; closes_on: string }, day: string): Promise<number> {
  let told = 0
  for (let offset = 0; ; offset += TOLD_AT_ONCE) {
    const rows = await rowsOf(scope, { survey_id: v.survey_id, open_only: true }, { limit: TOLD_AT_ONCE, offset })
    const ids = await notify(scope, rows.flatMap((r) => (r.phone && /^1\d{10}$/.test(r.phone) ? [{ to: { phone: r.phone }, template: 'care_survey', params: { title: v.title, place: r.label, until: v.closes_on }, link: '/surveys', house_id: r.house_id, dedupe_key: `survey ${v.survey_id} ${r.house_id} ${day}` }] : [])))
    told += ids.filter((x) => x !== null).length
    if (rows.length < TOLD_AT_ONCE) return told
  }
}
/** From its first day; the schedule asks for all that are due, the opening for its own. */
export async function tellDrawn(scope: Scope, survey_id?: string): Promise<number> {
  const { rows } = await sql<{ survey_id: string; title: string; closes_on: string }>`update care.survey set told_at = ${scope.now} where company_id = ${scope.company_id} and state = 'open' and told_at is null and opens_on <= ${scope.today}::date and closes_on >= ${scope.today}::date ${survey_id ? sql`and survey_id = ${survey_id}` : sql``} returning survey_id, title, closes_on`.execute(scope.db)
  let n = 0
  for (const v of rows) n += await tell(scope, v, 'first')
  return n
}
