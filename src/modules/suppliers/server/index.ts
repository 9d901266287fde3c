// The front door of suppliers: answers, what the clock does, what modules above may ask.
import type { App, Module } from '../../../kernel/app.ts'
import { suppliers } from '../contract.ts'
import { words } from '../words.ts'
import { forgetContacts, tellPapers } from './clock.ts'
import { evaluateAnswers } from './evaluate.ts'
import { fileAnswersOf } from './file.ts'
import { listAnswers } from './list.ts'
import { workAnswersOf } from './work.ts'

export { suppliersImport } from './import_suppliers.ts'
export { creditCodeOk } from './rules/credit_code.ts'
export { supplierTemplates } from './tell.ts'

export const suppliersModule = (app: () => App): Module => ({
  name: 'suppliers',
  contract: suppliers,
  words,
  answers: [...listAnswers, ...fileAnswersOf(app), ...workAnswersOf(app), ...evaluateAnswers],
  schedules: [{ name: 'suppliers.due', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(tellPapers)) }, { name: 'suppliers.forget', every_s: 86_400, of: 'company', run: (w) => w.tx(forgetContacts) }],
})
