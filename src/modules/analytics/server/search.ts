// One search box (REG-07). The form of the text says what it may be; each possibility is one branch with an index of its own and a
// limit, all in one statement. Under row-level security only = and ranges use an index (database.md 5), so beginnings are ranges.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { contractsSeenBy } from '../../contracts/server/index.ts'
import { activeOn, masked, personsSeenBy } from '../../people/server/index.ts'
import { houseSearch, housesSeenBy } from '../../property/server/index.ts'
import { analytics } from '../contract.ts'
import { words as peopleWords } from '../../people/words.ts'
import { reaches } from './access.ts'

const TOP = '\u{10ffff}'
type Found = Out<typeof analytics.search.gives>['rows'][number]
interface Hit {
  rank: number
  kind: Found['kind']
  id: string
  house_id: string | null
  title: string
  /** Of a person or the person of a vehicle; of a receipt the one who paid. */
  name: string | null
  phone: string | null
  /** What the person is to the house. */
  role: string | null
}
interface Place {
  house_id: string
  label: string
  sort_no: number
  community: string
  owners: string | null
}
type Branch = RawBuilder<unknown>

/** Each branch gives (rank, kind, id, house_id, person_id, title, payer). The lower the rank, the surer the match. */
function branches(scope: Scope, q: string, limit: number): Branch[] {
  const t = q.normalize('NFKC').trim()
  const upper = t.toUpperCase()
  const lower = t.toLowerCase()
  const out: Branch[] = [...houseBranches(scope, t, limit)]
  if (reaches(scope, 'people.person.read')) {
    const person = (rank: number, where: RawBuilder<unknown>, order: RawBuilder<unknown>) =>
      out.push(sql`(select ${rank}::int as rank, 'person' as kind, p.person_id::text as id, null::uuid as house_id, p.person_id, p.name as title, null::text as payer from people.person p
        where p.company_id = ${scope.company_id} and p.merged_into is null and ${where} and ${personsSeenBy(scope, { permission: 'people.person.read', few: true })} order by ${order} limit ${limit})`)
    if (/^\d{4}$/.test(t)) person(5, sql`p.phone_tail = ${t}`, sql`p.name`)
    if (/^[\d-]{7,20}$/.test(t)) {
      person(2, sql`p.phone = ${t}`, sql`p.name`)
      person(2, sql`p.phone2 = ${t}`, sql`p.name`)
    }
    if (!/^[\d-]+$/.test(t)) person(4, sql`p.name >= ${t} and p.name < ${t + TOP}`, sql`p.name`)
    if (/^[a-z][a-z0-9]{0,9}$/.test(lower)) person(6, sql`p.initials >= ${lower} and p.initials < ${lower + TOP}`, sql`p.initials, p.name`)
  }
  const plate = upper.replace(/[\s·•.-]/g, '')
  if (reaches(scope, 'people.vehicle.read') && /^[\p{L}\p{N}]{3,12}$/u.test(plate)) {
    const vehicle = (rank: number, where: RawBuilder<unknown>) =>
      out.push(sql`(select ${rank}::int as rank, 'vehicle' as kind, v.vehicle_id::text as id, v.house_id, v.person_id, v.plate as title, null::text as payer from people.vehicle v left join property.house h on h.company_id = ${scope.company_id} and h.house_id = v.house_id
        where v.company_id = ${scope.company_id} and ${where} and (v.to_on is null or v.to_on > ${scope.today}::date) and ${housesSeenBy(scope, { permission: 'people.vehicle.read' })} order by v.plate limit ${limit})`)
    vehicle(3, sql`v.plate >= ${plate} and v.plate < ${plate + TOP}`)
    if (plate.length === 4) vehicle(5, sql`v.plate_tail = ${plate}`)
  }
  if (reaches(scope, 'payment.payment.read') && /\d{3}/.test(t))
    out.push(sql`(select 1::int as rank, 'receipt' as kind, x.payment_id::text as id, x.house_id, null::uuid as person_id, x.receipt_no as title, x.payer_name as payer from payment.payment x
      where x.company_id = ${scope.company_id} and x.receipt_no = ${t} and ${housesSeenBy(scope, { alias: 'x', permission: 'payment.payment.read' })} limit 1)`)
  // A number is whole, a title by its beginning.
  if (reaches(scope, 'contracts.contract.read') && t.length > 1) {
    const contract = (rank: number, where: RawBuilder<unknown>) =>
      out.push(sql`(select ${rank}::int as rank, 'contract' as kind, t.contract_id::text as id, null::uuid as house_id, null::uuid as person_id, t.no as title, t.title as payer from contracts.contract t
        where t.company_id = ${scope.company_id} and ${where} and t.state <> 'void' and ${contractsSeenBy(scope, { permission: 'contracts.contract.read' })} order by t.title, t.no limit ${limit})`)
    if (/^HT\d{4}-\d{6}$/.test(upper)) contract(1, sql`t.no = ${upper}`)
    else if (!/^[\d-]+$/.test(t)) contract(7, sql`t.title >= ${t} and t.title < ${t + TOP}`)
  }
  return out
}

