// Words of states where no screen is: Excel, paper, notes.
import { words } from './words.ts'

export const shown = (of: string, value: string): string => words.states?.[of]?.[value] ?? value
export const percentOf = (bp: number | null): string => (bp === null ? '—' : `${Math.floor(bp / 100)}.${String(bp % 100).padStart(2, '0')}%`.replace(/\.00%$/, '%'))
