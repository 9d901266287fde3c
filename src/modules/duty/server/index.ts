// The front door of duty rooms: answers, and what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { duty } from '../contract.ts'
import { words } from '../words.ts'
import { boardAnswers } from './board.ts'
import { tellDuty } from './clock.ts'
import { handoverAnswersOf } from './handover.ts'
import { listAnswers } from './list.ts'
import { myDuty } from './mine.ts'
import { roomAnswers } from './rooms.ts'
import { rosterAnswers } from './roster.ts'

export { dutyTemplates } from './templates.ts'

export const dutyModule = (app: () => App): Module => ({
  name: 'duty',
  contract: duty,
  words,
  answers: [...roomAnswers, ...rosterAnswers, myDuty, ...handoverAnswersOf(app), ...listAnswers, ...boardAnswers],
  schedules: [{ name: 'duty.tell', every_s: 60, of: 'company', run: async (w) => void (await w.tx(tellDuty)) }],
})
