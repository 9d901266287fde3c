// The cashier's desk (收费台): everything about one house in one answer.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { masked } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment, type Method } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { LINES_SHOWN, openLines } from './bills.ts'
import { boundOf } from './purses.ts'
import { walletBalance } from './record.ts'

const RECENT = 8
const RELATED = 20

interface PersonAt {
  person_id: string
  name: string
  phone: string | null
  role: 'owner' | 'tenant'
  pays: string
}
async function peopleOf(scope: Scope, house_id: string): Promise<PersonAt[]> {
  const { company_id: c, today } = scope
  const r = await sql<PersonAt>`
    select p.person_id, p.name, p.phone, x.role, x.pays from (
      select person_id, 'owner' as role, 'none' as pays, not is_primary as later from people.ownership where company_id = ${c} and house_id = ${house_id} and from_on <= ${today} and (to_on is null or to_on > ${today})
      union all
      select person_id, 'tenant', pays, false from people.tenancy where company_id = ${c} and house_id = ${house_id} and from_on <= ${today} and (to_on is null or to_on > ${today})
    ) x join people.person p on p.company_id = ${c} and p.person_id = x.person_id
    order by x.role, x.later, p.name limit 40`.execute(scope.db)
  return r.rows
}

async function vehiclesOf(scope: Scope, house_id: string): Promise<{ plate: string; kind: string }[]> {
  return scope.db
    .selectFrom('people.vehicle')
    .select(['plate', 'kind'])
    .where('company_id', '=', scope.company_id)
    .where('house_id', '=', house_id)
    .where((e) => e.or([e('to_on', 'is', null), e('to_on', '>', scope.today)]))
    .orderBy('plate')
    .limit(20)
    .execute()
}

interface Recent {
  payment_id: string
  receipt_no: string
  taken_at: string
  total_fen: number
  taken_by: string | null
  source: string
  reversed_at: string | null
  methods: Method[]
}
async function recentOf(scope: Scope, house_id: string): Promise<Recent[]> {
  const c = scope.company_id
  const r = await sql<Recent>`
    with page as materialized (
      select payment_id, receipt_no, taken_at, total_fen, taken_by, source, reversed_at from payment.payment where company_id = ${c} and house_id = ${house_id} order by taken_at desc limit ${RECENT}
    )
    select p.*, (select array_agg(t.method order by t.line_no) from payment.tender t where t.company_id = ${c} and t.payment_id = p.payment_id) as methods from page p order by taken_at desc`.execute(scope.db)
  return r.rows
}

/** Garages and bays of the same people: the resident at the desk usually pays them too. */
export async function relatedOf(scope: Scope, house_ids: readonly string[], persons: readonly string[]): Promise<{ house_id: string; label: string; community_name: string; kind: string; open_fen: number }[]> {
  if (persons.length === 0) return []
  const { company_id: c, today } = scope
  const r = await sql<{ house_id: string; label: string; community_name: string; kind: string; open_fen: number }>`
    with theirs as materialized (
      select h.house_id, h.community_id, h.label, h.kind from property.house h
      where h.company_id = ${c} and h.house_id <> all(${[...house_ids]}::uuid[]) and ${seen(scope, 'h')} and h.house_id in (
        select house_id from people.ownership where company_id = ${c} and person_id = any(${[...persons]}::uuid[]) and from_on <= ${today} and (to_on is null or to_on > ${today})
        union select house_id from people.tenancy where company_id = ${c} and person_id = any(${[...persons]}::uuid[]) and from_on <= ${today} and (to_on is null or to_on > ${today}))
      order by h.label limit ${RELATED}
    )
    select t.house_id, t.label, m.name as community_name, t.kind, coalesce((select sum(b.amount_fen - b.paid_fen - b.reduced_fen) from billing.bill b
      where b.company_id = ${c} and b.community_id = t.community_id and b.house_id = t.house_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen), 0)::bigint as open_fen
    from theirs t join property.community m on m.company_id = ${c} and m.community_id = t.community_id order by t.label`.execute(scope.db)
  return r.rows
}

export const desk = answer(payment.desk, async (scope, { house_id }) => {
  const house = await houseToRead(scope, house_id)
  const { name: community_name } = await scope.db.selectFrom('property.community').select('name').where('company_id', '=', scope.company_id).where('community_id', '=', house.community_id).executeTakeFirstOrThrow()
  const persons = await peopleOf(scope, house_id)
  const vehicles = await vehiclesOf(scope, house_id)
  const lines = (await openLines(scope, [house])).slice(0, LINES_SHOWN)
  const wallet_fen = await walletBalance(scope, house_id)
  const recent = await recentOf(scope, house_id)
  const names = await memberNames(scope, recent.map((r) => r.taken_by))
  // The developer owns everything unsold: his other houses are no help to a cashier.
  const owners = persons.filter((p) => p.role === 'owner')
  const developers = await developersAmong(scope, owners.map((p) => p.person_id))
  const related = await relatedOf(scope, [house_id], persons.map((p) => p.person_id).filter((id) => !developers.has(id)))
  return {
    house: { house_id, label: house.label, community_id: house.community_id, community_name, building_id: house.building_id, kind: house.kind, state: house.state, built_area_m2: house.built_area_m2 },
    owners: owners.map((p) => ({ person_id: p.person_id, name: p.name, phone_masked: masked(p.phone) })),
    tenants: persons.filter((p) => p.role === 'tenant').map((p) => ({ person_id: p.person_id, name: p.name, phone_masked: masked(p.phone), pays: p.pays })),
    vehicles,
    wallet_fen,
    bound: await boundOf(scope, house_id),
    lines: lines.map(({ house_id: _, ...l }) => l),
    open_fen: lines.reduce((n, l) => n + l.open_fen, 0),
    overdue_fen: lines.reduce((n, l) => n + (l.overdue_days > 0 ? l.open_fen : 0), 0),
    recent: recent.map(({ taken_by, source, ...r }) => ({ ...r, taken_by_name: taken_by ? (names.get(taken_by) ?? '') : (words.states!['source']![source] ?? '') })),
    related: related.map(({ community_name: _, ...r }) => r),
  }
})

export async function developersAmong(scope: Scope, person_ids: readonly string[]): Promise<Set<string>> {
  if (person_ids.length === 0) return new Set()
  const rows = await scope.db.selectFrom('people.person').select('person_id').where('company_id', '=', scope.company_id).where('person_id', 'in', [...person_ids]).where('kind', '=', 'developer').execute()
  return new Set(rows.map((r) => r.person_id))
}
