// What every change of a contract writes: the state, the history, the audit. Numbers people see: HT2026-000001, a row of contracts.series a year, drawn last.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { STATES } from '../contract.ts'
import { said } from '../shown.ts'
import type { ContractKey } from './access.ts'

export type State = (typeof STATES)[number]
export async function drawNo(scope: Scope): Promise<string> {
  const year = scope.today.slice(0, 4)
  const { rows } = await sql<{ last_no: number }>`insert into contracts.series (company_id, series, last_no) values (${scope.company_id}, ${`HT-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `HT${year}-${String(rows[0]!.last_no).padStart(6, '0')}`
}
export async function addStep(scope: Scope, contract_id: string, kind: string, text: string): Promise<void> {
  await scope.db.insertInto('contracts.step').values({ company_id: scope.company_id, step_id: uuidv7(), contract_id, kind, text, by_name: scope.who.name, at: scope.now }).execute()
}
export function mustBe(scope: Scope, t: ContractKey, ...states: State[]): void {
  if (!states.includes(t.state)) throw scope.refuse('contracts.wrong_state', { no: t.no, state: said('contract', t.state) })
}
interface More { signed_on?: string; ended_on?: string; end_reason?: string; approval_id?: string | null }
export async function setState(scope: Scope, t: ContractKey, state: State, step: string, text: string, more: More = {}): Promise<{ contract_id: string; state: State }> {
  await scope.db.updateTable('contracts.contract').set({ state, changed_at: scope.now, ...more }).where('company_id', '=', scope.company_id).where('contract_id', '=', t.contract_id).execute()
  await addStep(scope, t.contract_id, step, text)
  scope.note('contract', t.contract_id, { no: t.no, title: t.title, before: t.state, after: state, ...(text ? { text } : {}) })
  return { contract_id: t.contract_id, state }
}
