import type { App, Module } from '../../../kernel/app.ts'
import { billing } from '../contract.ts'
import { words } from '../words.ts'
import { assignmentAnswers } from './assignments.ts'
import { billAnswers } from './bills.ts'
import { discountAnswers, discountApproval } from './discounts.ts'
import { itemAnswers } from './items.ts'
import { lateAnswers, type PaidOn } from './late.ts'
import { lateRuleAnswers } from './late_rules.ts'
import { detailOf, legalAnswers } from './legal.ts'
import { legalForms } from './legal_papers.ts'
import { mineAnswers } from './mine.ts'
import { planForm, planPaper } from './plan_papers.ts'
import { planAnswers, planSchedule } from './plans.ts'
import { reworkAnswers } from './rework_calls.ts'
import { priceAnswers } from './prices.ts'
import { rateAnswers } from './rate_houses.ts'
import { publishJob } from './publish_chunks.ts'
import { runAnswers } from './runs.ts'
import { runLineAnswers } from './run_lines.ts'
import { shareAnswers } from './shares.ts'
import { statsAnswers } from './stats.ts'
import { foldSchedule, sweepPaidSums, sweepSums, type PaidMoves } from './sums.ts'
import { sweepAnswer, sweepBills } from './sweep.ts'
import { waiverAnswers, waiverApproval, writeOffApproval } from './waivers.ts'
import { approvalKind } from '../../system/server/index.ts'

export { applyPayment, billsByKey, lockOpen, openBillsOf, type BillKey, type LockedBill, type OpenBill } from './settle.ts'
export { withTariffTexts, type TariffBill } from './tariff_explain.ts'
export { billRows, billWhere, totalsOf } from './bill_rows.ts'
export { reduceByCoupons, unreduceCoupons, type CouponOff } from './reduce.ts'
export { billsSeenBy } from './access.ts'
export { billsInPlans } from './plans.ts'
export { billToDay, passOn, type PassOn } from './to_day.ts'
export { chargeLateFees, lateFeesDue } from './late.ts'
export { billOneOff, voidOneOff, type OneOffItem } from './one_off.ts'
export { own as ownBills } from './mine.ts'
export type { PaidOn } from './late.ts'
export { NOBODY, rebuildSums, sumsOf, type PaidMoves } from './sums.ts'
export { LATE_CODE } from './late.ts'
export { sweepBills } from './sweep.ts'

/** What billing asks approval for; the composition root hands them to system. */
export const billingApprovals = [approvalKind(waiverApproval), approvalKind(writeOffApproval), approvalKind(discountApproval)]

/** Papers of this module that are laid out by template. */
export const billingForms = (paidOn: PaidOn) => [...legalForms((scope, case_id) => detailOf(scope, paidOn, case_id)), planForm]

/** The history of payments, from the module above: by bill, and as changes of the sums. */
export const billingModule = (app: () => App, o: { paidOn: PaidOn; paidMoves: PaidMoves }): Module => ({
  name: 'billing',
  contract: billing,
  words,
  answers: [...itemAnswers, ...priceAnswers, ...assignmentAnswers, ...runAnswers, ...runLineAnswers, ...billAnswers, ...mineAnswers, ...shareAnswers, ...statsAnswers, ...rateAnswers, ...waiverAnswers, ...discountAnswers, ...lateRuleAnswers(o.paidOn), ...lateAnswers(o.paidOn), ...planAnswers, planPaper(app), ...reworkAnswers, ...legalAnswers(app, o.paidOn), sweepAnswer],
  jobs: [publishJob],
  schedules: [planSchedule, foldSchedule],
  sweeps: [sweepBills, sweepSums, (scope) => sweepPaidSums(scope, o.paidMoves)],
})
