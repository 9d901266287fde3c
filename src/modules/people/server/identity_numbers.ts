// Identity numbers are sealed at rest; equality is found by a keyed hash, and only the tail is ever shown in lists.
import { blindIndex, openText, sealText } from '../../../kernel/seal.ts'
import { toIdNumber } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { tailOf } from './rules/texts.ts'

export interface SealedId {
  id_kind: string | null
  id_number_sealed: string | null
  id_number_hash: string | null
  id_number_tail: string | null
}
export const NO_ID: SealedId = { id_kind: null, id_number_sealed: null, id_number_hash: null, id_number_tail: null }

/** Upper case without blanks; a citizen's number must have its right check digit. */
export function cleanIdNumber(number: string, kind: string | null | undefined): { ok: true; kind: string; number: string } | { ok: false; reason: string } {
  const bare = number.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
  const card = kind === 'id_card' || (!kind && /^(\d{15}|\d{17}[\dX])$/.test(bare))
  if (!card) return { ok: true, kind: kind ?? 'other', number: bare }
  const clean = toIdNumber(bare)
  return clean.ok ? { ok: true, kind: 'id_card', number: clean.value } : { ok: false, reason: clean.reason_zh }
}
export const sealId = (kind: string, number: string): SealedId => ({ id_kind: kind, id_number_sealed: sealText(number), id_number_hash: blindIndex(number), id_number_tail: tailOf(number) })
export const openId = (sealed: string | null): string | null => (sealed === null ? null : openText(sealed))

export function sealedOf(scope: Scope, number: string | null | undefined, kind: string | null | undefined): SealedId {
  if (!number) return NO_ID
  const c = cleanIdNumber(number, kind)
  if (!c.ok) throw scope.refuse('people.bad_id_number', { reason: c.reason })
  return sealId(c.kind, c.number)
}
