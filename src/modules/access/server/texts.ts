// What visitors say of themselves, in one spelling: plates, identity numbers of which only head and tail stay, and states in words.
import { blindIndex } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { cleanIdNumber, normalisePlate } from '../../people/server/index.ts'
import { words } from '../words.ts'

export function plateOf(scope: Scope, text: string | null | undefined): string | null {
  if (!text) return null
  const p = normalisePlate(text, 'small') ?? normalisePlate(text, 'new_energy')
  if (p === null) throw scope.refuse('access.bad_plate', { plate: text })
  return p
}
const HEAD = 3
const TAIL = 4
/** 610***********1234: the guard looked at the paper; the number itself is not kept (个人信息保护法 6: no more than the purpose needs). */
export function idOf(scope: Scope, number: string | null | undefined): { id_masked: string | null; id_index: string | null } {
  if (!number) return { id_masked: null, id_index: null }
  const clean = cleanIdNumber(number, null)
  if (!clean.ok) throw scope.refuse('access.bad_id_number', { reason: clean.reason })
  const n = clean.number
  const hidden = Math.max(0, n.length - HEAD - TAIL)
  return { id_masked: hidden === 0 ? `${'*'.repeat(n.length - TAIL)}${n.slice(-TAIL)}` : `${n.slice(0, HEAD)}${'*'.repeat(hidden)}${n.slice(-TAIL)}`, id_index: blindIndex(`access.id:${scope.company_id}:${n}`) }
}
export const stateWord = (state: string): string => words.states!['visit']![state] ?? state
