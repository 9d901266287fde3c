// The front door of the fire-safety file.
import type { App, Module } from '../../../kernel/app.ts'
import { firefile } from '../contract.ts'
import { words } from '../words.ts'
import { fileAnswers } from './file.ts'
import { registerAnswers } from './register.ts'
import { ruleAnswers } from './rule.ts'

export const firefileModule = (app: () => App): Module => ({ name: 'firefile', contract: firefile, words, answers: [...fileAnswers, ...registerAnswers(app), ...ruleAnswers] })
