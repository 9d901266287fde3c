// What a batch of people means beside what is registered already: the same, new, a change, or a row that cannot be taken.
import { sql } from 'kysely'
import { sentence } from '../../../kernel/contract.ts'
import { blindIndex } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { words } from '../words.ts'
import { cleanIdNumber } from './identity_numbers.ts'
import { personsById } from './payers.ts'
import { sumOfShares } from './rules/shares.ts'

export interface PersonIn {
  name: string
  kind?: 'natural' | 'org' | 'developer'
  phone?: string | null
  phone2?: string | null
  id_kind?: string | null
  id_number?: string | null
}
export interface HousePeopleIn {
  house_id: string
  /** Begin of the ownership; else the delivery day, else `first_on` of the call. */
  from_on?: string | null
  /** Without shares the owners have equal ones. */
  owners: readonly (PersonIn & { share_num?: number; share_den?: number; is_primary?: boolean })[]
  tenant?: (PersonIn & { pays: 'none' | 'use' | 'all'; from_on: string; to_on: string | null; contract_no?: string | null }) | null
  members?: readonly (PersonIn & { relation: string })[]
}
export interface Planned {
  effect: 'new' | 'change' | 'same'
  problems: { field: string; reason: string }[]
  from_on: string
  owners: (PersonIn & { share_num: number; share_den: number })[]
  /** Index of the contact among `owners`. */
  primary: number
  tenant: HousePeopleIn['tenant']
  members: readonly (PersonIn & { relation: string })[]
  end_developer: string[]
  hash_of: (p: PersonIn) => string | null
  person_of: (p: PersonIn) => string | undefined
}

interface HouseNow {
  house_id: string
  label: string
  delivered_on: string | null
  owners: { ownership_id: string; person_id: string; name: string; developer: boolean; from_on: string }[]
  tenants: { person_id: string; name: string; pays: string; from_on: string; to_on: string | null }[]
  members: { person_id: string; name: string }[]
}

// Each table is read by a list of keys and put together here: inside one long import the tables have no statistics yet, and joins that
// look small to the planner took 40 s for 20,000 houses; these take the same time whatever it believes.
async function housesNow(scope: Scope, house_ids: readonly string[]): Promise<Map<string, HouseNow>> {
  const c = scope.company_id
  const ids = [...house_ids]
  const houses = (await sql<Omit<HouseNow, 'owners' | 'tenants' | 'members'>>`select house_id, label, delivered_on from property.house where company_id = ${c} and house_id = any(${ids}::uuid[])`.execute(scope.db)).rows
  const owners = (await sql<Omit<HouseNow['owners'][number], 'name' | 'developer'> & { house_id: string }>`select house_id, ownership_id, person_id, from_on from people.ownership where company_id = ${c} and house_id = any(${ids}::uuid[]) and to_on is null order by ownership_id`.execute(scope.db)).rows
  const tenants = (await sql<Omit<HouseNow['tenants'][number], 'name'> & { house_id: string }>`select house_id, person_id, pays, from_on, to_on from people.tenancy where company_id = ${c} and house_id = any(${ids}::uuid[]) order by tenancy_id`.execute(scope.db)).rows
  const members = (await sql<{ house_id: string; person_id: string }>`select house_id, person_id from people.household where company_id = ${c} and house_id = any(${ids}::uuid[]) and to_on is null order by household_id`.execute(scope.db)).rows
  const known = await personsById(scope, [...owners, ...tenants, ...members].map((x) => x.person_id))
  const who = (id: string) => ({ name: known.get(id)?.name ?? '', developer: known.get(id)?.kind === 'developer' })
  const [o, t, m] = [Map.groupBy(owners, (x) => x.house_id), Map.groupBy(tenants, (x) => x.house_id), Map.groupBy(members, (x) => x.house_id)]
  return new Map(houses.map((h) => [h.house_id, { ...h, owners: (o.get(h.house_id) ?? []).map((x) => ({ ...x, ...who(x.person_id) })), tenants: (t.get(h.house_id) ?? []).map((x) => ({ ...x, ...who(x.person_id) })), members: (m.get(h.house_id) ?? []).map((x) => ({ ...x, ...who(x.person_id) })) }]))
}

