// Words of video in Chinese.
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
/** Near the picture there is little room: what is before the colon. */
export const saidShort = (fault: string | null | undefined): string => said('fault', fault).split(':')[0]!
