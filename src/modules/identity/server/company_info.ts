// What the company says about itself: on receipts, notices and in the top bar.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { identity } from '../contract.ts'
import { wholeCompany } from './access.ts'

const own = (scope: Scope) => scope.db.selectFrom('identity.company').select(['name', 'short_name', 'credit_code', 'phone']).where('company_id', '=', scope.company_id)

export const companyInfo = answer(identity.companyInfo, async (scope) => {
  wholeCompany(scope)
  return own(scope).executeTakeFirstOrThrow()
})

export const saveCompany = answer(identity.saveCompany, async (scope, { name, short_name, credit_code, phone }) => {
  wholeCompany(scope)
  const before = await own(scope).forUpdate().executeTakeFirstOrThrow()
  // Names of companies are one list for the installation; two at once are told apart by its unique key, here by the look beforehand.
  const taken = await sql`select from identity.company where name = ${name} and company_id <> ${scope.company_id}`.execute(scope.db)
  if (taken.rows.length > 0) throw scope.refuse('identity.company_name_taken', { name })
  const after = { name, short_name, credit_code: credit_code ?? null, phone: phone ?? null }
  await scope.db.updateTable('identity.company').set(after).where('company_id', '=', scope.company_id).execute()
  scope.note('company', String(scope.company_id), { before, after })
  return { done: true as const }
})
