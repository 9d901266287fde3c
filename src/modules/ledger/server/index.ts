import type { Module } from '../../../kernel/app.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { accountAnswers } from './accounts.ts'
import { commissionAnswers } from './commission.ts'
import { manualAnswers } from './manual.ts'
import { modelAnswers } from './models.ts'
import { readAnswers } from './reads.ts'
import { sweepAnswer, sweepLedger } from './sweep.ts'
import { trialAnswers } from './trial.ts'

export { accountsOf, incomeCodes } from './accounts.ts'
export { fundMoney } from './chart.ts'
export { bookOfBill, bookOn, type BelongsTo } from './models.ts'
export { post, postMany, postSet, reverseJournal, type JournalHead, type Posted, type PostingLine } from './post.ts'
export { askReopening, closeBook, decideReopening } from './periods.ts'
export { SEEDS, balanced, check, forAll, given, mark, sweepLedger, textMark } from './sweep.ts'

export const ledgerModule = (): Module => ({
  name: 'ledger',
  contract: ledger,
  words,
  answers: [...accountAnswers, ...trialAnswers, ...readAnswers, ...manualAnswers, ...modelAnswers, ...commissionAnswers, sweepAnswer],
  sweeps: [sweepLedger],
})
