// Owners, tenants and members of many houses at once, for imports and for the sample community: set-based, a batch at a time.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { forgetPhones, knowPhones } from '../../identity/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { planPeople, type HousePeopleIn, type Planned, type PersonIn } from './bulk_plan.ts'
import { NO_ID, cleanIdNumber, sealId } from './identity_numbers.ts'
import { rewritePayers } from './payers.ts'
import { initialsOf, tailOf } from './rules/texts.ts'

export type { HousePeopleIn, PersonIn } from './bulk_plan.ts'
export const PEOPLE_BATCH_MAX = 5000

export interface PeopleUndo {
  house_id: string
  ownership_ids: string[]
  tenancy_ids: string[]
  household_ids: string[]
  /** The developer's, ended by the first owner. */
  ended_ids: string[]
  /** Persons that this row made. */
  person_ids: string[]
}
export interface HousePeopleDone {
  house_id: string
  effect: Planned['effect']
  undo: PeopleUndo
}

/** What createPeopleForHouses would do, row by row, and why a row cannot be taken; nothing is written. */
export async function checkPeopleForHouses(scope: Scope, rows: readonly HousePeopleIn[], o: { first_on?: string } = {}): Promise<{ effect: Planned['effect']; problems: { field: string; reason: string }[] }[]> {
  assert(rows.length <= PEOPLE_BATCH_MAX, 'a batch of houses is bounded')
  return (await planPeople(scope, rows, o.first_on ?? scope.today)).map(({ effect, problems }) => ({ effect, problems }))
}

type New = Record<string, unknown>
interface Making {
  persons: New[]
  ownerships: New[]
  tenancies: New[]
  members: New[]
  ended: { ownership_id: string; to_on: string }[]
  phones: string[]
  /** Resolved persons of this batch by natural key. */
  known: Map<string, string>
  names: Map<string, string>
}

/** The person of a row: the one found in the database or earlier in the batch, else a new one. */
function personOf(m: Making, scope: Scope, p: PersonIn, plan: Planned, undo: PeopleUndo): string {
  const keys = [plan.hash_of(p), p.phone ? `${p.name}\u0000${p.phone}` : null, p.kind && p.kind !== 'natural' ? `${p.kind} ${p.name}` : `${undo.house_id}\u0000${p.name}`].filter((k): k is string => k !== null)
  const found = plan.person_of(p) ?? keys.map((k) => m.known.get(k)).find((x) => x !== undefined)
  if (found) {
    for (const k of keys) m.known.set(k, found)
    return found
  }
  const person_id = uuidv7()
  const kind = p.kind ?? 'natural'
  const id = p.id_number ? cleanIdNumber(p.id_number, p.id_kind) : null
  let initials = m.names.get(kind + p.name)
  if (initials === undefined) m.names.set(kind + p.name, (initials = initialsOf(p.name, kind === 'natural')))
  m.persons.push({ person_id, name: p.name, kind, initials, phone: p.phone ?? null, phone_tail: tailOf(p.phone), phone2: p.phone2 ?? null, ...(id?.ok ? sealId(id.kind, id.number) : NO_ID), created_at: scope.now })
  for (const phone of [p.phone, p.phone2]) if (phone) m.phones.push(phone)
  for (const k of keys) m.known.set(k, person_id)
  undo.person_ids.push(person_id)
  return person_id
}

/**
 * Persons, shares, tenancies and members of at most 5,000 different houses, with the intervals of who pays. Rows with problems are a
 * fault of the caller (checkPeopleForHouses told of them). `first_on` is the begin for owners of undelivered houses without a date.
 */
export async function createPeopleForHouses(scope: Scope, rows: readonly HousePeopleIn[], o: { first_on?: string; permission?: string } = {}): Promise<HousePeopleDone[]> {
  assert(rows.length <= PEOPLE_BATCH_MAX, 'a batch of houses is bounded')
  if (rows.length === 0) return []
  await withinReach(scope, rows.map((r) => r.house_id), o.permission ?? 'people.house.write')
  const plans = await planPeople(scope, rows, o.first_on ?? scope.today)
  const bad = plans.find((p) => p.problems.length)
  assert(!bad, `a row of people was not checked: ${bad?.problems[0]?.reason ?? ''}`)
  const m: Making = { persons: [], ownerships: [], tenancies: [], members: [], ended: [], phones: [], known: new Map(), names: new Map() }
  const done = rows.map((r, i) => {
    const plan = plans[i]!
    const undo: PeopleUndo = { house_id: r.house_id, ownership_ids: [], tenancy_ids: [], household_ids: [], ended_ids: plan.end_developer, person_ids: [] }
    for (const ownership_id of plan.end_developer) m.ended.push({ ownership_id, to_on: plan.from_on })
    for (const [n, x] of plan.owners.entries()) {
      const ownership_id = uuidv7()
      undo.ownership_ids.push(ownership_id)
      m.ownerships.push({ ownership_id, house_id: r.house_id, person_id: personOf(m, scope, x, plan, undo), share_num: x.share_num, share_den: x.share_den, is_primary: n === plan.primary, from_on: plan.from_on })
    }
    if (plan.tenant) {
      const tenancy_id = uuidv7()
      undo.tenancy_ids.push(tenancy_id)
      m.tenancies.push({ tenancy_id, house_id: r.house_id, person_id: personOf(m, scope, plan.tenant, plan, undo), pays: plan.tenant.pays, from_on: plan.tenant.from_on, to_on: plan.tenant.to_on, contract_no: plan.tenant.contract_no ?? null })
    }
    for (const x of plan.members) {
      const household_id = uuidv7()
      undo.household_ids.push(household_id)
      m.members.push({ household_id, house_id: r.house_id, person_id: personOf(m, scope, x, plan, undo), relation: x.relation, from_on: plan.from_on > scope.today ? scope.today : plan.from_on })
    }
    return { house_id: r.house_id, effect: plan.effect, undo }
  })
  await write(scope, m)
  await knowPhones(scope, m.phones)
  // Of the same ones too: the houses of the batch may just have got another delivery day.
  await rewritePayers(scope, done.map((d) => d.house_id))
  return done
}

