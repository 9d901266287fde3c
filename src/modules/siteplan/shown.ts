import type { Pin } from './contract.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
/** What a pin says in words: an alarm before the state. */
export const stateText = (p: Pick<Pin, 'state' | 'alarm'>): string => (p.alarm ? `报警:${p.alarm.title}` : said('now', p.state))
export const pinName = (p: Pick<Pin, 'no' | 'name' | 'mark'>): string => (p.mark ? p.name || said('mark', p.mark) : [p.no, p.name].filter(Boolean).join(' '))
