import { words } from './words.ts'

export const said = (of: keyof NonNullable<typeof words.states>, code: string): string => words.states?.[of]?.[code] ?? code
export const TONE = { in_use: 'good', stopped: 'plain', repair: 'warn', scrapped: 'plain' } as const