async function write(scope: Scope, m: Making): Promise<void> {
  const c = scope.company_id
  const json = (x: unknown) => sql`${JSON.stringify(x)}::jsonb`
  if (m.persons.length)
    await sql`insert into people.person (company_id, person_id, name, kind, initials, phone, phone_tail, phone2, id_kind, id_number_sealed, id_number_hash, id_number_tail, created_at)
      select ${c}, * from jsonb_to_recordset(${json(m.persons)}) as x(person_id uuid, name text, kind text, initials text, phone text, phone_tail text, phone2 text, id_kind text, id_number_sealed text, id_number_hash text, id_number_tail text, created_at timestamptz)`.execute(scope.db)
  if (m.ended.length) await sql`update people.ownership o set to_on = x.to_on from jsonb_to_recordset(${json(m.ended)}) as x(ownership_id uuid, to_on date) where o.company_id = ${c} and o.ownership_id = x.ownership_id`.execute(scope.db)
  if (m.ownerships.length)
    await sql`insert into people.ownership (company_id, ownership_id, house_id, person_id, share_num, share_den, is_primary, from_on, cause)
      select ${c}, x.*, 'import' from jsonb_to_recordset(${json(m.ownerships)}) as x(ownership_id uuid, house_id uuid, person_id uuid, share_num int, share_den int, is_primary boolean, from_on date)`.execute(scope.db)
  if (m.tenancies.length)
    await sql`insert into people.tenancy (company_id, tenancy_id, house_id, person_id, pays, from_on, to_on, contract_no)
      select ${c}, * from jsonb_to_recordset(${json(m.tenancies)}) as x(tenancy_id uuid, house_id uuid, person_id uuid, pays text, from_on date, to_on date, contract_no text)`.execute(scope.db)
  if (m.members.length)
    await sql`insert into people.household (company_id, household_id, house_id, person_id, relation, from_on)
      select ${c}, * from jsonb_to_recordset(${json(m.members)}) as x(household_id uuid, house_id uuid, person_id uuid, relation text, from_on date)`.execute(scope.db)
}

async function withinReach(scope: Scope, house_ids: readonly string[], permission: string): Promise<void> {
  const ids = [...new Set(house_ids)]
  const { n } = (await sql<{ n: number }>`select count(*)::int as n from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${ids}::uuid[]) and ${housesSeenBy(scope, { permission })}`.execute(scope.db)).rows[0]!
  if (n !== ids.length) throw scope.notFound()
}

/** Takes back what createPeopleForHouses did. `inUse` names the houses whose people already stand on bills or payments: they refuse. */
export async function undoPeople(scope: Scope, undos: readonly PeopleUndo[], inUse: (scope: Scope, house_ids: readonly string[]) => Promise<readonly string[]>): Promise<void> {
  assert(undos.length <= PEOPLE_BATCH_MAX, 'a batch of houses is bounded')
  const c = scope.company_id
  const used = await inUse(scope, undos.filter((u) => u.ownership_ids.length + u.tenancy_ids.length > 0).map((u) => u.house_id))
  if (used.length) {
    const rows = await sql<{ label: string }>`select label from property.house where company_id = ${c} and house_id = any(${[...used]}::uuid[]) order by label limit 5`.execute(scope.db)
    throw scope.refuse('people.in_use', { labels: rows.rows.map((r) => r.label).join('、'), count: used.length })
  }
  const all = (of: (u: PeopleUndo) => string[]) => undos.flatMap(of)
  await sql`delete from people.ownership where company_id = ${c} and ownership_id = any(${all((u) => u.ownership_ids)}::uuid[])`.execute(scope.db)
  await sql`delete from people.tenancy where company_id = ${c} and tenancy_id = any(${all((u) => u.tenancy_ids)}::uuid[])`.execute(scope.db)
  await sql`delete from people.household where company_id = ${c} and household_id = any(${all((u) => u.household_ids)}::uuid[])`.execute(scope.db)
  await sql`update people.ownership set to_on = null where company_id = ${c} and ownership_id = any(${all((u) => u.ended_ids)}::uuid[])`.execute(scope.db)
  await rewritePayers(scope, undos.map((u) => u.house_id))
  const gone = (await sql<{ phone: string | null; phone2: string | null }>`delete from people.person p where p.company_id = ${c} and p.person_id = any(${all((u) => u.person_ids)}::uuid[])
      and not exists (select from people.ownership o where o.company_id = ${c} and o.person_id = p.person_id) and not exists (select from people.tenancy t where t.company_id = ${c} and t.person_id = p.person_id)
      and not exists (select from people.household m where m.company_id = ${c} and m.person_id = p.person_id) and not exists (select from people.vehicle v where v.company_id = ${c} and v.person_id = p.person_id)
      and not exists (select from people.payer y where y.company_id = ${c} and y.person_id = p.person_id) returning phone, phone2`.execute(scope.db)).rows
  const phones = gone.flatMap((p) => [p.phone, p.phone2]).filter((p): p is string => !!p)
  const { rows } = await sql<{ phone: string }>`select distinct x.phone from unnest(${phones}::text[]) as x(phone) where not exists (select from people.person p where p.company_id = ${c} and p.phone = x.phone) and not exists (select from people.person p where p.company_id = ${c} and p.phone2 = x.phone)`.execute(scope.db)
  await forgetPhones(scope, rows.map((r) => r.phone))
}
