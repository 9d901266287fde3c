// The receipt code binds what was chosen: whoever has the random part can work it out again from the published choices (docs/adr/0562).
import { createHash, randomBytes } from 'node:crypto'
import type { Choice } from '../../contract.ts'

const CODE_LENGTH = 20
export const newSalt = (): string => randomBytes(16).toString('hex')
export type Chosen = Readonly<Record<string, Choice>>
/** '1=agree;2=oppose' by number of the motion. */
export const chosenText = (chosen: Chosen): string => Object.entries(chosen).toSorted(([a], [b]) => Number(a) - Number(b)).map(([no, choice]) => `${no}=${choice}`).join(';')
export const receiptText = (b: { poll_id: string; ballot_id: string; area_m2: string; chosen: Chosen; salt: string }): string => ['heyuan-vote-1', b.poll_id, b.ballot_id, b.area_m2, chosenText(b.chosen), b.salt].join('|')
export const receiptCode = (b: Parameters<typeof receiptText>[0]): string => createHash('sha256').update(receiptText(b)).digest('hex').slice(0, CODE_LENGTH).toUpperCase().replace(/(.{4})(?=.)/g, '$1-')
/** Of the whole published list: one figure that a notice on paper can carry. */
export const listHash = (rows: readonly { receipt_code: string; area_m2: string; choices: Chosen }[]): string =>
  createHash('sha256').update(rows.map((r) => `${r.receipt_code}|${r.area_m2}|${chosenText(r.choices)}`).toSorted().join('\n')).digest('hex')
