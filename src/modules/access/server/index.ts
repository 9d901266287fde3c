// The front door of access: answers, what lanes and doors ask, what the clock deletes.
import type { App, Module } from '../../../kernel/app.ts'
import { access } from '../contract.ts'
import { words } from '../words.ts'
import { barredAnswers } from './barred.ts'
import { deskAnswers } from './desk.ts'
import { mineAnswers } from './mine.ts'
import { followMerged, forgetVisits } from './outside.ts'
import { policyAnswers } from './policy.ts'

export { barredNow } from './barred.ts'
export { visitByPlate, visitorCame, visitorLeft } from './outside.ts'

export const accessModule = (app: () => App): Module => ({
  name: 'access',
  contract: access,
  words,
  answers: [...policyAnswers, ...deskAnswers, ...mineAnswers(app), ...barredAnswers],
  listeners: [{ name: 'access.merged', event: 'people.merged', run: (scope, p) => followMerged(scope, String(p['keep_id']), String(p['drop_id'])) }],
  schedules: [{ name: 'access.forget', every_s: 3600, of: 'company', run: async (w) => w.tx(forgetVisits) }],
})