const idKey = (p: PersonIn): string => `${p.id_kind ?? ''} ${p.id_number ?? ''}`
const everybody = (r: HousePeopleIn): PersonIn[] => [...r.owners, ...(r.tenant ? [r.tenant] : []), ...(r.members ?? [])]
interface Known {
  person_id: string
  name: string
  phone: string | null
  id_number_hash: string | null
}
/** Persons of the company that may be the same as those of the batch: by identity number, or by name and phone. */
async function alike(scope: Scope, list: readonly PersonIn[], hashes: readonly string[]) {
  const phones = [...new Set(list.map((p) => p.phone).filter((p) => !!p))]
  const { rows } = await sql<Known>`select person_id, name, phone, id_number_hash from people.person where company_id = ${scope.company_id} and id_number_hash = any(${[...hashes]}::text[])
    union all select person_id, name, phone, id_number_hash from people.person where company_id = ${scope.company_id} and phone = any(${phones}::text[]) and merged_into is null order by person_id`.execute(scope.db)
  // A firm is one however many houses it has; its name is its key.
  const firms = [...new Set(list.filter((p) => p.kind && p.kind !== 'natural').map((p) => p.name))]
  const org = firms.length ? await sql<{ person_id: string; name: string; kind: string }>`select person_id, name, kind from people.person where company_id = ${scope.company_id} and name = any(${firms}::text[]) and kind <> 'natural' and merged_into is null order by person_id desc`.execute(scope.db) : { rows: [] }
  return { byFirm: new Map(org.rows.map((r) => [`${r.kind} ${r.name}`, r.person_id])), byHash: new Map(rows.filter((r) => r.id_number_hash).map((r) => [r.id_number_hash!, r])), byPair: Map.groupBy(rows.filter((r) => r.phone), (r) => `${r.name}\u0000${r.phone}`) }
}

const say = (code: string, params: Record<string, unknown>): string => sentence(words.refusals[code] ?? code, params)
const sameNames = (a: readonly { name: string }[], b: readonly { name: string }[]): boolean => a.length === b.length && a.map((x) => x.name).sort().join('\u0000') === b.map((x) => x.name).sort().join('\u0000')
const overlap = (a: { from_on: string; to_on: string | null }, b: { from_on: string; to_on: string | null }): boolean => (a.to_on === null || b.from_on < a.to_on) && (b.to_on === null || a.from_on < b.to_on)

export async function planPeople(scope: Scope, rows: readonly HousePeopleIn[], first_on: string): Promise<Planned[]> {
  const now = await housesNow(scope, rows.map((r) => r.house_id))
  const list = rows.flatMap(everybody)
  const hashes = new Map<string, string>()
  const wrong = new Map<string, string>()
  for (const p of list) {
    if (!p.id_number || hashes.has(idKey(p)) || wrong.has(idKey(p))) continue
    const id = cleanIdNumber(p.id_number, p.id_kind)
    if (id.ok) hashes.set(idKey(p), blindIndex(id.number))
    else wrong.set(idKey(p), id.reason)
  }
  const known = await alike(scope, list, [...new Set(hashes.values())])
  const inFile = new Map<string, string>()
  return rows.map((r) => planOne(r, now.get(r.house_id), { first_on, hashes, wrong, known, inFile }))
}

interface About {
  first_on: string
  /** By `idKey`: each number of the batch is hashed once. */
  hashes: Map<string, string>
  wrong: Map<string, string>
  known: Awaited<ReturnType<typeof alike>>
  /** Names by identity number, as met in this batch. */
  inFile: Map<string, string>
}

