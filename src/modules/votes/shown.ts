// How votes are said on every face.
import { words } from './words.ts'

export const said = (of: string, code: string): string => words.states?.[of]?.[code] ?? code
export const POLL_TONE = { draft: 'plain', announced: 'warn', open: 'busy', closed: 'warn', published: 'good', cancelled: 'plain' } as const
/** What somebody typed, as it is stored: 'A1B2-C3D4-…'. */
export const codeOf = (typed: string): string => typed.replace(/[^0-9a-z]/gi, '').toUpperCase().replace(/(.{4})(?=.)/g, '$1-')
