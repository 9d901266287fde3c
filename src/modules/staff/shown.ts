// How staff is said on screens and in sheets.
import { words } from './words.ts'

export const said = (of: string, code: string | null | undefined): string => (code === null || code === undefined ? '' : (words.states?.[of]?.[code] ?? code))
export const STATE_TONES = { coming: 'busy', probation: 'warn', regular: 'good', leaving: 'warn', left: 'plain' } as const
export const LIGHT_TONES = { expired: 'bad', missing: 'bad', soon: 'warn', good: 'good' } as const
export const VERSION_TONES = { now: 'good', future: 'busy', past: 'plain' } as const
/** 92.50% of hundredths of a percent; a dash where nobody needs one. */
export const rateText = (bp: number | null): string => (bp === null ? '—' : `${bp % 100 === 0 ? bp / 100 : (bp / 100).toFixed(1)}%`)
export const leftText = (days: number | null): string => (days === null ? '长期' : days < 0 ? `已过 ${-days} 天` : days === 0 ? '今天到期' : `还有 ${days} 天`)
export const ABSENCE_TONES = { asked: 'warn', agreed: 'good', refused: 'bad', withdrawn: 'plain', cancelled: 'plain' } as const
/** 1.5 天 of leave, 120 分钟 of overtime. */
export const lengthText = (r: { half_days: number | null; minutes: number | null }): string => (r.half_days === null ? `${r.minutes ?? 0} 分钟` : `${r.half_days / 2} 天`)
/** An end at midnight is the end of the day before: 2026-11-30 24:00, as a timetable says it. `text` is '2026-12-01 00:00' in the community's time. */
export const endText = (text: string): string => (text.endsWith(' 00:00') ? `${new Date(Date.parse(text.slice(0, 10)) - 86_400_000).toISOString().slice(0, 10)} 24:00` : text)
