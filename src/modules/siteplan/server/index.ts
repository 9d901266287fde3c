// The front door of site plans.
import type { App, Module } from '../../../kernel/app.ts'
import { siteplan } from '../contract.ts'
import { words } from '../words.ts'
import { paperAnswer } from './paper.ts'
import { pinAnswers } from './pins.ts'
import { planAnswers } from './plans.ts'

export const siteplanModule = (app: () => App): Module => ({ name: 'siteplan', contract: siteplan, words, answers: [...planAnswers(app), ...pinAnswers, paperAnswer(app)] })
