// Owners of a house: registered, moved in, changed by transfer. Shares of co-owners add up to one.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseToChange, setDelivered } from '../../property/server/index.ts'
import { people, type OwnerAsk } from '../contract.ts'
import { activeOn } from './access.ts'
import { personsFor } from './persons.ts'
import { rewritePayers } from './payers.ts'
import { sumOfShares } from './rules/shares.ts'

export interface Owned {
  ownership_id: string
  person_id: string
  name: string
  developer: boolean
  from_on: string
  cause: string
  transfer_id: string | null
}
const ownedOpen = async (scope: Scope, house_id: string): Promise<Owned[]> =>
  (await sql<Owned>`select o.ownership_id, o.person_id, p.name, p.kind = 'developer' as developer, o.from_on, o.cause, o.transfer_id from people.ownership o join people.person p on p.company_id = ${scope.company_id} and p.person_id = o.person_id
    where o.company_id = ${scope.company_id} and o.house_id = ${house_id} and o.to_on is null order by o.is_primary desc, o.ownership_id`.execute(scope.db)).rows
const names = (list: readonly Owned[]): string => list.map((o) => o.name).join('、')

/** The owners asked for as persons with shares; exactly one is the contact. */
async function checked(scope: Scope, owners: readonly OwnerAsk[]) {
  const sum = sumOfShares(owners)
  if (sum !== '1') throw scope.refuse('people.shares_not_one', { sum })
  const flagged = owners.filter((o) => o.is_primary).length
  if (flagged > 1) throw scope.refuse('people.one_primary')
  const ids = await personsFor(scope, owners.map((o) => o.person))
  const twice = ids.findIndex((id, i) => ids.indexOf(id) !== i)
  if (twice >= 0) throw scope.refuse('people.person_twice', { name: owners[twice]!.person.name ?? `第 ${twice + 1} 行` })
  const kinds = new Map((await scope.db.selectFrom('people.person').select(['person_id', 'kind']).where('company_id', '=', scope.company_id).where('person_id', 'in', ids).execute()).map((p) => [p.person_id, p.kind]))
  return owners.map((o, i) => ({ person_id: ids[i]!, share_num: o.share_num, share_den: o.share_den, is_primary: flagged ? o.is_primary === true : i === 0, developer: kinds.get(ids[i]!) === 'developer' }))
}
type Checked = Awaited<ReturnType<typeof checked>>

async function insertOwners(scope: Scope, house_id: string, list: Checked, o: { from_on: string; cause: string; transfer_id?: string | null }): Promise<void> {
  await scope.db
    .insertInto('people.ownership')
    .values(list.map((x) => ({ company_id: scope.company_id, ownership_id: uuidv7(), house_id, person_id: x.person_id, share_num: x.share_num, share_den: x.share_den, is_primary: x.is_primary, from_on: o.from_on, to_on: null, cause: o.cause, transfer_id: o.transfer_id ?? null })))
    .execute()
}

/** Nobody may have been registered as owner from this day on, or be so still: else two sets of owners would overlap. */
async function refuseLater(scope: Scope, house_id: string, label: string, on_day: string): Promise<void> {
  const { rows } = await sql`select 1 from people.ownership o where o.company_id = ${scope.company_id} and o.house_id = ${house_id} and (o.to_on > ${on_day}::date or o.to_on is null) limit 1`.execute(scope.db)
  if (rows.length) throw scope.refuse('people.later_owners', { label, on_day })
}

const endOpen = (scope: Scope, open: readonly Owned[], on_day: string) =>
  sql`update people.ownership set to_on = ${on_day}::date where company_id = ${scope.company_id} and ownership_id = any(${open.map((o) => o.ownership_id)}::uuid[])`.execute(scope.db)

async function settled(scope: Scope, house_id: string): Promise<void> {
  await rewritePayers(scope, [house_id])
  scope.emit('people.payers_changed', house_id, { house_id })
}

export const setOwners = answer(people.setOwners, async (scope, o) => {
  const house = await houseToChange(scope, o.house_id)
  const open = await ownedOpen(scope, o.house_id)
  const list = await checked(scope, o.owners)
  let how = { from_on: o.from_on, cause: 'initial', transfer_id: null as string | null }
  if (open.length) {
    const from_on = open[0]!.from_on
    const developer = open.some((x) => x.developer)
    if (developer && !list.some((x) => x.developer)) throw scope.refuse('people.undelivered', { label: house.label, names: names(open) })
    if (from_on !== o.from_on) throw scope.refuse('people.has_owners', { label: house.label, names: names(open), from_on })
    await sql`delete from people.ownership where company_id = ${scope.company_id} and ownership_id = any(${open.map((x) => x.ownership_id)}::uuid[])`.execute(scope.db)
    how = { from_on, cause: open[0]!.cause, transfer_id: open[0]!.transfer_id }
  } else await refuseLater(scope, o.house_id, house.label, o.from_on)
  await insertOwners(scope, o.house_id, list, how)
  await settled(scope, o.house_id)
  scope.note('house', o.house_id, { label: house.label, owners: { before: open.map((x) => x.person_id), after: list.map((x) => ({ person_id: x.person_id, share: `${x.share_num}/${x.share_den}` })) }, from_on: how.from_on, ...(o.reason ? { reason: o.reason } : {}) })
  return { done: true as const }
})

