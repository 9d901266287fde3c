// The front door of settlements.
import type { App, Module } from '../../../kernel/app.ts'
import { handover } from '../contract.ts'
import { words } from '../words.ts'
import { completeAnswers } from './complete.ts'
import { paperAnswers } from './paper.ts'
import { sheetAnswers } from './sheets.ts'

export { handoverForm } from './paper.ts'

export const handoverModule = (app: () => App): Module => ({ name: 'handover', contract: handover, words, answers: [...sheetAnswers, ...completeAnswers, ...paperAnswers(app)] })
