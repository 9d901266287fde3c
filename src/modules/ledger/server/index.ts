import type { Module } from '../../../kernel/app.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { readAnswers } from './reads.ts'
import { sweepAnswer } from './sweep.ts'

export { INCOME_CODES } from './accounts.ts'
export { post, postSet, reverseJournal, type BookName, type JournalHead, type Posted, type PostingLine } from './post.ts'
export { postMany } from './post_many.ts'
export { check, sweepLedger } from './sweep.ts'

export const ledgerModule = (): Module => ({ name: 'ledger', contract: ledger, words, answers: [...readAnswers, sweepAnswer] })
