import type { App, Module } from '../../../kernel/app.ts'
import { meters } from '../contract.ts'
import { words } from '../words.ts'
import { balanceAnswers } from './balance.ts'
import { checkRuleAnswers } from './check_rules.ts'
import { correctAnswers } from './correct.ts'
import { deviceAnswers } from './devices.ts'
import { estimateAnswers } from './estimate.ts'
import { historyAnswers } from './history.ts'
import { photoAnswers } from './photos.ts'
import { recordAnswers } from './record.ts'
import { replaceAnswers } from './replace.ts'
import { roundAnswers } from './rounds.ts'
import { groupAnswers } from './shares/groups.ts'
import { splitAnswers } from './shares/splits.ts'

export { closePeriod, releaseReadings } from './closing.ts'
export { createMeters, type MeterIn } from './devices.ts'
export { howColumn } from './how.ts'
export type { ReadingIn } from './facts.ts'
export { endOf, markPublished, markVoid, splitStillHolds, splitToChange, splitToSee, type SplitToPublish } from './shares/for_billing.ts'
export { READINGS_MAX, checkReadings, recordReadings, type ReadingProblem, type Recorded } from './record.ts'

export const metersModule = (app: () => App): Module => ({
  name: 'meters',
  contract: meters,
  words,
  answers: [...deviceAnswers, ...replaceAnswers, ...roundAnswers, ...recordAnswers, ...estimateAnswers, ...correctAnswers, ...historyAnswers(app), ...photoAnswers(app), ...checkRuleAnswers, ...balanceAnswers, ...groupAnswers, ...splitAnswers],
})
