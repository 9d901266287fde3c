// Words of the module in Chinese.
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
export const TONES = { draft: 'plain', asked: 'warn', coming: 'busy', in_force: 'good', replaced: 'plain', withdrawn: 'bad' } as const