function houseBranches(scope: Scope, t: string, limit: number): Branch[] {
  const s = houseSearch(t)
  const c = scope.company_id
  const out: Branch[] = []
  const house = (rank: number, where: RawBuilder<unknown>, join: RawBuilder<unknown> = sql``) =>
    out.push(sql`(select ${rank}::int as rank, 'house' as kind, h.house_id::text as id, h.house_id, null::uuid as person_id, h.label as title, null::text as payer from property.house h ${join}
      where h.company_id = ${c} and ${where} and ${housesSeenBy(scope)} order by h.label limit ${limit})`)
  if (s.labels.length) house(0, sql`h.label = any(${s.labels}::text[])`)
  if (s.building_no !== null) house(1, sql`h.room_no = any(${s.rooms}::text[]) and b.no = ${s.building_no}`, sql`join property.building b on b.company_id = ${c} and b.building_id = h.building_id`)
  // Four digits are a room or the tail of a phone; nobody writes a room as 0101, but phones end so.
  else if (s.rooms.length) house(/^0\d{3}$/.test(t) ? 6 : 4, sql`h.room_no = any(${s.rooms}::text[])`)
  const from = t.toUpperCase()
  // '1-2' may be the beginning of '1-2-301'.
  if (/^[\p{L}\p{N}]{1,6}-[\p{L}\p{N}-]{0,12}$/u.test(from)) house(2, sql`h.label >= ${from} and h.label < ${from + TOP}`)
  return out
}

const word = (of: string, code: string | null): string => (code === null ? '' : (peopleWords.states?.[of]?.[code] ?? code))

function shown(h: Hit, at: Place | undefined): Found {
  const detail = {
    house: [at?.community, at?.owners],
    person: [at ? `${at.label} ${word('house_role', h.role)}` : '暂无房产', masked(h.phone)],
    vehicle: [at?.label, h.name],
    receipt: [at?.label, h.name],
    bill: [at?.label],
    contract: [h.name],
  }[h.kind]
  return { kind: h.kind, id: h.id, house_id: h.house_id, title: h.title, detail: detail.filter(Boolean).join(' · ') }
}

export const search = answer(analytics.search, async (scope, { q, limit }) => {
  const list = branches(scope, q, limit)
  if (list.length === 0) return { rows: [] }
  const c = scope.company_id
  // Branches may find the same row twice; the surest stays. Houses are looked up in a second statement by their ids: joined to the
  // first one, the planner read all 100,000 houses for ten hits (110 ms against 1).
  const { rows } = await sql<Hit>`with hit as materialized (select distinct on (kind, id) * from (${sql.join(list, sql` union all `)}) x order by kind, id, rank),
    page as materialized (select * from hit order by rank, kind, title, id limit ${limit})
    select page.rank, page.kind, page.id, coalesce(page.house_id, tie.house_id) as house_id, page.title, coalesce(page.payer, me.name) as name, me.phone, tie.role
    from page
    left join lateral (select p.name, p.phone from people.person p where p.company_id = ${c} and p.person_id = page.person_id limit 1) me on true
    left join lateral (${tieOf(scope)}) tie on page.kind = 'person'`.execute(scope.db)
  const ids = [...new Set(rows.flatMap((r) => r.house_id ?? []))]
  const places = ids.length ? (await sql<Place>`select h.house_id, h.label, h.sort_no, cm.name as community, own.names as owners from property.house h
    join property.community cm on cm.company_id = ${c} and cm.community_id = h.community_id
    left join lateral (select string_agg(p.name, '、' order by o.is_primary desc, o.ownership_id) as names from people.ownership o join people.person p on p.company_id = ${c} and p.person_id = o.person_id
      where o.company_id = ${c} and o.house_id = h.house_id and ${activeOn('o', scope.today)}) own on true
    where h.company_id = ${c} and h.house_id = any(${ids}::uuid[])`.execute(scope.db)).rows : []
  const at = new Map(places.map((p) => [p.house_id, p]))
  const place = (h: Hit) => (h.house_id ? at.get(h.house_id) : undefined)
  const order = (a: Hit, b: Hit) => a.rank - b.rank || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : (place(a)?.sort_no ?? 0) - (place(b)?.sort_no ?? 0) || (a.title < b.title ? -1 : a.title > b.title ? 1 : a.id < b.id ? -1 : 1))
  return { rows: rows.sort(order).map((h) => shown(h, place(h))) }
})

/** The first house of a person within reach: owned before rented before lived in. */
function tieOf(scope: Scope) {
  const c = scope.company_id
  return sql`select x.house_id, x.role from (
      select o.house_id, 'owner' as role, 1 as rank from people.ownership o where o.company_id = ${c} and o.person_id = page.person_id and ${activeOn('o', scope.today)}
      union all select t.house_id, 'tenant', 2 from people.tenancy t where t.company_id = ${c} and t.person_id = page.person_id and ${activeOn('t', scope.today)}
      union all select m.house_id, 'household', 3 from people.household m where m.company_id = ${c} and m.person_id = page.person_id and ${activeOn('m', scope.today)}) x
    join property.house h on h.company_id = ${c} and h.house_id = x.house_id and ${housesSeenBy(scope)} order by x.rank, h.sort_no, h.label limit 1`
}
