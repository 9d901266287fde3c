// The resident's code, as docs/doors.md says it: his number and the time window, with a short proof for each controller he may pass, from the secret that this controller
// shares with us. Controllers check it without asking anybody; one that is stolen can make codes for itself alone. Nothing is stored.
import { createHmac } from 'node:crypto'
import { secretOf } from './address.ts'

const MAC_BYTES = 6
export const windowOf = (ms: number, step_s: number): number => Math.floor(ms / 1000 / step_s)
export function codeText(o: { company_id: number; user_no: number; window: number; controllers: readonly { controller_id: string; secret_no: number }[] }): string {
  const macs = o.controllers.map((k) => createHmac('sha256', secretOf(o.company_id, k.controller_id, k.secret_no)).update(`${o.user_no}.${o.window}`).digest().subarray(0, MAC_BYTES))
  return `HYQ1.${o.user_no.toString(36)}.${o.window.toString(36)}.${Buffer.concat(macs).toString('base64url')}`
}
