// How attendance is said on screens, in sheets and on paper.
import type { DayResult } from './contract.ts'
import { words } from './words.ts'

export const said = (of: string, code: string | null | undefined): string => (code === null || code === undefined ? '' : (words.states?.[of]?.[code] ?? code))
export const VERSION_TONES = { now: 'good', future: 'busy', past: 'plain' } as const
export const FIX_TONES = { asked: 'warn', agreed: 'good', refused: 'bad', withdrawn: 'plain' } as const
export const MONTH_TONES = { open: 'busy', issued: 'warn', closed: 'good' } as const
export const CONFIRM_TONES = { none: 'plain', confirmed: 'good', objected: 'bad', changed: 'warn' } as const
export const PLACE_TONES = { in: 'good', out: 'bad', unknown: 'warn', free: 'plain', door: 'busy' } as const
/** 475 → 7:55. */
export const hm = (minutes: number): string => `${minutes < 0 ? '-' : ''}${Math.floor(Math.abs(minutes) / 60)}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`
export const halves = (n: number): string => (n === 0 ? '0' : `${n / 2}`)
const LETTERS: Record<DayResult['tags'][number], string> = { normal: '√', late: '迟', early: '早', absent: '旷', missing: '缺', leave: '假', overtime: '加', rest: '休', holiday: '节', away: '外', unset: '—', planned: '·', off_books: '' }
/** One or two signs in a cell of the month sheet. */
export const letters = (d: Pick<DayResult, 'tags'>): string => d.tags.map((t) => LETTERS[t]).join('')
const BAD: readonly string[] = ['late', 'early', 'absent', 'missing', 'away']
export const toneOf = (d: Pick<DayResult, 'tags'>): 'bad' | 'leave' | 'rest' | 'plain' => (d.tags.some((t) => BAD.includes(t)) ? 'bad' : d.tags.includes('leave') ? 'leave' : d.tags.some((t) => t === 'rest' || t === 'holiday' || t === 'planned' || t === 'unset' || t === 'off_books') ? 'rest' : 'plain')
export const LEGEND = '√ 正常  迟 迟到  早 早退  旷 旷工  缺 缺卡  假 请假  加 加班  休 休息  节 节假日  外 范围外打卡  — 未排班  · 未到'
export const shiftText = (s: { name: string; from_time: string; to_time: string }): string => `${s.name} ${s.from_time}–${s.to_time <= s.from_time ? '次日 ' : ''}${s.to_time}`
