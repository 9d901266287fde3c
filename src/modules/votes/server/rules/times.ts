// Days as the law counts them: the first day is not counted (民法典 201), so that a notice of 15 days on the 1st has run on the 16th, and the vote may begin on the 17th.
import { addDays, dayOf, daysBetween } from '../../../../kernel/clock.ts'
import type { Rule } from '../../contract.ts'

export const noticeDays = (r: Pick<Rule, 'notice_days' | 'notice_days_extra'>, kind: string): number => (kind === 'extra' ? r.notice_days_extra : r.notice_days)
export const earliestOpen = (announced_on: string, days: number): string => addDays(announced_on, days === 0 ? 0 : days + 1)
export const lengthDays = (opens_at: string, closes_at: string): number => daysBetween(dayOf(opens_at), dayOf(closes_at))
export const publishBy = (closed_at: string, r: Pick<Rule, 'publish_days'>): string => addDays(dayOf(closed_at), r.publish_days)
