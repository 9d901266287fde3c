// The front door of rounds: answers, and what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { rounds } from '../contract.ts'
import { words } from '../words.ts'
import { actionAnswers } from './actions.ts'
import { task } from './detail.ts'
import { findingAnswers, orderEnded } from './findings.ts'
import { listAnswers } from './list.ts'
import { logAnswers } from './log.ts'
import { orderStatsAnswers } from './order_stats.ts'
import { photo } from './photos.ts'
import { planAnswers } from './plans.ts'
import { pointAnswers } from './points.ts'
import { findingPhoto, publicOrderAnswers } from './public_order.ts'
import { saveRecord } from './record.ts'
import { setAnswers } from './sets.ts'
import { setupAnswers } from './setup.ts'
import { myRounds } from './shift.ts'
import { statsAnswers } from './stats.ts'
import { subjectAnswers } from './subjects.ts'
import { forgetPositions, planAhead, sweep } from './sweep.ts'
import { upkeepAnswers } from './upkeep.ts'
import { weatherAnswers } from './weather.ts'
import { workAnswers } from './work.ts'

export { writeShipped as writeRoundKinds } from './config.ts'
export { taskToRead } from './access.ts'
export { crewOf, joinCrew, startLog, stopLog } from './for_duty.ts'
export { facts as taskFacts } from './facts.ts'
export { findingFacts } from './finding_facts.ts'
export { findingConditions } from './findings.ts'
export { logOf, titleOf } from './log.ts'
export { ruleText } from '../shown.ts'
export { roundTemplates } from './templates.ts'

export const roundsModule = (app: () => App): Module => ({
  name: 'rounds',
  contract: rounds,
  words,
  answers: [...setupAnswers, ...pointAnswers, ...planAnswers, ...weatherAnswers, myRounds, saveRecord, ...listAnswers, task, photo(app), ...actionAnswers, ...statsAnswers, ...setAnswers, ...findingAnswers, ...subjectAnswers, ...publicOrderAnswers, findingPhoto(app), ...orderStatsAnswers, ...workAnswers, ...logAnswers, ...upkeepAnswers],
  listeners: [orderEnded],
  schedules: [
    { name: 'rounds.sweep', every_s: 60, of: 'company', run: async (w) => void (await w.tx(sweep)) },
    { name: 'rounds.plan', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(planAhead)) },
    { name: 'rounds.forget', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(forgetPositions)) },
  ],
})
