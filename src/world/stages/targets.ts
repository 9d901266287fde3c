// What the company aims at this month, for the board: a few reached, a few not.
import { analytics } from '../../modules/analytics/contract.ts'
import { at } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

const AIMS = [
  ['fee_rate', 9500, 8500], ['old_rate', 5000, 3000], ['order_respond', 9500, 8000], ['order_in_time', 9500, 8500], ['order_satisfied', 9000, 7500], ['complaint_in_time', 10_000, 9000],
  ['round_done', 9800, 9000], ['round_in_time', 9500, 8500], ['finding_in_time', 9000, 8000], ['alarm_disposed', 9500, 8000], ['equipment_ok', 9800, 9500], ['certified', 10_000, 9000], ['incident_count', 2, 5],
] as const
export async function setTargets(t: Town): Promise<void> {
  const boss = must(t, 'anju')
  const { today } = t.calendar
  await at(instantAt(t.calendar, today, '08:30:00'), async () => {
    for (const [code, goal, warn] of AIMS) await t.road.call(boss, ['target', code], analytics.saveTarget, { code, from_month: today.slice(0, 7), goal, warn, community_id: null, reason: '公司年度经营目标责任书' })
  })
}
