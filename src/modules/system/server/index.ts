// The front door of system: settings, imports. Kinds of imports are handed in by the composition root, for they belong to modules above.
import type { App, Module } from '../../../kernel/app.ts'
import { system } from '../contract.ts'
import { words } from '../words.ts'
import { importReads } from './imports.ts'
import type { CommunityNames, ImportKind } from './kinds.ts'
import { purgeSchedule } from './purge.ts'
import { readJob } from './read_job.ts'
import { startAnswers } from './start.ts'
import { stepAnswers } from './steps.ts'
import { fileAnswers } from './template.ts'
import { applyJob, undoJob } from './write_jobs.ts'

export { UndoBlocked, importKind, type Checked, type CommunityNames, type Effect, type ImportBatchOf, type ImportFieldSpec, type ImportKind, type Mapped, type ParsedRow, type Problem } from './kinds.ts'

export function systemModule(app: () => App, list: readonly ImportKind[], names: CommunityNames): Module {
  const kinds = new Map(list.map((k) => [k.kind, k]))
  return {
    name: 'system',
    contract: system,
    words,
    answers: [...importReads(kinds, names), ...startAnswers(app, kinds, names), ...fileAnswers(app, kinds, names), ...stepAnswers(kinds)],
    jobs: [readJob(app, kinds), applyJob(app, kinds), undoJob(app, kinds)],
    schedules: [purgeSchedule],
  }
}
