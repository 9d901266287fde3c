import type { WaterItem } from './contract_certs.ts'
import { words } from './words.ts'

export const said = (of: keyof NonNullable<typeof words.states>, code: string): string => words.states?.[of]?.[code] ?? code
export const LIGHT_TONE = { missing: 'warn', expired: 'bad', near: 'warn', soon: 'busy', good: 'good' } as const
export const TONE = { in_use: 'good', stopped: 'plain', repair: 'warn', scrapped: 'plain' } as const
export const limitText = (i: Pick<WaterItem, 'low' | 'high' | 'unit' | 'words'>): string => i.words ?? `${i.low !== null && i.high !== null ? `${i.low}–${i.high}` : i.low !== null ? `≥${i.low}` : `≤${i.high}`}${i.unit ? ` ${i.unit}` : ''}`
