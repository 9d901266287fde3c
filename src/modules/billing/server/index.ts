import type { Module } from '../../../kernel/app.ts'
import { billing } from '../contract.ts'
import { words } from '../words.ts'
import { assignmentAnswers } from './assignments.ts'
import { billAnswers } from './bills.ts'
import { itemAnswers } from './items.ts'
import { mineAnswers } from './mine.ts'
import { priceAnswers } from './prices.ts'
import { publishJob } from './publish.ts'
import { runAnswers } from './runs.ts'
import { runLineAnswers } from './run_lines.ts'
import { statsAnswers } from './stats.ts'
import { sweepAnswer } from './sweep.ts'

export { applyPayment, lockOpen, openBillsOf, type BillKey, type LockedBill, type OpenBill } from './settle.ts'
export { billRows, billWhere, totalsOf } from './bill_rows.ts'
export { billsSeenBy } from './access.ts'
export { sweepBills } from './sweep.ts'

export const billingModule = (): Module => ({
  name: 'billing',
  contract: billing,
  words,
  answers: [...itemAnswers, ...priceAnswers, ...assignmentAnswers, ...runAnswers, ...runLineAnswers, ...billAnswers, ...mineAnswers, ...statsAnswers, sweepAnswer],
  jobs: [publishJob],
})
