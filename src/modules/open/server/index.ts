// The front door of the open interface: keys of other systems, and what is told to them.
import type { App, Module } from '../../../kernel/app.ts'
import { open } from '../contract.ts'
import { words } from '../words.ts'
import { hookAnswers, jobs, listeners } from './hooks.ts'
import { keyAnswers } from './keys.ts'

export { isKey, keyHolder } from './keys.ts'

export const openModule = (app: () => App): Module => ({ name: 'open', contract: open, words, answers: [...keyAnswers(app), ...hookAnswers], listeners, jobs })
