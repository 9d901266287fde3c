// How states are said on every face and in exports.
import { words } from './words.ts'

export const said = (of: keyof NonNullable<typeof words.states>, code: string): string => words.states?.[of]?.[code] ?? code
export const HOUR_TONE = { in_time: 'good', caught_up: 'warn', missed: 'bad', owing: 'bad', now: 'busy', let_off: 'plain' } as const
export const HANDOVER_TONE = { offered: 'busy', taken: 'good', declined: 'bad', withdrawn: 'plain' } as const
