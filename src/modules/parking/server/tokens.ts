// Names of one row that whoever holds them may use: a ticket, the sign of a lane, a shop's pack. <company>.<id in base64url><16 of a secret>; the secret comes
// from the installation's key and is kept nowhere.
import { timingSafeEqual } from 'node:crypto'
import { blindIndex } from '../../../kernel/seal.ts'

export type TokenKind = 'pack' | 'lane' | 'ticket'
const ID_LENGTH = 22
const SECRET_LENGTH = 16
export interface TokenOf {
  company_id: number
  id: string
}
export function tokenOf(kind: TokenKind, { company_id, id }: TokenOf): string {
  return `${company_id}.${Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')}${blindIndex(`parking.${kind}:${company_id}:${id}`).slice(0, SECRET_LENGTH)}`
}
export function readToken(kind: TokenKind, token: string): TokenOf | null {
  const [company = '', rest = ''] = token.split('.')
  const hex = Buffer.from(rest.slice(0, ID_LENGTH), 'base64url').toString('hex')
  if (!/^[1-9]\d{0,14}$/.test(company) || hex.length !== 32) return null
  const of = { company_id: Number.parseInt(company, 10), id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` }
  const [a, b] = [Buffer.from(token), Buffer.from(tokenOf(kind, of))]
  return a.length === b.length && timingSafeEqual(a, b) ? of : null
}
