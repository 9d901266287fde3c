// The front door of doors: answers, what controllers say, what the clock does, and what a fire may call.
import type { App, Module } from '../../../kernel/app.ts'
import { reportFireAct } from '../../iot/server/index.ts'
import { doors } from '../contract.ts'
import { words } from '../words.ts'
import { watchControllers } from './alarms.ts'
import { barAnswers } from './bar.ts'
import { boardAnswers } from './board.ts'
import { cardAnswers } from './cards.ts'
import { commandAnswers, releaseDoors } from './commands.ts'
import { expireFaces, faceAnswers } from './faces.ts'
import { forgetHelpers, helperAnswers } from './helpers.ts'
import { actOnRule, publishGroups, reportDoors } from './linkage.ts'
import { refreshLists } from './lists.ts'
import { followMerged } from './merged.ts'
import { mineAnswers } from './mine.ts'
import { passageAnswers } from './passages.ts'
import { forgetPassages, policyAnswers } from './policy.ts'
import { rightAnswers } from './rights.ts'
import { setupAnswers } from './setup.ts'

export { doorsOnPlan } from './on_plan.ts'
export { releaseDoors } from './commands.ts'
export { refreshLists } from './lists.ts'
export { publishGroups } from './linkage.ts'
export { lastPassages } from './passages.ts'
export { registerDoorRoutes, takeDoorFace, takeDoorPush } from './push.ts'

const MINUTE_S = 60
const LINKAGE_S = 15
export const doorsModule = (app: () => App): Module => ({
  name: 'doors',
  contract: doors,
  words,
  answers: [...setupAnswers, ...policyAnswers, ...rightAnswers, ...cardAnswers, ...commandAnswers, ...boardAnswers, ...passageAnswers, ...faceAnswers(app), ...barAnswers, ...helperAnswers, ...mineAnswers],
  listeners: [
    { name: 'doors.rule', event: 'iot.doors_wanted', run: actOnRule },
    { name: 'doors.merged', event: 'people.merged', run: (scope, p) => followMerged(scope, { keep_id: String(p['keep_id']), drop_id: String(p['drop_id']) }) },
    { name: 'doors.visit', event: 'access.visit_changed', run: async (scope) => void (await refreshLists(scope, { visits: true })) },
    // Built in and not to be edited away: where a fire is being fought, its exits are open.
    { name: 'doors.fire', event: 'emergency.started', run: async (scope, p) => { if (p['fire'] === true && p['live'] === true) await releaseDoors(scope, { community_id: String(p['community_id']), reason: `应急处置「${String(p['name'])}」${String(p['place'])}`, by_name: '消防联动' }) } },
    {
      name: 'doors.iot_fire', event: 'iot.fire_confirmed', run: async (scope, p) => {
        const { told, unreachable } = await releaseDoors(scope, { community_id: String(p['community_id']), reason: `火警确认:${String(p['why'])}`.slice(0, 200), by_name: '消防联动' })
        if (told.length + unreachable.length > 0) await reportFireAct(scope, String(p['fire_id']), 'doors', unreachable.length === 0, `门禁:已通知 ${told.length} 扇门常开${unreachable.length ? `;联系不上 ${unreachable.join('、')},请派人到现场` : ''}`)
      },
    },
  ],
  schedules: [
    // Who moved in or out, what began or ended today.
    { name: 'doors.refresh', every_s: MINUTE_S, of: 'company', run: async (w) => void (await w.tx(async (scope) => { await expireFaces(scope); await refreshLists(scope) })) },
    { name: 'doors.linkage', every_s: LINKAGE_S, of: 'company', run: (w) => w.tx(async (scope) => { await publishGroups(scope); await reportDoors(scope) }) },
    { name: 'doors.watch', every_s: MINUTE_S, of: 'company', run: (w) => w.tx(watchControllers) },
    { name: 'doors.forget', every_s: 3600, of: 'company', run: async (w) => { await w.tx(forgetPassages); await w.tx(forgetHelpers) } },
  ],
})
