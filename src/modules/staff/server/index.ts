// The front door of staff: answers, what the clock does, and what modules above ask.
import type { App, Module } from '../../../kernel/app.ts'
import { approvalKind, type ApprovalKind } from '../../system/server/index.ts'
import { staff } from '../contract.ts'
import { words } from '../words.ts'
import { certAnswers } from './certs.ts'
import { clock, forget, tell } from './clock.ts'
import { configAnswers } from './config.ts'
import { employeeAnswers } from './employees.ts'
import { hireAnswers } from './hire.ts'
import { leaveAnswers, leaveApproval, overtimeApproval } from './leave.ts'
import { leaveConfigAnswers } from './leave_config.ts'
import { leavingAnswers } from './leaving.ts'
import { orgAnswers } from './org.ts'
import { paperAnswers } from './papers.ts'
import { postAnswers } from './posts.ts'

export { staffTemplates } from './clock.ts'
export const staffApprovals: ApprovalKind[] = [approvalKind(leaveApproval), approvalKind(overtimeApproval)]
export { FROM as staffOn, employeeToRead, ownFile, placeOn as staffPlaceOn, reachesPlace, staffSeen, type Employee } from './access.ts'
export { certsByAccount } from './by_account.ts'
export { certifiedOf, factCount } from './rows.ts'
export { policyNow as staffPolicy } from './config.ts'
export { placeOn } from './access.ts'
export type { Policy as StaffPolicy } from '../contract.ts'

export const staffModule = (app: () => App): Module => ({
  name: 'staff',
  contract: staff,
  words,
  answers: [...configAnswers, ...orgAnswers, ...postAnswers, ...employeeAnswers, ...hireAnswers, ...certAnswers(app), ...paperAnswers(app), ...leavingAnswers, ...leaveConfigAnswers, ...leaveAnswers],
  schedules: [{ name: 'staff.clock', every_s: 600, of: 'company', run: clock }, { name: 'staff.tell', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(tell)) }, { name: 'staff.forget', every_s: 21_600, of: 'company', run: (w) => w.tx(forget) }],
})
