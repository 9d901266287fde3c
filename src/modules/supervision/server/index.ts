// The front door of supervision: answers and what the clock tells.
import type { App, Module } from '../../../kernel/app.ts'
import { supervision } from '../contract.ts'
import { words } from '../words.ts'
import { configAnswers } from './config.ts'
import { firmAnswers } from './firms.ts'
import { incomingAnswers } from './incoming.ts'
import { overviewAnswers } from './overview.ts'
import { placeAnswers } from './places.ts'
import { registerAnswers } from './register.ts'
import { reportAnswers } from './reports.ts'
import { surveyAnswers } from './surveys.ts'
import { tell } from './tell.ts'

export { placesImport } from './import_places.ts'
export { supervisionTemplates } from './tell.ts'

export const supervisionModule = (_app: () => App): Module => ({
  name: 'supervision',
  contract: supervision,
  words,
  answers: [...overviewAnswers, ...configAnswers, ...placeAnswers, ...registerAnswers, ...firmAnswers, ...incomingAnswers, ...surveyAnswers, ...reportAnswers],
  schedules: [{ name: 'supervision.tell', every_s: 300, of: 'company', run: async (w) => void (await w.tx(tell)) }],
})
