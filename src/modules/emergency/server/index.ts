// The front door of emergencies: answers, and what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { emergency } from '../contract.ts'
import { words } from '../words.ts'
import { tellLate } from './clock.ts'
import { drillAnswersOf } from './drills.ts'
import { incidentAnswers } from './incidents.ts'
import { paperAnswers } from './papers.ts'
import { planAnswers } from './plans.ts'
import { taskAnswers } from './tasks.ts'

export { emergencyTemplates } from './templates.ts'

export const emergencyModule = (app: () => App): Module => ({
  name: 'emergency',
  contract: emergency,
  words,
  answers: [...planAnswers, ...drillAnswersOf(app), ...taskAnswers, ...incidentAnswers, ...paperAnswers],
  schedules: [{ name: 'emergency.tell', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(tellLate)) }],
})
