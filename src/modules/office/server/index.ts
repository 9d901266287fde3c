// The front door of office: rules and SOPs.
import type { App, Module } from '../../../kernel/app.ts'
import { office } from '../contract.ts'
import { words } from '../words.ts'
import { configAnswers } from './config.ts'
import { draftAnswers } from './draft.ts'
import { lifeAnswers } from './life.ts'
import { linkAnswers } from './links.ts'
import { listAnswers } from './list.ts'
import { mineAnswers } from './mine.ts'
import { paperAnswers } from './paper.ts'
import { readerAnswers } from './readers.ts'
import { forget, tell } from './tell.ts'

export { officeApprovals } from './life.ts'
export { rulesWaiting } from './mine.ts'
export { officeTemplates } from './tell.ts'

export const officeModule = (app: () => App): Module => ({
  name: 'office',
  contract: office,
  words,
  answers: [...configAnswers, ...listAnswers, ...draftAnswers, ...lifeAnswers, ...linkAnswers, ...readerAnswers, ...mineAnswers, ...paperAnswers(app)],
  schedules: [{ name: 'office.tell', every_s: 300, of: 'company', run: async (w) => void (await w.tx(tell)) }, { name: 'office.forget', every_s: 21_600, of: 'company', run: (w) => w.tx(forget) }],
})