function planOne(r: HousePeopleIn, h: HouseNow | undefined, a: About): Planned {
  const problems: Planned['problems'] = []
  const bad = (field: string, code: string, params: Record<string, unknown>) => problems.push({ field, reason: say(code, params) })
  for (const p of everybody(r)) {
    const reason = a.wrong.get(idKey(p))
    if (reason) bad('id_number', 'people.bad_id_number', { reason })
    const hash = a.hashes.get(idKey(p))
    const other = hash === undefined ? undefined : (a.known.byHash.get(hash)?.name ?? a.inFile.get(hash))
    if (other !== undefined && other !== p.name) bad('id_number', 'people.id_taken', { name: other })
    if (hash !== undefined) a.inFile.set(hash, p.name)
  }
  const shared = r.owners.some((x) => x.share_num !== undefined || x.share_den !== undefined)
  let owners = r.owners.map((x) => ({ ...x, share_num: shared ? (x.share_num ?? 1) : 1, share_den: shared ? (x.share_den ?? 1) : r.owners.length }))
  if (owners.length && sumOfShares(owners) !== '1') bad('share', 'people.shares_not_one', { sum: sumOfShares(owners) })
  const twice = owners.find((x, i) => owners.findIndex((y) => y.name === x.name && (y.phone ?? null) === (x.phone ?? null)) !== i)
  if (twice) bad('owner', 'people.person_twice', { name: twice.name })
  const from_on = r.from_on ?? h?.delivered_on ?? a.first_on
  const label = h?.label ?? ''
  const have = h?.owners ?? []
  let end_developer: string[] = []
  if (owners.length && have.length) {
    if (sameNames(have, owners)) owners = []
    else if (have.every((x) => x.developer) && !owners.some((x) => x.kind === 'developer')) {
      const begin = have.map((x) => x.from_on).sort().at(-1)!
      if (from_on <= begin) bad('from_on', 'people.before_first_day', { label, from_on: begin, on_day: from_on })
      end_developer = have.map((x) => x.ownership_id)
    } else bad('owner', 'people.has_owners', { label, names: have.map((x) => x.name).join('、'), from_on: have[0]!.from_on })
  }
  let tenant = r.tenant ?? null
  if (tenant) {
    const t = tenant
    if (t.to_on !== null && t.to_on <= t.from_on) bad('tenant_to_on', 'people.ends_before_begin', { from_on: t.from_on, to_on: t.to_on })
    const there = (h?.tenants ?? []).filter((x) => overlap(x, t))
    const clash = there.find((x) => x.name !== t.name && x.pays !== 'none' && t.pays !== 'none')
    if (there.some((x) => x.name === t.name)) tenant = null
    else if (clash) bad('tenant', 'people.tenancies_overlap', { label, name: clash.name, from_on: clash.from_on, to_on: clash.to_on ?? '今' })
  }
  const members = (r.members ?? []).filter((x) => !(h?.members ?? []).some((y) => y.name === x.name))
  const nothing = owners.length === 0 && tenant === null && members.length === 0
  const primary = owners.findIndex((x) => (x as { is_primary?: boolean }).is_primary)
  return {
    effect: nothing ? 'same' : have.length || (h?.tenants.length ?? 0) || (h?.members.length ?? 0) ? 'change' : 'new',
    problems, from_on, owners, primary: Math.max(0, primary), tenant, members, end_developer,
    hash_of: (p) => a.hashes.get(idKey(p)) ?? null,
    person_of: (p) => matched(p, a, h),
  }
}

/** Equal identity numbers, or equal name and phone without contradicting numbers, or the same name already living in the house. */
function matched(p: PersonIn, a: About, h: HouseNow | undefined): string | undefined {
  const hash = a.hashes.get(idKey(p))
  const same = hash === undefined ? undefined : a.known.byHash.get(hash)
  if (same) return same.person_id
  if (p.kind && p.kind !== 'natural') return a.known.byFirm.get(`${p.kind} ${p.name}`)
  const pair = p.phone ? a.known.byPair.get(`${p.name}\u0000${p.phone}`)?.find((k) => hash === undefined || k.id_number_hash === null) : undefined
  if (pair) return pair.person_id
  return p.phone || hash !== undefined ? undefined : [...(h?.owners ?? []), ...(h?.tenants ?? []), ...(h?.members ?? [])].find((x) => x.name === p.name)?.person_id
}
