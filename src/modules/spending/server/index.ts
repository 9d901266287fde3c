import type { Module } from '../../../kernel/app.ts'
import { approvalKind } from '../../system/server/index.ts'
import { spending } from '../contract.ts'
import { words } from '../words.ts'
import { excelAnswers } from './excel.ts'
import { incomeAnswers } from './income.ts'
import { budgetAnswers, requestAnswers, spendingApproval } from './requests.ts'

export const spendingApprovals = [approvalKind(spendingApproval)]
export const spendingModule = (): Module => ({ name: 'spending', contract: spending, words, answers: [...requestAnswers, ...budgetAnswers, ...incomeAnswers, ...excelAnswers] })
