// The front door of safety: answers, and what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { safety } from '../contract.ts'
import { words } from '../words.ts'
import { actionAnswers } from './actions.ts'
import { photoAnswer } from './act.ts'
import { setupAnswers } from './config.ts'
import { createAnswers } from './create.ts'
import { detailAnswers } from './detail.ts'
import { listAnswers } from './list.ts'
import { overviewAnswers } from './overview.ts'
import { remind } from './remind.ts'
import { signAnswers } from './signs.ts'
import { statsAnswers } from './stats.ts'

export { facts as incidentFacts } from './facts.ts'
export { signsOnPlan } from './on_plan.ts'
export { safetyTemplates } from './tell.ts'
export const safetyModule = (app: () => App): Module => ({
  name: 'safety',
  contract: safety,
  words,
  answers: [...setupAnswers, ...listAnswers, ...detailAnswers, photoAnswer(app), ...createAnswers, ...actionAnswers, ...statsAnswers, ...overviewAnswers, ...signAnswers(app)],
  schedules: [{ name: 'safety.remind', every_s: 60, of: 'company', run: async (w) => void (await w.tx(remind)) }],
})
