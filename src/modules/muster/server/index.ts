// The front door of muster: answers, what beacons say, what an emergency and a fire open, what the clock refreshes and forgets.
import type { Module } from '../../../kernel/app.ts'
import { muster } from '../contract.ts'
import { words } from '../words.ts'
import { openRoll, refreshOpen } from './gather.ts'
import { paperAnswers } from './papers.ts'
import { rollAnswers } from './rolls.ts'
import { forget, ruleAnswers } from './rule.ts'
import { setupAnswers } from './setup.ts'

export { pointsOnPlan } from './on_plan.ts'
export { registerBeaconRoutes, takeBeaconPush } from './push.ts'

export const musterModule = (): Module => ({
  name: 'muster',
  contract: muster,
  words,
  answers: [...rollAnswers, ...paperAnswers, ...setupAnswers, ...ruleAnswers],
  listeners: [
    { name: 'muster.emergency', event: 'emergency.started', run: async (scope, p) => { if (p['live'] === true) await openRoll(scope, { community_id: String(p['community_id']), cause: p['fire'] === true ? 'fire' : 'emergency', subject_id: null, title: `${String(p['name'])} ${String(p['place'])}`, by_name: '应急启动' }) } },
    { name: 'muster.fire', event: 'iot.fire_confirmed', run: async (scope, p) => void (await openRoll(scope, { community_id: String(p['community_id']), cause: 'fire', subject_id: String(p['fire_id']), title: `火警确认:${String(p['why'])}`, by_name: '火警联动' })) },
  ],
  schedules: [
    { name: 'muster.live', every_s: 60, of: 'company', run: async (w) => w.tx(refreshOpen) },
    { name: 'muster.forget', every_s: 3600, of: 'company', run: async (w) => w.tx(forget) },
  ],
})
