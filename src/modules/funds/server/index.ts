// The front door of the maintenance fund.
import type { App, Module } from '../../../kernel/app.ts'
import { approvalKind, type ApprovalKind } from '../../system/server/index.ts'
import { funds } from '../contract.ts'
import { words } from '../words.ts'
import { accountAnswers } from './accounts.ts'
import { correctionAnswers, refundApproval } from './corrections.ts'
import { depositAnswers } from './deposits.ts'
import { disclosureAnswers } from './disclosures.ts'
export { recordVoteOf, useToVote } from './uses.ts'
export { disclosureForm } from './disclosures.ts'
import { dueAnswers } from './dues.ts'
import { interestAnswers } from './interest.ts'
import { mineAnswers } from './mine.ts'
import { paperAnswers } from './papers.ts'
import { settingAnswers } from './settings.ts'
import { statementAnswers } from './statement.ts'
import { shareAnswers } from './shares.ts'
import { sweepAnswer, sweepFunds } from './sweep.ts'
import { topupAnswers } from './topup.ts'
import { topupReadAnswers } from './topup_reads.ts'
import { useMoneyAnswers } from './use_money.ts'
import { useReadAnswers } from './use_reads.ts'
import { useAnswers, useApproval } from './uses.ts'

export { depositsImport } from './import_deposits.ts'
export { fundTemplates } from './templates.ts'
/** What is decided by others here; handed to system by the composition root. */
export const fundsApprovals: readonly ApprovalKind[] = [approvalKind(refundApproval), approvalKind(useApproval)]

export const fundsModule = (app: () => App): Module => ({ name: 'funds', contract: funds, words, answers: [...settingAnswers, ...accountAnswers, ...depositAnswers, ...correctionAnswers, ...statementAnswers, ...mineAnswers, ...useAnswers, ...useMoneyAnswers, ...shareAnswers, ...useReadAnswers(app), ...interestAnswers, ...dueAnswers, ...topupAnswers, ...topupReadAnswers, ...paperAnswers, ...disclosureAnswers(app), sweepAnswer], sweeps: [sweepFunds] })
