// Which version of a document is worked on, which was approved last, and whether an approval is under way.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export interface Open {
  version_id: string
  version_no: number
  title: string
  state: 'draft' | 'asked'
  from_on: string
  change_note: string
}
export async function openOf(scope: Scope, doc_id: string): Promise<Open | undefined> {
  const { rows } = await sql<Open>`select version_id, version_no, title, state, from_on, change_note from office.rule_version where company_id = ${scope.company_id} and doc_id = ${doc_id} and state <> 'agreed' for update`.execute(scope.db)
  return rows[0]
}
export interface Agreed { version_id: string; version_no: number; title: string; from_on: string }
/** The newest that was approved. */
export async function lastOf(scope: Scope, doc_id: string): Promise<Agreed | undefined> {
  const { rows } = await sql<Agreed>`select version_id, version_no, title, from_on from office.rule_version where company_id = ${scope.company_id} and doc_id = ${doc_id} and state = 'agreed' order by version_no desc limit 1`.execute(scope.db)
  return rows[0]
}
export async function approvalOpen(scope: Scope, doc_id: string): Promise<string | null> {
  const { rows } = await sql<{ approval_id: string }>`select approval_id from system.approval where company_id = ${scope.company_id} and kind = 'office.rule' and subject_id = ${doc_id} and state = 'asked'`.execute(scope.db)
  return rows[0]?.approval_id ?? null
}
