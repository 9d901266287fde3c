// The address of a controller holds its secret, which comes from the installation's key and the controller's number, so that it can be shown again and is kept nowhere.
// From the same secret the controller checks the codes of the residents' phones, without asking anybody (codes.ts).
import { timingSafeEqual } from 'node:crypto'
import { blindIndex } from '../../../kernel/seal.ts'

const SECRET_LENGTH = 32
export const secretOf = (company_id: number, controller_id: string, secret_no: number): string => blindIndex(`doors.controller:${company_id}:${controller_id}:${secret_no}`).slice(0, SECRET_LENGTH)
export const controllerPath = (company_id: number, controller_id: string, secret_no: number): string => `/gate/door/${company_id}.${controller_id}.${secretOf(company_id, controller_id, secret_no)}`

const REF = /^([1-9]\d{0,14})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([\w-]{32})$/
export interface Ref {
  company_id: number
  controller_id: string
  secret: string
}
export function readRef(ref: string): Ref | null {
  const [, company, controller_id, secret] = REF.exec(ref) ?? []
  return company && controller_id && secret ? { company_id: Number.parseInt(company, 10), controller_id, secret } : null
}
export function sameSecret(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
