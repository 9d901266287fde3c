// Tenants and members of the household: who lives there, from when to when, and whether a tenant pays.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseToChange, setDelivered } from '../../property/server/index.ts'
import { people } from '../contract.ts'
import { activeOn } from './access.ts'
import { personsFor } from './persons.ts'
import { rewritePayers } from './payers.ts'

/** The board shows 出租 while somebody rents, and 空置 when the last one left; other states are set by people. */
async function followTenants(scope: Scope, house: { house_id: string; state: string }): Promise<void> {
  const { rows } = await sql`select 1 from people.tenancy t where t.company_id = ${scope.company_id} and t.house_id = ${house.house_id} and ${activeOn('t', scope.today)} limit 1`.execute(scope.db)
  if (rows.length && (house.state === 'vacant' || house.state === 'lived_in')) await setDelivered(scope, house.house_id, { state: 'let' }, '登记租住')
  if (!rows.length && house.state === 'let') await setDelivered(scope, house.house_id, { state: 'vacant' }, '租住结束')
}

async function paid(scope: Scope, house_id: string): Promise<void> {
  await rewritePayers(scope, [house_id])
  scope.emit('people.payers_changed', house_id, { house_id })
}

export const saveTenancy = answer(people.saveTenancy, async (scope, o) => {
  const house = await houseToChange(scope, o.house_id)
  const c = scope.company_id
  if (o.to_on !== null && o.to_on <= o.from_on) throw scope.refuse('people.ends_before_begin', { from_on: o.from_on, to_on: o.to_on })
  const before = o.tenancy_id ? await scope.db.selectFrom('people.tenancy').selectAll().where('company_id', '=', c).where('tenancy_id', '=', o.tenancy_id).where('house_id', '=', o.house_id).executeTakeFirst() : undefined
  if (o.tenancy_id && !before) throw scope.notFound()
  const [person_id] = await personsFor(scope, [o.person]) as [string]
  if (o.pays !== 'none') {
    const { rows } = await sql<{ name: string; from_on: string; to_on: string | null }>`select p.name, t.from_on, t.to_on from people.tenancy t join people.person p on p.company_id = ${c} and p.person_id = t.person_id
      where t.company_id = ${c} and t.house_id = ${o.house_id} and t.pays <> 'none' and t.tenancy_id is distinct from ${o.tenancy_id ?? null}::uuid and daterange(t.from_on, t.to_on) && daterange(${o.from_on}::date, ${o.to_on}::date) limit 1`.execute(scope.db)
    if (rows[0]) throw scope.refuse('people.tenancies_overlap', { label: house.label, name: rows[0].name, from_on: rows[0].from_on, to_on: rows[0].to_on ?? '今' })
  }
  const tenancy_id = o.tenancy_id ?? uuidv7()
  const values = { person_id, pays: o.pays, from_on: o.from_on, to_on: o.to_on, ...(o.contract_no !== undefined ? { contract_no: o.contract_no } : {}) }
  if (before) await scope.db.updateTable('people.tenancy').set(values).where('company_id', '=', c).where('tenancy_id', '=', tenancy_id).execute()
  else await scope.db.insertInto('people.tenancy').values({ company_id: c, tenancy_id, house_id: o.house_id, contract_no: null, ...values }).execute()
  await paid(scope, o.house_id)
  await followTenants(scope, house)
  scope.note('house', o.house_id, { label: house.label, tenancy: tenancy_id, before: before ? { person_id: before.person_id, pays: before.pays, from_on: before.from_on, to_on: before.to_on } : null, after: { person_id, pays: o.pays, from_on: o.from_on, to_on: o.to_on } })
  return { tenancy_id }
})

/** A tenant leaves; with a settlement (退租结算) handover calls it. */
export async function leave(scope: Scope, { tenancy_id, to_on }: { tenancy_id: string; to_on: string }): Promise<void> {
  const t = await scope.db.selectFrom('people.tenancy').selectAll().where('company_id', '=', scope.company_id).where('tenancy_id', '=', tenancy_id).executeTakeFirst()
  if (!t) throw scope.notFound()
  const house = await houseToChange(scope, t.house_id)
  if (to_on <= t.from_on) throw scope.refuse('people.ends_before_begin', { from_on: t.from_on, to_on })
  await scope.db.updateTable('people.tenancy').set({ to_on }).where('company_id', '=', scope.company_id).where('tenancy_id', '=', tenancy_id).execute()
  await paid(scope, t.house_id)
  await followTenants(scope, house)
  scope.note('house', t.house_id, { label: house.label, tenancy: tenancy_id, before: { to_on: t.to_on }, after: { to_on } })
}
export const withdrawTenancy = answer(people.withdrawTenancy, async (scope, { tenancy_id }) => {
  const t = await scope.db.selectFrom('people.tenancy').selectAll().where('company_id', '=', scope.company_id).where('tenancy_id', '=', tenancy_id).executeTakeFirst()
  if (!t) throw scope.notFound()
  const house = await houseToChange(scope, t.house_id)
  if (t.from_on <= scope.today) throw scope.refuse('people.tenancy_begun', { from_on: t.from_on })
  await scope.db.deleteFrom('people.tenancy').where('company_id', '=', scope.company_id).where('tenancy_id', '=', tenancy_id).execute()
  await paid(scope, t.house_id)
  scope.note('house', t.house_id, { label: house.label, tenancy: tenancy_id, before: { person_id: t.person_id, pays: t.pays, from_on: t.from_on, to_on: t.to_on }, after: null })
  return { done: true as const }
})
export const endTenancy = answer(people.endTenancy, async (scope, o) => {
  await leave(scope, o)
  return { done: true as const }
})

export const addHousehold = answer(people.addHousehold, async (scope, o) => {
  const house = await houseToChange(scope, o.house_id)
  const [person_id] = await personsFor(scope, [o.person]) as [string]
  const there = await sql<{ name: string }>`select p.name from people.household m join people.person p on p.company_id = ${scope.company_id} and p.person_id = m.person_id
    where m.company_id = ${scope.company_id} and m.house_id = ${o.house_id} and m.person_id = ${person_id} and ${activeOn('m', scope.today)} limit 1`.execute(scope.db)
  if (there.rows[0]) throw scope.refuse('people.already_member', { name: there.rows[0].name, label: house.label })
  const household_id = uuidv7()
  await scope.db.insertInto('people.household').values({ company_id: scope.company_id, household_id, house_id: o.house_id, person_id, relation: o.relation, from_on: o.from_on ?? scope.today, to_on: null }).execute()
  scope.note('house', o.house_id, { label: house.label, household: household_id, person_id, relation: o.relation })
  return { household_id }
})

export const endHousehold = answer(people.endHousehold, async (scope, { household_id, to_on }) => {
  const m = await scope.db.selectFrom('people.household').selectAll().where('company_id', '=', scope.company_id).where('household_id', '=', household_id).executeTakeFirst()
  if (!m) throw scope.notFound()
  const house = await houseToChange(scope, m.house_id)
  if (to_on < m.from_on) throw scope.refuse('people.ends_before_begin', { from_on: m.from_on, to_on })
  await scope.db.updateTable('people.household').set({ to_on }).where('company_id', '=', scope.company_id).where('household_id', '=', household_id).execute()
  scope.note('house', m.house_id, { label: house.label, household: household_id, after: { to_on } })
  return { done: true as const }
})
