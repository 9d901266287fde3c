// How orders are said on every face: states, limits, steps.
import { instant } from '../../ui/format.ts'
import type { OrderRow, Step } from './contract.ts'
import { words } from './words.ts'

export const said = (of: 'state' | 'resident_state' | 'action' | 'source' | 'place' | 'unit' | 'clock' | 'cause' | 'service_kind', code: string): string => words.states?.[of]?.[code] ?? code
/** '11-26 10:30' */
export const hour = (at: string): string => instant(at).slice(5)
/** '时限 11-26 10:30' or how long it is over. */
export function dueText(o: Pick<OrderRow, 'due_at' | 'late'>, now: string): string {
  if (!o.due_at) return ''
  const minutes = Math.round(Math.abs(Date.parse(o.due_at) - Date.parse(now)) / 60_000)
  const span = minutes < 60 ? `${minutes} 分钟` : minutes < 48 * 60 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`
  return o.late ? `超时 ${span}` : `${hour(o.due_at)} 前`
}
/** '派单 → 李师傅' */
export const stepText = (s: Step): string => `${said('action', s.action)}${s.to_name ? ` → ${s.to_name}` : ''}`
export const TONE = { waiting: 'warn', assigned: 'warn', accepted: 'busy', working: 'busy', suspended: 'plain', finished: 'good', closed: 'good', cancelled: 'plain', declined: 'plain' } as const