export const moveIn = answer(people.moveIn, async (scope, o) => {
  const house = await houseToChange(scope, o.house_id)
  const open = await ownedOpen(scope, o.house_id)
  const developers = open.filter((x) => x.developer)
  const label = house.label
  if (house.delivered_on !== null && developers.length === 0) throw scope.refuse('people.already_delivered', { label, delivered_on: house.delivered_on })
  const owners = o.owners ?? []
  if (owners.length && open.length > developers.length) throw scope.refuse('people.has_owners', { label, names: names(open), from_on: open[0]!.from_on })
  if (!owners.length && open.length === developers.length) throw scope.refuse('people.owners_needed', { label })
  if (owners.length) {
    const first = developers[0]
    if (first && o.delivered_on <= first.from_on) throw scope.refuse('people.before_first_day', { label, from_on: first.from_on, on_day: o.delivered_on })
    if (developers.length) await endOpen(scope, developers, o.delivered_on)
    await refuseLater(scope, o.house_id, label, o.delivered_on)
    await insertOwners(scope, o.house_id, await checked(scope, owners), { from_on: o.delivered_on, cause: 'delivery' })
  }
  await setDelivered(scope, o.house_id, { delivered_on: o.delivered_on, state: o.state }, '交付入住')
  await settled(scope, o.house_id)
  scope.note('house', o.house_id, { label, delivered_on: o.delivered_on })
  scope.emit('people.moved_in', o.house_id, { house_id: o.house_id, delivered_on: o.delivered_on })
  return { done: true as const }
})

export interface TransferAsk {
  house_id: string
  on_day: string
  owners: readonly OwnerAsk[]
  reason: string
  arrears_to: 'old' | 'settled'
  keep_household: boolean
}
/** The change of owners; with a settlement (过户结算) handover calls it. The first of `new_person_ids` is the contact. */
export async function transfer(scope: Scope, o: TransferAsk): Promise<{ transfer_id: string; old_person_ids: string[]; new_person_ids: string[] }> {
  const house = await houseToChange(scope, o.house_id)
  const c = scope.company_id
  const { label } = house
  const open = await ownedOpen(scope, o.house_id)
  if (open.length === 0) throw scope.refuse('people.no_owner_to_transfer', { label })
  if (open.some((x) => x.developer)) throw scope.refuse('people.undelivered', { label, names: names(open) })
  const from_on = open.reduce((a, x) => (x.from_on > a ? x.from_on : a), open[0]!.from_on)
  if (o.on_day <= from_on) throw scope.refuse('people.before_first_day', { label, from_on, on_day: o.on_day })
  await endOpen(scope, open, o.on_day)
  await refuseLater(scope, o.house_id, label, o.on_day)
  const list = await checked(scope, o.owners)
  const transfer_id = uuidv7()
  // arrears_fen stays 0: what is owed stands in billing, which listens to the event.
  await scope.db.insertInto('people.transfer').values({ company_id: c, transfer_id, house_id: o.house_id, on_day: o.on_day, reason: o.reason, arrears_to: o.arrears_to, done_by: scope.who.account_id, done_at: scope.now }).execute()
  await insertOwners(scope, o.house_id, list, { from_on: o.on_day, cause: 'transfer', transfer_id })
  if (!o.keep_household) await sql`update people.household h set to_on = greatest(h.from_on, ${o.on_day}::date) where h.company_id = ${c} and h.house_id = ${o.house_id} and (h.to_on is null or h.to_on > ${o.on_day}::date)`.execute(scope.db)
  await settled(scope, o.house_id)
  const old_person_ids = open.map((x) => x.person_id)
  const new_person_ids = list.toSorted((a, b) => Number(b.is_primary) - Number(a.is_primary)).map((x) => x.person_id)
  scope.note('house', o.house_id, { label, transfer: transfer_id, on_day: o.on_day, before: old_person_ids, after: new_person_ids, reason: o.reason, arrears_to: o.arrears_to })
  scope.emit('people.house_transferred', o.house_id, { house_id: o.house_id, transfer_id, on_day: o.on_day, arrears_to: o.arrears_to, old_person_ids, new_person_ids })
  return { transfer_id, old_person_ids, new_person_ids }
}
export const transferHouse = answer(people.transferHouse, async (scope, o) => ({ transfer_id: (await transfer(scope, o)).transfer_id }))

/** Names of today's owners of each house, the contact first; for lists of other modules. */
export async function ownerNames(scope: Scope, house_ids: readonly string[]): Promise<Map<string, string>> {
  if (house_ids.length === 0) return new Map()
  const { rows } = await sql<{ house_id: string; names: string }>`select o.house_id, string_agg(p.name, '、' order by o.is_primary desc, o.ownership_id) as names from people.ownership o
    join people.person p on p.company_id = ${scope.company_id} and p.person_id = o.person_id
    where o.company_id = ${scope.company_id} and o.house_id = any(${[...house_ids]}::uuid[]) and ${activeOn('o', scope.today)} group by 1`.execute(scope.db)
  return new Map(rows.map((r) => [r.house_id, r.names]))
}
