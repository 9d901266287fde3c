// How incidents are said on every face.
import { instant } from '../../ui/format.ts'
import { words } from './words.ts'

export const said = (of: string, code: string): string => words.states?.[of]?.[code] ?? code
/** '11-26 10:30' */
export const hour = (at: string): string => instant(at).slice(5)
export const TONE = { reported: 'warn', handling: 'busy', review: 'busy', closed: 'good', void: 'plain' } as const
export const LEVEL_TONE = { minor: 'plain', general: 'warn', larger: 'bad', major: 'bad', extreme: 'bad' } as const
export const SIGN_TONE = { good: 'good', damaged: 'bad', missing: 'bad', removed: 'plain' } as const
/** '还有 25 分钟' or '超时 3 小时' */
export function leftText(due_at: string, now: string): string {
  const minutes = Math.round(Math.abs(Date.parse(due_at) - Date.parse(now)) / 60_000)
  const span = minutes < 60 ? `${minutes} 分钟` : minutes < 48 * 60 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`
  return due_at < now ? `超时 ${span}` : `还有 ${span}`
}
export { percent } from '../../ui/format.ts'
