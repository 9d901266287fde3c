// The pass code is six digits, drawn until nobody living has it; the shareable page's secret comes from the installation's key and is kept nowhere.
import { randomInt, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { blindIndex } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'

const DRAWS_MAX = 50
/** A uuid of 16 bytes as base64url. */
const ID_LENGTH = 22
const SECRET_LENGTH = 16

export function tokenOf(company_id: number, visit_id: string): string {
  return `${company_id}.${Buffer.from(visit_id.replaceAll('-', ''), 'hex').toString('base64url')}${blindIndex(`access.visit:${company_id}:${visit_id}`).slice(0, SECRET_LENGTH)}`
}
export function readToken(token: string): { company_id: number; visit_id: string } | null {
  const [company, rest] = token.split('.') as [string, string]
  const hex = Buffer.from(rest.slice(0, ID_LENGTH), 'base64url').toString('hex')
  if (hex.length !== 32) return null
  const visit_id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  const company_id = Number.parseInt(company, 10)
  const [a, b] = [Buffer.from(token), Buffer.from(tokenOf(company_id, visit_id))]
  return a.length === b.length && timingSafeEqual(a, b) ? { company_id, visit_id } : null
}
export async function drawCode(scope: Scope): Promise<string> {
  const codes = Array.from({ length: DRAWS_MAX }, () => String(randomInt(1_000_000)).padStart(6, '0'))
  const { rows } = await sql<{ code: string }>`select code from access.visit where company_id = ${scope.company_id} and code = any(${codes}::text[]) and state in ('waiting', 'arrived')`.execute(scope.db)
  const taken = new Set(rows.map((r) => r.code))
  const free = codes.find((x) => !taken.has(x))
  if (!free) throw scope.refuse('kernel.busy')
  return free
}
