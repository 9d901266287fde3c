import type { Module } from '../../../kernel/app.ts'
import { meters } from '../contract.ts'
import { words } from '../words.ts'
import { deviceAnswers } from './devices.ts'
import { recordAnswers } from './record.ts'
import { roundAnswers } from './rounds.ts'

export { closePeriod, releaseReadings } from './closing.ts'
export { createMeters, type MeterIn } from './devices.ts'
export { READINGS_MAX, checkReadings, recordReadings, type ReadingIn, type ReadingProblem, type Recorded } from './record.ts'

export const metersModule = (): Module => ({ name: 'meters', contract: meters, words, answers: [...deviceAnswers, ...roundAnswers, ...recordAnswers] })
