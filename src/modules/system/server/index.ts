// The front door of system: settings, imports, approvals. Kinds of imports and of approvals are handed in by the composition root, for they belong to modules above.
import type { App, Module } from '../../../kernel/app.ts'
import { system } from '../contract.ts'
import { words } from '../words.ts'
import type { ApprovalKind } from './approval_kinds.ts'
import { approvalReads } from './approvals.ts'
import { approveAnswers } from './approve.ts'
import { backupAnswers, backupJob, backupSchedule } from './backups.ts'
import { filterAnswers } from './filters.ts'
import { flowAnswers } from './flows.ts'
import { importReads } from './imports.ts'
import type { CommunityNames, ImportKind } from './kinds.ts'
import { forgetSchedule, purgeSchedule } from './purge.ts'
import { readJob } from './read_job.ts'
import { settingAnswers, type SettingKind } from './settings.ts'
import { startAnswers } from './start.ts'
import { stepAnswers } from './steps.ts'
import { fileAnswers } from './template.ts'
import { applyJob, undoJob } from './write_jobs.ts'

export { approvalsForMe } from './access.ts'
export { approvalKind, type ApprovalKind, type ApprovalOf } from './approval_kinds.ts'
export { askApproval } from './approve.ts'
export { UndoBlocked, importKind, type Checked, type CommunityNames, type Effect, type ImportBatchOf, type ImportFieldSpec, type ImportKind, type Mapped, type ParsedRow, type Problem } from './kinds.ts'

export { settingOn, type SettingKind } from './settings.ts'

export interface Given {
  approvals: readonly ApprovalKind[]
  settings: readonly SettingKind[]
}
export function systemModule(app: () => App, list: readonly ImportKind[], names: CommunityNames, given: Given): Module {
  const approval_kinds = new Map(given.approvals.map((k) => [k.kind, k]))
  const kinds = new Map(list.map((k) => [k.kind, k]))
  return {
    name: 'system',
    contract: system,
    words,
    answers: [...importReads(kinds, names), ...startAnswers(app, kinds, names), ...fileAnswers(app, kinds, names), ...stepAnswers(kinds), ...approvalReads(app, approval_kinds, names), ...approveAnswers(app, approval_kinds), ...flowAnswers(app, approval_kinds), ...settingAnswers(given.settings, names), ...filterAnswers, ...backupAnswers(app)],
    jobs: [readJob(app, kinds), applyJob(app, kinds), undoJob(app, kinds), backupJob(app)],
    schedules: [purgeSchedule, forgetSchedule, backupSchedule(app)],
  }
}
