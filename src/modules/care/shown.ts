// How complaints are said on every face: states, limits, steps.
import { instant } from '../../ui/format.ts'
import type { ComplaintRow, Step } from './contract.ts'
import { words } from './words.ts'

export const said = (of: string, code: string): string => words.states?.[of]?.[code] ?? code
/** '11-26 10:30' */
export const hour = (at: string): string => instant(at).slice(5)
/** '11-26 10:30 前' or how long it is over. */
export function dueText(o: Pick<ComplaintRow, 'due_at' | 'late'>, now: string): string {
  if (!o.due_at) return ''
  const minutes = Math.round(Math.abs(Date.parse(o.due_at) - Date.parse(now)) / 60_000)
  const span = minutes < 60 ? `${minutes} 分钟` : minutes < 48 * 60 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`
  return o.due_at < now ? `超时 ${span}` : `${hour(o.due_at)} 前`
}
/** '分派 → 工程部 李师傅' */
export const stepText = (s: Step): string => `${said('action', s.action)}${s.to_name ? ` → ${s.to_name}` : ''}`
export const TONE = { new: 'warn', assigned: 'warn', handling: 'busy', answered: 'good', closed: 'good', merged: 'plain', withdrawn: 'plain', rejected: 'plain' } as const
export const SCORES = [5, 4, 3, 2, 1].map((n) => ({ value: n as unknown as string, label: `${n} 分 ${['很不满意', '不满意', '一般', '满意', '非常满意'][n - 1]}` }))
export { percent } from '../../ui/format.ts'
export const APPLICATION_TONE = { deciding: 'warn', approved: 'good', rejected: 'bad', cancelled: 'plain', used: 'good', done: 'good', expired: 'plain' } as const
export const SURVEY_TONE = { draft: 'plain', open: 'busy', closed: 'good' } as const
