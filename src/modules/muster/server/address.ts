// The address of a beacon gateway holds its secret, made from the installation's key: it can be shown again and is kept nowhere.
import { timingSafeEqual } from 'node:crypto'
import { blindIndex } from '../../../kernel/seal.ts'

const SECRET_LENGTH = 32
export const secretOf = (company_id: number, gateway_id: string, secret_no: number): string => blindIndex(`muster.gateway:${company_id}:${gateway_id}:${secret_no}`).slice(0, SECRET_LENGTH)
export const gatewayPath = (company_id: number, gateway_id: string, secret_no: number): string => `/gate/beacon/${company_id}.${gateway_id}.${secretOf(company_id, gateway_id, secret_no)}`
const REF = /^([1-9]\d{0,14})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([\w-]{32})$/
export function readRef(ref: string): { company_id: number; gateway_id: string; secret: string } | null {
  const [, company, gateway_id, secret] = REF.exec(ref) ?? []
  return company && gateway_id && secret ? { company_id: Number.parseInt(company, 10), gateway_id, secret } : null
}
export function sameSecret(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
