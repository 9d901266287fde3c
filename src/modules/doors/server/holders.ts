// Who has a number on the controllers: a person of the register, a member of staff, a helper outside the register. Made when he first needs it.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'

export async function holderOf(scope: Scope, o: { person_id?: string | null | undefined; account_id?: string | null | undefined; helper_id?: string }): Promise<string> {
  const c = scope.company_id
  const find = () => sql<{ holder_id: string }>`select holder_id from doors.holder where company_id = ${c} and ${o.person_id ? sql`person_id = ${o.person_id}` : o.helper_id ? sql`helper_id = ${o.helper_id}` : sql`account_id = ${o.account_id!}`}`.execute(scope.db)
  const known = (await find()).rows[0]
  if (known) return known.holder_id
  await sql`insert into doors.holder (company_id, holder_id, person_id, account_id, helper_id, created_at) values (${c}, ${uuidv7()}, ${o.person_id ?? null}, ${o.account_id ?? null}, ${o.helper_id ?? null}, ${scope.now}) on conflict do nothing`.execute(scope.db)
  return (await find()).rows[0]!.holder_id
}
/** The holder there is, or null: for screens that only look. */
export async function holderIfAny(scope: Scope, o: { person_id?: string | undefined; account_id?: string | undefined }): Promise<string | null> {
  const { rows } = await sql<{ holder_id: string }>`select holder_id from doors.holder where company_id = ${scope.company_id} and ${o.person_id ? sql`person_id = ${o.person_id}` : sql`account_id = ${o.account_id ?? null}`}`.execute(scope.db)
  return rows[0]?.holder_id ?? null
}
/** Those whom a right may concern, so that a change of it reaches the controllers at once. */
export async function holdersOfRight(scope: Scope, r: { who: string; person_id: string | null; house_id: string | null; account_id: string | null }): Promise<string[] | undefined> {
  if (r.who === 'person') return [await holderOf(scope, { person_id: r.person_id })]
  if (r.who === 'staff') return [await holderOf(scope, { account_id: r.account_id })]
  return undefined
}
