// Who calls (来电识别): persons and their houses within reach, by phone, the last four digits of it, or a house.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { activeOn, masked, ties } from '../../people/server/index.ts'
import { housesLike, housesSeenBy } from '../../property/server/index.ts'
import { orders } from '../contract.ts'

const ROWS_MAX = 30
export const lookUpCaller = answer(orders.lookUpCaller, async (scope, { q }) => {
  const c = scope.company_id
  const t = q.normalize('NFKC').trim()
  const phone = /^\d{7,}$/.test(t) ? sql<SqlBool>`(p.phone = ${t} or p.phone2 = ${t})` : /^\d{4}$/.test(t) ? sql<SqlBool>`p.phone_tail = ${t}` : null
  const named = sql<SqlBool>`(p.name >= ${t} and p.name < ${`${t}\u{10ffff}`})`
  // A text that is a house lists who lives there, and the house itself where nobody does.
  const hits = sql`(select l.house_id, l.person_id, l.role from ${ties(scope)} l join people.person p on p.company_id = ${c} and p.person_id = l.person_id where ${activeOn('l', scope.today)} and p.kind <> 'developer' and ${phone ?? named}
    union select h.house_id, l.person_id, l.role from property.house h left join ${ties(scope)} l on l.house_id = h.house_id and ${activeOn('l', scope.today)} where h.company_id = ${c} and ${phone && t.length > 4 ? sql<SqlBool>`false` : housesLike(t)})`
  const { rows } = await sql<{ person_id: string | null; name: string | null; phone: string | null; role: string | null; house_id: string; label: string; community_id: string; community_name: string; open_count: number }>`
    select x.person_id, p.name, p.phone, x.role, h.house_id, h.label, h.community_id, k.name as community_name,
      (select count(*)::int from orders.work_order o where o.company_id = ${c} and o.house_id = h.house_id and o.state in ('waiting','assigned','accepted','working','suspended')) as open_count
    from (select * from ${hits} y limit 200) x join property.house h on h.company_id = ${c} and h.house_id = x.house_id and ${housesSeenBy(scope)} join property.community k on k.company_id = ${c} and k.community_id = h.community_id
      left join people.person p on p.company_id = ${c} and p.person_id = x.person_id order by h.sort_no, h.label, p.name limit ${ROWS_MAX}`.execute(scope.db)
  return { rows: rows.map(({ phone: number, ...r }) => ({ ...r, phone_masked: masked(number) })) }
})
